"""A receiver that is down for hours, in every way in which one can be, and then comes back.

The real store in a file, the real deliver stage and poster, real HTTP on loopback; only the hours
are on a clock that is set by hand. Tests nothing by itself.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import cast

import httpx

from monitor.adapters.post import HttpPoster
from monitor.adapters.store import SqliteStore
from monitor.core.event import operational_body
from monitor.core.filing import AssessIntent
from monitor.core.outbox import (
    NewAlert,
    NewDelivery,
    PostResult,
    SignedMessage,
    Unreachable,
)
from monitor.core.types import Incident, Level, Status
from monitor.ports import Telemetry
from monitor.stages.deliver import Deliver
from monitor.stages.running import inline
from tests.servers import RESET, Answer, Received, serving
from tests.stages.deliveries import NOON, Clock, Counted, settings, webhook

MAIN, OTHER = "leadership", "board"
#: What an attempt takes on the clock: one that is answered, and one that is given up.
ANSWERED, GIVEN_UP = timedelta(seconds=0.2), timedelta(seconds=15)
#: How often the deliver loop looks, while nothing happens.
REST = timedelta(seconds=5)
#: How long after the return the outbox may take before it is called lost.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Outage:
    """How long, with how many alerts of how many incidents; every eighth alert is operational."""

    lasts: timedelta = timedelta(hours=6)
    alerts: int = 40
    incidents: int = 7
    #: What an attempt really waits for an answer that does not come, seconds.
    timeout: float = 0.1

    @property
    def back_at(self) -> datetime:
        return NOON + self.lasts


Down = Callable[[Received, datetime], Answer]


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of being down; `says` is None when nobody listens at all."""

    says: Callable[[Outage], Down] | None
    #: It does not answer in time.
    hangs: bool = False
    #: It says that it is gone; people take it back into use when it is not.
    gone: bool = False
    #: Of those that it answers too late, it takes what it is sent.
    takes: bool = False
    #: What is promised, seconds from its return to the last alert.
    within: float = 60.0


def _always(answer: Answer) -> Callable[[Outage], Down]:
    return lambda _outage: lambda _request, _now: answer


def _in_time(outage: Outage) -> Down:
    when = format_datetime(outage.back_at, usegmt=True)
    return lambda _request, _now: Answer(status=503, headers={"Retry-After": when})


def _in_turn(_outage: Outage) -> Down:
    """Another trouble every ten minutes."""
    troubles = (
        Answer(status=502),
        Answer(wire=[RESET]),
        Answer(status=503),
        Answer(status=404),
        Answer(status=429, headers={"Retry-After": "20"}),
    )

    def says(_request: Received, now: datetime) -> Answer:
        return troubles[int((now - NOON) / timedelta(minutes=10)) % len(troubles)]

    return says


def _too_late(_outage: Outage) -> Down:
    """It works, but thinks for longer than we wait; whether it is there, it says at once."""
    return lambda request, _now: Answer(delay=0.3 if request.method == "POST" else 0.0)


WAYS: Mapping[str, Way] = {
    "connection refused": Way(says=None),
    "connection reset": Way(says=_always(Answer(wire=[RESET]))),
    "500": Way(says=_always(Answer(status=500))),
    "503, Retry-After: 30": Way(says=_always(Answer(status=503, headers={"Retry-After": "30"}))),
    "503, Retry-After: the hour of its return": Way(says=_in_time),
    "no answer within 15 s": Way(says=_always(Answer(wire=[30.0])), hangs=True),
    "504 of a gateway": Way(says=_always(Answer(status=504))),
    "302 elsewhere": Way(says=_always(Answer(status=302, headers={"Location": "/elsewhere"}))),
    "410, then `webhook enable`": Way(says=_always(Answer(status=410)), gone=True),
    "another trouble every ten minutes": Way(says=_in_turn),
    # Not down: slow. It must not be flooded, so its recovery is seen within five minutes only.
    "takes it, answers after 15 s": Way(says=_too_late, hangs=True, takes=True, within=5 * 60.0),
}


