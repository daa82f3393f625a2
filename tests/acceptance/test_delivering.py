"""What becomes of alerts when the receiver is ill, gone, or the process is killed."""

from __future__ import annotations

from tests.acceptance.feeds import Site
from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE, LEAK
from tests.servers import Answer

BRAND = "Meridian Air"
STATES = "SELECT type, state FROM deliveries JOIN alerts ON alerts.id = alert_id ORDER BY alert_id"


def test_a_receiver_that_recovers_hears_the_newest_state(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.write()
    leaders.says(500)
    with house.daemon() as daemon:
        feeds.feed("/posts").publish(GRAVE.format(brand=BRAND))
        wait_for(lambda: leaders.messages, what=daemon.stderr.read_text)
        house.says("incident", "ack", "1", "--by", "Mira")
        wait_for(lambda: _types(leaders) >= {"incident.opened", "incident.acknowledged"})
        assert not leaders.accepted
        leaders.says(204)
        (message,) = wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)
        assert message.type == "incident.acknowledged"
        assert message.incident["status"] == "acknowledged"
        wait_for(
            lambda: (
                house.rows(STATES)
                == [("incident.opened", "superseded"), ("incident.acknowledged", "delivered")]
            ),
            what=lambda: house.rows(STATES),
        )
    tried = {(message.type, message.id) for message in leaders.messages}
    assert len(tried) == 2, "an alert keeps its id over all attempts"


def _types(leaders: Receiver) -> set[str]:
    return {message.type for message in list(leaders.messages)}


def test_gone_disables_a_webhook_until_it_is_enabled(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.write()
    leaders.says(410)
    with house.daemon() as daemon:
        feeds.feed("/posts").publish(GRAVE.format(brand=BRAND))
        wait_for(lambda: leaders.messages, what=daemon.stderr.read_text)
        wait_for(lambda: house.rows("SELECT name FROM webhooks WHERE disabled_at IS NOT NULL"))
        leaders.says(204)
        house.says("incident", "ack", "1")
        polls = feeds.feed("/posts").polls
        wait_for(lambda: feeds.feed("/posts").polls > polls + 2)
        assert len(leaders.messages) == 1, "disabled: nothing is sent"
        assert "in use again" in house.says("webhook", "enable", "leadership")
        (message,) = wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)
        assert message.type == "incident.acknowledged"


def test_a_webhook_is_greeted_by_hand(house: House, leaders: Receiver) -> None:
    house.write()
    assert "answered 204" in house.says("webhook", "test", "leadership")
    (message,) = leaders.accepted
    assert message.type == "webhook.test"
    leaders.says(500, body=b"not today")
    refused = house.run("webhook", "test", "leadership")
    assert refused.returncode == 1
    assert "500 not today" in refused.stdout
    assert not leaders.forged


def test_killed_while_it_reads_and_while_it_sends_it_loses_and_doubles_nothing(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    brands = ("Castell Bank", "Norvik Rail", "Solenne Foods")
    for brand in brands:
        house.brand(brand)
    house.write()
    with house.daemon() as daemon:
        feeds.feed("/posts").publish(*(LEAK.format(brand=brand) for brand in brands))
        wait_for(lambda: feeds.feed("/posts").polls)
        daemon.kill()  # in the middle of taking in or reading
    leaders.answer = lambda _: Answer(status=0, wire=(60.0,))
    with house.daemon() as daemon:
        wait_for(lambda: leaders.messages, what=daemon.stderr.read_text)
        daemon.kill()  # in the middle of sending
    leaders.says(204)
    with house.daemon() as daemon:
        wait_for(
            lambda: all(leaders.about(brand) for brand in brands), what=daemon.stderr.read_text
        )
        assert daemon.end() == 0
    told = [message.incident["brand"] for message in leaders.accepted]
    assert sorted(told) == sorted(brands)
    assert not leaders.repeated
    assert house.says("db", "check") == "ok\n"
    assert house.count("SELECT count(*) FROM mentions") == len(brands)
