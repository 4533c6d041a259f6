"""Says where a published figure comes from, down to the cell of the source; nothing is published.

`figures` finds the figure that a reference names (the short name that reports print); `told` says
what can be asked of a table. Below them, each room reading only those under it:

- `check`: recomputes every figure of a release and compares, for `phare verify`;
- `kinds`: one module a kind of figure, with the tree of what it is made of;
- `recompute`: the second opinion on figures: cells → measures → indicators → comparison → scores;
- `reading`: rows, files and inputs of one release, and the state that it was made from;
- `rendering`: the tree itself, its French words, its text.

`phare explain` and the batch check of a release use the same functions. No Dagster.
"""
