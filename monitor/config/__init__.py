"""config.toml to frozen `Settings`; every line of an error starts with the key it is about.

Does not start anything, and never shows a secret.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.config import overrides, rules
from monitor.config.freeze import freeze
from monitor.config.schema import File, MonitorTable
from monitor.core.settings import Settings
from monitor.errors import ConfigError


def load(path: Path, *, env: Mapping[str, str] | None = None, secret: bool = True) -> Settings:
    """Read, override from the environment, check and freeze.

    `secret=False` leaves `env:` and `file:` references unread, for commands that only look at the
    database. Raises `ConfigError`; nothing is half loaded.
    """
    env = os.environ if env is None else env
    raw = overrides.apply(_read(path), env, File)
    file = _validate(raw)
    if complaints := list(rules.complaints(file)):
        raise ConfigError("\n".join(complaints))
    return freeze(file, path.resolve(), env if secret else None)


def database_of(path: Path, *, env: Mapping[str, str] | None = None) -> Path:
    """Where a file that may be wrong says that the database is; the default if it cannot say."""
    try:
        raw = overrides.apply(_read(path), os.environ if env is None else env, File)
        table = MonitorTable(database=raw["monitor"]["database"])
    except (ConfigError, ValidationError, LookupError, TypeError):
        table = MonitorTable()
    return path.resolve().parent / table.database


def _read(path: Path) -> dict[str, Any]:
    try:
        # Some editors begin a file of UTF-8 with a mark, which TOML knows nothing of.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as e:
        raise ConfigError(f"{path}: not found; `monitor init` writes one") from e
    except OSError as e:
        raise ConfigError(f"{path}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise ConfigError(f"{path}: not UTF-8: {e.reason} at byte {e.start}") from e
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"{path}: not TOML: {e}") from e
    except RecursionError as e:
        raise ConfigError(f"{path}: not TOML: nested too deeply") from e


def _validate(raw: Mapping[str, Any]) -> File:
    try:
        return File.model_validate(raw)
    except ValidationError as e:
        raise ConfigError("\n".join(_described(e.errors(include_url=False)))) from None


def _described(errors: Iterable[ErrorDetails]) -> Iterable[str]:
    """One line for each key: what may be a text or a list is wrong twice if it is neither."""
    first: dict[str, str] = {}
    for error in errors:
        first.setdefault(_key(error["loc"]), _describe(error))
    return first.values()


def _describe(error: ErrorDetails) -> str:
    key = _key(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return f"{_unknown(error['loc'])}: unknown key{_suggestion(error['loc'])}"
        case "missing":
            return f"{key}: missing"
        case "value_error":
            return f"{key}: {error['ctx']['error']}"
        case "list_type":
            return f"{key}: {_as_list(key, error['input'])}"
        case "model_type":
            return f"{key}: {_as_table(key, error['input'])}"
        case _:
            return f"{key}: {error['msg'].removeprefix('Input ')}, not {_shown(error)}"


def _as_list(key: str, given: object) -> str:
    """How to write it; what was given is not shown, for a table may hold a token."""
    if isinstance(given, dict):
        return f"should be a list of tables; each has the header [[{key}]], in double brackets"
    return 'should be a list: ["…"], in brackets, also if it has one entry'


def _as_table(key: str, given: object) -> str:
    entry, indexed, _ = key.partition("[")
    if indexed:
        return f"should be a table with the header [[{entry}]]"
    again = "there is one of it: " if isinstance(given, list) else ""
    return f"{again}should be a table with the header [{key}], in single brackets"


def _shown(error: ErrorDetails) -> str:
    """A wrong value may be a secret that stands at the wrong place: show its type alone."""
    return (
        f"{type(error['input']).__name__} {error['input']!r}"[:60]
        if not _is_secret(error["loc"])
        else type(error["input"]).__name__
    )


def _is_secret(location: tuple[int | str, ...]) -> bool:
    return "webhooks" in location or location[-1] in {"push_token", "token"}


def _key(location: tuple[int | str, ...]) -> str:
    """`("sources", 2, "every")` as `sources[2].every`; pydantic's names of union arms dropped."""
    key = ""
    for step in location:
        if isinstance(step, int):
            key += f"[{step}]"
        elif step.isidentifier() or not key:
            key += f".{step}" if key else step
    return key.removesuffix(".str")


def _unknown(location: tuple[int | str, ...]) -> str:
    """A key that nobody foresaw may have any name, such as `min-level`."""
    *table, last = location
    return f"{_key(tuple(table))}.{last}" if table else str(last)


def _suggestion(location: tuple[int | str, ...]) -> str:
    model: Any = File
    for step in location[:-1]:
        model = overrides.type_at(model, [str(step)])
    known = (
        [field.alias or name for name, field in model.model_fields.items()]
        if isinstance(model, type) and issubclass(model, BaseModel)
        else []
    )
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""
