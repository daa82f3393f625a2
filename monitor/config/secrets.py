"""`env:NAME` and `file:PATH`: where secrets really stand.

Does not log or show a value; errors name the key and the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.core.settings import Secret
from monitor.errors import ConfigError


def resolve(key: str, text: str, *, env: Mapping[str, str], base: Path) -> Secret:
    """Read what `text` points at; a literal stands for itself.

    Raises `ConfigError` naming `key` when the variable or file is missing or empty.
    """
    if text.startswith("env:"):
        return Secret(_from_env(key, text.removeprefix("env:"), env), text)
    if text.startswith("file:"):
        return Secret(_from_file(key, base / text.removeprefix("file:")), text)
    return Secret(text)


def unresolved(text: str) -> Secret:
    """For commands that only read the log: the reference without its value."""
    return Secret("", text if text.startswith(("env:", "file:")) else "")


def _from_env(key: str, name: str, env: Mapping[str, str]) -> str:
    if not env.get(name, "").strip():
        raise ConfigError(f"{key}: the environment variable {name} is not set")
    return env[name].strip()


def _from_file(key: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{key}: cannot read {path}: {getattr(e, 'strerror', None) or e}") from e
    if not value:
        raise ConfigError(f"{key}: {path} is empty")
    return value
