"""A story as the growth model sees it: its mentions, and what was counted on them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from monitor.core.curve import Curve, curve_of
from monitor.core.growth import GrowthModel, forecast
from tests.core.facts import HOUR, NOON, story
from tests.core.test_growth import flat

DAY = timedelta(days=1)


def seen(**known: object) -> Curve:
    return curve_of(story(**known), now=NOON, horizon=DAY)


class TestOfMentionsAlone:
    def test_the_curve_is_when_they_were_made(self) -> None:
        curve = seen(mention_count=3, times=(0.0, 5.0, 9.0))
        assert curve.times.tolist() == [0.0, 5.0, 9.0]
        assert (curve.age, curve.horizon, curve.weight) == (3600, 3600 + 86400, 1)

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
        assert (told.now, told.p10) == (1, pytest.approx(1.0))
        assert told.p50 == pytest.approx(np.e)

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
