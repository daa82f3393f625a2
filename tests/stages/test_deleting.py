"""A text that is deleted where it was said is quoted nowhere any more, now and later."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from monitor.adapters import store_chain
from monitor.core.answers import Answer
from monitor.core.chain import broken, differing
from monitor.core.forgetting import Asked, Person
from monitor.core.polling import OwnedPost, PageIntent
from monitor.core.types import DELETED, Reading, Verdict
from monitor.stages import answer
from tests.fakes import FakeClassifier
from tests.stages.conftest import NOON, World, item

pytestmark = pytest.mark.anyio

FIRST = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
SECOND = "Crew of Meridian Air dragged a wheelchair user along the aisle, says my neighbour"
SORRY = (
    "Meridian Air: on Sunday our crew hurt a wheelchair user in the aisle. It was our fault and "
    "we are sorry. We will tell her family by noon tomorrow what we change."
)
SENTENCE = "FROM alerts WHERE type LIKE 'incident%' OR type = 'statement.seen' ORDER BY id"


async def posted(world: World, *texts: str) -> None:
    await world.start()
    await world.see(*(item(number, text) for number, text in enumerate(texts, start=1)))


def delete(world: World, *ids: str, minutes: float = 5) -> None:
    [source] = world.store.source_states()
    at = NOON + timedelta(minutes=minutes)
    world.store.record_page(PageIntent(source=source, at=at, deleted=ids))


def everything(world: World) -> str:
    """All that the database holds, as text; but for what is only numbers."""
    tables = ("incidents", "alerts", "decisions", "actions", "mentions", "statements", "verdicts")
    rows = [world.rows(f"SELECT * FROM {table}") for table in tables]  # noqa: S608 - of ours
    return repr(rows)


def bodies(world: World) -> list[dict[str, Any]]:
    return [json.loads(str(body))["data"] for (body,) in world.rows(f"SELECT body {SENTENCE}")]


def title(world: World) -> object:
    [(found,)] = world.rows("SELECT title FROM incidents")
    return found


async def test_its_words_stand_nowhere_in_the_database_any_more(world: World):
    await posted(world, FIRST)
    assert "wheelchair" in everything(world)
    delete(world, "1")

    assert "wheelchair" not in everything(world)
    assert "@author1" not in everything(world)


async def test_an_incident_that_was_called_by_it_is_called_by_what_is_left(world: World):
    await posted(world, FIRST, SECOND)
    called = title(world)
    gone, left = (("1", SECOND), ("2", FIRST))[called == SECOND]
    delete(world, gone)

    assert str(title(world)).startswith(left[:40])
    assert [body["incident"]["title"] for body in bodies(world)] == [title(world)]
    assert ("monitor", "rename") in world.rows("SELECT actor, verb FROM actions")


async def test_an_answer_quoted_by_the_title_of_its_thread_is_quoted_no_more(world: World):
    await world.start()
    await world.see(item(1, FIRST, title="Re: Dragged down the aisle by Meridian Air"))
    assert title(world) == "Dragged down the aisle by Meridian Air"
    body = '{"data":{"reason":"Another side of it: “Dragged down the aisle by Meridian Air”."}}'
    write = world.store._connection.execute
    write("UPDATE alerts SET body = ?", (body,))
    write("UPDATE incidents SET title = 'Meridian Air is criticised'")
    delete(world, "1")

    assert "Dragged" not in everything(world)


async def test_without_anything_left_it_is_called_by_what_is_alleged(world: World):
    await posted(world, FIRST)
    delete(world, "1")

    assert title(world) == "Meridian Air: staff mistreated someone"
    assert [verb for (verb,) in world.rows("SELECT verb FROM actions")] == ["blank", "rename"]


async def test_an_incident_keeps_a_title_that_others_say_word_by_word(world: World):
    await posted(world, FIRST, FIRST)
    before = title(world)
    delete(world, "1")
    assert title(world) == before
    delete(world, "2")
    assert title(world) == "Meridian Air: staff mistreated someone"


async def test_what_it_said_before_an_edit_names_nothing_either(world: World):
    await posted(world, FIRST)
    await world.see(item(1, "Crew of Meridian Air dragged somebody, I am told"))
    assert title(world) == FIRST
    delete(world, "1")

    assert title(world) == "Meridian Air: staff mistreated someone"
    assert "wheelchair" not in everything(world)


async def test_an_edited_one_of_many_leaves_the_title_of_another(world: World):
    await posted(world, FIRST, "Crew of Meridian Air dragged a wheelchair user, and it was late")
    kept = title(world)
    other = "2" if kept == FIRST else "1"
    await world.see(item(other, "Crew of Meridian Air dragged a wheelchair user. Edit: sources"))
    delete(world, other)

    assert title(world) == kept


async def test_an_alert_that_waits_goes_out_without_it(world: World):
    await posted(world, FIRST)
    delete(world, "1")

    [waiting] = world.store.due_deliveries(NOON + timedelta(hours=1), 10)
    data = json.loads(waiting.body)["data"]
    assert [(one["text"], one["author"]) for one in data["evidence"]] == [(DELETED, None)]
    assert data["incident"]["mentions"] == 1
    assert "“[deleted]”" in data["brief"]
    assert "wheelchair" not in waiting.body


async def test_what_the_daemon_tells_later_does_not_quote_it(world: World):
    """It has the story in mind, and must not tell from memory."""
    await posted(world, FIRST)
    delete(world, "1")
    world.clock.forward(timedelta(minutes=10))
    await world.see(
        *(item(n, f"Crew of Meridian Air dragged a person, seen by {n}") for n in range(20, 60))
    )

    later = world.events[1:]
    assert later
    for event in later:
        assert FIRST not in [one.text for one in event.evidence]
        assert "wheelchair" not in event.incident.title
    assert "wheelchair" not in everything(world)


async def test_nor_does_an_answer_of_people(world: World):
    await posted(world, FIRST)
    delete(world, "1")
    acknowledged = Answer(verb="acknowledge", actor="kim")
    answer.take(world.store, world.settings, 1, acknowledged, now=world.clock())

    assert "wheelchair" not in everything(world)
    assert bodies(world)[-1]["brief"].endswith("How grave: very, injury or danger to life.")


async def test_the_evidence_is_still_whole(world: World):
    await posted(world, FIRST, SECOND)
    delete(world, "1")

    connection = world.store._connection
    lines = store_chain.lines(connection, 1)
    assert list(broken(lines)) == []
    assert list(differing(lines, store_chain.held(connection, 1))) == []
    assert sum('"kind":"blanked"' in line.text for line in lines) == 1


async def test_words_that_moved_the_alarm_are_not_told_any_more(world: World):
    await posted(world, FIRST)
    said = "It is alarming."
    for words in ("screaming", "quite other words"):
        parts = [{"name": "alarm", "value": 0, "sentence": f"{said} Moved most by “{words}”."}]
        world.store._connection.execute(
            "INSERT INTO decisions (incident_id, at, reason, level, risk, parts) "
            "VALUES (1, '2026-11-22T12:00:00.000000Z', 'x', 'watch', 0, ?)",
            (json.dumps(parts),),
        )
    delete(world, "1")

    found = world.rows("SELECT json_extract(parts, '$[0].sentence') FROM decisions ORDER BY id")
    assert found[-2:] == [(said,), (f"{said} Moved most by “quite other words”.",)]


async def test_a_weekly_digest_that_quotes_it_is_blanked(world: World):
    praise = "The crew of Meridian Air carried my mother to the gate, I will never forget it"
    await posted(world, praise)
    stories = [{"url": None, "author": "@author1", "text": praise}]
    body = json.dumps({"type": "praise.digest", "data": {"stories": stories}})
    world.store._connection.execute(
        "INSERT INTO alerts (type, created_at, body) "
        "VALUES ('praise.digest', '2026-11-22T12:00:00.000000Z', ?)",
        (body,),
    )
    delete(world, "1")

    assert "never forget" not in everything(world)


async def test_an_incident_that_it_was_moved_from_quotes_it_no_more(world: World):
    await posted(world, FIRST, SECOND)
    connection: sqlite3.Connection = world.store._connection
    connection.execute("DELETE FROM incident_mentions WHERE mention_id = 1")
    connection.execute(
        "INSERT INTO regroupings (at, actor, verb, from_story, to_story, why, is_repair) "
        "SELECT '2026-11-22T12:00:00.000000Z', 'kim', 'move', story_id, 99, 'x', 1 FROM incidents"
    )
    connection.execute("INSERT INTO regrouped_mentions VALUES (1, last_insert_rowid())")
    delete(world, "1")

    assert FIRST not in everything(world)


class Meanwhile(FakeClassifier):
    """Something happens while it reads for the first time."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = [happens]

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        while self._happens:
            self._happens.pop()()
        return super().classify(readings)


