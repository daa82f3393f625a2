"""The whole service in this process: toy model, real sockets, real SQLite, real signals."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from monitor import app, frontdesk, lock, service, threads
from monitor.adapters.store import SqliteStore
from monitor.config import load
from monitor.core.explain import Word
from monitor.core.outbox import IncidentEvent
from monitor.core.polling import PollIntent
from monitor.core.repairs import Joining
from monitor.errors import AddressError, DatabaseError, FullError, InputError, ModelError
from monitor.stages import assess
from tests.adapters.store_values import ask
from tests.servers import Answer, Server, serving

pytestmark = pytest.mark.anyio

TINY = Path(__file__).parent / "adapters" / "tiny_model"
SHIPPED = Path(__file__).parents[1] / "models" / "incident"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

CONFIG = """
[monitor]
database = "monitor.db"
model = "model"
contact = "mailto:you@example.com"
http = "127.0.0.1:{port}"
allow_private_hosts = ["127.0.0.1"]

[[brands]]
name = "Zorvex"
description = "kettles"
aliases = ["Zorvex"]

[[sources]]
name = "a"
kind = "feed"
url = "{feed}/a.xml"
every = "1s"
backfill = "all"
brands = ["Zorvex"]
assume_brand = true

[[webhooks]]
name = "inbox"
url = "http://127.0.0.1:{port}/inbox"
secret = "{secret}"
min_level = "watch"

