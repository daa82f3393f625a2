"""What is remembered of a source after an answer: scenarios told over several polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.aftermath import after_poll, asks_in_full, health
from monitor.core.polling import (
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    SourceHealth,
    SourceState,
)
from monitor.core.schedule import plan

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
STATE = SourceState(id=1, name="news", kind="feed", url="https://example.com/feed")
NOT_MODIFIED = NotModified(headers={})
DOWN = FetchFailed(reason="down")


def ok(*, moved_to: str | None = None, **headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(status=200, headers=named, body=b"", url=STATE.url, moved_to=moved_to)


def no(status: int) -> FetchFailed:
    return FetchFailed(reason="no", status=status)


def after(
    state: SourceState,
    answer: FetchResult,
    *,
    now: datetime = NOW,
    ttl: timedelta | None = None,
) -> SourceState:
    made = plan(state, answer, every=5 * MINUTE, now=now, jitter=0.0, ttl=ttl)
    return after_poll(state, answer, made, now=now, ttl=ttl)


def after_all(state: SourceState, *answers: FetchResult, apart: timedelta) -> SourceState:
    for number, answer in enumerate(answers):
        state = after(state, answer, now=NOW + number * apart)
    return state


class TestASuccess:
    def test_is_remembered_whole(self) -> None:
        assert after(STATE, ok(etag='"a"', last_modified="today"), ttl=HOUR) == replace(
            STATE,
            etag='"a"',
            last_modified="today",
            next_poll_at=NOW + HOUR,
            last_success_at=NOW,
            note="ok; next at 2026-11-22 13:00:00Z because its ttl is 1h",
            last_unconditional_at=NOW,
            ttl_seconds=3600.0,
        )

    def test_ends_a_streak_of_failures(self) -> None:
        down = after_all(STATE, DOWN, DOWN, apart=MINUTE)
        assert (down.failures, down.state, down.state_since) == (2, SourceHealth.FAILING, NOW)
        up = after(down, NOT_MODIFIED, now=NOW + HOUR)
        assert (up.failures, up.state) == (0, SourceHealth.HEALTHY)
        assert up.state_since == NOW + HOUR
        assert up.last_success_at == NOW + HOUR

    def test_keeps_the_time_since_when_it_is_well(self) -> None:
        well = replace(STATE, state_since=NOW - DAY)
        assert after(well, ok()).state_since == NOW - DAY


class TestValidators:
    KNOWN = replace(STATE, etag='"a"', last_modified="today", last_unconditional_at=NOW - DAY)

    def test_of_a_new_document_replace_the_old_ones(self) -> None:
        new = after(self.KNOWN, ok(etag='"b"'))
        assert (new.etag, new.last_modified) == ('"b"', None)

    def test_survive_a_304_that_does_not_repeat_them(self) -> None:
        same = after(self.KNOWN, NOT_MODIFIED)
        assert (same.etag, same.last_modified) == ('"a"', "today")

    def test_are_renewed_by_a_304_that_names_new_ones(self) -> None:
        new = after(self.KNOWN, NotModified(headers={"etag": '"b"', "last-modified": "now"}))
        assert (new.etag, new.last_modified) == ('"b"', "now")

    @pytest.mark.parametrize("answer", [DOWN, no(500), no(200), no(404)])
    def test_survive_a_failure(self, answer: FetchResult) -> None:
        same = after(self.KNOWN, answer)
        assert (same.etag, same.last_modified) == ('"a"', "today")
        assert same.last_success_at is None

    def test_of_any_length_are_not_kept(self) -> None:
        assert after(STATE, ok(etag="x" * 1000)).etag == "x" * 1000
        assert after(STATE, ok(etag="x" * 1001)).etag is None

    def test_are_left_out_when_there_are_none(self) -> None:
        assert asks_in_full(STATE, now=NOW)
        assert asks_in_full(replace(STATE, last_unconditional_at=NOW), now=NOW)

    @pytest.mark.parametrize("known", [{"etag": '"a"'}, {"last_modified": "today"}])
    def test_are_left_out_every_eight_days(self, known: dict[str, str]) -> None:
        state = after(STATE, ok(**known))
        assert not asks_in_full(state, now=NOW + 8 * DAY - SECOND)
        assert asks_in_full(state, now=NOW + 8 * DAY)

    def test_are_left_out_if_it_is_not_known_when_they_last_were(self) -> None:
        assert asks_in_full(replace(STATE, etag='"a"'), now=NOW)

    def test_are_left_out_again_if_the_full_request_failed(self) -> None:
        state = replace(self.KNOWN, last_unconditional_at=NOW - 9 * DAY)
        assert asks_in_full(after(state, DOWN), now=NOW)
        assert not asks_in_full(after(state, ok(etag='"b"')), now=NOW)

    def test_a_conditional_request_does_not_put_the_full_one_off(self) -> None:
        assert after(self.KNOWN, ok(etag='"b"')).last_unconditional_at == NOW - DAY
        assert after(self.KNOWN, NOT_MODIFIED).last_unconditional_at == NOW - DAY


class TestTtl:
    def test_is_kept_while_nothing_changes_and_through_failures(self) -> None:
        state = after(STATE, ok(), ttl=HOUR)
        assert after(state, NOT_MODIFIED).ttl_seconds == 3600.0
        assert after(state, DOWN).ttl_seconds == 3600.0

    def test_goes_with_the_document_that_said_it(self) -> None:
        assert after(after(STATE, ok(), ttl=HOUR), ok()).ttl_seconds is None


class TestGone:
    def test_is_counted_and_ends_in_a_source_that_is_not_asked_any_more(self) -> None:
        state = after_all(STATE, *[no(410)] * 4, apart=6 * HOUR)
        assert (state.gone, state.gone_since, state.state) == (4, NOW, SourceHealth.FAILING)
        end = after(state, no(410), now=NOW + DAY)
        assert (end.gone, end.state, end.next_poll_at) == (5, SourceHealth.DISABLED, None)

    def test_begins_again_after_any_other_answer(self) -> None:
        state = after_all(STATE, no(410), no(410), no(404), apart=6 * HOUR)
        assert (state.gone, state.gone_since) == (0, None)

    def test_goes_on_after_no_answer_at_all(self) -> None:
        state = after_all(STATE, no(410), DOWN, no(410), apart=6 * HOUR)
        assert (state.gone, state.gone_since) == (2, NOW)


NEW, OTHER = "https://example.com/new", "https://example.com/other"


class TestAMove:
    def test_is_believed_after_three_sightings_over_a_day(self) -> None:
        state = after_all(STATE, *[ok(moved_to=NEW)] * 2, apart=12 * HOUR)
        assert (state.moved_to, state.moved, state.moved_since) == (NEW, 2, NOW)
        assert state.moved_url is None
        moved = after(state, NotModified(headers={}, moved_to=NEW), now=NOW + DAY)
        assert moved.moved_url == NEW
        assert moved.url == STATE.url
        assert (moved.moved_to, moved.moved, moved.moved_since) == (None, 0, None)

    def test_needs_the_day(self) -> None:
        state = after_all(STATE, *[ok(moved_to=NEW)] * 5, apart=5 * HOUR)
        assert (state.moved, state.moved_url) == (5, None)

    def test_needs_three_sightings(self) -> None:
        state = after_all(STATE, *[ok(moved_to=NEW)] * 2, apart=2 * DAY)
        assert (state.moved, state.moved_url) == (2, None)

    def test_to_somewhere_else_is_counted_anew(self) -> None:
        state = after_all(STATE, ok(moved_to=NEW), ok(moved_to=OTHER), apart=HOUR)
        assert (state.moved_to, state.moved, state.moved_since) == (OTHER, 1, NOW + HOUR)

    def test_that_stops_is_forgotten(self) -> None:
        state = after_all(STATE, ok(moved_to=NEW), ok(), apart=HOUR)
        assert (state.moved_to, state.moved, state.moved_since) == (None, 0, None)

    def test_is_neither_seen_nor_forgotten_when_nothing_answers(self) -> None:
        seen = after(STATE, ok(moved_to=NEW))
        state = after(replace(seen, moved_url=OTHER), DOWN, now=NOW + HOUR)
        assert (state.moved_to, state.moved, state.moved_since) == (NEW, 1, NOW)
        assert state.moved_url == OTHER

    def test_holds_while_the_new_address_answers(self) -> None:
        moved = replace(STATE, moved_url=NEW)
        assert after(moved, ok()).moved_url == NEW
        assert after(moved, NOT_MODIFIED).moved_url == NEW
        assert after(moved, ok(moved_to=OTHER)).moved_url == NEW

    @pytest.mark.parametrize("status", [404, 410])
    def test_is_taken_back_when_the_new_address_is_gone(self, status: int) -> None:
        assert after(replace(STATE, moved_url=NEW), no(status)).moved_url is None


class TestHealth:
    WELL = replace(STATE, next_poll_at=NOW, last_success_at=NOW - 5 * MINUTE)

    @pytest.mark.parametrize(
        ("late", "expected"),
        [
            (timedelta(0), SourceHealth.HEALTHY),
            (10 * MINUTE, SourceHealth.HEALTHY),
            (10 * MINUTE + SECOND, SourceHealth.STALE),
        ],
    )
    def test_three_intervals_without_a_poll_are_stale(
        self, late: timedelta, expected: SourceHealth
    ) -> None:
        assert health(self.WELL, every=5 * MINUTE, now=NOW + late) is expected

    def test_a_source_asked_each_second_has_a_minute(self) -> None:
        assert health(self.WELL, every=SECOND, now=NOW + MINUTE) is SourceHealth.HEALTHY
        assert health(self.WELL, every=SECOND, now=NOW + 61 * SECOND) is SourceHealth.STALE

    def test_a_wait_that_the_server_asked_for_is_not_stale(self) -> None:
        state = replace(self.WELL, next_poll_at=NOW + DAY)
        assert health(state, every=5 * MINUTE, now=NOW + DAY) is SourceHealth.HEALTHY

    def test_a_longer_interval_in_a_new_configuration_is_waited_for(self) -> None:
        now = NOW + 25 * HOUR
        assert health(self.WELL, every=DAY, now=now) is SourceHealth.HEALTHY

    def test_a_source_that_was_never_asked_is_well_until_it_is_overdue(self) -> None:
        assert health(STATE, every=MINUTE, now=NOW) is SourceHealth.HEALTHY
        due = replace(STATE, next_poll_at=NOW)
        assert health(due, every=MINUTE, now=NOW + 3 * MINUTE) is SourceHealth.HEALTHY
        assert health(due, every=MINUTE, now=NOW + 4 * MINUTE) is SourceHealth.STALE

    @pytest.mark.parametrize(
        "state", [SourceHealth.FAILING, SourceHealth.THROTTLED, SourceHealth.DISABLED]
    )
    def test_a_clear_failure_stays_what_it_is(self, state: SourceHealth) -> None:
        source = replace(self.WELL, state=state)
        assert health(source, every=MINUTE, now=NOW + DAY) is state
