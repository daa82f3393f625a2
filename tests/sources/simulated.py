"""A poll loop and a store in small, and what every kind of source must survive."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem
from monitor.sources.kind import Ask, Kind, Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SAMPLES = Path("/work/shared/data/api-samples")
#: Answers to an address: a body, or what goes wrong.
Serve = Callable[[str], bytes]

#: Values of any type in the place of any field.
hostile: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1e400,
        10**30,
        "",
        "x" * 9_000,
        "javascript:alert(1)",
        "\ud800\x00",
        [],
        {},
    ]
) | st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


def asked(
    url: str,
    *,
    query: str = "",
    cursor: str = "",
    since: datetime | None = None,
    now: datetime = NOW,
) -> Ask:
    return Ask(url=url, query=query, cursor=cursor, since=since, now=now)


def answered(body: Any, ask: Ask, **headers: str) -> Page:
    """A page; what is not bytes is sent as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(body=sent, headers=named, url=ask.url, ask=ask)


def params(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def sample(name: str) -> bytes:
    """A recorded answer of the real service; these are not part of the project."""
    file = SAMPLES / name
    if not file.exists():
        pytest.skip(f"{file} is not at hand")
    return file.read_bytes()


@dataclass
class Collector:
    """Polls one source, and keeps each post once as the database does."""

    kind: Kind
    serve: Serve
    url: str
    query: str = "United"
    since: datetime | None = None
    cursor: str = ""
    stored: dict[str, RawItem] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    #: How often each post came.
    came: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _begun: datetime | None = None

    def poll(self, now: datetime, *, pages: int | None = None) -> int:
        """One chain of pages, cut off after `pages`; how many were asked for."""
        self._begun = self._begun or now
        for number in range(1, (pages or self.kind.pages) + 1):
            ask = asked(self.url, query=self.query, cursor=self.cursor, since=self.since, now=now)
            self.asked.append(self.kind.ask(ask))
            document = self.kind.read(answered(self.serve(self.asked[-1]), ask))
            self._keep(document)
            if (document.wait_seconds or 0) > 30:
                return number  # as the framework does
            if not document.more:
                # As the framework does: a lost cursor may go on from here.
                self.since, self._begun = self._begun - timedelta(hours=1), None
                return number
        return pages or self.kind.pages

    def _keep(self, document: FeedDocument) -> None:
        self.came.update(item.native_id for item in document.items)
        self.stored.update({item.native_id: item for item in document.items})
        self.deleted.update(document.deleted)
        self.warnings += [document.warning] if document.warning else []
        if document.cursor is not None:
            assert len(document.cursor) < 500
            self.cursor = document.cursor
