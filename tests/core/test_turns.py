"""Which of the waiting deliveries is sent next: scenarios with one line of waiting ones each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.outbox import Answered, Delivery, PostResult, Unreachable, WebhookState
from monitor.core.turns import (
    LONG_AWAY,
    PROBE_EVERY,
    PROBE_SPARINGLY,
    choose,
    is_older_state,
    is_up,
    may_go,
    pace,
    perhaps_taken,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORKING = WebhookState(name="leadership")
FAILING = replace(WORKING, failing_since=NOW - timedelta(hours=1))
SECOND = timedelta(seconds=1)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def waiting(
    id_: int,
    *,
    age: float,
    due_in: float = 0.0,
    incident: int | None = None,
    attempt: int = 1,
    type_: str = "incident.updated",
) -> Delivery:
    """`age` and `due_in` in minutes."""
    return Delivery(
        id=id_,
        alert_id=id_,
        incident_id=incident,
        webhook="leadership",
        type=type_,
        level=None,
        body="{}",
        created_at=after(minutes=-age),
        attempt=attempt,
        next_attempt_at=after(minutes=due_in),
    )


def chosen(
    *pending: Delivery,
    webhook: WebhookState = WORKING,
    tried: dict[int, datetime] | None = None,
    sparingly: bool = False,
) -> int | None:
    picked = choose(pending, webhook=webhook, now=NOW, tried_at=tried or {}, sparingly=sparingly)
    return picked.id if picked else None


def test_nothing_waits_nothing_is_sent() -> None:
    assert chosen() is None
    assert chosen(webhook=FAILING) is None


def test_what_is_not_due_waits() -> None:
    assert chosen(waiting(1, age=5, due_in=0.1)) is None
    assert chosen(waiting(1, age=5, due_in=0.0)) == 1


def test_the_newest_goes_first_whatever_the_order_in_which_they_come() -> None:
    pending = [waiting(1, age=9), waiting(2, age=1), waiting(3, age=5)]
    assert chosen(*pending) == chosen(*reversed(pending)) == 2


def test_of_two_of_one_moment_the_one_stored_later_goes_first() -> None:
    assert chosen(waiting(1, age=5), waiting(2, age=5)) == 2


def test_the_newest_state_of_every_incident_goes_before_any_older_state() -> None:
    pending = [
        waiting(1, age=1, incident=7),
        waiting(2, age=2, incident=7),
        waiting(3, age=3, incident=8),
        waiting(4, age=4),
    ]
    order = []
    while picked := choose(pending, webhook=WORKING, now=NOW, tried_at={}):
        order.append(picked.id)
        pending = [one for one in pending if one is not picked and one.incident_id != 7]
    assert order == [1, 3, 4]


def test_an_older_state_that_is_due_goes_after_the_newest_states_that_are() -> None:
    pending = (
        waiting(1, age=1, incident=7),
        waiting(2, age=2, incident=7),
        waiting(3, age=9, incident=8),
    )
    # 1 was tried a moment ago, but is due again: it is still the first.
    assert chosen(*pending) == 1
    tried = {1: after(minutes=1)}
    not_due = replace(pending[0], next_attempt_at=after(minutes=2))
    assert chosen(not_due, *pending[1:], tried=tried) == 3
    done = replace(pending[2], next_attempt_at=after(minutes=2))
    assert chosen(not_due, pending[1], done, tried=tried) == 2


def test_when_an_older_state_falls_due_the_newest_of_its_incident_is_sent_in_its_place() -> None:
    older, newest = waiting(1, age=60, incident=7), waiting(2, age=5, due_in=20, incident=7)
    assert chosen(older, newest, tried={2: NOW - SECOND}) == 2
    assert chosen(older, newest) == 2


def test_once_that_was_tried_in_vain_the_older_one_has_its_turn() -> None:
    older, newest = waiting(1, age=60, incident=7), waiting(2, age=5, due_in=20, incident=7)
    assert chosen(older, newest, tried={2: NOW}) == 1


def test_events_that_are_no_state_of_an_incident_stand_for_themselves() -> None:
    statement = waiting(1, age=60, incident=7, type_="statement.seen")
    newer = waiting(2, age=5, due_in=20, incident=7)
    assert chosen(statement, newer) == 1


def test_a_disabled_webhook_gets_nothing() -> None:
    assert chosen(waiting(1, age=5), webhook=replace(FAILING, disabled_at=NOW)) is None


def test_a_webhook_that_asked_us_to_wait_gets_nothing_before_then() -> None:
    asked = replace(FAILING, not_before=NOW + SECOND)
    assert chosen(waiting(1, age=5), webhook=asked) is None
    assert chosen(waiting(1, age=5), webhook=replace(asked, not_before=NOW)) == 1


def test_what_quiet_hours_hold_back_is_neither_sent_nor_used_as_a_probe() -> None:
    held = waiting(1, age=5, due_in=400, attempt=0)
    assert chosen(held, webhook=FAILING) is None
    assert chosen(held, waiting(2, age=50, due_in=300), webhook=FAILING) == 2
    assert not may_go(held, NOW)
    assert may_go(held, held.next_attempt_at)


class TestProbes:
    newest = waiting(9, age=10, due_in=180)
    older = waiting(1, age=90, due_in=180)

    def test_a_failing_webhook_is_probed_with_its_newest_alert(self) -> None:
        tried = {9: NOW - PROBE_EVERY, 1: NOW}
        assert chosen(self.older, self.newest, webhook=FAILING, tried=tried) == 9

    def test_not_before_the_time_has_come(self) -> None:
        tried = {9: NOW - PROBE_EVERY + SECOND}
        assert chosen(self.older, self.newest, webhook=FAILING, tried=tried) is None

    def test_at_once_after_a_start_when_nobody_remembers_the_last(self) -> None:
        assert chosen(self.older, self.newest, webhook=FAILING) == 9

    def test_a_probe_goes_before_what_is_due(self) -> None:
        due = replace(self.older, next_attempt_at=NOW)
        assert chosen(due, self.newest, webhook=FAILING, tried={9: NOW - PROBE_EVERY}) == 9
        assert chosen(due, self.newest, webhook=FAILING, tried={9: NOW - SECOND}) == 1

    def test_a_working_webhook_is_not_probed(self) -> None:
        assert chosen(self.older, self.newest) is None

    def test_one_that_may_have_taken_the_last_is_not_flooded(self) -> None:
        tried = {9: NOW - PROBE_EVERY}
        assert chosen(self.newest, webhook=FAILING, tried=tried, sparingly=True) is None
        tried = {9: NOW - PROBE_SPARINGLY}
        assert chosen(self.newest, webhook=FAILING, tried=tried, sparingly=True) == 9

    def test_nor_one_that_has_been_away_for_a_day(self) -> None:
        away = replace(FAILING, failing_since=NOW - LONG_AWAY - SECOND)
        assert chosen(self.newest, webhook=away, tried={9: NOW - PROBE_EVERY}) is None
        assert chosen(self.newest, webhook=away, tried={9: NOW - PROBE_SPARINGLY}) == 9

    @pytest.mark.parametrize(
        ("hours", "sparingly", "every"),
        [
            (0, False, PROBE_EVERY),
            (6, False, PROBE_EVERY),
            (24, False, PROBE_EVERY),
            (24.01, False, PROBE_SPARINGLY),
            (0, True, PROBE_SPARINGLY),
        ],
    )
    def test_how_often_it_is_probed(self, hours: float, sparingly: bool, every: timedelta) -> None:
        assert pace(timedelta(hours=hours), sparingly=sparingly) == every

    def test_with_the_time_of_an_attempt_the_beat_leaves_time_to_hand_over_in_the_minute(
        self,
    ) -> None:
        hanging, looking = timedelta(seconds=15), timedelta(seconds=5)
        assert PROBE_EVERY + hanging + looking <= timedelta(seconds=45)
        assert PROBE_SPARINGLY + hanging + looking <= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("result", "taken", "up"),
    [
        (Answered(status=204), False, True),
        (Answered(status=404), False, True),
        (Answered(status=499), False, True),
        (Answered(status=500), False, False),
        (Answered(status=503), False, False),
        # The gateway did not wait for whoever is behind it.
        (Answered(status=504), True, False),
        (Unreachable(error="connection refused"), False, False),
        (Unreachable(error="no answer", perhaps_taken=True), True, False),
    ],
)
def test_what_an_answer_says_of_whoever_gave_it(result: PostResult, taken: bool, up: bool) -> None:
    assert (perhaps_taken(result), is_up(result)) == (taken, up)


ANY = st.builds(
    waiting,
    st.integers(1, 9),
    age=st.floats(0, 100),
    due_in=st.floats(-100, 100),
    incident=st.sampled_from([None, 7, 8]),
    attempt=st.integers(0, 3),
)


@settings(deadline=None)
@given(st.lists(ANY, unique_by=lambda one: one.id), st.booleans())
def test_whatever_waits_no_newer_state_of_the_chosen_incident_is_passed_over(
    pending: list[Delivery], failing: bool
) -> None:
    picked = choose(pending, webhook=FAILING if failing else WORKING, now=NOW, tried_at={})
    if picked is None:
        assert not any(one.next_attempt_at <= NOW for one in pending)
    else:
        assert may_go(picked, NOW)
        newer = [one for one in pending if is_older_state(picked, than=one)]
        assert not any(may_go(one, NOW) for one in newer)
