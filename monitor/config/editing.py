"""Add sources to config.toml, and leave all else in it as it is written: comments, order, spaces.

Does not know what a source needs: the whole file is checked before it takes the place of the old.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from monitor.config import load
from monitor.errors import ConfigError


def add_sources(path: Path, tables: Iterable[Mapping[str, object]]) -> None:
    """Append these [[sources]]; `ConfigError` if the file would not be right with them.

    Nothing is written then. Secrets stay unread.
    """
    # A link stays one: what it points to is written.
    path = path.resolve()
    with _alone(path.parent):
        _replace(path, with_sources(_read(path), tables))


def with_sources(text: str, tables: Iterable[Mapping[str, object]]) -> str:
    """The text of a configuration with these sources behind those that it has."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as e:
        raise ConfigError(f"not TOML: {e}") from e
    sources = document.setdefault("sources", tomlkit.aot())
    if not isinstance(sources, AoT):
        raise ConfigError(
            "sources: should be written as [[sources]] for this command to add to it"
        )
    for table in tables:
        sources.append(tomlkit.item({k: v for k, v in table.items() if v not in ("", [], False)}))
    return tomlkit.dumps(document)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for another command that reads and writes here: one of the two would be lost.

    The folder is locked, since the file is replaced; the kernel frees it however we end.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as e:
        raise ConfigError(f"{folder}: {e.strerror}") from e
    try:
        # Some network file systems lock no folders.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    try:
        _write(new, text, like=path)
        load(new, secret=False)
        new.replace(path)
    except OSError as e:
        raise ConfigError(f"{path}: {e.strerror}") from e
    finally:
        new.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{path}: {getattr(e, 'strerror', None) or e}") from e


def _write(new: Path, text: str, *, like: Path) -> None:
    """As private as the file that it will replace, which may hold secrets; lines end as in it."""
    ends = "\r\n" if b"\r\n" in like.read_bytes() else "\n"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, like.stat().st_mode & 0o777)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline=ends) as file:
        file.write(text)
