/* Nothing moves or takes the place of a button between the moment it is pressed and the moment it is let go: its click
   would be lost, or mean another button. A tap's click comes a little after the finger has left. Lists and menus that
   the browser opens may keep the end of a press to themselves: nothing waits longer than 3 s, and for lists nothing
   waits. At the packing desk only the screen waits: what is scanned meanwhile is sent as ever and heard at once.
   Served at the head of hydrant.js and packing.js. */
var whenLetGo = (function () {
  'use strict';
  var pressed = false, held = [], release = 0;
  function free() {
    clearTimeout(release);
    pressed = false;
    held.splice(0).forEach(function (go) { go(); });
  }
  function press(event) {
    if (event.button || event.target.tagName === 'SELECT') return;
    clearTimeout(release);
    pressed = true;
    release = setTimeout(free, 3000);
  }
  function letGo() {
    if (!pressed) return;
    clearTimeout(release);
    release = setTimeout(free, 50);
  }
  document.addEventListener('pointerdown', press, true);
  ['pointerup', 'pointercancel', 'dragend'].forEach(function (name) { document.addEventListener(name, letGo, true); });
  /* The keys that a scanner presses meanwhile let go of nothing. */
  var isByKey = false;
  document.addEventListener('keydown', function (event) {
    if (event.key === ' ' && event.target.tagName === 'BUTTON') { isByKey = true; press(event); }
  }, true);
  document.addEventListener('keyup', function (event) {
    if (isByKey && event.key === ' ') { isByKey = false; letGo(); }
  }, true);
  window.addEventListener('blur', letGo);

  return function (go) {
    if (pressed) held.push(go);
    else go();
  };
})();