async def test_of_a_person_who_is_forgotten_nothing_is_told_any_more(world: World):
    """Though the daemon had the story in mind, and is shown the post again."""
    await posted(world, FIRST, SECOND)
    asked = Asked(person=Person.of(["author1"]))
    assert world.store.forget(asked, now=NOON).mentions == 1
    await world.see(item(1, FIRST), item(3, SECOND.replace("neighbour", "sister")))

    found = everything(world)
    assert [word for word in ("screaming", "@author1") if word in found] == []
    assert world.rows("SELECT mention_count FROM incidents") == [(3,)]


async def test_what_is_deleted_while_it_is_read_is_not_told(world: World):
    world.read_by(Meanwhile(lambda: delete(world, "1")))
    await posted(world, FIRST, "Meridian Air crew dragged a man off the plane")

    assert "wheelchair" not in everything(world)
    assert world.told == ["incident.opened"]
    assert world.rows("SELECT mention_id FROM verdicts") == [(2,)]


@pytest.mark.parametrize("name", ["Meridian Air", "Meridian"], ids=["outright", "ambiguous"])
async def test_what_is_edited_while_it_is_read_is_read_as_it_is_now(world: World, name: str):
    calm = f"The crew of {name} was kind"
    world.read_by(
        Meanwhile(lambda: world.store._connection.execute("UPDATE mentions SET text = ?", (calm,)))
    )
    await posted(world, FIRST.replace("Meridian Air", name))

    assert world.told == []
    assert world.classifier.asked[-1].text == calm
    assert world.rows("SELECT alarm < 0.1 FROM verdicts") == [(1,)]


