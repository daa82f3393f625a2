"""Our own corpus is what it claims to be: large, varied, whole, by the label guide."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from models.train.corpus import CORPUS
from models.train.data import own
from monitor.core.types import HARMS

VOICES = {"victim", "witness", "reposter", "journalist", "joker", "employee", "bot", "customer"}
SOURCES = {"twitter", "reddit", "forum", "news", "review", "bluesky", "hackernews"}
YES_NO = ("about", "alarm", "complaint", "outrage", "firsthand")


@cache
def texts() -> tuple[dict[str, Any], ...]:
    return tuple(
        json.loads(line)
        for path in sorted(CORPUS.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    )


def words(raw: dict[str, Any]) -> list[str]:
    """Of a text, its brand's name masked."""
    named = re.compile("|".join(map(re.escape, raw["brand"].split())), re.IGNORECASE)
    return re.findall(r"\w+", named.sub("BRAND", raw["text"]).lower())


def test_there_are_three_thousand_texts_on_invented_brands_in_many_sectors() -> None:
    assert len(texts()) >= 3000
    assert len({raw["sector"] for raw in texts()}) >= 12
    assert len({raw["brand"] for raw in texts()}) >= 250


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_is_told_at_least_120_times(harm: str) -> None:
    assert sum(harm in raw["harms"] for raw in texts()) >= 120


def test_no_brand_of_the_replays_trains() -> None:
    """They are what the whole is tried on; a real firm may be mentioned beside another brand."""
    replays = Path(__file__).parents[2] / "examples" / "replays" / "replays.toml"
    tried = {brand["name"].casefold() for brand in tomllib.loads(replays.read_text())["brands"]}
    short = {name.split()[0] for name in tried}
    trained = {raw["brand"].casefold() for raw in texts()}
    assert len(tried) >= 6
    assert not trained & (tried | short)


def test_all_voices_speak() -> None:
    counts = Counter(raw["voice"] for raw in texts())
    assert counts.keys() >= VOICES
    assert min(counts[voice] for voice in VOICES) >= 30


def test_no_text_or_number_stands_twice() -> None:
    for field in ("id", "text"):
        counts = Counter(raw[field].lower() for raw in texts())
        assert [key for key, count in counts.items() if count > 1] == []


def test_near_duplicates_are_few() -> None:
    """Jaccard of 0.8 or more on word 3-shingles, brands masked."""
    shingles = [frozenset(zip(w, w[1:], w[2:], strict=False)) for w in map(words, texts())]
    places: dict[tuple[str, str, str], list[int]] = {}
    for place, found in enumerate(shingles):
        for each in found:
            places.setdefault(each, []).append(place)
    pairs = {pair for held in places.values() for pair in combinations(held, 2)}
    near = [
        (texts()[a]["id"], texts()[b]["id"])
        for a, b in pairs
        if len(shingles[a] & shingles[b]) >= 0.8 * len(shingles[a] | shingles[b])
    ]
    assert len(near) <= len(texts()) // 200, near


def test_no_template_makes_more_than_five_texts() -> None:
    """A template shows as six words that many texts begin with, brands and numbers masked."""
    begun = Counter(
        " ".join("0" if word.isdigit() else word for word in words(raw)[:6])
        for raw in texts()
        if len(words(raw)) > 6
    )
    assert [(start, count) for start, count in begun.items() if count > 5] == []


def test_every_line_is_whole_and_agrees_with_itself() -> None:
    assert [raw["id"] for raw in texts() if not is_sound(raw)] == []


def is_sound(raw: dict[str, Any]) -> bool:
    """Known words only; of what is not about the brand nothing is said."""
    known = (
        all(raw[name] in (0, 1) for name in YES_NO)
        and raw["stance"] in ("negative", "neutral", "positive")
        and raw["source"] in SOURCES
        and set(raw["harms"]) <= set(HARMS)
        and raw["severity"] in range(5)
    )
    silent = not any([*(raw[name] for name in YES_NO), raw["severity"], raw["harms"]])
    return known and bool(raw["text"].strip()) and bool(raw["about"] or silent)


def test_every_line_becomes_a_row() -> None:
    rows = list(own.rows(CORPUS))
    assert len(rows) == len(texts())
    assert {row.origin for row in rows} == {"own"}
