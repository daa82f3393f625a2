"""Silences hold alerts in the outbox, and let them go at their end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import DeliveryState, NewAlert
from monitor.core.settings import AlertSettings, PlannedSilence, QuietHours, Settings
from monitor.core.silences import Silence
from monitor.core.types import Level
from monitor.errors import NotFoundError
from tests.adapters.store_values import BRAND, NOON, after, alert, attempt, opening

WORK = Silence(
    brand=BRAND, starts_at=NOON, ends_at=after(hours=2), reason="new tills", actor="kim"
)
SOON = after(minutes=1)
NOON_TO_FOUR = (QuietHours(start=720, end=960, zone="UTC"),)


def due(store: SqliteStore, told: NewAlert) -> datetime:
    """When the alert goes out."""
    store.record_assessment(AssessIntent(at=NOON, alerts=(told,)))
    return store.pending_deliveries("ops")[0].next_attempt_at


@pytest.fixture(autouse=True)
def _opened(store: SqliteStore) -> None:
    store.record_assessment(opening())


def test_an_alert_waits_for_the_end_of_the_silence(store: SqliteStore) -> None:
    store.add_silence(WORK, kept(), now=NOON)
    assert due(store, alert(1, "ops")) == after(hours=2)


def test_a_silence_that_is_made_while_an_alert_is_weighed_holds_it(store: SqliteStore) -> None:
    """An alert bears the time at which its step began."""
    store.add_silence(replace(WORK, starts_at=SOON), kept(), now=SOON)
    assert due(store, alert(1, "ops")) == after(hours=2)
    store.let_go(kept(), now=after(minutes=2))
    assert store.pending_deliveries("ops")[0].next_attempt_at == after(hours=2)


def test_a_silence_that_is_yet_to_begin_holds_nothing_before(store: SqliteStore) -> None:
    store.add_silence(replace(WORK, starts_at=after(minutes=9)), kept(), now=SOON)
    assert due(store, alert(1, "ops")) == NOON


def test_what_is_critical_or_of_another_brand_or_operational_does_not(store: SqliteStore) -> None:
    store.add_silence(WORK, kept(), now=NOON)
    store.add_silence(replace(WORK, brand="Other"), kept(), now=NOON)
    assert due(store, alert(1, "ops", level=Level.CRITICAL)) == NOON
    assert due(store, alert(None, "ops", level=None)) == NOON


def test_quiet_hours_that_last_longer_go_on(store: SqliteStore) -> None:
    store.add_silence(WORK, kept(), now=NOON)
    assert due(store, alert(1, "ops", due=after(hours=5))) == after(hours=5)


def test_quiet_hours_that_hold_at_its_end_hold_on(store: SqliteStore) -> None:
    """The alert is made before they begin, and would go out in the middle of the night."""
    store.add_silence(WORK, kept(), now=NOON)
    night = kept(quiet=(QuietHours(start=13 * 60, end=19 * 60, zone="UTC"),))
    assert due(store, alert(1, "ops", held_by=night)) == after(hours=7)


def test_a_silence_that_holds_at_the_end_of_another_holds_on(store: SqliteStore) -> None:
    store.add_silence(WORK, kept(), now=NOON)
    store.add_silence(replace(WORK, starts_at=SOON, ends_at=after(hours=3)), kept(), now=NOON)
    store.add_silence(
        replace(WORK, starts_at=after(hours=3), ends_at=after(hours=4)), kept(), now=NOON
    )
    assert due(store, alert(1, "ops")) == after(hours=4)


def test_of_two_the_quiet_hours_that_begin_before_the_end_of_the_other_hold_on(
    store: SqliteStore,
) -> None:
    """What is ended, or reloaded, asks the same as what is written."""
    store.add_silence(WORK, kept(), now=NOON)
    assert due(store, alert(1, "ops", due=after(hours=9))) == after(hours=9)
    night = kept(quiet=(QuietHours(start=13 * 60, end=19 * 60, zone="UTC"),))
    store.let_go(night, now=SOON)
    assert waits(store) == [after(hours=7)]


def test_those_that_are_over_are_no_more(store: SqliteStore) -> None:
    number = store.add_silence(WORK, kept(), now=NOON)
    assert store.silences(after(minutes=119)) == (replace(WORK, id=number),)
    assert store.silences(after(hours=2)) == ()


def test_what_it_held_goes_out_when_it_is_ended(store: SqliteStore) -> None:
    number = store.add_silence(WORK, kept(), now=NOON)
    assert due(store, alert(1, "ops")) == after(hours=2)
    assert store.end_silence(number, kept(), now=SOON).reason == "new tills"
    assert store.silences(SOON) == ()
    assert waits(store) == [SOON]


def test_what_quiet_hours_hold_as_well_waits_for_their_end(store: SqliteStore) -> None:
    """The silence would have lasted longer than they do, so its end is what was stored."""
    number = store.add_silence(replace(WORK, ends_at=after(hours=5)), kept(), now=NOON)
    assert due(store, alert(1, "ops", due=after(hours=4))) == after(hours=5)

    store.end_silence(number, kept(quiet=NOON_TO_FOUR), now=SOON)
    assert waits(store) == [after(hours=4)]


def test_another_silence_holds_on(store: SqliteStore) -> None:
    number = store.add_silence(replace(WORK, ends_at=after(hours=5)), kept(), now=NOON)
    store.add_silence(replace(WORK, brand=None), kept(), now=NOON)
    assert due(store, alert(1, "ops")) == after(hours=5)

    store.end_silence(number, kept(), now=SOON)
    assert waits(store) == [after(hours=2)]


def test_one_that_has_not_begun_can_be_ended_too(store: SqliteStore) -> None:
    number = store.add_silence(replace(WORK, starts_at=after(hours=1)), kept(), now=NOON)
    store.end_silence(number, kept(), now=SOON)
    assert store.silences(SOON) == ()
    with pytest.raises(NotFoundError, match="no silence 1 that could be ended"):
        store.end_silence(number, kept(), now=SOON)


# --- what the configuration holds no more


def kept(*silences: PlannedSilence, quiet: tuple[QuietHours, ...] = ()) -> Settings:
    alerts = AlertSettings(quiet_hours=quiet)
    return Settings(database=Path("x"), model=Path("x"), silences=silences, alerts=alerts)


def planned(hours: int, brand: str | None = None) -> PlannedSilence:
    return PlannedSilence(
        name="move", reason="new core", brand=brand, starts_at=NOON, ends_at=after(hours=hours)
    )


def waits(store: SqliteStore) -> list[datetime]:
    return [one.next_attempt_at for one in store.pending_deliveries("ops")]


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (kept(), SOON),
        (kept(planned(3)), after(hours=3)),
        (kept(planned(9)), after(hours=5)),
        (kept(planned(3, brand="Other")), SOON),
        (kept(quiet=NOON_TO_FOUR), after(hours=4)),
    ],
)
def test_what_nothing_holds_any_more_goes_out(
    store: SqliteStore, left: Settings, due: datetime
) -> None:
    store.record_assessment(AssessIntent(at=NOON, alerts=(alert(1, "ops", due=after(hours=5)),)))
    assert store.let_go(left, now=SOON) == (due < after(hours=5))
    assert waits(store) == [due]


def test_what_people_silenced_waits_for_them(store: SqliteStore) -> None:
    store.add_silence(WORK, kept(), now=NOON)
    store.record_assessment(AssessIntent(at=NOON, alerts=(alert(1, "ops", due=after(hours=5)),)))
    assert store.let_go(kept(), now=SOON) == 1
    assert waits(store) == [after(hours=2)]
    assert store.let_go(kept(), now=SOON) == 0


MORNING = replace(WORK, starts_at=after(hours=3), ends_at=after(hours=6))


@pytest.mark.parametrize(
    ("wanted", "due"),
    [
        (MORNING, after(hours=6)),
        (replace(MORNING, brand="Other"), after(hours=4)),
        (replace(MORNING, starts_at=after(hours=5)), after(hours=4)),
        (replace(MORNING, ends_at=after(hours=4)), after(hours=4)),
    ],
)
def test_what_quiet_hours_would_let_out_in_a_silence_that_is_new_waits_for_its_end(
    store: SqliteStore, wanted: Silence, due: datetime
) -> None:
    night = kept(quiet=NOON_TO_FOUR)
    told = alert(1, "ops", due=after(hours=4), held_by=night)
    store.record_assessment(AssessIntent(at=NOON, alerts=(told,)))
    number = store.add_silence(wanted, night, now=SOON)
    assert waits(store) == [due]
    store.end_silence(number, night, now=after(hours=1))
    assert waits(store) == [after(hours=4)]


def test_what_was_tried_waits_for_its_receiver(store: SqliteStore) -> None:
    store.record_assessment(AssessIntent(at=NOON, alerts=(alert(1, "ops"),)))
    (waiting,) = store.pending_deliveries("ops")
    store.record_attempt(
        attempt(waiting.id, DeliveryState.PENDING, next_attempt_at=after(hours=3))
    )
    assert store.let_go(kept(), now=SOON) == 0
    assert waits(store) == [after(hours=3)]
