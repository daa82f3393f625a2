"""Mention records of other programs, made fit to be stored: text plain, links and dates checked.

What `POST /push` and sources of kind `file` have in common. Does not match or store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.core.polling import RawItem
from monitor.core.records import Record, arriving
from monitor.sources import cleaning

#: Characters of the name of a source that a record may give.
MAX_SOURCE = 60


def record_of(row: Mapping[str, Any], *, source: str, now: datetime) -> Record:
    """Read a record that comes in now. `InputError` names the field.

    `source` is that of a record that does not say. The names of sources are compared without
    regard to case: "Twitter" and "twitter" are one.
    """
    record = arriving(row, source=source, now=now)
    name = cleaning.line(record.source, MAX_SOURCE).casefold() or source
    return replace(record, source=name, item=_cleaned(record.item, name))


def _cleaned(item: RawItem, source: str) -> RawItem:
    return replace(
        item,
        native_id=_id(item.native_id),
        url=cleaning.web_address(item.url or "", ""),
        title=cleaning.line(cleaning.words(item.title or ""), cleaning.MAX_TITLE) or None,
        text=cleaning.words(item.text),
        author=cleaning.name_line(item.author or ""),
        language=cleaning.language_code(item.language or ""),
        repost_of=_id(item.repost_of) if item.repost_of else None,
        kind=source,
    )


def _id(given: str) -> str:
    return cleaning.stable_id(given, link="", content=given)
