"""What a kind of stream is: how to read a frame just far enough to know whether it matters.

Does no I/O and names no kind (see `registry`). Thousands of frames come each second and hardly one
of them names a brand: `read` gives the words and where the stream stands, and only what is kept
becomes an item. `Kind.ask` gives the address of the subscription, from the place last seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from monitor.core.polling import RawItem


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """Something that happened and does not concern us."""

    #: Where the stream stands after it, in a count of its own: what the cursor is made of.
    position: int
    #: When the server saw it happen, if it says.
    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Post(Passed):
    """Somebody said something, or changed what they had said."""

    native_id: str
    author: str
    #: All words of it, to be searched for names.
    text: str
    #: As it came.
    record: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Repost(Passed):
    """Somebody passed on what another had said."""

    native_id: str
    author: str
    #: Native id of what was passed on.
    of: str
    record: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted(Passed):
    """A post or a repost was taken back."""

    native_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Departed(Passed):
    """An account is gone for good, and all that it said."""

    #: What the native ids of its posts begin with.
    prefix: str


class ToItem(Protocol):
    def __call__(self, event: Post | Repost, /, *, now: datetime) -> RawItem: ...


Event = Passed | Post | Repost | Deleted | Departed


@dataclass(frozen=True, kw_only=True, slots=True)
class Streaming:
    """One kind of stream."""

    #: Reads one frame; None if there is nothing in it for us, not even a place. Raises `FeedError`
    #: for what no such server sends, `StreamError` when the server says why it hangs up.
    read: Callable[[bytes], Event | None]
    #: Makes an item of what is kept.
    item: ToItem
    #: A cursor from a place.
    cursor: Callable[[int], str]
    #: Whether an answer (its status and its body) says that it has forgotten what came since the
    #: cursor: it is asked again without one.
    forgot: Callable[[int | None, bytes], bool]
    #: Offered to the server (RFC 6455, section 1.9).
    subprotocols: tuple[str, ...] = ()
    #: A connection without an event for so long is taken for dead: the whole network never pauses.
    silence: timedelta = timedelta(seconds=60)
    #: Larger frames are not taken.
    largest_frame: int = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """A stream beside the polls of a kind: what it brings comes sooner, and nothing hangs on it.

    What it says is deleted is named by the last part of the address of its page.
    """

    #: The address of the stream, from that of the source.
    ask: Callable[[str], str]
    #: How it is read, from the address of the source.
    streaming: Callable[[str], Streaming]
