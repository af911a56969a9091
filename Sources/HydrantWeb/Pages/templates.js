(function () {
  'use strict';
  var form = document.getElementById('editor'), text = document.getElementById('text');
  var preview = document.getElementById('preview'), order = document.getElementById('order');
  var problems = document.getElementById('problems');
  if (!form) return;
  var timer = 0, asked = 0, shown = null;

  function draw() {
    preview.src = '/templates/preview?order=' + encodeURIComponent(order.value.trim()) + '&seen=' + Date.now();
  }

  function list(texts) {
    problems.replaceChildren.apply(problems, texts.map(function (each) {
      var item = document.createElement('li');
      item.textContent = each;
      return item;
    }));
  }

  /* What is typed is kept as a draft, which the hub checks and draws; it says where the elements are. */
  function send() {
    var number = ++asked, sent = text.value;
    clearTimeout(timer);
    fetch('/templates/draft', {
      method: 'POST', cache: 'no-store', body: new URLSearchParams({ form: form.elements.form.value, text: sent })
    }).then(function (reply) { if (!reply.ok) throw new Error(String(reply.status)); return reply.json(); })
      .then(function (reply) {
        if (number !== asked) return;
        list(reply.problems);
        if (reply.problems.length) return;
        if (sent !== shown) draw();
        shown = sent;
        document.dispatchEvent(new CustomEvent('hydrant:outline', { detail: reply.outline }));
      }).catch(function () { if (number === asked) list([problems.dataset.lost]); });
  }
  function later() {
    /* An answer that is under way is of another text. */
    asked++;
    document.dispatchEvent(new CustomEvent('hydrant:typed'));
    clearTimeout(timer);
    timer = setTimeout(send, 400);
  }

  text.addEventListener('input', later);
  text.addEventListener('hydrant:moved', send);
  order.addEventListener('change', draw);
  document.addEventListener('click', function (event) {
    var field = event.target.closest('[data-field]');
    if (!field) return;
    text.setRangeText(field.dataset.field, text.selectionStart, text.selectionEnd, 'end');
    text.focus();
    later();
  });
  document.getElementById('import').addEventListener('change', function (event) {
    var file = event.target.files[0];
    if (!file) return;
    file.text().then(function (content) { text.value = content; later(); });
  });
  var isSaving = false;
  form.addEventListener('submit', function () { isSaving = true; });
  window.addEventListener('beforeunload', function (event) {
    if (!isSaving && (form.dataset.unsaved || text.value !== text.defaultValue)) event.preventDefault();
  });
  window.addEventListener('online', send);
  shown = text.value;
  send();
})();
