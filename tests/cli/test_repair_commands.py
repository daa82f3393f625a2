"""`monitor incident merge|split|move`: a wrong grouping is repaired, and the log says by whom."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.store import SqliteStore
from monitor.config import load
from monitor.core.polling import RawItem
from monitor.errors import InputError, NotFoundError
from tests.cli.conftest import Home
from tests.fakes import FakeClock
from tests.stages.conftest import World

ROOT = Path(__file__).parents[2]
DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
TODDLER = "Crew of Meridian Air dragged a toddler down the aisle, the mother was screaming"
QUEUE = "Crew of Meridian Air let a wheelchair user stand in the queue down the aisle"
TARMAC = "tarmac pilot outdragged luggage cart somebody Meridian Air"


@pytest.fixture
def mixed(home: Home) -> Home:
    """Incident 1 of three mentions, of which the second is another event; incident 2 of one."""
    settings = load(home.config, secret=False)
    now = home.now - timedelta(seconds=10)
    with SqliteStore.open(settings.database) as store:
        asyncio.run(_live(World(store=store, settings=settings, clock=FakeClock(now)), now))
    return home


async def _live(world: World, now: datetime) -> None:
    await world.start()
    for number, text in enumerate((DRAGGED, TODDLER, QUEUE, TARMAC), start=1):
        await world.see(RawItem(native_id=str(number), text=text, published_at=now))


def grouped(home: Home) -> dict[int, tuple[str, int]]:
    return {one["id"]: (one["status"], one["mention_count"]) for one in home.answers("incidents")}


def test_what_was_split_off_is_an_incident_of_its_own_if_it_is_grave(mixed: Home):
    assert grouped(mixed) == {1: ("open", 3), 2: ("open", 1)}

    said = mixed.says("incident", "split", "1", "2", "--by", "ann")

    assert said == "mention 2 is in incident 3 (critical) (by ann)\n"
    assert grouped(mixed) == {1: ("open", 2), 2: ("open", 1), 3: ("open", 1)}


def test_and_a_story_like_any_other_if_it_is_not(mixed: Home):
    said = mixed.says("incident", "split", "1", "3", "--by", "ann")

    assert said == "mention 3 is a story of its own, which is no incident (by ann)\n"
    assert grouped(mixed) == {1: ("open", 2), 2: ("open", 1)}


def test_two_incidents_become_one(mixed: Home):
    said = mixed.says("incident", "merge", "1", "2", "--by", "ann")

    assert said == "incident 2 is part of incident 1 (by ann)\n"
    assert grouped(mixed) == {1: ("open", 4), 2: ("merged", 1)}
    types = [one["type"] for one in mixed.answers("deliveries")]
    assert types.count("incident.merged") == 1


def test_the_mentions_of_a_merged_incident_are_listed_as_of_the_one_that_goes_on(mixed: Home):
    mixed.says("incident", "merge", "1", "2")

    listed = Counter(one["incident"] for one in mixed.answers("mentions"))
    assert listed[1] == grouped(mixed)[1][1]
    assert 2 not in listed


def test_incidents_that_became_one_after_they_paged_are_pages_to_status_and_to_tune(mixed: Home):
    mixed.says("incident", "merge", "1", "2")

    [spent] = mixed.answers("status")["budget"]
    [rate] = mixed.answers("tune")["rates"]
    assert (spent["pages"], rate["now"]) == (2, 2.0)


def test_a_mention_goes_to_another_incident(mixed: Home):
    said = mixed.says("incident", "move", "2", "2", "--by", "ann")

    assert said == "mention 2 is in incident 2 (by ann)\n"
    assert grouped(mixed) == {1: ("open", 2), 2: ("open", 2)}


def test_as_json_it_says_what_went_where(mixed: Home):
    found = mixed.answers("incident", "split", "1", "2", "3", "--by", "ann")

    assert (found["verb"], found["by"], found["mentions"]) == ("split", "ann", [2, 3])
    assert (found["from"]["id"], found["from"]["mentions"]) == (1, 1)
    assert (found["to"]["id"], found["to"]["status"], found["to"]["mentions"]) == (3, "open", 2)
    assert mixed.answers("incident", "move", "2", "2", "--by", "bob")["from"]["id"] == 3


def test_as_json_a_story_that_is_no_incident_is_null(mixed: Home):
    assert mixed.answers("incident", "split", "1", "3")["to"] is None


def test_the_timeline_says_who_did_it(mixed: Home):
    mixed.says("incident", "move", "2", "2", "--by", "ann")

    assert [
        (entry["what"], entry["who"], entry["detail"])
        for entry in mixed.answers("incident", "show", "1")["timeline"]
        if entry["who"] == "ann"
    ] == [("move", "ann", "mention 2 to incident 2")]


def test_why_shows_the_way_of_a_mention(mixed: Home):
    mixed.says("incident", "split", "1", "2", "--by", "ann")
    mixed.says("incident", "merge", "2", "3", "--by", "bob\x1b[31m")

    found = mixed.answers("why", "m2")["mention"]
    assert found["filed"]["story_id"] == 2
    assert found["filed"]["how"].startswith("similar 0.")
    assert [
        (step["actor"], step["verb"], step["from_story"], step["to_story"], step["why"])
        for step in found["path"]
    ] == [
        ("ann", "split", 1, 3, "from incident 1"),
        ("bob\x1b[31m", "merge", 3, 2, "from incident 3 to incident 2"),
    ]
    text = mixed.says("why", "m2")
    assert "filed    story 1 (similar 0." in text
    assert "  split into story 3 by ann (from incident 1)" in text
    assert "  merge into story 2 by bob" in text
    assert "\x1b" not in text


def test_the_decisions_about_a_mention_are_those_of_all_the_stories_it_came_to(mixed: Home):
    [first] = mixed.answers("why", "m2")["mention"]["decisions"]

    mixed.says("incident", "move", "2", "2")
    mixed.says("incident", "merge", "2", "1")

    found = mixed.answers("why", "m2")["mention"]["decisions"]
    assert found[0] == first
    assert [(one["story_id"], one["incident_id"]) for one in found] == [(1, 1), (2, 2)]
    before = mixed.answers("why", "m4")["mention"]["decisions"]
    assert [one["story_id"] for one in before] == [2], "nothing went with it"
    merged = mixed.answers("why", "m1")["mention"]["decisions"]
    assert [one["story_id"] for one in merged] == [1, 2]


def test_what_was_filed_nowhere_and_put_somewhere_says_so(lived_in: Home):
    lived_in.says("incident", "move", "3", "1", "--by", "ann")

    text = lived_in.says("why", "m3")
    assert "filed    nowhere: not about it" in text
    assert "  move into story 1 by ann (to incident 1)" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("merge", "1", "7"), "there is no incident 7"),
        (("merge", "7", "1"), "there is no incident 7"),
        (("split", "7", "1"), "there is no incident 7"),
        (("split", "1", "99"), "there is no mention 99"),
        (("move", "99", "1"), "there is no mention 99"),
        (("move", "1", "7"), "there is no incident 7"),
    ],
)
def test_an_id_that_is_not_there_is_an_error_that_names_it(mixed: Home, arguments, complaint):
    error = mixed.run("incident", *arguments).exception

    assert isinstance(error, NotFoundError)
    assert str(error) == complaint


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("split", "1", "1", "2", "3"), "all mentions of incident 1 cannot be split away"),
        (("split", "1", "4"), "mention 4 is not in incident 1"),
        (
            ("move", "4", "1"),
            ("mention 4 is all that incident 2 has; merge them: monitor incident merge 1 2"),
        ),
        (("move", "1", "1"), "mention 1 is in incident 1 already"),
    ],
)
def test_what_cannot_be_repaired_is_an_error_that_says_why(mixed: Home, arguments, complaint):
    before = grouped(mixed)
    error = mixed.run("incident", *arguments).exception

    assert isinstance(error, InputError)
    assert str(error).startswith(complaint)
    assert grouped(mixed) == before


@pytest.mark.parametrize(
    "arguments", [("split", "1"), ("merge", "1"), ("move", "one", "2"), ("split", "1", "x")]
)
def test_half_a_command_is_a_usage_error(home: Home, arguments):
    assert home.run("incident", *arguments).exit_code == 2


def test_as_a_program_it_leaves_with_the_exit_codes_of_the_contract(mixed: Home):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "monitor", "incident", *arguments],
            cwd=mixed.path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    done, again = run("merge", "1", "2", "--by", "ann"), run("merge", "1", "2")

    assert (done.returncode, done.stdout) == (0, "incident 2 is part of incident 1 (by ann)\n")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "monitor: incident 2 is part of incident 1 already\n"
