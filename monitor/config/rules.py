"""What two keys of config.toml must not say at once, as a list of complaints.

Does not raise: every check yields `key: what is wrong`, so that tests can list them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Protocol

from monitor.config import source_rules
from monitor.config.schema import BrandTable, File, SilenceTable, SourceTable, WebhookTable
from monitor.core.formats import TERMS, secrets_complaint
from monitor.core.notice import WORDS
from monitor.core.planned import is_endless
from monitor.core.silences import LONGEST

#: What `events` can name: each type, and all of a family.
_EVENTS = (*dict.fromkeys(f"{type_.split('.')[0]}.*" for type_ in WORDS), *WORDS)


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
        yield from source_rules.complaints(f"sources[{at}]", source, file)
        yield from _known(f"sources[{at}].brands", source.brands, file.brands)
    for at, webhook in enumerate(file.webhooks):
        yield from _webhook(f"webhooks[{at}]", webhook, file)
    yield from _thresholds(file)
    yield from _quiet(file)
    yield from _escalation(file)
    for at, silence in enumerate(file.silences):
        yield from _silence(f"silences[{at}]", silence)
        yield from _known(f"silences[{at}].brand", filter(None, [silence.brand]), file.brands)


def _lists(file: File) -> Iterator[tuple[str, Sequence[_Named]]]:
    yield "brands", file.brands
    yield "sources", file.sources
    yield "webhooks", file.webhooks
    yield "silences", file.silences


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
    if not file.monitor.contact.isascii():
        yield (
            "monitor.contact: should be plain ASCII, no accents or emoji: it goes into a header of"
            " HTTP"
        )


def _asks_others(source: SourceTable) -> bool:
    return source_rules.is_remote(source_rules.address_of(source))


def _brand(key: str, brand: BrandTable) -> Iterator[str]:
    if not brand.aliases and not brand.ambiguous:
        yield f"{key}.aliases: a brand needs at least one alias or ambiguous name"
    certain = {name.casefold() for name in brand.aliases}
    named = certain | {name.casefold() for name in brand.ambiguous}
    for name in brand.exclude:
        if name.casefold() in named:
            yield f"{key}.exclude: {name!r} is also a name of the brand: nothing would be found"
    for name in brand.ambiguous:
        if name.casefold() in certain:
            yield (
                f"{key}.ambiguous: {name!r} is also in {key}.aliases: it either names the brand"
                " for certain, or the classifier decides"
            )


def _webhook(key: str, webhook: WebhookTable, file: File) -> Iterator[str]:
    terms = TERMS.get(webhook.format)
    if terms is None:
        yield f"{key}.format: {webhook.format!r} is not one of {', '.join(TERMS)}"
    elif complaint := secrets_complaint(webhook.format, len(webhook.given_secrets)):
        yield f"{key}.secret: {complaint}"
    if not webhook.url and not (terms and terms.url):
        yield f"{key}.url: missing"
    yield from _known(f"{key}.brands", webhook.brands, file.brands)
    yield from _events(f"{key}.events", webhook.events)
    if webhook.fallback == webhook.name:
        yield f"{key}.fallback: a webhook cannot take over from itself"
    elif webhook.fallback:
        yield from _known(f"{key}.fallback", [webhook.fallback], file.webhooks)


def _events(key: str, patterns: Iterable[str]) -> Iterator[str]:
    """What matches no type would leave the webhook silent for ever."""
    for pattern in patterns:
        if not any(fnmatchcase(type_, pattern) for type_ in WORDS):
            close = difflib.get_close_matches(pattern, _EVENTS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(_EVENTS)}"
            yield f"{key}: no type of event matches {pattern!r}; {hint}"


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


def _quiet(file: File) -> Iterator[str]:
    for at, span in enumerate(file.alerts.quiet_hours):
        if span.start == span.end:
            yield f"alerts.quiet_hours[{at}]: ends as it begins: nothing would be held back"


def _escalation(file: File) -> Iterator[str]:
    for at, step in enumerate(file.escalation):
        yield from _known(f"escalation[{at}].webhooks", step.webhooks, file.webhooks)
    for at, (before, step) in enumerate(pairwise(file.escalation), start=1):
        if step.after < before.after:
            yield f"escalation[{at}].after: should not be shorter than the step before it"


def _silence(key: str, silence: SilenceTable) -> Iterator[str]:
    """One span, or hours that come again; what never ends is blindness."""
    starts, ends, hours = silence.starts_at, silence.until, silence.hours
    if bool(hours) is bool(starts or ends):
        yield f"{key}.hours: give `hours` of the week, or `from` and `until`"
    elif starts is None and not hours:
        yield f"{key}.from: missing"
    elif ends is None and not hours:
        yield f"{key}.until: missing"
    elif starts and ends and ends <= starts:
        yield f"{key}.until: should be after `from`"
    elif starts and ends and ends - starts > LONGEST:
        yield f"{key}.until: a silence lasts {LONGEST.days} days at most"
    elif hours and is_endless(hours):
        yield f"{key}.hours: should leave some time at which people are told"
