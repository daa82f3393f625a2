"""One table from toy texts: figures, intervals, card, curves. Needs the extra `train`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("vaderSentiment", reason="the extra `train` is not installed")

from models.train import card, drawing, rounding, speed, tables
from models.train.answers import Answers
from models.train.data.held_out import Judged
from models.train.evaluate import build_of, measure
from models.train.figures import split_figures
from models.train.frozen import Frozen
from models.train.measured import Measured, of_judged, of_rows
from models.train.rivals import rivals
from models.train.rows import Row, calm, harms, severity, stance
from monitor.adapters.encoder import Encoder, Tokens
from monitor.core.types import Reading

TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"
GRAVE = stance("negative") | {"alarm": 1.0} | harms(("safety",)) | severity(4)
LOVE = stance("positive") | calm()


def reading(text: str, brand: str = "Zorvex") -> Reading:
    return Reading(brand=brand, description="kettles", text=text)


def split_of(truth: Sequence[float], groups: Sequence[str]) -> Measured:
    rows = [
        Row(origin="own", group=group, reading=reading("x", group), targets={"alarm": value})
        for value, group in zip(truth, groups, strict=True)
    ]
    return of_rows("toy", "Toy", rows, ("alarm",))


def alarm(*scores: float, probable: bool = True) -> Answers:
    return Answers(scores={"alarm": np.array(scores)}, probable=probable)


class TestFigures:
    TRUTH = (1.0, 0.0) * 10
    GROUPS = tuple("aabbccddeeffgghhiijj")

    def figures(self, **answers: Answers) -> dict:
        found = split_figures(split_of(self.TRUTH, self.GROUPS), answers, resamples=50)
        return found["heads"]["alarm"]

    def test_a_lead_over_a_worse_system_is_sure(self) -> None:
        found = self.figures(
            model=alarm(*(0.9, 0.1) * 10), rules=alarm(*(0.1, 0.9) * 10, probable=False)
        )
        better, worse = (found["systems"][name]["auc"] for name in ("model", "rules"))
        assert (better["value"], worse["value"]) == (1.0, 0.0)
        assert worse["lead_low"] == worse["lead_high"] == 1.0
        assert "lead_low" not in better
        assert "calibration_error" not in found["systems"]["rules"]

    def test_the_draws_are_paired(self) -> None:
        scores = np.random.default_rng(1).random(20)
        found = self.figures(model=alarm(*scores), same=alarm(*scores))["systems"]
        assert found["model"]["auc"]["low"] < found["model"]["auc"]["high"]
        assert found["same"]["auc"]["lead_low"] == found["same"]["auc"]["lead_high"] == 0.0

    def test_what_is_not_known_is_not_counted(self) -> None:
        measured = split_of((*self.TRUTH, 1.0), (*self.GROUPS, "k"))
        gold = (*self.TRUTH, None)
        known = Measured(
            name="t", title="T", readings=measured.readings, groups=measured.groups,
            gold={"alarm": gold},
        )  # fmt: skip
        found = split_figures(known, {"model": alarm(*(0.9, 0.1) * 10, 0.0)}, resamples=5)
        assert found["heads"]["alarm"]["n"] == 20
        assert found["heads"]["alarm"]["systems"]["model"]["auc"]["value"] == 1.0

    def test_too_few_true_ones_are_no_figure(self) -> None:
        measured = split_of((1.0,) * 4 + (0.0,) * 16, self.GROUPS)
        assert not split_figures(measured, {"model": alarm(*[0.5] * 20)}, resamples=5)["heads"]

    def test_true_ones_of_few_brands_have_no_interval(self) -> None:
        measured = split_of((1.0,) * 8 + (0.0,) * 12, self.GROUPS)
        found = split_figures(measured, {"model": alarm(*[0.5] * 20)}, resamples=5)
        assert set(found["heads"]["alarm"]["systems"]["model"]["auc"]) == {"value"}

    def test_what_the_first_find_is_told_of_rare_things_alone(self) -> None:
        found = self.figures(model=alarm(*(0.9, 0.1) * 10))["systems"]["model"]
        assert "precision_at_20" in found
        assert "recall_at_1" not in found
        rare = split_of((1.0, 0.0, 0.0, 0.0) * 5 + (0.0,) * 80, tuple("abcde" * 20))
        told = split_figures(rare, {"model": alarm(*np.linspace(1, 0, 100))}, resamples=5)
        assert "recall_at_1" in told["heads"]["alarm"]["systems"]["model"]

    def test_harms_are_told_apart_where_there_are_many_texts(self) -> None:
        def judged(count: int) -> Measured:
            gold = ({"harms": frozenset({"safety"})}, {"harms": frozenset()})
            texts = [
                Judged(reading=reading("x", f"b{n % 20}"), gold=gold[n % 2]) for n in range(count)
            ]
            return of_judged("j", "J", texts)

        for count, expected in ((60, {"harms"}), (120, {"harms", "harm_safety"})):
            said = {"model": harmful(count)}
            assert set(split_figures(judged(count), said, resamples=5)["heads"]) == expected


def harmful(count: int) -> Answers:
    columns = {name: np.zeros(count) for name in harms(())}
    return Answers(scores=columns | {"harm_safety": np.array([0.9, 0.2] * (count // 2))})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The tiny model beside everything, on toy rows it was not made from."""
    texts = ("the kettle burned me", "love my kettle")
    rows = [
        Row(
            origin="own",
            group=f"brand {n % 7}",
            reading=reading(f"{texts[n % 2]} {n % 5}", f"brand {n % 7}"),
            targets=(GRAVE, LOVE)[n % 2],
        )
        for n in range(140)
    ]
    toy = of_rows("toy", "Toy", rows[:70], ("stance", "alarm"))
    frozen = toy_frozen(tmp_path_factory.mktemp("cache") / "vectors.npz", [])
    beside = rivals([toy], rows[70:], frozen)
    return measure(TINY, [toy], beside, full=TINY / "model.onnx") | {
        "build": "full",
        "bootstrap": {"resamples": 1000, "seed": 1},
        "left_out": ["another split: it trained"],
        "training_rows": {"own": 70},
        "checksums": {"a/b.csv": "0" * 64},
        "speed": {},
    }


