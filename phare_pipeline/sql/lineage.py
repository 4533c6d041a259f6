"""Says from which upstream columns each column of a model is computed; nothing is run."""

from __future__ import annotations

from dataclasses import dataclass

from phare_pipeline.sql.project import SqlProject

# The value of a variable never changes which columns a model reads.
_ANY_VARIABLE = 2000


@dataclass(frozen=True, order=True)
class ColumnSource:
    """A column of an upstream relation (`core_measures`, or `measures` of a source)."""

    relation: str
    column: str


def column_lineage(project: SqlProject, name: str) -> dict[str, tuple[ColumnSource, ...]]:
    """Return the upstream columns of each column of a model, by sqlglot on its SQL.

    Columns that only filter, join or group are not listed: they choose rows, they make no value.
    """
    import sqlglot
    from sqlglot.lineage import Node, lineage

    model = project.models[name]
    sql = project.render(name, dict.fromkeys(model.variables, _ANY_VARIABLE))
    # One name a relation: sqlglot's schema has either one level or two, not both.
    for schema, table in model.sources:
        sql = sql.replace(f'"{schema}"."{table}"', f'"{table}"')
    relations = {ref: project.models[ref].columns for ref in model.refs}
    relations |= {table: project.source_columns[schema, table] for schema, table in model.sources}
    nodes = lineage(
        None,
        sqlglot.parse_one(sql, dialect="duckdb"),
        {relation: dict.fromkeys(columns, "text") for relation, columns in relations.items()},
        dialect="duckdb",
    )
    assert isinstance(nodes, dict)
    reached: dict[int, frozenset[ColumnSource]] = {}

    def leaves(node: Node) -> frozenset[ColumnSource]:
        # The nodes are shared between columns: each is walked once.
        if id(node) not in reached:
            found = {source for child in node.downstream for source in leaves(child)}
            table = node.source
            if not node.downstream and isinstance(table, sqlglot.exp.Table):
                found = {ColumnSource(table.name, node.name.rsplit(".", 1)[-1].strip('"'))}
            reached[id(node)] = frozenset(found)
        return reached[id(node)]

    return {column: tuple(sorted(leaves(nodes[column]))) for column in model.columns}
