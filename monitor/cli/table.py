"""Tables of plain text: on a terminal they fit its width, in a pipe every row is one line.

Pure. Does not know what stands in the cells; they are one line each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from tabulate import tabulate

_GAP = 2
_INDENT = "    "


def laid_out(
    rows: Sequence[Sequence[str]], columns: Sequence[str], *, width: int | None = None
) -> str:
    """The table; of one that is wider than `width`, the longest texts stand below their rows."""
    below = _too_long(rows, columns, width)
    kept = [number for number in range(len(columns)) if number not in below]
    shown = [[row[number] for number in kept] for row in rows]
    head = [columns[number] for number in kept]
    lines = tabulate(shown, headers=head, disable_numparse=True).splitlines()
    if width is None or not below:
        return "\n".join(lines)
    titles, each = lines[: -len(rows)], lines[-len(rows) :]
    texts = ([row[number] for number in below] for row in rows)
    told = (line for one, text in zip(each, texts, strict=True) for line in _row(one, text, width))
    return "\n".join([*titles, *told])


def _row(line: str, texts: Sequence[str], width: int) -> Iterator[str]:
    yield line.rstrip()
    for text in texts:
        # An address that is cut in two cannot be followed.
        yield from wrap(
            text,
            width,
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _too_long(
    rows: Sequence[Sequence[str]], columns: Sequence[str], width: int | None
) -> list[int]:
    """Numbers of the columns that do not fit, the widest first; never the first column."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    below: list[int] = []
    while width is not None and len(below) < len(widths) - 1:
        kept = [number for number in range(len(widths)) if number not in below]
        if sum(widths[number] + _GAP for number in kept) - _GAP <= width:
            break
        below.append(max(kept[1:], key=lambda number: widths[number]))
    return sorted(below)
