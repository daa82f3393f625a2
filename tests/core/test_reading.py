"""What the classifier is given to read of a mention, and how scores become probabilities."""

from __future__ import annotations

import math

import pytest

from monitor.core.reading import (
    MAX_CHARS,
    calibrated,
    expected_level,
    focus,
    kept_tokens,
    plain,
    positions,
    softmax,
    spoken,
    subject,
)
from monitor.core.types import Reading


@pytest.mark.parametrize(
    ("brand", "description", "source", "expected"),
    [
        ("Zorvex", "kettles", "news", "news | Zorvex: kettles"),
        ("Zorvex", "kettles", "", "Zorvex: kettles"),
        ("Zorvex", "", "review", "review | Zorvex"),
        ("Zorvex", "Zorvex: maker of kettles", "", "Zorvex: maker of kettles"),
        ("Zorvex", "zorvex:kettles", "", "Zorvex: kettles"),
        ("Zorvex", "Zorvexian kettles", "", "Zorvex: Zorvexian kettles"),
        ("", "kettles", "", "kettles"),
        ("", ": kettles", "", ": kettles"),
        ("", "", "", ""),
        (" Zorvex ", " kettles ", " news ", "news | Zorvex: kettles"),
    ],
)
def test_the_subject_names_what_is_known(
    brand: str, description: str, source: str, expected: str
) -> None:
    reading = Reading(brand=brand, description=description, text="", source=source)
    assert subject(reading) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://t.co/aB3?x=1 now", "see http now"),
        ("see HTTP://T.CO/AB and www.example.com/x", "see http and http"),
        ("a\n\n b\t c ", "a b c"),
        ("\uff46\uff55ll", "full"),
        ("ownwww.x", "ownhttp"),
    ],
)
def test_links_and_white_space_are_evened_out(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_what_is_read_is_free_of_noise_and_in_single_blanks() -> None:
    assert spoken("<p>They\n\nHURT&nbsp;me \U0001f621 #ShameOnYou https://t.co/a</p>") == (
        "They HURT me Shame On You http"
    )
    assert focus("They&nbsp;hurt me", "") == "They hurt me"


def x(count: int) -> str:
    """A word of so many letters, none of them twice in a row."""
    return ("xz" * count)[:count]


def y(count: int) -> str:
    return ("yz" * count)[:count]


class TestFocus:
    def test_a_short_text_is_read_whole(self) -> None:
        text = x(MAX_CHARS)
        assert focus(text, "Zorvex") == text

    def test_of_a_long_one_the_head_and_the_surroundings_of_the_brand(self) -> None:
        text = "head " + x(30_000) + " before Zorvex after " + y(30_000)
        seen = focus(text, "zorvex")
        assert seen.startswith("head ")
        assert " before Zorvex after " in seen
        assert len(seen) <= MAX_CHARS

    def test_a_brand_in_the_head_adds_what_follows_it_once(self) -> None:
        text = x(1100) + "Zorvex" + y(60_000)
        seen = focus(text, "Zorvex")
        assert seen == text[:1500]

    def test_a_brand_at_every_turn_stays_within_bounds(self) -> None:
        assert len(focus("Zorvex fire " * 6000, "Zorvex")) <= MAX_CHARS

    def test_a_brand_at_the_very_end(self) -> None:
        assert focus(x(60_000) + " Zorvex", "Zorvex").endswith("z Zorvex")

    def test_a_text_without_end_is_not_searched_to_its_end(self) -> None:
        assert focus(x(199_990) + " Zorvex " + y(400), "Zorvex").endswith("z Zorvex yz")
        assert focus(x(200_000) + " Zorvex", "Zorvex") == x(1200)

    def test_parts_are_marked_as_apart(self) -> None:
        assert " … " in focus(x(5000) + " Zorvex " + x(5000), "Zorvex")

    def test_without_the_brand_the_head_alone(self) -> None:
        assert focus(x(60_000), "Zorvex") == x(1200)


class TestPositions:
    @pytest.mark.parametrize(
        ("text", "brand", "expected"),
        [
            ("we fly united airlines", "United Airlines", [7]),
            ("#UnitedAirlines and united-airlines", "United Airlines", [1]),
            ("nothing", "Zorvex", []),
            ("anything", "", []),
            ("anything", "!?", []),
            ("a Zorvex " + "x" * 395 + " Zorvex", "Zorvex", [2, 405]),
            ("a Zorvex " + "x" * 390 + " Zorvex", "Zorvex", [2]),
        ],
    )
    def test_where_the_name_begins(self, text: str, brand: str, expected: list[int]) -> None:
        assert list(positions(text, brand)) == expected


class TestKeptTokens:
    @pytest.mark.parametrize(
        ("count", "hits", "budget", "expected"),
        [
            (5, [], 8, [0, 1, 2, 3, 4]),
            (8, [], 8, list(range(8))),
            (100, [50], 12, [0, 1, 2, 3, 4, 5, 48, 49, 50, 51, 52, 53]),
            (100, [99], 12, [0, 1, 2, 3, 4, 5, 94, 95, 96, 97, 98, 99]),
            (100, [], 12, list(range(12))),
            (100, [2], 12, list(range(12))),
            (100, [6], 12, list(range(12))),
        ],
    )
    def test_head_and_around_the_brand(
        self, count: int, hits: list[int], budget: int, expected: list[int]
    ) -> None:
        assert kept_tokens(count, hits, budget) == expected

    def test_always_as_many_as_fit_and_all_there(self) -> None:
        for count in range(40):
            for hit in range(0, max(count, 1), 3):
                kept = kept_tokens(count, [hit, count - 1], 13)
                assert len(kept) == min(count, 13)
                assert kept == sorted(set(kept))
                assert all(0 <= place < count for place in kept)


class TestProbabilities:
    @pytest.mark.parametrize("score", [-800.0, -2.0, 0.0, 0.7, 800.0])
    def test_platt_scaling_is_the_logistic_function(self, score: float) -> None:
        expected = 0.5 * (1 + math.tanh((2 * score - 1) / 2))
        assert calibrated(score, 2.0, -1.0) == pytest.approx(expected)

    def test_shares_add_up_to_one_and_keep_their_order(self) -> None:
        low, high = softmax([0.0, math.log(3)], 1.0)
        assert low == pytest.approx(0.25)
        assert high == pytest.approx(0.75)
        assert sum(softmax([1000.0, 0.0, -1000.0], 1.0)) == pytest.approx(1.0)

    def test_a_higher_temperature_is_more_cautious(self) -> None:
        assert softmax([0.0, math.log(9)], 2.0)[1] == pytest.approx(0.75)

    @pytest.mark.parametrize(
        ("at_least", "expected"),
        [
            ((0.0, 0.0, 0.0, 0.0), 0.0),
            ((1.0, 1.0, 1.0, 1.0), 4.0),
            ((1.0, 0.5, 0.25, 0.0), 1.75),
            ((0.5, 0.9, 0.9, 0.1), 1.6),
        ],
    )
    def test_severity_is_the_sum_of_what_it_is_at_least(
        self, at_least: tuple[float, ...], expected: float
    ) -> None:
        assert expected_level(at_least) == pytest.approx(expected)
