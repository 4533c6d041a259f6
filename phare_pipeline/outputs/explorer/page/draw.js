"use strict";
// Small pieces of SVG that the views share. What is drawn is decided in the views.
const Draw = (() => {
  const e = Format.escape;

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

  function text(x, y, content, options = {}) {
    const { anchor = "start", cls = "" } = options;
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${cls}">`
      + `${e(content)}</text>`;
  }

  function line(x1, y1, x2, y2, cls) {
    return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" `
      + `y2="${y2.toFixed(1)}" class="${cls}"/>`;
  }

  function svg(width, height, alt, content) {
    return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" `
      + `aria-label="${e(alt)}">${content}</svg>`;
  }

  return { scale, ticks, text, line, svg };
})();
