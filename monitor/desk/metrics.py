"""What `/metrics` shows, in a registry of its own; implements `ports.Telemetry`.

Does not measure: the loops tell it. Gauges of the outbox are set when they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from monitor.core.types import LEVELS
from monitor.desk.overview import Overview
from monitor.ports import Clock

#: Outcomes of a poll that show that the source can be seen.
SEEN = frozenset({"ok", "not modified"})
_LAGS = (10, 30, 60, 120, 300, 600, 1800, 3600, 3 * 3600, 12 * 3600, 24 * 3600)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters that the loops turn, and gauges of how matters stand."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        self._count(self._registry)
        self._gauge(self._registry)

    def _count(self, registry: CollectorRegistry) -> None:
        """What is counted when it happens."""
        self._polls = Counter(
            "polls", "Polls of a source.", ["source", "outcome"], registry=registry
        )
        self._poll_seconds = Histogram(
            "poll_duration_seconds", "Time of one poll.", buckets=_SECONDS, registry=registry
        )
        self._mentions = Counter(
            "mentions", "New mentions.", ["source", "brand"], registry=registry
        )
        self._classify = Histogram(
            "classify_seconds",
            "Time to read one mention, mean of its batch.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._alerts = Counter("alerts", "Events raised.", ["type"], registry=registry)
        self._lag = Histogram(
            "detection_lag_seconds",
            "From the first post of a story to the alert that opened its incident.",
            buckets=_LAGS,
            registry=registry,
        )
        self._deliveries = Counter(
            "deliveries",
            "Attempts by what came of them.",
            ["webhook", "outcome"],
            registry=registry,
        )

    def _gauge(self, registry: CollectorRegistry) -> None:
        """How things stand, set when somebody asks."""
        self._seen = Gauge(
            "feed_last_success_timestamp_seconds",
            "When a source was last seen.",
            ["source"],
            registry=registry,
        )
        self._sources = Gauge(
            "source_healthy",
            "Whether a source can be seen: 0 if it fails, or shows nothing new for too long.",
            ["source"],
            registry=registry,
        )
        self._incidents = Gauge("incidents_open", "Live incidents.", ["level"], registry=registry)
        self._pages = Gauge(
            "pages", "Pages in the days of the alert budget.", ["brand"], registry=registry
        )
        self._budget = Gauge("pages_budget", "Pages wanted in them.", ["brand"], registry=registry)
        self._reloaded = Gauge(
            "config_last_reload_successful",
            "Whether the last reload was not refused: 1, or 0.",
            registry=registry,
        )
        self._pending = Gauge("outbox_pending", "Deliveries that wait.", registry=registry)
        self._dead = Gauge("outbox_dead", "Dead letters.", registry=registry)
        self._oldest = Gauge(
            "outbox_oldest_pending_seconds",
            "Age of the oldest alert that waits; 0 when none does.",
            registry=registry,
        )

    def polled(self, source: str, outcome: str, seconds: float) -> None:
        self._polls.labels(source, outcome).inc()
        self._poll_seconds.observe(seconds)
        if outcome in SEEN:
            self._seen.labels(source).set(self._clock().timestamp())

    def mentioned(self, source: str, brands: Sequence[str]) -> None:
        for brand in brands:
            self._mentions.labels(source, brand).inc()

    def classified(self, count: int, seconds: float) -> None:
        for _ in range(count):
            self._classify.observe(seconds / count)

    def alerted(self, type_: str, lag: timedelta) -> None:
        self._alerts.labels(type_).inc()
        if type_ == "incident.opened":
            self._lag.observe(lag.total_seconds())

    def delivered(self, webhook: str, outcome: str) -> None:
        self._deliveries.labels(webhook, outcome).inc()

    def text(self, overview: Overview) -> bytes:
        """The exposition format of Prometheus, with gauges as `overview` has them."""
        self._sources.clear()  # what was taken out of the configuration is neither
        for is_healthy, names in enumerate((overview.failing, overview.healthy)):
            for name in names:
                self._sources.labels(name).set(is_healthy)
        for level in LEVELS:
            self._incidents.labels(level).set(overview.incidents.get(level, 0))
        for spent in overview.pages:
            self._pages.labels(spent.brand).set(spent.pages)
            self._budget.labels(spent.brand).set(spent.budget)
        self._reloaded.set(overview.refused is None)
        self._pending.set(overview.pending)
        self._dead.set(overview.dead)
        self._oldest.set(_age(overview.oldest_pending_at, self._clock()))
        return generate_latest(self._registry)


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
