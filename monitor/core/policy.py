"""Whether leadership is told of a story now, and why, or why not.

A ladder of early returns. Does not weigh (see `risk`), send, store or look at the clock; the
reminders of an incident that nobody answers are the business of `clock`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from monitor.core import milestones
from monitor.core.brief import headline, is_doubted
from monitor.core.humanize import moment
from monitor.core.reopening import FADED, came_back, heard_since
from monitor.core.settings import AlertSettings
from monitor.core.tally import StoryFacts
from monitor.core.types import Incident, Level, Risk, Status

#: A level is left only this far below its threshold, so that a risk at the edge does not flap.
MARGIN = 0.05
#: After an alert a level is kept this long, whatever the risk does.
SETTLE = timedelta(hours=1)
#: News of an incident that stands where it stood is told at most this often.
UPDATE_EVERY = timedelta(minutes=30)
#: What would be a warning by itself is told of an incident that stands where it stood at most this
#: often: a crowd says such things all day, and after a quiet day it may be another event.
NEWS_EVERY = timedelta(days=1)
#: Mentions have materially grown when there are this many times as many as at the last alert,
#: and no fewer than `UPDATE_LEAST`: three posts after one are no news.
UPDATE_GROWTH = 3
UPDATE_LEAST = 10


class Reason(Enum):
    """Why leadership is, or is not, being told."""

    FIRST_ALERT = "The story reached an alert level for the first time."
    LEVEL_ROSE = "The incident reached a higher level."
    DEESCALATED = "The risk fell clearly below its level and stayed there."
    REOPENED = "The story came back after it had been closed."
    NEWS = "Something materially new happened to the incident."
    BELOW_WATCH = "The risk is below the lowest level."
    OLD_NEWS = "Everything in the story is from before the watch began."
    DISMISSED = "People said it is not an incident, and it has not risen above what they saw."
    SNOOZED = "People asked for silence for a while, and it has not risen since."
    STILL_RESOLVED = "A late echo of a resolved incident."
    MERGED = "Another incident stands for this story."
    ACKNOWLEDGED_SAME = "People are on it, and it stands where it stood."
    STILL_THE_SAME = "It stands where it stood when people were told."


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is to be done about a story, and why."""

    reason: Reason
    #: Level of the incident from now on; `QUIET` if there is none.
    level: Level
    #: "incident.opened" …; None: silence.
    event: str | None
    #: Plain words with the numbers.
    sentence: str
    #: Status of the incident from now on.
    status: Status = Status.OPEN


def level_of(risk: float, settings: AlertSettings) -> Level:
    """The highest level whose threshold is reached."""
    return max(level for level in Level if risk >= settings.threshold(level))


def decide(
    before: Incident | None,
    *,
    risk: Risk,
    facts: StoryFacts,
    settings: AlertSettings,
    now: datetime,
    fresh: bool,
) -> Decision:
    """Say whether people are told of a story, at which level and why.

    `before` is the incident as it stood, None if the story is not one yet; `fresh` is False when
    the story has nothing but history. `before.level` is what people were last told.
    """
    reached = level_of(risk.value, settings)
    if before is None:
        return _first(reached, risk, settings, fresh=fresh)
    if before.status is Status.MERGED:
        return _silent(Reason.MERGED, before)
    if not fresh:
        return _silent(Reason.OLD_NEWS, before)
    if not before.status.is_live:
        return _closed(before, reached, risk, facts, settings)
    return _live(before, reached, risk=risk, facts=facts, settings=settings, now=now)


def _live(
    before: Incident,
    reached: Level,
    *,
    risk: Risk,
    facts: StoryFacts,
    settings: AlertSettings,
    now: datetime,
) -> Decision:
    """What becomes of an incident that people may still have to answer."""
    if reached > before.level:
        return _told(
            Reason.LEVEL_ROSE, "escalated", reached, reaching(reached, risk.value, settings)
        )
    if turned := _turn(before, facts):
        return _stands(Reason.NEWS, "updated", before, before.level, turned)
    if _is_snoozed(before, now):
        return _silent(Reason.SNOOZED, before)
    fallen = _fallen_to(before, risk.value, settings, now)
    if fallen < before.level:
        left = _leaving(before, risk, settings)
        return _stands(Reason.DEESCALATED, "deescalated", before, fallen, left)
    news = _news(before, facts, settings, now)
    if news:
        return _stands(Reason.NEWS, "updated", before, before.level, news)
    is_taken = before.status is Status.ACKNOWLEDGED
    return _silent(Reason.ACKNOWLEDGED_SAME if is_taken else Reason.STILL_THE_SAME, before)


def _first(reached: Level, risk: Risk, settings: AlertSettings, *, fresh: bool) -> Decision:
    if not fresh:
        return _quiet(Reason.OLD_NEWS, Reason.OLD_NEWS.value)
    if reached is Level.QUIET:
        short = f"Risk {risk.value:.2f} is below watch at {settings.watch:.2f}."
        return _quiet(Reason.BELOW_WATCH, short)
    return _told(Reason.FIRST_ALERT, "opened", reached, reaching(reached, risk.value, settings))


