"""The values of the poll loop: source state, fetched answer, parsed items, what to write.

Does not decide when to poll (see `schedule`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum


class SourceHealth(Enum):
    """What `monitor status` says of a source."""

    #: Its last poll succeeded (or it is pushed, and so never asked).
    HEALTHY = "healthy"
    #: No success for longer than it should take, without a clear failure. Stored of a source that
    #: was not asked yet; else told from the clock (see `aftermath.health`).
    STALE = "stale"
    #: The server asked us to wait.
    THROTTLED = "throttled"
    #: The last polls failed.
    FAILING = "failing"
    #: Not asked any more (gone for good, or taken out of the configuration).
    DISABLED = "disabled"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What the database remembers of a source between polls."""

    id: int
    name: str
    kind: str
    url: str
    #: Opaque, quotes included; sent back as they came.
    etag: str | None = None
    last_modified: str | None = None
    next_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    #: Failures in a row.
    failures: int = 0
    state: SourceHealth = SourceHealth.HEALTHY
    state_since: datetime | None = None
    #: Plain words for people: why it is in this state and when it is next asked.
    note: str = ""
    #: The last request without validators; one is due every 8 days (some servers always say 304).
    last_unconditional_at: datetime | None = None
    #: 410 answers in a row, and when the first of them came.
    gone: int = 0
    gone_since: datetime | None = None
    #: A permanent redirect seen, how often in a row, since when.
    moved_to: str | None = None
    moved: int = 0
    moved_since: datetime | None = None
    #: Asked instead of `url` once a permanent redirect is proven; `url` stays the identity.
    moved_url: str | None = None
    #: What the last document said of itself (see `FeedDocument`); holds for the 304s after it too.
    ttl_seconds: float | None = None
    #: Whether `source.blind` was raised and not yet taken back.
    blind: bool = False
    #: Where the next poll goes on, in words of the source's kind; empty before the first success.
    cursor: str = ""
    #: Digest of the entries that it listed last (see `core.shown`); empty: not known.
    shown: str = ""

    @property
    def is_unasked(self) -> bool:
        """Whether nobody knows yet if it can be seen: no answer came since it was configured."""
        return self.state is SourceHealth.STALE


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A 2xx answer with its body, decompressed and within the limits."""

    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    body: bytes
    #: After redirects.
    url: str
    #: Target of the first redirect when all redirects on the way were 301 or 308.
    moved_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotModified:
    """A 304 answer."""

    headers: Mapping[str, str]
    status: int = 304
    #: As in `Fetched`.
    moved_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchFailed:
    """No usable answer; `status` is None when none came at all."""

    reason: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class RawItem:
    """One entry of a source, before it is known which brand it names."""

    #: Stable within the source: guid, else link, else a hash of the content.
    native_id: str
    url: str | None = None
    title: str | None = None
    #: Plain text, markup taken out.
    text: str = ""
    author: str | None = None
    author_followers: int | None = None
    published_at: datetime | None = None
    language: str | None = None
    #: Known counts only: unknown is absent, not zero.
    engagement: Mapping[str, float] = field(default_factory=dict)
    repost_of: str | None = None
    #: Set by pushed or replayed records that were matched before.
    brand: str | None = None
    #: Where it was said ("twitter"), if the source only passes on: told to the classifier instead
    #: of the kind of the source.
    kind: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedDocument:
    """What a parsed feed says: its entries and how often it wants to be asked."""

    items: tuple[RawItem, ...]
    title: str | None = None
    #: From RSS `ttl` and `sy:updatePeriod`/`sy:updateFrequency`, in seconds.
    ttl_seconds: float | None = None
    #: Entries beyond the cap, left out: the oldest, as far as their dates tell.
    dropped: int = 0
    #: The document was broken and only partly read: why.
    warning: str | None = None
    #: Where the next page, or the next poll, goes on; None leaves the cursor as it is. Stored in
    #: the transaction that stores the items, so that a crash neither skips nor forgets.
    cursor: str | None = None
    #: There is a further page: it is to be asked for, with the new cursor, in the same poll.
    more: bool = False
    #: The server asks for this many seconds of peace, in words of its own (a quota, a `backoff`).
    wait_seconds: float | None = None
    #: Native ids that the source says are deleted.
    deleted: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What was not read of it, in plain words; empty: it was read as it is."""
        older = f"{self.dropped:,} older entries left out" if self.dropped else ""
        return "; ".join(filter(None, (self.warning, older)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """One brand that a text may name."""

    brand: str
    #: False: only an ambiguous alias was found, the classifier decides.
    certain: bool
    #: The alias as it stands in the configuration.
    alias: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMention:
    """A mention about to be stored."""

    native_id: str
    brand: str
    #: Kind of the source, as the classifier is told.
    kind: str
    url: str | None
    author: str | None
    author_followers: int | None
    title: str | None
    text: str
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    fingerprint: str
    repost_of: str | None = None
    #: Why it was matched: the alias, or "assumed".
    matched_by: str = ""
    #: False: named by an ambiguous alias only.
    certain: bool = True
    #: Older than the source's `backfill` at its first poll: learnt from, never alerted.
    history: bool = False
    engagement: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedPost:
    """A post of the brand's own site or account: a statement, not a mention."""

    native_id: str
    brand: str
    url: str | None
    title: str | None
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PollIntent:
    """All that one poll wants written, in one transaction."""

    source: SourceState  # the new state, complete
    at: datetime
    #: "ok", "not modified", "failed", "throttled", "gone", "unreadable".
    outcome: str
    status: int | None
    seconds: float
    items: int = 0
    #: Whether other entries were listed than before (see `core.shown`); None: not known.
    changed: bool | None = None
    #: Mentions that earlier pages of the same poll brought (see `PageIntent`), and were new.
    new: int = 0
    #: What the last page brought.
    mentions: tuple[NewMention, ...] = ()
    owned: tuple[OwnedPost, ...] = ()
    deleted: tuple[str, ...] = ()
    #: An entry may come back under another id: it is known by what it says, when and where.
    renames: bool = False
    #: Digest of the entries that the answer before listed (see `core.shown`); empty: not known.
    listed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageIntent:
    """All that one page wants written, in one transaction, while the poll goes on."""

    #: With the cursor after this page; nothing else of it is written.
    source: SourceState
    at: datetime
    mentions: tuple[NewMention, ...] = ()
    owned: tuple[OwnedPost, ...] = ()
    #: Native ids of mentions whose words are to be blanked.
    deleted: tuple[str, ...] = ()
    #: `deleted` names what passes them on as well: nobody has to look for it.
    names_reposts: bool = False
    #: The last parts of the addresses of such, where a server calls its posts by those.
    deleted_pages: tuple[str, ...] = ()
    #: As in `PollIntent`.
    renames: bool = False
    #: False: it came beside the chain of pages, whose cursor stays as it is.
    moves: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Reread:
    """What came of asking for the counts of posts again, to be written in one transaction."""

    source_id: int
    at: datetime
    #: Native ids.
    asked: tuple[str, ...]
    #: Of those that the answer speaks of; None: deleted.
    counts: Mapping[str, Mapping[str, float] | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Where an app gets its token: client credentials, RFC 6749, section 4.4."""

    url: str
    client: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a source wants to be asked."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    #: At least this long after the last answer of the same host.
    pause: timedelta = timedelta(0)
    #: It needs a token that is not known yet.
    grant: Grant | None = None
