"""A file of evidence: what it holds, and what is said of one that was changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from monitor.core.bundle import FORM, bundle, complaints
from monitor.core.chain import START, ChainLine, Held, broken, canonical, digest, forged
from monitor.errors import InputError

CONTENT = {"text": "they left us waiting", "author": "Ann", "url": None}
ABOUT = {"incident": 7, "brand": "Meridian Air", "title": "Crew dragged a man off"}
HELD = Held(mention_id=1, content=CONTENT, salt="s", readings={("likes", "t"): 3.0})


def chain() -> list[ChainLine]:
    first = forged(None, "mention", at="t", facts={"mention": 1, "digest": digest("s", CONTENT)})
    reading = {"mention": 1, "name": "likes", "seen_at": "t", "value": 3.0}
    second = forged(first, "reading", at="t", facts=reading)
    old = {"mention": 2, "digest": digest("x", {"text": "gone"})}
    return [first, second, forged(second, "mention", at="t", facts=old)]


def made() -> list[dict[str, Any]]:
    return [json.loads(row) for row in bundle(ABOUT, chain(), [HELD])]


def said(rows: list[dict[str, Any]]) -> list[str]:
    return list(complaints([json.dumps(row) for row in rows]))


def test_it_names_the_incident_and_holds_all_lines_with_what_is_still_kept() -> None:
    head, *rows = made()
    seal = head.pop("seal")
    assert head == {"form": FORM, **ABOUT, "lines": 3, "head": chain()[-1].hash}
    assert hashlib.sha256(canonical(head).encode()).hexdigest() == seal
    assert [row["content"] for row in rows] == [{**CONTENT, "salt": "s"}, None, None]
    assert said(made()) == []


def test_anybody_can_check_it_with_sha256_alone() -> None:
    _, row, *_ = made()
    assert hashlib.sha256(row["line"].encode()).hexdigest() == row["hash"]
    content = canonical(row["content"])
    assert hashlib.sha256(content.encode()).hexdigest() == json.loads(row["line"])["digest"]


def test_an_incident_without_lines_has_a_file_too() -> None:
    rows = list(bundle({}, [], []))
    assert json.loads(rows[0]).items() >= {"form": FORM, "lines": 0, "head": START}.items()
    assert list(complaints(rows, [])) == []


def test_a_blanked_text_is_not_in_it() -> None:
    gone = Held(mention_id=1, content=None, salt=None)
    assert "waiting" not in "".join(bundle({}, chain(), [gone]))


CHANGES: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "a text": (
        lambda rows: rows[1]["content"].update(text="all was well"),
        "in the file, the text of line 1 was changed",
    ),
    "a line": (
        lambda rows: rows[2].update(line=rows[2]["line"].replace("3.0", "4.0")),
        "in the file, line 2 was changed",
    ),
    "a line less": (lambda rows: rows.pop(2), "in the file, line 2 is missing"),
    "the end": (lambda rows: rows.pop(), "the file was cut off, or its first line was changed"),
    "the head": (
        lambda rows: rows[0].update(head=START),
        "the file was cut off, or its first line was changed",
    ),
    "the title": (
        lambda rows: rows[0].update(title="All was well"),
        "the first line of the file was changed",
    ),
    "the brand": (
        lambda rows: rows[0].update(brand="Borealis Air"),
        "the first line of the file was changed",
    ),
    "the title, to what cannot be written": (
        lambda rows: rows[0].update(title="\ud800"),
        "the first line of the file was changed",
    ),
    "a text at a line that has none": (
        lambda rows: rows[2].update(content={**CONTENT, "salt": "s"}),
        "in the file, the text of line 2 was changed",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_named(name: str) -> None:
    change, complaint = CHANGES[name]
    rows = made()
    change(rows)
    assert complaint in said(rows)


def test_a_file_of_an_older_release_is_whole_if_the_database_knows_its_incident() -> None:
    rows = made()
    del rows[0]["seal"]
    told = [json.dumps(row) for row in rows]
    assert list(complaints(told, chain(), about={"incident": 7, "brand": "Meridian Air"})) == []
    assert list(complaints(told, chain(), about={"incident": 7, "brand": "Borealis Air"})) == [
        "the first line of the file was changed"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ["{}"],
        ["no JSON"],
        ["[]"],
        [json.dumps({"form": FORM, "lines": 1, "head": "x"}), "{}"],
        [json.dumps({"form": FORM, "lines": 1, "head": "x"}), '{"line":"{}","hash":"x"}'],
        [json.dumps({"form": "another", "lines": 0, "head": START})],
        [json.dumps({"form": FORM, "lines": "0", "head": START})],
    ],
)
def test_what_is_no_such_file_is_said_to_be_none(rows: list[str]) -> None:
    with pytest.raises(InputError, match="no file of evidence"):
        list(complaints(rows))


def test_a_chain_that_begins_elsewhere_is_broken() -> None:
    first = forged(
        ChainLine(number=0, text="", hash="f" * 64), "mention", at="t", facts={"mention": 1}
    )
    assert list(broken([first])) == ["line 1 does not follow the line before it"]


@pytest.mark.parametrize(
    "content", [{"text": "no salt"}, "words", 5, {"salt": "\ud800"}, {"salt": float("nan")}]
)
def test_a_text_that_was_never_digested_is_a_changed_one(content: object) -> None:
    head, first, *rest = made()
    assert said([head, {**first, "content": content}, *rest]) == [
        "in the file, the text of line 1 was changed"
    ]


@pytest.mark.parametrize("forgery", ['{"number": 1}', '{"number": 1, "x": "\ud800"}'])
def test_a_line_that_was_made_up_does_not_belong_to_the_chain(forgery: str) -> None:
    head, first, *rest = made()
    made_up = hashlib.sha256(forgery.encode(errors="surrogatepass")).hexdigest()
    told = said([head, {**first, "line": forgery, "hash": made_up, "content": None}, *rest])
    assert "in the file, line 1 does not follow the line before it" in told


def test_a_file_that_is_nested_without_end_is_none() -> None:
    with pytest.raises(InputError):
        list(complaints(["[" * 100_000]))
