"""Lists the checks that a figure has passed on its way into a release; it runs none of them."""

from __future__ import annotations

from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.explain.published import Published
from phare_pipeline.explain.state import State
from phare_pipeline.explain.tree import Step
from phare_pipeline.steps.audit import CHECKS_FR
from phare_pipeline.steps.edition import PARTS
from phare_pipeline.steps.observations import NAME as OBSERVATIONS


def controls_step(published: Published, state: State, table: str) -> Step:
    """Return the blocking checks between the raw files and a published table.

    A release exists only when all of them have passed, so each of them is passed.
    """
    return Step(
        "Contrôles passés",
        facts=(
            ("fichiers bruts", f"{_file_count(state)} fichiers conformes à leur empreinte"),
            *((text, ", ".join(tables)) for text, tables in _checks(table).items()),
            ("publication", f"fichiers décrits par {published.release.release_id}/manifest.json"),
        ),
    )


def _file_count(state: State) -> int:
    return sum(len(source.files) for source in state.sources.values())


def _checks(table: str) -> dict[str, list[str]]:
    """Return the tables that passed each check, from the staged sources on."""
    found = {
        CHECKS_FR["no_rejected_rows"]: ["stg_* (chaque source)"],
        CHECKS_FR["contract"]: [OBSERVATIONS],
        CHECKS_FR["rates_between_parts"]: [OBSERVATIONS],
    }
    core = PUBLISHED_FROM[table]
    for part in PARTS:
        for name in part.tables:
            for check in ("contract", *part.audits.get(name, ())):
                found.setdefault(CHECKS_FR[check], []).append(name)
        if core in part.tables:
            break
    return found
