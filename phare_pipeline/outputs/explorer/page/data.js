"use strict";
// The published rows of the release, decoded edition by edition when they are asked for.
// What is shown of them, and how, belongs in the views.
const Data = (() => {
  const decoded = new Map();

  function bytesOf(id) {
    const text = atob(document.getElementById(id).textContent.trim());
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  function rowsOf(id) {
    if (!decoded.has(id)) {
      const { columns, rows } = Parquet.read(bytesOf(id));
      const names = Object.keys(columns);
      decoded.set(id, Array.from({ length: rows }, (_, i) => {
        const row = {};
        for (const name of names) row[name] = columns[name][i];
        return row;
      }));
    }
    return decoded.get(id);
  }

  const regions = () => rowsOf("dim_region");
  const domains = () => rowsOf("dim_domain");
  const indicators = () => rowsOf("dim_indicator");
  const editions = () => rowsOf("dim_edition");

  const SCORE = { unit: "", decimals: 1, direction: 1, isScore: true, france: 100 };

  // What can be chosen: the index, its axes, each domain's score, each indicator.
  function items(domain) {
    if (domain === "indice") {
      const axes = new Map(domains().map((d) => [d.axis_id, d.axis_label]));
      return [
        { ...SCORE, id: "indice", component: "index", label: "Indice de fragilité" },
        ...Array.from(axes, ([id, label]) => (
          { ...SCORE, id: `axe-${id}`, component: id, level: "axis", label: `Axe ${label}` })),
      ];
    }
    const label = domains().find((d) => d.domain_id === domain).domain_label;
    const score = { ...SCORE, id: `note-${domain}`, component: domain, level: "domain",
      label: `Indice du domaine : ${label}` };
    const own = indicators().filter((i) => i.domain_id === domain);
    return [score, ...own.map((i) => ({ ...i, id: i.indicator_id, label: i.indicator_label }))];
  }

  // What two regions are compared by: all figures of a domain, or the scores of axes and domains.
  function compared(domain) {
    if (domain !== "indice") return items(domain);
    const own = (id) => items(id)[0];
    return [...items("indice"), ...domains().map((d) => ({ ...own(d.domain_id), label: d.domain_label }))];
  }

  // One row a region: value, France, ranks, doubts and the reason when there is no value.
  function figures(item, year) {
    const found = item.isScore ? scores(item, year) : values(item, year);
    return regions().map((region) => ({ region, ...found.get(region.region_code) }));
  }

  function scores(item, year) {
    const level = item.level || "index";
    const own = rowsOf(`out_scores-${year}`).filter(
      (row) => row.component_level === level && row.component_id === item.component);
    return new Map(own.map((row) => [row.region_code, {
      value: row.score, france: 100, rank: row.fragility_rank, rankOf: row.rank_of,
      fragilityRank: row.fragility_rank, dataYear: null, low: row.score_low, high: row.score_high,
      doubts: [], reason: row.score === null
        ? `Non classée : ${row.missing_components || "couverture insuffisante"}` : null,
    }]));
  }

  function values(item, year) {
    const own = rowsOf(`out_indicators-${year}`).filter((row) => row.indicator_id === item.id);
    return new Map(own.map((row) => [row.region_code, {
      value: row.value, france: row.france_value, rank: row.rank, rankOf: row.rank_of,
      fragilityRank: row.fragility_rank, dataYear: row.data_year, share: row.share_of_france_pct,
      doubts: doubtsOf(row), reason: row.value === null ? row.reason_fr : null,
    }]));
  }

  // France beside the regions; a count of France is their sum and no measure of one of them.
  function reference(rows) {
    const isCount = rows.some((r) => r.share !== null && r.share !== undefined);
    const own = rows.find((r) => r.france !== null && r.france !== undefined);
    return isCount || !own ? null : own.france;
  }

  function doubtsOf(row) {
    return [
      row.is_stale && `donnée de ${row.data_year}`,
      row.has_break && "rupture de série",
      row.value_status === "estimated" && "valeur estimée",
      row.value_status === "provisional" && "valeur provisoire",
    ].filter(Boolean);
  }

  // One row a data year: the newest edition's word on each.
  function series(item, regionCode) {
    const byYear = new Map();
    for (const { year } of editions()) {
      const rows = figures(item, year);
      const row = rows.find((f) => f.region.region_code === regionCode);
      const all = rows.map((f) => f.value).filter((v) => v !== null && v !== undefined);
      const at = item.isScore ? year : row.dataYear;
      if (at === null || at === undefined) continue;
      byYear.set(at, { year: at, value: row.value, france: row.france,
        reference: reference(rows), doubts: row.doubts, low: all.length ? Math.min(...all) : null, high: all.length ? Math.max(...all) : null });
    }
    return Array.from(byYear.values()).sort((a, b) => a.year - b.year);
  }

  // What the index of an edition rests on.
  const foundation = (year) => rowsOf("out_foundation").find((row) => row.year === year);

  // A score's one comparable line: the same indicators in every edition of the span. Where there is
  // no constant basket there is none, and the scores of the editions stand each on its own base.
  function basket(item, regionCode) {
    const own = rowsOf("out_basket").filter((row) => row.component_id === item.component
      && row.component_level === (item.level || "index") && row.basket_score !== null);
    return own.filter((row) => row.region_code === regionCode).map((row) => {
      const all = own.filter((other) => other.year === row.year).map((other) => other.basket_score);
      return { year: row.year, value: row.basket_score, france: null, reference: null, doubts: [],
        low: Math.min(...all), high: Math.max(...all), count: row.basket_count };
    }).sort((a, b) => a.year - b.year);
  }

  // One row a domain and actor, for studies whose area is the region itself.
  function perceptions(year, regionCode) {
    return rowsOf(`out_perception-${year}`)
      .filter((r) => r.component_level === "domain" && r.region_code === regionCode)
      .sort((a, b) => a.component_order - b.component_order);
  }

  return { perceptions, regions, domains, editions, items, compared, reference, figures, series, basket,
    foundation };
})();
