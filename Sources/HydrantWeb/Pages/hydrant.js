(function () {
  'use strict';
  var doc = document;

  /* A link that works once: whoever opens it with a browser need not press the button. */
  var sending = doc.querySelector('form[data-submit]');
  if (sending) sending.submit();

  doc.addEventListener('keydown', function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      doc.getElementById('q').focus();
    }
  });

  /* On a phone the navigation is wider than the screen. */
  var here = doc.querySelector('.nav [aria-current]');
  if (here && here.parentNode.scrollWidth > here.parentNode.clientWidth) {
    here.parentNode.scrollLeft = here.offsetLeft - (here.parentNode.clientWidth - here.offsetWidth) / 2;
  }

  function setLink(state) {
    var link = doc.querySelector('[data-link]');
    if (link && link.dataset.link !== state) link.dataset.link = state;
  }

  function index(attribute) {
    var found = {};
    doc.querySelectorAll('[' + attribute + ']').forEach(function (element) {
      var key = element.getAttribute(attribute);
      (found[key] = found[key] || []).push(element);
    });
    return function (values, change) {
      for (var key in values) (found[key] || []).forEach(function (element) { change(element, values[key]); });
    };
  }

  function setAttribute(name) {
    return function (element, value) {
      if (element.getAttribute(name) !== value) element.setAttribute(name, value);
    };
  }

  /* Search: hits while one types. What is typed goes in the body and never into an address. */
  var find = doc.querySelector('form[data-hits]'), found = doc.getElementById('found');
  if (find && found && window.fetch) {
    var box = find.querySelector('input[name=q]'), timer = 0, asked = 0;
    var hide = function () { found.hidden = true; };
    var ask = function () {
      var text = box.value.trim(), number = ++asked;
      if (text.length < 3) return hide();
      fetch(find.dataset.hits, {
        method: 'POST', cache: 'no-store', body: new URLSearchParams({ q: text })
      }).then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.text(); })
        .then(function (text) {
          if (number !== asked) return;
          var fresh = new DOMParser().parseFromString(text, 'text/html');
          found.replaceChildren.apply(found, Array.from(fresh.body.childNodes));
          found.hidden = !found.textContent.trim();
        }).catch(hide);
    };
    box.addEventListener('input', function () { clearTimeout(timer); timer = setTimeout(ask, 120); });
    doc.addEventListener('click', function (event) { if (!find.contains(event.target)) hide(); });
    find.addEventListener('keydown', function (event) {
      var links = Array.from(found.querySelectorAll('a')), at = links.indexOf(doc.activeElement);
      if (event.key === 'Escape') { hide(); box.focus(); }
      if (found.hidden || !links.length) return;
      if (event.key === 'ArrowDown') { event.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
      if (event.key === 'ArrowUp') { event.preventDefault(); (links[at - 1] || box).focus(); }
    });
  }

  /* Overview: one snapshot a second, values change in place. */
  var overview = doc.querySelector('[data-events]');
  if (overview && window.EventSource) {
    var texts = index('data-text'), states = index('data-state-of'), lines = index('data-points');
    var levels = index('data-y'), widths = index('data-width');
    var last = 0, source = null;
    var take = function (event) {
      var snapshot = JSON.parse(event.data);
      last = Date.now();
      setLink(snapshot.stale ? 'stale' : 'live');
      texts(snapshot.text, function (element, value) {
        if (element.textContent !== value) element.textContent = value;
      });
      states(snapshot.state, setAttribute('data-state'));
      lines(snapshot.line, setAttribute('points'));
      widths(snapshot.width, setAttribute('width'));
      levels(snapshot.level, function (element, value) {
        element.setAttribute('y1', value);
        element.setAttribute('y2', value);
      });
    };
    var open = function () {
      source = new EventSource(overview.dataset.events);
      source.addEventListener('overview', take);
      source.onerror = function () {
        setLink('lost');
        if (source.readyState === 2) { source.close(); setTimeout(open, 3000); }
      };
    };
    open();
    setInterval(function () { if (last && Date.now() - last > 5000) setLink('lost'); }, 1000);
  }

  /* Order: asks for the page's body again, which is sent only when something changed, and replaces changed parts. */
  var live = doc.getElementById('live');
  if (live && live.dataset.refresh && window.fetch) {
    var busy = false, moment = null;
    var showMoment = function () {
      var time = live.querySelector('.asof time');
      if (time && moment && time.textContent !== moment) time.textContent = moment;
    };
    var replaceParts = function (fresh) {
      var before = {};
      live.querySelectorAll('[data-part]').forEach(function (part) { before[part.dataset.part] = part; });
      var previous = null;
      fresh.querySelectorAll('[data-part]').forEach(function (part) {
        var name = part.dataset.part, old = before[name];
        if (name === 'travel') { previous = old; return; }
        if (old) {
          if (old.outerHTML !== part.outerHTML) { old.replaceWith(part); previous = part; } else { previous = old; }
          delete before[name];
        } else if (previous) { previous.after(part); previous = part; } else { live.prepend(part); previous = part; }
      });
      for (var name in before) if (name !== 'travel') before[name].remove();
    };
    setInterval(function () {
      if (busy || doc.hidden) return;
      busy = true;
      var address = live.dataset.refresh;
      fetch(address + (address.indexOf('?') < 0 ? '?' : '&') + 'seen=' + live.dataset.seen, { cache: 'no-store' })
        .then(function (answer) {
          if (!answer.ok) throw new Error(String(answer.status));
          moment = answer.headers.get('hydrant-as-of');
          return answer.status === 204 ? '' : answer.text();
        })
        .then(function (text) {
          setLink('live');
          showMoment();
          if (!text) return;
          var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('live');
          if (!fresh) return;
          live.dataset.seen = fresh.dataset.seen;
          replaceParts(fresh);
          setLink('live');
          showMoment();
        })
        .catch(function () { setLink('lost'); })
        .then(function () { busy = false; });
    }, 2000);
  }
})();
