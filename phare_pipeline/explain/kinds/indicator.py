"""Explains an indicator: the figure of an edition, France beside it, its formula, down to cells."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.kinds.cells import STATUSES_FR
from phare_pipeline.explain.kinds.consolidation import Consolidation
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.reading.units import INDICATORS, Territory, rows_at, unit_of, units_of
from phare_pipeline.explain.recompute.comparison import candidates
from phare_pipeline.explain.recompute.indicators import Steps, measures_needed, recompute
from phare_pipeline.explain.rendering.tree import Step, absent, plain
from phare_pipeline.french import NOT_AVAILABLE, quantity
from phare_pipeline.french import rank as rank_fr
from phare_pipeline.registry.model import Indicator, Level, Term

DIRECTIONS_FR = {1: "plus = plus fragile", -1: "moins = plus fragile", 0: "contexte, non noté"}


class IndicatorFigure:
    """One indicator of a territory in an edition, with all it was made from."""

    def __init__(self, published: Published, reference: Reference) -> None:
        self.reference = reference
        self.published = published
        self.state: State = published.state_of(reference.year)
        registry = self.state.registry
        self.indicator: Indicator = registry.indicators[reference.subject[0]]
        needed = measures_needed(registry, [self.indicator])
        self.steps: Steps = recompute(
            registry, self.state.observations(needed), [self.indicator.indicator_id]
        )
        self.is_national: bool = reference.area == NATIONAL_AREA
        self.unit: Territory | None = None if self.is_national else unit_of(registry, reference)
        self.rows: pd.DataFrame = rows_at(
            published,
            INDICATORS,
            Level.REGION if self.unit is None else self.unit.level,
            year=reference.year,
            indicator_id=self.indicator.indicator_id,
        )
        self.row: Row = self._row()
        self._consolidation = Consolidation(self.steps, self.state)

    def _row(self) -> Row:
        """Return the published row; that of any region tells the national figure.

        Raises:
            PhareError: nobody publishes the indicator at this level.
        """
        if self.unit is None:
            return records(self.rows.head(1))[0]
        rows = records(self.rows[self.rows["unit_code"] == self.unit.code])
        if not rows:
            raise PhareError(
                "The indicator has no figure at this level in this edition",
                found=str(self.reference),
                expected="a region, or an indicator of out_level_indicators",
            )
        return rows[0]

    # --- the place of the figure -----------------------------------------------------------
    @property
    def level(self) -> Level:
        """The level of the territory."""
        return Level.NATIONAL if self.unit is None else self.unit.level

    @property
    def code(self) -> str:
        """The territory's code; the perimeter of the reference for France."""
        return self.indicator.reference_perimeter if self.unit is None else self.unit.code

    @property
    def table(self) -> str:
        """The published table that the figure stands in."""
        regional, lower = INDICATORS
        return regional if self.level in (Level.REGION, Level.NATIONAL) else lower

    @property
    def place(self) -> str:
        """The territory's name."""
        return self._consolidation.name(self.level, self.code)

    @property
    def data_year(self) -> int | None:
        """The year that the edition takes; None when it has none."""
        year = self.row["data_year"]
        return None if year is None else int(year)

    @property
    def value(self) -> float | None:
        """The published value."""
        column = "france_value" if self.is_national else "value"
        found = self.row[column]
        return None if found is None else float(found)

    @property
    def recomputed(self) -> float | None:
        """The value that the cells give."""
        return self._figure(self.level, self.code, self.data_year)

    def _figure(self, level: Level, code: str, year: int | None) -> float | None:
        figures = self.steps.figures
        found = figures[
            (figures["territory_level"] == level.value)
            & (figures["territory_code"] == code)
            & (figures["data_year"] == year)
        ]
        return absent(found["value"].iloc[0]) if len(found) else None

    def show(self, value: float | None) -> str:
        """Write a value of the indicator as reports do."""
        if value is None:
            return NOT_AVAILABLE
        return quantity(value, self.indicator.unit, self.indicator.decimals)

    # --- the tree --------------------------------------------------------------------------
    def tree(self) -> Step:
        """Return the value with the edition's choice, France, the formula and all its cells."""
        return Step(
            label=f"{self.indicator.label_fr}, {self.place}, édition {self.reference.year}",
            value=self.show(self.value),
            number=self.value,
            facts=tuple(self._facts()),
            parts=(
                self._publication_step(),
                self._edition_step(),
                *self._comparison_steps(),
                *self._formula_steps(),
                controls_step(self.published, self.state, self.table),
            ),
            reference=str(self.reference),
        )

    def _facts(self) -> Iterable[tuple[str, str]]:
        indicator, registry = self.indicator, self.state.registry
        yield "définition", indicator.definition_fr
        if indicator.note_fr:
            yield "note", indicator.note_fr
        yield "domaine", registry.domains[indicator.domain_id].label_fr
        yield "sens", DIRECTIONS_FR[indicator.direction]
        if self.is_national:
            return
        yield "statut", STATUSES_FR[self.row["value_status"]]
        if self.row["reason_fr"] is not None:
            yield "motif d’absence", self.row["reason_fr"]
        if self.row["has_break"]:
            yield "rupture de série", "une nouvelle série commence dans les années utilisées"
        bound = absent(self.row.get("rounding_bound"))
        if bound:
            yield "borne d’arrondi", f"au plus {plain(bound)}, par les arrondis du producteur"

    def _publication_step(self) -> Step:
        release, table = self.published, self.table
        facts = [("publication", release.release.release_id)]
        paths = [f"marts/{table}.parquet"]
        if self.level is Level.REGION:
            region = self.state.registry.regions[self.code]
            paths.insert(0, f"{table}/region={region.slug}/{self.reference.year}.parquet")
        facts += [(path, f"sha256 {release.file_hash(path)}") for path in paths]
        edition = release.manifest["inputs"]["editions"][str(self.reference.year)]
        facts += [
            ("colonne", "france_value" if self.is_national else "value"),
            ("empreinte de l’édition", edition["hash"]),
            ("état des données et déclarations", f"origins/{edition['origins']}"),
        ]
        return Step("Publication", facts=tuple(facts))

    def _edition_step(self) -> Step:
        indicator, year = self.indicator, self.reference.year
        level = Level.REGION if self.is_national else self.level
        codes = list(units_of(self.state.registry, level))
        found = candidates(self.steps.figures, [indicator], codes, level)
        near = found[
            (found["data_year"] <= year) & (found["data_year"] >= year - indicator.max_age_years)
        ]
        facts = [
            ("âge maximal", f"{indicator.max_age_years} ans"),
            *(
                (
                    f"année {row.data_year}",
                    f"{row.present_count} territoires renseignés sur {len(codes)}",
                )
                for row in near.sort_values("data_year", ascending=False).itertuples()
            ),
        ]
        if self.data_year is None:
            return Step("Choix de l’édition", "aucune année", facts=tuple(facts))
        rule = (
            "la plus récente où tous les territoires du niveau sont renseignés"
            if bool(near.loc[near["data_year"] == self.data_year, "is_full"].any())
            else "aucune année n’est complète : la plus récente qui soit renseignée"
        )
        return Step(
            "Choix de l’édition",
            str(self.data_year),
            formula=rule,
            facts=tuple(facts),
        )

    def _comparison_steps(self) -> Iterable[Step]:
        if self.is_national or self.data_year is None:
            return
        france = absent(self.row["france_value"])
        registry = self.state.registry
        perimeter = registry.perimeters[self.indicator.reference_perimeter].label_fr
        facts = [("périmètre", perimeter)]
        gap, share = (absent(self.row.get(name)) for name in ("gap", "share_of_france_pct"))
        if gap is not None:
            facts.append(("écart", f"{plain(self.value)} − {plain(france)} = {plain(gap)}"))
        if share is not None:
            facts.append(("part de la France", quantity(share, "%", 1)))
        if self.row.get("rank") is not None:
            facts.append(("rang", rank_fr(int(self.row["rank"]), int(self.row["rank_of"]))))
        if self.row.get("fragility_rank") is not None:
            place = rank_fr(int(self.row["fragility_rank"]), int(self.row["rank_of"]))
            facts.append(("rang de fragilité", place))
        yield Step(
            "Comparaison avec la France",
            self.show(france),
            france,
            facts=tuple(facts),
            reference=str(
                Reference(
                    NATIONAL_AREA, self.reference.year, Kind.INDICATOR, self.reference.subject
                )
            ),
        )

    def regions_step(self, column: str) -> Step:
        """Return the values of all regions in order of a rank."""
        rows = self.rows.sort_values([column, "region_code"])
        units = units_of(self.state.registry, Level.REGION)
        parts = tuple(
            Step(
                label=row["region_name"],
                value=self.show(absent(row["value"])),
                number=absent(row["value"]),
                facts=() if row[column] is None else (("rang", str(row[column])),),
                reference=self._refer(units[row["unit_code"]].short),
            )
            for row in records(rows)
        )
        return Step("Les régions dans l’ordre", parts=parts)

    def _refer(self, area: str) -> str:
        """Return the reference of the same indicator elsewhere."""
        return str(Reference(area, self.reference.year, Kind.INDICATOR, self.reference.subject))

    # --- the formula -----------------------------------------------------------------------
    def _formula_steps(self) -> Iterable[Step]:
        year, indicator = self.data_year, self.indicator
        if year is None:
            return
        if indicator.change_years is None:
            yield self._ratio_step(year)
            return
        now, then = self._ratio_step(year), self._ratio_step(year - indicator.change_years)
        yield Step(
            "Formule",
            self.show(self.value),
            self.value,
            formula=_change_text(indicator, now.number, then.number, self.recomputed),
            parts=(now, then),
        )

    def _ratio_step(self, year: int) -> Step:
        indicator, measures = self.indicator, self.state.registry.measures

        def side(terms: tuple[Term, ...]) -> list[tuple[Term, Step]]:
            place = indicator.annualise, self.level, self.code, year
            return [
                (t, self._consolidation.annual_step(measures[t.measure_id], *place)) for t in terms
            ]

        numerator, denominator = side(indicator.numerator), side(indicator.denominator)
        value = self._ratio(year)
        return Step(
            f"Formule, {year}",
            plain(value),
            value,
            formula=_ratio_text(indicator, numerator, denominator, value),
            parts=tuple(step for _, step in (*numerator, *denominator)),
        )

    def _ratio(self, year: int) -> float | None:
        ratios = self.steps.ratios
        found = ratios[
            (ratios["territory_level"] == self.level.value)
            & (ratios["territory_code"] == self.code)
            & (ratios["data_year"] == year)
        ]
        return absent(found["value"].iloc[0]) if len(found) else None


