"use strict";
// Two regions side by side: each figure of a domain, or all scores, between the extremes of the 13.
const CompareView = (() => {
  const { column, isThere } = Columns;
  const e = Format.escape;

  function rowsOf(year, state, region, other) {
    return Data.compared(state.domaine).map((item) => {
      const all = Data.figures(item, year);
      const of = (slug) => all.find((f) => f.region.slug === slug);
      const france = Data.reference(all);
      const values = [france, ...all.map((f) => f.value)].filter(isThere);
      return { item, france, a: of(region.slug), b: of(other.slug),
        low: Math.min(...values), high: Math.max(...values) };
    });
  }

  function columnsOf(rows, region, other) {
    const values = (side) => rows.map((r) => r[side].value ?? null);
    const shown = (side) => rows.map((r) => (isThere(r[side].value)
      ? Format.withUnit(r[side].value, r.item) : `n.d. – ${r[side].reason || ""}`));
    const rank = (v) => (isThere(v) ? String(v) : "");
    return [
      column("indicator_label", "Indicateur", "string", rows.map((r) => r.item.label), Format.prose),
      { ...column("value_a", region.region_name, "double", values("a")), shown: shown("a") },
      column("rank_a", "Rang", "int32", rows.map((r) => r.a.rank ?? null), rank),
      { ...column("value_b", other.region_name, "double", values("b")), shown: shown("b") },
      column("rank_b", "Rang (2)", "int32", rows.map((r) => r.b.rank ?? null), rank),
      { ...column("france_value", "France", "double", rows.map((r) => r.a.france ?? null)),
        shown: rows.map((r) => Format.withUnit(r.a.france ?? null, r.item)) },
      column("indicator_id", "Identifiant", "string", rows.map((r) => r.item.id)),
    ];
  }

  // The index and its axes among all scores; a domain's own score among its indicators.
  const isWhole = (row, isOne) => row.item.isScore && !(isOne && row.item.level === "domain");

  function picture(rows, region, other, width) {
    const there = rows.filter((r) => isThere(r.a.value) || isThere(r.b.value));
    if (!there.length) return '<p class="empty">Aucun chiffre de ce domaine dans cette édition.</p>';
    // Scores have one scale; each indicator has its own.
    const isOne = there.every((r) => r.item.isScore);
    const lowest = Math.min(...there.map((r) => r.low)), highest = Math.max(...there.map((r) => r.high));
    const key = Draw.key([["circle", "actor a0", region.region_name],
      ["square", "actor a1", other.region_name], ["tick", "", "France"]], width);
    const isNarrow = width < 620;
    const left = isNarrow ? 0 : Math.min(340, width * 0.42), top = key.height + (isOne ? 36 : 16);
    let bottom = top;
    const lines = there.map((r) => {
      const label = Draw.wrap(Format.prose(r.item.label), isNarrow ? width : left - 14);
      const room = label.length * Draw.LEADING;
      const y = bottom + (isNarrow ? room + 14 : Math.max(17, room / 2 + 6));
      const words = { anchor: isNarrow ? "start" : "end", cls: `label${isWhole(r, isOne) ? " strong" : ""}` };
      const named = Draw.block(isNarrow ? 0 : left - 14, isNarrow ? bottom + room / 2 : y, label, words);
      bottom += isNarrow ? room + 30 : Math.max(34, room + 12);
      const x = isOne ? Draw.scale(lowest, highest, left + 8, width - 12)
        : Draw.scale(r.low, r.high, left + 8, width - 12);
      const dot = (side, shape, cls, name) => (isThere(r[side].value) ? Draw.mark(shape,
        x(r[side].value), y, cls, `${name} : ${Format.withUnit(r[side].value, r.item)}`) : "");
      return named + Draw.line(x(r.low), y, x(r.high), y, "range")
        + (isThere(r.france) ? Draw.line(x(r.france), y - 9, x(r.france), y + 9, "tick") : "")
        + dot("b", "square", "actor a1", other.region_name)
        + dot("a", "circle", "actor a0", region.region_name);
    });
    const height = bottom + 6;
    const x = Draw.scale(lowest, highest, left + 8, width - 12);
    const ticks = isOne ? Draw.ticks(lowest, highest, isNarrow ? 4 : 6).map((v) =>
      Draw.line(x(v), top - 8, x(v), height - 4, "grid")
      + Draw.text(x(v), top - 14, Format.number(v, 0), { anchor: "middle", cls: "axis" })) : [];
    const alt = `${region.region_name} et ${other.region_name} : ${there.length} chiffres, chacun entre `
      + "la région la plus basse et la plus haute.";
    return Draw.svg(width, height, alt, ticks.join("") + lines.join("") + key.svg);
  }

  function draw({ year, state, region, other, width }) {
    const rows = rowsOf(year, state, region, other);
    const options = Data.regions().filter((r) => r.slug !== region.slug).map((r) =>
      `<option value="${r.slug}"${r.slug === other.slug ? " selected" : ""}>${e(r.region_name)}</option>`);
    return { html: `<p class="with"><label>Comparer ${e(region.region_name)} avec `
      + `<select id="avec">${options.join("")}</select></label></p>`
      + picture(rows, region, other, width),
    columns: columnsOf(rows, region, other),
    caption: "Barre claire : de la région la plus basse à la plus haute. Rangs parmi les régions qui ont "
      + "une valeur, 1 pour la plus haute (notes : la plus fragile)." };
  }

  return { label: "Deux régions", draw };
})();
