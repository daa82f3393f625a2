"""What the model is measured beside. Needs the extra `train`, no PyTorch and no data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra `train` is not installed")
pytest.importorskip("vaderSentiment", reason="the extra `train` is not installed")

from models.train import rules, vader
from models.train.answers import Answers, of_the_majority, of_verdicts
from models.train.baseline import Rival, words
from models.train.measured import of_rows
from models.train.rivals import rivals
from models.train.rows import HARM_COLUMNS, Row, calm, harms, severity, stance
from monitor.core.types import HARMS, Reading, Stance, Verdict


def reading(text: str, brand: str = "Zorvex") -> Reading:
    return Reading(brand=brand, description="kettles", text=text)


def row(text: str, origin: str = "own", **targets: float) -> Row:
    return Row(origin=origin, group=origin, reading=reading(text), targets=targets)


GRAVE = stance("negative") | {"alarm": 1.0} | harms(("safety",)) | severity(4)
LOVE = stance("positive") | calm()


def corpus(count: int = 40) -> list[Row]:
    texts = (("it burned my hand", GRAVE), ("we love this kettle", LOVE))
    return [row(f"{texts[n % 2][0]} {n % 7}", **texts[n % 2][1]) for n in range(count)]


class TestRules:
    @pytest.mark.parametrize(
        ("text", "harm"),
        [
            ("Two people died when the mixer exploded", "safety"),
            ("Staff humiliated her and kicked out the whole family", "mistreatment"),
            ("Sued for racist hiring", "discrimination"),
            ("Bank fined for hidden fees", "deception"),
            ("Hackers stole passwords", "privacy"),
            ("The app is down for everyone", "outage"),
            ("Boycott them!", "boycott"),
            ("Still waiting for my refund", "service"),
            ("The clerk went out of her way, thank you", "praise"),
        ],
    )
    def test_a_word_of_the_guide_names_its_harm(self, text: str, harm: str) -> None:
        assert rules.answers([reading(text)]).scores[f"harm_{harm}"][0] >= 0.5

    def test_words_are_whole(self) -> None:
        said = rules.answers([reading("A firefly in fineries discounts")])
        assert not any(said.scores[name][0] for name in HARM_COLUMNS)

    @pytest.mark.parametrize(
        ("text", "score"),
        [("my Zorvex kettle", 1.0), ("my zorvex", 0.5), ("Zorvexia", 0.0), ("a kettle", 0.0)],
    )
    def test_about_is_the_name_as_it_is_written(self, text: str, score: float) -> None:
        assert rules.named(reading(text)) == score

    @pytest.mark.parametrize(
        ("text", "named"),
        [("awful, but I love it", "neutral"), ("fraud", "negative"), ("great", "positive")],
    )
    def test_stance_is_bad_words_against_good_ones(self, text: str, named: str) -> None:
        assert rules.stance(text) == named

    @pytest.mark.parametrize(("text", "level"), [("lunch", 0), ("awful", 1), ("died late", 4)])
    def test_severity_is_that_of_the_worst_harm(self, text: str, level: float) -> None:
        assert rules.severity(text) == level

    def test_more_words_score_higher_and_the_same_word_counts_once(self) -> None:
        said = rules.answers([reading(text) for text in ("", "scam", "scam SCAM", "scam, fraud")])
        none, once, again, two = said.scores["alarm"].tolist()
        assert none == 0.0
        assert once == again == 0.5
        assert two == pytest.approx(2 / 3)

    def test_every_harm_has_words_and_a_level(self) -> None:
        assert set(rules.HARM_WORDS) == set(rules.LEVEL) == set(HARMS)


class TestVader:
    def test_what_is_bad_scores_half_or_more_where_it_calls_it_negative(self) -> None:
        said = vader.answers([reading("I hate this"), reading("I love this"), reading("a kettle")])
        assert said.stances == ("negative", "positive", "neutral")
        assert [score >= 0.5 for score in said.scores["alarm"]] == [True, False, False]
        assert not said.probable

    def test_the_cut_is_the_one_of_its_authors(self) -> None:
        assert vader.badness(np.array([-0.05]))[0] == 0.5
        assert [vader.stance(each) for each in (-0.05, -0.04, 0.04, 0.05)] == [
            "negative", "neutral", "neutral", "positive",
        ]  # fmt: skip


def test_the_majority_says_what_the_training_rows_hold_most_often() -> None:
    said = of_the_majority([*corpus(), row("late", **GRAVE)], 3)
    assert said.stances == ("negative",) * 3
    assert said.scores["alarm"] == pytest.approx([21 / 41] * 3)
    assert "firsthand" not in said.scores
    assert said.severity.tolist() == [4.0] * 3


def test_a_verdict_is_answered_head_by_head() -> None:
    verdict = Verdict(
        model="m", language=None, about=0.9, alarm=0.8, complaint=0.7, outrage=0.6, firsthand=0.5,
        stance=Stance(negative=0.2, neutral=0.5, positive=0.3), severity=2.5,
        harms={name: place / 20 for place, name in enumerate(HARMS)},
    )  # fmt: skip
    said = of_verdicts([verdict])
    assert said.stances == ("neutral",)
    assert said.scores["outrage"].tolist() == [0.6]
    assert said.harms()[0] == verdict.harms
    assert said.part([]).stances == ()
    assert Answers(scores={"harm_safety": np.ones(1)}).harms() == []


class TestRegressionOnWords:
    def test_it_learns_each_head_from_the_rows_that_label_it(self) -> None:
        rows = [*corpus(), *(row(f"other words {n}", complaint=float(n % 2)) for n in range(9))]
        rival = Rival.of("tfidf", rows, words(rows))
        asked = [reading("my hand burned"), reading("love")]
        said = rival.answers(asked, ["alarm", "stance", "severity", "harms", "firsthand"])
        assert said.scores["alarm"][0] > 0.5 > said.scores["alarm"][1]
        assert said.stances == ("negative", "positive")
        assert said.severity[0] > 2 > said.severity[1]
        assert said.scores["harm_safety"][0] > 0.5
        assert "harm_legal" not in said.scores, "no row alleges it"
        assert "firsthand" not in said.scores, "no row labels it"
        assert "complaint" not in said.scores, "nobody asked"


class TestWhoTeaches:
    def taught(self, rows: Sequence[Row]) -> dict[str, list[str]]:
        """Texts that the frozen encoder's regression learns from, by split."""
        seen: list[list[str]] = []

        def features(readings: Sequence[Reading]) -> np.ndarray:
            seen.append([each.text for each in readings])
            return np.array([[len(each.text), "burned" in each.text] for each in readings], float)

        sets = [
            of_rows("replab_dev", "RepLab", [row("a", "replab2013", about=1.0)], ("about",)),
            of_rows("other", "Other", [row("b", "xci", complaint=1.0)], ("complaint",)),
        ]
        found = rivals(sets, rows, features)
        assert all(
            set(each) == {"majority", "rules", "vader", "tfidf", "frozen"}
            for each in found.values()
        )
        return {texts[-1]: learnt for learnt, texts in zip(seen[::2], seen[1::2], strict=True)}

    def test_replab_heads_are_learnt_from_replab_alone(self) -> None:
        replab = [row(f"river {n % 3}", "replab2013", about=float(n % 2)) for n in range(8)]
        found = self.taught([*corpus(), *replab])
        assert len(found["a"]) == 8
        assert len(found["b"]) == 48

    def test_without_replab_all_is_learnt_from_all(self) -> None:
        assert {len(each) for each in self.taught(corpus()).values()} == {40}