def _closed(
    before: Incident, reached: Level, risk: Risk, facts: StoryFacts, settings: AlertSettings
) -> Decision:
    """What becomes of a resolved or dismissed incident."""
    if reached > max(before.level, before.alerted_level):
        return _told(Reason.REOPENED, "reopened", reached, reaching(reached, risk.value, settings))
    back = _back(before, facts, settings)
    if back and reached > Level.QUIET:
        return _told(Reason.REOPENED, "reopened", reached, back)
    is_dismissed = before.status is Status.DISMISSED
    return _silent(Reason.DISMISSED if is_dismissed else Reason.STILL_RESOLVED, before)


def _back(before: Incident, facts: StoryFacts, settings: AlertSettings) -> str:
    """What says that it came back. What was none may be followed by one in the same words."""
    closed = before.resolved_at or before.last_seen_at
    if before.status is not Status.DISMISSED:
        return came_back(facts, closed, settings)
    heard = heard_since(facts, closed + FADED, settings)
    return f"Since it was dismissed: {heard}" if heard else ""


def _is_snoozed(before: Incident, now: datetime) -> bool:
    if before.status is not Status.SNOOZED:
        return False
    return before.snoozed_until is None or now < before.snoozed_until


def _fallen_to(before: Incident, risk: float, settings: AlertSettings, now: datetime) -> Level:
    """The level that still holds; an open incident never falls below `watch`."""
    if now - (before.last_alert_at or before.opened_at) < SETTLE:
        return before.level
    held = level_of(risk + MARGIN, settings)
    return min(before.level, max(held, Level.WATCH))


def _news(before: Incident, facts: StoryFacts, settings: AlertSettings, now: datetime) -> str:
    """What is materially new since the last alert; empty if nothing is, or it is too soon."""
    last = before.last_alert_at or before.opened_at
    if now - last < UPDATE_EVERY:
        return ""
    if spread := newly_on(before, facts):
        return spread
    then = facts.count_until(last)
    if facts.mention_count >= max(UPDATE_LEAST, UPDATE_GROWTH * then):
        return f"From {then} to {facts.mention_count} mentions since {moment(last)}."
    heard = heard_since(facts, last, settings) if now - last >= NEWS_EVERY else ""
    # Reminders come in between, and are no news: "since the last alert" would be taken for them.
    return f"Since {moment(last)}: {heard}" if heard else ""


def newly_on(before: Incident, facts: StoryFacts) -> str:
    """The kinds of sources on which it was not seen by the last alert; empty if there are none."""
    last = before.last_alert_at or before.opened_at
    kinds = sorted(kind for kind, seen in facts.kinds.items() if seen > last)
    if not kinds or len(kinds) == len(facts.kinds):
        return ""
    return f"Now also seen on: {', '.join(kinds)}.{_first_there(facts, kinds)}"


def _first_there(facts: StoryFacts, kinds: Sequence[str]) -> str:
    """What was said where nobody had spoken of it, if that alleges something in own words."""
    times = {facts.kinds[kind] for kind in kinds}
    first = next((told for told in facts.lately if told.seen_at in times), None)
    return f" “{headline(first.read.title)}”." if first else ""


def _turn(before: Incident, facts: StoryFacts) -> str:
    """What turned the story since the last alert. Each comes once: nobody is to wait for it."""
    return milestones.sentence(facts.milestones, before.last_alert_at or before.opened_at)


def reaching(level: Level, risk: float, settings: AlertSettings) -> str:
    """The sentence of an alert that a threshold was reached."""
    return f"Reached {level.label}: risk {risk:.2f}, threshold {settings.threshold(level):.2f}."


def _leaving(before: Incident, risk: Risk, settings: AlertSettings) -> str:
    threshold = settings.threshold(before.level)
    left = (
        f"Left {before.level.label}: risk {risk.value:.2f}, more than {MARGIN:.2f} below "
        f"{threshold:.2f} an hour or more after the last alert."
    )
    doubts = (part.sentence for part in risk.parts if is_doubted((part,)))
    return " ".join((left, *doubts))


def _told(reason: Reason, event: str, level: Level, sentence: str) -> Decision:
    """An alert that asks people for an answer, whatever they said before."""
    return Decision(reason=reason, level=level, event=f"incident.{event}", sentence=sentence)


def _stands(reason: Reason, event: str, before: Incident, level: Level, sentence: str) -> Decision:
    """An alert that leaves the incident with those who have it."""
    return Decision(
        reason=reason,
        level=level,
        event=f"incident.{event}",
        sentence=sentence,
        status=before.status,
    )


def _silent(reason: Reason, before: Incident) -> Decision:
    return Decision(
        reason=reason,
        level=before.level,
        event=None,
        sentence=reason.value,
        status=before.status,
    )


def _quiet(reason: Reason, sentence: str) -> Decision:
    return Decision(reason=reason, level=Level.QUIET, event=None, sentence=sentence)
