"""Takes regions and editions out of the current release for an export, and says what they are.

File formats belong in `outputs/tables`.
"""

from __future__ import annotations

import pyarrow as pa

from phare_pipeline.contract.tables import TABLES
from phare_pipeline.errors import PhareError, ReleaseError
from phare_pipeline.outputs.tables.export import Export
from phare_pipeline.outputs.tables.selection import select
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.run import Scope
from phare_pipeline.warehouse.releases import current_release
from phare_pipeline.warehouse.tables import read_parquet


def export_of(context: Context, scope: Scope) -> tuple[dict[str, pa.Table], Export]:
    """Return the published tables of the scope, and how the export names and describes itself.

    Raises:
        ReleaseError: nothing is published yet.
        PhareError: the release has none of the editions.
    """
    release = current_release(context.workspace)
    if release is None:
        raise ReleaseError("Nothing is published yet", action="phare run")
    tables = {
        name: read_parquet(release.path / "marts" / f"{name}.parquet")
        for name, table in TABLES.items()
        if table.layer in ("out", "dim")
    }
    published = set(tables["dim_edition"]["year"].to_pylist())
    years = [year for year in scope.years if year in published]
    if not years:
        raise PhareError(
            "The release has none of these editions",
            found=", ".join(map(str, scope.years)),
            expected=", ".join(map(str, sorted(published))),
            action="phare run --year YEAR",
        )
    regions = [r for r in context.registry.study_regions if r.slug in scope.slugs]
    is_whole = len(regions) == len(context.slugs)
    chosen = select(tables, [] if is_whole else [r.region_code for r in regions], years)
    places = "les treize régions" if is_whole else ", ".join(r.name_fr for r in regions)
    period = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
    stem = "-".join(["phare", "regions" if is_whole else "-".join(r.slug for r in regions), period])
    return chosen, Export(stem, release.release_id, _note(places, period, release.release_id))


def _note(places: str, period: str, release_id: str) -> list[str]:
    return [
        f"PHARE : {places}, édition {period}",
        f"Publication {release_id}. Une feuille ou un fichier par table ; le dictionnaire dit ce "
        "que contient chaque colonne, le lexique ce que mesure chaque indicateur, la table des "
        "sources d’où vient chaque chiffre, avec sa licence.",
        "Une cellule vide est une valeur absente, jamais un zéro ; sa raison est dans la colonne "
        "« Raison » des indicateurs.",
        "L’année de la donnée peut précéder l’édition : elle est dans sa propre colonne.",
        "Les rangs comparent les treize régions métropolitaines ; 1 est la valeur la plus haute "
        "(« Rang ») ou la plus fragile (« Rang de fragilité »).",
        "Dans les fichiers CSV, un texte qui commencerait par = + - ou @ est précédé d’une "
        "apostrophe.",
    ]
