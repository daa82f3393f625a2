"""`MONITOR__ALERTS__WARNING=0.4`: any key of config.toml, set from the environment.

Does not check values; the schema does, after the merge.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from monitor.errors import ConfigError

PREFIX = "MONITOR__"


def apply(
    raw: Mapping[str, Any], env: Mapping[str, str], model: type[BaseModel]
) -> dict[str, Any]:
    """Return `raw` with every `MONITOR__…` variable of `env` put in its place.

    List entries are named by their number from 0: `MONITOR__SOURCES__0__EVERY=2s`.
    Raises `ConfigError` naming the variable when it points at no place.
    """
    merged = deepcopy(dict(raw))
    for variable in sorted(name for name in env if name.startswith(PREFIX)):
        path = variable.removeprefix(PREFIX).lower().split("__")
        _put(merged, path, _value(env[variable], type_at(model, path)), variable)
    return merged


def _put(tree: Any, path: list[str], value: object, variable: str) -> None:
    *parents, last = path
    for step in parents:
        tree = _descend(tree, step, variable)
    if not isinstance(tree, dict):
        raise ConfigError(f"{variable}: the environment can set keys, not whole entries")
    tree[last] = value


def _descend(tree: Any, step: str, variable: str) -> Any:
    if isinstance(tree, list):
        if not step.isdecimal() or int(step) >= len(tree):
            raise ConfigError(f"{variable}: there is no entry {step!r} in config.toml")
        return tree[int(step)]
    if not isinstance(tree, dict):
        raise ConfigError(f"{variable}: {step!r} is not a table of config.toml")
    return tree.setdefault(step, {})


def _value(text: str, expected: object) -> object:
    """Text stays text where text is expected; elsewhere it is read as a TOML value."""
    if expected in {float, bool} or get_origin(expected) is list or text.startswith("["):
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def type_at(model: object, path: list[str]) -> object:
    for step in path:
        if get_origin(model) is list:
            model = get_args(model)[0]
        elif isinstance(model, type) and issubclass(model, BaseModel):
            field = model.model_fields.get(step)
            model = field.annotation if field else None
    return model
