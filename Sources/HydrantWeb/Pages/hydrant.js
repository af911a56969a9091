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

  /* What is shown once and has to be kept. Without HTTPS a browser gives pages no clipboard: then it is marked, and
     copied the old way. */
  doc.querySelectorAll('[data-copy]').forEach(function (button) {
    var text = button.parentNode.querySelector('code');
    if (!text) return;
    button.hidden = false;
    function done() { button.textContent = button.dataset.copy; }
    function mark() {
      var range = doc.createRange();
      range.selectNodeContents(text);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      if (doc.execCommand('copy')) done();
    }
    button.addEventListener('click', function () {
      if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, mark); else mark();
    });
  });

  function onceLetGo(value) {
    return new Promise(function (go) { whenLetGo(function () { go(value); }); });
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

  /* Hears what a stream says as long as somebody looks at the page: a browser has few connections to one host, and
     pages that nobody looks at give theirs back. */
  function listen(address, name, hear, lookAgain) {
    var source = null, heard = 0;
    function close() {
      if (source) source.close();
      source = null;
    }
    function open() {
      close();
      if (doc.hidden) return;
      source = new EventSource(address);
      source.addEventListener(name, function (event) {
        heard = Date.now();
        hear(JSON.parse(event.data));
      });
      source.onerror = function () {
        setLink('lost');
        if (!source || source.readyState !== 2) return;
        close();
        setTimeout(function () { if (!source) open(); }, 3000);
      };
    }
    open();
    setInterval(function () { if (source && heard && Date.now() - heard > 6000) setLink('lost'); }, 1000);
    doc.addEventListener('visibilitychange', function () {
      heard = 0;
      open();
      if (doc.hidden) return setLink('still');
      if (lookAgain) lookAgain();
    });
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
    listen(overview.dataset.events, 'overview', function (snapshot) {
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
    });
  }

  /* Order: asks for the page's body again, which is sent only when something changed, and replaces changed parts. */
  var live = doc.getElementById('live');
  if (live && live.dataset.refresh && window.fetch) {
    var busy = false, moment = null;
    var showMoment = function () {
      var time = live.querySelector('.asof time');
      if (time && moment && time.textContent !== moment) time.textContent = moment;
    };
    /* What the server sent for each part: a part that somebody opened or types in differs from it by itself. */
    var asSent = new WeakMap();
    live.querySelectorAll('[data-part]').forEach(function (part) { asSent.set(part, part.outerHTML); });
    var isTouched = function (part) {
      var at = doc.activeElement;
      if (at && at !== doc.body && part.contains(at) && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName)) return true;
      return Array.from(part.querySelectorAll('input, textarea, select')).some(function (field) {
        if (field.tagName === 'SELECT') {
          var first = Array.from(field.options).findIndex(function (option) { return option.defaultSelected; });
          return field.options.length > 0 && field.selectedIndex !== Math.max(0, first);
        }
        return field.type === 'checkbox' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
      });
    };
    /* The button or link of a new part that is where the keyboard was in the old one. */
    var sameFocus = function (old, part) {
      var at = doc.activeElement;
      if (!at || at === doc.body || !old.contains(at)) return null;
      var alike = function (each) { return each.textContent === at.textContent; };
      var before = Array.from(old.querySelectorAll(at.tagName)).filter(alike);
      var after = Array.from(part.querySelectorAll(at.tagName)).filter(alike);
      return after[before.indexOf(at)] || after[0] || null;
    };
    var keepOpen = function (old, part) {
      old.querySelectorAll('details[open][data-keep]').forEach(function (open) {
        var same = part.querySelector('details[data-keep="' + open.dataset.keep + '"]');
        if (same) same.open = true;
      });
    };
    /* Whether every part shows what was sent; one that somebody types in waits until they are done. */
    var replaceParts = function (fresh) {
      var before = {}, isWhole = true;
      live.querySelectorAll('[data-part]').forEach(function (part) { before[part.dataset.part] = part; });
      var previous = null;
      fresh.querySelectorAll('[data-part]').forEach(function (part) {
        var name = part.dataset.part, old = before[name], text = part.outerHTML;
        if (name === 'travel') { previous = old; return; }
        if (old) {
          delete before[name];
          if (asSent.get(old) === text) { previous = old; return; }
          if (isTouched(old)) { isWhole = false; previous = old; return; }
          keepOpen(old, part);
          var focus = sameFocus(old, part);
          old.replaceWith(part);
          if (focus) focus.focus({ preventScroll: true });
        } else if (previous) { previous.after(part); } else { live.prepend(part); }
        asSent.set(part, text);
        previous = part;
      });
      for (var name in before) if (name !== 'travel' && !isTouched(before[name])) before[name].remove();
      return isWhole;
    };
    var look = function () {
      if (busy || doc.hidden) return;
      busy = true;
      var address = live.dataset.refresh;
      fetch(address + (address.indexOf('?') < 0 ? '?' : '&') + 'seen=' + live.dataset.seen, { cache: 'no-store' })
        .then(function (answer) {
          if (!answer.ok) throw new Error(String(answer.status));
          moment = answer.headers.get('hydrant-as-of');
          return answer.status === 204 ? '' : answer.text();
        })
        .then(onceLetGo)
        .then(function (text) {
          setLink('live');
          showMoment();
          if (!text) return;
          var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('live');
          if (!fresh) return;
          var seen = fresh.dataset.seen;
          live.dataset.seen = replaceParts(fresh) ? seen : '';
          setLink('live');
          showMoment();
        })
        .catch(function () { setLink('lost'); })
        .then(function () { busy = false; });
    };
    if (live.dataset.stream && window.EventSource) {
      /* The hub tells the time each second, and when there is something new to fetch. */
      listen(live.dataset.stream, 'page', function (told) {
        moment = told.asOf;
        if (told.stale) return setLink('lost');
        if (told.seen !== live.dataset.seen) return look();
        setLink('live');
        showMoment();
      }, look);
    } else {
      setInterval(look, 2000);
    }
  }

  /* Questions that depend on the answers before them: whether they are asked, whether they must be answered, and what
     stands in them until somebody types there. The hub judges the same again when the form comes in. */
  var wordTests = {
    is: function (answer, words) { return words.indexOf(answer) >= 0; },
    isNot: function (answer, words) { return words.indexOf(answer) < 0; },
    contains: function (answer, words) { return words.some(function (word) { return answer.indexOf(word) >= 0; }); },
    startsWith: function (answer, words) { return words.some(function (word) { return answer.startsWith(word); }); }
  };
  wordTests.oneOf = wordTests.is;
  wordTests.noneOf = wordTests.isNot;
  var numberTests = {
    is: function (given, wanted) { return given === wanted; },
    isNot: function (given, wanted) { return given !== wanted; },
    less: function (given, wanted) { return given < wanted; },
    atMost: function (given, wanted) { return given <= wanted; },
    more: function (given, wanted) { return given > wanted; },
    atLeast: function (given, wanted) { return given >= wanted; }
  };
  var hundredths = function (text) {
    return /^-?[0-9]{1,15}(\.[0-9]{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
  };
  var holds = function (test, answers) {
    var inner = function (part) { return holds(part, answers); };
    if (test.all) return test.all.every(inner);
    if (test.any) return test.any.some(inner);
    if (test.none) return !test.none.some(inner);
    var answer = answers[test.answer] || '';
    if ('isKnown' in test) return (answer !== '') === test.isKnown;
    if (!answer) return false;
    var name = Object.keys(test).find(function (key) { return key !== 'answer'; }), wanted = test[name];
    if (Array.isArray(wanted)) return name in wordTests && wordTests[name](answer, wanted);
    var given = hundredths(answer);
    return given !== null && name in numberTests && numberTests[name](given, hundredths(wanted));
  };
  var prefill = function (field, values, answers) {
    var fit = values.find(function (each) { return !each.if || holds(each.if, answers); }), value = fit ? fit.value : '';
    if (field.value === value) return;
    var isList = field.tagName === 'SELECT', options = isList ? Array.from(field.options) : [];
    if (isList && !options.some(function (option) { return option.value === value; })) return;
    /* What the page fills in by itself is nothing that somebody typed. */
    options.forEach(function (option) { option.defaultSelected = option.value === value; });
    if (!isList) field.defaultValue = value;
    field.value = value;
  };
  var unfoldForm = function (form) {
    var fields = Array.from(form.querySelectorAll('[name^="a."]')), answers = {};
    fields.forEach(function (field) { answers[field.name.slice(2)] = field.value; });
    fields.forEach(function (field) {
      var part = field.closest('[data-logic]'), name = field.name.slice(2);
      if (!part) return;
      var logic = JSON.parse(part.dataset.logic), isAsked = !logic.shown || holds(logic.shown, answers);
      if (logic.prefill && !field.dataset.typed) prefill(field, logic.prefill, answers);
      if (part.hidden === isAsked) part.hidden = !isAsked;
      field.disabled = !isAsked;
      field.required = isAsked && !!logic.required && (logic.required === true || holds(logic.required, answers));
      if (isAsked) answers[name] = field.value; else delete answers[name];
    });
  };
  var unfold = function () {
    var forms = new Set();
    doc.querySelectorAll('[data-logic]').forEach(function (part) { forms.add(part.closest('form')); });
    forms.forEach(unfoldForm);
  };
  unfold();
  doc.addEventListener('input', function (event) {
    var field = event.target;
    if (!field.name || field.name.indexOf('a.') !== 0) return;
    field.dataset.typed = 'yes';
    unfold();
  });
  doc.addEventListener('change', unfold);
  if (live && window.MutationObserver) new MutationObserver(unfold).observe(live, { childList: true, subtree: true });

  /* Forms that are checked while one writes, and whose buttons give them another shape: the answer's form takes the
     place of this one, and whatever was typed in the meantime stays. */
  var editor = doc.getElementById('editor');
  if (editor && window.fetch) {
    var sent = 0;
    var renew = function (form, act) {
      var number = ++sent, body = new URLSearchParams(new FormData(form));
      var typed = doc.activeElement && doc.activeElement.id ? doc.activeElement : null, before = typed && typed.value;
      if (act) body.append('do', act);
      editor.setAttribute('aria-busy', 'true');
      fetch(form.dataset.live, { method: 'POST', cache: 'no-store', body: body }).then(function (answer) {
        if (answer.redirected) { location.assign(answer.url); return ''; }
        return answer.text();
      }).then(onceLetGo).then(function (text) {
        var fresh = text && new DOMParser().parseFromString(text, 'text/html').getElementById('editor');
        if (number !== sent) return;
        if (!fresh) { editor.removeAttribute('aria-busy'); return; }
        var at = doc.activeElement, id = at && editor.contains(at) ? at.id : '';
        var value = at === typed && typed && typed.value === before ? null : at && at.value;
        editor.querySelectorAll('details[open][data-keep]').forEach(function (open) {
          var same = fresh.querySelector('details[data-keep="' + open.dataset.keep + '"]');
          if (same) same.open = true;
        });
        editor.replaceWith(fresh);
        editor = fresh;
        var next = doc.getElementById(fresh.dataset.focus || id);
        if (next && !fresh.dataset.focus && value !== null && at.type !== 'checkbox') next.value = value;
        for (var box = next && fresh.dataset.focus ? next : null; box; box = box.parentElement) {
          if (box.tagName === 'DETAILS') box.open = true;
        }
        if (next) next.focus();
        var result = doc.getElementById('result'), top = result.getBoundingClientRect().top;
        if ((act === 'try' || act === 'check') && (top < 0 || top > innerHeight / 2)) result.scrollIntoView();
      }).catch(function () { editor.removeAttribute('aria-busy'); });
    };
    doc.addEventListener('change', function (event) {
      var form = event.target.form;
      if (form && form.dataset.live && editor.contains(form)) renew(form, 'live');
    });
    doc.addEventListener('submit', function (event) {
      var form = event.target, button = event.submitter;
      if (!form.dataset.live || !button || button.value === 'save') return;
      event.preventDefault();
      renew(form, button.value);
    });
  }
})();
