"""Values to columns and back: times, JSON, mentions, verdicts, sources, deliveries.

Knows the shape of rows, runs no SQL. Incidents are in `rows_incident`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.adapters.connect import Row
from monitor.core.outbox import Delivery, DeliveryState, WebhookState
from monitor.core.polling import NewMention, SourceHealth, SourceState
from monitor.core.types import Level, Mention, Stance, Verdict

#: What one row of a statement is given, by name of the column.
Values = dict[str, Any]

_LARGEST_INTEGER = 2**63 - 1


def time_text(moment: datetime) -> str:
    """Write an aware time as `2026-11-22T01:02:03.456789Z`: of one width, so that it sorts.

    Raises:
        ValueError: The time has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def maybe_time_text(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def json_text(value: object) -> str:
    return plain(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def plain(text: str) -> str:
    """Leave out what SQLite cannot hold: NUL ends a text early, lone surrogates are no UTF-8."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def maybe_plain(text: str | None) -> str | None:
    return None if text is None else plain(text)


def count(number: int | None) -> int | None:
    """Keep a count from outside within what an INTEGER column holds."""
    return None if number is None else max(0, min(number, _LARGEST_INTEGER))


def readings(engagement: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    """Names and finite numbers: NaN and infinity say nothing and fit no column."""
    for name, value in engagement.items():
        if math.isfinite(value):
            yield plain(name), float(value)


# --- mentions and verdicts


def mention_values(mention: NewMention, *, source_id: int) -> Values:
    return {
        "source_id": source_id,
        "native_id": plain(mention.native_id),
        "brand": plain(mention.brand),
        "kind": plain(mention.kind),
        "url": maybe_plain(mention.url),
        "author": maybe_plain(mention.author),
        "author_followers": count(mention.author_followers),
        "title": maybe_plain(mention.title),
        "text": plain(mention.text),
        "language": maybe_plain(mention.language),
        "published_at": maybe_time_text(mention.published_at),
        "seen_at": time_text(mention.seen_at),
        "fingerprint": plain(mention.fingerprint),
        "repost_of": maybe_plain(mention.repost_of),
        "matched_by": plain(mention.matched_by),
        "certain": mention.certain,
        "history": mention.history,
    }


def mention_from(row: Row, engagement: Mapping[str, float]) -> Mention:
    """`row` holds the columns of `mentions` and the source's name as `source`."""
    return Mention(
        id=row["id"],
        source_id=row["source_id"],
        source=row["source"],
        kind=row["kind"],
        native_id=row["native_id"],
        brand=row["brand"],
        url=row["url"],
        author=row["author"],
        author_followers=row["author_followers"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        published_at=maybe_moment(row["published_at"]),
        seen_at=moment(row["seen_at"]),
        fingerprint=row["fingerprint"],
        repost_of=row["repost_of"],
        matched_by=row["matched_by"],
        certain=bool(row["certain"]),
        history=bool(row["history"]),
        engagement=engagement,
        deleted=row["deleted_at"] is not None,
    )


def verdict_values(verdict: Verdict, *, mention_id: int, at: datetime) -> Values:
    return {
        "mention_id": mention_id,
        "model": verdict.model,
        "at": time_text(at),
        "language": verdict.language,
        "about": verdict.about,
        "negative": verdict.stance.negative,
        "neutral": verdict.stance.neutral,
        "positive": verdict.stance.positive,
        "alarm": verdict.alarm,
        "complaint": verdict.complaint,
        "outrage": verdict.outrage,
        "firsthand": verdict.firsthand,
        "severity": verdict.severity,
        "harms": json_text(dict(verdict.harms)),
        "language_trained": verdict.language_trained,
        "vector": verdict.vector or None,
    }


def verdict_from(row: Row) -> Verdict:
    """`row` holds the columns of `verdicts`, the language as `read_language`."""
    return Verdict(
        model=row["model"],
        language=row["read_language"],
        about=row["about"],
        stance=Stance(negative=row["negative"], neutral=row["neutral"], positive=row["positive"]),
        alarm=row["alarm"],
        complaint=row["complaint"],
        outrage=row["outrage"],
        firsthand=row["firsthand"],
        severity=row["severity"],
        harms=json.loads(row["harms"]),
        language_trained=bool(row["language_trained"]),
        vector=row["vector"] or b"",
    )


# --- sources


def source_values(source: SourceState) -> Values:
    """All that a poll may write; `blind` belongs to the respond loop."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": plain(source.url),
        "etag": maybe_plain(source.etag),
        "last_modified": maybe_plain(source.last_modified),
        "next_poll_at": maybe_time_text(source.next_poll_at),
        "last_success_at": maybe_time_text(source.last_success_at),
        "failures": source.failures,
        "state": source.state.value,
        "state_since": maybe_time_text(source.state_since),
        "note": plain(source.note),
        "last_unconditional_at": maybe_time_text(source.last_unconditional_at),
        "gone": source.gone,
        "gone_since": maybe_time_text(source.gone_since),
        "moved_to": maybe_plain(source.moved_to),
        "moved": source.moved,
        "moved_since": maybe_time_text(source.moved_since),
        "moved_url": maybe_plain(source.moved_url),
        "ttl_seconds": source.ttl_seconds,
        "cursor": plain(source.cursor),
        "shown": source.shown,
    }


def source_from(row: Row) -> SourceState:
    return SourceState(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        url=row["url"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        next_poll_at=maybe_moment(row["next_poll_at"]),
        last_success_at=maybe_moment(row["last_success_at"]),
        failures=row["failures"],
        state=SourceHealth(row["state"]),
        state_since=maybe_moment(row["state_since"]),
        note=row["note"],
        last_unconditional_at=maybe_moment(row["last_unconditional_at"]),
        gone=row["gone"],
        gone_since=maybe_moment(row["gone_since"]),
        moved_to=row["moved_to"],
        moved=row["moved"],
        moved_since=maybe_moment(row["moved_since"]),
        moved_url=row["moved_url"],
        ttl_seconds=row["ttl_seconds"],
        blind=bool(row["blind"]),
        cursor=row["cursor"],
        shown=row["shown"],
    )


# --- outbox


def delivery_from(row: Row) -> Delivery:
    """`row` joins a delivery that is pending with its alert."""
    return Delivery(
        id=row["id"],
        alert_id=row["alert_id"],
        incident_id=row["incident_id"],
        webhook=row["webhook"],
        type=row["type"],
        level=None if row["level"] is None else Level.parse(row["level"]),
        body=row["body"],
        created_at=moment(row["created_at"]),
        attempt=row["attempt"],
        next_attempt_at=moment(row["next_attempt_at"]),
        state=DeliveryState(row["state"]),
    )


def webhook_values(webhook: WebhookState) -> Values:
    return {
        "name": webhook.name,
        "disabled_at": maybe_time_text(webhook.disabled_at),
        "failing_since": maybe_time_text(webhook.failing_since),
        "last_success_at": maybe_time_text(webhook.last_success_at),
        "last_attempt_at": maybe_time_text(webhook.last_attempt_at),
        "not_before": maybe_time_text(webhook.not_before),
    }


def webhook_from(row: Row) -> WebhookState:
    return WebhookState(
        name=row["name"],
        disabled_at=maybe_moment(row["disabled_at"]),
        failing_since=maybe_moment(row["failing_since"]),
        last_success_at=maybe_moment(row["last_success_at"]),
        last_attempt_at=maybe_moment(row["last_attempt_at"]),
        not_before=maybe_moment(row["not_before"]),
    )
