"""The post-mortem: what was missed, at which price, and who acted when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.dossier import Dossier, Sent, Statement, Step, TurnedAway
from monitor.core.missed import Judged
from monitor.core.paper import html, markdown
from monitor.core.postmortem import paper
from monitor.core.recovery import Day, recovery
from monitor.core.settings import AlertSettings
from monitor.core.statements import stored
from monitor.core.tuning import Heard, History
from monitor.core.types import Evidence, Level, Resemblance, Status
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


def written(dossier: Dossier, *judged: Judged, past: History | None = None) -> str:
    return markdown(paper(dossier, judged, past or history(0.85), SETTINGS, now=NOON))


def test_the_paper_says_it_in_plain_words() -> None:
    text = markdown(
        paper(DOSSIER, JUDGED, history(0.85, 0.15), SETTINGS, now=NOON + timedelta(days=1))
    )
    assert (
        "The first was 6 May 2024, 08:00 UTC, 4h before people were told: its risk was 0.12, "
        "and a threshold of 0.11 for watch (it is 0.25) would have told then, for 1.0 more "
        "stories a week."
    ) in text
    assert (
        "Within the alert budget (15.0 stories a week at watch), watch at 0.11 would have told "
        "4h earlier, for 1.0 more stories a week."
    ) in text
    assert "were judged in 1.0 weeks and would have alerted besides." in text
    assert "| 6 May 2024, 08:00 UTC | 0.12 | 0.11 | 4h | 1.0 | 0 | 0 | 1 |" in text
    assert "Missed chances to page" not in text
    assert "Before, it had been judged" not in text
    assert "| Delivered | 6 May 2024, 12:00 UTC | 6 May 2024, 12:03 UTC |  |" in text
    assert "| First statement | 6 May 2024, 13:00 UTC | 6 May 2024, 14:00 UTC | 1h late |" in text
    assert "| Facts noted | 6 May 2024, 12:35 UTC | not done | overdue |" in text
    assert "| 6 May 2024, 12:20 UTC | kim | Acknowledged | calling |" in text
    assert "It seems to lack: what happened." in text


def test_programs_get_the_numbers_behind_the_sentences() -> None:
    later = NOON + timedelta(days=1)
    told: Any = paper(DOSSIER, JUDGED, history(0.85, 0.15), SETTINGS, now=later).data
    chance: Any = {
        "at": "2024-05-06T08:00:00Z",
        "risk": 0.119,
        "threshold": 0.11,
        "lead_seconds": 4 * 3600.0,
        "cost": {
            "weeks": 1.0,
            "stories": 1,
            "stories_a_week": 1.0,
            "dismissed": 0,
            "answered": 0,
            "unjudged": 1,
        },
    }
    [missed] = told["missed"]
    chances = missed.pop("chances")
    assert chances[0] == chance
    assert [one["threshold"] for one in chances] == [0.11, 0.2]
    assert missed == {
        "level": "watch",
        "told_at": "2024-05-06T12:00:00Z",
        "threshold": 0.25,
        "stories_a_week_allowed": 15.0,
        "affordable": chance,
        "unheeded": 0,
        "turned_away": 0,
    }
    duties = {one["name"]: one for one in told["duties"]}
    assert duties["statement"] == {
        "name": "statement",
        "due": "2024-05-06T13:00:00Z",
        "done_at": "2024-05-06T14:00:00Z",
        "late_seconds": 3600.0,
        "overdue": False,
        "by_statement": False,
    }
    assert (duties["facts"]["done_at"], duties["facts"]["overdue"]) == (None, True)
    assert duties["facts"]["late_seconds"] == (24 * 60 - 35) * 60
    assert (told["at"], told["delivered_at"]) == ("2024-05-07T12:00:00Z", "2024-05-06T12:03:00Z")
    assert (told["incident"]["id"], told["incident"]["risk"]) == (1, 0.6)
    assert told["recovery"] is None
    assert told["timeline"][1] == {
        "at": "2024-05-06T12:20:00Z",
        "what": "acknowledge",
        "who": "kim",
        "detail": "calling",
    }


def test_what_was_never_delivered_has_no_time_and_what_is_not_due_yet_is_not_late() -> None:
    soon = NOON + MINUTE
    told: Any = paper(replace(DOSSIER, deliveries=()), (), history(0.85), SETTINGS, now=soon).data
    assert told["delivered_at"] is None
    assert told["missed"][0]["affordable"] is None
    assert [one["late_seconds"] for one in told["duties"] if one["name"] == "facts"] == [0.0]


def test_what_was_taken_for_another_thing_of_that_name_is_told() -> None:
    away = tuple(
        TurnedAway(at=NOON - n * HOUR, alarm=0.8 - n / 10, harms={"safety": 0.9}) for n in (2, 1)
    )
    hurt = replace(DOSSIER.incident, harms=("safety",))
    text = written(replace(DOSSIER, incident=hurt, turned_away=away))
    assert (
        "In the day before, 2 posts that alleged the same with an ambiguous name alone went by as "
        "not about the brand: the first 6 May 2024, 10:00 UTC, the highest alarm 0.70."
    ) in text
    assert "went by" not in written(DOSSIER)


def test_an_incident_of_which_nothing_is_known_has_a_paper_too() -> None:
    bare = Dossier(incident=incident(), reason="", parts=())
    text = markdown(paper(bare, (), History(stories=(), weeks={}), SETTINGS, now=NOON))
    assert "None: people were told the first time that the story stood out." in text
    assert "People were told because" not in text
    assert "## Recovery" not in text
    assert "Nobody acted." in text
    assert "Nothing was seen." in text
    assert "| Delivered | 6 May 2024, 12:00 UTC | to nobody: no webhook wanted it |  |" in text


def test_no_threshold_that_is_too_dear_is_praised() -> None:
    past = history(0.85, *[0.15] * 40, *[0.22] * 40)
    text = markdown(paper(DOSSIER, JUDGED, past, SETTINGS, now=NOON))
    assert (
        "No threshold that would have told earlier is known to keep to the alert budget (15.0 "
        "stories a week at watch)."
    ) in text


def test_it_begins_with_what_is_alleged_how_grave_it_is_and_who_has_it() -> None:
    def start(**values: Any) -> str:
        known = replace(DOSSIER.incident, brand="Acme", harms=("safety",), severity=3.6, **values)
        made = paper(replace(DOSSIER, incident=known), JUDGED, history(), SETTINGS, now=NOON)
        return "\n".join(made.sections[0].lines)

    asked: dict[str, Any] = {"status": Status.OPEN, "assigned_to": None, "acknowledged_by": "kim"}
    assert start(**asked).startswith(
        "Said of Acme: people were hurt or put in danger. How grave: very, injury or danger to "
        "life.\nAcme; "
    )
    assert "As it was 6 May 2024, 12:00 UTC.\nWho has it: nobody.\n" in start(**asked)
    assert "Who has it: kim." in start(**asked | {"status": Status.ACKNOWLEDGED})
    assert "Who has it: li." in start(**asked | {"assigned_to": "li"})
    assert "Who has it" not in start(**asked | {"status": Status.RESOLVED})


def test_what_it_resembled_stands_in_it_with_the_lesson() -> None:
    like = Resemblance(
        case="crew-2017",
        title="The passenger who was dragged out",
        similarity=0.8,
        why=(),
        lesson="Say sorry the same day.",
        url="https://cases.example/1",
    )
    text = written(replace(DOSSIER, incident=replace(DOSSIER.incident, resembles=(like,))))
    assert "## What it resembled" in text
    assert "Say sorry the same day" in text
    assert "https://cases.example/1" in text
    assert "What it resembled" not in written(DOSSIER)


def test_what_was_asked_at_its_worst_was_asked_though_it_calmed_down() -> None:
    calm = replace(DOSSIER.incident, level=Level.WATCH, alerted_level=Level.CRITICAL)
    assert "| Facts noted |" in written(replace(DOSSIER, incident=calm))
    never = replace(calm, alerted_level=Level.WATCH, statement_at=None)
    assert "| Facts noted |" not in written(replace(DOSSIER, incident=never))


def test_neither_a_delivery_nor_what_the_brand_said_is_somebody_who_acted() -> None:
    said = Step(at=NOON, what="statement", who="Acme", detail=SAID)
    sent = Step(at=NOON, what="delivered", who="leadership", detail="x")
    assert "Nobody acted." in written(replace(DOSSIER, timeline=(said, sent)))
    assert "Nobody acted." not in written(DOSSIER)


def test_who_said_it_stands_beside_the_evidence_if_that_is_known() -> None:
    assert "| @anna | town |" in written(DOSSIER)
    nobody = replace(DOSSIER.evidence[0], author=None)
    assert "|  | town |" in written(replace(DOSSIER, evidence=(nobody,)))


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (119 * MINUTE, "1h 59m late"),
        (120 * MINUTE, "2h late"),
        (47.9 * HOUR, "1d 23h late"),
        (48 * HOUR, "2d late"),
        (60 * HOUR, "2d 12h late"),
    ],
)
def test_long_delays_are_told_in_hours_and_very_long_ones_in_days(
    late: timedelta, told: str
) -> None:
    known = replace(DOSSIER.incident, statement_at=NOON + HOUR + late)
    assert f"| {told} |" in written(replace(DOSSIER, incident=known))


def test_its_tables_can_be_read_aloud_printed_and_on_a_phone() -> None:
    page = html(paper(DOSSIER, JUDGED, history(), SETTINGS, now=NOON))
    assert page.count("<table><thead><tr><th scope=col") == page.count("<table>") > 2
    assert page.count("</th>") == page.count("<th ")
    assert "@media print" in page
    cells = re.findall(r"<td[^>]*>([^<]*UTC[^<]*)", page)
    assert cells
    for cell in cells:
        assert re.search(r"\d{1,2}\u00a0May\u00a02024, \d\d:\d\d\u00a0UTC", cell)


def test_the_page_escapes_what_was_said() -> None:
    page = html(paper(DOSSIER, JUDGED, history(), SETTINGS, now=NOON))
    assert "They dragged &lt;b&gt;him&lt;/b&gt;" in page
    assert '<a href="https://town.example/1" rel="noopener nofollow">' in page


def test_an_alert_that_died_was_delivered_to_nobody_though_somebody_wanted_it() -> None:
    dead = replace(DOSSIER.deliveries[0], state="dead", at=None)
    text = written(replace(DOSSIER, deliveries=(dead,)))
    assert "| Delivered | 6 May 2024, 12:00 UTC | never |  |" in text


def test_why_people_were_told_stands_beside_the_newest_decision() -> None:
    text = written(replace(DOSSIER, reason="It stands where it stood."))
    assert "People were told because: Reached critical." in text
    assert "The newest decision on it: It stands where it stood." in text
    assert "The newest decision" not in written(DOSSIER)
    assert "The newest decision" not in written(replace(DOSSIER, reason=""))


def test_facts_that_only_the_brand_s_statement_tells_were_noted_by_nobody() -> None:
    at = NOON + 2 * HOUR
    text = written(replace(DOSSIER, incident=replace(DOSSIER.incident, facts_at=at)))
    assert "6 May 2024, 14:00 UTC | 1h 25m late, by the brand's statement |" in text


def test_why_people_were_told_is_what_the_alert_said() -> None:
    decided = Step(at=NOON, what="level watch", who="monitor", detail="Reached: risk 0.97.")
    alert = Step(
        at=NOON,
        what="incident.opened",
        who="monitor",
        detail="critical",
        reason="Reached critical: risk 1.00, threshold 0.80.",
    )
    text = written(replace(DOSSIER, timeline=(decided, alert)))
    assert "People were told because: Reached critical: risk 1.00, threshold 0.80." in text
    assert "0.97" not in text


def test_told_before_what_is_left_of_it_was_said_is_no_negative_delay() -> None:
    split = replace(DOSSIER.incident, first_seen_at=NOON + 3 * MINUTE)
    text = written(replace(DOSSIER, incident=split))
    assert (
        "People were told 6 May 2024, 12:00 UTC, before the earliest mention that is still part "
        "of it was made: first said 6 May 2024, 12:03 UTC, last said"
    ) in text
    assert " later)" not in text


def test_one_of_a_kind_is_counted_as_one() -> None:
    single = replace(DOSSIER.incident, mention_count=1, author_count=1, source_count=1)
    assert "1 mention by 1 author on 1 source." in written(replace(DOSSIER, incident=single))


def test_what_no_sensible_threshold_would_have_told_is_said_too() -> None:
    faint = (Judged(at=NOON - 5 * HOUR, risk=0.04), Judged(at=NOON - 4 * HOUR, risk=0.02))
    assert (
        "Before, it had been judged 2 times at a risk of 0.04 at most: for watch, monitor tune "
        "never proposes less than 0.10."
    ) in written(DOSSIER, *faint)
    once = written(DOSSIER, faint[0])
    assert "judged 1 time at a risk of 0.04" in once


def test_those_who_are_paged_may_have_been_told_later_than_the_others() -> None:
    climbed = (
        Step(at=NOON, what="level watch", who="monitor", detail="Reached watch."),
        Step(at=NOON + HOUR, what="level warning", who="monitor", detail="Reached warning."),
    )
    judged = (Judged(at=NOON, risk=0.31), Judged(at=NOON + MINUTE, risk=0.42))
    past = history(0.85, 0.45, 0.31)
    text = written(replace(DOSSIER, timeline=climbed), *judged, past=past)
    paged = text.partition("## Missed chances to page")[2]
    assert "a threshold of 0.31 for warning (it is 0.50) would have told then" in paged
    assert "the alert budget (3.0 stories a week at warning), warning at 0.31" in paged
    assert "| at | risk | warning at | earlier by |" in paged
    assert "| 6 May 2024, 12:00 UTC | 0.31 | 0.31 | 1h | 2.0 | 0 | 0 | 2 |" in paged


def test_reminders_are_told_once_and_many_of_them_in_one_line() -> None:
    def reminded(count: int) -> str:
        steps = []
        for n in range(count):
            at, why = NOON + n * HOUR, f"Nobody for {n}."
            steps.append(Step(at=at, what="remind", who="monitor", detail=why))
            steps.append(Step(at=at, what="incident.reminder", who="monitor", detail="critical"))
        opened = Step(at=NOON, what="incident.opened", who="monitor", detail="critical")
        text = written(replace(DOSSIER, timeline=(opened, *steps)))
        return text.partition("## Timeline")[2]

    few = reminded(3)
    assert (
        "| 6 May 2024, 12:00 UTC | New incident | monitor | critical (delivered to leadership) |"
        in few
    )
    assert few.count("Reminder") == 3
    assert "incident.reminder" not in few
    many = reminded(6)
    assert "| 6 May 2024, 12:00 UTC | Reminder | monitor | Nobody for 0. |" in many
    assert "| \u2026 | 4 more reminders | monitor |  |" in many
    assert "| 6 May 2024, 17:00 UTC | Reminder | monitor | Nobody for 5. |" in many
    assert many.count("Nobody for") == 2
    assert "| \u2026 | 2 more reminders |" in reminded(4)


def test_the_recovery_is_part_of_it() -> None:
    known = [Day(date=NOON.date() + timedelta(days=n - 28), mentions=1) for n in range(30)]
    found = recovery(known, began=NOON.date(), last=NOON.date())
    text = written(replace(DOSSIER, recovery=found))
    assert "## Recovery" in text
    assert "Volume: usually 1 a day" in text
    assert "| day | mentions | read | negative | not fully seen |" in text
    assert "| 2024-05-06 | 1 | 0 | 0 |  |" in text


def test_without_a_history_the_price_is_not_known() -> None:
    text = written(DOSSIER, *JUDGED, past=History(stories=(), weeks={}))
    assert "would have told then.\n" in text
    assert "| 6 May 2024, 08:00 UTC | 0.12 | 0.11 | 4h | not known |  |  |  |" in text
    assert "What it costs" not in text
