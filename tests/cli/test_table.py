"""Tables that can be read: by people on a terminal of any width, by programs in a pipe."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.table import laid_out

COLUMNS = ("id", "level", "title", "mentions", "url")
URL = "https://social.example/@anna/a-very-long-path-that-nobody-can-break"
ROWS = (
    ("52", "critical", "a film of officers who pull a passenger off", "206", URL),
    ("7", "watch", "late", "1", ""),
)


def test_in_a_pipe_every_row_is_one_line_however_long() -> None:
    lines = laid_out(ROWS, COLUMNS).splitlines()
    assert len(lines) == 4
    assert lines[2].endswith(URL)


def test_on_a_terminal_that_is_wide_enough_nothing_changes() -> None:
    assert laid_out(ROWS, COLUMNS, width=200) == laid_out(ROWS, COLUMNS)


def test_what_does_not_fit_stands_below_its_row_and_an_address_stays_whole() -> None:
    assert laid_out(ROWS, COLUMNS, width=40).splitlines() == [
        "id    level     mentions",
        "----  --------  ----------",
        "52    critical  206",
        "    a film of officers who pull a",
        "    passenger off",
        f"    {URL}",
        "7     watch     1",
        "    late",
    ]


TEXT = st.text("ab \u00e4\u4e2d", max_size=90).map(str.strip)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=4), st.integers(1, 120))
def test_nothing_is_lost_at_any_width(rows: list[tuple[str, str, str]], width: int) -> None:
    shown = laid_out(rows, ("1", "2", "3"), width=width).splitlines()[2:]
    said = [word for row in rows for cell in row for word in cell.split()]
    assert sorted(" ".join(shown).split()) == sorted(said)
