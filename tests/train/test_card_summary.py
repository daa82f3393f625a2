"""The first lines of a model card say what the model is good at and bad at, from its figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.train import card, summary

MODELS = Path(__file__).parents[2] / "models"


def metrics(name: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((MODELS / name / "metrics.json").read_text())
    return figures


@pytest.mark.parametrize("name", ["incident", "incident-clean"])
def test_the_card_is_what_its_figures_and_the_template_make_of_it(name: str) -> None:
    assert (MODELS / name / "README.md").read_text() == card.card(metrics(name))


@pytest.mark.parametrize("name", ["incident", "incident-clean"])
def test_what_a_buyer_needs_stands_before_the_large_table(name: str) -> None:
    page = (MODELS / name / "README.md").read_text()

    assert page.index("## In short") < page.index("Harms it finds badly") < page.index("| split |")
    assert page[: page.index("Harms it finds badly")].count("\n") < 40


@pytest.mark.parametrize(
    ("own", "rival", "expected"),
    [
        (0.8, {"value": 0.6, "lead_low": 0.1, "lead_high": 0.3}, "better"),
        (0.8, {"value": 0.6, "lead_low": -0.1, "lead_high": 0.3}, "ahead, not surely"),
        (0.8, {"value": 0.6}, "ahead, not surely"),
        (0.6, {"value": 0.6, "lead_low": -0.1, "lead_high": 0.1}, "not ahead"),
        (0.4, {"value": 0.6, "lead_low": -0.3, "lead_high": -0.1}, "worse"),
    ],
)
def test_a_lead_is_called_sure_only_where_its_interval_is(
    own: float, rival: dict[str, float], expected: str
) -> None:
    assert summary.standing({"value": own}, rival) == expected


def test_a_harm_that_is_found_badly_is_named_and_so_is_who_finds_it_better() -> None:
    def head(own: float, rules: float) -> dict[str, Any]:
        return {"systems": {"model": {"f1": {"value": own}}, "rules": {"f1": {"value": rules}}}}

    heads = {"harm_safety": head(0.9, 0.3), "harm_boycott": head(0.25, 0.92)}
    well, badly, ahead = summary.harms({"splits": {summary.HARMS: {"heads": heads}}})

    assert well.endswith(": safety 0.90.")
    assert badly.endswith(": boycott 0.25.")
    assert ahead.endswith(": boycott (keyword rules, 0.92).")


def test_what_was_not_measured_is_left_out() -> None:
    assert summary.in_short({"splits": {}}).count("\n") == 3
