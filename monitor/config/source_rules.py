"""What a [[sources]] entry must not say, given its kind and the rest of the file.

Does not raise: every check yields `key: what is wrong`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.config.schema import File, SourceTable
from monitor.core.addresses import names_host
from monitor.core.pushing import KIND as PUSH
from monitor.sources.kind import Kind
from monitor.sources.registry import KINDS, LIVE

#: Also with one slash, as people mistype it; one letter is a drive.
_SCHEME = re.compile(r"[^/]{2,}:/")


def complaints(key: str, source: SourceTable, file: File) -> Iterator[str]:
    """Yield every complaint about one source; `key` is its place, as in `sources[2]`."""
    kind = KINDS.get(source.kind)
    if kind is None:
        yield f"{key}.kind: {source.kind!r} is not one of {', '.join(KINDS)}"
        return
    yield from _url(f"{key}.url", address_of(source), kind)
    yield from _names(f"{key}.query", source, kind, file)
    yield from _consent(key, source, kind)
    yield from _live(f"{key}.stream", source, kind)
    yield from _pushed(key, source, file)
    yield from _brands(key, source, kind, file)


def address_of(source: SourceTable) -> str:
    """As configured, or the home of its kind."""
    kind = KINDS.get(source.kind)
    return source.url or (kind.home if kind else "")


def is_remote(url: str) -> bool:
    return url.lower().startswith(("http://", "https://", "ws://", "wss://"))


def brands(source: SourceTable, file: File) -> tuple[str, ...]:
    """The brands that a source is watched for, none: all; one that is assumed is the only one."""
    if not source.assume_brand:
        return tuple(source.brands)
    return tuple(source.brands or (brand.name for brand in file.brands))[:1]


def queries(source: SourceTable, kind: Kind, file: File) -> tuple[str, ...]:
    """The names that a source is asked for: as configured, or all those of its brands."""
    if not kind.searches:
        return ()
    only = brands(source, file)
    named = [b for b in file.brands if not only or b.name in only]
    names = source.query or [name for b in named for name in (*b.aliases, *b.ambiguous)]
    return kind.queries(address_of(source), _once(names), bool(source.token))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whatever its case: servers do not tell cases apart."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.strip().casefold(), name.strip())
    return tuple(first.values())


def _url(key: str, url: str, kind: Kind) -> Iterator[str]:
    if not url:
        if kind.polled:
            yield f"{key}: a source of kind {kind.name} needs one"
    elif not _may_be_asked(url, kind):
        yield f"{key}: should be http, https{' or a local path' if kind.local else ''}"
    elif is_remote(url) and not names_host(url):
        yield f"{key}: names no host that could be asked"
    elif complaint := kind.complaint(url):
        yield f"{key}: {complaint}"


def _may_be_asked(url: str, kind: Kind) -> bool:
    if is_remote(url):
        return url.lower().startswith("http") or not kind.polled
    return kind.local and not _SCHEME.match(url.removeprefix("file://"))


def _names(key: str, source: SourceTable, kind: Kind, file: File) -> Iterator[str]:
    if source.query and not kind.searches:
        yield f"{key}: a source of kind {kind.name} is not searched"
    if kind.searches and not queries(source, kind, file):
        yield f"{key}: there is no name that a source of kind {kind.name} can be asked for"


def _consent(key: str, source: SourceTable, kind: Kind) -> Iterator[str]:
    """What the server asks of who reads it."""
    if source.token and not kind.takes_token:
        yield f"{key}.token: a source of kind {kind.name} takes none"
    if kind.needs_token and not source.token:
        yield f"{key}.token: a source of kind {kind.name} needs one (env:NAME or file:PATH)"
    if kind.notice and not source.accept_terms:
        yield f"{key}.accept_terms: set it to true if you agree: {kind.notice}"


def _live(key: str, source: SourceTable, kind: Kind) -> Iterator[str]:
    if source.stream and source.kind not in LIVE:
        yield f"{key}: a source of kind {kind.name} cannot be followed live"
    elif source.stream and not source.token:
        yield f"{key}: only who has a token may listen (an account's, with read:statuses)"


def _pushed(key: str, source: SourceTable, file: File) -> Iterator[str]:
    """A source that nothing can be pushed to would be blind for ever."""
    if source.kind == PUSH and source.url:
        yield f"{key}.url: what is pushed has none"
    if source.kind == PUSH and not (file.monitor.push_token and file.monitor.http):
        missing = "http" if file.monitor.push_token else "push_token"
        yield f"{key}.kind: {PUSH} needs monitor.{missing}"


def _brands(key: str, source: SourceTable, kind: Kind, file: File) -> Iterator[str]:
    if source.assume_brand and not source.brands and len(file.brands) != 1:
        yield f"{key}.brands: `assume_brand` takes the first brand here; which one?"
    if source.assume_brand and not kind.polled and kind.home:
        yield f"{key}.assume_brand: a source of kind {kind.name} shows all that anybody says"
