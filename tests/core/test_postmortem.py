"""The post-mortem: what was missed, at which price, and who acted when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.core.dossier import Dossier, Sent, Statement, Step
from monitor.core.paper import html, markdown
from monitor.core.postmortem import Judged, affordable, chances, paper
from monitor.core.settings import AlertSettings
from monitor.core.statements import stored
from monitor.core.tuning import Heard, History
from monitor.core.types import Evidence, Level
from tests.core.facts import HOUR, MINUTE, NOON, incident

SETTINGS = AlertSettings()
SAID = "We are sorry. We will refund all of you by Friday."
DOSSIER = Dossier(
    incident=replace(
        incident(Level.CRITICAL, first_seen_at=NOON - 5 * HOUR),
        acknowledged_at=NOON + 20 * MINUTE,
        status=incident().status,
        statement_at=NOON + 2 * HOUR,
    ),
    reason="Reached critical.",
    parts=(),
    evidence=(
        Evidence(
            mention_id=1,
            url="https://town.example/1",
            source="town",
            author="@anna",
            published_at=NOON,
            first_seen_at=NOON,
            text="They dragged <b>him</b>",
        ),
    ),
    statements=(Statement(at=NOON + 2 * HOUR, url=None, text=SAID, checks=stored(SAID)),),
    timeline=(
        Step(at=NOON, what="level critical", who="monitor", detail="Reached critical."),
        Step(at=NOON + 20 * MINUTE, what="acknowledge", who="kim", detail="calling"),
        Step(at=NOON + 3 * MINUTE, what="delivered", who="leadership", detail="x"),
    ),
    deliveries=(
        Sent(
            type="incident.opened",
            webhook="leadership",
            state="delivered",
            attempts=1,
            made_at=NOON,
            at=NOON + 3 * MINUTE,
            error="",
        ),
    ),
)
JUDGED = (
    Judged(at=NOON - 4 * HOUR, risk=0.119),
    Judged(at=NOON - 3 * HOUR, risk=0.11),
    Judged(at=NOON - 2 * HOUR, risk=0.2),
    Judged(at=NOON, risk=0.85),
)


def history(*risks: float, weeks: float = 1.0) -> History:
    heard = tuple(
        Heard(story_id=n, incident_id=None, brand="Acme", title="", risk=risk, at=NOON)
        for n, risk in enumerate(risks)
    )
    return History(stories=heard, weeks={"Acme": weeks})


def test_a_missed_chance_is_each_lower_threshold_that_would_have_told_earlier() -> None:
    found = chances(DOSSIER, JUDGED, history(0.85, 0.15, 0.12, 0.05), SETTINGS)
    assert [(one.threshold, one.lead, one.more) for one in found] == [
        (0.11, 4 * HOUR, 2.0),
        (0.2, 2 * HOUR, 0.0),
    ]


def test_what_was_told_at_once_was_not_missed() -> None:
    assert chances(DOSSIER, JUDGED[-1:], history(0.85), SETTINGS) == ()
    above = Judged(at=NOON - HOUR, risk=0.25)
    assert chances(DOSSIER, (above,), history(0.85), SETTINGS) == ()


def test_without_a_history_the_price_is_not_known() -> None:
    empty = History(stories=(), weeks={})
    found = chances(DOSSIER, JUDGED, empty, SETTINGS)
    assert [one.more for one in found] == [None, None]
    assert affordable(found, empty, "Acme", SETTINGS) is None


def test_the_first_that_keeps_to_the_budget_of_watch_is_named() -> None:
    # 3 pages a week allow 15 stories a week at watch.
    for count, threshold in ((15, 0.11), (16, 0.2)):
        past = history(0.85, *[0.15] * (count - 1))
        found = chances(DOSSIER, JUDGED, past, SETTINGS)
        best = affordable(found, past, "Acme", SETTINGS)
        assert best is not None
        assert best.threshold == threshold


def test_the_paper_says_it_in_plain_words() -> None:
    text = markdown(
        paper(DOSSIER, JUDGED, history(0.85, 0.15), SETTINGS, now=NOON + timedelta(days=1))
    )
    assert "The first was 6 May 2024, 08:00 UTC, 4.0 h before people were told" in text
    assert "watch at 0.11 would have told 4.0 h earlier, for 1.0 more stories a week." in text
    assert "| Delivered | 6 May 2024, 12:00 UTC | 6 May 2024, 12:03 UTC |  |" in text
    assert (
        "| First statement | 6 May 2024, 13:00 UTC | 6 May 2024, 14:00 UTC | 60 min late |" in text
    )
    assert "| Facts noted | 6 May 2024, 12:35 UTC | not done | overdue |" in text
    assert "| 6 May 2024, 12:20 UTC | kim | acknowledge | calling |" in text
    assert "It lacks: what happened." in text


def test_an_incident_of_which_nothing_is_known_has_a_paper_too() -> None:
    bare = Dossier(incident=incident(), reason="", parts=())
    text = markdown(paper(bare, (), History(stories=(), weeks={}), SETTINGS, now=NOON))
    assert "None: people were told the first time" in text
    assert "Nobody acted." in text
    assert "Nothing was seen." in text
    assert "| Delivered | 6 May 2024, 12:00 UTC | never |  |" in text


def test_no_threshold_that_is_too_dear_is_praised() -> None:
    past = history(0.85, *[0.15] * 40, *[0.22] * 40)
    text = markdown(paper(DOSSIER, JUDGED, past, SETTINGS, now=NOON))
    assert "No threshold that would have told earlier keeps to the alert budget." in text


def test_the_page_escapes_what_was_said() -> None:
    page = html(paper(DOSSIER, JUDGED, history(), SETTINGS, now=NOON))
    assert "They dragged &lt;b&gt;him&lt;/b&gt;" in page
    assert '<a href="https://town.example/1" rel="noopener nofollow">' in page
