(function () {
  'use strict';
  var doc = document, body = doc.body, texts = body.dataset;
  var code = doc.getElementById('code'), sight = doc.getElementById('sight'), said = doc.getElementById('said');
  var net = doc.getElementById('net'), dialog = doc.getElementById('ask'), answer = doc.getElementById('answer');

  /* What was done and is not answered yet lies in the browser, each with an id: sent again until the hub has it. */
  var KEY = 'hydrant.desk.waiting', SEEN = 'hydrant.desk.sight';
  function waiting() {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch (error) { return []; }
  }
  function keep(events) { localStorage.setItem(KEY, JSON.stringify(events)); }
  function newID() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
  }

  /* Sound and vibration: high and short for right, low and long for wrong. */
  var audio = null;
  function tone(frequency, begin, length, shape) {
    var source = audio.createOscillator(), gain = audio.createGain(), at = audio.currentTime + begin;
    source.type = shape;
    source.frequency.value = frequency;
    gain.gain.setValueAtTime(0.25, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + length);
    source.connect(gain).connect(audio.destination);
    source.start(at);
    source.stop(at + length);
  }
  function sound(kind) {
    body.dataset.sounded = kind;
    try {
      if (!audio && window.AudioContext) audio = new AudioContext();
      if (audio) {
        if (audio.state === 'suspended') audio.resume();
        if (kind === 'good') { tone(1320, 0, 0.12, 'sine'); }
        if (kind === 'wrong') { tone(196, 0, 0.45, 'square'); tone(147, 0.5, 0.6, 'square'); }
        if (kind === 'late') { tone(440, 0, 0.15, 'triangle'); tone(392, 0.2, 0.25, 'triangle'); }
      }
      if (navigator.vibrate) {
        if (kind === 'good') navigator.vibrate(40);
        if (kind === 'wrong') navigator.vibrate([300, 100, 300, 100, 600]);
        if (kind === 'late') navigator.vibrate([100, 80, 100]);
      }
    } catch (error) { /* A browser without sound still shows it. */ }
  }

  /* How the parcel stands is said once: what the answer to the scan says is not repeated below it. */
  function sayOnce() {
    var verdict = sight.querySelector('.verdict');
    if (!verdict) return;
    var state = doc.getElementById('said-text').textContent, next = doc.getElementById('said-detail').textContent;
    verdict.hidden = verdict.dataset.state === state && verdict.dataset.next === next;
  }

  function say(word) {
    if (word.text) sound(word.tone);
    whenLetGo(function () {
      said.dataset.tone = word.text ? word.tone : 'none';
      said.classList.toggle('verdict', Boolean(word.verdict));
      doc.getElementById('said-text').textContent = word.text;
      doc.getElementById('said-detail').textContent = word.detail || '';
      doc.getElementById('said-icon').setAttribute('href', '#i-' + (word.icon || 'in'));
      sayOnce();
    });
  }

  /* What the hub answered last, while the screen still shows what was before it. */
  var answered = null;
  function show(html, seen) {
    var last = answered = seen || {};
    whenLetGo(function () {
      var fresh = new DOMParser().parseFromString(html, 'text/html');
      sight.replaceChildren.apply(sight, Array.from(fresh.body.childNodes));
      sessionStorage.setItem(SEEN, JSON.stringify(last));
      if (answered === last) answered = null;
      sayOnce();
      var marked = sight.querySelector('.marked');
      if (marked) marked.scrollIntoView({ block: 'nearest' });
    });
  }
  function seen() {
    try { return JSON.parse(sessionStorage.getItem(SEEN)) || {}; } catch (error) { return {}; }
  }

  function tell(text) {
    whenLetGo(function () {
      net.hidden = !text;
      if (net.textContent !== text) net.textContent = text;
    });
  }
  function tellWaiting() {
    var count = waiting().length;
    tell(texts.offline.replace('{count}', count));
  }

  /* What can be judged without the hub is judged at once; the hub has the last word. */
  function judge(text) {
    var upper = text.trim().toUpperCase(), last = upper.split('/').pop();
    var fits = function (value) { var each = value.toUpperCase(); return each === upper || each === last; };
    var place = Array.from(sight.querySelectorAll('[data-codes]')).find(function (each) {
      return each.dataset.codes.split('\n').some(fits);
    });
    if (place) {
      if (!place.classList.contains('good')) place.classList.add('kept');
      return { tone: 'good', icon: 'ok', text: texts.keptIn, detail: texts.keptNext };
    }
    var open = sight.querySelector('.packing[data-order]');
    var goods = open && Array.from(sight.querySelectorAll('[data-sku]'));
    if (goods && goods.some(function (each) { return fits(each.dataset.sku); })) {
      return { tone: 'good', icon: 'ok', text: texts.keptIn, detail: texts.keptNext };
    }
    if (sight.querySelector('[data-bag]') || goods) {
      return {
        tone: 'wrong', icon: 'wrong', text: texts.keptOut + ' ' + text,
        detail: (open ? open.dataset.order + ' · ' : '') + texts.keptNext
      };
    }
    return { tone: 'late', icon: 'late', text: texts.kept, detail: texts.keptNext };
  }

  var isSending = false, isOffline = false, isAlone = false, timer = 0;
  /* While much is sent at once the gravest of the answers is said, not only the last. */
  var isCatchingUp = false, gravest = null;
  function sayOf(results) {
    var words = (gravest ? [gravest] : []).concat(results.filter(function (result) { return result.text; }));
    var worst = ['wrong', 'late'].map(function (kind) {
      return words.filter(function (word) { return word.tone === kind; }).pop();
    }).find(Boolean) || words[words.length - 1];
    if (worst && worst !== gravest) say(worst);
    gravest = isCatchingUp ? worst : null;
  }

  /* What was scanned before the answer to the scan before it belongs to what that answer shows: the hub knows, and of
     the first that waits the screen does. It is kept with it, since the same is sent again until it is answered. */
  function settle(events) {
    if (!events.length || !events[0].follows) return events;
    var first = Object.assign({}, events[0], context(answered || seen()));
    delete first.follows;
    events = [first].concat(events.slice(1));
    keep(events);
    return events;
  }

  function send() {
    if (isSending) return;
    var events = settle(waiting()).slice(0, isAlone ? 1 : 50);
    if (!events.length) { tell(''); return; }
    isSending = true;
    clearTimeout(timer);
    var now = Date.now();
    var sent = events.map(function (event) {
      var each = Object.assign({}, event, { ago: Math.max(0, now - event.at) });
      delete each.at;
      return each;
    });
    var control = new AbortController(), limit = setTimeout(function () { control.abort(); }, 10000);
    fetch('/packing/events', {
      method: 'POST', cache: 'no-store', signal: control.signal,
      body: new URLSearchParams({ form: texts.form, events: JSON.stringify(sent) })
    }).then(function (reply) {
      if (reply.status === 401 || reply.status === 403) throw new Error('sign in');
      if (reply.status === 400 || reply.status === 413) return null;
      if (!reply.ok) throw new Error('trouble');
      return reply.json();
    }).then(function (reply) {
      isCatchingUp = isCatchingUp || isOffline;
      isOffline = false;
      /* Of several that cannot be read together, each is tried alone: only the one to blame is given up. */
      if (!reply && events.length > 1) { isAlone = true; return; }
      var results = reply ? reply.results : [{
        id: events[0].id, tone: 'wrong', icon: 'wrong', text: texts.trouble, detail: events[0].text || ''
      }];
      var done = {};
      results.forEach(function (result) { done[result.id] = true; });
      keep(waiting().filter(function (event) { return !done[event.id]; }));
      if (reply) show(reply.html, reply.sight);
      else { isAlone = false; isCatchingUp = true; }
      sayOf(results);
      results.forEach(function (result) {
        if (result.opens) window.open(result.opens, '_blank') || (location.href = result.opens);
      });
    }).catch(function (error) {
      isOffline = true;
      if (error.message === 'sign in') return tell(texts.again);
      tellWaiting();
    }).then(function () {
      clearTimeout(limit);
      isSending = false;
      if (!waiting().length) { isAlone = isCatchingUp = false; gravest = null; tell(''); return; }
      timer = setTimeout(send, isOffline ? 2000 : 0);
    });
  }

  /* The bag or order that something belongs to. */
  function context(shown) {
    return Object.assign(shown.bag ? { bag: shown.bag } : {},
      shown.order ? { order: shown.order, parcel: shown.parcel } : {});
  }

  function push(event, place) {
    var kept = waiting();
    var follows = !place && event.kind === 'scan' && kept.length > 0;
    place = follows ? { follows: true } : place || context(answered || seen());
    event = Object.assign({ id: newID(), at: Date.now() }, place, event);
    keep(kept.concat([event]));
    if (isOffline || navigator.onLine === false) {
      isOffline = true;
      if (event.kind === 'scan') say(judge(event.text));
      tellWaiting();
    }
    send();
  }

  /* Scanning: a keyboard that types and presses Enter, wherever the focus is. */
  var lastText = '', lastAt = 0;
  function scan(text, place) {
    text = text.trim();
    if (text) push({ kind: 'scan', text: text }, place);
  }
  doc.getElementById('scan').addEventListener('submit', function (event) {
    event.preventDefault();
    scan(code.value);
    code.value = '';
  });
  doc.addEventListener('keydown', function (event) {
    if (dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.target === code) return;
    if (event.key.length === 1 || event.key === 'Enter') code.focus();
  });
  doc.getElementById('keys').addEventListener('click', function () {
    code.inputMode = code.inputMode === 'none' ? 'text' : 'none';
    code.blur();
    code.focus();
  });

  /* Buttons mean what stood on the screen when they were pressed; some ask for a reason or a weight first. */
  var pending = null, bad = doc.getElementById('bad');
  function press(button) {
    var data = button.dataset, event = { kind: data.do };
    ['text', 'line', 'order', 'parcel', 'to'].forEach(function (name) { if (data[name]) event[name] = data[name]; });
    if (!data.ask) return push(event, context(seen()));
    pending = { event: event, place: context(seen()), ask: data.ask, optional: data.optional === 'yes' };
    doc.getElementById('question').textContent = data.question;
    answer.value = '';
    bad.hidden = true;
    answer.inputMode = data.ask === 'grams' ? 'decimal' : 'text';
    dialog.showModal();
    answer.focus();
  }
  sight.addEventListener('click', function (event) {
    var button = event.target.closest('button');
    if (!button || button.disabled) return;
    if (button.dataset.scan) return scan(button.dataset.scan);
    if (button.dataset.do) press(button);
  });
  doc.getElementById('no').addEventListener('click', function () { pending = null; dialog.close('no'); });
  dialog.querySelector('form').addEventListener('submit', function (event) {
    var text = answer.value.trim();
    if (!pending || (!text && !pending.optional)) { event.preventDefault(); answer.focus(); return; }
    if (pending.ask === 'grams') {
      if (text) {
        /* What a scanner types here is no weight: an article such as 5E1 is no number, a bar code more than a ton. */
        var grams = /^\d*[.,]?\d+$/.test(text) ? Math.round(Number(text.replace(',', '.')) * 1000) : 0;
        if (!(grams > 0 && grams <= 1000000)) { event.preventDefault(); bad.hidden = false; answer.select(); return; }
        pending.event.grams = grams;
      }
    } else { pending.event.reason = text; }
    push(pending.event, pending.place);
    pending = null;
  });
  dialog.addEventListener('close', function () { code.focus(); });

  /* The camera: the browser reads the codes, or the hub does. */
  var video = doc.getElementById('video'), stream = null, watch = 0;
  var toggle = doc.getElementById('camera'), finder = doc.getElementById('viewfinder');
  function stopCamera() {
    clearTimeout(watch);
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    stream = null;
    finder.hidden = true;
    toggle.setAttribute('aria-pressed', 'false');
  }
  /* A camera sees the same code many times a second. */
  function saw(found) {
    found.forEach(function (text) {
      if (text === lastText && Date.now() - lastAt < 3000) { lastAt = Date.now(); return; }
      lastText = text;
      lastAt = Date.now();
      scan(text);
    });
  }
  function frame() {
    var scale = Math.min(1, 960 / Math.max(video.videoWidth, video.videoHeight));
    var canvas = doc.createElement('canvas');
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    var context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    var dots = context.getImageData(0, 0, canvas.width, canvas.height).data;
    var grey = new Uint8Array(canvas.width * canvas.height);
    for (var index = 0; index < grey.length; index++) {
      grey[index] = (dots[index * 4] * 77 + dots[index * 4 + 1] * 150 + dots[index * 4 + 2] * 29) >> 8;
    }
    return fetch('/packing/frame?width=' + canvas.width + '&height=' + canvas.height, {
      method: 'POST', cache: 'no-store', body: grey,
      headers: { 'hydrant-form': texts.form, 'content-type': 'application/octet-stream' }
    }).then(function (reply) { return reply.ok ? reply.json() : { codes: [] }; })
      .then(function (reply) { return reply.codes; });
  }
  function watchOn(detector) {
    if (!stream) return;
    var read = !video.videoWidth ? Promise.resolve([]) : detector
      ? detector.detect(video).then(function (all) { return all.map(function (each) { return each.rawValue; }); })
      : frame();
    read.then(saw, function () {}).then(function () {
      watch = setTimeout(function () { watchOn(detector); }, detector ? 200 : 350);
    });
  }
  toggle.addEventListener('click', function () {
    if (stream) return stopCamera();
    if (!navigator.mediaDevices) return say({ tone: 'late', icon: 'late', text: texts.noCamera });
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(function (made) {
      stream = made;
      video.srcObject = made;
      finder.hidden = false;
      toggle.setAttribute('aria-pressed', 'true');
      return video.play();
    }).then(function () {
      if (!window.BarcodeDetector) return null;
      return BarcodeDetector.getSupportedFormats().then(function (formats) {
        return formats.indexOf('qr_code') < 0 ? null : new BarcodeDetector();
      }, function () { return null; });
    }).then(watchOn).catch(function () {
      stopCamera();
      say({ tone: 'late', icon: 'late', text: texts.noCamera });
    });
  });

  /* A label that waits for its printer shows by itself when it is out. */
  setInterval(function () {
    if (doc.hidden || isSending || dialog.open || !sight.querySelector('.prints .waiting')) return;
    if (seen().bag && !waiting().length) push({ kind: 'look' });
  }, 1500);

  window.addEventListener('online', send);
  if (texts.first) {
    history.replaceState(null, '', '/packing');
    sessionStorage.removeItem(SEEN);
    scan(texts.first, {});
  } else if (waiting().length) { isOffline = true; tellWaiting(); send(); }
  else if (seen().bag || seen().order) push({ kind: 'look' });
  code.focus();
})();
