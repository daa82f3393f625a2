"""The page of figures: every place of its template is filled, with the tables as measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.train import (
    forecasts,
    measure_alerts,
    measure_replays,
    measure_stories,
    measure_volume,
)

PARTS = (
    "growth",
    "top",
    "coverage",
    "viral",
    "volume",
    "delay",
    "stories",
    "alerts",
    "played",
    "replays",
)


def test_every_part_has_its_place_and_none_may_be_missing() -> None:
    page = forecasts.written({name: f"<{name}>" for name in PARTS})

    assert all(page.count(f"<{name}>") == 1 for name in PARTS)
    assert "$" not in page
    with pytest.raises(KeyError, match="replays"):
        forecasts.written({name: "" for name in PARTS if name != "replays"})


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
