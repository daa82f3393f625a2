"""kill -9 at random moments: the file stays sound, and no alert is lost between two tables."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.adapters.store import SqliteStore
from tests.adapters.store_values import ask, troubles

ROUNDS = 20
WRITER = Path(__file__).with_name("crash_writer.py")
# Each of these names rows that only half a transaction could have left.
HALVES = {
    "an incident without its alert": """
        SELECT id FROM incidents
        WHERE id NOT IN (SELECT incident_id FROM alerts)""",
    "an alert without its outbox rows": """
        SELECT id FROM alerts
        WHERE (SELECT count(*) FROM deliveries WHERE alert_id = alerts.id) <> 2""",
    "an incident without its decision": """
        SELECT id FROM incidents
        WHERE id NOT IN (SELECT incident_id FROM decisions)""",
    "an incident without its mention": """
        SELECT id FROM incidents
        WHERE id NOT IN (SELECT incident_id FROM incident_mentions)""",
    "a verdict without its story": """
        SELECT mention_id FROM verdicts
        WHERE mention_id NOT IN (SELECT mention_id FROM story_mentions)""",
    "a mention neither read nor on the work list": """
        SELECT id FROM mentions
        WHERE (id IN (SELECT mention_id FROM verdicts))
            = (id IN (SELECT mention_id FROM unread))""",
    "a mention without its reading": """
        SELECT id FROM mentions
        WHERE id NOT IN (SELECT mention_id FROM engagement)""",
    "a poll without its mention": """
        SELECT 'polls' WHERE
          (SELECT sum(new_items) FROM polls) <> (SELECT count(*) FROM mentions)""",
    "a delivered alert without its attempt": """
        SELECT id FROM deliveries
        WHERE (state = 'delivered') <> (id IN (SELECT delivery_id FROM attempts))""",
}


@pytest.fixture
def nursery(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(WRITER), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed(nursery: subprocess.Popen[str], chance: random.Random) -> list[int]:
    """Start a writer, kill it at a random moment, return what it said was committed."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write("go\n")
    nursery.stdin.flush()
    done, pid, left = [], 0, chance.randrange(6)
    for line in nursery.stdout:
        word, _, number = line.partition(" ")
        if word == "ended":
            break
        if word == "pid":
            pid = int(number)
        else:
            done.append(int(number))
            left -= 1
        if pid and left == 0:
            # Somewhere inside the next turn, which takes a few milliseconds.
            time.sleep(chance.uniform(0, 0.004))
            os.kill(pid, signal.SIGKILL)
    return done


def test_a_daemon_killed_at_random_moments_leaves_whole_transactions(
    nursery: subprocess.Popen[str], path: Path
) -> None:
    SqliteStore.open(path).close()
    chance = random.Random(20261122)
    for _ in range(ROUNDS):
        done = killed(nursery, chance)
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]
        assert ask(path, "PRAGMA foreign_key_check") == []
        committed = {id_ for (id_,) in ask(path, "SELECT id FROM incidents")}
        assert set(done) <= committed, "what was committed is there"
        assert [what for what, halves in HALVES.items() if ask(path, halves)] == []
    with SqliteStore.open(path) as store:
        assert troubles(store.path) == ()
        assert len(store.live_incidents()) >= ROUNDS
