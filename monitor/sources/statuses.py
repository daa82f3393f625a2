"""Posts as Mastodon's interface gives them, https://docs.joinmastodon.org/entities/Status/.

Does not ask (see `mastodon`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.core.polling import RawItem
from monitor.sources import addresses, cleaning, jsonvalues, snowflakes
from monitor.sources.jsonvalues import Row

_COUNTS = {
    "likes": "favourites_count",
    "reposts": "reblogs_count",
    "replies": "replies_count",
    "quotes": "quotes_count",
}
#: Mastodon takes 4 and 1,500 characters; other servers of its kind more.
_MOST_MEDIA = 20
_MAX_ALT = 5_000
_ACCOUNT = re.compile(r"[\w.-]{1,100}(?:@[\w.:-]{1,253})?", re.ASCII)
_LOCAL = re.compile(r"/@[^/]+/([0-9A-Za-z_-]{1,64})", re.ASCII)


def items(rows: Iterable[Row], *, url: str, now: datetime) -> Iterator[RawItem]:
    """The posts; of one that passes another on, both, since the other may be unknown."""
    for row in rows:
        original = _item(jsonvalues.inner(row, "reblog"), url=url, now=now)
        if original is None:
            found = _item(row, url=url, now=now)
        else:
            found = _boost(row, original, url=url, now=now)
            yield original
        if found is not None:
            yield found


def _item(row: Row, *, url: str, now: datetime) -> RawItem | None:
    known = name(row)
    if not known:
        return None
    account = jsonvalues.inner(row, "account")
    return RawItem(
        native_id=known,
        url=_address(row, url),
        text=text(row),
        author=author(row, url),
        author_followers=jsonvalues.count(account, "followers_count"),
        published_at=jsonvalues.date(row, "created_at", now=now),
        language=cleaning.language_code(jsonvalues.text(row, "language")),
        engagement=counts(row),
    )


def _boost(row: Row, original: RawItem, *, url: str, now: datetime) -> RawItem | None:
    """Says what the original says; its own counts are always 0, which says nothing."""
    boost = _item(row, url=url, now=now)
    return boost and RawItem(
        native_id=boost.native_id,
        url=boost.url,
        text=original.text,
        author=boost.author,
        author_followers=boost.author_followers,
        published_at=boost.published_at,
        language=original.language,
        repost_of=original.native_id,
    )


def name(row: Row) -> str:
    """What the whole network knows the post by; empty if it does not say."""
    uri = jsonvalues.text(row, "uri")
    said = cleaning.line(uri, cleaning.MAX_ID)
    return cleaning.stable_id(uri, link="", content="") if said else ""


def counts(row: Row) -> dict[str, float]:
    """What the server knows of; unknown is absent."""
    return jsonvalues.engagement(row, _COUNTS)


def text(row: Row) -> str:
    """What stands before the rest (a warning, or a title) belongs to what is said.

    So do the title of a link card, and what the author says of a picture to those who cannot see.
    """
    parts = [cleaning.plain(jsonvalues.text(row, key)) for key in ("spoiler_text", "content")]
    card = jsonvalues.text(jsonvalues.inner(row, "card"), "title")
    media = jsonvalues.rows(row.get("media_attachments"))[:_MOST_MEDIA]
    alts = (cleaning.clean(jsonvalues.text(one, "description")[:_MAX_ALT]) for one in media)
    written = "\n".join(part for part in parts if part)
    return cleaning.joined((written, cleaning.line(card, cleaning.MAX_TITLE), *alts))


def author(row: Row, url: str) -> str | None:
    """`@name@server`, also for people of the server itself."""
    acct = _acct(jsonvalues.inner(row, "account"))
    if not acct:
        return None
    return f"@{acct}" if "@" in acct else f"@{acct}@{addresses.host(url)}"


def _acct(account: Row) -> str:
    acct = jsonvalues.text(account, "acct")
    return acct if _ACCOUNT.fullmatch(acct) else ""


def _address(row: Row, url: str) -> str | None:
    """The page of the post on the server that was asked; it sends visitors on to the original."""
    acct, known = _acct(jsonvalues.inner(row, "account")), snowflakes.valid(row)
    if acct and known:
        return f"{addresses.origin(url)}/@{acct}/{known}"
    return cleaning.web_address(jsonvalues.text(row, "url") or jsonvalues.text(row, "uri"), url)


def local_id(address: str | None, url: str) -> str | None:
    """The id that the server at `url` has given to the post whose page is `address`."""
    if address is None or addresses.origin(address) != addresses.origin(url):
        return None
    found = _LOCAL.fullmatch(addresses.path(address))
    return found[1] if found else None
