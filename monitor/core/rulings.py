"""What an answer of a receiver means: taken, try again, never, or gone.

The contract's rules hold for every receiver, save where a receiver's own documentation says that
something else is meant (see the `judge` of its format). Does not decide when the next attempt is
(see `retry`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from monitor.core.freshness import retry_after
from monitor.core.outbox import Answered

_GONE = 410
#: RFC 6585 section 4, RFC 9110 section 15.6.4: answers that may say when to come back.
_SAYS_WHEN = frozenset({429, 503})


class Fate(Enum):
    """What becomes of a message after an answer."""

    DELIVERED = "delivered"
    #: It may be taken another time.
    AGAIN = "again"
    #: The receiver will never take this message: trying it again is noise.
    HOPELESS = "hopeless"
    #: The webhook is not there any more: disabled until `monitor webhook enable`.
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """A fate, with the words for people if it is no good one."""

    fate: Fate
    #: The receiver asked for so much time.
    wait: timedelta | None = None
    complaint: str = ""


Judge = Callable[[Answered, datetime], Ruling]

DELIVERED = Ruling(fate=Fate.DELIVERED)


def by_contract(answer: Answered, now: datetime) -> Ruling:
    """2xx is delivered, 410 gone, anything else a failure; 429 and 503 may say when."""
    if 200 <= answer.status < 300:
        return DELIVERED
    if answer.status == _GONE:
        return gone(answer)
    return Ruling(fate=Fate.AGAIN, wait=_wait(answer, now), complaint=_complaint(answer))


def hopeless_at(*statuses: int) -> Judge:
    """The contract's rules, but an answer of these statuses condemns the message."""

    def judge(answer: Answered, now: datetime) -> Ruling:
        return hopeless(answer) if answer.status in statuses else by_contract(answer, now)

    return judge


def hopeless(answer: Answered) -> Ruling:
    return Ruling(fate=Fate.HOPELESS, complaint=f"{_complaint(answer)} (never tried again)")


def gone(answer: Answered) -> Ruling:
    said = f"answered {answer.status}: disabled until `monitor webhook enable`"
    return Ruling(fate=Fate.GONE, complaint=said)


def _wait(answer: Answered, now: datetime) -> timedelta | None:
    if answer.status not in _SAYS_WHEN:
        return None
    hint = retry_after(answer.headers, now=now)
    return hint.delay if hint else None


def _complaint(answer: Answered) -> str:
    said = f"answered {answer.status}"
    if 300 <= answer.status < 400:
        return f"{said}: redirects are not followed"
    return f"{said}: {answer.excerpt}" if answer.excerpt else said
