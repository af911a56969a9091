(function () {
  'use strict';
  var form = document.getElementById('editor'), text = document.getElementById('text');
  var preview = document.getElementById('preview'), order = document.getElementById('order');
  var problems = document.getElementById('problems');
  if (!form) return;
  var timer = 0, asked = 0;

  function draw() {
    preview.src = '/templates/preview?order=' + encodeURIComponent(order.value.trim()) + '&seen=' + Date.now();
  }

  /* What is typed is kept as a draft, which the hub checks and draws. */
  function send() {
    var number = ++asked;
    fetch('/templates/draft', {
      method: 'POST', cache: 'no-store', body: new URLSearchParams({ form: form.elements.form.value, text: text.value })
    }).then(function (reply) { if (!reply.ok) throw new Error(String(reply.status)); return reply.json(); })
      .then(function (reply) {
        if (number !== asked) return;
        problems.replaceChildren.apply(problems, reply.problems.map(function (each) {
          var item = document.createElement('li');
          item.textContent = each;
          return item;
        }));
        if (!reply.problems.length) draw();
      }).catch(function () {});
  }
  function later() { clearTimeout(timer); timer = setTimeout(send, 400); }

  text.addEventListener('input', later);
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
})();
