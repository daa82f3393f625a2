"""Recovery: what is usual, when it was left, and when it is said to be back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pytest

from monitor.core.recovery import FOLLOWED, Day, Recovery, Track, recovery
from monitor.core.recovery_lines import document, lines, rows

BEGAN = date(2024, 5, 6)
DAY = timedelta(days=1)
#: Ten mentions a day, of which one is negative.
CALM = (10, 1)
QUIET_MONTH = (CALM,) * 28


def days(first: date, counts: Iterable[tuple[int, int]], gaps: Sequence[int] = ()) -> list[Day]:
    return [
        Day(
            date=first + at * DAY,
            mentions=mentions,
            read=mentions,
            negative=negative,
            gap="news could not be seen" if at in gaps else "",
        )
        for at, (mentions, negative) in enumerate(counts)
    ]


def judged(
    *after: tuple[int, int],
    before: Sequence[tuple[int, int]] = QUIET_MONTH,
    gaps: Sequence[int] = (),
    last: int = 0,
) -> Recovery:
    """`gaps` are numbers of days after; `last` is that of the incident's newest mention."""
    known = [*days(BEGAN - len(before) * DAY, before), *days(BEGAN, after, gaps)]
    return recovery(known, began=BEGAN, last=BEGAN + last * DAY)


def volume(found: Recovery) -> Track:
    assert found.volume is not None
    return found.volume


def stance(found: Recovery) -> Track:
    assert found.stance is not None
    return found.stance


def test_usual_is_the_median_of_the_days_before_and_twice_the_spread() -> None:
    # The median absolute deviation of 8, 10, 12 and so on is 2: 1.4826 * 2 < sqrt(10).
    track = volume(judged((90, 80), before=((8, 0), (10, 0), (12, 0), (10, 0)) * 7))
    assert track.usual == 10
    assert track.peak.most == pytest.approx(10 + 2 * 10**0.5)


def test_a_brand_that_is_talked_of_unevenly_is_allowed_more() -> None:
    track = volume(judged((90, 80), before=((0, 0), (10, 0), (20, 0), (10, 0)) * 7))
    assert track.peak.most == pytest.approx(10 + 2 * 1.4826 * 5)


def test_three_usual_days_in_a_row_are_the_return() -> None:
    found = judged((90, 80), (50, 40), CALM, CALM, CALM)
    for track in (volume(found), stance(found)):
        assert (track.has_left, track.returned, track.days) == (True, BEGAN + 2 * DAY, 2)
    assert found.days_to_return == 2


def test_two_are_not() -> None:
    found = judged((90, 80), (50, 40), CALM, CALM)
    assert (volume(found).returned, volume(found).days, found.days_to_return) == (None, None, None)
    assert not volume(found).is_back


def test_a_loud_day_in_between_begins_the_count_anew() -> None:
    found = judged((90, 80), CALM, CALM, (40, 4), CALM, CALM, CALM)
    assert volume(found).days == 4


def test_volume_may_be_back_long_before_stance() -> None:
    bitter = (10, 9)
    found = judged((90, 80), CALM, bitter, bitter, CALM, CALM, CALM)
    assert (volume(found).days, stance(found).days, found.days_to_return) == (1, 4, 4)


def test_quiet_days_before_the_worst_one_are_no_return() -> None:
    found = judged(CALM, CALM, CALM, (90, 80), CALM, CALM, CALM, last=4)
    assert volume(found).peak.date == BEGAN + 3 * DAY
    assert volume(found).days == 4


def test_what_comes_after_the_story_was_told_is_not_its_worst_day() -> None:
    found = judged((30, 5), CALM, CALM, CALM, (300, 5), last=1)
    assert volume(found).peak.date == BEGAN
    assert volume(found).days == 1


def test_of_equally_bad_days_the_first_is_the_worst() -> None:
    assert volume(judged((90, 9), (90, 9), last=1)).peak.date == BEGAN


def test_a_small_day_out_of_range_is_worse_than_a_big_one_within() -> None:
    found = judged((300, 40), (8, 6), last=1)
    assert stance(found).peak.date == BEGAN + DAY


def test_a_day_that_could_not_be_seen_is_no_quiet_one() -> None:
    silent = (0, 0)
    found = judged((90, 80), silent, silent, silent, CALM, CALM, gaps=(1, 2))
    assert volume(found).days == 3
    found = judged((90, 80), silent, silent, silent, CALM, CALM, gaps=(2,))
    assert volume(found).days == 1
    assert [day.date for day in found.gaps] == [BEGAN + 2 * DAY]