def toy_frozen(cache: Path, read: list[int]) -> Frozen:
    def vectors(inputs: Sequence[Tokens]) -> np.ndarray:
        read.append(len(inputs))
        return np.array([[len(each.ids), sum(each.ids) % 7] for each in inputs], np.float32)

    encoder = Encoder.load(TINY, max_tokens=24, max_subject=8)
    return Frozen(encoder=encoder, read=vectors, cache=cache)


class TestTheTable:
    def test_every_system_stands_beside_the_model(self, made: dict) -> None:
        head, _, *lines = tables.table(made).splitlines()
        assert head.split(" | ")[4:-1] == [*tables.SYSTEMS.values()]
        assert head.endswith("| model, fp32 |")
        first = next(line for line in lines if "| alarm | 70 (35) | average precision |" in line)
        assert first.split(" | ")[4] == "1.000 [1.00, 1.00]"

    def test_a_rival_that_is_as_good_is_marked(self) -> None:
        value = {"value": 0.5, "low": 0.4, "high": 0.6}
        for low, high, figure, mark in (
            (-0.1, 0.1, "auc", " ="),
            (0.1, 0.2, "auc", ""),
            (-0.2, -0.1, "auc", " >"),
            (-0.2, -0.1, "calibration_error", ""),
            (0.1, 0.2, "calibration_error", " >"),
        ):
            cell = tables.cell(figure, value | {"lead_low": low, "lead_high": high})
            assert cell == f"0.500 [0.40, 0.60]{mark}"
        assert tables.cell("auc", {"value": 0.5}) == "0.500"

    def test_models_stand_beside_each_other_where_both_were_measured(self, made: dict) -> None:
        fewer = {"splits": {"toy": {"title": "Toy", "heads": {
            "alarm": made["splits"]["toy"]["heads"]["alarm"]}}}}  # fmt: skip
        lines = tables.beside({"full": made, "clean": fewer}).splitlines()
        assert lines[0] == "| split | head | figure | full | clean |"
        assert {line.split(" | ")[1] for line in lines[2:]} == {"alarm"}


