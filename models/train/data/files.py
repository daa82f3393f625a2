"""Reading the corpora's files: CSV and JSON Lines, plain or gzipped. Knows no corpus."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple


class Texts(NamedTuple):
    """Where the texts of a corpus stand, and what kind of source they are from."""

    file: str
    column: str
    source: str


#: Corpora of which single texts are labelled by hand, or used without labels, by folder.
TEXTS: Final = {
    "guardian_business": Texts("headlines.csv", "headline", "news"),
    "hacker_news": Texts("posts.csv", "title", "hackernews"),
    "cyber_news": Texts("headlines.csv", "title", "news"),
    "utility_outage": Texts("tweets.csv", "text", "mastodon"),
    "xci_complaints": Texts("xci.csv", "text", "mastodon"),
    "ba_reviews": Texts("reviews.csv", "content", "review"),
    "replab2013": Texts("mentions.csv.gz", "text", "mastodon"),
}


def texts(data: Path, origin: str) -> Iterator[str]:
    """The texts of one of `TEXTS`, clean, each once."""
    file, column, _ = TEXTS[origin]
    yield from dict.fromkeys(clean(raw[column]) for raw in csv_rows(data / origin / file))


def csv_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file with a header; a field may hold a whole review."""
    csv.field_size_limit(sys.maxsize)
    with _text(path) as lines:
        yield from csv.DictReader(lines)


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Objects of a JSON Lines file."""
    with _text(path) as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def clean(text: str | None) -> str:
    """Unescape HTML entities and bring white space to single blanks."""
    return " ".join(html.unescape(text or "").split())


def _text(path: Path) -> io.TextIOBase:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
