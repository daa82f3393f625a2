"""docs/cases.md is true: its table, its numbers and its example."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.library import load_cases, shipped
from monitor.core.resemblance import DEFAULT
from monitor.stages.tracked import TELLING
from tests.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "cases.md")


def test_the_table_is_the_library():
    rows = PAGE.rows("| case | year | what it is about | well answered |")

    assert rows == [
        [f"`{case.id}`", str(case.year), case.title, "yes" if case.well_handled else "no"]
        for case in shipped()
    ]


def test_the_weights_are_those_of_the_program_and_add_up_to_one():
    rows = PAGE.rows("| part | at most | how |")

    assert {name: float(most) for name, most, _ in rows} == {
        name: getattr(DEFAULT, name)
        for name in ("meaning", "words", "harms", "sector", "gravity", "filmed")
    }
    assert sum(float(most) for _, most, _ in rows) == pytest.approx(1.0)


def test_the_numbers_in_the_text_are_those_of_the_program():
    for said in (
        f"Up to {TELLING} posts",
        f"From {DEFAULT.least} on",
        f"has {DEFAULT.close} of the first",
        f"{DEFAULT.words_full} counts in full",
        f"none reaches {DEFAULT.harm_full}",
    ):
        assert said in " ".join(PAGE.text.split())


def test_the_example_of_a_file_is_one(tmp_path: Path):
    (example,) = PAGE.blocks("toml")
    (tmp_path / "example.toml").write_text(example, encoding="utf-8")
    (case,) = load_cases(tmp_path)

    assert (case.title, case.timeline[0].date) == (
        "TSB: a migration that locked customers out",
        "2018-04-25",
    )
