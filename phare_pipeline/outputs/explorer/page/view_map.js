"use strict";
// The thirteen regions where they lie: as a map or as tiles of one size, and a card of one of them.
const MapView = (() => {
  const e = Format.escape;
  let shown = new Map();

  function area(row, place, item, classes, isChosen, content) {
    const colour = classes.colour(row.value);
    const name = row.region.region_name, value = Format.withUnit(row.value, item);
    const short = Format.short(row.value, item.decimals);
    // What is read in the picture stands in its name: voice control finds it by that.
    const said = [place, value.startsWith(short) ? "" : short, value].filter(Boolean).join(" ");
    return `<g class="area p${colour ?? "none"}${isChosen ? " chosen" : ""}" tabindex="0" `
      + `role="button" data-region="${row.region.slug}" aria-pressed="${isChosen}" `
      + `aria-label="${e(`${name}, ${said}`)}">${content(colour, short)}</g>`;
  }

  function byRegion(rows, state, draw) {
    // The chosen region comes last: its outline lies over its neighbours'.
    const isChosen = (place) => {
      const row = rows.get(place.code);
      return row !== undefined && row.region.slug === state.region;
    };
    return [...PLACES].filter((p) => rows.has(p.code))
      .sort((a, b) => isChosen(a) - isChosen(b))
      .map((place) => draw(rows.get(place.code), place, isChosen(place))).join("");
  }

  function map(rows, item, state, classes) {
    const shapes = byRegion(rows, state, (row, place, isChosen) =>
      area(row, "", item, classes, isChosen, (colour) =>
        `<path d="${place.outline}" class="shape c${colour ?? "none"}"/>`));
    const labels = PLACES.filter((p) => rows.has(p.code)).map((p) =>
      Draw.text(p.labelX, p.labelY + 5, Format.short(rows.get(p.code).value, item.decimals),
        { anchor: "middle", cls: rows.get(p.code).region.slug === state.region ? "chosen" : "" }));
    return `<svg viewBox="-4 -4 ${MAP.width + 26} ${MAP.height + 8}" class="map" role="group" `
      + `aria-label="Carte des treize régions">${shapes}`
      + `<g class="labels" aria-hidden="true">${labels.join("")}</g></svg>`;
  }

  function tiles(rows, item, state, classes) {
    const shapes = byRegion(rows, state, (row, place, isChosen) =>
      area(row, place.short, item, classes, isChosen, (colour, short) =>
        `<rect x="${place.x}" y="${place.y}" width="${TILE.width}" height="${TILE.height}" `
        + `class="shape c${colour ?? "none"}"/>`
        + Draw.text(place.x + TILE.width / 2, place.y + 27, place.short,
          { anchor: "middle", cls: `t${colour ?? "none"} name` })
        // A space, so that name and figure are two words to a screen reader.
        + " " + Draw.text(place.x + TILE.width / 2, place.y + 50, short,
          { anchor: "middle", cls: `t${colour ?? "none"} figure` })));
    return `<svg viewBox="0 0 ${TILE.across} ${TILE.down}" class="tiles" role="group" `
      + `aria-label="Les treize régions, disposées comme sur une carte">${shapes}</svg>`;
  }

  function legend(classes, item) {
    const boxes = classes.steps.map((step) => {
      const [from, to] = [step.from, step.to].map((v) => Format.short(v, item.decimals));
      return `<li><span class="box c${step.colour}"></span>${e(from === to ? from : `${from} à ${to}`)} `
        + `<span class="hint">(${step.count} région${step.count > 1 ? "s" : ""})</span></li>`;
    });
    if (classes.missing) boxes.push('<li><span class="box cnone"></span>non disponible</li>');
    const meaning = item.direction === 0 ? "Plus foncé : valeur plus haute."
      : "Plus foncé : plus fragile.";
    return `<ul class="legend" aria-label="Légende">${boxes.join("")}</ul>`
      + `<p class="hint">${meaning} Classes naturelles.</p>`;
  }

  // Figures of one region, beside the map: the chosen one, or the one that is pointed at.
  function card({ row, item }) {
    const lines = [];
    if (Columns.isThere(row.france)) lines.push(["France", Format.withUnit(row.france, item)]);
    if (Columns.isThere(row.share)) lines.push(["Part", `${Format.number(row.share, 1)}\u202f%`]);
    else if (Columns.isThere(row.value) && Columns.isThere(row.france)) {
      lines.push(["Écart", Format.signed(row.value - row.france, item.decimals)]);
    }
    if (row.rank) lines.push(["Rang", `${Format.ordinal(row.rank)} sur ${row.rankOf}`]);
    if (row.dataYear) lines.push(["Donnée", String(row.dataYear)]);
    const value = Columns.isThere(row.value) ? Format.withUnit(row.value, item) : "n.d.";
    const list = lines.map(([name, text]) => `<div><dt>${name}</dt><dd>${e(text)}</dd></div>`);
    return `<p class="who">${e(row.region.region_name)}</p><p class="much">${e(value)}</p>`
      + (row.reason ? `<p class="hint">${e(row.reason)}</p>` : `<dl>${list.join("")}</dl>`);
  }

  function draw({ item, year, state }) {
    const figures = Data.figures(item, year);
    const classes = Classes.of(figures.map((f) => f.value), item.direction);
    const rows = new Map(figures.map((f) => [f.region.region_code, f]));
    shown = new Map(figures.map((f) => [f.region.slug, { row: f, item }]));
    const isMap = state.fond === "carte";
    const ground = [["carte", "Carte"], ["tuiles", "Tuiles"]].map(([id, label]) =>
      `<button type="button" data-fond="${id}" aria-pressed="${state.fond === id}">${label}</button>`);
    const html = `<div class="atlas"><div class="ground-picture">`
      + (isMap ? map : tiles)(rows, item, state, classes)
      + `</div><div class="beside"><div class="switch" role="group" aria-label="Fond de carte">`
      + `${ground.join("")}</div><div class="card" id="card">${card(shown.get(state.region))}</div>`
      + `${legend(classes, item)}</div></div>`;
    return { html, columns: Columns.ofRegions(figures, item), caption: isMap
      ? `Cliquer une région pour la choisir. Source des ${ATTRIBUTION}.`
      : "Chaque tuile est une région, à peu près à sa place. Cliquer une région pour la choisir." };
  }

  // Shows the card of a region, or again that of the chosen one.
  function point(slug) {
    const target = document.getElementById("card");
    if (target && shown.has(slug)) target.innerHTML = card(shown.get(slug));
  }

  return { label: "Carte", draw, point };
})();
