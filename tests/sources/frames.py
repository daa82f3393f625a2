"""Frames of Jetstream as a test wants them, in both wires. No recorded words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WIRES = ("v1", "v2")
POST, REPOST, LIKE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.feed.like"


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def did(number: int) -> str:
    return f"did:plc:{number:024d}"


def uri(number: int, *, author: int = 1, collection: str = POST) -> str:
    return f"at://{did(author)}/{collection}/3k{number:011d}"


def record(text: str, *, number: int = 0, **parts: Any) -> dict[str, Any]:
    made = (START + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
    return {"$type": POST, "createdAt": made, "langs": ["en"], "text": text} | parts


def post(number: int, text: str = "nothing much", *, author: int = 1, **parts: Any) -> bytes:
    body = parts.pop("record", None) or record(text, number=number, **parts.pop("parts", {}))
    return commit(number, record=body, author=author, **parts)


def repost(number: int, of: str, *, author: int = 2, **parts: Any) -> bytes:
    made = (START + timedelta(seconds=number)).isoformat()
    body = {"$type": REPOST, "createdAt": made, "subject": {"uri": of, "cid": "bafyxyz"}}
    return commit(number, record=body, author=author, collection=REPOST, **parts)


def like(number: int, of: str, **parts: Any) -> bytes:
    body = {"$type": LIKE, "subject": {"uri": of, "cid": "bafyxyz"}}
    return commit(number, record=body, collection=LIKE, **parts)


def delete(
    number: int, *, of: int, author: int = 1, collection: str = POST, **parts: Any
) -> bytes:
    given: dict[str, Any] = {"author": author, "collection": collection, "key": of}
    return commit(number, operation="delete", **given | parts)


def commit(
    number: int,
    *,
    author: int = 1,
    operation: str = "create",
    collection: str = POST,
    record: dict[str, Any] | None = None,
    key: int | None = None,
    at: datetime | None = None,
    wire: str = "v1",
) -> bytes:
    what: dict[str, Any] = {
        "rev": "3kaaaaaaaaa2a",
        "operation": operation,
        "collection": collection,
        "rkey": f"3k{number if key is None else key:011d}",
    }
    if record is not None:
        what |= {"record": record, "cid": "bafyabc"}
    return _frame(number, "commit", did(author), what, at=at, wire=wire)


def account(
    number: int,
    *,
    author: int,
    active: bool = False,
    status: str | None = "deleted",
    at: datetime | None = None,
    wire: str = "v1",
) -> bytes:
    what: dict[str, Any] = {"active": active, "did": did(author), "seq": 7, "time": "x"}
    if status is not None:
        what["status"] = status
    return _frame(number, "account", did(author), what, at=at, wire=wire)


def _frame(
    number: int, kind: str, who: str, what: dict[str, Any], *, at: datetime | None, wire: str
) -> bytes:
    moment = at or START + timedelta(seconds=number)
    if wire == "v1":
        row = {"did": who, "time_us": micros(moment), "kind": kind, kind: what}
        return json.dumps(row, separators=(",", ":")).encode()
    inner = what if kind == "commit" else {kind: what}
    payload = {
        "$type": f"network.bsky.jetstream.subscribeEvents#{kind}",
        "seq": number,
        "did": who,
        "time": moment.isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }
    row = {"$type": "message", "payload": payload | inner}
    return json.dumps(row, separators=(",", ":")).encode()
