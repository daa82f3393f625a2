"""Faults of a stream, each told by what a server says at each visit; see `outcome`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from tests.jetstreams import RESET, HangUp, Refuse, Resume, Step, jetstream
from tests.sources import frames
from tests.stages.flows import Live

COUNT = 40
_POSTS: list[Step] = [frames.post(n, f"Meridian Air is late, {n}") for n in range(1, COUNT + 1)]
_HALF = COUNT // 2
#: After a break the server begins a little before the place that it is asked from.
_REST = _POSTS[_HALF - 6 :]
_JUNK: list[Step] = [b"", b"{", b"\xff\xfe", b'"app.bsky.feed.post"', b"[" * 50_000, b"x" * 9_000]
_TOO_OLD = Refuse(400, b'{"error":"CursorTooOld","message":"the floor is 9"}')
_ERROR = b'{"$type":"error","error":"ConsumerTooSlow"}'

_SAID = [
    (frames.micros(frames.START + timedelta(seconds=n)), frames.post(n, f"Meridian Air, {n}"))
    for n in range(1, COUNT + 1)
]
#: Neighbours swapped: the last place before a break is not the furthest.
_SWAPPED = [pair for n in range(0, COUNT, 2) for pair in (_SAID[n + 1], _SAID[n])]

FAULTS: Mapping[str, Sequence[Sequence[Step]]] = {
    "none": [_POSTS],
    "drop in the middle of a frame": [[*_POSTS[:_HALF], RESET], _REST],
    "goodbye": [[*_POSTS[:_HALF], HangUp(1001)], _REST],
    "error frame": [[*_POSTS[:_HALF], _ERROR], _REST],
    "drop after every few frames": [
        *([*_POSTS[max(0, n - 5) : n + 5], RESET] for n in range(0, COUNT, 5)),
        _POSTS[-5:],
    ],
    "503": [[Refuse(503)], _POSTS],
    "429 with Retry-After": [[Refuse(429, headers=(("Retry-After", "60"),))], _POSTS],
    "redirect": [[Refuse(301, headers=(("Location", "ws://127.0.0.1:1/"),))], _POSTS],
    "cursor too old": [[*_POSTS[:_HALF], RESET], [_TOO_OLD], _REST],
    "huge frame": [[*_POSTS[:_HALF], b"x" * (2**20 + 1)], _REST],
    "garbage": [[*_JUNK, *_POSTS[:_HALF], *_JUNK, *_POSTS[_HALF:]]],
    "everything twice": [[*_POSTS, *_POSTS]],
    "out of order": [[*_POSTS[_HALF:], *_POSTS[:_HALF]]],
    "drops, and the server goes on from our place": [[Resume(_SAID, 9)]],
    "the same out of order": [[Resume(_SWAPPED, 9)]],
    "out of order, then a drop": [[*reversed(_POSTS[:_HALF]), RESET], _REST],
}


async def outcome(live: Live, fault: str) -> tuple[int, int]:
    """How many posts were lost, and how many stored more than once."""
    wanted = {frames.uri(number) for number in range(1, COUNT + 1)}
    async with jetstream(*FAULTS[fault]) as server:
        live.follow(server)
        await live.shows(lambda: len(set(_stored(live))) == COUNT)
        await live.streams.close()
    stored = Counter(_stored(live))
    return len(wanted - set(stored)), sum(stored.values()) - len(stored)


def _stored(live: Live) -> list[object]:
    return [row[0] for row in live.rows("SELECT native_id FROM mentions")]
