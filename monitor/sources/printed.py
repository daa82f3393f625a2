"""Names as newspapers print them.

Does not search, nor match (see `monitor.core.brands`).
"""

from __future__ import annotations


def queries(_url: str, names: tuple[str, ...], _has_token: bool) -> tuple[str, ...]:  # noqa: FBT001
    """Leave out handles and hashtags; if there is nothing else, ask for them without the sign."""
    printed = tuple(name for name in names if not name.startswith(("@", "#")))
    return printed or tuple(dict.fromkeys(name.lstrip("@#") for name in names))