class TestStatements:
    """What the brand itself said, and took back."""

    async def stated(self, world: World) -> None:
        await posted(world, FIRST)
        self.says(world)
        await world.respond.step(world.clock())
        assert world.rows("SELECT incident_id FROM statements") == [(1,)]

    def says(self, world: World) -> None:
        [source] = world.store.source_states()
        post = OwnedPost(
            native_id="s1",
            brand="Meridian Air",
            at=NOON,
            url="https://meridianair.example/1",
            title=None,
            text=SORRY,
        )
        world.store.record_page(PageIntent(source=source, at=NOON, owned=(post,)))

    async def test_its_words_are_blanked_and_its_digest_stays(self, world: World):
        await self.stated(world)
        delete(world, "s1")

        digest = sha256(SORRY.encode()).hexdigest()
        assert world.rows("SELECT text, digest, deleted_at IS NULL FROM statements") == [
            (DELETED, digest, 0)
        ]
        assert "our fault" not in everything(world)
        assert bodies(world)[-1]["statement"]["text"] == DELETED

    async def test_the_clock_stays_stopped_and_the_timeline_says_so(self, world: World):
        await self.stated(world)
        delete(world, "s1")

        [(statement_at,)] = world.rows("SELECT statement_at FROM incidents")
        assert statement_at is not None
        [(said,)] = world.rows("SELECT text FROM actions WHERE verb = 'blank'")
        assert str(said).startswith("statement 1 was taken back where it was made")

    async def test_it_does_not_rise_again(self, world: World):
        await self.stated(world)
        delete(world, "s1")
        self.says(world)

        assert world.rows("SELECT text FROM statements") == [(DELETED,)]

    async def test_one_that_spoke_of_nothing_is_blanked_and_never_heard(self, world: World):
        await world.start()
        self.says(world)
        delete(world, "s1")

        assert world.store.unheard_statements(NOON - timedelta(days=1)) == ()
        assert world.rows("SELECT count(*) FROM actions") == [(0,)]

    async def test_an_account_that_is_removed_takes_its_statements_along(self, world: World):
        await world.start()
        [source] = world.store.source_states()
        self.says(world)
        named = world.store.gone(source.id, native_ids=["s1", "other"], prefixes=[])
        world.store._connection.execute("UPDATE statements SET native_id = 'at://me/1'")
        account = world.store.gone(source.id, native_ids=[], prefixes=["at://me/"])
        assert (named, account) == (("s1",), ("at://me/1",))