[alerts]
watch = 0.1
warning = 0.2
critical = 0.9
"""


def rss(*texts: str) -> Answer:
    items = "".join(
        f"<item><guid>{text}</guid><title>{text}</title>"
        "<pubDate>Sun, 22 Nov 2026 02:00:00 GMT</pubDate></item>"
        for text in texts
    )
    return Answer(body=f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Place:
    path: Path
    feed: Server
    port: int
    shown: list[IncidentEvent] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    @property
    def desk(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        return ask(self.path / "monitor.db", sql)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[bool]]:
        task = asyncio.create_task(
            service.serve(load(self.config), self.config, show=self.shown.append)
        )
        yield task
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(task, 10)

    async def until(self, condition: Callable[[], object], task: asyncio.Task[bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                assert not task.done(), task
                await asyncio.sleep(0.05)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(f"{self.desk}{path}", headers=headers)


@pytest.fixture
def place(tmp_path: Path):
    model = tmp_path / "model"
    shutil.copytree(TINY, model)
    shutil.copy(SHIPPED / "growth.json", model)
    with serving({"/a.xml": rss("my kettle burned, burned"), "/b.xml": rss("love it")}) as feed:
        port = free_port()
        text = CONFIG.format(port=port, feed=feed.url, secret=SECRET)
        (tmp_path / "config.toml").write_text(text)
        yield Place(tmp_path, feed, port)
    structlog.reset_defaults()


async def test_a_post_becomes_an_alert_in_the_inbox(place: Place):
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        await place.until(
            lambda: place.ask("SELECT state FROM deliveries") == [("delivered",)], task
        )
        page, ready = await place.get("/inbox"), await place.get("/readyz")
        metrics = await place.get("/metrics")

    assert place.shown[0].type == "incident.opened"
    assert "my kettle burned" in page.text
    assert ready.json() == {"ready": True, "reasons": []}
    assert 'polls_total{outcome="ok",source="a"}' in metrics.text
    assert "classify_seconds_count" in metrics.text


def feed_of(*posts: tuple[str, str]) -> Answer:
    """Posts with their ids, a digit, by which they differ in time as well."""
    items = "".join(
        f"<item><guid>{id_}</guid><title>{text}</title>"
        f"<pubDate>Sun, 22 Nov 2026 02:00:0{id_} GMT</pubDate></item>"
        for id_, text in posts
    )
    return Answer(body=f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())


async def test_a_repair_by_another_process_is_taken_over_and_holds(place: Place):
    scald, burn = ("1", "my kettle burned, burned"), ("2", "my kettle burned a hole, burned")
    stories = "SELECT group_concat(story_id) FROM (SELECT * FROM story_mentions ORDER BY 1)"

    def are(*expected: int) -> bool:
        return place.ask(stories) == [(",".join(map(str, expected)),)]

    place.feed.handler = lambda _: feed_of(scald, burn)
    async with place.running() as task:
        await place.until(lambda: place.shown and are(1, 1), task)
        split = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "incident", "split", "1", "2"),
            *("--by", "ann", "--config", str(place.config)),
        )
        assert await split.wait() == 0
        place.feed.handler = lambda _: feed_of(scald, burn, ("3", f"{burn[1]}!"))
        await place.until(lambda: are(1, 2, 2), task)
    # A daemon that starts compares all stories anew: the merging pass is the first thing it does.
    place.feed.handler = lambda _: feed_of(("4", scald[1]), ("5", burn[1]))
    async with place.running() as task:
        await place.until(lambda: are(1, 2, 2, 1, 2), task)

    assert place.ask("SELECT status, mention_count FROM incidents") == [("open", 2), ("open", 3)]
    assert place.ask("SELECT actor, verb FROM regroupings") == [("ann", "split")]


async def test_a_reload_takes_a_new_source_into_use(place: Place):
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        text = place.config.read_text()
        more = text[text.index("[[sources]]") : text.index("[[webhooks]]")]
        added = more.replace('"a"', '"b"').replace("/a.xml", "/b.xml")
        moved = text.replace(str(place.port), "1") + added
        place.config.write_text(moved)
        with capture_logs() as told:
            os.kill(os.getpid(), signal.SIGHUP)
            await place.until(
                lambda: any(request.path == "/b.xml" for request in place.feed.requests), task
            )
        alive = await place.get("/livez")

    assert {"event": "reloading", "config": str(place.config), "log_level": "info"} in told
    assert alive.status_code == 200, "the address of the desk needs a restart"


async def test_a_reload_brings_another_public_address_to_the_desk_and_into_alerts(place: Place):
    text = place.config.read_text()
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        assert (await place.get("/livez", host="desk.example")).status_code == 421
        address = 'public_url = "https://desk.example/"'
        place.config.write_text(text.replace("[monitor]", f"[monitor]\n{address}", 1))
        place.feed.handler = lambda _: feed_of(("7", "another thing burned, a lamp this time"))
        os.kill(os.getpid(), signal.SIGHUP)
        await place.until(lambda: len(place.shown) > 1, task)
        answer = await place.get("/livez", host="desk.example")

    assert answer.status_code == 200
    assert place.shown[-1].links["incident"].startswith("https://desk.example/incidents/")


async def test_a_silence_taken_out_of_the_configuration_lets_go_what_it_held(place: Place):
    text = place.config.read_text()
    now = datetime.now(UTC)
    spans = f"from = {now - timedelta(days=1):%FT%TZ}\nuntil = {now + timedelta(days=1):%FT%TZ}"
    place.config.write_text(f'{text}\n[[silences]]\nname = "move"\nreason = "new core"\n{spans}')
    states = "SELECT state, next_attempt_at > datetime('now', '+23 hours') FROM deliveries"
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        await place.until(lambda: place.ask(states) == [("pending", 1)], task)
        place.config.write_text(text)
        os.kill(os.getpid(), signal.SIGHUP)
        await place.until(lambda: place.ask(states) == [("delivered", None)], task)


async def test_a_batch_that_a_reload_cuts_off_is_counted_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(service, "GRACE", 0.1)
    explaining, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> list[tuple[Word, ...]]:
        explaining.set()
        assert go_on.wait(20)
        raise RuntimeError("too late")

    monkeypatch.setattr(assess, "explain", slow)
    async with place.running() as task:
        await place.until(explaining.is_set, task)
        place.config.write_text(place.config.read_text().replace("/a.xml", "/b.xml"))
        os.kill(os.getpid(), signal.SIGHUP)
        await place.until(lambda: place.feed.requests[-1].path == "/b.xml", task)
        go_on.set()
        await place.until(lambda: place.shown, task)

    counted = place.ask(
        "SELECT mention_count, "
        "(SELECT count(*) FROM incident_mentions WHERE incident_id = incidents.id) FROM incidents"
    )
    assert counted
    assert all(count == stored for count, stored in counted)


async def test_a_bad_reload_changes_nothing_and_is_shown_until_a_good_one(place: Place):
    good, why = place.config.read_text(), "monitor.nonsense: unknown key"
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        place.config.write_text("[monitor]\nnonsense = 1\n")
        os.kill(os.getpid(), signal.SIGHUP)
        before = len(place.feed.requests)
        await place.until(lambda: len(place.feed.requests) > before + 1, task)
        assert lock.noted(place.path / "monitor.db").endswith(f"Z {why}")
        page, metrics = await place.get("/inbox"), await place.get("/metrics")
        place.config.write_text(good)
        os.kill(os.getpid(), signal.SIGHUP)
        await place.until(lambda: not lock.noted(place.path / "monitor.db"), task)
        page_after, metrics_after = await place.get("/inbox"), await place.get("/metrics")

    assert f"and the one before goes on: {why}" in page.text
    assert "config_last_reload_successful 0.0" in metrics.text
    assert "the one before goes on" not in page_after.text
    assert "config_last_reload_successful 1.0" in metrics_after.text


async def test_a_full_disk_does_not_keep_a_reload_from_being_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(lock.Held, "note", full)
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        place.config.write_text("[monitor]\nnonsense = 1\n")
        os.kill(os.getpid(), signal.SIGHUP)
        before = len(place.feed.requests)
        await place.until(lambda: len(place.feed.requests) > before + 1, task)
        assert "the one before goes on" in (await place.get("/inbox")).text


async def test_a_clock_that_is_set_back_begins_all_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    ahead = timedelta(hours=9)
    monkeypatch.setattr(app, "clock", lambda: datetime.now(UTC) + ahead)
    rounds: list[service.Turn] = []

    async def counted(turn: service.Turn, *others: Any) -> None:
        rounds.append(turn)
        await one_round(turn, *others)

    one_round = service._round
    monkeypatch.setattr(service, "_round", counted)
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        await place.until(lambda: place.ask("SELECT at FROM heartbeats"), task)
        ahead = timedelta(0)
        await place.until(lambda: len(rounds) == 2, task)
        before = len(place.feed.requests)
        await place.until(lambda: len(place.feed.requests) > before, task)


async def test_a_disk_that_is_full_for_a_while_stops_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    refused: list[PollIntent] = []

    class Filling(SqliteStore):
        def record_poll(self, intent: PollIntent) -> int:
            if len(refused) < 2:
                refused.append(intent)
                raise FullError("monitor.db: database or disk is full")
            return super().record_poll(intent)

    monkeypatch.setattr(app, "SqliteStore", Filling)
    monkeypatch.setattr(threads, "FULL_REST", 0.01)
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
    assert len(refused) == 2


async def test_an_end_does_not_wait_for_room_on_the_disk(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    class Full(SqliteStore):
        def sync_sources(self, *_: object, **__: object) -> None:
            raise FullError("monitor.db: database or disk is full")

    monkeypatch.setattr(app, "SqliteStore", Full)
    monkeypatch.setattr(threads, "FULL_REST", 60)
    with capture_logs() as told:
        async with place.running() as task:
            await place.until(
                lambda: any(line["event"] == "waiting for room on the disk" for line in told), task
            )
    assert told[-1]["event"] == "stopped"


async def test_a_monitor_that_writes_nothing_any_more_is_not_ready(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    await service.once(load(place.config), everything=False, show=place.shown.append)
    desk = frontdesk.FrontDesk(load(place.config))
    desk.missing.clear()
    assert await desk._not_ready() == []
    monkeypatch.setattr(frontdesk, "clock", lambda: datetime.now(UTC) + timedelta(minutes=2))
    assert "is its disk full" in (await desk._not_ready())[0]


async def test_the_page_repairs_the_grouping_in_the_database(place: Place):
    await service.once(load(place.config), everything=False, show=place.shown.append)
    desk = frontdesk.FrontDesk(load(place.config))
    with pytest.raises(InputError, match="incident 1 cannot be merged into itself"):
        desk._repair(1, Joining(into=1), "Ann")


async def test_a_second_daemon_is_refused(place: Place):
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        with pytest.raises(DatabaseError, match="another daemon holds it"):
            await service.once(load(place.config), everything=False, show=place.shown.append)


async def test_a_taken_address_is_named(place: Place):
    taken = socket.create_server(("127.0.0.1", place.port))
    with taken, pytest.raises(AddressError, match=r"monitor\.http: cannot listen"):
        await service.serve(load(place.config), place.config, show=place.shown.append)


async def test_a_model_that_is_missing_is_named(place: Place):
    shutil.rmtree(place.path / "model")
    with pytest.raises(ModelError, match="model"):
        await service.serve(load(place.config), place.config, show=place.shown.append)


async def test_an_end_while_the_model_loads_does_not_wait_for_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    loading, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(_: Path) -> None:
        loop.call_soon_threadsafe(loading.set)
        go_on.wait(20)

    monkeypatch.setattr("monitor.app.OnnxClassifier.load", slow)
    serving_it = service.serve(load(place.config), place.config, show=place.shown.append)
    task = asyncio.create_task(serving_it)
    try:
        await asyncio.wait_for(loading.wait(), 10)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(task, 5) is False
    finally:
        go_on.set()

    assert not (place.path / "monitor.db-wal").exists(), "the database was closed"
    with lock.held(place.path / "monitor.db"):
        pass


async def test_a_growth_model_that_is_broken_is_named(place: Place):
    (place.path / "model" / "growth.json").write_text("[]")
    with pytest.raises(ModelError, match=r"growth\.json: not a growth model"):
        await service.once(load(place.config), everything=False, show=place.shown.append)


async def test_without_a_growth_model_of_its_own_the_one_that_ships_is_taken(place: Place):
    (place.path / "model" / "growth.json").unlink()
    await service.once(load(place.config), everything=False, show=place.shown.append)
    assert place.shown


async def test_the_desk_can_be_turned_off(place: Place):
    place.config.write_text(
        place.config.read_text().replace(f'127.0.0.1:{place.port}"\n', '"\n', 1)
    )
    assert load(place.config).http is None
    async with place.running() as task:
        await place.until(lambda: place.shown, task)
        with pytest.raises(httpx.ConnectError):
            await place.get("/livez")


async def test_one_pass_polls_assesses_and_delivers(place: Place):
    with serving(Answer(status=204)) as receiver:
        text = place.config.read_text()
        text = text.replace(f"http://127.0.0.1:{place.port}/inbox", f"{receiver.url}/hook")
        place.config.write_text(text)
        await service.once(load(place.config), everything=True, show=place.shown.append)
        [message, *_] = receiver.requests

    assert json.loads(message.body)["type"] == "incident.opened"
    assert ("delivered",) in place.ask("SELECT state FROM deliveries")


def test_what_needs_a_restart_is_kept(place: Place):
    old = load(place.config)
    new = replace(old, database=Path("/elsewhere.db"), contact="mailto:b@example.com")

    assert service.kept(old, new).database == old.database
    assert service.kept(old, new).contact == "mailto:b@example.com"
