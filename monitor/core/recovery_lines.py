"""How a brand recovered from an incident, in sentences, as a table and as JSON.

Every number is one of `Recovery` or one step from it (a ratio). Does not judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from monitor.core.humanize import counted, day_text
from monitor.core.recovery import (
    FOLLOWED,
    LEAST_DAYS,
    LEAST_READ,
    STAY,
    Day,
    Observation,
    Recovery,
    Track,
)

COLUMNS = ("day", "mentions", "read", "negative", "not fully seen")
#: Days before it began that are shown, for comparison, and days in all.
_BEFORE = 3
_MOST_ROWS = 31


def lines(found: Recovery) -> tuple[str, ...]:
    """What is known of the recovery, the answer first."""
    return tuple(_lines(found))


def rows(found: Recovery) -> tuple[tuple[str, ...], ...]:
    """The days that the sentences are about, see `COLUMNS`; of a long way back the first ones."""
    before = tuple(day for day in found.days if day.date < found.began)[-_BEFORE:]
    shown = (*before, *found.after[: _worth_showing(found)])[:_MOST_ROWS]
    return tuple(
        (str(d.date), f"{d.mentions:,}", f"{d.read:,}", f"{d.negative:,}", d.gap) for d in shown
    )


def document(found: Recovery) -> dict[str, object]:
    """As JSON: shares from 0 to 1, days as `2026-11-22`."""
    return {
        "began": str(found.began),
        "baseline_days": found.baseline,
        "baseline_read": found.read,
        "baseline_negative": found.negative,
        "days_to_return": found.days_to_return,
        "volume": _track(found.volume),
        "stance": _track(found.stance),
        "sentences": list(lines(found)),
        "days": [_day(day) for day in found.days],
    }


def _lines(found: Recovery) -> Iterator[str]:
    if not found.after:
        yield "Not one whole day has passed since it began."
    elif found.volume is None:
        yield (
            f"No baseline: {counted(found.baseline, 'day')} before {day_text(found.began)} could "
            f"be seen, and {LEAST_DAYS} are needed to say what is usual."
        )
    else:
        yield _overall(found)
        yield from _volume(found, found.volume)
        yield from _stance(found, found.stance)
    yield from _gaps(found)


def _worth_showing(found: Recovery) -> int:
    """How many days, from the first: the way back and the days that prove it."""
    tracks = [track for track in (found.volume, found.stance) if track]
    return (
        _MOST_ROWS
        if not all(t.is_back for t in tracks)
        else STAY + max((track.days or 0 for track in tracks), default=_MOST_ROWS)
    )


def _overall(found: Recovery) -> str:
    tracks = {"volume": found.volume, "stance": found.stance}
    left = {name: track for name, track in tracks.items() if track and track.has_left}
    away = [name for name, track in left.items() if not track.is_back]
    if away:
        until = found.days[-1].date
        stopped = f", when following it ended ({FOLLOWED} days)" * (len(found.after) >= FOLLOWED)
        return f"Not recovered by {day_text(until)}{stopped}: {' and '.join(away)} not yet usual."
    if left:
        days = max(track.days or 0 for track in left.values())
        back = f"{' and '.join(left)} back within the usual range, for {STAY} days in a row"
        return f"Recovered {counted(days, 'day')} after it began: {back}."
    names = " and ".join(name for name, track in tracks.items() if track)
    return f"What people say of the brand stayed as it was: {names} within the usual range."


def _volume(found: Recovery, track: Track) -> Iterator[str]:
    yield (
        f"Volume: usually {track.usual:,.0f} a day (median of {counted(found.baseline, 'day')} "
        f"before {day_text(found.began)}), at most {track.peak.most:,.0f}. "
        f"{_way(track, _mentions)}"
    )


def _stance(found: Recovery, track: Track | None) -> Iterator[str]:
    if track is None:
        yield (
            f"Stance: no baseline, for {found.read:,} mentions were read in the days before, and "
            f"{LEAST_READ} are needed."
        )
        return
    yield (
        f"Stance: usually {_percent(track.usual)} negative ({found.negative:,} of {found.read:,} "
        f"read before). {_way(track, _percent)}"
    )


def _way(track: Track, say: Callable[[float], str]) -> str:
    if not track.has_left:
        return f"It stayed within the usual range; the most was {_of(track.peak, say)}."
    worst = f"The worst day was {_of(track.peak, say)}{_times(track, track.peak)}."
    if track.returned is not None and track.days is not None:
        since = day_text(track.returned)
        return f"{worst} Back to usual since {since}, {counted(track.days, 'day')} after it began."
    if track.latest is None:
        return f"{worst} No day since could be fully seen."
    return f"{worst} Not back yet: {_of(track.latest, say)}{_times(track, track.latest)}."


def _of(seen: Observation, say: Callable[[float], str]) -> str:
    value = "nothing read" if seen.value is None else say(seen.value)
    return f"{value} on {day_text(seen.date)}"


def _times(track: Track, seen: Observation) -> str:
    if not track.usual or not seen.value:
        return ""
    return f", {seen.value / track.usual:.1f} times the usual"


def _gaps(found: Recovery) -> Iterator[str]:
    if not found.gaps:
        return
    told = [f"{_run(list(days))}: {gap}" for gap, days in groupby(found.gaps, lambda d: d.gap)]
    shown = "; ".join(told[:5]) + ("; …" if len(told) > 5 else "")
    days = counted(len(found.gaps), "day")
    yield f"{days} not fully seen, which count for no quiet day ({shown})."


def _run(days: list[Day]) -> str:
    first, last = days[0].date, days[-1].date
    return day_text(first) if first == last else f"{day_text(first)} to {day_text(last)}"


def _track(track: Track | None) -> dict[str, object] | None:
    if track is None:
        return None
    return {
        "usual": round(track.usual, 4),
        "left_usual": track.has_left,
        "peak": _observation(track.peak),
        "latest": _observation(track.latest) if track.latest else None,
        "returned_on": str(track.returned) if track.returned else None,
        "days_to_return": track.days,
    }


def _observation(seen: Observation) -> dict[str, object]:
    value = seen.value
    return {
        "day": str(seen.date),
        "value": None if value is None else round(value, 4),
        "usual_at_most": round(seen.most, 4),
    }


def _day(day: Day) -> dict[str, object]:
    counts = {"mentions": day.mentions, "read": day.read, "negative": day.negative}
    return {"day": str(day.date), **counts, "gap": day.gap}


def _mentions(value: float) -> str:
    return f"{value:,.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
