"""The fragility index: goalpost normalisation, contraharmonic aggregation, Pareto layer, ranks.

What belongs here: the mathematics of the index, as pure functions of numpy arrays. Every
table-shaped input has one row per territory; a missing value is NaN, an infinite one an error.

What must not go in: files, pandas, SQL, Dagster, the registry, labels, the choice of an edition or
of a perimeter. Callers bring arrays and take arrays away.

Modules, in the order in which one uses the other:

* the score: ``normalise`` (raw value to z), ``aggregate`` (one composite), ``hierarchy``
  (indicator, domain, axis, index, with the rules for missing values), ``decomposition`` (imbalance
  by level, contributions), ``ties`` (what is compared), ``ranks`` (places);
* beside the score: ``dominance`` (who is more fragile on every axis, at any size), ``pareto``
  (fronts and ranges that follow), ``average_rank`` (exact) and ``sampled_rank`` (with its error),
  ``dispersion`` (between territories), ``change`` (since a base edition);
* other choices: ``normalisations``, ``aggregations``, ``copeland``, ``benefit_of_doubt``, and
  ``alternatives``, which puts them together; ``draws``, ``simulation``, ``rank_uncertainty`` for
  many choices at once; ``sobol`` (which choice matters), ``influence`` (which indicator does);
* what goes together: ``correlation``, ``structure`` (indicators and their domains), ``perception``
  (one actor's notes beside the index), ``agreement`` (of several actors).
"""
