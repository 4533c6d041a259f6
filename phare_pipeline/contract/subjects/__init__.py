"""The declarations of the contract, a module a subject: its columns (FIELDS) and tables (TABLES).

A column is declared once, in the subject it belongs to, and means the same in every table. What
follows from the declarations (schemas, what is published) is derived outside.
"""

from phare_pipeline.contract.model import Field, Table
from phare_pipeline.contract.subjects import (
    change,
    decomposition,
    dimensions,
    figures,
    foundation,
    index,
    keys,
    levels,
    observations,
    structure,
    surveys,
    uncertainty,
)

ALL_FIELDS: tuple[Field, ...] = (
    *keys.FIELDS,
    *observations.FIELDS,
    *figures.FIELDS,
    *index.FIELDS,
    *decomposition.FIELDS,
    *uncertainty.FIELDS,
    *change.FIELDS,
    *foundation.FIELDS,
    *structure.FIELDS,
    *surveys.FIELDS,
    *levels.FIELDS,
    *dimensions.FIELDS,
)
ALL_TABLES: tuple[Table, ...] = (
    *observations.TABLES,
    *figures.TABLES,
    *index.TABLES,
    *decomposition.TABLES,
    *uncertainty.TABLES,
    *change.TABLES,
    *foundation.TABLES,
    *structure.TABLES,
    *surveys.TABLES,
    *levels.TABLES,
    *dimensions.TABLES,
)
