"""The vocabulary of the core: mentions, verdicts, risks, incidents. Frozen, slotted, keyword-only.

Does not hold what one loop alone passes on (see `polling`, `filing`, `outbox`), nor settings.
All times are timezone-aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum

from monitor.core.plaintext import shown_text

HARMS = (
    "safety",
    "mistreatment",
    "discrimination",
    "animal",
    "deception",
    "privacy",
    "outage",
    "product",
    "executive",
    "labour",
    "legal",
    "environment",
    "boycott",
    "service",
    "praise",
)


#: Shown instead of the words of what was deleted where it was said.
DELETED = "[deleted by its author or the network]"


class Level(IntEnum):
    """How far up the ladder a story stands; `QUIET` is no incident."""

    QUIET = 0
    WATCH = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, label: str) -> Level:
        """`ValueError` for anything but quiet, watch, warning, critical."""
        try:
            return cls[label.upper()]
        except KeyError:
            raise ValueError(f"{label!r} is not one of watch, warning, critical") from None


#: Labels of those at which a story is an incident, the lowest first.
LEVELS = tuple(level.label for level in Level if level > Level.QUIET)


class Status(Enum):
    """Where an incident stands with the people who answer it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    MERGED = "merged"

    @property
    def is_live(self) -> bool:
        """New mentions can still raise alerts about it."""
        return self in {Status.OPEN, Status.ACKNOWLEDGED, Status.SNOOZED}


#: What events call an incident that is no more: nothing is owed to it.
OVER = frozenset(each.value for each in Status if not each.is_live)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A stored mention."""

    id: int
    source_id: int
    #: Name and kind of the source.
    source: str
    kind: str
    native_id: str
    brand: str
    url: str | None
    author: str | None
    author_followers: int | None
    title: str | None
    text: str
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    fingerprint: str
    repost_of: str | None
    #: The alias that matched, "assumed" or "given".
    matched_by: str = ""
    certain: bool = True
    history: bool = False
    engagement: Mapping[str, float] = field(default_factory=dict)
    #: The story it was filed to when it was read before it was edited.
    story_id: int | None = None
    #: Deleted where it was said: its words and author are blank.
    deleted: bool = False

    @property
    def at(self) -> datetime:
        """When it was said: its own date, unless that is missing or lies in the future."""
        if self.published_at is None:
            return self.seen_at
        return min(self.published_at, self.seen_at)

    @property
    def full_text(self) -> str:
        """Title and text, once each."""
        return full_text(self.title, self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the classifier is asked to read."""

    brand: str
    description: str
    text: str
    #: A kind of source, or "news", "review"; may be empty.
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stance:
    """Probabilities that add up to one."""

    negative: float
    neutral: float
    positive: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the classifier says of a mention; all but `about` given that it is about the brand."""

    model: str
    language: str | None
    about: float
    stance: Stance
    alarm: float
    complaint: float
    outrage: float
    firsthand: float
    #: 0 to 4, see the label guide.
    severity: float
    #: False: the model was not trained on the language of the text, and is not to be believed.
    language_trained: bool = True
    #: All names of `HARMS`.
    harms: Mapping[str, float] = field(default_factory=dict)
    #: What the text means, in the space of the model; see `meaning.packed`.
    vector: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One named share of a risk; the values of all parts add up to it."""

    name: str
    value: float
    #: Plain words, with the numbers behind the value.
    sentence: str
    #: The number that it rests on, 0 to 1, where others ask for it.
    measured: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Risk:
    """How much a story deserves a leader's attention, 0 to 1, and why: a score, no probability."""

    value: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """How many mentions a story will have had at `at`, as an 80 % interval.

    now <= p10 <= p50 <= p90.
    """

    now: int
    p10: float
    p50: float
    p90: float
    at: datetime
    #: None until it can be said with calibration.
    viral_probability: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One mention as it is shown to people."""

    mention_id: int
    url: str | None
    source: str
    author: str | None
    published_at: datetime | None
    first_seen_at: datetime
    text: str
    engagement: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Resemblance:
    """A well-known case that an incident resembles, and why; see `resemblance`."""

    #: Its id in the library.
    case: str
    title: str
    #: A score from 0 to 1, no probability; the values of `why` add up to it.
    similarity: float
    #: The weightiest part first.
    why: tuple[Part, ...]
    lesson: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """A story that reached `watch`, as stored."""

    id: int
    brand: str
    title: str
    status: Status
    level: Level
    #: 0 to 4.
    severity: float
    risk: float
    opened_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    #: Names, worst first.
    harms: tuple[str, ...] = ()
    mention_count: int = 0
    repost_count: int = 0
    author_count: int = 0
    source_count: int = 0
    forecast: Forecast | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    assigned_to: str | None = None
    statement_at: datetime | None = None
    resolved_at: datetime | None = None
    snoozed_until: datetime | None = None
    #: Highest level told to anyone; an alert goes out once per step of the ladder.
    alerted_level: Level = Level.QUIET
    last_alert_at: datetime | None = None
    #: When it was opened, last rose, or was reopened: what reminders and escalation count from.
    #: None: `last_alert_at`.
    raised_at: datetime | None = None
    #: Reminders sent, and escalation steps taken, since the last acknowledgement.
    reminders: int = 0
    handed_on: int = 0
    #: When somebody first noted what is known, and when the brand last spoke.
    facts_at: datetime | None = None
    last_statement_at: datetime | None = None
    #: Duties that were missed and said so, see `core.duties`.
    breaches: tuple[str, ...] = ()
    #: Well-known cases that it resembles, the most alike first.
    resembles: tuple[Resemblance, ...] = ()


def full_text(title: str | None, text: str) -> str:
    """Title and text, once each: many feeds repeat the title in the text."""
    if not title or text.startswith(title):
        return text
    return f"{title}\n{text}" if text else title


def as_evidence(mention: Mention) -> Evidence:
    """A mention as it is shown to people."""
    return Evidence(
        mention_id=mention.id,
        url=mention.url,
        source=mention.source,
        author=mention.author,
        published_at=mention.published_at,
        first_seen_at=mention.seen_at,
        text=DELETED if mention.deleted else shown_text(mention.title, mention.text),
        engagement=mention.engagement,
    )
