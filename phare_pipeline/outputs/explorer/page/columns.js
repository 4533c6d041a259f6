"use strict";
// Columns of what a view shows: the table beside a picture and the downloads are made of them.
const Columns = (() => {
  const isThere = (v) => v !== null && v !== undefined;

  const column = (name, label, type, values, show) => ({
    name, label, type, values, shown: show ? values.map(show) : values.map((v) => v ?? ""),
  });

  const whole = (v) => (isThere(v) ? String(v) : "");

  // Rounding of sums alone makes no gap.
  function gapOf(row) {
    if (!isThere(row.value) || !isThere(row.france)) return null;
    const isEqual = Classes.comparable(row.value) === Classes.comparable(row.france);
    return isEqual ? 0 : row.value - row.france;
  }

  // One row a region, as the map and the ranking show it.
  function ofRegions(rows, item) {
    const number = (v) => Format.number(v, item.decimals);
    return [
      column("region_name", "Région", "string", rows.map((r) => r.region.region_name)),
      column("region_code", "Code région", "string", rows.map((r) => r.region.region_code)),
      column("value", "Valeur", "double", rows.map((r) => r.value ?? null), number),
      column("france_value", "France", "double", rows.map((r) => r.france ?? null), number),
      // A count is compared with France by its share, all else by the gap.
      rows.some((r) => isThere(r.share))
        ? column("share_of_france_pct", "Part de la France (%)", "double",
          rows.map((r) => r.share ?? null), (v) => Format.number(v, 1))
        : column("gap", "Écart", "double", rows.map(gapOf), (v) => Format.signed(v, item.decimals)),
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

  return { column, ofRegions, isThere };
})();
