"""The values of the deliver loop: alerts, deliveries, attempts and their answers.

Does not decide when to try again (see `retry`) nor how an alert is worded (see `event`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from monitor.core.settings import Settings
from monitor.core.types import Evidence, Incident, Level, Part


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseTimes:
    """The response clock as it stands in every alert."""

    first_seen: datetime
    detected: datetime
    acknowledge_by: datetime
    statement_by: datetime
    #: None: not asked for (yet).
    facts_by: datetime | None = None
    update_by: datetime | None = None
    #: None: not done yet.
    acknowledged_at: datetime | None = None
    facts_at: datetime | None = None
    statement_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Which sources could be seen when the alert was made: quiet is told apart from blind."""

    healthy: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the brand said in public."""

    at: datetime
    url: str | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentEvent:
    """All that an incident alert says, before it is written down as JSON."""

    #: "incident.opened" …
    type: str
    at: datetime
    incident: Incident
    parts: tuple[Part, ...]
    #: The sentence of the decision.
    reason: str
    times: ResponseTimes
    evidence: tuple[Evidence, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    links: Mapping[str, str] = field(default_factory=dict)
    #: Of statement.seen.
    said: Said | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    """One webhook that an alert is to reach."""

    webhook: str
    next_attempt_at: datetime
    #: Which alert; None: the one it is written with.
    alert_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAlert:
    """An alert to be put into the outbox; `incident_id` is None for operational ones."""

    type: str
    created_at: datetime
    #: Canonical JSON, what is signed and sent.
    body: str
    incident_id: int | None = None
    level: Level | None = None
    deliveries: tuple[NewDelivery, ...] = ()
    #: What holds it back beside the silences that people asked for, which are known when it is
    #: written; None: nothing ever does.
    held_by: Settings | None = None


class DeliveryState(Enum):
    """What became of one alert for one webhook."""

    PENDING = "pending"
    DELIVERED = "delivered"
    #: A newer state of its incident was delivered instead.
    SUPERSEDED = "superseded"
    #: Given up after the last attempt; can be retried by hand.
    DEAD = "dead"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One alert on its way to one webhook."""

    id: int
    alert_id: int
    incident_id: int | None
    webhook: str
    type: str
    level: Level | None
    #: As stored, without `data.late`.
    body: str
    created_at: datetime
    #: Attempts made so far.
    attempt: int
    next_attempt_at: datetime
    state: DeliveryState = DeliveryState.PENDING


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedMessage:
    """What goes over the wire in one attempt."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    #: Who carries it: "http", or "apprise" for a title and a text in JSON.
    via: str = "http"
    #: "HEAD" only knocks: it carries nothing that could be taken for an alert.
    method: str = "POST"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The receiver sent a status."""

    status: int
    #: Names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: First characters of the body, for people.
    excerpt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """No status came: refused, timed out, TLS, a forbidden address."""

    error: str
    #: All of the message had been sent when it failed: the receiver may have taken it.
    perhaps_taken: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookState:
    """What the database remembers of a webhook."""

    name: str
    #: 410: not used until `monitor webhook enable`.
    disabled_at: datetime | None = None
    #: The first failure since the last success; None while it works.
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    last_attempt_at: datetime | None = None
    #: It asked us to wait (Retry-After): nothing is sent to it before then.
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptIntent:
    """All that one attempt wants written, in one transaction."""

    delivery_id: int
    #: When it began; it ended `seconds` later.
    at: datetime
    seconds: float
    status: int | None
    error: str | None
    #: What the delivery becomes.
    state: DeliveryState
    attempt: int
    next_attempt_at: datetime | None
    webhook: WebhookState
    #: After a success: deliveries that were tried before and wait for this webhook are due at
    #: once (those with no attempt yet are held back on purpose, by quiet hours).
    wake: bool = False
    #: After a success: older deliveries of the same incident and webhook, made needless.
    supersede: tuple[int, ...] = ()
    #: Deliveries that take over on the fallback webhook, each naming its alert; one that is
    #: there already (same alert, same webhook) is left as it is.
    hand_over: tuple[NewDelivery, ...] = ()


PostResult = Answered | Unreachable
