"""What is known of an incident in plain words: a headline and a brief.

Does not judge: it words what the incident says. Everything it quotes comes from outside, so it is
always presented as alleged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.core.bygone import long_past
from monitor.core.humanize import counted, moment
from monitor.core.milestones import denials
from monitor.core.outbox import IncidentEvent
from monitor.core.plaintext import clip, tidy
from monitor.core.types import DELETED, Evidence, Incident, Part

BRIEF_CHARS = 280
HEADLINE_CHARS = 90
#: What is alleged, as it follows "Said of the brand:"; see the label guide for the names.
ALLEGED = {
    "safety": "people were hurt or put in danger",
    "mistreatment": "staff mistreated someone",
    "discrimination": "people were treated unequally",
    "animal": "an animal was harmed",
    "deception": "people were misled or cheated",
    "privacy": "personal data was exposed or misused",
    "outage": "customers are cut off from the service",
    "product": "a product is faulty",
    "executive": "someone at the top misbehaved",
    "labour": "workers are treated badly",
    "legal": "the law may have been broken",
    "environment": "nature was harmed",
    "boycott": "there are calls to stop buying",
    "service": "customers are served badly",
}
_SHOWN_HARMS = 2
#: What the levels of severity mean (label guide), the worst thing alleged.
_GRAVITY = (
    "",
    "How grave: an annoyance.",
    "How grave: money or much time lost.",
    "How grave: serious, rights, dignity or livelihood are at stake.",
    "How grave: very, injury or danger to life.",
)
LINK = re.compile(r"https?://\S+")
#: What a forum or a mailing list puts before the title of an answer.
REPLY = re.compile(r"^(?:(?:re|fwd?)\s*:\s*)+(?=\S)", re.IGNORECASE)
_QUOTE_LEAST = 40
_DENIED = "Also said: it is not true."
#: The crowd may be one voice (see `risk`).
_CAMPAIGN = "It looks like a campaign: much of it is copied."


def headline(text: str) -> str:
    """A title for an incident from the text that tells it best: its first line, without links.

    An answer in a thread is called what the thread is.
    """
    lines = (REPLY.sub("", tidy(LINK.sub(" ", line))) for line in text.splitlines())
    return clip(next(filter(None, lines), "") or text, HEADLINE_CHARS) or "Untitled"


def title_of(title: str | None, text: str) -> str:
    """What an incident is called by a post."""
    return headline(" ".join((title or text).split()))


def brief(event: IncidentEvent) -> str:
    """What is alleged, how often, since when, whether it is doubted, how grave; 280 characters.

    The worst text is quoted if a good part of it fits.
    """
    incident = event.incident
    alleged = allegation(incident.brand, incident.harms)
    known, grave = f"{alleged} {_extent(incident)}", gravity(incident.severity)
    said = _joined((known, grave))
    for doubt in _doubts(event):
        known = _joined((known, doubt))
        doubted = _joined((known, grave))
        said = doubted if len(doubted) <= BRIEF_CHARS else said
    room = BRIEF_CHARS - len(said) - len(" “”")
    worst = next((one.text for one in event.evidence if one.text != DELETED), "")
    if worst and room >= _QUOTE_LEAST:
        quote = clip(worst, room)
        return f"{said} “{quote}”" if quote else said
    return said


def _doubts(event: IncidentEvent) -> Iterator[str]:
    if denials([one.text for one in event.evidence], event.incident.harms):
        yield _DENIED
    year = event.incident.last_seen_at.year
    dated = [(one.published_at or one.first_seen_at).year for one in event.evidence]
    if old := long_past([one.text for one in event.evidence], year=year, dated=dated):
        yield f"It may be old: posts speak of {old.when}."
    if is_doubted(event.parts):
        yield _CAMPAIGN


def since_told(count: int, worst: Evidence | None) -> str:
    """What a reminder has to say that the last message had not; empty if nothing."""
    if not count:
        return ""
    said = f"{counted(count, 'mention')} since the last message"
    if worst is None or worst.text == DELETED:
        return f"{said}."
    return f"{said}{', the worst' * (count > 1)}: “{headline(worst.text)}”."


def is_doubted(parts: Iterable[Part]) -> bool:
    """Whether copies, and accounts that nobody follows, take something from the risk."""
    return any(part.name == "credibility" and part.value < 0.0 for part in parts)


def _joined(sentences: tuple[str, ...]) -> str:
    return " ".join(filter(None, sentences))


def allegation(brand: str, harms: Sequence[str]) -> str:
    """What is said of the brand, the two worst harms at most, in one sentence."""
    brand = clip(brand, 60) or "The brand"
    alleged = [ALLEGED[harm] for harm in harms if harm in ALLEGED][:_SHOWN_HARMS]
    if not alleged:
        return f"{brand} is criticised; nothing definite is alleged so far."
    return f"Said of {brand}: {' and '.join(alleged)}."


def _extent(incident: Incident) -> str:
    counts = tuple(_counts(incident))
    listed = f"{counts[0]} by {counts[1]}" if len(counts) == 3 else counts[0]
    return f"{listed} on {counts[-1]} since {moment(incident.first_seen_at)}."


def _counts(incident: Incident) -> Iterator[str]:
    yield counted(incident.mention_count, "mention")
    if incident.author_count:
        yield counted(incident.author_count, "author")
    yield counted(max(incident.source_count, 1), "source")


def gravity(severity: float) -> str:
    """How grave the worst allegation is, in one sentence; empty for nothing (severity 0)."""
    # An event holds it in hundredths, and says the same as the incident: just half is no more.
    step = math.ceil(round(severity, 2) - 0.5)
    return _GRAVITY[min(max(step, 0), len(_GRAVITY) - 1)]
