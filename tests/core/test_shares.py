"""The share of an ambiguous name's mentions that are about the brand."""

from functools import reduce

import pytest

from monitor.core.shares import LEAST, MOST, OUTRIGHT, STRENGTH, USUAL, Share, moved


def after(*probabilities: float) -> Share:
    return reduce(Share.learnt, probabilities, Share())


@pytest.mark.parametrize("about", [0.0, 0.1, 0.5, 0.93, 1.0])
def test_a_name_never_seen_leaves_what_the_classifier_says(about: float) -> None:
    assert Share().adjusted(about) == pytest.approx(about)


@pytest.mark.parametrize(
    ("stream", "lower", "upper"),
    [
        ([0.1] * 300, 0.0, 0.15),  # "Princeton" the town
        ([0.9] * 300, 0.6, 1.0),  # "Honda"
        ([0.95, 0.05] * 150, 0.2, 0.5),  # "Ford": half and half is fewer than usual
    ],
)
def test_what_a_name_mostly_stood_for_moves_a_text_that_says_little(
    stream: list[float], lower: float, upper: float
) -> None:
    assert lower <= after(*stream).adjusted(0.5) <= upper


def test_a_sure_text_stays_about_the_brand_though_its_name_hardly_ever_was() -> None:
    assert after(*[0.02] * 5000).adjusted(0.99) > 0.9


def test_the_share_is_not_believed_below_the_least() -> None:
    assert after(*[0.0] * 10_000).rate == LEAST


def test_ten_mentions_move_hardly_anything() -> None:
    assert after(*[0.1] * 10).adjusted(0.5) == pytest.approx(0.4, abs=0.05)


def test_a_mention_counts_by_what_it_was_moved_to() -> None:
    share = Share(mentions=100.0, about=25.0)
    assert share.rate == (STRENGTH * USUAL + 25.0) / (STRENGTH + 100.0) == 0.5
    # Even odds where three to one were usual: a third of the odds that the classifier gives.
    assert share.adjusted(0.75) == pytest.approx(0.5)
    learnt = share.learnt(0.75)
    assert learnt.mentions == 101.0
    assert learnt.about == pytest.approx(25.5)


def test_no_share_is_a_certainty() -> None:
    assert after(*[1.0] * 10_000).rate < 1.0
    assert after(*[1.0] * 10_000).adjusted(0.0) == 0.0


def test_a_name_that_came_to_mean_something_else_is_learnt_anew() -> None:
    long_about = after(*[0.95] * 20_000)
    assert long_about.mentions <= MOST
    turned = reduce(Share.learnt, [0.1] * 6_000, long_about)
    assert turned.rate < 0.5


@pytest.mark.parametrize(
    ("about", "moved_to"), [(0.0, 0.0), (0.05, 0.19), (0.25, 0.6), (1.0, 1.0)]
)
def test_what_names_the_brand_outright_is_likelier_about_it(about: float, moved_to: float) -> None:
    assert moved(about, OUTRIGHT) == pytest.approx(moved_to, abs=0.01)