def _ratio_text(
    indicator: Indicator,
    numerator: list[tuple[Term, Step]],
    denominator: list[tuple[Term, Step]],
    value: float | None,
) -> str:
    """Write the formula with its numbers: `100 × 12 / (30 + 4) = 35,3`; "" when there is none."""
    if len(numerator) == 1 and not denominator and indicator.scale == 1:
        return ""
    scale = f"{plain(indicator.scale)} × " if indicator.scale != 1 else ""
    divisor = f" / {_signed(denominator)}" if denominator else ""
    return f"{scale}{_signed(numerator)}{divisor} = {plain(value)}"


def _signed(terms: list[tuple[Term, Step]]) -> str:
    text = " ".join(f"{'−' if t.sign < 0 else '+'} {plain(step.number)}" for t, step in terms)
    text = text.removeprefix("+ ")
    return f"({text})" if len(terms) > 1 else text


def _change_text(
    indicator: Indicator, now: float | None, then: float | None, value: float | None
) -> str:
    first, last = plain(then), plain(now)
    match indicator.change_kind:
        case "points":
            text = f"{last} − {first}"
        case "pct":
            text = f"100 × ({last} / {first} − 1)"
        case _:
            text = f"100 × (({last} / {first})^(1/{indicator.change_years}) − 1)"
    return f"{text} = {plain(value)}"
