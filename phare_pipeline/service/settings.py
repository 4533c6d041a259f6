"""Reads `service.toml`: what is kept, how old sources may be, who is told; it decides no figure."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from phare_pipeline.config import KEPT_RELEASES, PROJECT
from phare_pipeline.errors import PhareError

FILE, VARIABLE = "service.toml", "PHARE_SERVICE"

Days = Annotated[int, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Retention(_Section):
    """How many releases stay, and for how many days Dagster's finished runs do."""

    releases: Annotated[int, Field(ge=1)] = KEPT_RELEASES
    runs_days: Days = 90


class Freshness(_Section):
    """For how many days the files of a source may stay the same."""

    days: Days = 550
    sources: Mapping[str, Days] = Field(default_factory=dict)

    def days_of(self, source_id: str) -> int:
        """Return the days of one source."""
        return self.sources.get(source_id, self.days)


class Notify(_Section):
    """Who is told of a failure and of a new release; nobody by default."""

    webhook: HttpUrl | None = None
    mail_to: tuple[str, ...] = ()
    mail_from: str = "phare@localhost"
    smtp: Annotated[str, Field(pattern=r"^[^:\s]+:\d+$")] = "localhost:25"
    smtp_user: str | None = None


class Settings(_Section):
    """All of the file."""

    retention: Retention = Retention()
    freshness: Freshness = Freshness()
    notify: Notify = Notify()


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings of a file, or of the one in force; without a file, the defaults.

    Raises:
        PhareError: the file says something that there is not.
    """
    place = path or Path(os.environ.get(VARIABLE) or PROJECT / FILE)
    if not place.is_file():
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(place.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise PhareError(
            f"{FILE} says something that cannot be used",
            where=".".join(map(str, first["loc"])),
            found=str(first["input"])[:80],
            expected=first["msg"],
            action=f"correct {place.name}",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PhareError(
            f"{FILE} is no TOML", where=place.name, found=str(error), action="correct it"
        ) from None
