"""The page of figures: every place of its template is filled, with the tables as measured."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest

from models.train import (
    forecasts,
    forecasts_short,
    measure_alerts,
    measure_replays,
    measure_stories,
    measure_volume,
)

PAGE = Path(__file__).parents[2] / "models" / "incident" / forecasts.PAGE
PLACES = set(Template(forecasts.TEMPLATE.read_text(encoding="utf-8")).get_identifiers())


def tables() -> dict[str, list[dict[str, str]]]:
    """The tables of the page that ships, by the section or the order that they stand in."""
    blocks = re.findall(r"(?m)(?:^\|.*\n)+", PAGE.read_text(encoding="utf-8"))
    names = ("growth", "top", "coverage", "viral", "volume", "stories", "alerts", "replays")
    return {name: list(rows(block)) for name, block in zip(names, blocks, strict=True)}


def rows(block: str) -> Iterator[dict[str, str]]:
    head, _, *lines = (
        [cell.strip() for cell in row[1:-1].split("|")] for row in block.split("\n")[:-1]
    )
    for line in lines:
        yield dict(zip(head, line, strict=True))


def test_what_the_page_says_first_is_picked_from_its_own_tables() -> None:
    found = forecasts_short.growth(tables()) | forecasts_short.measured(tables())
    template = forecasts.TEMPLATE.read_text(encoding="utf-8")
    first = template.split("## In short")[1].split("## Growth")[0]

    assert "-" not in found.values()
    assert Template(first).substitute(found) in PAGE.read_text(encoding="utf-8")


def test_every_part_has_its_place_and_none_may_be_missing() -> None:
    page = forecasts.written({name: f"<{name}>" for name in PLACES})

    assert all(page.count(f"<{name}>") == 1 for name in PLACES)
    assert "$" not in page
    with pytest.raises(KeyError, match="replays"):
        forecasts.written(dict.fromkeys(PLACES - {"replays"}, ""))


def test_rows_become_a_markdown_table_as_they_are() -> None:
    assert forecasts.table([{"set": "ced", "AUC": 0.910}, {"set": "b", "AUC": "-"}]).split(
        "\n"
    ) == [
        "| set   | AUC   |",
        "|-------|-------|",
        "| ced   | 0.91  |",
        "| b     | -     |",
    ]


def test_it_is_written_beside_the_model_and_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = {"small": {"questions": 3}}
    card = {"growth": [{"set": "ced"}], "top": [{"age": "1 h"}], "coverage": named, "viral": named}
    (tmp_path / "growth.json").write_text(json.dumps({"card": card}))
    rows = [{"figure": "0.5"}]
    monkeypatch.setattr(measure_volume, "rows", lambda _: rows)
    monkeypatch.setattr(measure_volume, "median_delay", lambda _: 12.3)
    monkeypatch.setattr(measure_stories, "rows", lambda *_: rows)
    monkeypatch.setattr(measure_alerts, "rows", lambda *_: ("9 posts", rows))
    monkeypatch.setattr(measure_replays, "rows", lambda _: rows)
    forecasts.main(["--model", str(tmp_path)])

    page = (tmp_path / forecasts.PAGE).read_text()
    assert page == capsys.readouterr().out.removesuffix("\n")
    assert page.count("| 0.5      |") == 4
    assert "| small  | 3           |" in page
    assert "12 min." in page
    assert "9 posts." in page
