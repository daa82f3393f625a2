"""The pages of one incident: a dossier -> HTML. Everything is escaped; nothing is fetched.

Does not collect what it shows, nor check who posts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core import recovery_lines
from monitor.core.brief import BRIEF_CHARS, brief
from monitor.core.brief_lines import known
from monitor.core.clock import response_times
from monitor.core.dossier import Dossier, Step
from monitor.core.duties import ASKED, Duty, owed, owner
from monitor.core.early import caution_of
from monitor.core.event import incident_body
from monitor.core.fields import web_url
from monitor.core.notice import WORDS
from monitor.core.outbox import IncidentEvent
from monitor.core.plaintext import clip, tidy
from monitor.core.settings import AlertSettings
from monitor.core.statements import lacking
from monitor.core.steps import MACHINE, told
from monitor.core.tickets import InvalidTicket
from monitor.core.types import Incident, Part, Status
from monitor.desk.cardstory import Bar
from monitor.desk.forms import POST, REASONS, REPAIRS, SPANS
from monitor.desk.page import ENVIRONMENT

#: So much of the evidence is read before anything else; the rest is a click away.
_POSTS_SHOWN = 5
#: Longer texts are in the database and in the exported evidence.
_TEXT_CHARS = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What every page needs besides its content."""

    now: datetime
    #: Guards the style.
    nonce: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A form that was not taken: nobody has to type it again."""

    verb: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    #: Why it was not taken.
    complaint: str = ""

    def given(self, name: str) -> str:
        return self.fields.get(name, "")

    def among(self, verbs: Sequence[str]) -> Draft:
        """What can be said no more (it was resolved meanwhile) may still be noted."""
        if self.verb in verbs or not self.given("text"):
            return self
        return replace(self, verb="note")


BLANK = Draft()


def incident_page(
    found: Dossier, *, settings: AlertSettings, frame: Frame, token: str, draft: Draft = BLANK
) -> str:
    """Render `/incidents/{id}`; `token` goes into its forms, `draft` was the last answer."""
    incident = found.incident
    event, verbs = _event(found, settings, frame.now), [*_verbs(incident), *_repairs(found)]
    timeline = told(found.timeline, found.deliveries)
    return ENVIRONMENT.get_template("incident.html").render(
        frame=frame,
        found=found,
        incident=incident,
        brief=clip(brief(event), BRIEF_CHARS),
        early=caution_of(incident, frame.now),
        known=_known(event),
        owner=owner(incident),
        last=_last(timeline, incident.brand),
        shown=_POSTS_SHOWN,
        bars=_bars(found.parts),
        duties=_owed(incident, settings),
        verbs=verbs,
        token=token,
        draft=draft.among(verbs),
        spans=SPANS,
        reasons=REASONS,
        box=POST,
        duty_words=ASKED,
        event_words=WORDS,
        timeline=timeline,
        lacking=lacking,
        recovery=recovery_lines.lines(found.recovery) if found.recovery else (),
    )


def click_page(incident: Incident, *, waits: bool, frame: Frame) -> str:
    """Render `/a/{ticket}`: one button, or what became of it."""
    return ENVIRONMENT.get_template("acknowledge.html").render(
        frame=frame, incident=incident, waits=waits, refusal=""
    )


def refusal_page(refusal: InvalidTicket, *, frame: Frame) -> str:
    """Render `/a/{ticket}` for a ticket that does not count."""
    return ENVIRONMENT.get_template("acknowledge.html").render(
        frame=frame, incident=None, waits=False, refusal=refusal.value
    )


def notice_page(why: str, *, frame: Frame) -> str:
    """Render what is said instead of a page that cannot be shown, with a way out."""
    return ENVIRONMENT.get_template("notice.html").render(frame=frame, why=why)


def form_policy(nonce: str) -> str:
    """The Content-Security-Policy of a page with forms: its own style, itself, nothing else."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'"
    )


def _event(found: Dossier, settings: AlertSettings, now: datetime) -> IncidentEvent:
    """The incident as an alert would tell it now."""
    return IncidentEvent(
        type="incident.updated",
        at=now,
        incident=found.incident,
        parts=found.parts,
        reason=found.reason,
        times=response_times(found.incident, settings),
        evidence=found.evidence,
    )


def _known(event: IncidentEvent) -> str:
    return known(json.loads(incident_body(event))["data"], counts_posts=False)


def _last(timeline: Sequence[Step], brand: str) -> Step | None:
    """The newest thing that people here did: whoever posted a form sees it arrive."""
    ours = (step for step in reversed(timeline) if step.who not in {*MACHINE, brand})
    return next(ours, None)


def _bars(parts: Iterable[Part]) -> list[Bar]:
    """Parts that say something, the weightiest first."""
    told = sorted((p for p in parts if p.value), key=lambda p: abs(p.value), reverse=True)
    most = max((abs(p.value) for p in told), default=1.0)
    return [
        Bar(name=p.name, value=p.value, sentence=p.sentence, width=100 * abs(p.value) / most)
        for p in told
    ]


def _owed(incident: Incident, settings: AlertSettings) -> list[Duty]:
    """What is still owed of a live incident, and what was done of any."""
    found = owed(incident, settings)
    return [one for one in found if incident.status.is_live or one.done_at]


def _verbs(incident: Incident) -> list[str]:
    if incident.status is Status.MERGED:
        return ["note"]
    if not incident.status.is_live:
        return ["reopen", "note", "statement"]
    first = [] if incident.status is Status.ACKNOWLEDGED else ["acknowledge"]
    return [*first, "note", "assign", "statement", "snooze", "resolve", "dismiss"]


def _repairs(found: Dossier) -> list[str]:
    """What of the grouping may be wrong. One post alone is the incident."""
    if found.incident.status is Status.MERGED:
        return []
    may = {"merge": found.others, "split": found.evidence[1:]}
    return [verb for verb in REPAIRS if may[verb]]


def verbatim(text: str) -> str:
    """A text as it was said, line ends too, without what turns the reading direction around."""
    lines = (clip(line, _TEXT_CHARS) for line in text[:_TEXT_CHARS].splitlines())
    return "\n".join(lines).strip()


ENVIRONMENT.filters.update(tidy=tidy, verbatim=verbatim, web_url=web_url)
