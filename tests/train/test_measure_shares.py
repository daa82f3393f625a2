"""The measurement of what a brand's own stream adds to relevance."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("sklearn", reason="the extra `train` is not installed")

from models.train.measure_shares import in_stream, line, without_its_brand
from models.train.rows import Row
from monitor.core.types import Reading


def row(group: str, **targets: float) -> Row:
    reading = Reading(brand=group, description="", text="a text", source="")
    return Row(origin="replab2013", group=group, reading=reading, targets=targets)


def test_each_brand_is_read_by_what_its_own_name_stood_for():
    groups = ["Ford", "Honda"] * 300
    moved = in_stream(groups, np.array([0.1, 0.95] * 300))
    assert moved[0] == pytest.approx(0.1)
    assert moved[-2] < 0.05
    assert moved[-1] > 0.95


def test_the_first_of_a_brand_may_be_left_as_they_are():
    moved = in_stream(["Ford"] * 60, np.array([0.1] * 60), least=50)
    assert moved[:50].tolist() == [0.1] * 50
    assert moved[50] < 0.1


def test_a_brand_is_calibrated_by_the_others_alone():
    rng = np.random.default_rng(1)
    truth = np.array([0.0, 1.0] * 100)
    logits = 2 * truth - 1 + rng.normal(0, 1, 200)
    others = [row("Honda", about=t) for t in truth]
    upside_down = [row("Ford", about=1 - t) for t in truth]
    both = np.concatenate([logits, logits])
    found = without_its_brand([*others, *upside_down], both, range(200, 400))
    assert np.corrcoef(found, truth)[0, 1] > 0.3


def test_the_figures_are_of_the_rows_that_know_the_answer():
    rows = [row("a", about=1.0, alarm=1.0), row("a", about=0.0), row("a", about=1.0, alarm=0.0)]
    found = line(rows, np.array([0.9, 0.2, 0.8]), np.array([0.9, 0.9, 0.1]))
    assert found == {
        "texts": 3,
        "relevance macro-F1": 1.0,
        "relevance AUC": 1.0,
        "ALERT AP": 1.0,
        "ALERT kept": 1.0,
    }
