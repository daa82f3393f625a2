"""What a configuration may say, and probably does not mean, as a list of remarks.

Refuses nothing (see `rules`): a file may come later, a brand without a description is found, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.core.settings import Settings, SourceSettings

#: A path without its scheme is what an address looks like that was typed in a hurry.
WITHOUT_SCHEME = "there is no such file; an address of the web begins with https://"


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
            yield f"sources[{at}].url: {source.url}: {WITHOUT_SCHEME}"


def is_missing(source: SourceSettings) -> bool:
    """Whether it is a path where there is nothing, as far as may be seen."""
    try:
        return source.url.startswith("/") and not Path(source.url).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
