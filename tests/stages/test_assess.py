"""From unread mentions to incidents, decisions and alerts in the outbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from monitor.core.answers import Answer
from monitor.core.policy import Reason
from monitor.core.polling import RawItem
from monitor.core.settings import SourceSettings
from monitor.core.stories import Merge
from monitor.core.types import Level, Status, Verdict
from monitor.errors import ModelError
from monitor.stages import answer
from tests.fakes import FakeClassifier, page, verdict
from tests.stages.conftest import FEED, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"


async def test_one_grave_post_opens_an_incident_and_alerts(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))

    [event] = world.events
    assert event.type == "incident.opened"
    assert event.incident.level >= Level.WARNING
    assert event.incident.mention_count == 1
    assert [e.text for e in event.evidence] == [DRAGGED]
    assert sum(part.value for part in event.parts) == pytest.approx(event.incident.risk)


async def test_the_alert_is_in_the_outbox_with_its_incident(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))

    [(incident, title)] = world.rows("SELECT id, title FROM incidents")
    [(alert, body)] = world.rows(
        "SELECT incident_id, body FROM alerts WHERE type LIKE 'incident%'"
    )
    assert alert == incident
    assert json.loads(str(body))["data"]["incident"]["title"] == title
    assert world.rows("SELECT webhook, state FROM deliveries") == [("leadership", "pending")]


async def test_routine_complaints_stay_silent_and_the_reason_is_kept(world: World):
    await world.start()
    await world.see(item(1, "Two hours in the queue at Meridian Air again"))

    assert world.events == []
    [(incident, reason, level)] = world.rows("SELECT incident_id, reason, level FROM decisions")
    assert (incident, level) == (None, "quiet")
    assert "watch" in str(reason)


async def test_two_hundred_posts_of_one_story_are_one_incident(world: World):
    await world.start()
    posts = [item(n, f"{DRAGGED} #{n}", ago=timedelta(seconds=200 - n)) for n in range(200)]
    await world.see(*posts)

    assert world.rows("SELECT mention_count, author_count FROM incidents") == [(200, 200)]
    assert world.told.count("incident.opened") == 1
    assert len(world.told) <= 3, "at most one alert for each step of the ladder"
    assert world.rows("SELECT count(*) FROM incident_mentions") == [(200,)]


async def test_a_mention_that_is_not_about_the_brand_is_stored_and_counts_nowhere(world: World):
    await world.start()
    await world.see(
        item(1, "Meridian football club dragged through the mud".replace("dragged", "was"))
    )

    assert world.rows("SELECT count(*) FROM mentions") == [(1,)]
    assert world.rows("SELECT count(*) FROM story_mentions") == [(0,)]
    assert world.rows("SELECT about FROM verdicts") == [(0.02,)]
    assert world.rows("SELECT count(*) FROM decisions") == [(0,)]


async def test_an_assumed_brand_is_not_asked_about(store):
    source = SourceSettings(
        name="a",
        kind="feed",
        url=FEED,
        every=timedelta(minutes=5),
        brands=("Meridian Air",),
        assume_brand=True,
    )
    world = World(store=store, settings=replace(SETTINGS, sources=(source,)))
    await world.start()
    await world.see(item(1, "football on the screens, all fine"))

    assert world.rows("SELECT count(*) FROM story_mentions") == [(1,)]


async def test_old_news_at_a_first_start_pages_nobody(world: World):
    await world.start()
    await world.see(item(1, DRAGGED, ago=timedelta(days=3)))

    assert world.events == []
    assert world.rows("SELECT history FROM mentions") == [(1,)]
    assert world.rows("SELECT reason FROM decisions") == [(Reason.OLD_NEWS.value,)]


async def test_an_older_item_that_appears_late_does_alert(world: World):
    await world.start()
    await world.see(item(1, "Meridian Air flies to Oslo"))
    await world.see(item(2, DRAGGED, ago=timedelta(days=3)))

    assert world.told == ["incident.opened"]


async def test_a_repost_is_counted_but_not_read_again(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    world.clock.forward(timedelta(minutes=5))
    await world.see(item(2, f"RT @author1: {DRAGGED}", repost_of="1"))

    assert not any("RT" in reading.text for reading in world.classifier.asked)
    assert world.rows("SELECT mention_count, repost_count FROM incidents") == [(2, 1)]


async def test_a_repost_of_something_unknown_is_read(world: World):
    await world.start()
    await world.see(item(2, f"RT @other: {DRAGGED}", repost_of="never seen"))

    assert len(world.classifier.asked) == 1


async def test_an_edited_post_is_read_again_in_its_story(world: World):
    await world.start()
    await world.see(item(1, "Meridian Air gate 12, something is going on"))
    assert world.events == []

    await world.see(item(1, DRAGGED))

    assert world.told == ["incident.opened"]
    assert world.rows("SELECT count(*) FROM mentions") == [(1,)]
    assert world.rows("SELECT count(DISTINCT story_id) FROM story_mentions") == [(1,)]
    assert world.rows("SELECT mention_count, author_count FROM incidents") == [(1, 1)]


async def test_silence_on_sameness(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    before = len(world.events)
    for n in range(2, 6):
        world.clock.forward(timedelta(minutes=1))
        await world.see(item(n, f"{DRAGGED} again"))

    assert all(event.type == "incident.escalated" for event in world.events[before:])
    reasons = world.rows("SELECT DISTINCT reason FROM decisions")
    assert len(reasons) >= 2, "every decision is kept, the silent ones too"


async def test_a_restart_goes_on_with_the_same_stories(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    world.assess = world.new_assess()
    await world.assess.start(world.clock())
    world.clock.forward(timedelta(minutes=2))
    await world.see(item(2, f"{DRAGGED} and crying"))

    assert world.rows("SELECT id, mention_count FROM incidents") == [(1, 2)]
    assert world.told.count("incident.opened") == 1


async def test_what_people_dismissed_stays_silent(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    said = Answer(verb="dismiss", actor="ann", text="not-us")
    answer.take(world.store, world.settings, 1, said, now=world.clock())
    world.events.clear()
    world.clock.forward(timedelta(minutes=2))
    await world.see(item(2, DRAGGED))

    assert world.events == []
    assert world.rows("SELECT status FROM incidents") == [("dismissed",)]


async def test_a_resolved_story_that_comes_back_is_reopened(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    said = Answer(verb="resolve", actor="ann")
    answer.take(world.store, world.settings, 1, said, now=world.clock())
    world.events.clear()
    world.clock.forward(timedelta(hours=3))
    await world.see(*[item(n, f"{DRAGGED} {n}", published_at=world.clock()) for n in range(2, 12)])

    assert world.told[:1] == ["incident.reopened"]
    assert world.rows("SELECT status, resolved_at FROM incidents") == [("open", None)]
    assert ("reopen", "monitor") in world.rows("SELECT verb, actor FROM actions")


async def test_stories_that_turn_out_to_be_one_are_merged(world: World):
    link = "https://video.example/v/77"
    await world.start()
    await world.see(item(1, f"Meridian Air dragged her out, watch {link}"))
    await world.see(item(2, f"Unbelievable scenes, crew dragged someone, Meridian Air {link}"))
    if world.rows("SELECT count(*) FROM incidents") == [(1,)]:
        return  # grouped at arrival already
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())

    assert "incident.merged" in world.told
    assert sorted(world.rows("SELECT status FROM incidents")) == [("merged",), ("open",)]
    assert world.store.live_incidents()[0].mention_count == 2


async def test_stories_merged_in_a_chain_end_in_one_incident(world: World):
    texts = (
        "Meridian Air crew bedragged grandmother",
        "tarmac pilot outdragged luggage cart somebody Meridian Air",
        "leaked memo redragged victims paid Meridian Air",
    )
    await world.start()
    for number, text in enumerate(texts, start=1):
        await world.see(item(number, text))
    stories = [int(str(s)) for (s,) in world.rows("SELECT DISTINCT story_id FROM story_mentions")]
    assert len(stories) == 3
    one, two, three = sorted(stories)
    chain = (
        Merge(brand="Meridian Air", kept=two, gone=three, how="similar 0.30"),
        Merge(brand="Meridian Air", kept=one, gone=two, how="similar 0.30"),
    )
    world.assess._tracker._stories.merge = lambda now: chain
    world.events.clear()
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())

    assert world.rows("SELECT DISTINCT story_id FROM story_mentions") == [(one,)]
    [left] = world.store.live_incidents()
    assert left.mention_count == 3
    assert world.told.count("incident.merged") == 2
    # What it is together is judged anew, not as old news.
    [(reason,)] = world.rows("SELECT reason FROM decisions ORDER BY id DESC LIMIT 1")
    assert reason != Reason.OLD_NEWS.value


MEMBERS = "SELECT mention_count, (SELECT count(*) FROM incident_mentions) FROM incidents"


async def test_an_incident_holds_the_mentions_that_it_counts(world: World):
    """Who spoke of the same thing before anything was held against the brand is no part of it."""
    app = "boarding lottery app row seven window seat Meridian Air"
    await world.start()
    await world.see(*(item(n, f"{app} {n}", ago=timedelta(hours=9)) for n in range(3)))
    await world.see(item(8, f"dragged {app}"), item(9, f"{app} again"))

    assert world.rows("SELECT DISTINCT story_id FROM story_mentions") == [(1,)]
    assert world.rows(MEMBERS) == [(2, 2)]


async def test_what_was_complained_of_before_it_was_an_incident_is_part_of_it(world: World):
    app = "boarding lottery app row seven window seat Meridian Air"
    await world.start()
    for n in range(3):
        await world.see(item(n, f"queue {app} {n}"))
    assert world.rows(MEMBERS) == []
    await world.see(item(8, f"dragged {app}"))
    assert world.rows(MEMBERS) == [(4, 4)]
    await world.see(item(9, f"dragged {app} too"))

    assert world.rows("SELECT DISTINCT story_id FROM story_mentions") == [(1,)]
    assert world.rows(MEMBERS) == [(5, 5)]


async def test_what_was_pruned_while_its_story_went_on_is_no_part_of_the_incident(world: World):
    """A short retention, or a story that goes on for longer than a long one."""
    app = "boarding lottery app row seven window seat Meridian Air"
    await world.start()
    for n in range(5):
        await world.see(item(n, f"queue {app} {n}", published_at=world.clock()))
        world.clock.forward(timedelta(hours=1))
    assert world.store.prune(before=NOON + timedelta(minutes=90), limit=100).mentions == 2
    await world.see(item(8, f"dragged {app}", published_at=world.clock()))

    assert world.rows("SELECT DISTINCT story_id FROM story_mentions") == [(1,)]
    assert world.rows(MEMBERS) == [(4, 4)]


async def test_two_stories_can_be_joined_though_all_of_one_was_pruned(world: World):
    """What was said in it is in mind, and nowhere else."""
    await world.start()
    await world.see(item(1, DRAGGED), item(2, "seat 8 is wet, Meridian Air"))
    kept, gone = (int(str(s)) for (s,) in world.rows("SELECT story_id FROM story_mentions"))
    assert world.store.prune(before=NOON + timedelta(minutes=1), limit=100).mentions == 1
    merge = Merge(brand="Meridian Air", kept=kept, gone=gone, how="similar 0.30")
    world.assess._tracker._stories.merge = lambda now: (merge,)
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())
    await world.see(item(3, f"{DRAGGED} again", published_at=world.clock()))

    assert world.rows(MEMBERS) == [(2, 2)]
    assert world.rows("SELECT mention_id FROM decisions ORDER BY id DESC LIMIT 1") == [(3,)]


async def test_a_dismissed_incident_whose_story_joins_another_is_told_of_no_more(world: World):
    await world.start()
    await world.see(item(1, "Meridian Air crew bedragged grandmother"))
    await world.see(item(2, "tarmac pilot outdragged luggage cart somebody Meridian Air"))
    one, two = (int(str(s)) for (s,) in world.rows("SELECT story_id FROM story_mentions"))
    said = Answer(verb="dismiss", actor="ann", text="not-us")
    answer.take(world.store, world.settings, 2, said, now=world.clock())
    world.events.clear()
    merge = Merge(brand="Meridian Air", kept=one, gone=two, how="similar 0.30")
    world.assess._tracker._stories.merge = lambda now: (merge,)
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())

    assert "incident.merged" not in world.told
    assert world.rows("SELECT id, status, mention_count FROM incidents") == [
        (1, "open", 2),
        (2, "dismissed", 1),
    ]


async def test_an_open_incident_does_not_go_into_one_that_people_dismissed(world: World):
    """Nobody said that this one is none, whichever of the two stories is older."""
    await world.start()
    await world.see(item(1, "Meridian Air crew bedragged grandmother"))
    said = Answer(verb="dismiss", actor="ann", text="false-alarm")
    answer.take(world.store, world.settings, 1, said, now=world.clock())
    await world.see(item(2, "tarmac pilot outdragged luggage cart somebody Meridian Air"))
    one, two = (int(str(s)) for (s,) in world.rows("SELECT story_id FROM story_mentions"))
    world.events.clear()
    merge = Merge(brand="Meridian Air", kept=one, gone=two, how="similar 0.30")
    world.assess._tracker._stories.merge = lambda now: (merge,)
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())

    found = "SELECT id, status, mention_count FROM incidents"
    assert world.told == []
    assert world.rows(found) == [(1, "dismissed", 1), (2, "open", 2)]
    assert world.assess._tracker.alerted("Meridian Air") == [one]
    world.assess = world.new_assess()
    await world.assess.start(world.clock())
    await world.see(item(3, "Meridian Air crew bedragged grandmother again"))
    assert world.rows(found) == [(1, "dismissed", 1), (2, "open", 3)]


async def test_but_into_one_that_was_resolved_which_comes_back_so(world: World):
    await world.start()
    await world.see(item(1, "Meridian Air crew bedragged grandmother"))
    said = Answer(verb="resolve", actor="ann")
    answer.take(world.store, world.settings, 1, said, now=world.clock())
    now = world.clock.forward(timedelta(hours=3))
    text = "tarmac pilot outdragged luggage cart somebody Meridian Air"
    await world.see(item(2, text, published_at=now))
    world.events.clear()
    merge = Merge(brand="Meridian Air", kept=1, gone=2, how="similar 0.30")
    world.assess._tracker._stories.merge = lambda now: (merge,)
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())

    assert world.told == ["incident.merged", "incident.reopened"]
    assert world.rows("SELECT status FROM incidents ORDER BY id") == [("open",), ("merged",)]


async def test_an_incident_that_an_older_story_takes_over_holds_that_ones_mentions(world: World):
    await world.start()
    await world.see(item(1, "seat 8 is wet, Meridian Air"))
    await world.see(item(2, DRAGGED, ago=timedelta(minutes=1)))
    known, told = (int(str(s)) for (s,) in world.rows("SELECT story_id FROM story_mentions"))
    merge = Merge(brand="Meridian Air", kept=known, gone=told, how="similar 0.30")
    world.assess._tracker._stories.merge = lambda now: (merge,)
    world.clock.forward(timedelta(minutes=11))
    await world.assess.step(world.clock())

    assert world.rows(MEMBERS) == [(2, 2)]
    assert world.assess._tracker.alerted("Meridian Air") == [known]


async def test_the_first_post_comes_first_even_if_the_feed_lists_it_last(world: World):
    await world.start()
    newest_first = [item(n, f"{DRAGGED} {n}", ago=timedelta(minutes=n)) for n in range(5)]
    await world.see(*newest_first)

    [event] = [event for event in world.events if event.type == "incident.opened"]
    assert event.incident.first_seen_at == NOON - timedelta(minutes=4)
    assert event.incident.status is Status.OPEN


async def test_a_text_that_breaks_the_model_costs_itself_alone(world: World):
    await world.start()
    read = world.classifier.classify

    def fragile(readings):
        if any("poison" in reading.text for reading in readings):
            raise RuntimeError("the model broke")
        return read(readings)

    world.classifier.classify = fragile
    await world.see(item(1, "Meridian Air poison"), item(2, DRAGGED))

    assert world.told == ["incident.opened"]
    assert sorted(world.rows("SELECT model, about > 0.9 FROM verdicts")) == [
        ("fake-1", 1),
        ("unread", 0),
    ]
    await world.see(item(3, "Meridian Air poison again"))
    assert world.rows("SELECT count(*) FROM verdicts") == [(3,)]


async def test_a_model_that_reads_nothing_is_not_passed_over(world: World):
    await world.start()

    def broken(readings):
        raise RuntimeError("the model broke")

    world.classifier.classify = broken
    with pytest.raises(ModelError, match="fake-1: none of 2 texts could be read"):
        await world.see(item(1, DRAGGED), item(2, DRAGGED))
    assert world.rows("SELECT count(*) FROM verdicts") == [(0,)]


async def test_one_batch_is_one_alert_that_counts_all_of_it(world: World):
    await world.start()
    await world.see(
        item(1, DRAGGED, ago=timedelta(minutes=9)),
        item(2, "Meridian Air crew dragged a man in the aisle too", ago=timedelta(minutes=8)),
        item(3, f"{DRAGGED}, I filmed it", ago=timedelta(minutes=7)),
    )

    [event] = world.events
    assert event.type == "incident.opened"
    assert event.incident.mention_count == 3
    assert sum(part.value for part in event.parts) == pytest.approx(event.incident.risk)
    newest = "SELECT native_id FROM mentions JOIN decisions ON mention_id = mentions.id"
    assert world.rows(newest) == [("3",)]


async def test_how_late_an_alert_is_counts_from_the_first_post(world: World):
    await world.start()
    await world.see(item(1, DRAGGED, ago=timedelta(minutes=9)))

    counted = [one for one in world.telemetry.counted if one[0] == "alerted"]
    assert counted == [("alerted", "incident.opened", timedelta(minutes=9))]


async def test_what_is_written_is_kept_in_mind_no_longer(world: World):
    await world.start()
    await world.see(*(item(n, f"{DRAGGED} {n}") for n in range(3)))

    assert world.assess._tracker._unwritten == {}


async def test_nothing_unread_means_nothing_done(world: World):
    await world.start()

    assert await world.assess.step(world.clock()) is False


class Voices(FakeClassifier):
    """Hears what is loud as a page, and a whisper as what deserves a look."""

    def _read(self, text: str) -> Verdict:
        if "loud" in text:
            return verdict(alarm=0.9, severity=3.0, firsthand=0.9, mistreatment=0.9)
        if "whisper" in text:
            return verdict(alarm=0.4, severity=2.0, mistreatment=0.45)
        return super()._read(text)


def crowd() -> list[RawItem]:
    """Twelve people tell one event, each in words of their own."""
    return [
        item(
            n,
            " ".join(f"word{n}{place}" for place in range(6))
            + " dragged wheelchair user Meridian Air",
        )
        for n in range(12)
    ]


async def say_while_everybody_speaks(world: World, text: str) -> None:
    """One post more, forty minutes after a crowd; what was told of the crowd is forgotten."""
    world.read_by(Voices())
    await world.start()
    await world.see(*crowd())
    world.events.clear()
    now = world.clock.forward(timedelta(minutes=40))
    await world.see(item("x", text, published_at=now))


async def test_a_page_about_what_everybody_speaks_of_is_told_as_news_of_it(world: World):
    await say_while_everybody_speaks(world, "loudhashtag trending worldwide Meridian Air")

    assert world.rows("SELECT count(*) FROM incidents") == [(1,)]
    [told] = world.events
    assert told.type == "incident.updated"
    assert told.reason == "Another side of it: “loudhashtag trending worldwide Meridian Air”."
    assert told.incident.mention_count == 13
    [(why,)] = world.rows("SELECT why FROM regroupings")
    assert why == "a side of what 12 posts of a day speak of"


async def test_a_side_told_where_nobody_had_spoken_of_it_says_so(world: World) -> None:
    world.read_by(Voices())
    await world.start()
    await world.see(*crowd())
    world.events.clear()
    now = world.clock.forward(timedelta(minutes=5))
    words = "loudhashtag trending worldwide Meridian Air"
    world.reader.page("page", item("x", words, published_at=now))
    await world.poll.round(now, everything=True)
    world.rows("UPDATE mentions SET kind = 'reddit' WHERE native_id = 'x'")
    await world.assess.step(now)

    [told] = world.events
    assert told.reason.startswith(
        "Another side of it: “loudhashtag trending worldwide Meridian Air”. "
        "Now also seen on: reddit."
    )


async def test_another_side_is_an_alert_from_which_the_next_growth_is_counted(world: World):
    await say_while_everybody_speaks(world, "loudhashtag trending worldwide Meridian Air")

    [(told_at,)] = world.rows("SELECT max(created_at) FROM alerts")
    assert world.rows("SELECT last_alert_at FROM incidents") == [(told_at,)]


async def test_a_side_that_would_only_be_watched_is_told_to_nobody(world: World):
    await say_while_everybody_speaks(world, "some whisper on trending Meridian Air")

    assert world.rows("SELECT count(*), max(mention_count) FROM incidents") == [(1, 13)]
    assert world.told == []


class Leaning(FakeClassifier):
    """Says which way a text leans: an accident, another side of it, or something else."""

    #: Word in the text: what it is taken to say, and the direction of its meaning.
    SAID: ClassVar = {
        "loud": (verdict(alarm=0.9, severity=3.0, mistreatment=0.9), (120, 20, 10)),
        "leak": (verdict(alarm=0.9, severity=3.0, privacy=0.9), (110, 35, 20)),
        "strike": (verdict(alarm=0.9, severity=3.0, labour=0.9), (-20, -40, 120)),
        "joke": (verdict(), (118, 25, 12)),
        "thanks": (verdict(praise=0.9), (118, 25, 12)),
    }

    def _read(self, text: str) -> Verdict:
        said = (each for word, each in self.SAID.items() if word in text)
        read, leaning = next(said, (verdict(), (10, 120, -60)))
        return replace(read, vector=bytes(number % 256 for number in leaning))


def told(word: str, ways: Iterable[int]) -> list[RawItem]:
    """One event, each post in words of its own but for a few."""
    return [
        item(
            f"{word}{n}",
            f"{word} {word}ing {word}ed "
            + " ".join(f"{word}{n}x{place}" for place in range(4))
            + " Meridian Air",
        )
        for n in ways
    ]


@pytest.fixture
async def leaning(world: World) -> World:
    """A crowd of thirty speaks of an event, and ten of nothing."""
    world.read_by(Leaning())
    await world.start()
    await world.see(*told("quiet", range(10)))
    await world.see(*told("loud", range(30)))
    assert world.rows("SELECT count(*), max(mention_count) FROM incidents") == [(1, 30)]
    return world


async def test_another_harm_that_means_the_same_is_a_side_of_what_a_crowd_speaks_of(
    leaning: World,
) -> None:
    await leaning.see(*told("leak", [1]))

    assert leaning.rows("SELECT count(*), max(mention_count) FROM incidents") == [(1, 31)]
    [(why,)] = leaning.rows("SELECT why FROM regroupings ORDER BY id DESC LIMIT 1")
    assert str(why).startswith("near in meaning, ")


async def test_a_new_story_becomes_its_own_incident_while_a_crowd_speaks_of_another(
    leaning: World,
) -> None:
    await leaning.see(*told("strike", [1]))

    assert leaning.rows("SELECT mention_count FROM incidents ORDER BY id") == [(30,), (1,)]


async def test_two_incidents_that_grew_into_one_are_merged_and_people_are_told(
    leaning: World,
) -> None:
    leaning.rows("UPDATE incidents SET level = 'watch'")
    await leaning.see(*told("leak", range(4)))
    assert leaning.rows("SELECT count(*) FROM incidents") == [(2,)]

    leaning.clock.forward(timedelta(minutes=10))
    await leaning.assess.step(leaning.clock())

    assert leaning.rows("SELECT status, mention_count FROM incidents ORDER BY id") == [
        ("open", 34),
        ("merged", 4),
    ]
    [merged] = [event for event in leaning.events if event.type == "incident.merged"]
    assert "and both spoken of today" in merged.reason


@pytest.mark.parametrize("restarts", [False, True])
async def test_two_incidents_of_which_nobody_speaks_any_more_stay_two(
    world: World, *, restarts: bool
) -> None:
    """Posts of last week may come in late, as when a source is read from its beginning."""
    world.read_by(Leaning())
    await world.start()
    await world.see(*told("quiet", range(10)))
    for word, posts in (("loud", 30), ("leak", 4)):
        late = (
            replace(one, published_at=NOON - timedelta(days=8)) for one in told(word, range(posts))
        )
        await world.see(*late)
        world.rows("UPDATE incidents SET level = 'watch'")
    world.clock.forward(timedelta(minutes=10))
    if restarts:
        world.assess = world.new_assess()
        await world.assess.start(world.clock())

    await world.assess.step(world.clock())

    assert world.rows("SELECT status, mention_count FROM incidents ORDER BY id") == [
        ("open", 30),
        ("open", 4),
    ]


OTHER_WORDS = "aloudness zeppelin kayak marmalade Meridian Air"


async def close(world: World, verb: str, text: str = "") -> None:
    """Three posts tell an event that people are told of, and somebody ends the incident."""
    await world.start()
    await world.see(*told("loud", range(3)))
    said = Answer(verb=verb, actor="ann", text=text)
    answer.take(world.store, SETTINGS, 1, said, now=world.clock.forward(timedelta(minutes=1)))
    world.events.clear()


async def test_what_people_dismissed_takes_nothing_in_that_is_new(world: World) -> None:
    """Not even if somebody repeats what was dismissed in the same moment."""
    world.read_by(Leaning())
    await close(world, "dismiss", "false-alarm")
    now = world.clock.forward(timedelta(minutes=5))
    await world.see(*told("loud", [4]), item(5, OTHER_WORDS, published_at=now))

    assert world.told == ["incident.opened"]
    assert world.rows("SELECT status, mention_count FROM incidents ORDER BY id") == [
        ("dismissed", 4),
        ("open", 1),
    ]


class Worsening(FakeClassifier):
    """Some complain of staff; one tells worse, in other words."""

    def _read(self, text: str) -> Verdict:
        worse = verdict(alarm=0.6, severity=3.0, mistreatment=0.97)
        return worse if "zeppelin" in text else verdict(alarm=0.25, severity=2.0, mistreatment=0.9)


async def test_what_comes_back_and_rises_at_once_is_told_as_reopened_and_is_open(
    world: World,
) -> None:
    world.read_by(Worsening())
    await close(world, "resolve")
    now = world.clock.forward(timedelta(hours=13))
    again = [replace(one, published_at=now) for one in told("loud", range(10, 14))]
    await world.see(*again, item(50, OTHER_WORDS, published_at=now))

    assert world.told == ["incident.reopened"]
    assert world.rows("SELECT status, level, mention_count FROM incidents") == [
        ("open", "critical", 8)
    ]
    assert world.rows("SELECT actor, verb FROM actions") == [
        ("ann", "resolve"),
        ("monitor", "reopen"),
    ]


async def test_a_side_that_makes_an_incident_graver_is_told_as_its_rise(world: World) -> None:
    world.read_by(Worsening())
    await world.start()
    await world.see(*told("loud", range(7)))
    assert world.rows("SELECT level FROM incidents") == [("warning",)]
    world.events.clear()

    now = world.clock.forward(timedelta(minutes=5))
    await world.see(item(50, OTHER_WORDS, published_at=now))

    assert world.told == ["incident.escalated"]
    assert world.rows("SELECT level, mention_count FROM incidents") == [("critical", 8)]


async def test_the_risk_that_people_are_told_is_that_at_the_end_of_the_batch(
    world: World,
) -> None:
    world.read_by(Worsening())
    await world.start()
    await world.see(*told("loud", range(7)))
    now = world.clock.forward(timedelta(minutes=5))
    others = (f"{' '.join(f'z{n}x{i}' for i in range(5))} zeppelin Meridian Air" for n in range(9))
    sides = (item(51 + n, text, published_at=now) for n, text in enumerate(others))
    await world.see(item(50, OTHER_WORDS, published_at=now), *sides)

    event = world.events[-1]
    assert event.type == "incident.escalated"
    assert f"risk {event.incident.risk:.2f}," in event.reason


async def test_what_rises_to_a_page_in_a_batch_takes_in_a_side_that_comes_with_it(
    world: World,
) -> None:
    world.read_by(Worsening())
    await world.start()
    await world.see(*told("loud", range(2)))
    assert world.rows("SELECT level FROM incidents") == [("watch",)]
    now = world.clock.forward(timedelta(minutes=5))
    await world.see(*told("loud", range(2, 8)), item(50, OTHER_WORDS, published_at=now))

    assert world.rows("SELECT level, mention_count FROM incidents") == [("critical", 9)]


async def scandal(world: World, *, days: int = 4) -> None:
    """Some days of two quiet posts each, then thirty in an hour that tell an event."""
    world.read_by(Leaning())
    await world.start()
    for day in range(days):
        await world.see(*(post(f"d{day}{n}", "weather", world) for n in range(2)))
        world.clock.forward(timedelta(days=1))
    await world.see(*(post(f"loud{n}", "loud", world) for n in range(30)))
    assert world.rows("SELECT mention_count FROM incidents") == [(30,)]
    world.events.clear()


def post(id_: str, word: str, world: World) -> RawItem:
    """A post of now that shares no word with others but for this one."""
    words = f"{word} {word}ing {word}ed" if word == "loud" else word
    own = " ".join(f"{id_}x{place}" for place in range(4))
    return item(id_, f"{words} {own} Meridian Air", published_at=world.clock())


async def test_a_quiet_post_is_filed_with_what_everybody_speaks_of_and_nobody_is_told(
    world: World,
) -> None:
    await scandal(world)
    await world.see(post("a", "joke", world), post("b", "weather", world))

    assert world.rows("SELECT mention_count FROM incidents") == [(31,)]
    assert world.told == []
    [(why,)] = world.rows("SELECT why FROM regroupings")
    assert why == "one of 33 mentions in a day, far more than usual"


async def test_what_else_is_said_on_such_a_day_stays_apart(world: World) -> None:
    await scandal(world)
    await world.see(post("a", "thanks", world), post("b", "leak", world))

    assert world.rows("SELECT mention_count FROM incidents ORDER BY id") == [(31,)]
    [(why,)] = world.rows("SELECT why FROM regroupings")
    assert str(why).startswith("near in meaning")


async def test_while_nobody_knows_what_is_usual_quiet_posts_stay_apart(world: World) -> None:
    await scandal(world, days=2)
    await world.see(post("a", "joke", world))

    assert world.rows("SELECT mention_count FROM incidents") == [(30,)]


async def test_a_quiet_post_of_a_brand_without_a_loud_incident_stays_apart(world: World) -> None:
    await scandal(world)
    world.rows("UPDATE incidents SET level = 'watch'")
    await world.see(post("a", "joke", world))

    assert world.rows("SELECT mention_count FROM incidents") == [(30,)]


async def test_what_is_usual_is_known_after_a_restart(world: World) -> None:
    await scandal(world)
    world.assess = world.new_assess()
    await world.start()
    await world.see(post("a", "joke", world))

    assert world.rows("SELECT mention_count FROM incidents") == [(31,)]


async def test_how_much_is_said_is_the_same_after_a_restart(world: World) -> None:
    """Neither what was said before the watch began counts, nor what is said anew by an edit."""
    await world.start()
    old = world.clock() - timedelta(days=20)
    await world.see(item(1, "Meridian Air was late", published_at=old))
    for day in range(2):
        world.clock.forward(timedelta(days=1))
        await world.see(item(2, f"A queue at Meridian Air, edited {day} times"))
    heard = world.assess._tracker.sides._daily
    world.assess = world.new_assess()
    await world.start()

    assert [sum(daily._counts) for daily in heard.values()] == [1]
    assert world.assess._tracker.sides._daily == heard


def growth_of_the_newest(world: World) -> str:
    [(parts,)] = world.rows("SELECT parts FROM decisions ORDER BY id DESC LIMIT 1")
    named = {part["name"]: part["sentence"] for part in json.loads(str(parts))}
    return str(named["growth"])


async def test_a_post_that_is_edited_a_dozen_times_is_one_mention_of_the_hour(world: World):
    await world.start()
    begun = world.clock.forward(timedelta(days=2))
    for number in range(12):
        world.clock.forward(timedelta(minutes=4))
        text = f"Meridian Air live: update {number} on the queue"
        await world.see(item(1, text, published_at=begun))

    assert "the brand has 1 mention within an hour" in growth_of_the_newest(world)


async def test_so_is_one_that_was_edited_while_the_monitor_was_down(world: World):
    await world.start()
    now = world.clock.forward(timedelta(days=2))
    await world.see(item(1, "A queue at Meridian Air", published_at=now))
    world.reader.page("page", item(1, "A long queue at Meridian Air", published_at=now))
    await world.poll.round(world.clock(), everything=True)
    world.assess = world.new_assess()
    await world.start()
    await world.assess.step(world.clock())
    await world.see(item(2, "The queue at Meridian Air is gone", published_at=now))

    held = world.assess._tracker._volume.score("Meridian Air", now, more=0)
    assert held.count == 2, "the edited one and the other"


async def test_of_two_sources_that_count_their_posts_from_one_both_first_ones_are_heard(store):
    """A restart finds both, too."""
    [a] = SETTINGS.sources
    both = (a, replace(a, name="b", url="https://forum.example/b"))
    world = World(store=store, settings=replace(SETTINGS, sources=both))
    await world.start()
    now = world.clock.forward(timedelta(days=2))
    world.reader.page("b", item(1, "Where is the lounge of Meridian Air?", published_at=now))
    world.fetcher.answers("https://forum.example/b", page("b"))
    await world.see(item(1, "A queue at Meridian Air", published_at=now))

    assert "the brand has 2 mentions within an hour" in growth_of_the_newest(world)


async def test_a_batch_that_is_cut_off_leaves_it_torn(world: World):
    """It was filed in mind, and not written: with this tracker it would be counted twice."""
    explaining = asyncio.Event()

    async def stuck(call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        explaining.set()
        await asyncio.Event().wait()

    await world.start()
    await world.see(item(1, "Meridian Air was late"))
    assert not world.assess.is_torn
    world.assess._model = stuck
    step = asyncio.create_task(world.see(item(2, DRAGGED)))
    await explaining.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step

    assert world.assess.is_torn
    assert world.rows("SELECT count(*) FROM unread") == [(1,)]
