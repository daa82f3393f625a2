"""What an incident is called while it grows."""

from __future__ import annotations

import pytest

from monitor.core.incidents import updated
from monitor.core.policy import Decision, Reason
from monitor.core.types import Level
from tests.core.facts import NOON, incident, risk, story

JOKE, WRONG = "A cello flew with its own ticket", "They dragged her out of her seat"


@pytest.mark.parametrize(
    ("event", "told", "level", "titles", "called"),
    [
        ("incident.escalated", Level.WATCH, Level.CRITICAL, (WRONG, JOKE), WRONG),
        ("incident.reopened", Level.WARNING, Level.CRITICAL, (WRONG,), WRONG),
        # People know it under its name: as grave as before is no reason for another.
        ("incident.escalated", Level.CRITICAL, Level.CRITICAL, (WRONG, JOKE), JOKE),
        ("incident.reopened", Level.CRITICAL, Level.WARNING, (WRONG,), JOKE),
        ("incident.updated", Level.WATCH, Level.WARNING, (WRONG,), JOKE),
        (None, Level.WATCH, Level.WARNING, (WRONG,), JOKE),
        ("incident.escalated", Level.WATCH, Level.CRITICAL, (), JOKE),
    ],
)
def test_it_is_called_by_its_worst_text_once_people_are_told_that_it_is_worse(
    event: str | None, told: Level, level: Level, titles: tuple[str, ...], called: str
) -> None:
    decision = Decision(reason=Reason.LEVEL_ROSE, level=level, event=event, sentence="It rose.")

    after = updated(
        incident(title=JOKE, alerted_level=told),
        story(titles=titles),
        risk=risk(0.9),
        decision=decision,
        forecast=None,
        now=NOON,
    )

    assert after.title == called


@pytest.mark.parametrize(("estimated", "told"), [(10_406, 10_011), (9_700, 9_700)])
def test_no_more_authors_are_told_of_than_posts(estimated: int, told: int) -> None:
    after = updated(
        incident(),
        story(mention_count=10_011, author_count=estimated),
        risk=risk(0.9),
        decision=Decision(reason=Reason.LEVEL_ROSE, level=Level.WATCH, event=None, sentence=""),
        forecast=None,
        now=NOON,
    )
    assert after.author_count == told
