"""The release as a DCAT catalogue in JSON-LD: one dataset a table, with what each file is.

No date of publication: a published file holds no clock, and the release is named by its content.

Source: DCAT 3 (W3C), DCAT-AP 3 (European Commission); the vocabularies are those of the EU.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from phare_pipeline.contract.tables import table_of

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FRENCH = {"@id": "http://publications.europa.eu/resource/authority/language/FRA"}
FRANCE = {"@id": "http://publications.europa.eu/resource/authority/country/FRA"}
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"


def dcat_catalog(tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Describe the release: each table as a dataset with its Parquet and CSV files, and sources.

    Args:
        tables: the published tables by name, among them `dim_edition` and `dim_source`.
    """
    years = sorted(tables["dim_edition"]["year"].to_pylist())
    sources = {str(row["source_id"]): row for row in tables["dim_source"].to_pylist()}
    return {
        "@context": CONTEXT,
        "@id": "./",
        "@type": "dcat:Catalog",
        "dct:title": _french("PHARE : fragilités des régions de France"),
        "dct:description": _french(
            "Indicateurs des treize régions, comparés à la France, et indice de fragilité."
        ),
        "dct:language": FRENCH,
        "dct:spatial": FRANCE,
        "dct:publisher": _agent("Projet PHARE"),
        "dcat:dataset": [
            *(_dataset(name, years) for name in sorted(tables)),
            *(_source(source_id, row) for source_id, row in sorted(sources.items())),
        ],
    }


def _dataset(name: str, years: list[int]) -> dict[str, Any]:
    table = table_of(name)
    described = {
        "@id": f"#{name}",
        "@type": "dcat:Dataset",
        "dct:title": _french(str(table.view_fr)),
        "dct:description": _french(table.description_fr),
        "dct:identifier": name,
        "dct:language": FRENCH,
        "dct:spatial": FRANCE,
        "dct:publisher": _agent("Projet PHARE"),
        "dcat:distribution": [
            _distribution(f"marts/{name}.parquet", "application/vnd.apache.parquet", "PARQUET"),
            _distribution(f"csv/{name}.csv", "text/csv", "CSV"),
        ],
    }
    if "year" in table.columns and years:
        described["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": str(years[0]), "@type": "xsd:gYear"},
            "dcat:endDate": {"@value": str(years[-1]), "@type": "xsd:gYear"},
        }
    return described


def _source(source_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a dataset of another producer that the release is made from."""
    return {
        "@id": f"#source-{source_id}",
        "@type": "dcat:Dataset",
        "dct:title": _french(str(row["title"])),
        "dct:description": _french(f"Millésime : {row['vintage']}"),
        "dct:identifier": source_id,
        "dct:publisher": _agent(str(row["producer"])),
        "dct:rights": _french(str(row["licence"])),
        "dcat:landingPage": {"@id": row["address"]},
    }


def _distribution(path: str, media_type: str, file_type: str) -> dict[str, Any]:
    media = f"https://www.iana.org/assignments/media-types/{media_type}"
    return {
        "@id": path,
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": path},
        "dcat:downloadURL": {"@id": path},
        "dcat:mediaType": {"@id": media},
        "dct:format": {"@id": f"{FILE_TYPES}{file_type}"},
    }


def _french(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "fr"}


def _agent(name: str) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": name}
