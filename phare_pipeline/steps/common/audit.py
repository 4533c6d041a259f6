"""What a step says of a table before it may be written: named checks with failing rows.

How a table is computed, and who shows the result, belongs elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.tables import STAGING_PREFIX
from phare_pipeline.errors import ContractError
from phare_pipeline.warehouse.tables import violations

MAX_SAMPLES = 20

# What each check says, for readers; a check without a text here cannot be declared in Dagster.
CHECKS_FR = {
    "no_rejected_rows": "Chaque ligne de la source est lue, ou laissée de côté exprès.",
    "contract": "Colonnes, types, bornes et clé sont ceux que le contrat déclare.",
    "rates_between_parts": "Un taux publié d’un territoire est entre ceux de ses parties.",
    "totals_conserved": "Chaque niveau territorial fait le même total pour la France.",
    "published_totals": "Nos sommes retrouvent les totaux publiés, à la tolérance déclarée près.",
    "complete_grid": "Chaque indicateur a ses treize régions, et chaque vide sa raison.",
    "score_within_bounds": "Chaque score est entre ses bornes exactes.",
    "split_adds_up": "La moyenne et les déséquilibres font le score publié.",
    "weights_add_up": "Les poids d’un domaine, d’un axe et de l’indice font 100 %.",
    "contributions_add_up": "Les parties d’un niveau font l’écart de l’indice à 100.",
    "contributions_nest": "Les indicateurs font leur domaine, les domaines leur axe.",
    "influence_agrees": "Les contributions sont celles de core_contributions.",
    "intervals_hold_median": "Chaque intervalle de rang contient son rang médian.",
    "pairs_add_up": "Les chances d’une paire de régions, dans les deux sens, font 100 %.",
    "counts_fit": "ce qui est récent est présent, ce qui est présent est attendu",
    "change_adds_up": "Évolution des valeurs et effet de couverture font l’évolution.",
    "flags_fit": "Chaque signalement découle de sa corrélation.",
    "components_add_up": "Les composantes principales d’un ensemble en expliquent 100 %.",
    "ranks_compare": "Les rangs de chaque méthode partent des rangs publiés.",
    "average_rank_in_range": "Le rang moyen est dans l’intervalle des rangs.",
    "no_synthetic_rows": "Les données synthétiques ne côtoient aucun chiffre réel.",
    "own_area": "Seule une région porte un code de région.",
    "hidden_stays_hidden": "Un chiffre masqué garde son motif et rien qui le révèle.",
    "secrets_stay_unknown": "Aucun chiffre secret ne se déduit de ce qui est montré.",
}


# Checks of what the producers say; any other is of what the code makes of it.
OF_FIGURES = frozenset(
    {"no_rejected_rows", "rates_between_parts", "totals_conserved", "published_totals"}
)


def _repair(table: str, check: str) -> str:
    """Say where the fault is that a check has found: in what is read, or in what computes."""
    if check in OF_FIGURES or table.startswith((STAGING_PREFIX, "core_observations")):
        return "correct the extract, or the row of the registry that says how it is read"
    return (
        "no extract is at fault: a step, a model or a row of the registry computes what the table "
        "must not hold; correct that one"
    )


@dataclass(frozen=True)
class Audit:
    """The outcome of one check: `failed_count` rows break it, `samples` shows the first of them."""

    check: str
    description: str
    failed_count: int
    samples: pd.DataFrame

    @property
    def passed(self) -> bool:
        """True when no row fails."""
        return self.failed_count == 0


@dataclass(frozen=True)
class Built:
    """A table in memory with its audits; it is written only when all of them pass.

    `warnings` are lines to tell beside it that block nothing.
    """

    name: str
    table: pa.Table
    audits: tuple[Audit, ...]
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when every audit passes."""
        return all(audit.passed for audit in self.audits)

    def error(self, partition: str) -> ContractError:
        """Build the error that names the first failing check and its first rows."""
        audit = next(audit for audit in self.audits if not audit.passed)
        return ContractError(
            f"{self.name} ({partition}): the check {audit.check} fails",
            found=f"{audit.failed_count} rows, first: {first_rows(audit.samples)}",
            expected=audit.description,
            action=f"{_repair(self.name, audit.check)}; the last release stands",
        )


def first_rows(samples: pd.DataFrame, limit: int = 3) -> str:
    """Return the first rows as one line of text."""
    rows = samples.head(limit).to_dict("records")
    return "; ".join(", ".join(f"{k}={v}" for k, v in row.items()) for row in rows)


def failing(check: str, description: str, rows: pd.DataFrame) -> Audit:
    """Build an audit from the rows that break the check (none: passed)."""
    return Audit(check, description, len(rows), rows.head(MAX_SAMPLES))


def contract_audit(table: pa.Table, name: str) -> Audit:
    """Check a table against its contract: types, bounds, allowed values, key, finiteness."""
    found = violations(table, name, limit=MAX_SAMPLES)
    return Audit(
        "contract", "columns, types, bounds and key as declared", found.count, found.samples
    )


def built(
    name: str, table: pa.Table, extra: Iterable[Audit] = (), warnings: tuple[str, ...] = ()
) -> Built:
    """Bundle a table with its contract audit, its own audits and what is to be told beside it."""
    return Built(name, table, (contract_audit(table, name), *extra), warnings)
