"""A story as the growth model sees it: its mentions, and what was counted on them."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.curve import Curve, asked, curve_of, features
from monitor.core.growth import GrowthModel, forecast
from tests.core.facts import HOUR, NOON, story
from tests.core.test_growth import flat

DAY = timedelta(days=1)
#: What `features` tells, in its order.
NAMES = (
    *("size", "age", "ahead", "16th", "8th", "quarter", "half", "three quarters", "7/8"),
    *("silence", "middle", "last six", "gap", "silence in gaps", "5 min", "15 min", "1 h"),
    *("second", "fifth", "tenth", "brings", "brings lately", "brings now", "to come"),
)


def seen(**known: object) -> Curve:
    return curve_of(story(**known), now=NOON, horizon=DAY)


class TestOfMentionsAlone:
    def test_the_curve_is_when_they_were_made(self) -> None:
        curve = seen(mention_count=3, times=(0.0, 5.0, 9.0))
        assert curve.times.tolist() == [0.0, 5.0, 9.0]
        assert (curve.age, curve.horizon, curve.weight) == (3600.0, 3600.0 + 86400.0, 1.0)

    def test_thinned_times_keep_their_weight(self) -> None:
        assert seen(mention_count=12, times=(0.0, 5.0, 9.0), times_weight=4).count == 12


class TestWithEchoes:
    def test_each_event_is_a_point_where_it_came(self) -> None:
        curve = seen(times=(0.0,), echoes=((600.0, 2.0), (1200.0, 3.0)))
        assert curve.times.tolist() == [0.0, 600.0, 600.0, 1200.0, 1200.0, 1200.0]
        assert curve.count == pytest.approx(6)

    def test_parts_of_events_add_up(self) -> None:
        curve = seen(times=(0.0,), echoes=tuple((60.0 * i, 0.3) for i in range(1, 21)))
        assert curve.count == pytest.approx(7)
        assert len(curve.times) == 7
        assert (np.diff(curve.times) > 0).all()

    def test_mentions_and_echoes_are_in_order(self) -> None:
        curve = seen(mention_count=2, times=(0.0, 900.0), echoes=((600.0, 1.0), (1200.0, 1.0)))
        assert curve.times.tolist() == [0.0, 600.0, 900.0, 1200.0]

    def test_of_very_many_the_shape_is_kept(self) -> None:
        curve = seen(times=(0.0,), echoes=((600.0, 50_000.0), (1200.0, 149_999.0)))
        assert curve.count == pytest.approx(200_000)
        assert len(curve.times) == 2000
        assert np.mean(curve.times > 900) == pytest.approx(0.75, abs=0.001)

    def test_it_begins_with_the_first_post_and_ends_now(self) -> None:
        curve = seen(times=(0.0,), echoes=((10.0, 9000.0), (3750.0, 9000.0)))
        assert (curve.times[0], curve.times[-1]) == (0.0, 3600.0)


class TestAStoryThatIsPassedOn:
    """One mention, no second one; what differs is what was read on the post."""

    GROWS = flat(0.0, 1.0, 2.0)

    def test_grows_like_what_is_known_of_its_spread(self) -> None:
        told = forecast(story(echoes=((600.0, 39.0),)), NOON, self.GROWS)
        assert (told.now, told.p10, told.p50) == pytest.approx((1, 1.0, np.e))

    def test_is_never_forecast_below_now(self) -> None:
        told = forecast(story(echoes=((600.0, 38.6),)), NOON, self.GROWS)
        assert told.now <= told.p10 <= told.p50 <= told.p90

    def test_is_viral_once_as_many_passed_it_on(self) -> None:
        told = [
            forecast(story(echoes=((600.0, events),)), NOON, GrowthModel.default())
            for events in (300.0, 499.0)
        ]
        assert [each.viral_probability for each in told] == [None, 1.0]
        assert told[0].at == NOON + 24 * HOUR


def told(*times: float, age: float = 3600.0, horizon: float = 7200.0, weight: float = 1.0):
    curve = Curve(times=np.array(times), age=age, horizon=horizon, weight=weight)
    return dict(zip(NAMES, features(curve).tolist(), strict=True))


def log(value: float):
    return pytest.approx(math.log(value))


class TestFeatures:
    STEADY = told(0, 900, 1800, 2700)

    def test_size_age_and_what_lies_ahead(self) -> None:
        assert self.STEADY["size"] == log(4)
        assert self.STEADY["age"] == log(3600)
        assert self.STEADY["ahead"] == log(2)

    def test_how_many_came_after_parts_of_the_age(self) -> None:
        # Until a sixteenth, an eighth, a quarter, half, three and seven eighths of the age.
        later = np.array([3, 3, 2, 1, 0, 0])
        assert [self.STEADY[name] for name in NAMES[3:9]] == pytest.approx(
            np.log((later + 0.5) / 4.5)
        )

    def test_for_how_long_nothing_came(self) -> None:
        assert self.STEADY["silence"] == log(930 / 3630)
        assert self.STEADY["middle"] == log(1830 / 3630)
        assert self.STEADY["last six"] == log(3630 / 3630)
        assert self.STEADY["gap"] == log(901)
        assert self.STEADY["silence in gaps"] == log(1)

    def test_how_fast_they_come(self) -> None:
        assert told(0, 3200, 3300, 3599)["5 min"] == log(2.5)
        assert told(0, 3200, 3300, 3599)["15 min"] == log(3.5)
        assert told(0, 3200, 3300, 3599)["1 h"] == log(4.5)

    def test_how_it_began(self) -> None:
        found = told(*range(0, 1200, 100))
        assert (found["second"], found["fifth"], found["tenth"]) == (log(130), log(430), log(930))
        assert told(0, 100)["tenth"] == log(130)

    def test_how_many_an_event_brings(self) -> None:
        # After 300 s a post has had .242 / 1.242 of what it will bring; after an hour
        # 1 - 12^-.242 of the rest more.
        hour = (0.242 + 1 - 12**-0.242) / 1.242
        found = told(0.0)
        assert found["brings"] == log(0.5 / (hour + 0.5))
        half = (0.242 + 1 - 6**-0.242) / 1.242
        assert found["brings lately"] == log(0.5 / (hour - half + 0.5))
        two = (0.242 + 1 - 24**-0.242) / 1.242
        assert found["to come"] == log(1 + (two - hour) * 0.5 / (hour + 0.5))

    def test_one_that_is_said_no_more_of_brings_less_lately(self) -> None:
        over, rising = told(*range(0, 500, 50)), told(*range(0, 3600, 360))
        assert over["brings now"] < rising["brings now"]

    def test_the_first_minutes_are_all_alike(self) -> None:
        assert told(0, age=0.0)["age"] == told(0, age=299.0)["age"]

    def test_of_no_event_it_is_that_of_the_first_post(self) -> None:
        assert told() == told(0.0)

    def test_a_thinned_curve_has_its_true_size_and_pace(self) -> None:
        whole = told(*np.linspace(0, 3600, 400, endpoint=False))
        thinned = told(*np.linspace(0, 3600, 100, endpoint=False), weight=4)
        for name in ("size", "gap", "1 h", "15 min"):
            assert thinned[name] == pytest.approx(whole[name], abs=0.15)

    @given(
        st.lists(st.floats(0, 1e6), max_size=30),
        st.floats(0, 1e6),
        st.floats(0, 1e7),
        st.floats(0.5, 5000),
    )
    def test_whatever_the_curve_they_are_numbers(
        self, times: list[float], age: float, horizon: float, weight: float
    ) -> None:
        found = told(*sorted(times), age=age, horizon=horizon, weight=weight)
        assert np.isfinite(list(found.values())).all()

    def test_a_size_is_asked_for_by_itself_and_beside_the_count(self) -> None:
        assert asked(np.array([7.0]), 10, 50).tolist() == [7.0, log(5), log(50)]
        assert asked(np.array([7.0]), 0, 0).tolist() == [7.0, 0.0, 0.0]
