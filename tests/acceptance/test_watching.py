"""One daemon that runs through all of this: it sees, tells once, and answers questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

import pytest

from tests.acceptance.feeds import Feed, Site, site
from tests.acceptance.house import ROOT, Daemon, House, get, wait_for
from tests.acceptance.receiver import PATH, SECRET, Answers, Message, Receiver, receiver
from tests.acceptance.stories import CRASH, GRAVE, LEAK, POISON, ROUTINE
from tests.servers import Answer, Received

#: Each test has a brand, and so a feed, of its own: they run in any order.
BRANDS = (
    "Meridian Air",
    "Castell Bank",
    "Norvik Rail",
    "Solenne Foods",
    "Tarn Telecom",
    "Orla Care",
)


@dataclass(frozen=True)
class Watch:
    """The running daemon and all that is around it."""

    house: House
    daemon: Daemon
    feeds: Site
    leaders: Receiver
    desk: str

    def feed(self, brand: str) -> Feed:
        return self.feeds.feed(_path(brand))

    def told(self, brand: str) -> list[Message]:
        """Wait until the leaders heard of this brand."""
        return wait_for(lambda: self.leaders.about(brand), what=self.daemon.stderr.read_text)

    def polled_again(self, brand: str, times: int = 2) -> None:
        feed = self.feed(brand)
        before = feed.polls
        wait_for(lambda: feed.polls > before + times, what=lambda: f"{feed.polls} polls")

    def read_all(self, brand: str, count: int) -> None:
        """Wait until so many mentions of the brand are read and decided on."""
        wait_for(
            lambda: self.house.count(_READ, brand) >= count,
            what=lambda: self.house.rows(_READ, brand),
        )


_READ = """
    SELECT count(*) FROM mentions JOIN verdicts ON mention_id = mentions.id WHERE brand = ?"""


def _path(brand: str) -> str:
    return "/" + brand.split(maxsplit=1)[0].lower()


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with ExitStack() as stack:
        feeds, leaders = stack.enter_context(site()), stack.enter_context(receiver())
        house = House(tmp_path_factory.mktemp("watch"))
        for brand in BRANDS:
            house.brand(brand)
            feeds.feed(_path(brand))
            house.source(brand, feeds.url(_path(brand)), brands=[brand])
        house.webhook("leadership", "env:HOOK_URL", secret="env:HOOK_SECRET")
        desk = house.listen()
        house.write()
        daemon = stack.enter_context(house.daemon(HOOK_URL=leaders.url, HOOK_SECRET=SECRET))
        wait_for(lambda: get(f"{desk}/readyz").status_code == 200)
        yield Watch(house, daemon, feeds, leaders, desk)
    assert not leaders.forged
    assert not leaders.repeated


def test_a_grave_post_published_after_the_start_reaches_the_webhook(watch: Watch) -> None:
    brand = "Meridian Air"
    watch.feed(brand).publish(*(text.format(brand=brand) for text in ROUTINE))
    watch.feed(brand).publish(GRAVE.format(brand=brand))
    (message, *_) = watch.told(brand)
    assert message.type == "incident.opened"
    assert message.incident["level"] in {"warning", "critical"}
    assert "mistreatment" in message.incident["harms"]
    assert GRAVE.format(brand=brand)[:80] in message.texts
    assert sum(part["value"] for part in message.data["why"]) == pytest.approx(
        watch.house.answers("incident", "show", str(message.incident["id"]))["risk"], abs=0.001
    )


def test_ordinary_posts_are_stored_and_nobody_is_told(watch: Watch) -> None:
    brand = "Tarn Telecom"
    watch.feed(brand).publish(*(text.format(brand=brand) for text in ROUTINE))
    watch.read_all(brand, len(ROUTINE))
    watch.polled_again(brand)
    assert not watch.leaders.about(brand)
    silent = watch.house.rows(
        "SELECT reason FROM decisions JOIN mentions ON mentions.id = mention_id"
        " WHERE brand = ? AND decisions.incident_id IS NULL",
        brand,
    )
    assert silent, "silence has its reason in the log, too"


def test_a_story_that_stands_where_it_stood_is_told_once(watch: Watch) -> None:
    brand = "Castell Bank"
    watch.feed(brand).publish(LEAK.format(brand=brand))
    watch.told(brand)
    watch.polled_again(brand, times=4)
    assert [message.type for message in watch.leaders.about(brand)] == ["incident.opened"]


def test_two_hundred_copies_of_a_post_are_one_incident(watch: Watch) -> None:
    brand = "Norvik Rail"
    text = CRASH.format(brand=brand)
    for number in range(200):
        watch.feed(brand).publish(text, author=f"@witness{number}")
    watch.read_all(brand, 200)
    messages = watch.told(brand)
    watch.polled_again(brand)
    assert len({message.incident["id"] for message in messages}) == 1
    assert watch.house.count("SELECT count(*) FROM incidents WHERE brand = ?", brand) == 1
    (open_,) = [i for i in watch.house.answers("incidents") if i["brand"] == brand]
    assert open_["mention_count"] == 200
    # It may rise a level or two on the way up, but never with each post.
    assert len(watch.leaders.about(brand)) <= 3


def test_everything_that_was_told_can_be_asked_from_the_live_database(watch: Watch) -> None:
    brand = "Solenne Foods"
    watch.feed(brand).publish(POISON.format(brand=brand))
    (message, *_) = watch.told(brand)
    rows = watch.house.rows("SELECT id, brand FROM open_incidents WHERE brand = ?", brand)
    assert rows == [(message.incident["id"], brand)]
    views = ("incident_timeline", "source_health", "delivery_health", "praise")
    assert all(watch.house.count(f"SELECT count(*) >= 0 FROM {view}") for view in views)  # noqa: S608
    found = watch.house.answers("mentions", "contaminated milk", "--brand", brand)
    assert [one["brand"] for one in found] == [brand]
    why = watch.house.answers("why", str(found[0]["id"]))
    assert any("threshold" in decision["reason"] for decision in why["mention"]["decisions"])


def test_health_and_metrics_are_served(watch: Watch) -> None:
    assert get(f"{watch.desk}/livez").json()["alive"] is True
    assert get(f"{watch.desk}/readyz").json() == {"ready": True, "reasons": []}
    watch.polled_again("Tarn Telecom", times=1)
    metrics = get(f"{watch.desk}/metrics")
    assert metrics.status_code == 200
    assert metrics.text.count("# HELP") > 5
    assert 'source="Tarn Telecom"' in metrics.text


def test_the_inbox_shows_an_alert_and_runs_nothing_that_came_with_it(watch: Watch) -> None:
    brand = "Castell Bank"
    text = LEAK.format(brand=brand) + " <script>alert(1)</script>"
    watch.feed(brand).publish(text)
    watch.told(brand)
    page = get(f"{watch.desk}/inbox")
    assert page.status_code == 200
    assert brand in page.text
    assert "<script>alert(1)" not in page.text


def test_the_status_tells_quiet_from_blind(watch: Watch) -> None:
    watch.polled_again("Meridian Air")
    status = watch.house.answers("status")
    assert {source["name"]: source["state"] for source in status["sources"]} == dict.fromkeys(
        BRANDS, "healthy"
    )
    assert status["outbox"]["dead"] == 0


def test_a_second_daemon_names_the_first_and_leaves(watch: Watch) -> None:
    second = watch.house.run("run", HOOK_URL=watch.leaders.url, HOOK_SECRET=SECRET)
    assert second.returncode == 4
    assert str(watch.daemon.process.pid) in second.stderr
    assert watch.daemon.process.poll() is None


def test_no_secret_is_written_anywhere(watch: Watch) -> None:
    brand = "Orla Care"
    # A receiver that shows the address it was asked under must not put it into our log either.
    watch.leaders.answer = _once_echoing(watch.leaders.answer)
    watch.feed(brand).publish(POISON.format(brand=brand))
    wait_for(lambda: watch.house.count("SELECT count(*) FROM attempts WHERE status = 500") > 0)
    written = [file.read_bytes() for file in watch.house.path.iterdir() if file.is_file()]
    written += [watch.house.says(*words).encode() for words in (["deliveries"], ["status"])]
    for secret in (SECRET, SECRET.removeprefix("whsec_"), PATH, PATH.rsplit("/", 1)[1]):
        assert not any(secret.encode() in one for one in written), secret


def _once_echoing(then: Answers) -> Answers:
    """Answer the next request with 500 and its own path, the ones after it as before."""
    asked = count()

    def answer(request: Received) -> Answer:
        if next(asked):
            return then(request)
        return Answer(status=500, body=f"no such page: {request.path}".encode())

    return answer


def test_the_shipped_model_is_what_reads(watch: Watch) -> None:
    started = watch.daemon.logged("started")[0]
    assert str(started["model"]).startswith((ROOT / "models" / "incident").name)
