"""Explains an answer of a survey: question, base, weights, where it is printed, what it is beside.

No respondent ever: a figure that was computed from answers is followed to its weights' summary.
What is made of the answers (vision, agreement, perception) is in `voices`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.reading.printed import PrintedCell, find_cell
from phare_pipeline.explain.reading.published import Published, Row
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.reading.survey_rows import TABLE, area_short, find_row
from phare_pipeline.explain.recompute.surveys import Sources, recomputed_column
from phare_pipeline.explain.rendering.survey_words import (
    CONFIDENCES_FR,
    FACETS_FR,
    NOT_FROM_ANSWERS,
    RELIABILITIES_FR,
    STATISTICS_FR,
    TESTS_FR,
)
from phare_pipeline.explain.rendering.tree import Explanation, Step, absent, plain
from phare_pipeline.survey.codebook import SYNTHETIC_FR, WHOLE, Codebook


@dataclass(frozen=True)
class SurveyFigure:
    """One row of the results of surveys, with all that explains it."""

    published: Published
    reference: Reference
    row: Row

    @property
    def state(self) -> State:
        """What the edition was made from."""
        return self.published.state_of(self.reference.year)

    @cached_property
    def book(self) -> Codebook:
        """The codebook of the study, as it was."""
        return self.state.codebook(self.row["study_id"])

    @cached_property
    def cell(self) -> PrintedCell | None:
        """Where the figure is printed; None for one computed from answers."""
        return find_cell(self.state, self.row) if self.row["origin_file"] else None

    @property
    def label(self) -> str:
        """The figure in words."""
        row = self.row
        segment = "" if row["segment_id"] == WHOLE else f" ({row['segment_label']})"
        synthetic = f" ({SYNTHETIC_FR})" if row["is_synthetic"] else ""
        statistic = STATISTICS_FR[row["statistic"]]
        return (
            f"{row['item_label']}, {statistic}, {row['actor_label']}{segment}, "
            f"{row['area_label']}, édition {self.reference.year}{synthetic}"
        )

    def refer(self, area: str, statistic: str = "", facet: str = "") -> str:
        """Return the reference of the same line elsewhere, or of another statistic."""
        row = self.row
        subject = [*row["question_id"].split(":"), row["item_code"], statistic or row["statistic"]]
        if row["segment_id"] != WHOLE:
            subject.append(row["segment_id"])
        return str(Reference(area, self.reference.year, Kind.SURVEY, tuple(subject), facet))

    def show(self, value: float | None) -> str:
        """Write a value as studies print it."""
        if value is None:
            return french.NOT_AVAILABLE
        unit = self.row["unit"]
        if unit == "%":
            return french.quantity(value, "%", 0)
        if unit == "points":
            return french.quantity(value, "points", 0, is_signed=True)
        return french.number(value, 1)

    # --- the tree --------------------------------------------------------------------------
    def tree(self) -> Step:
        """Return the figure with question, base, source or weights, error and comparison."""
        value = absent(self.row["value"])
        area = area_short(self.published, self.reference.year, self.row)
        return Step(
            self.label,
            self.show(value),
            value,
            facts=tuple(self._facts()),
            parts=(
                self._question_step(),
                self._base_step(),
                *([self.cell.step(self.row, self.book)] if self.cell else [self._weights_step()]),
                self._error_step(),
                *self._comparison_steps(),
                *self._other_steps(),
                controls_step(self.published, self.state, TABLE),
            ),
            reference=self.refer(area, facet=self.reference.facet),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        row = self.row
        if row["is_synthetic"]:
            yield "nature", SYNTHETIC_FR
        yield "provenance", "publié" if row["provenance"] == "published" else "calculé"
        if row["reason_fr"]:
            yield "motif d’absence", row["reason_fr"]
        if row["band"]:
            yield "ce qui est compté", row["band"]
        yield "fiabilité", RELIABILITIES_FR[row["reliability"]]
        yield (
            "diffusion",
            "montré" if row["disclosure"] == "shown" else f"masqué ({row['reason_fr']})",
        )
        if row["provenance"] == "published":
            yield "lecture", CONFIDENCES_FR[row["confidence"]]
        if row["area_kind"] == "super_region":
            yield "aire", "grande région de l’enquête : ce n’est aucune des 13 régions"
        if row["note_fr"]:
            yield "note", row["note_fr"]
        for issue in self._issues():
            yield "incohérence relevée", f"{issue['message_fr']} {issue['action_fr']}"

    def _issues(self) -> list[Row]:
        """Return the faults found in the study on the line of the figure."""
        rows = self.published.records("data_issues", study_id=self.row["study_id"])
        place = self.row["origin_file"], self.row["origin_line"]
        return [row for row in rows if (row["origin_file"], row["origin_line"]) == place]

    def _question_step(self) -> Step:
        row = self.row
        [question] = self.published.records(
            "dim_question", study_id=row["study_id"], question_id=row["question_id"]
        )
        [actor] = self.published.records(
            "dim_actor", study_id=row["study_id"], actor=row["actor"]
        )  # fmt: skip
        facts = [
            ("question", f"{row['question_label']} ({row['question_id']})"),
            ("modalité", f"{row['item_label']} ({row['item_code']})"),
            ("posée à", question["base_fr"]),
        ]
        if question["filter"]:
            facts.append(("filtre", question["filter"]))
        facts += [
            ("unité interrogée", actor["unit_fr"]),
            ("population", actor["population_fr"]),
            ("recueil", actor["mode_fr"]),
            ("échantillonnage", actor["sampling_fr"]),
        ]
        if actor["field_start"]:
            facts.append(("terrain", f"{actor['field_start']} à {actor['field_end']}"))
        if actor["note_fr"]:
            facts.append(("note", actor["note_fr"]))
        return Step("Question", facts=tuple(facts))

    def _base_step(self) -> Step:
        row = self.row
        base = absent(row["base_n"])
        names = {
            "base_answered_n": "réponses exprimées",
            "universe_n": "ce que la base représente",
            "n_eff": "base efficace (Σw)²/Σw²",
        }
        facts = [
            (text, plain(absent(row[name])))
            for name, text in names.items()
            if row[name] is not None
        ]
        return Step(
            "Base",
            "non imprimée" if base is None else f"{plain(base)} réponses, non pondérées",
            base,
            facts=tuple(facts),
        )

    def _weights_step(self) -> Step:
        """Summarise the weights; no weight and no respondent is ever shown."""
        row, book = self.row, self.book
        country = [a for a, area in book.areas.items() if area.kind.value == "national"]
        own = [t for t in book.margins if (t.actor, t.area_id) == (row["actor"], row["area_id"])]
        used = own or [t for t in book.margins if (t.actor, [t.area_id]) == (row["actor"], country)]
        facts = []
        if used:
            where = book.areas[used[0].area_id].label_fr
            facts.append(("calage", f"par ratissage (raking ratio) sur les marges de {where}"))
            if not own:
                facts.append(("marges", "celles du pays : l’aire n’en a pas de propres"))
            for uid in dict.fromkeys(t.variable_id for t in used):
                block = [t for t in used if t.variable_id == uid]
                label = book.variables[uid].label_fr if uid in book.variables else uid
                facts.append(("marge", f"{label} : {len(block)} modalités ({block[0].source_fr})"))
        else:
            facts.append(("calage", "aucun : l’étude n’a pas de marges"))
        # Of those whom the figure is about: the answered for a mean, the base for all others.
        about = row["base_answered_n"] if row["statistic"] == "mean" else row["base_n"]
        n, n_eff = absent(about), absent(row["n_eff"])
        if n and n_eff:
            effect = french.number(n / n_eff, 2)
            text = f"{plain(n)} / {plain(n_eff)} = {effect}"
            facts.append(("effet des poids (Kish)", text))
        facts.append(("réponses et poids", "privés : ni réponse ni poids ne sont publiés"))
        return Step("Poids", facts=tuple(facts), parts=(self._study_step(),))

    def _study_step(self) -> Step:
        book = self.book
        shown = {
            f"codebooks/{book.study_id}/study.toml",
            f"codebooks/{book.study_id}/margins.csv",
            *(export.path for export in book.exports if export.actor == self.row["actor"]),
        }
        return Step(
            "Étude",
            facts=(
                ("étude", f"{book.title} ({book.producer})"),
                ("millésime", book.vintage),
                ("licence", book.licence),
                *(
                    (f"raw/surveys/{path}", f"sha256 {sha256}")
                    for path, sha256 in self.published.study_files(book.study_id).items()
                    if path in shown
                ),
            ),
        )

    def _error_step(self) -> Step:
        row = self.row
        margin, se = absent(row["moe95"]), absent(row["se"])
        facts = []
        if row["error_note_fr"]:
            facts.append(("hypothèse", row["error_note_fr"]))
        formula = ""
        if se is not None:
            formula = f"1,96 × {plain(se)} = {plain(margin)}"
            low, high = (self.show(absent(row[name])) for name in ("ci_low", "ci_high"))
            facts.append(("intervalle à 95 %", f"{low} à {high}"))
        return Step(
            "Marge d’erreur à 95 %",
            "aucune" if margin is None else french.number(margin, 1),
            margin,
            formula=formula,
            facts=tuple(facts),
        )

    def _comparison_steps(self) -> Iterator[Step]:
        row = self.row
        if row["area_kind"] == "national":
            return
        national = absent(row["national_value"])
        facts = []
        if national is not None:
            gap = f"{plain(absent(row['value']))} − {plain(national)}"
            facts.append(("écart", f"{gap} = {plain(absent(row['national_diff']))}"))
        outcome = row["test_outcome"]
        if outcome:
            facts.append(("test", TESTS_FR[outcome]))
        if row["p_value"] is not None:
            facts += [
                ("p", plain(absent(row["p_value"]))),
                ("p ajusté (Benjamini-Hochberg)", plain(absent(row["p_adjusted"]))),
                ("comparé avec", "le reste du pays, dont les réponses de l’aire sont retirées"),
            ]
        yield Step(
            "Valeur nationale",
            self.show(national),
            national,
            facts=tuple(facts),
            reference=self.refer(NATIONAL_AREA) if national is not None else "",
        )

    def _other_steps(self) -> Iterator[Step]:
        """Name the other statistics of the same line."""
        row = self.row
        rows = self.published.records(
            TABLE, year=self.reference.year, study_id=row["study_id"], area_id=row["area_id"],
            question_id=row["question_id"], item_code=row["item_code"],
            segment_id=row["segment_id"],
        )  # fmt: skip
        area = area_short(self.published, self.reference.year, row)
        parts = tuple(
            Step(
                STATISTICS_FR[other["statistic"]],
                SurveyFigure(self.published, self.reference, other).show(absent(other["value"])),
                absent(other["value"]),
                reference=self.refer(area, other["statistic"]),
            )
            for other in rows
            if other["statistic"] != row["statistic"]
        )
        if parts:
            yield Step("Autres statistiques de la même ligne", parts=parts)


def explain_survey(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of the results of surveys.

    Raises:
        PhareError: there is no such result.
    """
    figure = SurveyFigure(published, reference, find_row(published, reference))
    column = reference.place.column
    number = absent(figure.row[column])
    tree = figure.tree()
    is_computed = figure.cell is None
    recomputed = (
        None if is_computed else recomputed_column(Sources.of(figure.state), figure.row, column)
    )
    return Explanation(
        published.release.release_id,
        replace(
            tree,
            label=f"{FACETS_FR[column]}{tree.label}",
            value=tree.value if column == "value" else _printed(figure, column, number),
            number=number,
        ),
        recomputed,
        basis="la ligne imprimée",
        unverified=NOT_FROM_ANSWERS if is_computed else "",
    )


def _printed(figure: SurveyFigure, column: str, number: float | None) -> str:
    if column == "national_value":
        return figure.show(number)
    return plain(number)
