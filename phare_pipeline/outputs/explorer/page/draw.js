"use strict";
// Small pieces of SVG that the views share. What is drawn is decided in the views.
const Draw = (() => {
  const e = Format.escape;
  // Below this width names stand above what they name.
  const NARROW = 560;
  const WIDEST = 940;
  const LETTER = 7.2;
  const LEADING = 16;

  function scale(low, high, from, to) {
    const span = high - low || 1;
    return (value) => from + ((value - low) / span) * (to - from);
  }

  // About `count` round values between low and high.
  function ticks(low, high, count) {
    if (!(high > low)) return [low];
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw);
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
      found.push(k * step);
    }
    return found;
  }

  // Pixels that a text may take, by the width of a letter in the widest of our fonts.
  const widthOf = (content) => content.length * LETTER;

  // Breaks a text into lines at its spaces; no text is cut.
  function wrap(content, width) {
    const lines = [];
    for (const word of content.split(" ")) {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && widthOf(longer) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  function text(x, y, content, options = {}) {
    const { anchor = "start", cls = "" } = options;
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${cls}">`
      + `${e(content)}</text>`;
  }

  // Lines of text around a height.
  function block(x, y, lines, options) {
    const first = y + 5 - ((lines.length - 1) * LEADING) / 2;
    return lines.map((content, k) => text(x, first + k * LEADING, content, options)).join("");
  }

  function line(x1, y1, x2, y2, cls) {
    return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" `
      + `y2="${y2.toFixed(1)}" class="${cls}"/>`;
  }

  // A shape at a point; its title is what a pointer is told.
  function mark(shape, x, y, cls, title) {
    const said = title ? `<title>${e(title)}</title>` : "";
    const [cx, cy] = [x.toFixed(1), y.toFixed(1)];
    if (shape === "circle") return `<circle cx="${cx}" cy="${cy}" r="6" class="${cls}">${said}</circle>`;
    if (shape === "square") {
      return `<rect x="${(x - 5.5).toFixed(1)}" y="${(y - 5.5).toFixed(1)}" width="11" height="11" `
        + `class="${cls}">${said}</rect>`;
    }
    if (shape === "tick") return line(x, y - 9, x, y + 9, "tick");
    const offsets = shape === "triangle" ? [[0, -7], [6.5, 5], [-6.5, 5]]
      : [[0, -7], [7, 0], [0, 7], [-7, 0]];
    const points = offsets.map(([dx, dy]) => `${(x + dx).toFixed(1)},${(y + dy).toFixed(1)}`);
    return `<polygon points="${points.join(" ")}" class="${cls}">${said}</polygon>`;
  }

  // Shapes with what they stand for, in as many lines as the width asks for.
  function key(entries, width) {
    let x = 8, y = 12;
    const parts = entries.map(([shape, cls, label]) => {
      const room = 34 + widthOf(label);
      if (x > 8 && x + room > width) [x, y] = [8, y + 24];
      const part = mark(shape, x, y, cls) + text(x + 14, y + 5, label, { cls: "axis" });
      x += room;
      return part;
    });
    return { svg: parts.join(""), height: y + 12 };
  }

  function svg(width, height, alt, content) {
    return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" `
      + `aria-label="${e(alt)}">${content}</svg>`;
  }

  return { NARROW, WIDEST, LEADING, scale, ticks, widthOf, wrap, text, block, line, mark, key, svg };
})();
