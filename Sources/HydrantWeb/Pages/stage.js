/* The elements of a template over its preview: dragged by mouse or finger, moved by arrow keys, sized by their corner.
   What is moved changes the lists of lengths in the template's text; what is typed there moves the elements. */
(function () {
  'use strict';
  var stage = document.getElementById('stage'), text = document.getElementById('text');
  if (!stage) return;
  var choice = document.getElementById('element'), preview = document.getElementById('preview');
  var fields = ['x', 'y', 'width', 'height'].map(function (name) { return document.getElementById('place-' + name); });
  var outline = null, boxes = [], selected = -1, drag = null, wantedLine = 0, carried = null, waiting = [];

  function rounded(length) { return Math.round(length * 100) / 100; }
  function limited(length, least, most) { return rounded(Math.min(Math.max(length, least), Math.max(least, most))); }

  /* Where a list of lengths begins and ends in the text; the hub counts characters, the browser units of 16 bits. */
  function range(spot) {
    var lines = text.value.split('\n');
    if (spot.line > lines.length) return null;
    var begin = 0;
    for (var index = 0; index < spot.line - 1; index++) begin += lines[index].length + 1;
    begin += Array.from(lines[spot.line - 1]).slice(0, spot.column - 1).join('').length;
    var found = /^\[[^\[\]\n]*\]/.exec(text.value.slice(begin));
    return found && { begin: begin, end: begin + found[0].length };
  }

  function write(spot, lengths) {
    var place = range(spot);
    if (!place) return;
    var list = '[' + lengths.map(rounded).join(', ') + ']';
    text.setRangeText(list, place.begin, place.end, 'preserve');
    var more = list.length - (place.end - place.begin);
    outline.elements.forEach(function (each) {
      [each.placeSpot, each.sizeSpot].forEach(function (other) {
        if (other !== spot && other.line === spot.line && other.column > spot.column) other.column += more;
      });
    });
  }

  function keep(element) {
    var x = element.x - element.area.x, y = element.y - element.area.y;
    if (element.kind === 'line') write(element.placeSpot, [x, y, x + element.width, y + element.height]);
    else if (element.kind === 'box') write(element.placeSpot, [x, y, element.width, element.height]);
    else { write(element.placeSpot, [x, y]); write(element.sizeSpot, [element.width, element.height]); }
    text.dispatchEvent(new CustomEvent('hydrant:moved'));
  }

  function move(element, x, y) {
    var right = element.area.x + element.area.width - element.width * element.columns;
    var bottom = element.area.y + element.area.height - element.height * element.rows;
    var dx = limited(x, element.area.x, right) - element.x, dy = limited(y, element.area.y, bottom) - element.y;
    inside(element).concat([element]).forEach(function (each) { each.x = rounded(each.x + dx); each.y = rounded(each.y + dy); });
    inside(element).forEach(function (each) { each.area.x = rounded(each.area.x + dx); each.area.y = rounded(each.area.y + dy); });
  }

  function size(element, width, height) {
    var isLevel = element.kind === 'line' && element.height === 0, isUpright = element.kind === 'line' && !isLevel;
    var least = element.kind === 'text' || element.kind === 'line' || element.kind === 'box' ? 0.5 : 2;
    var right = (element.area.x + element.area.width - element.x) / element.columns;
    var bottom = (element.area.y + element.area.height - element.y) / element.rows;
    if (!isUpright) element.width = limited(width, least, right);
    if (!isLevel) element.height = limited(height, least, bottom);
  }

  /* What stands in the cells of a table moves with it: as far as the text is concerned, it stays where it is. */
  function inside(element) {
    if (element.kind !== 'each') return [];
    var own = outline.elements.filter(function (each) { return each.table === element.number; });
    return own.concat.apply(own, own.map(inside));
  }

  function paint() {
    outline.elements.forEach(function (each, index) {
      var style = boxes[index].style;
      style.left = each.x / outline.width * 100 + '%';
      style.top = each.y / outline.height * 100 + '%';
      style.width = each.width / outline.width * 100 + '%';
      style.height = each.height / outline.height * 100 + '%';
    });
    var element = outline.elements[selected];
    fields.forEach(function (field) { field.disabled = !element; });
    paintLooks(element);
    if (!element) return;
    [element.x - element.area.x, element.y - element.area.y, element.width, element.height].forEach(function (length, index) {
      if (document.activeElement !== fields[index]) fields[index].value = rounded(length);
    });
  }

  function select(index) {
    selected = index;
    boxes.forEach(function (box, each) { box.setAttribute('aria-pressed', String(each === index)); });
    choice.value = String(index);
    var element = outline.elements[index], place = element && range(element.placeSpot);
    /* Only shown: the caret stays where somebody left it, since a field that is pressed goes there. */
    if (place && document.activeElement !== text) {
      text.scrollTop = Math.max(0, element.placeSpot.line - 8) * parseFloat(getComputedStyle(text).lineHeight);
    }
    paint();
  }

  function build(next) {
    var name = outline && selected >= 0 ? selected : -1;
    var focused = boxes.indexOf(document.activeElement);
    outline = next;
    outline.elements.forEach(function (each, index) { each.number = index; });
    stage.querySelectorAll('.handle').forEach(function (box) { box.remove(); });
    boxes = outline.elements.map(function (each, index) {
      var box = document.createElement('div');
      box.className = 'handle ' + each.kind;
      box.tabIndex = 0;
      box.setAttribute('role', 'button');
      box.setAttribute('aria-label', each.name);
      box.dataset.index = index;
      var corner = document.createElement('span');
      corner.className = 'corner';
      box.append(corner);
      stage.append(box);
      return box;
    });
    choice.replaceChildren.apply(choice, [new Option('—', '-1')].concat(outline.elements.map(function (each, index) {
      return new Option(each.name.slice(0, 60), String(index));
    })));
    var wanted = outline.elements.findIndex(function (each) { return each.placeSpot.line === wantedLine; });
    wantedLine = 0;
    select(wanted >= 0 ? wanted : name < boxes.length ? name : -1);
    if (focused >= 0 && boxes[focused]) boxes[focused].focus({ preventScroll: true });
    var later = waiting.shift();
    if (later) change(later[0], later[1]);
  }

  document.addEventListener('hydrant:outline', function (event) { if (!drag && event.detail) build(event.detail); });
  /* While somebody types the lists may be elsewhere: nothing is moved before the hub has read the text. */
  document.addEventListener('hydrant:typed', function () {
    stage.querySelectorAll('.handle').forEach(function (box) { box.remove(); });
    boxes = [];
    if (outline) outline = { width: outline.width, height: outline.height, elements: [] };
    fields.forEach(function (field) { field.disabled = true; });
  });

  stage.addEventListener('pointerdown', function (event) {
    var box = event.target.closest('.handle');
    if (!box || event.button !== 0) return;
    var index = Number(box.dataset.index), wasSelected = index === selected;
    select(index);
    box.focus({ preventScroll: true });
    /* A finger selects first, so that a page can still be scrolled over the preview. */
    if (event.pointerType !== 'mouse' && !wasSelected) return;
    var element = outline.elements[index];
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    drag = {
      box: box, element: element, isSize: event.target.classList.contains('corner'), left: event.clientX, top: event.clientY,
      x: element.x, y: element.y, width: element.width, height: element.height, isMoved: false
    };
  });
  stage.addEventListener('pointermove', function (event) {
    if (!drag) return;
    var scale = outline.width / preview.getBoundingClientRect().width;
    /* Half a millimetre is as fine as a finger. */
    var dx = Math.round((event.clientX - drag.left) * scale * 2) / 2, dy = Math.round((event.clientY - drag.top) * scale * 2) / 2;
    if (!dx && !dy && !drag.isMoved) return;
    drag.isMoved = true;
    if (drag.isSize) size(drag.element, drag.width + dx, drag.height + dy);
    else move(drag.element, drag.x + dx, drag.y + dy);
    paint();
  });
  function drop() {
    var done = drag;
    drag = null;
    if (done && done.isMoved) keep(done.element);
  }
  stage.addEventListener('pointerup', drop);
  stage.addEventListener('pointercancel', drop);

  stage.addEventListener('keydown', function (event) {
    var steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }, step = steps[event.key];
    var box = event.target.closest('.handle');
    if (!box) return;
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); select(Number(box.dataset.index)); }
    if (!step) return;
    event.preventDefault();
    if (Number(box.dataset.index) !== selected) select(Number(box.dataset.index));
    var element = outline.elements[selected], far = event.shiftKey ? 5 : 1;
    move(element, element.x + step[0] * far, element.y + step[1] * far);
    paint();
    keep(element);
  });
  stage.addEventListener('focusin', function (event) {
    var box = event.target.closest('.handle');
    if (box && Number(box.dataset.index) !== selected && !drag) select(Number(box.dataset.index));
  });
  /* A field or a code that is dropped on the preview becomes an element: in the cell of a table, or on the sheet. */
  function place(field, x, y) {
    var table = -1;
    /* Every cell of a table is drawn from the text of the first: a place in any is the same place in that one. */
    outline.elements.forEach(function (each, index) {
      if (each.kind !== 'each' || (each.table === null ? -1 : each.table) !== table) return;
      var column = Math.floor((x - each.x) / each.width), row = Math.floor((y - each.y) / each.height);
      if (column < 0 || row < 0 || column >= each.columns || row >= each.rows) return;
      x -= column * each.width;
      y -= row * each.height;
      table = index;
    });
    var area = table < 0 ? { x: 0, y: 0, width: outline.width, height: outline.height } : outline.elements[table];
    var lines = text.value.split('\n'), last = 0, indent = '';
    outline.elements.forEach(function (each) {
      if ((each.table === null ? -1 : each.table) !== table || each.placeSpot.line <= last) return;
      var found = /^(\s*)- \{.*\}\s*$/.exec(lines[each.placeSpot.line - 1]);
      if (found) { last = each.placeSpot.line; indent = found[1]; }
    });
    if (!last) return;
    var left = limited(Math.round((x - area.x) * 2) / 2, 0, area.width - 5);
    var top = limited(Math.round((y - area.y) * 2) / 2, 0, area.height - 3);
    var isText = field[0] === '{', extent = isText ? [30, 5] : field.indexOf('qr') === 0 ? [14, 14] : [40, 10];
    var size = [Math.min(extent[0], area.width - left), Math.min(extent[1], area.height - top)].map(rounded).join(', ');
    lines.splice(last, 0, indent + '- {' + (isText ? 'text: "' + field + '"' : field) + ', at: [' + left + ', ' + top + '], size: ['
      + size + ']' + (isText ? ', font: 9' : '') + '}');
    text.value = lines.join('\n');
    wantedLine = last + 1;
    document.dispatchEvent(new CustomEvent('hydrant:typed'));
    text.dispatchEvent(new CustomEvent('hydrant:moved'));
  }
  document.addEventListener('pointerdown', function (event) {
    var chip = event.target.closest('[data-field]');
    if (chip && event.button === 0) carried = { chip: chip, left: event.clientX, top: event.clientY, ghost: null };
  });
  document.addEventListener('pointermove', function (event) {
    if (!carried) return;
    if (!carried.ghost) {
      if (Math.hypot(event.clientX - carried.left, event.clientY - carried.top) < 6) return;
      carried.ghost = document.createElement('span');
      carried.ghost.className = 'carried';
      carried.ghost.textContent = carried.chip.dataset.field;
      document.getElementById('templates').append(carried.ghost);
    }
    carried.ghost.style.left = event.clientX + 'px';
    carried.ghost.style.top = event.clientY + 'px';
  });
  function letGo(event) {
    var done = carried;
    carried = null;
    if (!done || !done.ghost) return;
    done.ghost.remove();
    /* What was dragged was not pressed. */
    var swallow = function (click) { click.stopPropagation(); click.preventDefault(); };
    document.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(function () { document.removeEventListener('click', swallow, { capture: true }); }, 0);
    var sheet = preview.getBoundingClientRect(), scale = outline ? outline.width / sheet.width : 0;
    var x = (event.clientX - sheet.left) * scale, y = (event.clientY - sheet.top) * scale;
    if (event.type === 'pointerup' && outline && outline.elements.length && x >= 0 && y >= 0 && x <= outline.width
      && y <= outline.height) place(done.chip.dataset.field, x, y);
  }
  document.addEventListener('pointerup', letGo);
  document.addEventListener('pointercancel', letGo);

  choice.addEventListener('change', function () { select(Number(choice.value)); });
  fields.forEach(function (field) {
    field.addEventListener('change', function () {
      var element = outline && outline.elements[selected], values = fields.map(function (each) { return parseFloat(each.value); });
      if (!element || values.some(isNaN)) return;
      size(element, values[2], values[3]);
      move(element, element.area.x + values[0], element.area.y + values[1]);
      paint();
      keep(element);
    });
  });
  /* How an element looks stands in its mapping: a line in braces, or a block of lines, each with a key. */
  var looks = {};
  document.querySelectorAll('[id^=look-]').forEach(function (field) { looks[field.id.slice(5)] = field; });
  document.querySelectorAll('[data-field^="{"]').forEach(function (chip) { looks.field.add(new Option(chip.dataset.field.slice(1, -1))); });

  function lookOf(element, key) { return mapping.valueOf(text.value.split('\n'), element.placeSpot.line - 1, key); }

  function setLook(element, key, value) {
    var lines = text.value.split('\n'), line = mapping.write(lines, element.placeSpot.line - 1, key, value);
    if (!line) return;
    wantedLine = line;
    replaceText(lines);
  }

  function replaceText(lines) {
    text.value = lines.join('\n');
    document.dispatchEvent(new CustomEvent('hydrant:typed'));
    text.dispatchEvent(new CustomEvent('hydrant:moved'));
  }

  function paintLooks(element) {
    var paper = /^size: *(\S+)/m.exec(text.value);
    if (paper) looks.paper.value = paper[1];
    var isRead = element && mapping.isRead(text.value.split('\n'), element.placeSpot.line - 1);
    document.getElementById('looks').disabled = !isRead && outline.elements.length > 0;
    document.querySelectorAll('#looks [data-for]').forEach(function (label) {
      label.hidden = !element || label.dataset.for !== element.kind;
    });
    if (!element) return;
    function show(field, value) { if (document.activeElement !== field) field.value = value; }
    var when = lookOf(element, 'when'), field = /field: *([A-Za-z.]+)/.exec(when), equals = /equals: *(.*?) *\}$/.exec(when);
    show(looks.font, lookOf(element, 'font'));
    show(looks.align, lookOf(element, 'align') || 'left');
    show(looks.lines, lookOf(element, 'lines') || '1');
    looks.bold.checked = lookOf(element, 'bold') === 'true';
    show(looks.columns, element.columns);
    show(looks.rows, element.rows);
    show(looks.when, equals ? 'equals' : (/is: *(present|absent)/.exec(when) || ['', ''])[1]);
    if (field) show(looks.field, field[1]);
    show(looks.equals, equals ? unquoted(equals[1]) : '');
    able();
  }
  function able() {
    looks.field.disabled = looks.when.value === '';
    looks.equals.disabled = looks.when.value !== 'equals';
  }

  function unquoted(word) {
    try { return String(JSON.parse(word)); } catch (error) { return word.replace(/^'(.*)'$/, '$1'); }
  }

  function condition() {
    able();
    if (looks.when.value === '') return '';
    var kind = looks.when.value, test = kind === 'equals' ? 'equals: ' + JSON.stringify(looks.equals.value) : 'is: ' + kind;
    return '{field: ' + looks.field.value + ', ' + test + '}';
  }
  document.getElementById('looks').addEventListener('change', function (event) {
    var key = event.target.id.slice(5), value = event.target.value;
    if (event.target.type === 'number' && !(parseFloat(value) > 0)) return;
    if (['when', 'field', 'equals'].indexOf(key) >= 0) {
      value = condition();
      /* A text to compare with comes after the choice of comparing. */
      if (looks.when.value === 'equals' && looks.equals.value === '') return;
      key = 'when';
    } else if (key === 'bold') value = event.target.checked ? 'true' : '';
    else if (key === 'align' && value === 'left' || key === 'lines' && value === '1') value = '';
    change(key, value);
  });
  /* While the hub reads the text of the change before, the next one waits. */
  function change(key, value) {
    var element = outline && outline.elements[selected];
    if (element) setLook(element, key, value); else if (selected >= 0) waiting.push([key, value]);
  }
  text.addEventListener('input', function () { waiting = []; });
  looks.paper.addEventListener('change', function () {
    replaceText(text.value.replace(/^size: *\S+/m, 'size: ' + looks.paper.value).split('\n'));
  });

  /* The line in which somebody works is the element that is marked. */
  text.addEventListener('click', function () {
    if (!outline) return;
    var line = text.value.slice(0, text.selectionStart).split('\n').length;
    var index = outline.elements.findIndex(function (each) { return each.placeSpot.line === line; });
    if (index >= 0) select(index);
  });
})();
