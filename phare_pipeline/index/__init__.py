"""The fragility index: goalpost normalisation, contraharmonic aggregation, Pareto layer, ranks.

What belongs here: the mathematics of the index, as pure functions of numpy arrays. Every
table-shaped input has one row per territory; a missing value is NaN, an infinite one an error.

What must not go in: files, pandas, SQL, Dagster, the registry, labels, the choice of an edition or
of a perimeter. Callers bring arrays and take arrays away.

Modules: ``normalise`` (raw value to z), ``aggregate`` (one composite), ``hierarchy`` (indicator,
domain, axis, index, with the rules for missing values), ``pareto`` (partial order of the axis
scores), ``ranks`` (places and the worst quarter).
"""
