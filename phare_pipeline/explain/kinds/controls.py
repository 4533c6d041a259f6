"""Lists the checks between the raw files and a published figure; it runs none of them."""

from __future__ import annotations

from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.rendering.tree import Step
from phare_pipeline.steps.common.audit import CHECKS_FR
from phare_pipeline.steps.edition.build import PARTS
from phare_pipeline.steps.edition.core import PART as MODELS
from phare_pipeline.steps.edition.survey_tables import PART as SURVEY_PART
from phare_pipeline.steps.staging.observations import NAME as OBSERVATIONS
from phare_pipeline.steps.staging.surveys import AUDITS as SURVEY_AUDITS

SURVEYS = frozenset(name for name, core in PUBLISHED_FROM.items() if core in SURVEY_PART.tables)


def controls_step(published: Published, state: State, table: str) -> Step:
    """Return the blocking checks between the raw files and a published table.

    They are those of the project as it is now. A release exists only when all that its own version
    asks have passed; one of an older version may have been asked less.
    """
    study = published.study_alone
    count = published.study_file_count() if study or table in SURVEYS else _file_count(state)
    return Step(
        "Contrôles bloquants (de la version présente du projet)",
        facts=(
            ("fichiers bruts", f"{count} fichiers conformes à leur empreinte"),
            *((text, ", ".join(tables)) for text, tables in _checks(table, study).items()),
            ("publication", f"fichiers décrits par {published.release.release_id}/manifest.json"),
        ),
    )


def _file_count(state: State) -> int:
    return sum(len(source.files) for source in state.sources.values())


def _checks(table: str, study: str | None) -> dict[str, list[str]]:
    """Return the tables that passed each check, from the staged sources or surveys on.

    Args:
        table: the published table.
        study: the study that the release holds alone, which no source and no index is beside.
    """
    found: dict[str, list[str]] = {}
    if study is None:
        found[CHECKS_FR["no_rejected_rows"]] = ["stg_* (chaque source)"]
        found[CHECKS_FR["contract"]] = [OBSERVATIONS]
        found[CHECKS_FR["rates_between_parts"]] = [OBSERVATIONS]
    if table in SURVEYS:
        for check in ("contract", *SURVEY_AUDITS):
            found.setdefault(CHECKS_FR[check], []).append("survey_* (chaque acteur)")
    above = _above(PUBLISHED_FROM[table])
    for part in PARTS if study is None else (SURVEY_PART,):
        for name in part.tables:
            if name in above:
                for check in ("contract", *part.audits.get(name, ())):
                    found.setdefault(CHECKS_FR[check], []).append(name)
    return found


def _above(table: str) -> frozenset[str]:
    """Return a core table and all that it is made from.

    The SQL models are taken together: which of them reads which is theirs to say.
    """
    sources = {name: found for part in PARTS for name, found in part.sources.items()}
    reached: set[str] = set()
    due = [table]
    while due:
        name = due.pop()
        if name not in reached:
            reached.add(name)
            due += MODELS.tables if name in MODELS.tables else sources[name]
    return frozenset(reached)
