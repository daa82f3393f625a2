"""The labels of the corpora in the terms of the label guide. Needs no PyTorch."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from models.train.augment import PLACEHOLDER, Habits, altered, epoch, masked
from models.train.corpus import CORPUS, kept_apart, split
from models.train.data import held_out, own, replab, service
from models.train.rows import (
    COLUMNS,
    HARM_COLUMNS,
    Row,
    calm,
    harms,
    severity,
    share,
    stance,
    text_key,
)
from monitor.core.types import HARMS, Reading

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not there")


def row(text: str = "I love my Zorvex", **changes: object) -> Row:
    fields: dict[str, object] = {
        "origin": "own",
        "group": "own:Zorvex",
        "reading": Reading(brand="Zorvex", description="kettles", text=text),
        "targets": {"about": 1.0, "alarm": 0.0},
    }
    return Row(**{**fields, **changes})  # type: ignore[arg-type]


def test_each_part_of_the_guide_has_its_columns() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 27
    assert set(calm()) | set(stance("neutral")) | {"about", "firsthand"} == set(COLUMNS)


def test_severity_is_what_it_is_at_least() -> None:
    assert list(severity(0).values()) == [0.0, 0.0, 0.0, 0.0]
    assert list(severity(3).values()) == [1.0, 1.0, 1.0, 0.0]


def test_harms_that_are_not_known_to_be_absent_stay_open() -> None:
    assert harms(("safety",), known=("legal",)) == {"harm_safety": 1.0, "harm_legal": 0.0}
    assert set(harms(())) == set(HARM_COLUMNS)


def test_a_harm_the_guide_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such harm: theft"):
        harms(("theft",))


def test_a_text_is_known_again_in_other_case_and_spacing() -> None:
    assert text_key("A  fire at http://a.b/c") == text_key("a fire AT\nhttps://t.co/x ")
    assert text_key("a fire") != text_key("a fir")


def test_a_share_is_fixed_and_even() -> None:
    assert share("a") == share("a")
    assert 0.45 < sum(share(str(n)) for n in range(2000)) / 2000 < 0.55


class TestMasking:
    def test_the_name_and_its_aliases_go_in_both_segments(self) -> None:
        before = row(
            "@zorvex ZORVEX! zorvexian #Zx",
            aliases=("Zx", "Zorvex Ltd"),
            reading=Reading(
                brand="Zorvex",
                description="Zorvex Ltd: kettles",
                text="@zorvex ZORVEX! zorvexian #Zx",
            ),
        )
        after = masked(before, "Kelora").reading
        assert after.brand == "Kelora"
        assert after.text == "Kelora Kelora! zorvexian Kelora"
        assert after.description == "Kelora: kettles"

    def test_what_hangs_on_a_real_name_is_open_afterwards(self) -> None:
        assert "about" not in masked(row(origin="replab2013"), "Kelora").targets
        assert masked(row(origin="replab2013"), "Kelora").targets["alarm"] == 0.0

    def test_our_own_brands_are_invented_anyway(self) -> None:
        assert masked(row(), "Kelora").targets["about"] == 1.0

    def test_another_bearer_of_the_name_is_never_masked(self) -> None:
        habits = Habits(masked=1.0, without_description=1.0)
        other = altered(row("Zorvex the dog", targets={"about": 0.0}), habits, Random(1))
        assert other.reading.text == "Zorvex the dog"
        assert other.reading.description == "kettles"

    def test_every_habit_can_be_seen(self) -> None:
        seen = [altered(row(), Habits(), Random(n)).reading for n in range(200)]
        brands = {each.brand for each in seen}
        assert {"Zorvex", PLACEHOLDER} < brands
        assert len(brands) > 10
        assert {each.description for each in seen} == {"kettles", ""}

    def test_a_brand_is_at_times_described_by_its_kind_alone(self) -> None:
        known = row(extra={"kind": "shop"})
        seen = [altered(known, Habits(masked=0.0), Random(n)).reading for n in range(200)]
        counts = Counter(each.description for each in seen)
        assert counts.keys() == {"kettles", "shop", ""}
        assert 10 < counts["shop"] < 50

    def test_what_is_unlabelled_is_seen_at_its_own_rate(self) -> None:
        silent = [row(targets={})] * 400
        assert 240 < len(list(epoch(silent, Habits(unlabelled=0.7), Random(1)))) < 320


class TestEpochs:
    def test_a_text_without_a_brand_gets_one_it_is_not_about_or_speaks_to(self) -> None:
        chatter = row(
            reading=Reading(brand="", description="", text="nice weather"), targets=calm()
        )
        seen = [altered(chatter, Habits(), Random(n)) for n in range(60)]
        for each in seen:
            spoken_to = each.reading.brand in each.reading.text
            assert each.targets.get("about") == (None if spoken_to else 0.0)
            assert each.targets["alarm"] == 0.0
        assert len({each.targets.get("about") for each in seen}) == 2
        described = [each.reading.description for each in seen if each.reading.description]
        assert any(each.reading.brand in each.reading.description for each in seen)
        assert len({text.split()[-1] for text in described}) > 5

    def test_rare_corpora_are_seen_more_often_routine_less(self) -> None:
        routine = row(origin="replab2013", targets={"alarm": 0.0, "negative": 0.0})
        alarm = row(origin="replab2013", targets={"alarm": 1.0, "negative": 1.0})
        assert all("about" not in each.targets for each in (routine, alarm))
        seen = list(epoch([row(), routine, alarm] * 400, Habits(), Random(1)))
        counts = [
            sum(each.origin == "own" for each in seen),
            sum(each.targets.get("alarm") == 1.0 for each in seen),
            sum(each.origin == "replab2013" and not each.targets["alarm"] for each in seen),
        ]
        assert counts[:2] == [1200, 400]
        assert 150 < counts[2] < 250

    def test_one_seed_one_epoch(self) -> None:
        rows = [row(f"text {n} of Zorvex") for n in range(50)]
        once, again = (list(epoch(rows, Habits(), Random(7))) for _ in range(2))
        assert once == again


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("@VodafoneUK why", "Vodafone"),
        ("@AskPlayStation hi", "Ask Play Station"),
        ("@Virgin_Media_Help hi", "Virgin Media"),
        ("@Uber_Support hi", "Uber"),
        ("no handle", ""),
        ("@ab", ""),
    ],
)
def test_a_brand_is_read_from_the_account_that_is_spoken_to(text: str, brand: str) -> None:
    assert service.brand_of_handle(text) == brand


def review(text: str) -> str:
    return service.shown(row(text)).reading.text


class TestAReviewThatTellsOfRudeStaff:
    """The label is of the whole review; training reads its first 300 characters or so."""

    DULL = "The seat was narrow and the tea was cold. " * 10

    def test_is_left_alone_if_it_tells_so_at_once(self) -> None:
        assert review(told := f"Rude crew. {self.DULL}") == told

    def test_is_left_alone_if_it_tells_nothing_of_the_kind(self) -> None:
        assert review(told := self.DULL + "Shout-out to Jo, an insult to nobody.") == told

    def test_is_cut_to_its_beginning_and_those_words_if_they_come_late(self) -> None:
        cut = review(self.DULL + "Then the steward was rude to my mother. " + self.DULL)
        head, told = cut.split(" … ")
        assert head == self.DULL[:100]
        assert "Then the steward was rude to my mother." in told
        assert len(cut) < 350

    def test_keeps_its_key_so_that_measured_texts_stay_left_out(self) -> None:
        whole = self.DULL + "They yelled."
        assert held_out.head_key(review(whole)) == held_out.head_key(whole)


def test_our_own_texts_are_labelled_in_every_part() -> None:
    rows = list(own.rows(CORPUS))
    related = [each for each in rows if each.targets["about"]]
    assert len(rows) > 900
    assert all(set(each.targets) == set(COLUMNS) for each in related)
    assert all(each.reading.text and each.reading.brand for each in rows)
    assert {
        name for name in HARMS if any(each.targets[f"harm_{name}"] for each in related)
    } == set(HARMS)


def test_every_topic_that_was_mapped_by_hand_is_of_a_training_brand() -> None:
    dev = {"Honda", "Ford", "Lexus", "Goldman Sachs", "BBVA", "Coldplay", "Britney Spears"}
    assert not dev & {brand for brand, _ in replab.topics()}


@needs_data
class TestTheCorpora:
    def test_what_is_measured_on_is_not_trained_on(self) -> None:
        both = split(DATA)
        dev = {
            text_key(each.reading.text) for each in replab.rows(DATA / "replab2013", fold="dev")
        }
        judged = held_out.keys(DATA / "incident_dev")
        trained = {text_key(each.reading.text) for each in (*both.train, *both.calibration)}
        heads = {held_out.head_key(each.reading.text) for each in both.train}
        assert not trained & dev - _trivial(dev & trained)
        assert not (trained | heads) & judged

    def test_training_and_calibration_share_no_brand_of_replab(self) -> None:
        both = split(DATA)
        groups = [
            {each.group for each in part if each.origin == "replab2013"}
            for part in (both.train, both.calibration)
        ]
        assert not groups[0] & groups[1]
        assert groups[1] == set(replab.CALIBRATION)
        assert all(kept_apart(each) for each in both.calibration)


def _trivial(keys: set[str]) -> set[str]:
    """Two or three texts may be equal by chance (a bare link with a common word)."""
    return keys if len(keys) <= 3 else set()
