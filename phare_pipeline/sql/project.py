"""Loads the SQL models with what they read, puts them in order and renders them.

A model may use `ref`, `source`, `var`, `config` and `this` and nothing else of Jinja, so that the
same folder is a valid dbt project. Running a model belongs in `run`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from phare_pipeline.errors import SqlError

ALLOWED = ("ref", "source", "var", "config", "this")
_NAME = re.compile(r"^[a-z_][a-z0-9_]*$")

Variables = Mapping[str, int | str]


@dataclass(frozen=True)
class Model:
    """One SQL model: `sql` is its Jinja text, `columns` those its .yml documents, in order."""

    name: str
    layer: str
    path: Path
    sql: str
    description: str
    columns: tuple[str, ...]
    refs: frozenset[str]
    sources: frozenset[tuple[str, str]]
    variables: frozenset[str]


@dataclass(frozen=True)
class SqlProject:
    """The models by name and the columns of each declared source table."""

    models: dict[str, Model]
    source_columns: dict[tuple[str, str], tuple[str, ...]]

    @classmethod
    def load(cls, folder: Path) -> SqlProject:
        """Load a folder of models.

        Raises:
            SqlError: a model without .yml or the other way round, an unknown ref or source, a
                cycle, or Jinja that dbt would run and we do not.
        """
        root = folder / "models"
        source_columns = _load_sources(root)
        documents = {
            path.stem: path for path in sorted(root.rglob("*.yml")) if path.name != "sources.yml"
        }
        files = {path.stem: path for path in sorted(root.rglob("*.sql"))}
        for name in sorted(documents.keys() ^ files.keys()):
            missing = "sql" if name in documents else "yml"
            raise SqlError(
                f"SQL model {name}: its .{missing} file is missing",
                where=f"{(documents | files)[name].relative_to(folder)}",
                expected=f"{name}.sql and {name}.yml side by side",
            )
        models = {name: _load_model(path, documents[name], folder) for name, path in files.items()}
        project = cls(models, source_columns)
        _check_upstream(project)
        project.order()
        return project

    def order(self, names: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return models in order of dependency, all or those named.

        Raises:
            SqlError: the models depend on each other in a circle.
        """
        graph = {name: sorted(model.refs) for name, model in sorted(self.models.items())}
        try:
            ordered = tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise SqlError(
                "SQL models depend on each other in a circle",
                found=" -> ".join(error.args[1]),
                expected="no model that reads itself through others",
            ) from error
        wanted = set(self.models if names is None else names)
        return tuple(name for name in ordered if name in wanted)

    def render(self, name: str, variables: Variables) -> str:
        """Return the SQL of a model for DuckDB: refs and sources as quoted relation names.

        Args:
            name: the model.
            variables: whole numbers or plain names; nothing else can stand in SQL text.

        Raises:
            SqlError: a variable is missing or not plain.
        """
        model = self.models[name]
        absent = sorted(model.variables - variables.keys())
        if absent:
            raise SqlError(f"SQL model {name}: variables {', '.join(absent)} are not given")
        values = {key: _plain(name, key, value) for key, value in variables.items()}
        functions: dict[str, Callable[..., str] | str] = {
            "ref": lambda model_name: f'"{model_name}"',
            "source": lambda schema, table: f'"{schema}"."{table}"',
            "var": lambda key: values[key],
            "config": lambda **_: "",
            "this": f'"{name}"',
        }
        return _environment().from_string(model.sql).render(functions)


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    environment.globals.clear()
    return environment


def _plain(model: str, key: str, value: int | str) -> str:
    if isinstance(value, bool) or not (isinstance(value, int) or _NAME.match(value)):
        raise SqlError(
            f"SQL model {model}: variable {key} is neither a whole number nor a plain name",
            found=repr(value),
        )
    return str(value)


def _load_sources(root: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    path = root / "sources.yml"
    if not path.is_file():
        return {}
    return {
        (source["name"], table["name"]): tuple(c["name"] for c in table.get("columns", ()))
        for source in _read_yaml(path)["sources"]
        for table in source["tables"]
    }


def _read_yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise SqlError("A .yml file cannot be read", where=f"{path.name}: {error}") from error


def _load_model(path: Path, document: Path, folder: Path) -> Model:
    where = str(path.relative_to(folder))
    entries = [m for m in _read_yaml(document).get("models", ()) if m["name"] == path.stem]
    if len(entries) != 1 or not entries[0].get("description"):
        raise SqlError(
            f"SQL model {path.stem}: its .yml must describe it once",
            where=str(document.relative_to(folder)),
            expected=f"one entry named {path.stem} with a description",
        )
    sql = path.read_text("utf-8")
    calls = list(_calls(sql, where))
    return Model(
        name=path.stem,
        layer=path.parent.name,
        path=path,
        sql=sql,
        description=" ".join(entries[0]["description"].split()),
        columns=tuple(column["name"] for column in entries[0].get("columns", ())),
        refs=frozenset(arguments[0] for kind, arguments in calls if kind == "ref"),
        sources=frozenset((a[0], a[1]) for kind, a in calls if kind == "source"),
        variables=frozenset(a[0] for kind, a in calls if kind == "var"),
    )


def _calls(sql: str, where: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the calls of a model's Jinja, refusing everything but the allowed ones."""
    try:
        template = _environment().parse(sql)
    except TemplateError as error:
        raise SqlError("A model's Jinja cannot be read", where=where, found=str(error)) from error
    for output in template.body:
        parts = output.nodes if isinstance(output, nodes.Output) else [output]
        for part in parts:
            if isinstance(part, nodes.TemplateData):
                continue
            yield _call(part, where)


def _call(node: nodes.Node, where: str) -> tuple[str, tuple[str, ...]]:
    place = f"{where}, line {node.lineno}"
    if isinstance(node, nodes.Name) and node.name == "this":
        return "this", ()
    is_call = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)
    if not is_call or node.node.name not in ALLOWED:  # type: ignore[attr-defined]
        raise SqlError(
            "A model uses Jinja that is not allowed",
            where=place,
            found=type(node).__name__,
            expected="ref(), source(), var(), config() or this, alone in their braces",
        )
    assert isinstance(node, nodes.Call)
    kind: str = node.node.name  # type: ignore[attr-defined]
    arity = {"ref": 1, "source": 2, "var": 1, "config": 0}[kind]
    arguments = [a.value for a in node.args if isinstance(a, nodes.Const)]
    if len(arguments) != len(node.args) or len(arguments) != arity:
        raise SqlError(
            f"A model calls {kind}() wrongly", where=place, expected=f"{arity} texts in quotes"
        )
    return kind, tuple(arguments)


def _check_upstream(project: SqlProject) -> None:
    for model in project.models.values():
        for ref in sorted(model.refs - project.models.keys()):
            raise SqlError(
                f"SQL model {model.name}: it refers to an unknown model",
                found=ref,
                expected=f"one of {', '.join(project.models)}",
            )
        for source in sorted(model.sources - project.source_columns.keys()):
            raise SqlError(
                f"SQL model {model.name}: it reads an undeclared source",
                found=".".join(source),
                expected="a table of models/sources.yml",
            )
