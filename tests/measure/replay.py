"""`monitor replay` of ordinary mentions: mentions a second, peak memory."""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.acceptance.house import House, command, environment
from tests.measure.memory import megabytes, watched
from tests.measure.report import report, say

REPLAB = Path("/work/shared/data/replab2013/mentions.csv.gz")
BRAND = "Meridian Air"
GOAL_RATE, GOAL_BYTES = 200.0, 1.2e9
START = datetime(2026, 11, 2, tzinfo=UTC)

_WHO = ("I", "We", "My sister", "A friend", "Our team", "The kids", "My boss", "Grandma")
_DID = ("flew with", "booked", "tried", "heard about", "waited for", "saw an advert of", "like")
_WHERE = ("to Oslo", "from Bilbao", "via Graz", "on Monday", "last week", "in the rain", "at dawn")
_HOW = (
    "and it was fine",
    "and the coffee was good",
    "and we slept all the way",
    "as always",
    "and met an old friend",
    "and the queue was long",
    "for the first time",
    "on a whim",
)
_TAIL = (
    "The window seat was worth it.",
    "Anyone else?",
    "Back home now.",
    "See you there!",
    "Boarding soon.",
    "The bags came last.",
    "Not bad for the price.",
    "More tomorrow.",
)


@click.command()
@click.option("--count", default=5000, show_default=True, help="Mentions.")
@click.option("--generated", is_flag=True, help="Made-up texts, also where RepLab's are there.")
@click.option("--seed", default=1, show_default=True)
def replay(count: int, generated: bool, seed: int) -> None:
    """Speed and memory of a replay of ordinary mentions."""
    real = REPLAB.exists() and not generated
    texts = list(islice(replab() if real else made_up(random.Random(seed)), count))
    origin = "RepLab 2013, unimportant ones, names replaced" if real else f"made up, seed {seed}"
    say(f"{len(texts)} texts, {len(set(texts))} different: {origin}")
    with TemporaryDirectory() as folder:
        summary, peak = _play(Path(folder), texts)
    rate = summary["mentions_per_second"]
    report(
        f"Replay of {len(texts)} ordinary mentions ({origin})",
        [
            ("mentions taken in", summary["mentions"], "", True),
            ("alerts", summary["alerts"], "", True),
            ("seconds, model loading included", summary["seconds"], "", True),
            ("mentions a second", rate, f"at least {GOAL_RATE:g}", rate >= GOAL_RATE),
            ("peak memory", megabytes(peak), "under 1.2 GB", peak < GOAL_BYTES),
        ],
    )


def _play(folder: Path, texts: list[str]) -> tuple[dict[str, float], int]:
    house = House(folder)
    house.brand(BRAND, description="regional airline")
    house.write()
    file = folder / "mentions.jsonl"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(record(n, text)) + "\n" for n, text in enumerate(texts))
    arguments = ("replay", "--json", "--config", str(house.config), str(file))
    process = subprocess.Popen(
        command(*arguments), env=environment({}), cwd=folder, stdout=subprocess.PIPE, text=True
    )
    with process, watched(process.pid) as peak:
        printed, _ = process.communicate()
    if process.returncode:
        raise click.ClickException(f"replay ended with {process.returncode}")
    return json.loads(printed.splitlines()[-1])["summary"], peak.bytes


def record(number: int, text: str) -> dict[str, object]:
    """One mention every half minute, each by somebody else."""
    at = START + timedelta(seconds=30 * number)
    return {
        "id": f"m{number}",
        "source": "posts",
        "author": f"@a{number}",
        "text": text,
        "published_at": at.isoformat().replace("+00:00", "Z"),
    }


def replab() -> Iterator[str]:
    """Texts that experts found unimportant, with the name of the brand replaced by ours."""
    with gzip.open(REPLAB, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text, times = re.subn(re.escape(row["brand"]), BRAND, row["text"], flags=re.IGNORECASE)
            if times and row["filtering"] == "RELATED" and row["priority"] == "UNIMPORTANT":
                yield text


def made_up(chance: random.Random) -> Iterator[str]:
    """Sentences of chosen parts, each with a number as real ones have."""
    while True:
        one = f"{chance.choice(_WHO)} {chance.choice(_DID)} {BRAND} {chance.choice(_WHERE)}"
        rest = f"{chance.choice(_HOW)}. {chance.choice(_TAIL)}"
        yield f"{one} {rest} #{chance.choice(('seat', 'gate', 'day'))}{chance.randrange(400)}"
