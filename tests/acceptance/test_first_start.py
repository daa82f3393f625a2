"""What happens to what was there before the watch began, and to feeds that are files."""

from __future__ import annotations

import subprocess
from datetime import timedelta

from tests.acceptance.feeds import Feed, Site
from tests.acceptance.house import PATIENCE, House, command, environment, gone, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE, LEAK, POISON

OLD = timedelta(days=3)


def test_old_news_pages_nobody_unless_asked_for(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.brand("Castell Bank")
    house.source("archive", feeds.url("/archive"), backfill="all")
    feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"), ago=OLD)
    feeds.feed("/archive").publish(LEAK.format(brand="Castell Bank"), ago=OLD)
    house.write()
    with house.daemon() as daemon:
        wait_for(lambda: leaders.about("Castell Bank"), what=daemon.stderr.read_text)
        wait_for(lambda: house.count("SELECT count(*) FROM verdicts") == 2)
        polls = feeds.feed("/posts").polls
        wait_for(lambda: feeds.feed("/posts").polls > polls + 2)
        assert not leaders.about("Meridian Air")
    assert house.rows("SELECT brand, history FROM mentions ORDER BY brand") == [
        ("Castell Bank", 0),
        ("Meridian Air", 1),
    ]


def test_an_old_date_that_appears_late_is_news(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.write()
    with house.daemon() as daemon:
        wait_for(lambda: feeds.feed("/posts").polls > 1)
        feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"), ago=OLD)
        wait_for(lambda: leaders.about("Meridian Air"), what=daemon.stderr.read_text)


def test_a_feed_in_a_file_is_read_again_when_it_is_edited(house: House, leaders: Receiver) -> None:
    page = Feed()
    page.publish("nothing of ours")
    file = house.path / "feed.xml"
    file.write_bytes(page.document())
    house.sources.clear()
    house.source("file", "feed.xml")
    house.write()
    with house.daemon() as daemon:
        wait_for(lambda: house.count("SELECT count(*) FROM polls") > 0)
        page.publish(GRAVE.format(brand="Meridian Air"))
        file.write_bytes(page.document())
        wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)


def test_once_is_one_pass(house: House, feeds: Site, leaders: Receiver) -> None:
    house.write()
    feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"))
    assert "incident.opened" in house.says("once")
    (message,) = leaders.accepted
    assert message.incident["brand"] == "Meridian Air"
    assert feeds.feed("/posts").polls == 1
    feeds.feed("/posts").publish(POISON.format(brand="Meridian Air"))
    house.says("once", "--all")
    assert feeds.feed("/posts").polls == 2
    assert house.count("SELECT count(*) FROM mentions") == 2


def test_once_delivers_though_nobody_reads_what_it_prints(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.write()
    feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"))
    with gone() as nobody:
        subprocess.run(
            command("once", "--config", str(house.config)),
            env=environment({}),
            stdout=nobody,
            stderr=nobody,
            timeout=PATIENCE,
            check=False,
        )
    assert len(leaders.accepted) == 1


def test_check_tries_every_source_and_every_webhook(house: House, leaders: Receiver) -> None:
    house.write()
    good = house.run("check", "--probe")
    assert good.returncode == 0, good.stderr
    assert "source posts: ok" in good.stderr
    assert "webhook leadership: ok" in good.stderr
    assert leaders.accepted[0].type == "webhook.test"
    house.source("nobody", "http://127.0.0.1:9/feed.xml")
    house.write()
    bad = house.run("check", "--probe")
    assert bad.returncode == 1
    assert "source nobody: " in bad.stderr
    assert not house.database.exists()
