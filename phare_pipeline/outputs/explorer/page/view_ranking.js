"use strict";
// The thirteen regions from the highest value, beside France.
const RankingView = (() => {
  const { isThere } = Columns;
  const level = (row) => (isThere(row.value) ? Classes.comparable(row.value) : -Infinity);
  const byValue = (a, b) => level(b) - level(a)
    || a.region.region_name.localeCompare(b.region.region_name, "fr");

  // Why there is no value, once for all regions of one reason.
  function reasons(rows) {
    const missing = rows.filter((r) => !isThere(r.value));
    return [...new Set(missing.map((r) => r.reason || "non disponible"))].map((reason) =>
      `n.d. : ${reason} (${missing.filter((r) => (r.reason || "non disponible") === reason)
        .map((r) => r.region.region_name).join(", ")})`).join(". ");
  }

  function draw({ item, year, state, width }) {
    const rows = Data.figures(item, year).sort(byValue);
    const present = rows.filter((r) => isThere(r.value));
    const france = Data.reference(rows);
    const values = present.map((r) => r.value).concat(isThere(france) ? [france] : []);
    const isNarrow = width < Draw.NARROW;
    const left = isNarrow ? 0 : 210, top = 36, step = isNarrow ? 46 : 32, right = isNarrow ? 74 : 110;
    const height = top + rows.length * step + 8;
    const low = item.isScore ? Math.min(95, ...values) : Math.min(0, ...values);
    const x = Draw.scale(low, Math.max(low + 1e-9, ...values), left + 2, width - right);
    const origin = item.isScore ? 100 : Math.max(low, 0);
    const bars = rows.map((row, i) => {
      const y = top + i * step + (isNarrow ? 30 : step / 2);
      const chosen = row.region.slug === state.region ? " chosen" : "";
      const name = Draw.text(isNarrow ? 0 : left - 14, isNarrow ? y - 13 : y + 5,
        row.region.region_name, { anchor: isNarrow ? "start" : "end", cls: `label${chosen}` });
      if (!isThere(row.value)) {
        return name + Draw.text(left + 4, y + 5, "n.d.", { cls: "missing" });
      }
      const a = x(Math.min(origin, row.value)), b = x(Math.max(origin, row.value));
      const text = Format.withUnit(row.value, { ...item, unit: item.unit === "%" ? "%" : "" });
      return `<g class="row" data-region="${row.region.slug}">${name}`
        + `<rect x="${a.toFixed(1)}" y="${y - 9}" width="${Math.max(1.5, b - a).toFixed(1)}" `
        + `height="18" class="bar${chosen}"/>`
        + Draw.text(Math.max(a, b) + 8, y + 5, text, { cls: `value${chosen}` }) + "</g>";
    });
    const mark = isThere(france) ? Draw.line(x(france), top - 8, x(france), height - 4, "france")
      + Draw.text(Math.max(44, Math.min(x(france), width - 50)), top - 16,
        `France ${Format.number(france, item.decimals)}`, { anchor: "middle", cls: "label" }) : "";
    const alt = `Classement des treize régions pour ${item.label}, édition ${year}.`;
    const note = present.length ? "" : "<p>Aucune région n’a de valeur dans cette édition.</p>";
    return { html: Draw.svg(width, height, alt, mark + bars.join("")) + note,
      columns: Columns.ofRegions(rows, item), caption: item.isScore
        ? "100 est la France ; au-dessus, plus fragile." : reasons(rows) };
  }

  return { label: "Classement", draw };
})();