def test_what_is_too_much_though_not_all_was_seen_is_too_much() -> None:
    found = judged((90, 80), CALM, CALM, (90, 80), CALM, CALM, CALM, gaps=(3,))
    assert volume(found).days == 4


def test_a_day_of_silence_is_a_usual_one() -> None:
    found = judged((90, 80), (0, 0), (0, 0), (0, 0))
    assert (volume(found).days, stance(found).days) == (1, 1)
    assert stance(found).latest is not None
    assert stance(found).latest.value is None  # type: ignore[union-attr]


def test_what_never_left_its_range_came_back_at_once() -> None:
    found = judged((12, 1), (11, 1), CALM)
    assert (volume(found).has_left, volume(found).returned, volume(found).days) == (False, None, 0)
    assert found.days_to_return == 0


def test_one_bad_word_is_no_crisis_for_a_brand_that_had_none() -> None:
    kind = ((10, 0),) * 28
    assert not stance(judged((10, 1), before=kind)).has_left
    assert stance(judged((10, 3), before=kind)).has_left


def test_the_share_may_vary_as_it_did_from_day_to_day() -> None:
    moody = ((10, 0), (10, 4)) * 14
    # Each day is 0.2 away from the share of 0.2.
    assert stance(judged((1000, 900), before=moody)).peak.most == pytest.approx(0.2 + 2 * 0.29652)


def test_days_of_few_mentions_say_nothing_of_how_the_share_varies() -> None:
    few = ((4, 0), (4, 4)) * 14
    most = stance(judged((100, 90), before=few)).peak.most
    assert most == pytest.approx(0.5 + 2 * (0.25 / 100) ** 0.5)


@pytest.mark.parametrize(("known", "has"), [(13, False), (14, True)])
def test_a_baseline_needs_two_weeks(known: int, has: bool) -> None:
    found = judged((90, 80), before=QUIET_MONTH[:known])
    assert (found.baseline, found.volume is not None) == (known, has)


def test_of_more_days_the_last_four_weeks_are_the_baseline() -> None:
    found = judged((90, 80), before=((1000, 0),) * 40 + QUIET_MONTH)
    assert (found.baseline, volume(found).usual, found.read) == (28, 10, 280)


def test_days_that_could_not_be_seen_are_no_part_of_the_baseline() -> None:
    before = days(BEGAN - 20 * DAY, ((0, 0),) * 7 + (CALM,) * 13, gaps=range(7))
    found = recovery([*before, *days(BEGAN, [(90, 80)])], began=BEGAN, last=BEGAN)
    assert (found.baseline, found.volume) == (13, None)


@pytest.mark.parametrize(("read", "has"), [(29, False), (30, True)])
def test_stance_needs_thirty_mentions_that_were_read(read: int, has: bool) -> None:
    found = judged((90, 80), before=((1, 0),) * 13 + ((read - 13, 3),))
    assert found.volume is not None
    assert (found.stance is not None) is has
    assert (found.days_to_return is None) is True


def test_before_one_whole_day_has_passed_nothing_is_said() -> None:
    found = judged()
    assert (found.volume, found.stance, found.after) == (None, None, ())
    assert lines(found) == ("Not one whole day has passed since it began.",)


# --- in words


def test_a_recovery_in_words() -> None:
    recovered, volume, stance = lines(judged((90, 80), (50, 40), CALM, CALM, CALM))
    assert recovered == (
        "Recovered 2 days after it began: volume and stance back within the usual range, for 3 "
        "days in a row."
    )
    assert volume == (
        "Volume: usually 10 a day (median of 28 days before 6 May 2024), at most 16. The worst "
        "day was 90 on 6 May 2024, 9.0 times the usual. Back to usual since 8 May 2024, 2 days "
        "after it began."
    )
    assert stance == (
        "Stance: usually 10 % negative (28 of 280 read before). The worst day was 89 % on 6 May "
        "2024, 8.9 times the usual. Back to usual since 8 May 2024, 2 days after it began."
    )


