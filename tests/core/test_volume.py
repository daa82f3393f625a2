"""Whether more is said than was to be expected."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from monitor.core.surprise import Baseline, Season, digits, score, tail
from monitor.core.volume import Counts, Surprise, Volume, VolumeRules

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@settings(max_examples=100, deadline=None)
@given(
    count=st.integers(0, 500),
    mean=st.floats(0.05, 200),
    excess=st.floats(0.0, 50).map(lambda x: 1 + x),
)
def test_the_tail_is_that_of_an_independent_implementation(
    count: int, mean: float, excess: float
) -> None:
    variance = mean * excess
    if excess > 1.0001:
        expected = stats.nbinom.sf(count - 1, mean * mean / (variance - mean), mean / variance)
    else:
        variance, expected = mean, stats.poisson.sf(count - 1, mean)

    assert tail(count, mean, variance) == pytest.approx(float(expected), rel=1e-6, abs=1e-280)


@pytest.mark.parametrize(("surprise", "scored"), [(0, 0), (2, 0.25), (6, 0.5), (18, 0.75)])
def test_a_chance_in_a_million_scores_one_half(surprise: float, scored: float) -> None:
    assert score(surprise) == scored
    assert digits(scored) == pytest.approx(surprise)


def test_surprise_is_the_digits_of_improbability() -> None:
    calm = Baseline(half_life=1e9)
    for _ in range(1000):
        calm.learn(4)

    assert (calm.mean, calm.variance) == pytest.approx((4, 4.8), rel=1e-3)
    probability = tail(10, calm.mean, calm.variance)
    assert calm.surprise(10) == pytest.approx(-math.log10(probability))
    assert calm.surprise(0) == 0
    assert 250 < calm.surprise(5000) <= 300


def test_an_expected_multiple_keeps_the_shape_of_the_distribution() -> None:
    wild = Baseline(half_life=1e9)
    for value in (0, 20) * 500:
        wild.learn(value)

    assert (wild.mean, wild.variance) == pytest.approx((10, 100), rel=1e-3)
    # size = mean^2 / (variance - mean) = 1.11 stays when 20 are expected
    assert wild.surprise(40, 2.0) == pytest.approx(-math.log10(tail(40, 20, 20 + 360)), rel=1e-3)


def test_a_baseline_fades_by_half_in_its_half_life() -> None:
    baseline = Baseline(half_life=10)
    for _ in range(200):
        baseline.learn(8)
    for _ in range(10):
        baseline.learn(0)

    assert baseline.mean == pytest.approx(4, rel=1e-3)
    assert baseline.variance == pytest.approx(16, rel=1e-3)


def test_silence_may_be_skipped_at_once() -> None:
    one, other = Baseline(half_life=10), Baseline(half_life=10)
    for baseline in (one, other):
        baseline.learn(5)
        baseline.learn(9)
    one.skip(7)
    for _ in range(7):
        other.learn(0)

    assert one.steps == other.steps == 9
    assert (one.mean, one.variance) == pytest.approx((other.mean, other.variance))


def test_no_baseline_expects_nothing_at_all() -> None:
    assert (Baseline(10).mean, Baseline(10).variance) == pytest.approx((0.05, 0.06))


def test_what_comes_late_counts_where_it_belongs() -> None:
    late, punctual = Baseline(half_life=50), Baseline(half_life=50)
    late.skip(100)
    late.add_late(40, 12)
    punctual.skip(60)
    for _ in range(12):
        punctual.learn(1)
    punctual.skip(28)

    assert late.steps == punctual.steps == 100
    assert late.mean == pytest.approx(punctual.mean, rel=0.2)
    late.add_late(200, 12)
    assert late.steps == 212


def test_the_week_has_a_pattern_once_three_of_them_are_known() -> None:
    season = Season(slots=4, after=3)
    for slot in range(11):
        season.learn(slot, (0, 8, 0, 0)[slot % 4])
    assert season.factor(1) == 1

    season.learn(11, 0)

    # 8 of an average of 2, smoothed with its neighbours: (0 + 2 * 8 + 0) / 4 = 4 of 2
    assert season.factor(1) == pytest.approx(0.9 * 2 + 0.1)
    assert season.factor(2) == season.factor(4) == pytest.approx(0.9 * 1 + 0.1)
    assert season.factor(3) == 0.25
    assert season.factor(13) == season.factor(1)


def test_the_pattern_of_the_week_stays_within_a_quarter_and_four() -> None:
    season = Season(slots=20, after=1)
    for slot in range(20):
        season.learn(slot, 100.0 if slot in {4, 5, 6} else 0)

    assert season.factor(5) == 4
    assert season.factor(15) == 0.25
    empty = Season(slots=2, after=0)
    assert empty.factor(0) == 1


def test_the_pattern_remembers_the_last_four_weeks_best() -> None:
    season = Season(slots=1, after=1)
    for count in (4, 8, 0, 8, 9):
        season.learn(0, count)

    assert season._means == [pytest.approx(5 + (9 - 5) / 4)]


def calm_week(volume: Volume, *, per_hour: int = 2, days: int = 7, series: str = "b") -> datetime:
    """A week with so many mentions in each hour; returns its end."""
    for hour in range(24 * days):
        for one in range(per_hour):
            volume.learn(series, START + hour * HOUR + one * HOUR / per_hour)
    return START + days * DAY


def shower(volume: Volume, start: datetime, count: int, gap: timedelta) -> list[Surprise]:
    """So many mentions one after the other, each judged before it is learnt."""
    seen = []
    for place in range(count):
        seen.append(volume.score("b", start + place * gap))
        volume.learn("b", start + place * gap)
    return seen


def test_a_series_that_was_never_seen_is_not_warm() -> None:
    surprise = Volume().score("b", START)

    assert (surprise.count, surprise.expected) == (1, 0.05)
    assert surprise.score == pytest.approx(0.17, abs=0.02)
    assert not surprise.warm
    assert not surprise.burst


def test_a_usual_hour_is_no_surprise() -> None:
    volume = Volume()
    now = calm_week(volume)

    surprise = volume.score("b", now)

    assert (surprise.count, surprise.warm, surprise.burst) == (2, True, False)
    assert surprise.expected == pytest.approx(2, rel=0.05)
    assert surprise.score < 0.1


def test_a_burst_is_called_once_at_its_onset() -> None:
    volume = Volume()
    seen = shower(volume, calm_week(volume), 100, MINUTE)

    bursts = [one for one in seen if one.burst]
    assert len(bursts) == 1
    assert 6 <= bursts[0].count <= 12
    assert max(one.score for one in seen) > 0.7
    assert [one.score for one in seen[:30]] == sorted(one.score for one in seen[:30])


def test_a_burst_after_a_quiet_night_is_called_as_well() -> None:
    volume = Volume()
    seen = shower(volume, calm_week(volume) + 10 * HOUR, 30, MINUTE)

    assert [one.count for one in seen] == list(range(1, 31))
    assert sum(one.burst for one in seen) == 1


@pytest.mark.parametrize(("rows", "onset"), [(1, False), (11, False), (12, True)])
def test_while_the_window_fills_it_is_the_same_burst_however_steep(
    rows: int, *, onset: bool
) -> None:
    """Rows of five minutes, a window of an hour: five each, then thirty, and later thousands."""
    counts = [5, 4, 6, 5] * 150 + [60] + [5] * (rows - 1) + [9000]

    bursts = [one.burst for one in rows_of(counts, 5 * MINUTE)]

    assert bursts.index(True) == 600
    assert bursts[-1] is onset


def test_scoring_changes_nothing() -> None:
    volume = Volume()
    now = calm_week(volume)

    assert [volume.score("b", now) for _ in range(50)] == [volume.score("b", now)] * 50


@pytest.mark.parametrize(
    ("hours", "count", "onset"),
    [
        (8, 20, False),  # as strong as the last one, within a day
        (8, 23, False),  # stronger
        (8, 600, True),  # far stronger
        (23, 20, False),
        (24, 20, True),  # after a day
    ],
)
def test_after_a_burst_only_a_far_stronger_one_counts_for_a_day(
    hours: int, count: int, onset: bool
) -> None:
    rows = [2] * (24 * 14) + [20] + [2] * (hours - 1) + [count]

    bursts = [one.burst for one in rows_of(rows, HOUR)]

    assert bursts.index(True) == 24 * 14
    assert bursts[-1] is onset
    assert sum(bursts) == 1 + onset


def test_a_handful_is_never_a_burst() -> None:
    volume = Volume()
    volume.open("b", START)

    seen = shower(volume, START + 30 * DAY, 5, MINUTE)

    assert [one.burst for one in seen] == [False] * 4 + [True]
    assert all(one.warm for one in seen)
    assert seen[3].score > 0.4


def test_nothing_is_a_burst_before_a_day_of_history() -> None:
    volume = Volume()

    seen = shower(volume, START, 300, 5 * MINUTE)

    assert [one.warm for one in seen] == [False] * 288 + [True] * 12
    assert not any(one.burst for one in seen)


def test_mentions_out_of_order_are_put_where_they_belong() -> None:
    times = [START + place * 20 * MINUTE for place in range(24 * 3 * 4)]
    shuffled = times[:-1]
    Random(3).shuffle(shuffled)
    ordered, late = Volume(), Volume()
    for at in times:
        ordered.learn("b", at)
    for at in [times[-1], *shuffled]:
        late.learn("b", at)

    a, b = ordered.score("b", times[-1]), late.score("b", times[-1])
    assert a.count == b.count == 4
    assert a.warm
    assert b.warm
    assert b.expected == pytest.approx(a.expected, rel=0.1)


def test_a_late_mention_is_judged_as_if_it_came_now() -> None:
    volume = Volume()
    now = calm_week(volume)

    assert volume.score("b", now - 5 * DAY).count == volume.score("b", now - HOUR / 2).count


def test_the_window_is_an_hour() -> None:
    volume = Volume()
    for minute in (0, 10, 30, 59):
        volume.learn("b", START + minute * MINUTE)

    counts = [
        volume.score("b", START + minute * MINUTE).count for minute in (59, 60, 69, 70, 119, 600)
    ]

    assert counts == [5, 4, 4, 3, 1, 1]


def test_years_of_silence_are_passed_over_at_once() -> None:
    volume = Volume()
    now = calm_week(volume) + 3650 * DAY
    began = time.process_time()
    volume.learn("b", now)

    assert time.process_time() - began < 1
    surprise = volume.score("b", now)
    assert (surprise.count, surprise.warm) == (2, True)
    assert surprise.expected < 0.1


def test_the_hour_of_the_week_is_expected_after_three_weeks() -> None:
    volume = Volume()
    for hour in range(24 * 28):
        for one in range(12 if hour % 24 == 9 else 1):
            volume.learn("b", START + hour * HOUR + one * 4 * MINUTE)
    morning = START + 28 * DAY + 9 * HOUR

    usual = shower(volume, morning, 8, 4 * MINUTE)
    evening = volume.score("b", START + 28 * DAY + 20 * HOUR)

    assert usual[0].expected > 2.5 * evening.expected
    assert not any(one.burst for one in usual)


def test_hours_in_which_nothing_is_ever_said_belong_to_the_pattern_of_the_week() -> None:
    volume = Volume()
    for day in range(28):
        for one in range(12):
            volume.learn("b", START + day * DAY + 9 * HOUR + one * 4 * MINUTE)
    night, morning = (START + 28 * DAY + hour * HOUR for hour in (3, 10))

    # Four times and a quarter of the average, the most and the least that a pattern may say.
    expected = volume.score("b", morning).expected, volume.score("b", night).expected
    assert expected[0] == pytest.approx(16 * expected[1], rel=0.2)


@pytest.mark.parametrize(("days", "known"), [(20, False), (22, True)])
def test_the_pattern_of_the_week_is_known_after_three_weeks(days: int, *, known: bool) -> None:
    volume = Volume()
    for hour in range(24 * days):
        for one in range(12 if hour % 24 == 9 else 1):
            volume.learn("b", START + hour * HOUR + one * 4 * MINUTE)
    morning, evening = (START + days * DAY + hour * HOUR for hour in (9, 20))

    expected = volume.score("b", morning).expected, volume.score("b", evening).expected
    assert (expected[0] > 2.5 * expected[1]) is known


def test_series_are_kept_apart() -> None:
    volume = Volume()
    now = calm_week(volume, series="a")

    assert volume.score("b", now).count == 1
    assert not volume.score("b", now).warm


def test_series_of_which_nothing_is_heard_are_forgotten() -> None:
    volume = Volume()
    volume.learn("old", START)
    volume.learn("new", START + DAY)

    volume.expire(START + timedelta(weeks=8, minutes=30))

    assert set(volume._series) == {"new"}


def test_memory_does_not_grow_with_the_mentions() -> None:
    volume = Volume()
    shower(volume, START, 3000, MINUTE)
    kept = volume._series["b"]

    assert len(kept.ring) == 12
    assert len(kept.season._means) == 168


def rows_of(counts: list[int], step: timedelta) -> list[Surprise]:
    judge = Counts()
    return [
        judge.score_and_learn("s", START + place * step, count)
        for place, count in enumerate(counts)
    ]


def test_rows_are_judged_before_they_are_learnt() -> None:
    noise = Random(5)
    quiet = [noise.randint(3, 7) for _ in range(600)]
    seen = rows_of([*quiet, 90, 5, 5], 5 * MINUTE)

    assert (seen[0].count, seen[0].expected, seen[0].score) == (quiet[0], 0, 0)
    assert [one.burst for one in seen] == [False] * 600 + [True, False, False]
    assert seen[600].score > 0.5 > seen[599].score
    assert seen[600].expected == pytest.approx(60, rel=0.1)
    assert [one.warm for one in seen[285:291]] == [False] * 3 + [True] * 3


@pytest.mark.parametrize(
    ("step", "warm_from"), [(5 * MINUTE, 288), (HOUR, 24), (DAY, 24), (MINUTE, 1440)]
)
def test_longer_rows_need_a_longer_history(step: timedelta, warm_from: int) -> None:
    seen = rows_of([1] * (warm_from + 10), step)

    assert [one.warm for one in seen] == [False] * warm_from + [True] * 10
    window = max(1, round(HOUR / step))
    assert seen[-1].count == window


@pytest.mark.parametrize("step", [7 * DAY, 14 * DAY, 30 * DAY, 56 * 365 * DAY])
def test_rows_a_week_or_more_apart_are_judged_without_a_pattern_of_the_week(
    step: timedelta,
) -> None:
    seen = rows_of([4, 5] * 15 + [90, 5], step)

    assert [place for place, one in enumerate(seen) if one.burst] == [30]
    assert seen[29].expected == pytest.approx(4.5, rel=0.1)


def test_years_without_a_row_are_passed_over_in_a_series_of_rows_that_far_apart() -> None:
    counts = Counts()
    for place in (0, 1, 30, 31):
        found = counts.score_and_learn("s", START + place * 14 * DAY, 4)

    assert 0.1 < found.expected < 0.4


@pytest.mark.parametrize("step", [timedelta(microseconds=1), timedelta(milliseconds=1)])
def test_rows_that_hardly_differ_in_time_cost_neither_memory_nor_time(step: timedelta) -> None:
    counts, began = Counts(), time.monotonic()
    for at in (START, START + step, START + HOUR, START + 3000 * DAY):
        counts.score_and_learn("a", at, 5)

    assert time.monotonic() - began < 5


def test_rows_may_be_as_far_apart_as_the_calendar_is_long() -> None:
    counts = Counts()
    for year in (1, 9999):
        found = counts.score_and_learn("a", datetime(year, 1, 1, tzinfo=UTC), 5)

    assert found.count == 5


def test_a_row_that_is_not_later_than_the_last_is_refused() -> None:
    counts = Counts()
    counts.score_and_learn("s", START, 1)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"2026-01-05T00:00:00.* is not later"):
            counts.score_and_learn("s", START, 1)
    counts.score_and_learn("s", START + HOUR, 1)
    with pytest.raises(ValueError, match="not later than the row before"):
        counts.score_and_learn("s", START + HOUR, 1)
    assert counts.score_and_learn("s", START + 2 * HOUR, 3).count == 3
    assert counts.score_and_learn("t", START, 3).count == 3


def test_rules_can_be_set() -> None:
    eager = VolumeRules(warm_up=HOUR, least=2, burst=0.01)
    volume = Volume(eager)

    seen = shower(volume, START, 20, 5 * MINUTE)
    counts = Counts(eager)
    rows = [
        counts.score_and_learn("s", START + place * HOUR, 1 + 9 * (place == 30))
        for place in range(31)
    ]

    assert any(one.burst for one in seen)
    assert rows[30].burst
