"""When a source is asked next: tables of answers, and what must hold whatever comes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import (
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    SourceHealth,
    SourceState,
)
from monitor.core.schedule import Plan, Rules, plan, put_off, unreadable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
STATE = SourceState(id=1, name="news", kind="feed", url="https://example.com/feed")
CASES = Path("/work/shared/data/feeds/polling_cases.json")


def ok(**headers: str) -> Fetched:
    return Fetched(status=200, headers=_names(headers), body=b"", url=STATE.url)


def no(status: int | None = None, **headers: str) -> FetchFailed:
    return FetchFailed(reason="it said no", status=status, headers=_names(headers))


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def planned(answer: FetchResult, *, state: SourceState = STATE, **given: Any) -> Plan:
    arguments = {"every": 5 * MINUTE, "now": NOW, "jitter": 0.0, **given}
    return plan(state, answer, **arguments)


def wait(answer: FetchResult, **given: Any) -> timedelta:
    at = planned(answer, **given).next_poll_at
    assert at is not None
    return at - NOW


def named_cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{CASES} is not at hand"))]
    return [pytest.param(case, id=case["name"]) for case in json.loads(CASES.read_text())["cases"]]


@pytest.mark.parametrize("case", named_cases())
def test_agrees_with_another_reader_under_its_rules(case: dict[str, Any]) -> None:
    """lemon24/reader rounds up to its grid, caps at 31 days and adds no jitter here."""
    rules = Rules(grid=True, jitter=0.0, hint_cap=31 * DAY, retry_after_cap=31 * DAY)
    answer: FetchResult = no(case["status"], **case["headers"])
    if case["status"] == 200:
        answer = ok(**case["headers"])
    found = plan(
        STATE,
        answer,
        every=case["interval_minutes"] * MINUTE,
        now=datetime.fromisoformat(case["now"]),
        jitter=0.5,
        rules=rules,
    )
    assert found.next_poll_at == datetime.fromisoformat(case["expected_next"])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(ok(), 5 * MINUTE, id="no hint: as configured"),
        pytest.param(ok(cache_control="max-age=60"), 5 * MINUTE, id="a shorter hint"),
        pytest.param(ok(cache_control="public, MAX-AGE=900"), 15 * MINUTE, id="max-age"),
        pytest.param(ok(cache_control='max-age="900"'), 15 * MINUTE, id="max-age in quotes"),
        pytest.param(ok(cache_control="s-maxage=900"), 5 * MINUTE, id="not for us"),
        pytest.param(ok(cache_control="max-age=900", age="300"), 10 * MINUTE, id="partly aged"),
        pytest.param(ok(cache_control="max-age=900", age="1000"), 5 * MINUTE, id="aged"),
        pytest.param(ok(cache_control="max-age=900", age="old"), 15 * MINUTE, id="unreadable age"),
        pytest.param(ok(cache_control="max-age=864000"), DAY, id="a hint is capped at a day"),
        pytest.param(ok(cache_control="max-age=" + "9" * 11), DAY, id="three thousand years"),
        pytest.param(ok(cache_control="max-age=" + "9" * 400), 5 * MINUTE, id="nonsense"),
        pytest.param(
            ok(cache_control="no-cache", expires="Sun, 22 Nov 2026 13:00:00 GMT"),
            5 * MINUTE,
            id="no-cache cancels Expires too",
        ),
        pytest.param(ok(expires="Sun, 22 Nov 2026 13:00:00 GMT"), HOUR, id="expires"),
        pytest.param(ok(expires="0"), 5 * MINUTE, id="expired for good"),
        pytest.param(ok(expires="Mon, 99 Nov 2026 13:00:00 GMT"), 5 * MINUTE, id="no such day"),
        pytest.param(ok(expires="Fri, 31 Dec 9999 23:59:59 -2359"), 5 * MINUTE, id="no such year"),
        pytest.param(NotModified(headers={"cache-control": "max-age=900"}), 15 * MINUTE, id="304"),
        pytest.param(no(429, retry_after="1200"), 20 * MINUTE, id="retry-after"),
        pytest.param(no(429, retry_after="0"), 5 * MINUTE, id="retry-after at once"),
        pytest.param(no(403, retry_after="1200"), 20 * MINUTE, id="403 with retry-after"),
        pytest.param(no(500, retry_after="1200"), 20 * MINUTE, id="500 with retry-after"),
        pytest.param(no(503, retry_after="864000"), 7 * DAY, id="retry-after is capped at a week"),
        pytest.param(no(429), 10 * MINUTE, id="429 alone"),
        pytest.param(no(503), 10 * MINUTE, id="503 alone"),
        pytest.param(no(503, retry_after="soon"), 10 * MINUTE, id="unreadable retry-after"),
        pytest.param(no(401), 6 * HOUR, id="401"),
        pytest.param(no(403), 6 * HOUR, id="403"),
        pytest.param(no(410), 6 * HOUR, id="410"),
        pytest.param(no(404, cache_control="max-age=900"), 15 * MINUTE, id="a cached 404"),
    ],
)
def test_one_answer_and_the_wait_that_follows(answer: FetchResult, expected: timedelta) -> None:
    assert wait(answer) == expected


@pytest.mark.parametrize(
    ("answer", "outcome", "health"),
    [
        (ok(), "ok", SourceHealth.HEALTHY),
        (NotModified(headers={}), "not modified", SourceHealth.HEALTHY),
        (no(), "failed", SourceHealth.FAILING),
        (no(404), "failed", SourceHealth.FAILING),
        (no(500), "failed", SourceHealth.FAILING),
        (no(300), "failed", SourceHealth.FAILING),
        (no(401), "failed", SourceHealth.FAILING),
        (no(403), "failed", SourceHealth.FAILING),
        (no(410), "gone", SourceHealth.FAILING),
        (no(403, retry_after="9"), "throttled", SourceHealth.THROTTLED),
        (no(429), "throttled", SourceHealth.THROTTLED),
        (no(503), "throttled", SourceHealth.THROTTLED),
        (unreadable(ok(), "not a feed"), "unreadable", SourceHealth.FAILING),
        (no(299), "unreadable", SourceHealth.FAILING),
    ],
)
def test_an_answer_is_filed_under_its_kind(
    answer: FetchResult, outcome: str, health: SourceHealth
) -> None:
    found = planned(answer)
    assert (found.outcome, found.health) == (outcome, health)


class TestTheReason:
    @pytest.mark.parametrize(
        ("answer", "given", "reason"),
        [
            (ok(), {}, "ok; next at 2026-11-22 12:05:00Z as configured (every 5m)"),
            (
                ok(cache_control="max-age=900"),
                {},
                (
                    "ok; next at 2026-11-22 12:15:00Z "
                    "because the server said Cache-Control: max-age=900"
                ),
            ),
            (
                ok(expires="Sun, 22 Nov 2026 13:00:00 GMT"),
                {},
                (
                    "ok; next at 2026-11-22 13:00:00Z "
                    "because the server said Expires: Sun, 22 Nov 2026 13:00:00 GMT"
                ),
            ),
            (
                ok(),
                {"ttl": 2 * DAY},
                "ok; next at 2026-11-23 12:00:00Z because its ttl is 2d (we wait 1d at most)",
            ),
            (
                no(429, retry_after="3600"),
                {},
                (
                    "it said no; next at 2026-11-22 13:00:00Z "
                    "because the server said Retry-After: 3600"
                ),
            ),
            (
                no(429),
                {},
                "it said no; next at 2026-11-22 12:10:00Z because the server asks us to slow down",
            ),
            (no(401), {}, "it said no; next at 2026-11-22 18:00:00Z because it refuses us"),
            (no(410), {}, "it said no; next at 2026-11-22 18:00:00Z because it says it is gone"),
            (
                no(500),
                {"every": SECOND, "jitter": 1.0},
                "it said no; next at 2026-11-22 12:00:05Z because it failed",
            ),
            (
                no(500),
                {"every": SECOND, "jitter": 1.0, "state": replace(STATE, failures=1)},
                "it said no; next at 2026-11-22 12:00:11Z because it failed 2 times in a row",
            ),
            (
                no(500),
                {"every": SECOND, "jitter": 1.0, "state": replace(STATE, failures=2)},
                "it said no; next at 2026-11-22 12:00:22Z because it failed 3 times in a row",
            ),
        ],
    )
    def test_says_what_happened_when_it_is_asked_next_and_why(
        self, answer: FetchResult, given: dict[str, Any], reason: str
    ) -> None:
        assert planned(answer, **given).reason == reason


class TestJitter:
    @pytest.mark.parametrize("every", [SECOND, 2 * SECOND, 5 * MINUTE, DAY])
    def test_adds_a_tenth_at_most(self, every: timedelta) -> None:
        assert wait(ok(), every=every, jitter=0.0) == every
        assert wait(ok(), every=every, jitter=0.5) == every * 1.05
        assert wait(ok(), every=every, jitter=1.0) == every * 1.1


class TestTtl:
    def test_lengthens_the_wait(self) -> None:
        assert wait(ok(), ttl=HOUR) == HOUR

    def test_of_the_last_document_holds_while_nothing_changes(self) -> None:
        state = replace(STATE, ttl_seconds=3600.0)
        assert wait(NotModified(headers={}), state=state) == HOUR

    def test_of_the_last_document_ends_with_a_new_one(self) -> None:
        assert wait(ok(), state=replace(STATE, ttl_seconds=3600.0)) == 5 * MINUTE

    def test_says_nothing_about_a_failure(self) -> None:
        state = replace(STATE, ttl_seconds=3600.0)
        assert wait(no(500), state=state, ttl=HOUR) == 5 * MINUTE


class TestThrottling:
    def test_without_a_hint_pauses_the_whole_host(self) -> None:
        found = planned(no(429), jitter=0.5)
        assert found.pause_host_until == found.next_poll_at

    def test_with_a_hint_pauses_this_source_alone(self) -> None:
        assert planned(no(429, retry_after="60")).pause_host_until is None

    @pytest.mark.parametrize("answer", [ok(), no(500), no(401), no(410), NotModified(headers={})])
    def test_is_the_only_thing_that_pauses_a_host(self, answer: FetchResult) -> None:
        assert planned(answer).pause_host_until is None

    def test_of_another_of_its_host_takes_the_place_of_when_a_source_was_to_be_asked(self) -> None:
        note = f"{planned(ok()).reason}; more to read at the next poll: 3 pages"
        assert put_off(note, until=NOW + HOUR, by="forum") == (
            "ok; next at 2026-11-22 13:00:00Z because forum, of the same host, was asked to wait; "
            "more to read at the next poll: 3 pages"
        )

    @pytest.mark.parametrize(
        ("failures", "minutes"), [(0, 10), (1, 20), (2, 40), (5, 320), (6, 360), (10**9, 360)]
    )
    def test_doubles_from_ten_minutes_to_six_hours(self, failures: int, minutes: int) -> None:
        assert wait(no(429), state=replace(STATE, failures=failures)) == minutes * MINUTE

    def test_of_a_server_that_is_down_does_not_outlast_it(self) -> None:
        assert wait(no(503), state=replace(STATE, failures=100)) == 10 * MINUTE


class TestBackoff:
    @pytest.mark.parametrize(
        ("every", "failures", "longest"),
        [
            (SECOND, 0, 5 * SECOND),
            (2 * SECOND, 0, 5 * SECOND),
            (2 * SECOND, 1, 10 * SECOND),
            (5 * SECOND, 5, 160 * SECOND),
            (5 * SECOND, 8, 5 * MINUTE),
            (2 * SECOND, 20, 5 * MINUTE),
            (20 * SECOND, 0, 20 * SECOND),
            (20 * SECOND, 1, 40 * SECOND),
            (MINUTE, 2, 4 * MINUTE),
            (MINUTE, 10**9, 5 * MINUTE),
            (2 * MINUTE, 1, 2 * MINUTE),
            (5 * MINUTE, 3, 5 * MINUTE),
            (HOUR, 10**9, HOUR),
        ],
    )
    def test_doubles_and_is_spread_over_all_of_its_span(
        self, every: timedelta, failures: int, longest: timedelta
    ) -> None:
        state = replace(STATE, failures=failures)
        rules = Rules(jitter=0.0)
        given = {"every": every, "state": state, "rules": rules}
        assert wait(no(500), jitter=1.0, **given) == longest
        assert wait(no(500), jitter=0.5, **given) == max(every, longest / 2)
        assert wait(no(500), jitter=0.0, **given) == every

    @pytest.mark.parametrize("answer", [no(), no(404), no(500), no(200)])
    def test_is_the_same_whatever_failed(self, answer: FetchResult) -> None:
        state = replace(STATE, failures=4)
        longest = 5 * MINUTE * 1.1
        assert wait(answer, every=MINUTE, state=state, jitter=1.0) == longest


class TestGone:
    @pytest.mark.parametrize(
        ("before", "since", "disabled"),
        [
            (0, None, False),
            (1, 30 * HOUR, False),
            (2, 24 * HOUR - SECOND, False),
            (2, 24 * HOUR, True),
            (7, 48 * HOUR, True),
        ],
    )
    def test_three_times_over_a_day_is_believed(
        self, before: int, since: timedelta | None, *, disabled: bool
    ) -> None:
        state = replace(STATE, gone=before, gone_since=None if since is None else NOW - since)
        found = planned(no(410), state=state)
        assert (found.health is SourceHealth.DISABLED) == disabled
        assert (found.next_poll_at is None) == disabled
        assert found.outcome == "gone"

    def test_for_good_is_told(self) -> None:
        state = replace(STATE, gone=2, gone_since=NOW - DAY)
        assert planned(no(410), state=state).reason == (
            "the server says it is gone for good (410) since 2026-11-21 12:00:00Z; "
            "not asked any more"
        )

    @pytest.mark.parametrize("answer", [no(), no(404), ok()])
    def test_other_answers_disable_nothing(self, answer: FetchResult) -> None:
        state = replace(STATE, gone=5, gone_since=NOW - 5 * DAY)
        assert planned(answer, state=state).health is not SourceHealth.DISABLED


def test_an_unreadable_answer_keeps_its_headers_but_is_a_failure() -> None:
    answer = unreadable(ok(etag='"a"'), "not a feed: looks like HTML")
    assert answer.reason == "not a feed: looks like HTML"
    assert (answer.status, answer.headers) == (200, {"etag": '"a"'})


seconds = st.integers(min_value=-(10**12), max_value=10**12).map(str)
dates = st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
values = st.one_of(seconds, dates, st.text(max_size=30))
headers = st.fixed_dictionaries(
    {},
    optional={
        "retry-after": values,
        "cache-control": st.one_of(seconds.map(lambda s: f"max-age={s}"), st.text(max_size=30)),
        "expires": values,
        "date": values,
        "age": values,
    },
)
statuses = st.one_of(st.none(), st.integers(min_value=100, max_value=999))
answers = st.one_of(
    st.builds(lambda found: ok(**found), headers),
    st.builds(lambda found: NotModified(headers=found), headers),
    st.builds(lambda status, found: no(status, **found), statuses, headers),
)
everies = st.timedeltas(min_value=SECOND, max_value=30 * DAY)
unit = st.floats(min_value=0, max_value=1)


@given(answer=answers, every=everies, jitter=unit, failures=st.integers(0, 10**6))
def test_whatever_comes_the_next_poll_is_neither_too_soon_nor_never(
    answer: FetchResult, every: timedelta, jitter: float, failures: int
) -> None:
    state = replace(STATE, failures=failures)
    found = plan(state, answer, every=every, now=NOW, jitter=jitter)
    assert found.next_poll_at is not None
    longest = max(every, 7 * DAY) * 1.1
    assert every <= found.next_poll_at - NOW <= longest + timedelta(microseconds=1)
    assert found.reason


@given(
    status=st.sampled_from([None, 200, 301, 400, 404, 418, 500, 502, 503, 504]),
    every=everies,
    jitter=unit,
    failures=st.integers(0, 10**6),
)
def test_a_source_that_is_back_is_seen_within_a_quarter_of_an_hour(
    status: int | None, every: timedelta, jitter: float, failures: int
) -> None:
    """Unless the server itself asked for more."""
    state = replace(STATE, failures=failures)
    asked = wait(no(status), state=state, every=every, jitter=jitter)
    assert asked <= max(every * 1.1, 15 * MINUTE) + timedelta(microseconds=1)


@given(after=st.integers(0, 10**7), every=everies, jitter=unit, status=st.sampled_from([429, 503]))
def test_a_server_is_never_asked_before_the_time_it_named(
    after: int, every: timedelta, jitter: float, status: int
) -> None:
    answer = no(status, retry_after=str(after))
    asked = min(timedelta(seconds=after), 7 * DAY)
    assert wait(answer, every=every, jitter=jitter) >= asked


class TestOwnLimits:
    """What a kind of source allows, and what a server asks for in words of its own."""

    def test_a_kind_is_never_asked_more_often_than_it_allows(self) -> None:
        made = planned(ok(), every=MINUTE, floor=15 * MINUTE)
        assert made.next_poll_at == NOW + 15 * MINUTE
        assert made.reason.endswith("because of the source's own limit (every 15m)")

    def test_a_limit_below_what_is_configured_changes_nothing(self) -> None:
        assert planned(ok(), floor=MINUTE) == planned(ok())
        assert "as configured" in planned(ok(), floor=5 * MINUTE).reason

    def test_peace_that_is_asked_for_is_kept(self) -> None:
        made = planned(ok(), peace=HOUR)
        assert made.next_poll_at == NOW + HOUR
        assert made.health is SourceHealth.HEALTHY
        assert made.reason.endswith("because the server asks for 1h of peace")

    def test_peace_has_an_end(self) -> None:
        assert wait(ok(), peace=30 * DAY) == 7 * DAY

    @pytest.mark.parametrize("status", [None, 200, 299, 403, 429, 503])
    def test_an_error_that_asks_for_peace_slows_us_down(self, status: int | None) -> None:
        made = planned(no(status), peace=HOUR)
        assert (made.outcome, made.health) == ("throttled", SourceHealth.THROTTLED)
        assert made.next_poll_at == NOW + HOUR
        assert made.pause_host_until is None

    @pytest.mark.parametrize("status", [400, 404, 500])
    def test_other_errors_stay_failures(self, status: int) -> None:
        made = planned(no(status), peace=HOUR)
        assert made.outcome == "failed"
        assert made.next_poll_at == NOW + HOUR
