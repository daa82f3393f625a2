"""The growth model is fitted on what it can see, and measured on what it cannot."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs the train extra")

from models.train.growth import cascades, fit, report, top
from models.train.growth.cascades import DAY, HOUR, Parts, drawn, seen
from models.train.reliability import calibration_error
from monitor.core.curve import Curve, features
from monitor.core.growth import LEAST, GrowthModel, score
from monitor.core.trees import Trees

WEEK = 7 * DAY


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def fading(rng: np.random.Generator, count: int) -> list[cascades.Cascade]:
    """Cascades that fade within hours, of sizes from a few to hundreds."""
    sizes = np.exp(rng.normal(4.0, 1.0, count)).astype(int) + 1
    return [
        np.concatenate([[0.0], np.sort(rng.exponential(2 * HOUR, size))])
        for size in sizes.tolist()
    ]


def test_a_moment_knows_the_past_and_is_judged_by_the_future() -> None:
    moment = seen(np.array([0.0, 10.0, 20.0, 99.0]), age=20.0, horizon=50.0)
    assert (moment.curve.count, moment.final) == (3, 3)
    assert seen(np.array([0.0, 10.0, 20.0, 99.0]), age=15.0, horizon=99.0).final == 4


def test_moments_are_drawn_within_the_spans(rng: np.random.Generator) -> None:
    for moment in drawn(fading(rng, 20), rng, each=5):
        assert 300 <= moment.curve.age <= 2 * DAY
        assert moment.curve.age < moment.curve.horizon <= WEEK
        assert moment.curve.times.max() <= moment.curve.age
        assert moment.final >= moment.curve.count >= 1


def test_the_parts_are_in_time_order(tmp_path: Path) -> None:
    (tmp_path / "cascades_ced").mkdir()
    rows = [{"start": start, "times": [float(start)]} for start in (5, 3, 1, 4, 2)]
    with gzip.open(tmp_path / "cascades_ced/cascades.jsonl.gz", "wt") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)
    parts = cascades.ced(tmp_path)
    assert [list(each) for each in parts.fit] == [[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]
    assert [list(each) for each in parts.calibrate] == [[0.0, 4.0]]
    assert [list(each) for each in parts.late] == [[0.0, 5.0]]


def test_the_other_sets_are_read_as_they_come(tmp_path: Path) -> None:
    (tmp_path / "cascades_tideh").mkdir()
    with gzip.open(tmp_path / "cascades_tideh/cascades.jsonl.gz", "wt") as file:
        file.write(json.dumps({"start_day": 1, "times": [0, 4]}))
    (tmp_path / "cascades_auspol").mkdir()
    with (tmp_path / "cascades_auspol/events.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("cascade", "time_s"), (1, 0.0), (0, 0.0), (1, 9.0)])
    assert [list(each) for each in cascades.tideh(tmp_path).late] == [[0.0, 4.0]]
    assert [list(each) for each in cascades.auspol(tmp_path).fit] == [[0.0]]
    assert [list(each) for each in cascades.auspol(tmp_path).late] == [[0.0, 9.0]]


def test_topics_of_brands_are_read_from_their_first_post_on(tmp_path: Path) -> None:
    folder = tmp_path / "replab2013"
    folder.mkdir()
    told = [
        ("train", "Ford", "recall", "training", "2012-06-02T00:00:10"),
        ("train", "Ford", "recall", "training", "2012-06-02T00:00:00"),
        ("train", "Ford", "recall", "test", "2012-11-02T00:00:00"),
        ("dev", "Honda", "recall", "training", "2012-06-01T00:00:00"),
        ("train", "Ford", "Other topics", "training", "2012-06-01T00:00:00"),
        ("train", "Ford", "", "training", "2012-06-01T00:00:00"),
    ]
    head = ("fold", "brand", "topic", "official_split", "timestamp")
    for name, rows in (("mentions", told[:2]), ("labels_without_text", told[2:])):
        with gzip.open(folder / f"{name}.csv.gz", "wt", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    parts = cascades.replab(tmp_path)
    assert [list(each) for each in parts.fit] == [[0.0, 10.0]]
    assert [list(each) for each in parts.calibrate] == [[0.0]]
    assert [list(each) for each in parts.late] == [[0.0]]


def test_on_a_world_it_knows_it_beats_persistence_and_covers(rng: np.random.Generator) -> None:
    parts = Parts(fit=fading(rng, 300), calibrate=fading(rng, 90), late=fading(rng, 120))
    sets = dict.fromkeys((*fit.MIXED, *fit.EVERYDAY), parts)
    model = fit.fitted(
        {name: drawn(each.fit, rng, each=2) for name, each in sets.items()},
        {name: drawn(each.calibrate, rng, each=2) for name, each in sets.items()},
        rng,
    )
    late = drawn(parts.late, rng, each=2)
    row = next(r for r in report.growth_table(model, {"world": parts}) if r["age"] == "1 h")
    for kind, everyday in report.KINDS.items():
        assert 0.72 <= report.overall(model, late, everyday=everyday)["coverage"] <= 0.92
        assert row[kind] < row["median growth"] + 0.05 < row["persistence"]
    reliable = report.viral_table(model, "mixed, of a world", late, rng)[
        "mixed, of a world, others"
    ]
    early = next(row for row in top.top_table(model, parts) if row["age"] == "15 min")
    assert early["rows"] == 120
    assert early["model AUC"] > early["count AUC"] - 0.02
    assert early["model brier"] < early["base rate brier"]
    assert reliable["calibration error"] < 0.08
    assert reliable["brier"] < reliable["brier of base rate"]


def test_the_trees_are_those_scikit_learn_grew(rng: np.random.Generator) -> None:
    rows = [m for m in drawn(fading(rng, 60), rng, each=3) if m.curve.count >= LEAST]
    x = np.array([features(row.curve) for row in rows])
    y = np.array([row.log_growth for row in rows])
    weights = np.linspace(0.5, 2.0, len(rows)).tolist()
    judge = fit.boosted(0.5).fit(x, y, sample_weight=weights)
    trees = fit.regressions(rows, weights)[1]
    assert [trees(row) for row in x[:40]] == pytest.approx(judge.predict(x[:40]), abs=1e-3)
    said = fit.chance_boosted(x.shape[1]).fit(x, y > np.median(y))
    odds = Trees.load(fit.dumped(said))
    assert [odds(row) for row in x[:40]] == pytest.approx(said.decision_function(x[:40]), abs=1e-3)


def test_asked_sizes_are_not_yet_reached(rng: np.random.Generator) -> None:
    curve = Curve(times=np.linspace(0, 60, 120), age=60.0, horizon=DAY)
    asked = fit.thresholds(curve, rng)
    assert min(asked) > curve.count
    assert {300.0, 500.0, 1000.0} <= set(asked)


def test_a_probability_that_is_right_has_no_calibration_error() -> None:
    said = np.repeat([0.25, 0.75], 400)
    came = np.concatenate([np.tile([0, 0, 0, 1], 100), np.tile([1, 1, 1, 0], 100)])
    assert calibration_error(said, came) == pytest.approx(0.0)
    assert calibration_error(1 - said, came) == pytest.approx(0.5)


def test_coverage_counts_what_lies_within() -> None:
    found = [
        score(Curve(times=np.zeros(n), age=5.0, horizon=5.0), _NONE, threshold=None)
        for n in (4, 8)
    ]
    assert report.covered(found, np.array([4, 9])) == {"coverage": 0.5, "high/low": 1.0}


_NONE = GrowthModel.default()
