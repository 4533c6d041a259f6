"use strict";
// One region and France through the years, among the range of all regions.
const SeriesView = (() => {
  const { column, isThere } = Columns;

  function columnsOf(rows, item, region) {
    const number = (v) => Format.number(v, item.decimals);
    return [
      column("data_year", "Année", "int32", rows.map((r) => r.year), String),
      column("value", region.region_name, "double", rows.map((r) => r.value), number),
      column("france_value", "France", "double", rows.map((r) => r.france ?? null), number),
      column("lowest", "Région la plus basse", "double", rows.map((r) => r.low), number),
      column("highest", "Région la plus haute", "double", rows.map((r) => r.high), number),
      column("note", "À savoir", "string", rows.map((r) => (r.doubts || []).join(", ") || null)),
    ];
  }

  // A year without a figure breaks the line; scores on different bases are never joined.
  function path(rows, key, x, y) {
    const parts = [];
    let last = null;
    for (const r of rows) {
      if (!isThere(r[key])) { last = null; continue; }
      const pen = last === null || r.isAlone || r.year - last > 1 ? "M" : "L";
      parts.push(`${pen}${x(r.year).toFixed(1)},${y(r[key]).toFixed(1)}`);
      last = r.year;
    }
    return parts.join(" ");
  }

  function line(rows, key, name, item, x, y) {
    const marks = rows.filter((r) => isThere(r[key])).map((r) => {
      const said = `<title>${Format.escape(`${name}, ${r.year} : ${Format.withUnit(r[key], item)}`)}</title>`;
      const [cx, cy] = [x(r.year), y(r[key])];
      return key === "value"
        ? `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="4.5" class="dot">${said}</circle>`
        : `<rect x="${(cx - 3.5).toFixed(1)}" y="${(cy - 3.5).toFixed(1)}" width="7" height="7" `
          + `class="square">${said}</rect>`;
    });
    return `<path d="${path(rows, key, x, y)}" class="line-${key}"/>${marks.join("")}`;
  }

  function names(rows, region, width) {
    const said = [["dot", region.region_name, "label chosen"]];
    if (rows.some((r) => isThere(r.reference))) said.push(["square", "France", "label"]);
    if (width >= Draw.NARROW) said.push(["range", "étendue des régions", "axis"]);
    let at = 0;
    return said.map(([kind, label, cls]) => {
      const mark = kind === "dot" ? `<circle cx="${at + 7}" cy="12" r="4.5" class="dot"/>`
        : kind === "square" ? `<rect x="${at + 3}" y="8" width="8" height="8" class="square"/>`
          : `<line x1="${at + 7}" x2="${at + 7}" y1="3" y2="21" class="range"/>`;
      const text = Draw.text(at + 19, 17, label, { cls });
      at += 40 + Draw.widthOf(label);
      return mark + text;
    }).join("");
  }

  function draw({ item, region, width }) {
    const basket = item.isScore ? Data.basket(item, region.region_code) : [];
    const rows = basket.length ? basket : Data.series(item, region.region_code)
      .map((row) => ({ ...row, isAlone: Boolean(item.isScore) }));
    const columns = columnsOf(rows, item, region);
    const known = rows.filter((r) => isThere(r.value));
    if (!known.length) {
      return { html: "<p>Aucune année connue pour cette région.</p>", columns, caption: "" };
    }
    const values = rows.flatMap((r) => [r.value, r.reference, r.low, r.high]).filter(isThere);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const steps = Draw.ticks(low, high, 5);
    const decimals = Math.max(item.decimals === 0 ? 0 : Math.min(item.decimals, 2), 0);
    const labels = steps.map((v) => Format.short(v, decimals));
    const left = 14 + Math.max(...labels.map(Draw.widthOf));
    const right = 20, top = 44, bottom = 34, height = Math.min(380, 220 + width * 0.2);
    const years = rows.map((r) => r.year);
    const x = Draw.scale(years[0], years[years.length - 1], left + 10, width - right);
    const y = Draw.scale(low, high, height - bottom, top);
    const every = Math.ceil((years[years.length - 1] - years[0] + 1) / ((width - left) / 46));
    const grid = steps.map((v, k) => Draw.line(left, y(v), width - right + 8, y(v), "grid")
      + Draw.text(left - 8, y(v) + 4, labels[k], { anchor: "end", cls: "axis" }));
    const axis = years.filter((v) => (years[years.length - 1] - v) % every === 0).map((v) =>
      Draw.text(x(v), height - bottom + 22, String(v), { anchor: "middle", cls: "axis" }));
    const band = rows.filter((r) => isThere(r.low)).map((r) =>
      Draw.line(x(r.year), y(r.low), x(r.year), y(r.high), "range"));
    const alt = `${item.label} : ${region.region_name} et France, de ${years[0]} à `
      + `${years[years.length - 1]}.`;
    return { html: Draw.svg(width, height, alt, grid.join("") + band.join("")
      + line(rows, "reference", "France", item, x, y)
      + line(rows, "value", region.region_name, item, x, y)
      + axis.join("") + names(rows, region, width)),
    columns, caption: caption(item, basket) };
  }

  function caption(item, basket) {
    const range = "Trait vertical : de la région la plus basse à la plus haute. ";
    if (!item.isScore) return `${range}Une année sans donnée interrompt la ligne.`;
    if (!basket.length) {
      return `${range}Les points ne sont pas reliés : d’une édition à l’autre, la note ne repose pas `
        + "sur les mêmes indicateurs.";
    }
    const last = basket[basket.length - 1];
    const held = last.count > 1 ? `les ${last.count} mêmes indicateurs` : "le même indicateur";
    return `${range}Panier constant : ${held} de ${basket[0].year} à ${last.year}, chacun sur son `
      + "échelle d’origine. Ces valeurs se comparent entre années, non avec l’indice d’une édition.";
  }

  return { label: "Évolution", draw };
})();
