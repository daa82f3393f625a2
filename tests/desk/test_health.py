"""The pulse of the loop, on a timer that is set by hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from monitor.desk.health import Pulse


class Timer:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def beaten(*gaps: float) -> tuple[Pulse, Timer]:
    timer = Timer()
    pulse = Pulse(timer=timer)
    for gap in gaps:
        timer.at += gap
        pulse.beat()
    return pulse, timer


@pytest.mark.parametrize(
    ("gaps", "lag"),
    [((), 0.0), ((1.0,), 0.0), ((1.0, 1.25, 1.0), 0.25), ((0.5,), 0.0), ((13.0, 1.0), 12.0)],
)
def test_lag_is_how_late_the_worst_beat_came(gaps: tuple[float, ...], lag: float) -> None:
    assert beaten(*gaps)[0].lag == pytest.approx(lag)


def test_a_beat_that_does_not_come_is_late_already() -> None:
    pulse, timer = beaten(1.0)
    timer.at += 12.0
    assert pulse.lag == pytest.approx(11.0)


def test_a_stall_is_told_for_half_a_minute_and_then_forgotten() -> None:
    assert beaten(13.0, *[1.0] * 29)[0].lag == pytest.approx(12.0)
    assert beaten(13.0, *[1.0] * 30)[0].lag == pytest.approx(0.0)


def test_it_beats_by_itself() -> None:
    async def story() -> float:
        timer = Timer()
        pulse = Pulse(timer=timer, beat=0.25)
        timer.at += 7.0
        running = asyncio.create_task(pulse.run())
        await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        # Back in time only what a beat has noted is left.
        timer.at -= 7.0
        return pulse.lag

    assert asyncio.run(story()) == pytest.approx(6.75)
