"""`phare indicator new`: asks for an indicator, shows what it says, and writes its row."""

from __future__ import annotations

import argparse
import sys

from phare_pipeline.config import Workspace
from phare_pipeline.errors import RegistryError
from phare_pipeline.french import quantity
from phare_pipeline.intake.indicator import Trial, row_of, try_row, write_trial
from phare_pipeline.registry.loader import load_registry

# What is asked, in this order; what has a mark may stay empty.
QUESTIONS = {
    "indicator_id": "id (lower-case letters, digits, _)",
    "label_fr": "label, in French",
    "domain_id": "domain",
    "numerator": "measure, or measures joined by + and -",
    "denominator": "base: the same; empty for none",
    "role": "role: socle, complement or contexte",
    "direction": "direction: 1 if more is more fragile, -1, or 0 for contexte",
    "definition_fr": "what it says, in French",
    "reason_fr": "why it has its role, a French sentence",
}
MAY_BE_EMPTY = frozenset({"denominator"})


def indicator(options: argparse.Namespace) -> int:
    """Ask for what the command line does not say, show the figures, write the row."""
    workspace = Workspace.from_environment()
    registry = load_registry(workspace.registry)
    answers = {name: _answer(name, getattr(options, name)) for name in QUESTIONS}
    for name in ("unit", "nature", "scale", "decimals"):
        answers[name] = getattr(options, name) or ""
    trial = try_row(row_of(answers, registry), workspace.registry, workspace.raw)
    _show(trial)
    if options.dry_run:
        print("nothing is written")
        return 0
    write_trial(trial, workspace.registry)
    print("written: indicators.csv" + (", socle.csv" if trial.row["role"] == "socle" else ""))
    print("next: phare goalposts, which shows the scale that the row would get")
    return 0


def _answer(name: str, given: str | None) -> str:
    if given is not None:
        return given
    if not sys.stdin.isatty():
        if name in MAY_BE_EMPTY:
            return ""
        raise RegistryError(
            "A new indicator is not said whole", found=f"no --{name.replace('_', '-')}"
        )
    return input(f"{QUESTIONS[name]}: ").strip()


def _show(trial: Trial) -> None:
    for name, years in trial.years.items():
        print(f"{name}: {', '.join(map(str, years)) or 'no year'}")
    print(f"years with all regions: {', '.join(map(str, trial.complete)) or 'none'}")
    if trial.year is None:
        print("no figure: the sides have no year in common")
        return
    unit, decimals = trial.row["unit"], int(trial.row["decimals"])
    print(f"{trial.row['label_fr']}, {trial.year}")
    for name, value in trial.values.items():
        print(f"  {name:<28} {'—' if value is None else quantity(value, unit, decimals)}")
    if trial.france is not None:
        print(f"  {'France':<28} {quantity(trial.france, unit, decimals)}")
    scale = trial.scale
    if scale is not None:
        print(f"scale (largest gap to France): {quantity(scale, unit, decimals + 1)}")
