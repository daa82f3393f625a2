"""A daemon's writes, in a process that is there to be killed; run by `test_crash`.

    python crash_writer.py DATABASE

For each line on stdin it forks a writer and prints `pid N`. The writer polls, assesses, alerts and
delivers without end, and prints `done N` after each incident that is committed. When it is dead,
`ended` is printed.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import DeliveryState, NewAlert, NewDelivery
from tests.adapters.store_values import (
    NOON,
    attempt,
    decision,
    filed,
    incident,
    mention,
    poll,
    source,
    verdict,
)

WEBHOOKS = ("ops", "board")


def work(path: str) -> None:
    with SqliteStore.open(path) as store:
        store.sync_sources([source()], now=NOON)
        while True:
            number = store.next_incident_id()
            cycle(store, number)
            say(f"done {number}")


def cycle(store: SqliteStore, number: int) -> None:
    """One turn of every loop, ending in an incident and its alert."""
    now = NOON + timedelta(minutes=number)
    (state,) = store.source_states()
    store.reserve_poll(state.id, until=now)
    said = mention(f"post {number}", text="so cold " * 200, engagement={"likes": number})
    store.record_poll(poll(state, said))
    read = store.unassessed(16)
    deliveries = tuple(NewDelivery(webhook=name, next_attempt_at=now) for name in WEBHOOKS)
    store.record_assessment(
        AssessIntent(
            at=now,
            verdicts=tuple((one.id, verdict()) for one in read),
            filed=tuple(filed(one.id, number) for one in read),
            incidents=((incident(number), number),),
            members=tuple((number, one.id) for one in read),
            decisions=(decision(number, story_id=number),),
            alerts=(
                NewAlert(
                    type="incident.opened",
                    created_at=now,
                    body='{"data":{}}',
                    incident_id=number,
                    deliveries=deliveries,
                ),
            ),
        )
    )
    for due in store.due_deliveries(now, 1):
        store.record_attempt(attempt(due.id, DeliveryState.DELIVERED))


def main(path: str) -> None:
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(path)
        say(f"pid {pid}")
        os.waitpid(pid, 0)
        say("ended 0")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
