"use strict";
// Numbers and texts as French readers write them; no figure is computed here.
const Format = (() => {
  const cache = new Map();
  const SHORT = new Intl.NumberFormat("fr-FR",
    { notation: "compact", maximumSignificantDigits: 3 });

  function number(value, decimals) {
    if (value === null || value === undefined) return "n.d.";
    if (!cache.has(decimals)) {
      cache.set(decimals, new Intl.NumberFormat("fr-FR", {
        minimumFractionDigits: decimals, maximumFractionDigits: decimals,
      }));
    }
    // A true minus sign, and no −0.
    const text = cache.get(decimals).format(value).replace("-", "\u2212");
    return /[1-9]/.test(text) ? text : text.replace("\u2212", "");
  }

  function signed(value, decimals) {
    if (value === null || value === undefined) return "n.d.";
    const text = number(value, decimals);
    return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
  }

  // A number where there is little room: large ones in thousands or millions.
  function short(value, decimals) {
    if (value === null || value === undefined || Math.abs(value) < 100000) {
      return number(value, decimals);
    }
    return SHORT.format(value).replace("-", "\u2212");
  }

  function withUnit(value, item) {
    const text = number(value, item.decimals);
    if (value === null || value === undefined || !item.unit) return text;
    return item.unit === "%" ? `${text}\u202f%` : `${text}\u00a0${item.unit}`;
  }

  function ordinal(rank) {
    return rank === 1 ? "1er" : `${rank}e`;
  }

  // A text of the registry: no line begins with a part of a number or with « : ».
  function prose(text) {
    return String(text ?? "").replace(/(\d) (?=\d{3}(?!\d))/g, "$1\u202f").replace(/ (?=[:;!?»%])/g,
      "\u00a0").replace(/« /g, "«\u00a0");
  }

  function escape(text) {
    const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return String(text).replace(/[&<>"']/g, (c) => names[c]);
  }

  return { number, signed, short, withUnit, ordinal, prose, escape };
})();
if (typeof module !== "undefined") module.exports = Format;
