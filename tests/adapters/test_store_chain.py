"""The chain of evidence: what is seen gets a line, and whoever changes a row is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.adapters import store_chain
from monitor.adapters.connect import Connection
from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.core.bundle import bundle, complaints
from monitor.core.chain import ChainLine, broken, canonical, differing, forged
from monitor.core.filing import AssessIntent, Regrouping
from monitor.core.polling import SourceState
from tests.adapters.store_values import BRAND, after, filed, mention, opening, poll, verdict

LATER = after(minutes=5)


@pytest.fixture
def seen(store: SqliteStore, news: SourceState, path: Path) -> Path:
    """Two mentions of an incident, one of them counted twice, one edited."""
    store.record_poll(
        poll(news, mention("1", engagement={"likes": 3.0}), mention("2"), mention("3"))
    )
    store.record_assessment(
        replace(
            opening(),
            verdicts=((1, verdict()), (2, verdict())),
            filed=(filed(1), filed(2)),
            members=((1, 1), (1, 2)),
        )
    )
    again = mention("1", engagement={"likes": 90.0}, seen_at=LATER)
    store.record_poll(poll(news, again, mention("2", text="edited", seen_at=LATER), at=LATER))
    return path


def problems(path: Path) -> list[str]:
    with Queries.open(path) as queries:
        lines, held = queries.chain(1)
    return list(broken(lines)) or list(differing(lines, held))


def kinds(path: Path) -> list[tuple[str, int]]:
    with Queries.open(path) as queries:
        lines, _ = queries.chain(1)
    said = [json.loads(line.text) for line in lines]
    return [(one["kind"], one["mention"]) for one in said]


def exported(path: Path) -> list[str]:
    with Queries.open(path) as queries:
        return list(bundle({"incident": 1}, *queries.chain(1)))


def test_all_that_is_seen_has_a_line(seen: Path) -> None:
    assert kinds(seen) == [
        ("mention", 1),
        ("reading", 1),
        ("mention", 2),
        ("reading", 1),
        ("edit", 2),
    ]
    assert problems(seen) == []


def test_a_poll_that_shows_nothing_new_adds_no_line(
    seen: Path, store: SqliteStore, news: SourceState
) -> None:
    before = kinds(seen)
    again = mention("1", engagement={"likes": 90.0}, author_followers=7, seen_at=after(hours=1))
    store.record_poll(poll(news, again, mention("3", text="no member"), at=after(hours=1)))
    assert kinds(seen) == before


@pytest.mark.parametrize(
    "changed", [{"url": "https://example.org/moved"}, {"author": "Ben"}], ids=["address", "author"]
)
def test_another_author_or_address_is_an_edit(
    seen: Path, store: SqliteStore, news: SourceState, changed: dict[str, str]
) -> None:
    moved = mention("1", engagement={"likes": 90.0}, **changed)
    store.record_poll(poll(news, moved, at=LATER))
    assert kinds(seen)[-1] == ("edit", 1)
    assert problems(seen) == []


def test_so_is_a_date_that_was_not_known(seen: Path, store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("4", published_at=None)))
    store.record_assessment(AssessIntent(at=LATER, filed=(filed(4),), members=((1, 4),)))
    store.record_poll(poll(news, mention("4"), at=LATER))
    assert kinds(seen)[-1] == ("edit", 4)
    assert problems(seen) == []


def test_a_text_may_be_blanked_and_its_line_stays(
    seen: Path, store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, deleted=("1",), at=LATER))
    assert kinds(seen)[-1] == ("blanked", 1)
    assert problems(seen) == []
    rows = [json.loads(row) for row in exported(seen)]
    assert "left us, part 1" not in str(rows)
    assert list(complaints([json.dumps(row) for row in rows])) == []


def test_one_that_was_blanked_before_it_joined_proves_nothing_and_is_no_problem(
    seen: Path, store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, deleted=("3",), at=LATER))
    store.record_assessment(AssessIntent(at=LATER, members=((1, 3),)))
    assert problems(seen) == []


def test_what_people_take_out_has_left(seen: Path, store: SqliteStore) -> None:
    store.record_assessment(
        AssessIntent(
            at=LATER,
            regroupings=(
                Regrouping(
                    at=LATER,
                    actor="kim",
                    verb="split",
                    brand=BRAND,
                    from_story=1,
                    to_story=2,
                    mention_ids=(2,),
                    why="by hand",
                ),
            ),
        )
    )
    assert kinds(seen)[-1] == ("left", 2)
    assert problems(seen) == []


def test_it_may_come_back(seen: Path, store: SqliteStore) -> None:
    test_what_people_take_out_has_left(seen, store)
    store.record_assessment(AssessIntent(at=LATER, members=((1, 2),)))
    assert kinds(seen)[-1] == ("mention", 2)
    assert problems(seen) == []


def test_what_an_older_release_had_gets_its_lines(seen: Path) -> None:
    with sqlite3.connect(seen) as old:
        old.execute("DELETE FROM evidence_chain")
    old.close()
    with SqliteStore.open(seen) as store:
        store_chain.backfill(store._connection)
    assert [one for one in kinds(seen) if one[0] == "mention"] == [("mention", 1), ("mention", 2)]
    assert problems(seen) == []


#: What somebody does to the file behind our back -> what is said of it.
TAMPERING: Mapping[str, tuple[str, str]] = {
    "a text is changed": (
        "UPDATE mentions SET text = 'all was well' WHERE id = 1",
        "mention 1 does not say what it said when it was seen",
    ),
    "an author is changed": (
        "UPDATE mentions SET author = 'Eve' WHERE id = 1",
        "mention 1 does not say what it said",
    ),
    "an address is changed": (
        "UPDATE mentions SET url = 'https://example.org/x' WHERE id = 2",
        "mention 2 does not say what it said",
    ),
    "a date is changed": (
        "UPDATE mentions SET published_at = '2026-11-21T12:00:00.000000Z' WHERE id = 1",
        "mention 1 does not say what it said",
    ),
    "when it was seen is changed": (
        "UPDATE mentions SET seen_at = '2026-11-21T12:00:00.000000Z' WHERE id = 1",
        "mention 1 does not say what it said",
    ),
    "a count is changed": (
        "UPDATE engagement SET value = 4 WHERE value = 90",
        "likes of mention 1, read at 2026-11-22T12:05:00.000000Z: 90 was seen, 4 is there",
    ),
    "a count is taken out": (
        "DELETE FROM engagement WHERE value = 3",
        "3 was seen, nothing is there",
    ),
    "a count is put in": (
        "INSERT INTO engagement VALUES (2, '2026-11-22T13:00:00.000000Z', 'likes', 1000000)",
        "nothing was seen, 1e+06 is there",
    ),
    "a mention is taken out": (
        "DELETE FROM incident_mentions WHERE mention_id = 2",
        "mention 2 was taken from the incident without a line",
    ),
    "a mention is put in": (
        "INSERT INTO incident_mentions VALUES (1, 3, '2026-11-22T13:00:00.000000Z')",
        "mention 3 was put into the incident without a line",
    ),
    "a text is blanked behind our back": (
        "UPDATE mentions SET text = '', deleted_at = '2026-11-22T13:00:00.000000Z' WHERE id = 1",
        "mention 1 was blanked without a line",
    ),
    "a salt is changed": (
        "UPDATE evidence_salts SET salt = 'x' WHERE mention_id = 1",
        "mention 1 does not say what it said",
    ),
    "a salt is taken out": (
        "DELETE FROM evidence_salts WHERE mention_id = 1",
        "mention 1 does not say what it said",
    ),
    "a line is changed": (
        """UPDATE evidence_chain SET line = replace(line, '"value":3.0', '"value":4.0')""",
        "line 2 was changed",
    ),
    "a hash is changed": (
        "UPDATE evidence_chain SET hash = '0' WHERE number = 3",
        "line 3 was changed",
    ),
    "a line is taken out": ("DELETE FROM evidence_chain WHERE number = 2", "line 2 is missing"),
    "the first line is taken out": (
        "DELETE FROM evidence_chain WHERE number = 1",
        "line 1 is missing",
    ),
    "the last line is taken out": (
        "DELETE FROM evidence_chain WHERE number = 5",
        "mention 2 does not say what it said",
    ),
    "all lines are taken out": (
        "DELETE FROM evidence_chain",
        "mention 1 was put into the incident without a line",
    ),
}


def tamper(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as stranger:
        stranger.execute(statement)
    stranger.close()


@pytest.mark.parametrize("name", TAMPERING)
def test_whoever_changes_a_row_is_found(seen: Path, name: str) -> None:
    statement, complaint = TAMPERING[name]
    tamper(seen, statement)
    assert complaint in "; ".join(problems(seen))


def test_two_lines_that_change_places_are_found(seen: Path) -> None:
    for move in ("9 WHERE number = 2", "2 WHERE number = 3", "3 WHERE number = 9"):
        tamper(seen, f"UPDATE evidence_chain SET number = {move}")  # noqa: S608 - ours
    assert problems(seen) == ["line 2 does not follow the line before it"]


def test_a_line_that_is_changed_with_its_hash_breaks_the_next(seen: Path) -> None:
    with Queries.open(seen) as queries:
        lines, _ = queries.chain(1)
    said = json.loads(lines[1].text) | {"value": 4.0}
    made = ChainLine(number=2, text=canonical(said), hash="")
    told = forged(lines[0], "reading", at=said["at"], facts=said)
    assert made.text == told.text
    with sqlite3.connect(seen) as stranger:
        stranger.execute(
            "UPDATE evidence_chain SET line = ?, hash = ? WHERE number = 2", (told.text, told.hash)
        )
    stranger.close()
    assert problems(seen) == ["line 3 does not follow the line before it"]


def test_a_chain_that_was_made_anew_is_found_by_an_older_file(seen: Path) -> None:
    before = exported(seen)
    tamper(seen, "UPDATE mentions SET text = 'all was well' WHERE id = 1")
    tamper(seen, "DELETE FROM evidence_chain")
    with SqliteStore.open(seen) as store:
        store_chain.backfill(store._connection)
    assert problems(seen) == []
    with Queries.open(seen) as queries:
        lines, _ = queries.chain(1)
    assert list(complaints(before, lines)) == ["the database tells another story than the file"]


def test_an_older_file_of_a_chain_that_went_on_is_whole(
    seen: Path, store: SqliteStore, news: SourceState
) -> None:
    before = exported(seen)
    store.record_poll(poll(news, mention("1", engagement={"likes": 99.0}), at=LATER))
    with Queries.open(seen) as queries:
        lines, _ = queries.chain(1)
    assert len(lines) == len(before)
    assert list(complaints(before, lines)) == []


def test_what_is_seen_while_the_evidence_is_read_is_no_tampering(
    seen: Path, store: SqliteStore, news: SourceState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon goes on: a mention joins after the lines were read, and another is edited."""
    lines = store_chain.lines

    def slowly(connection: Connection, incident_id: int) -> tuple[ChainLine, ...]:
        found = lines(connection, incident_id)
        joined = replace(opening(), verdicts=((3, verdict()),), filed=(filed(3),))
        store.record_assessment(replace(joined, members=((1, 3),), decisions=()))
        store.record_poll(poll(news, mention("1", text="so is this", seen_at=LATER), at=LATER))
        return found

    monkeypatch.setattr(store_chain, "lines", slowly)
    assert problems(seen) == []
    monkeypatch.undo()
    assert len(kinds(seen)) > 5
    assert problems(seen) == []
