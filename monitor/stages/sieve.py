"""From the frames of a stream to what concerns brands: posts that name one, reposts, deletions.

Does no I/O: whether a post that is passed on or taken back is one of ours, the store knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from monitor.core.brands import Matcher
from monitor.core.polling import RawItem
from monitor.errors import FeedError, StreamError
from monitor.sources.streaming import Deleted, Departed, Event, Post, Repost, Streaming

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class Catch:
    """What some frames brought."""

    #: Posts that name a brand, or are a brand's own; by native id.
    posts: dict[str, RawItem] = field(default_factory=dict)
    #: Reposts of whatever it may be; by native id.
    reposts: dict[str, RawItem] = field(default_factory=dict)
    #: Native ids of what was taken back.
    deleted: set[str] = field(default_factory=set)
    #: What the native ids of accounts that are gone begin with.
    departed: set[str] = field(default_factory=set)
    #: All posts, of whomever they speak.
    heard: int = 0
    #: Frames that could not be read.
    garbled: int = 0
    #: Where the stream stands; None: there was no event among the frames.
    position: int | None = None
    #: When the last event happened, if the server says.
    at: datetime | None = None
    #: The server said, after all this, that it hangs up.
    farewell: StreamError | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.reposts or self.deleted or self.departed)


class Sieve:
    """Lets through what may concern the watched brands."""

    def __init__(
        self, streaming: Streaming, matcher: Matcher, *, source: str, lets_all: bool = False
    ) -> None:
        """`lets_all`: whatever is said concerns the one brand of the source."""
        self._source = source
        self._streaming = streaming
        self._matcher = matcher
        self._lets_all = lets_all

    def sift(self, frames: Iterable[bytes], *, now: datetime) -> Catch:
        """What these frames brought. `StreamError` is all that reading them ends in."""
        try:
            return self._sifted(frames, now)
        except Exception as e:
            # Whatever a stream sends, it costs that stream alone; the traceback is for us.
            log.exception("stream failed", source=self._source)
            raise StreamError(f"internal error: {type(e).__name__}") from e

    def _sifted(self, frames: Iterable[bytes], now: datetime) -> Catch:
        catch = Catch()
        for frame in frames:
            try:
                event = self._streaming.read(frame)
            except FeedError:
                catch.garbled += 1
                continue
            except StreamError as e:
                catch.farewell = e
                break
            if event is not None:
                catch.position, catch.at = event.position, event.at
                self._take(event, catch, now)
        return catch

    def _take(self, event: Event, catch: Catch, now: datetime) -> None:
        match event:
            case Post():
                catch.heard += 1
                if self._concerns(event):
                    catch.posts[event.native_id] = self._streaming.item(event, now=now)
            case Repost():
                catch.reposts[event.native_id] = self._streaming.item(event, now=now)
            case Deleted():
                _forget(catch, event.native_id)
                catch.deleted.add(event.native_id)
            case Departed():
                known = (*catch.posts, *catch.reposts)
                for native_id in (one for one in known if one.startswith(event.prefix)):
                    _forget(catch, native_id)
                catch.departed.add(event.prefix)
            case _:
                pass  # an event of no concern has a place, and that is all

    def _concerns(self, post: Post) -> bool:
        if self._lets_all:
            return True
        return bool(self._matcher.match(post.text) or self._matcher.owners(None, post.author))


def _forget(catch: Catch, native_id: str) -> None:
    catch.posts.pop(native_id, None)
    catch.reposts.pop(native_id, None)
