"""The daemon as a service: opens everything, runs the loops, reloads on SIGHUP, ends in order.

Does not wire adapters (see `app`), nor know what a loop does (see `stages`).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import structlog

from monitor import app, daemon, lock
from monitor.app import Foundation, Stages
from monitor.config import load
from monitor.core.outbox import IncidentEvent
from monitor.core.reloading import RefusedReload
from monitor.core.settings import Settings
from monitor.daemon import Loop
from monitor.errors import ConfigError
from monitor.frontdesk import FrontDesk

log = structlog.get_logger()

Show = Callable[[IncidentEvent], None]

#: Seconds that the steps in hand get to end. The contract gives ten for everything: five may go
#: for a write that waits for another program, which nothing can break off
#: (`adapters.connect.BUSY_TIMEOUT_MS`), and one for attempts (`stages.lane.LAST_WRITE`).
GRACE = 3.5
#: Longest rests of the loops, seconds. Work wakes them sooner.
POLL_REST, STREAM_REST, ASSESS_REST, DELIVER_REST, RESPOND_REST = 0.2, 1.0, 1.0, 0.5, 2.0
REFRESH_REST = 10.0
#: Settings that need a restart.
FIXED = ("database", "model", "http")


@dataclass(slots=True)
class Turn:
    """What signals ask for: an end, or another round with new settings."""

    config: Path
    settings: Settings
    #: Told which reload was refused; None: the last was good.
    refuse: Callable[[RefusedReload | None], None]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    #: Ends the round in hand, for either reason.
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        self.stop.set()
        self.over.set()

    def again(self) -> None:
        """SIGHUP: the new configuration if it is good, else the old one goes on."""
        try:
            new = load(self.config)
        except ConfigError as e:
            log.error("reload refused, the old configuration goes on", error=str(e))
            self.refuse(RefusedReload.of(e, at=app.clock()))
            return
        self.refuse(None)
        self.settings = kept(self.settings, new)
        # Else the log would tell of loops that stop, and not that they go on.
        log.info("reloading", config=str(self.config))
        self.over.set()


def kept(old: Settings, new: Settings) -> Settings:
    """The new settings, with what cannot change while the daemon runs left as it was."""
    fixed = {name: getattr(old, name) for name in FIXED}
    for name, value in fixed.items():
        if getattr(new, name) != value:
            log.warning("needs a restart", key=f"monitor.{name}")
    return replace(new, **fixed)


async def serve(settings: Settings, config: Path, *, show: Show) -> bool:
    """Run until SIGTERM or SIGINT; `show` is told every event, for the terminal.

    False: that came before the model was loaded, and a thread that holds nothing still loads it.
    """
    desk = FrontDesk(settings)
    with lock.held(settings.database) as held:
        turn = Turn(config=config, settings=settings, refuse=partial(_refuse, desk, held))
        signals = {
            signal.SIGTERM: turn.end,
            signal.SIGINT: turn.end,
            signal.SIGHUP: turn.again,
        }
        with daemon.on_signals(signals):
            is_up = await _open(turn, desk, show)
    log.info("stopped")
    return is_up


def _refuse(desk: FrontDesk, held: lock.Held, refused: RefusedReload | None) -> None:
    """Say it on the page, and to `monitor status`: the log is not where people look."""
    desk.refused = refused
    try:
        held.note(refused.line if refused else "")
    except OSError as e:
        log.warning("the refused reload is not shown by `monitor status`", error=str(e))


async def _open(turn: Turn, desk: FrontDesk, show: Show) -> bool:
    """Open everything and run until the end; False: that came before everything was open."""
    settings = turn.settings
    async with desk.open(), AsyncExitStack() as opened:
        opening = app.foundation(settings, desk.metrics, patient=True)
        base = await daemon.unless(turn.stop, opened.enter_async_context(opening))
        if base:
            desk.missing.pop("model")
            log.info("started", database=str(settings.database), model=base.classifier.name)
            await _rounds(turn, base, desk, show)
    return base is not None


async def _rounds(turn: Turn, base: Foundation, desk: FrontDesk, show: Show) -> None:
    while not turn.stop.is_set():
        turn.over.clear()
        desk.settings = turn.settings
        await _round(turn, base, desk, show)


async def _round(turn: Turn, base: Foundation, desk: FrontDesk, show: Show) -> None:
    """Run the loops on one configuration, until it changes or the end."""
    woken = asyncio.Event()
    alerted = asyncio.Event()

    def on_event(event: IncidentEvent) -> None:
        alerted.set()
        show(event)

    async with app.stages(
        turn.settings,
        base,
        wake_assess=woken.set,
        on_event=on_event,
        begin_anew=turn.over.set,
    ) as wired:
        # A full disk is waited for, but an end does not wait for room.
        if not await daemon.unless(turn.stop, _begin(wired, base, turn.settings)):
            return
        desk.missing.pop("poll", None)
        with desk.taking(wired.push.take):
            await daemon.run(
                _loops(wired, woken, alerted), stop=turn.over, clock=app.clock, grace=GRACE
            )


async def _begin(wired: Stages, base: Foundation, settings: Settings) -> bool:
    """Bring the database and the stories in mind up to this configuration."""
    await wired.poll.start(app.clock())
    await wired.assess.start(app.clock())
    await base.db(_let_go, base, settings)
    return True


def _let_go(base: Foundation, settings: Settings) -> None:
    """What was held by a rule that the configuration has no more goes out."""
    if count := base.store.let_go(settings, now=app.clock()):
        log.info("held back no longer", deliveries=count)


def _loops(wired: Stages, woken: asyncio.Event, alerted: asyncio.Event) -> tuple[Loop, ...]:
    return (
        Loop(name="poll", step=wired.poll.step, rest=POLL_REST, wake=asyncio.Event()),
        Loop(name="refresh", step=wired.refreshing.step, rest=REFRESH_REST, wake=asyncio.Event()),
        Loop(name="stream", step=wired.streams.step, rest=STREAM_REST, wake=asyncio.Event()),
        Loop(name="assess", step=wired.assess.step, rest=ASSESS_REST, wake=woken),
        Loop(name="deliver", step=wired.deliver.step, rest=DELIVER_REST, wake=alerted),
        Loop(name="respond", step=wired.respond.step, rest=RESPOND_REST, wake=asyncio.Event()),
    )


async def once(settings: Settings, *, everything: bool, show: Show) -> None:
    """One pass: poll every due source (or every source), read the streams, assess, deliver."""
    desk = FrontDesk(settings)
    with lock.held(settings.database):
        async with (
            app.foundation(settings, desk.metrics) as base,
            app.stages(settings, base, wake_assess=_nothing, on_event=show) as wired,
        ):
            await wired.poll.start(app.clock())
            await wired.assess.start(app.clock())
            await wired.poll.round(app.clock(), everything=everything)
            await wired.streams.round(app.clock())
            while await wired.assess.step(app.clock()):
                pass
            await wired.respond.step(app.clock())
            while await wired.deliver.step(app.clock()):
                pass


def _nothing() -> None:
    """In one pass there is no loop to wake."""
