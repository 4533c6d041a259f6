"use strict";
// The views: what each shows of the chosen figures, and the table that says the same.
// A view returns {html, columns, caption}; columns are what the downloads hold.
const Views = (() => {
  const e = Format.escape;
  const CLASSES = 5;

  const column = (name, label, type, values, show) => ({
    name, label, type, values, shown: show ? values.map(show) : values.map((v) => v ?? ""),
  });

  function regionColumns(rows, item) {
    const number = (v) => Format.number(v, item.decimals);
    const whole = (v) => (v === null || v === undefined ? "" : String(v));
    return [
      column("region_name", "Région", "string", rows.map((r) => r.region.region_name)),
      column("region_code", "Code région", "string", rows.map((r) => r.region.region_code)),
      column("value", "Valeur", "double", rows.map((r) => r.value ?? null), number),
      column("france_value", "France", "double", rows.map((r) => r.france ?? null), number),
      column("gap", "Écart", "double", rows.map((r) => gapOf(r)),
        (v) => Format.signed(v, item.decimals)),
      column("rank", "Rang", "int32", rows.map((r) => r.rank ?? null), whole),
      ...(item.isScore ? [] : [
        column("fragility_rank", "Rang de fragilité", "int32",
          rows.map((r) => r.fragilityRank ?? null), whole),
        column("data_year", "Année de la donnée", "int32",
          rows.map((r) => r.dataYear ?? null), whole),
      ]),
      column("note", "À savoir", "string",
        rows.map((r) => r.reason || (r.doubts || []).join(", ") || null)),
    ];
  }

  function gapOf(row) {
    const isThere = (v) => v !== null && v !== undefined;
    return isThere(row.value) && isThere(row.france) ? row.value - row.france : null;
  }

  const byValue = (a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity)
    || a.region.region_name.localeCompare(b.region.region_name, "fr");

  // Which of five equal steps between the smallest and the largest value; darker is more fragile,
  // or simply more for a figure that has no direction.
  function classes(rows, item) {
    const present = rows.map((r) => r.value).filter((v) => v !== null && v !== undefined);
    if (!present.length) return { of: () => null, bounds: [] };
    const low = Math.min(...present), high = Math.max(...present);
    const isReversed = item.direction === -1;
    const step = (high - low) / CLASSES;
    const of = (value) => {
      if (value === null || value === undefined) return null;
      const k = step ? Math.min(CLASSES - 1, Math.floor((value - low) / step)) : 0;
      return isReversed ? CLASSES - 1 - k : k;
    };
    const bounds = Array.from({ length: step ? CLASSES : 1 }, (_, k) => ({
      from: low + k * step, to: low + (k + 1) * step, cls: isReversed ? CLASSES - 1 - k : k,
    }));
    return { of, bounds };
  }

  function legend(steps, item) {
    const boxes = steps.bounds.map((b) => `<li><span class="box c${b.cls}"></span>`
      + `${e(Format.number(b.from, item.decimals))} à ${e(Format.number(b.to, item.decimals))}</li>`);
    const meaning = item.direction === 0 ? "plus foncé : valeur plus haute"
      : "plus foncé : plus fragile";
    return `<ul class="legend" aria-label="Légende">${boxes.join("")}`
      + `<li><span class="box none"></span>non disponible</li></ul><p class="hint">${meaning}</p>`;
  }

  function map({ item, year, state }) {
    const rows = Data.figures(item, year), steps = classes(rows, item);
    const shapes = PLACES.map((place) => {
      const row = rows.find((r) => r.region.region_code === place.code);
      if (!row) return "";
      const cls = steps.of(row.value);
      const chosen = row.region.slug === state.region ? " chosen" : "";
      const value = Format.withUnit(row.value, item);
      return `<g class="area${chosen}" tabindex="0" role="button" data-region="${row.region.slug}" `
        + `aria-pressed="${chosen !== ""}" aria-label="${e(`${row.region.region_name}, ${place.short} ${value}`)}">`
        + `<rect x="${place.x}" y="${place.y}" width="${TILE.width}" height="${TILE.height}" `
        + `rx="3" class="tile ${cls === null ? "none" : `c${cls}`}"/>`
        + Draw.text(place.x + TILE.width / 2, place.y + 26, place.short,
          { anchor: "middle", cls: `t${cls === null ? "none" : cls} name` })
        // A space, so that name and figure are two words to a screen reader.
        + " " + Draw.text(place.x + TILE.width / 2, place.y + 50, Format.number(row.value, item.decimals),
          { anchor: "middle", cls: `t${cls === null ? "none" : cls} figure` })
        + "</g>";
    });
    const html = `<svg viewBox="0 0 ${TILE.across} ${TILE.down}" class="tiles" role="group" `
      + `aria-label="Les treize régions, disposées comme sur une carte">${shapes.join("")}</svg>`
      + legend(steps, item);
    return { html, columns: regionColumns(rows, item),
      caption: "Chaque carreau est une région, à peu près à sa place." };
  }

  function ranking({ item, year, state }) {
    const rows = Data.figures(item, year).sort(byValue);
    const present = rows.filter((r) => r.value !== null && r.value !== undefined);
    const france = present.length ? present[0].france : null;
    const shown = present.map((r) => r.value).concat(france === null ? [] : [france]);
    const floor = item.isScore ? Math.min(90, ...shown) : Math.min(0, ...shown);
    const width = 720, left = 210, right = 96, top = 34, step = 30;
    const height = top + rows.length * step + 30;
    const x = Draw.scale(floor, Math.max(floor + 1e-9, ...shown), left, width - right);
    const origin = item.isScore ? 100 : Math.max(floor, 0);
    const bars = rows.map((row, i) => {
      const y = top + i * step + step / 2;
      const chosen = row.region.slug === state.region ? " chosen" : "";
      const name = Draw.text(left - 12, y + 5, row.region.region_name,
        { anchor: "end", cls: `label${chosen}` });
      if (row.value === null || row.value === undefined) {
        return name + Draw.text(left + 4, y + 5, `n.d. – ${row.reason || "non disponible"}`,
          { cls: "missing" });
      }
      const a = x(Math.min(origin, row.value)), b = x(Math.max(origin, row.value));
      return name + `<rect x="${a.toFixed(1)}" y="${y - 10}" width="${Math.max(1, b - a).toFixed(1)}" `
        + `height="20" class="bar${chosen}"/>`
        + Draw.text(Math.max(a, b) + 8, y + 5, Format.withUnit(row.value, { ...item,
          unit: item.unit === "%" ? "%" : "" }), { cls: `value${chosen}` });
    });
    const mark = france === null || france === undefined ? "" : Draw.line(x(france), top - 8,
      x(france), height - 26, "france")
      + Draw.text(x(france), top - 14, `France ${Format.number(france, item.decimals)}`,
        { anchor: "middle", cls: "label" });
    const alt = `Classement des treize régions pour ${item.label}, édition ${year}.`;
    const note = present.length ? "" : "<p>Aucune région n’a de valeur dans cette édition.</p>";
    return { html: Draw.svg(width, height, alt, mark + bars.join("")) + note,
      columns: regionColumns(rows, item), caption: item.isScore
        ? "100 est la France ; au-dessus, plus fragile." : "" };
  }

  function series({ item, region }) {
    const rows = Data.series(item, region.region_code);
    const known = rows.filter((r) => r.value !== null);
    const columns = [
      column("data_year", "Année", "int32", rows.map((r) => r.year), String),
      column("value", region.region_name, "double", rows.map((r) => r.value),
        (v) => Format.number(v, item.decimals)),
      column("france_value", "France", "double", rows.map((r) => r.france ?? null),
        (v) => Format.number(v, item.decimals)),
      column("lowest", "Région la plus basse", "double", rows.map((r) => r.low),
        (v) => Format.number(v, item.decimals)),
      column("highest", "Région la plus haute", "double", rows.map((r) => r.high),
        (v) => Format.number(v, item.decimals)),
      column("note", "À savoir", "string", rows.map((r) => (r.doubts || []).join(", ") || null)),
    ];
    if (!known.length) {
      return { html: "<p>Aucune année connue pour cette région.</p>", columns, caption: "" };
    }
    // Room for the names at the end of the lines, at about 8 units a letter.
    const right = 24 + 8 * Math.max(6, region.region_name.length);
    const width = 600 + right, height = 380, left = 64, top = 24, bottom = 44;
    const all = rows.flatMap((r) => [r.value, r.france, r.low, r.high])
      .filter((v) => v !== null && v !== undefined);
    const x = Draw.scale(rows[0].year, rows[rows.length - 1].year, left, width - right);
    const y = Draw.scale(Math.min(...all), Math.max(...all), height - bottom, top);
    const grid = Draw.ticks(Math.min(...all), Math.max(...all), 5).map((v) =>
      Draw.line(left, y(v), width - right, y(v), "grid")
      + Draw.text(left - 8, y(v) + 4, Format.number(v, item.decimals), { anchor: "end", cls: "axis" }));
    const years = rows.map((r) => Draw.text(x(r.year), height - bottom + 22, String(r.year),
      { anchor: "middle", cls: "axis" }));
    const band = rows.filter((r) => r.low !== null).map((r) =>
      `<line x1="${x(r.year)}" x2="${x(r.year)}" y1="${y(r.low)}" y2="${y(r.high)}" class="range"/>`);
    const path = (key, cls) => {
      // A year without a figure breaks the line.
      const parts = [];
      let pen = "M", last = null;
      for (const r of rows) {
        const v = r[key];
        if (v === null || v === undefined || (last !== null && r.year - last > 1)) pen = "M";
        if (v === null || v === undefined) { last = null; continue; }
        parts.push(`${pen}${x(r.year).toFixed(1)},${y(v).toFixed(1)}`);
        pen = "L";
        last = r.year;
      }
      return `<path d="${parts.join(" ")}" class="${cls}"/>` + rows
        .filter((r) => r[key] !== null && r[key] !== undefined)
        .map((r) => (key === "value"
          ? `<circle cx="${x(r.year).toFixed(1)}" cy="${y(r[key]).toFixed(1)}" r="4.5" class="dot"/>`
          : `<rect x="${(x(r.year) - 3.5).toFixed(1)}" y="${(y(r[key]) - 3.5).toFixed(1)}" width="7" `
            + `height="7" class="square"/>`)).join("");
    };
    const end = known[known.length - 1];
    const lastFrance = rows.filter((r) => r.france !== null && r.france !== undefined).pop();
    let own = y(end.value) + 4, other = lastFrance ? y(lastFrance.france) + 4 : null;
    if (other !== null && Math.abs(own - other) < 16) {
      const shift = (16 - Math.abs(own - other)) / 2;
      [own, other] = own <= other ? [own - shift, other + shift] : [own + shift, other - shift];
    }
    const names = Draw.text(x(end.year) + 12, own, region.region_name, { cls: "label chosen" })
      + (lastFrance ? Draw.text(x(lastFrance.year) + 12, other, "France", { cls: "label" }) : "");
    const alt = `${item.label} : ${region.region_name} et France, de ${rows[0].year} à `
      + `${rows[rows.length - 1].year}.`;
    return { html: Draw.svg(width, height, alt, grid.join("") + band.join("")
      + path("france", "line-france") + path("value", "line-own") + years.join("") + names), columns,
    caption: "Trait vertical : de la région la plus basse à la plus haute. Une année sans donnée "
      + "interrompt la ligne." };
  }

  const ACTORS = ["circle", "square", "triangle"];

  function mark(shape, x, y, cls) {
    if (shape === "circle") return `<circle cx="${x}" cy="${y}" r="5.5" class="${cls}"/>`;
    if (shape === "square") {
      return `<rect x="${x - 5}" y="${y - 5}" width="10" height="10" class="${cls}"/>`;
    }
    const points = shape === "triangle" ? `${x},${y - 6.5} ${x + 6},${y + 5} ${x - 6},${y + 5}`
      : `${x},${y - 7} ${x + 7},${y} ${x},${y + 7} ${x - 7},${y}`;
    return `<polygon points="${points}" class="${cls}"/>`;
  }

  // What each actor perceives beside what is measured, domain by domain, where a study asked here.
  function perception({ year, region }) {
    const rows = Data.perceptions(year, region.region_code);
    const number = (v) => Format.number(v, 1);
    const columns = [
      column("component_label", "Domaine", "string", rows.map((r) => r.component_label)),
      column("actor_label", "Acteur", "string", rows.map((r) => r.actor_label)),
      column("perceived", "Perçu", "double", rows.map((r) => r.perceived), number),
      column("perceived_se", "Erreur type", "double", rows.map((r) => r.perceived_se), number),
      column("measured", "Mesuré", "double", rows.map((r) => r.measured), number),
      column("perception_gap", "Écart", "double", rows.map((r) => r.perception_gap),
        (v) => Format.signed(v, 1)),
      column("note", "À savoir", "string", rows.map((r) => r.reason_fr
        || (r.is_told_apart === false ? "écart dans la marge d’erreur" : null))),
    ];
    const known = rows.filter((r) => r.perceived !== null);
    if (!known.length) {
      return { html: "<p>Aucune étude publiée n’a interrogé d’acteurs dans cette région pour cette "
        + "édition.</p>", columns, caption: "" };
    }
    const actors = [...new Set(rows.map((r) => r.actor_label))];
    const domains = [...new Set(rows.map((r) => r.component_label))];
    const all = known.flatMap((r) => [r.perceived, r.measured]).filter((v) => v !== null)
      .concat([95, 105]);
    const width = 760, left = 270, right = 30, top = 60, step = 30;
    const height = top + domains.length * step + 14;
    const x = Draw.scale(Math.min(...all), Math.max(...all), left, width - right);
    const key = [["losange", "diamond", "measured", "mesuré"],
      ...actors.map((a, k) => [a, ACTORS[k], `actor a${k}`, `perçu, ${a.toLowerCase()}`])]
      .map(([, shape, cls, label], k) => mark(shape, left - 200 + k * 190, 14, cls)
        + Draw.text(left - 190 + k * 190, 19, label, { cls: "axis" }));
    const ticks = Draw.ticks(Math.min(...all), Math.max(...all), 6).map((v) =>
      Draw.line(x(v), top - 14, x(v), height - 10, v === 100 ? "france" : "grid")
      + Draw.text(x(v), top - 20, Format.number(v, 0), { anchor: "middle", cls: "axis" }));
    const lines = domains.map((domain, i) => {
      const y = top + i * step + step / 2 - 4;
      const own = rows.filter((r) => r.component_label === domain);
      const measured = own.find((r) => r.measured !== null);
      const marks = own.filter((r) => r.perceived !== null).map((r) =>
        mark(ACTORS[actors.indexOf(r.actor_label)], x(r.perceived), y,
          `actor a${actors.indexOf(r.actor_label)}`));
      return Draw.text(left - 14, y + 5, domain, { anchor: "end", cls: "label" })
        + Draw.line(left, y, width - right, y, "grid") + marks.join("")
        + (measured ? mark("diamond", x(measured.measured), y, "measured") : "");
    });
    const alt = `Fragilité perçue et mesurée par domaine : ${region.region_name}, édition ${year}.`;
    return { html: Draw.svg(width, height, alt, ticks.join("") + key.join("") + lines.join("")),
      columns, caption: "Même échelle : 100 est la France ; à droite, plus fragile. Un écart dans la "
        + "marge d’erreur ne dit rien." };
  }

  function compare({ year, state, region, other }) {
    const items = Data.items(state.domaine);
    const rows = items.map((item) => {
      const found = Data.figures(item, year);
      const of = (slug) => found.find((f) => f.region.slug === slug);
      return { item, a: of(region.slug), b: of(other.slug) };
    }).filter((r) => r.a && r.b);
    const cell = (side) => rows.map((r) => r[side].value ?? null);
    const shown = (side) => rows.map((r) => (r[side].value === null || r[side].value === undefined
      ? `n.d. – ${r[side].reason || ""}` : Format.withUnit(r[side].value, r.item)));
    const columns = [
      column("indicator_label", "Indicateur", "string", rows.map((r) => r.item.label)),
      column("indicator_id", "Identifiant", "string", rows.map((r) => r.item.id)),
      { ...column("value_a", region.region_name, "double", cell("a")), shown: shown("a") },
      column("rank_a", "Rang", "int32", rows.map((r) => r.a.rank ?? null),
        (v) => (v === null ? "" : String(v))),
      { ...column("value_b", other.region_name, "double", cell("b")), shown: shown("b") },
      column("rank_b", "Rang (2)", "int32", rows.map((r) => r.b.rank ?? null),
        (v) => (v === null ? "" : String(v))),
      { ...column("france_value", "France", "double", rows.map((r) => r.a.france ?? null)),
        shown: rows.map((r) => Format.withUnit(r.a.france ?? null, r.item)) },
    ];
    const options = Data.regions().filter((r) => r.slug !== region.slug).map((r) =>
      `<option value="${r.slug}"${r.slug === other.slug ? " selected" : ""}>${e(r.region_name)}</option>`);
    return { html: `<p><label>Comparer ${e(region.region_name)} avec `
      + `<select id="avec">${options.join("")}</select></label></p>`, columns, isTable: true,
    caption: "Rangs parmi les régions qui ont une valeur, 1 pour la plus haute (notes : la plus "
      + "fragile)." };
  }

  const ALL = {
    carte: { label: "Carte", draw: map },
    classement: { label: "Classement", draw: ranking },
    evolution: { label: "Évolution", draw: series },
    perception: { label: "Perçu et mesuré", draw: perception },
    comparaison: { label: "Deux régions", draw: compare },
  };

  return { names: () => Object.keys(ALL), label: (name) => ALL[name].label,
    draw: (name, context) => ALL[name].draw(context) };
})();