def test_what_is_not_back_says_where_it_stands() -> None:
    told = lines(judged((90, 9), CALM, CALM, (25, 2)))
    assert told[0] == "Not recovered by 9 May 2024: volume not yet usual."
    assert told[1].endswith("Not back yet: 25 on 9 May 2024, 2.5 times the usual.")
    assert told[2].endswith("It stayed within the usual range; the most was 10 % on 6 May 2024.")


def test_after_ninety_days_it_is_not_followed_any_more() -> None:
    told = lines(judged(*((90, 80),) * FOLLOWED))
    assert told[0] == (
        "Not recovered by 3 Aug 2024, when following it ended (90 days): volume and stance not "
        "yet usual."
    )


def test_what_stayed_as_it_was_says_so() -> None:
    told = lines(judged(CALM, CALM))
    assert told[0] == (
        "What people say of the brand stayed as it was: volume and stance within the usual range."
    )
    only = lines(judged((3, 1), before=((1, 0),) * 28))
    assert only[0].endswith("as it was: volume within the usual range.")
    assert only[2] == (
        "Stance: no baseline, for 28 mentions were read in the days before, and 30 are needed."
    )


def test_without_a_baseline_the_days_that_are_known_are_counted() -> None:
    assert lines(judged((90, 80), before=(CALM,))) == (
        (
            "No baseline: 1 day before 6 May 2024 could be seen, and 14 are needed to say what is "
            "usual."
        ),
    )


def test_nothing_usual_is_no_measure_of_times() -> None:
    told = lines(judged((90, 80), before=((0, 0),) * 28))
    assert told[1].endswith("The worst day was 90 on 6 May 2024. Not back yet: 90 on 6 May 2024.")


def test_days_that_were_not_seen_are_named() -> None:
    told = lines(judged((90, 80), CALM, CALM, CALM, CALM, gaps=(1, 2)))
    assert told[-1] == (
        "2 days not fully seen, which count for no quiet day (7 May 2024 to 8 May 2024: news "
        "could not be seen)."
    )
    alone = lines(judged((90, 80), gaps=(0,)))
    assert alone[-1] == (
        "1 day not fully seen, which count for no quiet day (6 May 2024: news could not be seen)."
    )
    assert alone[1].endswith("No day since could be fully seen.")


def test_of_many_reasons_the_first_five_are_named() -> None:
    known = [Day(date=BEGAN + at * DAY, gap=f"reason {at}") for at in range(6)]
    found = recovery(known, began=BEGAN, last=BEGAN)
    assert lines(found)[-1].endswith("10 May 2024: reason 4; …).")


def test_the_way_back_is_shown_day_by_day() -> None:
    shown = rows(judged((1090, 80), (50, 40), CALM, CALM, CALM, CALM, CALM, gaps=(6,)))
    assert [row[0] for row in shown] == [str(BEGAN + at * DAY) for at in range(-3, 5)]
    assert shown[3] == ("2024-05-06", "1,090", "1,090", "80", "")
    assert len(rows(judged(*((90, 80),) * 60))) == 31
    assert rows(judged((90, 80), before=(), gaps=(0,))) == (
        ("2024-05-06", "90", "90", "80", "news could not be seen"),
    )


def test_a_program_reads_the_same_numbers() -> None:
    found = document(judged((90, 80), (50, 40), CALM, CALM, CALM, gaps=(4,)))
    assert (found["began"], found["baseline_days"]) == ("2024-05-06", 28)
    assert (found["baseline_read"], found["baseline_negative"]) == (280, 28)
    assert found["days_to_return"] is None
    assert found["volume"] == {
        "usual": 10,
        "left_usual": True,
        "peak": {"day": "2024-05-06", "value": 90.0, "usual_at_most": 16.3246},
        "latest": {"day": "2024-05-09", "value": 10.0, "usual_at_most": 16.3246},
        "returned_on": None,
        "days_to_return": None,
    }
    assert found["days"][-1] == {  # type: ignore[index]
        "day": "2024-05-10",
        "mentions": 10,
        "read": 10,
        "negative": 1,
        "gap": "news could not be seen",
    }
    assert document(judged())["volume"] is None
    silent = document(judged((90, 80), (0, 0), (0, 0), (0, 0)))["stance"]
    assert silent["latest"]["value"] is None  # type: ignore[index]
    assert silent["returned_on"] == "2024-05-07"  # type: ignore[index]
    unseen = document(judged((90, 80), gaps=(0,)))["volume"]
    assert unseen["latest"] is None  # type: ignore[index]
