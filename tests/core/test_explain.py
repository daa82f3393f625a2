"""Which words are left out of a text, and which are named."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.explain import (
    BUDGET,
    Inquiry,
    Span,
    Word,
    explained,
    inquiry,
    moved,
    named,
    next_spans,
    words,
)
from monitor.core.risk import assess
from monitor.core.types import Part, Reading
from tests.core.facts import story


def asked(text: str, *, brand: str = "Zorvex Air", names: tuple[str, ...] = ()) -> Inquiry:
    return inquiry(Reading(brand=brand, description="", text=text), names)


def all_words(one: Inquiry) -> list[str]:
    return [one.words((number, number + 1)) for number in range(len(one.places))]


def run(
    count: int, effect: Callable[[Span], float], budget: int = BUDGET
) -> tuple[dict[Span, float], int]:
    """Ask until the end: what was tried, and in how many rounds."""
    tried: dict[Span, float] = {}
    rounds = 0
    while spans := next_spans(count, tried, budget=budget):
        assert not set(spans) & set(tried), "nothing is asked twice"
        tried |= {span: effect(span) for span in spans}
        rounds += 1
    return tried, rounds


def holding(*numbers: int) -> Callable[[Span], float]:
    """Words that each move the alarm by one, wherever they are."""
    return lambda span: float(sum(span[0] <= number < span[1] for number in numbers))


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The crew dragged her, twice!", ["The", "crew", "dragged", "her", "twice"]),
            ("don't, won\u2019t brand-new a_b", ["don't", "won\u2019t", "brand-new", "a", "b"]),
            ("#ShameOnYou <b>hurt</b> \U0001f621", ["Shame", "On", "You", "hurt"]),
            ("see https://t.co/x now", ["see", "now"]),
            ("", []),
            ("?! ...", []),
        ],
    )
    def test_whole_words_of_the_text_as_it_is_read(self, text: str, expected: list[str]) -> None:
        assert all_words(asked(text)) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "Zorvex Air hurt",
            "#ZorvexAir hurt",
            "@zorvexair hurt",
            "ZORVEX\u2019s hurt",
            "air's hurt",
        ],
    )
    def test_the_brand_is_no_cause(self, text: str) -> None:
        assert all_words(asked(text)) == ["hurt"]

    def test_nor_are_its_other_names(self) -> None:
        text = "flying ZX with @zx_help hurt"
        assert all_words(asked(text, names=("ZX", "@zx_help"))) == ["flying", "with", "hurt"]

    def test_a_word_without_end_is_cut(self) -> None:
        [word] = all_words(asked("ab" * 1000))
        assert len(word) == 40


class TestLeavingOut:
    def test_one_word(self) -> None:
        one = asked("The crew dragged her, twice!")
        assert one.without((2, 3)).text == "The crew  her, twice!"
        assert one.without((0, 1)).text == " crew dragged her, twice!"
        assert one.without((4, 5)).text == "The crew dragged her, !"

    def test_several_without_the_name_between_them(self) -> None:
        one = asked("Crew of Zorvex Air hurt her")
        assert one.without((1, 3)).text == "Crew  Zorvex Air  her"

    def test_the_rest_of_the_reading_stays(self) -> None:
        reading = Reading(brand="Q", description="d", text="a b", source="news")
        assert inquiry(reading).without((0, 2)) == Reading(
            brand="Q", description="d", text=" ", source="news"
        )


class TestWhatIsAskedNext:
    def test_nothing_of_a_text_without_words(self) -> None:
        assert next_spans(0, {}) == ()

    def test_each_word_of_a_short_text_at_once(self) -> None:
        tried, rounds = run(BUDGET, holding(3))
        assert list(tried) == [(n, n + 1) for n in range(BUDGET)]
        assert rounds == 1

    def test_of_a_longer_one_groups_and_then_the_words_of_the_strongest(self) -> None:
        tried, _ = run(48, holding(13, 30))
        assert list(tried)[:12] == [(n, n + 4) for n in range(0, 48, 4)]
        assert list(tried)[12:] == [
            *((n, n + 1) for n in range(12, 16)),
            *((n, n + 1) for n in range(28, 32)),
            *((n, n + 1) for n in range(4)),
        ]

    def test_a_large_group_is_divided_into_groups_first(self) -> None:
        tried, _ = run(600, holding(77))
        assert list(tried)[12:] == [
            *((50, 62), (62, 75), (75, 87), (87, 100)),
            *((75, 78), (78, 81), (81, 84), (84, 87)),
            *((75, 76), (76, 77), (77, 78)),
        ]

    def test_what_calms_is_looked_into_as_well(self) -> None:
        tried, _ = run(48, lambda span: -holding(13)(span))
        assert tried[13, 14] == -1.0

    def test_but_what_raises_first_if_it_raises_by_something(self) -> None:
        calming = holding(0, 4, 8)
        tried, _ = run(48, lambda span: 0.1 * holding(30)(span) - calming(span))
        assert list(tried)[12:16] == [(n, n + 1) for n in range(28, 32)]
        tried, _ = run(48, lambda span: 0.09 * holding(30)(span) - calming(span))
        assert list(tried)[12:16] == [(n, n + 1) for n in range(4)]

    @given(
        st.integers(0, 2000),
        st.integers(2, 40),
        st.dictionaries(st.integers(0, 2000), st.floats(-9, 9), max_size=9),
    )
    def test_never_more_than_the_budget_and_always_all_words_at_first(
        self, count: int, budget: int, effects: dict[int, float]
    ) -> None:
        def effect(span: Span) -> float:
            return sum(by for number, by in effects.items() if span[0] <= number < span[1])

        tried, _ = run(count, effect, budget)
        again, _ = run(count, effect, budget)
        first = next_spans(count, {}, budget=budget)
        assert tried == again
        assert len(tried) <= budget
        assert [n for start, end in first for n in range(start, end)] == list(range(count))
        assert all(0 <= start < end <= count for start, end in tried)


class TestChange:
    def test_it_is_a_difference_of_log_odds(self) -> None:
        assert moved(2 / 3, 0.5) == pytest.approx(math.log(2))
        assert moved(0.5, 2 / 3) == pytest.approx(-math.log(2))
        assert moved(0.3, 0.3) == 0.0

    def test_what_is_certain_is_not_infinite(self) -> None:
        assert moved(1.0, 0.0) == pytest.approx(2 * math.log(1e6), rel=1e-5)

    @pytest.mark.parametrize(
        ("tried", "expected"),
        [
            # words alone, the biggest first, of equals the earlier one
            (
                {(0, 1): 0.0, (1, 2): -0.5, (2, 3): 2.0, (3, 4): 0.5},
                [("dragged", 2.0), ("crew", -0.5), ("her", 0.5), ("The", 0.0)],
            ),
            # one word of the group did at least half of it
            (
                {(0, 3): 1.0, (0, 1): 0.1, (1, 2): 0.0, (2, 3): 0.5},
                [("dragged", 0.5), ("The", 0.1), ("crew", 0.0)],
            ),
            # none did
            (
                {(0, 3): -1.0, (0, 1): 0.1, (1, 2): 0.0, (2, 3): 0.49},
                [("The crew dragged", -1.0)],
            ),
            # not looked into: short enough to stand for its words, or not
            ({(0, 5): 1.0, (5, 11): 2.0}, [("The crew dragged her down", 1.0)]),
            ({(0, 3): 0.0, (3, 4): 0.1}, [("her", 0.1)]),
            # too long to stand for its words, and its pieces do
            (
                {(0, 6): 9.0, (0, 3): 1.0, (3, 6): 0.5, (0, 1): 0.4, (1, 2): 0.0, (2, 3): 0.0},
                [("The crew dragged", 1.0), ("her down the", 0.5)],
            ),
            ({}, []),
        ],
    )
    def test_words_or_the_group_that_stands_for_them(
        self, tried: dict[Span, float], expected: list[tuple[str, float]]
    ) -> None:
        one = asked("The crew dragged her down the aisle of the old plane")
        assert words(one, tried) == tuple(Word(*each) for each in expected)


class TestNaming:
    def test_the_words_that_raised_it_most_over_all_texts(self) -> None:
        first = (Word("dragged", 2.0), Word("smiled", -3.0), Word("aisle", 0.3))
        second = (Word("screaming", 2.5), Word("Dragged", 0.5), Word("floor", 0.0999))
        assert named([first, second]) == ("screaming", "dragged", "aisle")

    def test_five_at_most_and_none_that_only_joins_others(self) -> None:
        found = [
            Word(name, 1.0) for name in ("the", "one", "and", "bb", "cc", "dd", "ee", "ff", "gg")
        ]
        assert named([found]) == ("bb", "cc", "dd", "ee", "ff")

    def test_a_word_that_does_not_fit_is_passed_over(self) -> None:
        long = [Word("a" * 40, 3.0), Word("b" * 40, 2.0), Word("c" * 32, 1.0), Word("d", 0.5)]
        assert named([long]) == ("a" * 40, "c" * 32)

    def test_a_group_counts_as_its_words(self) -> None:
        found = [Word("down the aisle", 3.0), Word("one two three", 2.0), Word("hurt badly", 1.0)]
        assert named([found]) == ("down the aisle", "hurt badly")
        assert named([[Word("of the", 3.0), Word("of her", 2.0), Word("of pain", 1.0)]]) == (
            "of pain",
        )

    def test_the_sentence_of_the_alarm_names_them(self) -> None:
        parts = (
            Part(name="alarm", value=0.2, sentence="It alarms."),
            Part(name="harm", value=0.1, sentence="It harms."),
        )
        alarm, harm = explained(parts, ("dragged", "screaming"))
        assert (
            alarm.sentence
            == "It alarms. Moved most by \u201cdragged\u201d, \u201cscreaming\u201d."
        )
        assert (alarm.value, harm) == (0.2, parts[1])

    def test_without_words_nothing_is_added(self) -> None:
        parts = (Part(name="alarm", value=0.2, sentence="It alarms."),)
        assert explained(parts, ()) == parts

    def test_the_sentence_fits_into_an_alert(self) -> None:
        longest = [Word(letter * 14, 1.0) for letter in "abcdefg"]
        [alarm, *_] = explained(assess(story(alarm=0.5)).parts, named([longest]))
        assert len(alarm.sentence) <= 200
        assert alarm.sentence.count("\u201c") == 5

    @given(st.text())
    def test_a_name_carries_nothing_but_letters_and_digits(self, text: str) -> None:
        one = asked(text)
        found = words(one, {(n, n + 1): 1.0 for n in range(len(one.places))})
        for name in named([found]):
            bare = (
                name.replace(" ", "")
                .rstrip("\u2026")
                .replace("-", "")
                .replace("'", "")
                .replace("\u2019", "")
            )
            assert bare.isalnum()
