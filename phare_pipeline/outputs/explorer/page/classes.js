"use strict";
// Natural classes of values (Fisher–Jenks) and their colours, as the reports divide and paint them.
const Classes = (() => {
  const COLOURS = 5;
  const isThere = (v) => v !== null && v !== undefined;

  // What a value is compared by, as index/ties.py rounds it: equal values are never divided.
  function comparable(value) {
    const size = Math.abs(value);
    const steps = 10 ** Math.max(9 - Math.floor(Math.log10(Math.max(size, 1))), 0);
    return (Math.sign(value) * Math.floor(size * steps + 0.5)) / steps;
  }

  // Lowest and highest value of each class, so that squared distances within classes are least.
  function limits(values) {
    const different = [...new Set(values)].sort((a, b) => a - b);
    const n = different.length, count = Math.min(COLOURS, n);
    const weight = (v) => values.filter((w) => w === v).length;
    const middle = values.reduce((sum, v) => sum + v, 0) / values.length;
    const sums = [[0, 0, 0]];
    for (const v of different) {
      const [mass, total, square] = sums[sums.length - 1], w = weight(v), d = v - middle;
      sums.push([mass + w, total + w * d, square + w * d * d]);
    }
    const spread = (start, end) => {
      const [mass, total, square] = sums[end].map((x, k) => x - sums[start][k]);
      return square - (total * total) / mass;
    };
    const cost = Array.from({ length: count + 1 }, () => Array(n + 1).fill(Infinity));
    const cut = Array.from({ length: count + 1 }, () => Array(n + 1).fill(0));
    cost[0][0] = 0;
    for (let k = 1; k <= count; k++) {
      for (let end = k; end <= n; end++) {
        for (let start = k - 1; start < end; start++) {
          const found = cost[k - 1][start] + spread(start, end);
          if (found < cost[k][end]) [cost[k][end], cut[k][end]] = [found, start];
        }
      }
    }
    const found = [];
    for (let k = count, end = n; k > 0; end = cut[k][end], k--) {
      found.unshift([different[cut[k][end]], different[end - 1]]);
    }
    return found;
  }

  // Darker is more fragile, or simply more for a figure that has no direction.
  function of(values, direction) {
    const present = values.filter(isThere);
    const bounds = present.length ? limits(present.map(comparable)) : [];
    const last = bounds.length - 1;
    const colour = (k) => {
      const place = direction === -1 ? last - k : k;
      return last ? Math.round((place * (COLOURS - 1)) / last) : (COLOURS - 1) / 2;
    };
    const classOf = (value) => bounds.findIndex(([, high]) => comparable(value) <= high);
    return {
      colour: (value) => (isThere(value) ? colour(classOf(value)) : null),
      steps: bounds.map(([from, to], k) => (
        { from, to, colour: colour(k), count: present.filter((v) => classOf(v) === k).length })),
      missing: values.length - present.length,
    };
  }

  return { comparable, limits, of };
})();
if (typeof module !== "undefined") module.exports = Classes;
