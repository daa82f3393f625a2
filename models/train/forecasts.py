"""`python -m models.train.forecasts`: every figure beyond the texts, on one page.

Growth, bursts, grouping, stories flagged early, replays: each beside its baselines, written into
`FORECASTS.md` of the model directory and printed. Computes no figure itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from tabulate import tabulate

from models.train import (
    commands,
    forecasts_short,
    measure_alerts,
    measure_replays,
    measure_stories,
    measure_volume,
)
from monitor.config.freeze import shipped_model

PAGE = "FORECASTS.md"
TEMPLATE = Path(__file__).with_suffix(".md")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = commands.parser("models.train.forecasts", __doc__)
    parser.add_argument("--data", type=Path, default=commands.DATA)
    parser.add_argument("--model", type=Path, default=shipped_model())
    options = parser.parse_args(arguments)
    page = written(growth(options.model) | measured(options.data, options.model))
    (options.model / PAGE).write_text(page, encoding="utf-8")
    print(page)


def written(parts: Mapping[str, str]) -> str:
    """The page; `KeyError` for a part that was not measured."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def growth(model: Path) -> dict[str, str]:
    """What was written when the growth model was fitted, and what is said first of it."""
    card: dict[str, Any] = json.loads((model / "growth.json").read_text(encoding="utf-8"))["card"]
    tables = {name: card[name] for name in ("growth", "top")}
    tables |= {name: _named(card[name]) for name in ("coverage", "viral")}
    return {name: table(rows) for name, rows in tables.items()} | forecasts_short.growth(tables)


def measured(data: Path, model: Path) -> dict[str, str]:
    """What is measured anew: reading the replays and RepLab takes minutes."""
    folder = data / measure_volume.FOLDER
    played, alerts = measure_alerts.rows(data / "replab2013", model)
    tables = {
        "volume": measure_volume.rows(folder),
        "stories": list(measure_stories.rows(data, model)),
        "alerts": alerts,
        "replays": measure_replays.rows(model),
    }
    return {
        **{name: table(rows) for name, rows in tables.items()},
        **forecasts_short.measured(tables),
        "delay": f"{measure_volume.median_delay(folder):.0f}",
        "played": played,
    }


def table(rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as a Markdown table."""
    return tabulate(list(rows), headers="keys", tablefmt="github", disable_numparse=True)


def _named(rows: Mapping[str, Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [{"part": name, **values} for name, values in rows.items()]


if __name__ == "__main__":
    main()
