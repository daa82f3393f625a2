"""What Prometheus sees, read back with its own parser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.core.reloading import RefusedReload
from monitor.core.spending import Spent
from monitor.desk.metrics import Metrics
from monitor.desk.overview import Overview
from monitor.ports import Telemetry
from tests.desk.alerts import NOON, after

REFUSED = RefusedReload(at=NOON, error="wrong")


def read(metrics: Metrics, overview: Overview | None = None) -> dict[str, float]:
    text = metrics.text(overview or Overview()).decode()
    return {
        " ".join([sample.name, *map("=".join, sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def metrics() -> Metrics:
    return Metrics(clock=lambda: NOON)


def test_it_is_what_the_loops_talk_to() -> None:
    telemetry: Telemetry = metrics()
    telemetry.delivered("leadership", "delivered")


def test_polls_are_counted_by_source_and_outcome() -> None:
    made = metrics()
    made.polled("news", "ok", 0.2)
    made.polled("news", "ok", 0.2)
    made.polled("forum", "failed", 20.0)
    made.polled("blog", "not modified", 0.1)
    seen = read(made)
    assert seen["polls_total outcome=ok source=news"] == 2
    assert seen["polls_total outcome=failed source=forum"] == 1
    assert seen["poll_duration_seconds_count"] == 4
    assert seen["poll_duration_seconds_sum"] == 20.5
    assert seen["feed_last_success_timestamp_seconds source=news"] == NOON.timestamp()
    assert seen["feed_last_success_timestamp_seconds source=blog"] == NOON.timestamp()
    assert "feed_last_success_timestamp_seconds source=forum" not in seen


def test_mentions_are_counted_by_source_and_brand() -> None:
    made = metrics()
    made.mentioned("news", ("Nordwind", "Castell"))
    made.mentioned("news", ("Nordwind",))
    made.mentioned("news", ())
    seen = read(made)
    assert seen["mentions_total brand=Nordwind source=news"] == 2
    assert seen["mentions_total brand=Castell source=news"] == 1


def test_reading_is_timed_per_mention() -> None:
    made = metrics()
    made.classified(4, 0.02)
    made.classified(0, 0.0)
    seen = read(made)
    assert seen["classify_seconds_count"] == 4
    assert round(seen["classify_seconds_sum"], 9) == 0.02
    assert seen["classify_seconds_bucket le=0.005"] == 4


def test_detection_lag_is_that_of_new_incidents() -> None:
    made = metrics()
    made.alerted("incident.opened", timedelta(minutes=4))
    made.alerted("incident.resolved", timedelta(days=2))
    seen = read(made)
    assert seen["alerts_total type=incident.opened"] == 1
    assert seen["alerts_total type=incident.resolved"] == 1
    assert seen["detection_lag_seconds_count"] == 1
    assert seen["detection_lag_seconds_sum"] == 240
    assert seen["detection_lag_seconds_bucket le=120.0"] == 0
    assert seen["detection_lag_seconds_bucket le=300.0"] == 1


def test_deliveries_are_counted_by_webhook_and_outcome() -> None:
    made = metrics()
    made.delivered("leadership", "failed")
    assert read(made)["deliveries_total outcome=failed webhook=leadership"] == 1


def test_incidents_and_the_outbox_are_as_they_are_when_asked() -> None:
    overview = Overview(
        pending=3, oldest_pending_at=after(minutes=-2), dead=1, incidents={"critical": 2}
    )
    seen = read(metrics(), overview)
    assert seen["incidents_open level=critical"] == 2
    assert seen["incidents_open level=warning"] == 0
    assert seen["incidents_open level=watch"] == 0
    assert seen["outbox_pending"] == 3
    assert seen["outbox_dead"] == 1
    assert seen["outbox_oldest_pending_seconds"] == 120


def test_an_empty_outbox_and_a_clock_set_back_have_no_age() -> None:
    made = metrics()
    assert read(made)["outbox_oldest_pending_seconds"] == 0
    future = Overview(pending=1, oldest_pending_at=after(minutes=2))
    assert read(made, future)["outbox_oldest_pending_seconds"] == 0


def test_two_of_them_do_not_share_a_registry() -> None:
    one, other = metrics(), metrics()
    one.delivered("a", "delivered")
    assert not any(name.startswith("deliveries_total") for name in read(other))


def test_pages_and_their_budget_are_gauges_of_each_brand() -> None:
    overview = Overview(pages=(Spent(brand="Acme", pages=4, budget=3, days=7),))
    seen = read(metrics(), overview)
    assert (seen["pages brand=Acme"], seen["pages_budget brand=Acme"]) == (4, 3)


def test_which_sources_can_be_seen_is_as_it_is_when_asked() -> None:
    made = metrics()
    seen = read(made, Overview(healthy=("news",), failing=("forum", "old")))
    assert seen["source_healthy source=news"] == 1
    assert seen["source_healthy source=forum"] == 0
    seen = read(made, Overview(healthy=("forum", "news")))
    assert seen["source_healthy source=forum"] == 1
    assert "source_healthy source=old" not in seen


@pytest.mark.parametrize(("refused", "value"), [(None, 1), (REFUSED, 0)])
def test_whether_the_last_reload_was_good_is_a_gauge(
    refused: RefusedReload | None, value: int
) -> None:
    assert read(metrics(), Overview(refused=refused))["config_last_reload_successful"] == value
