/* How an element of a template looks stands in its mapping: in braces, on a line or on several, or in a block of lines,
   each with a key. Served at the head of stage.js. */
var mapping = (function () {
  'use strict';

  /* The keys and values of a mapping in braces, each as it is written, and what stands behind it; null where the line is
     none, or does not end it. */
  function pairs(line) {
    var found = /^(\s*- )\{(.*)$/.exec(line);
    if (!found) return null;
    var parts = [''], depth = 0, quote = '', body = found[2];
    for (var index = 0; index < body.length && depth >= 0; index++) {
      var sign = body[index];
      if (quote) {
        if (sign === '\\' && quote === '"') { parts[parts.length - 1] += sign + (body[++index] || ''); continue; }
        if (sign === quote) quote = '';
      } else if (sign === '"' || sign === "'") quote = sign;
      else if (sign === '#' && /\s/.test(body[index - 1] || '')) return null;
      else if (sign === '[' || sign === '{') depth++;
      else if (sign === ']' || sign === '}') depth--;
      if (depth < 0) break;
      if (sign === ',' && !quote && depth === 0) parts.push('');
      else parts[parts.length - 1] += sign;
    }
    var rest = body.slice(index + 1);
    if (depth >= 0 || !/^\s*(\s#.*)?$/.test(rest)) return null;
    if (!parts[parts.length - 1].trim()) parts.pop();
    if (parts.some(function (part) { return part.indexOf(':') < 0; })) return null;
    return { head: found[1], rest: rest.trimEnd(), parts: parts.map(function (part) {
      var colon = part.indexOf(':');
      return [part.slice(0, colon).trim(), part.slice(colon + 1).trim()];
    }) };
  }

  /* The mapping in braces around a line, with its first and last line; its map is null where it cannot be read. Null
     where there are no braces. */
  function braces(lines, at) {
    var first = at;
    while (first > 0 && !/^\s*- /.test(lines[first])) first--;
    if (!/^\s*- \{/.test(lines[first] || '')) return null;
    for (var last = first; last < lines.length && last < first + 20; last++) {
      if (last > first && /^\s*- /.test(lines[last])) break;
      var map = pairs(lines.slice(first, last + 1).map(function (line, index) {
        return index ? line.trim() : line.trimEnd();
      }).join(' '));
      /* Braces that ended before are those of an element that stands in this one. */
      if (map) return last < at ? null : { first: first, last: last, map: map };
    }
    return { first: first, last: first, map: null };
  }

  /* The lines of a block: from its dash to the next line that stands less far right. */
  function block(lines, at) {
    var indent = /^\s*(- )?/.exec(lines[at])[0].length, first = at, last = at;
    while (first > 0 && !/^\s*- /.test(lines[first])) first--;
    while (last + 1 < lines.length && (/^\s*$/.test(lines[last + 1]) || /^\s*/.exec(lines[last + 1])[0].length >= indent)) last++;
    var keys = {};
    for (var index = first; index <= last; index++) {
      var found = /^(\s*(?:- )?)([a-z]+): *(.*)$/.exec(lines[index]);
      if (found && found[1].length === indent) keys[found[2]] = { line: index, head: found[1], value: found[3] };
    }
    return { indent: indent, keys: keys };
  }

  function isRead(lines, at) {
    var around = braces(lines, at);
    return !around || around.map !== null;
  }

  /* What a key of the element says whose place stands in a line; empty where it is not written. */
  function valueOf(lines, at, key) {
    var around = braces(lines, at);
    if (!around) return ((lines[at] && block(lines, at).keys[key]) || { value: '' }).value;
    var part = around.map && around.map.parts.find(function (each) { return each[0] === key; });
    return part ? part[1] : '';
  }

  /* Writes a key, or takes it away with an empty value. The number of the line in which the element then stands; 0 where
     its braces cannot be read, and nothing is changed. */
  function write(lines, at, key, value) {
    var around = braces(lines, at), map = around && around.map;
    if (around && !map) return 0;
    if (map) {
      var part = map.parts.find(function (each) { return each[0] === key; });
      if (part) part[1] = value; else map.parts.push([key, value]);
      var kept = map.parts.filter(function (each) { return each[0] !== key || value !== ''; });
      lines.splice(around.first, around.last - around.first + 1,
        map.head + '{' + kept.map(function (each) { return each.join(': '); }).join(', ') + '}' + map.rest);
      return around.first + 1;
    }
    var own = block(lines, at), line = own.keys[key];
    if (line && value !== '') lines[line.line] = line.head + key + ': ' + value;
    else if (line) lines.splice(line.line, 1);
    else if (value !== '') lines.splice(at + 1, 0, ' '.repeat(own.indent) + key + ': ' + value);
    return line && value === '' && line.line < at ? at : at + 1;
  }

  return { isRead: isRead, valueOf: valueOf, write: write };
})();
