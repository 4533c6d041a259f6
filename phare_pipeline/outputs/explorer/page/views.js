"use strict";
// The views by the name that stands in links. Each returns {html, columns, caption}.
const Views = (() => {
  const ALL = {
    carte: MapView,
    classement: RankingView,
    evolution: SeriesView,
    perception: PerceptionView,
    comparaison: CompareView,
  };

  return { names: () => Object.keys(ALL), label: (name) => ALL[name].label,
    draw: (name, context) => ALL[name].draw(context), point: MapView.point };
})();
