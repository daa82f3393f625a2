"""What two keys of config.toml must not say at once, as a list of complaints.

Does not raise: every check yields `key: what is wrong`, so that tests can list them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from monitor.config.schema import BrandTable, File, SourceTable, WebhookTable
from monitor.core.formats import TERMS, secrets_complaint
from monitor.core.pushing import KIND as PUSH
from monitor.sources.kind import Kind
from monitor.sources.registry import KINDS


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def complaints(file: File) -> Iterator[str]:
    """Yield every complaint, in the order of the file."""
    yield from _contact(file)
    for table, entries in _lists(file):
        yield from _unique(table, entries)
    for at, brand in enumerate(file.brands):
        yield from _brand(f"brands[{at}]", brand)
    for at, source in enumerate(file.sources):
        yield from _source(f"sources[{at}]", source, file)
    for at, webhook in enumerate(file.webhooks):
        yield from _webhook(f"webhooks[{at}]", webhook, file)
    yield from _thresholds(file)
    yield from _escalation(file)


def _lists(file: File) -> Iterator[tuple[str, Sequence[_Named]]]:
    yield "brands", file.brands
    yield "sources", file.sources
    yield "webhooks", file.webhooks


def _unique(table: str, entries: Sequence[_Named]) -> Iterator[str]:
    first: dict[str, int] = {}
    for at, entry in enumerate(entries):
        if entry.name in first:
            yield f"{table}[{at}].name: {entry.name!r} is also {table}[{first[entry.name]}]"
        first.setdefault(entry.name, at)


def _contact(file: File) -> Iterator[str]:
    if not file.monitor.contact and any(_asks_others(source) for source in file.sources):
        yield (
            "monitor.contact: polling other people's servers needs a way to reach you,"
            ' such as "mailto:you@example.com"'
        )
    if any(ord(character) < 32 for character in file.monitor.contact):
        yield "monitor.contact: should be one line"


def _asks_others(source: SourceTable) -> bool:
    return is_remote(address_of(source))


def address_of(source: SourceTable) -> str:
    """As configured, or the home of its kind."""
    kind = KINDS.get(source.kind)
    return source.url or (kind.home if kind else "")


def is_remote(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _brand(key: str, brand: BrandTable) -> Iterator[str]:
    if not brand.aliases and not brand.ambiguous:
        yield f"{key}.aliases: a brand needs at least one alias or ambiguous name"


def _source(key: str, source: SourceTable, file: File) -> Iterator[str]:
    kind = KINDS.get(source.kind)
    if kind is None:
        yield f"{key}.kind: {source.kind!r} is not one of {', '.join(KINDS)}"
        return
    yield from _url(f"{key}.url", address_of(source), kind)
    yield from _asked(key, source, kind, file)
    yield from _pushed(key, source, file)
    if source.assume_brand and len(source.brands) != 1:
        yield f"{key}.brands: `assume_brand` needs exactly one brand here"
    yield from _known(f"{key}.brands", source.brands, file.brands)


def _url(key: str, url: str, kind: Kind) -> Iterator[str]:
    if not url and not kind.polled:
        return
    if not url:
        yield f"{key}: a source of kind {kind.name} needs one"
    elif not is_remote(url) and ("://" in url.removeprefix("file://") or not kind.local):
        yield f"{key}: should be http, https{' or a local path' if kind.local else ''}"
    elif complaint := kind.complaint(url):
        yield f"{key}: {complaint}"


def _asked(key: str, source: SourceTable, kind: Kind, file: File) -> Iterator[str]:
    """What a kind needs so that it can be asked, and what it has no use for."""
    if source.query and not kind.searches:
        yield f"{key}.query: a source of kind {kind.name} is not searched"
    if kind.searches and not queries(source, file):
        yield f"{key}.query: there is no name to search for"
    if source.token and not kind.takes_token:
        yield f"{key}.token: a source of kind {kind.name} takes none"
    if kind.needs_token and not source.token:
        yield f"{key}.token: a source of kind {kind.name} needs one (env:NAME or file:PATH)"
    if kind.notice and not source.accept_terms:
        yield f"{key}.accept_terms: read this, and set it to true if it holds for you: " + (
            kind.notice
        )


def _pushed(key: str, source: SourceTable, file: File) -> Iterator[str]:
    """A source that nothing can be pushed to would be blind for ever."""
    if source.kind == PUSH and source.url:
        yield f"{key}.url: what is pushed has none"
    if source.kind == PUSH and not (file.monitor.push_token and file.monitor.http):
        missing = "http" if file.monitor.push_token else "push_token"
        yield f"{key}.kind: {PUSH} needs monitor.{missing}"


def queries(source: SourceTable, file: File) -> list[str]:
    """The names that a source is searched for: as configured, or all those of its brands."""
    named = [b for b in file.brands if not source.brands or b.name in source.brands]
    names = source.query or [name for b in named for name in (*b.aliases, *b.ambiguous)]
    return list({name.casefold().strip(): name.strip() for name in reversed(names)}.values())[::-1]


def _webhook(key: str, webhook: WebhookTable, file: File) -> Iterator[str]:
    terms = TERMS.get(webhook.format)
    if terms is None:
        yield f"{key}.format: {webhook.format!r} is not one of {', '.join(TERMS)}"
    elif complaint := secrets_complaint(webhook.format, len(webhook.given_secrets)):
        yield f"{key}.secret: {complaint}"
    if not webhook.url and not (terms and terms.url):
        yield f"{key}.url: missing"
    yield from _known(f"{key}.brands", webhook.brands, file.brands)
    if webhook.fallback == webhook.name:
        yield f"{key}.fallback: a webhook cannot take over from itself"
    elif webhook.fallback:
        yield from _known(f"{key}.fallback", [webhook.fallback], file.webhooks)


def _known(key: str, names: Iterable[str], entries: Sequence[_Named]) -> Iterator[str]:
    known = [entry.name for entry in entries]
    for name in names:
        if name not in known:
            yield f"{key}: there is no {name!r}; known: {', '.join(known) or 'none'}"


def _thresholds(file: File) -> Iterator[str]:
    alerts = file.alerts
    steps = (("watch", alerts.watch), ("warning", alerts.warning), ("critical", alerts.critical))
    for name, value in steps:
        if not 0 < value <= 1:
            yield f"alerts.{name}: should be above 0 and at most 1, not {value}"
    for (low, below), (high, above) in pairwise(steps):
        if below >= above:
            yield f"alerts.{high}: should be above `{low}` ({below}), not {above}"


def _escalation(file: File) -> Iterator[str]:
    for at, step in enumerate(file.escalation):
        yield from _known(f"escalation[{at}].webhooks", step.webhooks, file.webhooks)
    for at, (before, step) in enumerate(pairwise(file.escalation), start=1):
        if step.after < before.after:
            yield f"escalation[{at}].after: should not be shorter than the step before it"
