"""What one daemon costs: memory, processor and disk, at rest and for the mentions it reads."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx

from tests.acceptance.house import Daemon, House, wait_for
from tests.measure.memory import family, megabytes, watched
from tests.measure.replay import BRAND, REPLAB, made_up, record, replab
from tests.measure.report import report, say

TOKEN = "measure"
#: Records of a request to /push.
A_REQUEST = 1_000
#: Seconds that reading may take on a busy machine.
PATIENCE = 600.0
_TICKS = os.sysconf("SC_CLK_TCK")
GOAL_BYTES = 1.2e9


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a daemon took while it read."""

    held: int
    peak: int
    rest: float
    busy: float
    disk: int


@click.command()
@click.option("--count", default=5000, show_default=True, help="Mentions.")
@click.option("--rest", default=60.0, show_default=True, help="Seconds at rest.")
@click.option("--generated", is_flag=True, help="Made-up texts, also where RepLab's are there.")
@click.option("--seed", default=1, show_default=True)
def cost(count: int, rest: float, generated: bool, seed: int) -> None:
    """Memory, processor and disk of a daemon that reads ordinary mentions."""
    real = REPLAB.exists() and not generated
    texts = list(islice(replab() if real else made_up(random.Random(seed)), count))
    with TemporaryDirectory() as folder:
        spent = _run(House(Path(folder)), texts, rest)
    thousands = len(texts) / 1_000
    report(
        f"One daemon, {len(texts)} ordinary mentions pushed to it",
        [
            ("memory at rest", megabytes(spent.held), "", True),
            ("memory at most", megabytes(spent.peak), "under 1.2 GB", spent.peak < GOAL_BYTES),
            ("of one core at rest", f"{100 * spent.rest / rest:.1f} %", "", True),
            ("seconds of a core for 1,000 mentions", f"{spent.busy / thousands:.1f}", "", True),
            ("disk for 1,000 mentions", f"{spent.disk / thousands / 1e6:.1f} MB", "", True),
        ],
    )


def _run(house: House, texts: Sequence[str], rest: float) -> Spent:
    url = house.listen()
    house.monitor["push_token"] = TOKEN
    house.brand(BRAND, description="regional airline")
    house.write()
    with house.daemon() as daemon, watched(daemon.process.pid) as peak:
        before = _size(house)
        held, at_rest = peak.forget(), processor(daemon.process.pid)
        time.sleep(rest)
        idle = processor(daemon.process.pid)
        _push(url, texts)
        _wait(house, daemon, len(texts))
        busy = processor(daemon.process.pid)
        daemon.end()
    return Spent(
        held=held,
        peak=peak.bytes,
        rest=idle - at_rest,
        busy=busy - idle,
        disk=_size(house) - before,
    )


def _push(url: str, texts: Sequence[str]) -> None:
    for start in range(0, len(texts), A_REQUEST):
        records = enumerate(texts[start : start + A_REQUEST], start=start)
        answer = httpx.post(
            f"{url}/push",
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"},
            content="".join(_line(number, text) for number, text in records),
            timeout=PATIENCE,
            trust_env=False,
        )
        answer.raise_for_status()
        say(answer.text)


def _line(number: int, text: str) -> str:
    """As said now: what is older than a day is history to a new source."""
    return (
        json.dumps(record(number, text) | {"published_at": datetime.now(UTC).isoformat()}) + "\n"
    )


def _wait(house: House, daemon: Daemon, count: int) -> None:
    """Until each mention that was taken in has been read."""
    unread = "SELECT count(*) FROM mentions WHERE id NOT IN (SELECT mention_id FROM verdicts)"
    wait_for(lambda: not house.count(unread), within=PATIENCE, what=daemon.stderr.read_text)
    stored = house.count("SELECT count(*) FROM mentions")
    say(f"{stored} of {count} stored")


def processor(pid: int) -> float:
    """Seconds of a core that a process and its children, also those that ended, have taken."""
    return sum(_ticks(one) for one in family(pid)) / _TICKS


def _ticks(pid: int) -> int:
    """utime, stime and those of waited-for children: fields 14 to 17 of proc_pid_stat(5)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return sum(int(field) for field in text.rpartition(")")[2].split()[11:15])


def _size(house: House) -> int:
    return sum(file.stat().st_size for file in house.path.glob("monitor.db*"))
