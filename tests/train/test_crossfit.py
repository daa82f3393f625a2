"""A brand that calibrates the model is measured with a calibration that never saw it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")

from models.train.answers import Answers
from models.train.crossfit import without_its_brand
from models.train.measured import of_rows
from models.train.rows import Row
from monitor.core.types import Reading

RATES = {"Honda": 0.9, "Ford": 0.5, "Lexus": 0.5}


def rows() -> list[Row]:
    """Scores say nothing; of Honda nearly every mention is about the brand."""
    return [
        Row(
            origin="replab2013",
            group=brand,
            reading=Reading(brand=brand, description="", text=f"{brand} {number}"),
            targets={"about": float(number < 100 * rate), "alarm": float(number % 2)},
        )
        for brand, rate in RATES.items()
        for number in range(100)
    ]


def answers(count: int) -> Answers:
    return Answers(scores={name: np.full(count, 0.99) for name in ("about", "alarm", "outrage")})


def test_each_brand_gets_what_the_others_say() -> None:
    calibrating = rows()
    measured = of_rows("dev", "dev", calibrating, ("about", "alarm"))
    nothing = {name: np.zeros(300) for name in ("about", "alarm")}
    found = without_its_brand(answers(300), measured, calibrating, nothing).scores
    assert found["about"][:100] == pytest.approx(0.5, abs=0.01)
    assert found["about"][100:] == pytest.approx(0.7, abs=0.01)
    assert found["alarm"] == pytest.approx(0.5, abs=0.01)
    assert (found["outrage"] == 0.99).all()


def test_ranks_are_those_of_what_ships() -> None:
    calibrating = rows()
    measured = of_rows("dev", "dev", calibrating, ("about", "alarm"))
    own = Answers(scores={name: np.linspace(0, 1, 300) for name in ("about", "alarm")})
    nothing = {name: np.zeros(300) for name in ("about", "alarm")}
    ranks = without_its_brand(own, measured, calibrating, nothing).ranks
    assert ranks["about"].tolist() == own.scores["about"].tolist()


def test_a_text_that_calibrates_nothing_keeps_its_answer() -> None:
    other = [
        Row(
            origin="x",
            group="Honda",
            reading=Reading(brand="Honda", description="", text="another text"),
            targets={"about": 1.0},
        )
    ]
    measured = of_rows("other", "other", other, ("about",))
    nothing = {name: np.zeros(300) for name in ("about", "alarm")}
    found = without_its_brand(answers(1), measured, rows(), nothing).scores
    assert found["about"].tolist() == [0.99]