@dataclass
class Receiver:
    """Answers as it is told; remembers what it took, and when."""

    name: str
    clock: Clock
    port: int = 0
    down: Down | None = None
    hangs: bool = False
    #: While it is down it takes what it answers too late.
    takes: bool = False
    #: Number of an alert -> when it was taken, each time.
    taken: dict[int, list[datetime]] = field(default_factory=dict)
    #: Attempts and knocks while it was down.
    asked: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __call__(self, request: Received) -> Answer:
        answer = self.down(request, self.clock()) if self.down else self._up(request)
        if request.method == "POST" and (self.down is None or self.takes):
            number = json.loads(request.body)["data"]["number"]
            self.taken.setdefault(number, []).append(self.clock())
        return answer

    def _up(self, request: Received) -> Answer:
        return Answer(status=204 if request.method == "POST" else 405)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of the alerts."""

    alerts: int
    delivered: int
    superseded: int
    #: Neither delivered, nor superseded by a newer state that the receiver has.
    lost: tuple[int, ...]
    #: Alerts that a receiver has more than once.
    twice: int
    #: The same alert, the most often.
    most: int
    #: From the receiver's return to the last alert that it took.
    seconds: float
    #: Alerts that the fallback has, or newer states of the same; None without one.
    elsewhere: int | None
    #: Alerts, and knocks, sent to the receiver in an hour of its absence.
    asked_an_hour: float


class Poster:
    """The real poster; an attempt takes its time on the clock."""

    def __init__(self, client: httpx.AsyncClient, main: Receiver, outage: Outage) -> None:
        self._patient = HttpPoster(client)
        self._impatient = HttpPoster(client, timeout=outage.timeout)
        self._main = main
        self._back_at = outage.back_at

    async def post(self, message: SignedMessage) -> PostResult:
        to_main = message.url == self._main.url
        self._main.asked += to_main and self._main.clock() < self._back_at
        hangs = self._main.hangs and to_main
        result = await (self._impatient if hangs else self._patient).post(message)
        hung = isinstance(result, Unreachable) and result.error.startswith("no answer")
        self._main.clock.at += GIVEN_UP if hung else ANSWERED
        return result


def incident_of(number: int, outage: Outage) -> int | None:
    """Which incident an alert tells of; None for an operational one."""
    return None if number % 8 == 7 else number % outage.incidents + 1


async def suffer(way: Way, outage: Outage, folder: Path, *, fallback: bool = False) -> Told:
    """Let alerts come up while the receiver is down, take it back, and see what it has."""
    clock = Clock()
    main = Receiver(MAIN, clock, hangs=way.hangs, takes=way.takes)
    other = Receiver(OTHER, clock)
    async with AsyncExitStack() as open_:
        store = open_.enter_context(SqliteStore.open(folder / "monitor.db"))
        client = await open_.enter_async_context(httpx.AsyncClient(trust_env=False))
        other.port = open_.enter_context(serving(other)).port
        with _absence(main, way, outage):
            poster = Poster(client, main, outage)
            deliver = _stage(store, poster, clock, main, other if fallback else None)
            await _hours(deliver, store, clock, outage)
        main.down, main.hangs = None, False
        open_.enter_context(serving(main, port=main.port))
        if way.gone:
            store.enable_webhook(MAIN, now=clock())
        back = clock()
        await _settle(deliver, store, clock, back)
        await deliver.aclose()
        return _told(store, main, other if fallback else None, outage, back)


@contextmanager
def _absence(main: Receiver, way: Way, outage: Outage) -> Iterator[None]:
    """The receiver down in its way, on a port that stays its own."""
    if way.says is None:
        # Bound but not listening: nobody else gets the port, and who calls is refused.
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            main.port = held.getsockname()[1]
            yield
        return
    main.down = way.says(outage)
    with serving(main) as server:
        main.port = server.port
        yield


def _stage(
    store: SqliteStore, poster: Poster, clock: Clock, main: Receiver, other: Receiver | None
) -> Deliver:
    hooks = [webhook(MAIN, main.url, fallback=OTHER if other else "")]
    hooks += [webhook(OTHER, other.url)] if other else []
    return Deliver(
        settings=settings(*hooks),
        store=store,
        poster=poster,
        clock=clock,
        jitter=lambda: 0.5,
        db=inline,
        telemetry=cast("Telemetry", Counted()),
    )


async def _hours(deliver: Deliver, store: SqliteStore, clock: Clock, outage: Outage) -> None:
    """The alerts of the outage, one every few minutes, and the deliver loop meanwhile."""
    for number in range(outage.alerts):
        _raise(store, number, outage, now=clock())
        until = NOON + outage.lasts * (number + 1) / outage.alerts
        while clock() < until:
            clock.at = min(clock() + REST, until)
            await _work(deliver, clock)


async def _settle(deliver: Deliver, store: SqliteStore, clock: Clock, back: datetime) -> None:
    while store.counts()["deliveries_pending"] and clock() < back + PATIENCE:
        await _work(deliver, clock)
        clock.forward(seconds=0.5)


async def _work(deliver: Deliver, clock: Clock) -> None:
    while await deliver.step(clock()):
        pass


def _raise(store: SqliteStore, number: int, outage: Outage, *, now: datetime) -> None:
    incident_id = incident_of(number, outage)
    type_ = "source.blind" if incident_id is None else "incident.updated"
    alert = NewAlert(
        type=type_,
        created_at=now,
        body=operational_body(type_, now, {"number": number}),
        incident_id=incident_id,
        level=None if incident_id is None else Level.WARNING,
        deliveries=(NewDelivery(webhook=MAIN, next_attempt_at=now),),
    )
    if incident_id is None:
        store.add_alerts([alert])
        return
    incident = Incident(
        id=incident_id,
        brand="Nordwind Air",
        title="Crew drags passenger off flight",
        status=Status.OPEN,
        level=Level.WARNING,
        severity=3.0,
        risk=0.6,
        opened_at=NOON,
        first_seen_at=NOON,
        last_seen_at=now,
    )
    store.record_assessment(
        AssessIntent(at=now, incidents=((incident, incident_id),), alerts=(alert,))
    )


def _told(
    store: SqliteStore, main: Receiver, other: Receiver | None, outage: Outage, back: datetime
) -> Told:
    states = _states(store, MAIN)
    copies = [len(times) for one in (main, other) if one for times in one.taken.values()]
    since = [at for times in main.taken.values() for at in times if at >= back]
    return Told(
        alerts=outage.alerts,
        delivered=sum(state == "delivered" for state in states.values()),
        superseded=sum(state == "superseded" for state in states.values()),
        lost=_lost(main, states, outage),
        twice=sum(count > 1 for count in copies),
        most=max(copies, default=0),
        seconds=(max(since, default=back + PATIENCE) - back).total_seconds(),
        elsewhere=outage.alerts - len(_lost(other, _states(store, OTHER), outage))
        if other
        else None,
        asked_an_hour=main.asked / (outage.lasts / timedelta(hours=1)),
    )


def _states(store: SqliteStore, name: str) -> dict[int, str]:
    """Number of an alert -> what the outbox says of it and this receiver."""
    rows = store._connection.execute(
        "SELECT json_extract(body, '$.data.number') AS number, state FROM deliveries "
        "JOIN alerts ON alerts.id = alert_id WHERE webhook = ?",
        (name,),
    )
    return {row["number"]: row["state"] for row in rows}


def _lost(one: Receiver, states: Mapping[int, str], outage: Outage) -> tuple[int, ...]:
    """As the receiver sees it: it has neither the alert, nor a newer state of its incident."""
    has = set(one.taken)
    return tuple(n for n in range(outage.alerts) if not _arrived(n, states, has, outage))


def _arrived(number: int, states: Mapping[int, str], has: set[int], outage: Outage) -> bool:
    state = states.get(number)
    if state == "delivered":
        return number in has
    incident_id = incident_of(number, outage)
    newer = {
        later
        for later in range(number + 1, outage.alerts)
        if incident_id is not None and incident_of(later, outage) == incident_id
    }
    return state == "superseded" and bool(newer & has)


def suffered(way: Way, outage: Outage, folder: Path, *, fallback: bool = False) -> Told:
    """As `suffer`, for those without a loop."""
    return asyncio.run(suffer(way, outage, folder, fallback=fallback))
