/* A rule that is tried on the past: the page asks every second how far it is, shows what was found until then, and can
   stop it. Without scripts the hub answers when the trial is over. */
(function () {
  'use strict';
  var doc = document, busy = false;
  if (!window.fetch) return;

  /* The hub may answer before the trial is over when somebody will ask again. */
  doc.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.querySelector('button[value=try]') || form.querySelector('[name=watch]')) return;
    var watch = doc.createElement('input');
    watch.type = 'hidden';
    watch.name = 'watch';
    watch.value = 'yes';
    form.append(watch);
  }, true);

  /* Whoever has the keyboard on the button keeps it while the figures change; the end takes the place of all. */
  function show(section, text) {
    if (!section.isConnected) return;
    var fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('section.trial');
    if (!fresh) return;
    if (!fresh.dataset.trial) {
      var had = section.contains(doc.activeElement);
      section.replaceWith(fresh);
      if (had) { fresh.tabIndex = -1; fresh.focus(); }
      return;
    }
    fresh.querySelectorAll('[data-renew]').forEach(function (part) {
      var old = section.querySelector('[data-renew="' + part.dataset.renew + '"]');
      if (old && old.outerHTML !== part.outerHTML) old.replaceWith(part);
    });
  }

  /* Nobody can stop a trial that is gone. */
  function end(section) {
    var stop = section.querySelector('.trialstop'), state = section.querySelector('.trialstate');
    section.removeAttribute('data-trial');
    if (state) state.textContent = section.dataset.gone;
    if (!stop) return;
    if (stop.contains(doc.activeElement)) { section.tabIndex = -1; section.focus(); }
    stop.remove();
  }

  function ask(section, address, options) {
    fetch(address, options).then(function (answer) {
      if (answer.status === 404) { end(section); return ''; }
      return answer.ok ? answer.text() : '';
    }).then(function (text) { if (text) show(section, text); })
      .catch(function () {}).then(function () { busy = false; });
  }

  setInterval(function () {
    var section = doc.querySelector('section[data-trial]');
    if (!section || busy) return;
    busy = true;
    ask(section, section.dataset.trial, { cache: 'no-store' });
  }, 1000);

  doc.addEventListener('submit', function (event) {
    var form = event.target, section = form.closest('section[data-trial]');
    if (!section) return;
    event.preventDefault();
    ask(section, form.action, { method: 'POST', cache: 'no-store', body: new URLSearchParams(new FormData(form)) });
  });
})();