class TestRounding:
    def test_a_graph_is_compared_with_itself(self, made: dict) -> None:
        assert made["rounding"]["figures"] > 5
        assert made["rounding"]["beyond_a_point"] == 0
        assert "0 of" in card.rounding(made["rounding"])

    def test_the_figure_that_moved_most_is_named(self) -> None:
        heads = {
            "alarm": {"auc": (0.9, 0.88), "f1": (0.5, 0.5)},
            "severity": {"mean_error": (0.5, 0.6)},
        }
        splits = {"toy": {"heads": {
            name: {"systems": {
                "model": {figure: {"value": pair[0]} for figure, pair in figures.items()},
                "fp32": {figure: {"value": pair[1]} for figure, pair in figures.items()},
            }} for name, figures in heads.items()
        }}}  # fmt: skip
        found = rounding.cost(splits)
        assert (found["figures"], found["beyond_a_point"]) == (3, 2)
        assert found["worst"] == {
            "split": "toy", "head": "severity", "figure": "mean_error", "difference": -0.025,
        }  # fmt: skip
        assert "2.50 points (mean_error of severity, toy; int8 is lower)" in card.rounding(found)

    def test_the_graph_is_found_in_the_folder_of_a_build(self, tmp_path: Path) -> None:
        (tmp_path / rounding.FULL).write_bytes(b"graph")
        with rounding.unrounded(TINY, tmp_path) as made:
            assert (made / "model.onnx").read_bytes() == b"graph"
            assert (made / "config.json").read_bytes() == (TINY / "config.json").read_bytes()


class TestTheCard:
    def test_it_is_written_with_its_figures_and_curves(self, made: dict, tmp_path: Path) -> None:
        card.write(tmp_path / "model", made)
        text = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
        assert tables.table(made) in text
        assert "- Not shown: another split: it trained." in text
        assert "Speed was not measured" in text
        assert f"]({card.CURVES})" in text
        assert json.loads((tmp_path / "model" / "metrics.json").read_text())["splits"]

    def test_the_curves_are_a_picture_with_a_dot_for_each_bin(self, made: dict) -> None:
        root = ElementTree.fromstring(drawing.reliability(made["splits"]))  # noqa: S314 our own
        dots = root.findall(".//{http://www.w3.org/2000/svg}circle")
        bins = made["splits"]["toy"]["reliability"]["alarm"]["equal_width"]
        assert len(dots) == len(bins) == 2
        assert sum(each["n"] for each in bins) == 70

    def test_its_build_is_what_its_settings_say_or_its_name(self, tmp_path: Path) -> None:
        for name, settings, build in (
            ("incident", {}, "full"),
            ("incident-clean", {}, "clean"),
            ("x-clean", {"build": "full"}, "full"),
        ):
            assert build_of(tmp_path / name, settings) == build


class TestFrozenEncoder:
    def test_a_text_is_read_once_and_kept(self, tmp_path: Path) -> None:
        read: list[int] = []
        texts = [reading(text) for text in ("love", "late late kettle", "love", "burned")]
        for _ in range(2):
            found = toy_frozen(tmp_path / "kept.npz", read)(texts)
        assert read == [3]
        assert found[0].tolist() == found[2].tolist()
        assert found.shape == (4, 2)
        assert found[1, 0] > found[0, 0], "in the order asked, not by length"

    def test_new_texts_are_added(self, tmp_path: Path) -> None:
        read: list[int] = []
        for text in ("love", "late"):
            toy_frozen(tmp_path / "kept.npz", read)([reading(text)])
        toy_frozen(tmp_path / "kept.npz", read)([reading("love"), reading("late")])
        assert read == [1, 1]


class TestSpeed:
    def test_rounds_alternate_and_the_first_is_not_counted(self) -> None:
        calls: list[str] = []
        rates = speed.alternating(
            {"one": lambda: calls.append("one"), "two": lambda: calls.append("two")},
            count=10,
            rounds=3,
        )
        assert calls == ["one", "two"] * 4
        assert [len(each) for each in rates.values()] == [3, 3]

    def test_the_sample_has_the_median_and_no_two_alike(self) -> None:
        encoder = Encoder.load(TINY, max_tokens=128, max_subject=8)
        words = ("love", "late", "burned", "kettle", "zorvex")
        random = np.random.default_rng(1)
        texts = [
            reading(" ".join(random.choice(words, size=length)))
            for length in (*range(10, 30), 30, *range(31, 51)) * 2
        ]
        found = speed.sample(encoder, [*texts, *texts], 40)
        lengths = sorted(len(each.text.split()) for each in found)
        assert len(found) == len({each.text for each in found}) == 40
        assert lengths[19] <= speed.MEDIAN <= lengths[20]
        assert found == speed.sample(encoder, [*texts, *texts], 40)

    def test_it_is_told_in_a_sentence(self) -> None:
        rate = {"median": 400.0, "low": 380.0, "high": 420.0}
        text = card.speed({
            "adapter": rate, "pytorch": rate, "texts": 256, "median_tokens": 30,
            "median_input": 45, "rounds": 5,
        })  # fmt: skip
        assert text.startswith("400 texts a second (380 to 420) through the whole adapter")
