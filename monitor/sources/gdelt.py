"""GDELT: headlines of the world's online news in 65 languages, within about a quarter of an hour.

The DOC 2.0 interface searches the full text of articles, but gives the title alone: an article is
taken if its title names a brand. No counts, no author but the outlet's host, the date is that of
sighting. Names that begin with @ or # are not asked for: newspapers do not write them.
Titles come with spaces around every sign ("McDonald ' s", "Coca - Cola"): these are closed up.

No key. "One request every 5 seconds", in truth 10 to 15; errors come as HTTP 200 and plain text,
and an empty object means no result as well as too many requests. At most 250 articles of an
answer, over the last three months; new ones come every 15 minutes.
https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/, terms (use is free, with a citation):
https://www.gdeltproject.org/about.html#termsofuse.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import add

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, jsonvalues, windows
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Ask, Kind, Page
from monitor.sources.printed import queries

_HOME = "https://api.gdeltproject.org"
_SEARCH = "/api/v2/doc/doc"
_SIZE = 250
_SPAN = timedelta(days=89)
#: Articles are found some time after they were seen.
_LATE = timedelta(hours=1)
#: Seconds of peace after "Please limit requests to one every 5 seconds".
_LIMIT = 60.0
#: `startdatetime`, and `seendate` with its T and Z taken out.
_STAMP = "%Y%m%d%H%M%S"
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
#: What GDELT writes as "Apple ' s" and "won ' t", as "so , then" and as "( so".
_SHORT = re.compile(r"(?<=\w) (['\u2019]) (s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
_BEFORE = re.compile(r" (?=[,;:?!%)\]](?: |$))")
_AFTER = re.compile(r"(?<=[(\[]) ")
_PART = re.compile(r"\w+|[^\w\s]")
_CONTROL = re.compile(rb"[\x00-\x1f]")
#: The languages that GDELT reads, by its names, in ISO 639-1.
_LANGUAGES = dict(
    re.findall(
        r"(\w+) (\w+)",
        "Afrikaans af, Albanian sq, Arabic ar, Armenian hy, Azerbaijani az, Basque eu, "
        "Bengali bn, Bosnian bs, Bulgarian bg, Burmese my, Catalan ca, Chinese zh, Croatian "
        "hr, Czech cs, Danish da, Dutch nl, English en, Estonian et, Finnish fi, French fr, "
        "Galician gl, Georgian ka, German de, Greek el, Gujarati gu, Hebrew he, Hindi hi, "
        "Hungarian hu, Icelandic is, Indonesian id, Italian it, Japanese ja, Kannada kn, "
        "Kazakh kk, Khmer km, Korean ko, Latvian lv, Lithuanian lt, Macedonian mk, Malay ms, "
        "Malayalam ml, Marathi mr, Mongolian mn, Nepali ne, Norwegian no, Oriya or, Persian "
        "fa, Polish pl, Portuguese pt, Punjabi pa, Romanian ro, Russian ru, Serbian sr, "
        "Sinhalese si, Slovak sk, Slovenian sl, Somali so, Spanish es, Swahili sw, Swedish "
        "sv, Tamil ta, Telugu te, Thai th, Tibetan bo, Turkish tr, Ukrainian uk, Urdu ur, "
        "Vietnamese vi",
    )
)


def ask(ask: Ask) -> str:
    """Articles seen between two moments, newest first."""
    window = windows.window(ask)
    now = int(ask.now.timestamp())
    end = now if window.at is None else min(window.at, now)
    return addresses.endpoint(
        ask.url,
        _SEARCH,
        query=_words(ask.query),
        mode="artlist",
        format="json",
        sort="datedesc",
        maxrecords=_SIZE,
        startdatetime=_stamp(min(max(window.floor, now - int(_SPAN.total_seconds())), end)),
        enddatetime=_stamp(end),
    )


def read(page: Page) -> FeedDocument:
    """Read one answer. Empty is not an error: it may be quiet."""
    answer = _load(page.body)
    found = [] if answer == {} else jsonvalues.entries(answer, "articles", name="url", of="GDELT")
    items = [item for article in found if (item := _item(article, page.ask))]
    if found and not items:
        raise FeedError("not an answer of GDELT: none of its articles could be read")
    return windows.step(
        FeedDocument(items=tuple(cleaning.told(items))),
        page.ask,
        dates=[item.published_at for item in items],
        last=0 < len(found) < _SIZE,
        full=len(found) >= _SIZE,
        late=_LATE,
    )


def _words(name: str) -> str:
    """Exact words. A single word must not stand in quotation marks ("phrase is too short")."""
    return name if name.isalnum() else addresses.phrase(name)


def _stamp(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime(_STAMP)


def _load(body: bytes) -> Row:
    """The object; what is said in plain text is an error, whatever the status."""
    start = body[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start and not start.startswith((b"{", b"[", b"<")):
        said = cleaning.line(start.decode("utf-8", "replace"), 160)
        throttled = _LIMIT if "limit requests" in said else None
        raise FeedError(f"GDELT says: {said}", wait_seconds=throttled)
    answer = jsonvalues.load(_repaired(body), of="GDELT")
    if not isinstance(answer, dict):
        raise FeedError("not an answer of GDELT: JSON, but no object")
    return answer


def _repaired(body: bytes) -> bytes:
    """Titles are copied into the JSON with their line ends, and with backslashes of their own."""
    text = _CONTROL.sub(b" ", body).decode("utf-8-sig", "replace")
    return _ESCAPE.sub(lambda escape: escape[0] if escape[1] else r"\\", text).encode()


def _item(article: Row, ask: Ask) -> RawItem | None:
    url = cleaning.web_address(jsonvalues.text(article, "url"), "")
    given = cleaning.title_line(jsonvalues.text(article, "title"))
    if url is None or given is None:
        return None
    title = _spelled(_closed(given), ask.query)
    return RawItem(
        native_id=cleaning.stable_id("", link=url, content=title),
        url=url,
        title=title,
        author=cleaning.name_line(jsonvalues.text(article, "domain")),
        published_at=_seen(jsonvalues.text(article, "seendate"), now=ask.now),
        language=_LANGUAGES.get(jsonvalues.text(article, "language")),
    )


def _closed(title: str) -> str:
    """Without the spaces that GDELT puts around signs, where they stand nowhere else."""
    return _SHORT.sub(r"\1\2", _AFTER.sub("", _BEFORE.sub("", title)))


def _spelled(title: str, name: str) -> str:
    """The title with the name that was asked for as it is spelled: "Coca - Cola", "Booking . com".

    Of others nobody can tell: a dash between two words, a full stop at the end of a sentence.
    """
    parts = list(_PART.finditer(name))
    gaps = [" " if one.end() < other.start() else "" for one, other in pairwise(parts)] + [""]
    pairs = zip(parts, gaps, strict=False)
    wanted = "".join(f"({re.escape(part[0])}){gap or ' ?'}" for part, gap in pairs)
    whole = re.compile(rf"(?<!\w){wanted.removesuffix(' ?')}(?!\w)", re.IGNORECASE)
    return whole.sub(lambda found: "".join(map(add, found.groups(), gaps)), title)


def _seen(stamp: str, *, now: datetime) -> datetime | None:
    """`20260520T221500Z`."""
    digits = stamp.replace("T", "").replace("Z", "")
    try:
        seen = datetime.strptime(digits, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return cleaning.sane_date(seen, now=now)


KIND = Kind(
    name="gdelt",
    ask=ask,
    read=read,
    queries=queries,
    home=_HOME,
    floor=timedelta(seconds=15),
    pages=4,
    pause=timedelta(seconds=15),
)
