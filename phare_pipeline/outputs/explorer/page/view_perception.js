"use strict";
// What each actor perceives beside what is measured, domain by domain, where a study asked here.
const PerceptionView = (() => {
  const { column, isThere } = Columns;
  const SHAPES = ["circle", "square", "triangle"];

  function columnsOf(rows) {
    const number = (v) => Format.number(v, 1);
    return [
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
  }

  function draw({ year, region, width }) {
    const rows = Data.perceptions(year, region.region_code);
    const columns = columnsOf(rows);
    const known = rows.filter((r) => isThere(r.perceived));
    if (!known.length) {
      return { html: '<p class="empty">Aucune étude publiée n’a interrogé d’acteurs dans cette région '
        + "pour cette édition.</p>", columns, caption: "" };
    }
    const actors = [...new Set(rows.map((r) => r.actor_label))];
    const domains = [...new Set(rows.map((r) => r.component_label))];
    const all = known.flatMap((r) => [r.perceived, r.measured]).filter(isThere).concat([95, 105]);
    const entries = [["diamond", "measured", "mesuré"],
      ...actors.map((a, k) => [SHAPES[k], `actor a${k}`, `perçu, ${a.toLowerCase()}`])];
    const key = Draw.key(entries, width);
    const isNarrow = width < Draw.NARROW;
    const left = isNarrow ? 6 : 270, right = 14, top = key.height + 34, step = isNarrow ? 44 : 30;
    const height = top + domains.length * step + 8;
    const x = Draw.scale(Math.min(...all), Math.max(...all), left + 6, width - right);
    const ticks = Draw.ticks(Math.min(...all), Math.max(...all), isNarrow ? 4 : 6).map((v) =>
      Draw.line(x(v), top - 14, x(v), height - 6, v === 100 ? "france" : "grid")
      + Draw.text(x(v), top - 20, v === 100 ? "France 100" : Format.number(v, 0),
        { anchor: "middle", cls: "axis" }));
    const lines = domains.map((domain, i) => {
      const y = top + i * step + (isNarrow ? 28 : step / 2 - 4);
      const own = rows.filter((r) => r.component_label === domain);
      const measured = own.find((r) => isThere(r.measured));
      const marks = own.filter((r) => isThere(r.perceived)).map((r) => {
        const k = actors.indexOf(r.actor_label);
        return Draw.mark(SHAPES[k], x(r.perceived), y, `actor a${k}`,
          `${domain}, perçu, ${r.actor_label.toLowerCase()} : ${Format.number(r.perceived, 1)}`);
      });
      return Draw.line(left, y, width - right, y, "grid")
        + Draw.text(isNarrow ? 0 : left - 14, isNarrow ? y - 12 : y + 5, domain,
          { anchor: isNarrow ? "start" : "end", cls: "label" }) + marks.join("")
        + (measured ? Draw.mark("diamond", x(measured.measured), y, "measured",
          `${domain}, mesuré : ${Format.number(measured.measured, 1)}`) : "");
    });
    const alt = `Fragilité perçue et mesurée par domaine : ${region.region_name}, édition ${year}.`;
    return { html: Draw.svg(width, height, alt, ticks.join("") + lines.join("") + key.svg),
      columns, caption: "Même échelle : 100 est la France ; à droite, plus fragile. Un écart dans la "
        + "marge d’erreur ne dit rien. L’indice d’un acteur se compare au même acteur en France." };
  }

  return { label: "Perçu et mesuré", draw };
})();
