"""What a configuration may say, and probably does not mean, as a list of remarks.

Refuses nothing (see `rules`): a file may come later, a brand without a description is found, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from monitor.core.addresses import WITHOUT_SCHEME, is_this_machine
from monitor.core.notice import WORDS
from monitor.core.quiet import wanted
from monitor.core.settings import Settings, SourceSettings, WebhookSettings

NO_SUCH_FILE = f"there is no such file; {WITHOUT_SCHEME}"


def remarks(settings: Settings) -> Iterator[str]:
    """Yield `key: remark`, in the order of the file."""
    if settings.contact == "mailto:you@example.com":
        yield "monitor.contact: is still the example's; servers that are polled write to you there"
    if not settings.brands:
        yield "brands: there is none, so that nothing is looked for"
    for at, brand in enumerate(settings.brands):
        if not brand.description:
            yield f"brands[{at}].description: is empty; the classifier reads it with every mention"
    for at, source in enumerate(settings.sources):
        if is_missing(source):
            yield f"sources[{at}].url: {source.url}: {NO_SUCH_FILE}"
    if names := ", ".join(_told_elsewhere(settings)):
        yield (
            "monitor.public_url: is empty, so that the links of an alert open on this machine "
            f"alone; told elsewhere: {names}"
        )


def _told_elsewhere(settings: Settings) -> Iterator[str]:
    """Names of the webhooks whose readers cannot open the desk, so far as one can see."""
    if settings.public_url or settings.http is None or not is_this_machine(settings.http[0]):
        return
    for hook in settings.webhooks:
        host = urlsplit(hook.url.reveal()).hostname
        if host and not is_this_machine(host) and _is_told_of_incidents(hook):
            yield hook.name


def _is_told_of_incidents(hook: WebhookSettings) -> bool:
    """They alone have a page: in a heartbeat there is no link."""
    types = (type_ for type_ in WORDS if type_.startswith(("incident.", "statement.")))
    return any(wanted(hook, type=type_, level=None, brand=None) for type_ in types)


def is_missing(source: SourceSettings) -> bool:
    """Whether it is a path where there is nothing, as far as may be seen."""
    if not source.url.startswith("/"):
        return False
    try:
        Path(source.url).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        # We may not look, and the daemon perhaps may.
        return False
    return False
