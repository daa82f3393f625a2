"""The case library: TOML files -> `Precedent`s; an error names the file and the key.

Does not compare anything (see `core.precedents`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from monitor.core.fields import web_url
from monitor.core.precedents import Moment, Precedent, Source
from monitor.core.types import HARMS
from monitor.errors import ConfigError

#: The cases that come with the program.
SHIPPED = Path(__file__).parents[1] / "cases"
#: What a message can carry of a case.
TITLE_CHARS, LESSON_CHARS, URL_CHARS = 100, 200, 300
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _date(value: object) -> object:
    """A day as TOML writes it, or a month or year as text where the day is not known."""
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, str) and _DATE.fullmatch(value):
        return value
    raise ValueError(f'should be a date, "2013-12" or "2013", not {value!r}')


def _harm(name: str) -> str:
    if name not in HARMS:
        raise ValueError(f"{name!r} is not one of {', '.join(HARMS)}")
    return name


def _web(url: str) -> str:
    if web_url(url) is None:
        raise ValueError(f"should be an address that starts with https://, not {url!r}")
    return url


Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Harm = Annotated[str, AfterValidator(_harm)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SignsTable(_Table):
    """What an incident is compared with."""

    harms: Annotated[dict[Harm, Share], Field(min_length=1)]
    severity: Annotated[float, Field(ge=0, le=4)]
    came_out: Text
    sectors: list[Text]
    told: Annotated[list[Text], Field(min_length=3)]


class SourceTable(_Table):
    """Where facts can be read."""

    title: Text
    url: Annotated[str, Field(max_length=URL_CHARS), AfterValidator(_web)]


class MomentTable(_Table):
    """One date."""

    date: Annotated[str, BeforeValidator(_date)]
    kind: Literal["happened", "said", "followed"]
    text: Text
    source: Text


class CaseFile(_Table):
    """One file of the library."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_CHARS)]
    company: Text
    year: int
    sector: Text
    summary: Text
    response: Text
    outcome: Text
    lesson: Annotated[str, Field(min_length=1, max_length=LESSON_CHARS)]
    well_handled: bool
    signs: SignsTable
    sources: Annotated[dict[str, SourceTable], Field(min_length=1)]
    timeline: Annotated[list[MomentTable], Field(min_length=1)]


@cache
def shipped() -> tuple[Precedent, ...]:
    """The cases that come with the program, by id."""
    return load_cases(SHIPPED)


def load_cases(directory: Path) -> tuple[Precedent, ...]:
    """All cases of a directory, by id; `ConfigError` names the file and key that is wrong."""
    return tuple(_case(path) for path in sorted(directory.glob("*.toml")))


def _case(path: Path) -> Precedent:
    if not _ID.fullmatch(path.stem):
        raise ConfigError(f"{path}: the name should be of a-z, 0-9 and single hyphens")
    try:
        table = CaseFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as e:
        raise ConfigError(f"{path}: {e.strerror}") from e
    except ValidationError as e:
        raise ConfigError(f"{path}: {_first(e)}") from None
    except ValueError as e:
        raise ConfigError(f"{path}: not TOML: {e}") from e
    return _precedent(path, table)


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False)[0]
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in found["loc"])
    said = found["msg"].removeprefix("Value error, ")
    return f"{key.removeprefix('.')}: {said}"


def _precedent(path: Path, table: CaseFile) -> Precedent:
    sources = {name: Source(title=one.title, url=one.url) for name, one in table.sources.items()}
    for at, moment in enumerate(table.timeline):
        if moment.source not in sources:
            raise ConfigError(f"{path}: timeline[{at}].source: no source {moment.source!r}")
    return Precedent(
        id=path.stem,
        **table.model_dump(exclude={"signs", "sources", "timeline"}),
        **_signs(table.signs),
        timeline=tuple(_moment(moment, sources) for moment in table.timeline),
        sources=tuple(sources.values()),
    )


def _signs(table: SignsTable) -> dict[str, Any]:
    return table.model_dump() | {"sectors": frozenset(table.sectors), "told": tuple(table.told)}


def _moment(table: MomentTable, sources: Mapping[str, Source]) -> Moment:
    return Moment(date=table.date, kind=table.kind, text=table.text, source=sources[table.source])
