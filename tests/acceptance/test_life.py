"""How the daemon starts, refuses to start, reloads and ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.feeds import Site
from tests.acceptance.house import CONTRACT_END, PATIENCE, House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE, LEAK
from tests.servers import Answer

HANGS = Answer(status=0, wire=(PATIENCE,))


def test_sigterm_ends_it_while_a_feed_and_a_receiver_hang(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    feeds.answers("/hangs", HANGS)
    house.source("hangs", feeds.url("/hangs").replace("127.0.0.1", "localhost"))
    house.monitor["allow_private_hosts"] = ["127.0.0.1", "localhost"]
    house.listen()
    house.write()
    leaders.answer = lambda _: HANGS
    with house.daemon() as daemon:
        feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"))
        wait_for(lambda: leaders.messages, what=daemon.stderr.read_text)
        wait_for(lambda: feeds.asked("/hangs"))
        assert daemon.end() == 0
        assert daemon.log[-1]["event"] == "stopped"
    assert house.says("db", "check") == "ok\n"
    # The attempt that was cut off does not count.
    assert house.rows("SELECT state, attempt FROM deliveries") == [("pending", 0)]
    assert not house.count("SELECT count(*) FROM attempts")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_is_ended_while_it_starts_ends_well(
    number: signal.Signals, house: House
) -> None:
    os.mkfifo(house.config)
    # A pipe opens for writing once the daemon opens it, to read its configuration.
    with house.daemon(wait=False) as daemon, house.config.open("w"):
        daemon.send(number)
        assert daemon.process.wait(PATIENCE) == 0
    assert not house.database.exists()


def test_sighup_while_it_starts_reloads_once_it_runs(house: House) -> None:
    os.mkfifo(house.config)
    with house.daemon(wait=False) as daemon:
        with house.config.open("w") as read_at_the_start:
            daemon.send(signal.SIGHUP)
            house.config.unlink()
            house.write()
            read_at_the_start.write(house.config.read_text())
        daemon.wait_for_log("reloading")
        daemon.wait_for_log("started")


def test_sighup_keeps_a_configuration_that_works(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.write()
    with house.daemon() as daemon:
        good = house.config.read_text()
        house.config.write_text(good.replace('every = "1s"', 'every = "often"'))
        daemon.send(signal.SIGHUP)
        refused = daemon.wait_for_log("reload refused, the old configuration goes on")
        assert "sources[0].every" in refused["error"]
        feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"))
        wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)

        feeds.feed("/new").publish("nothing of ours")
        house.brand("Castell Bank")
        house.source("new", feeds.url("/new"))
        house.write()
        daemon.send(signal.SIGHUP)
        wait_for(lambda: feeds.feed("/new").polls, what=daemon.stderr.read_text)
        feeds.feed("/new").publish(LEAK.format(brand="Castell Bank"))
        wait_for(lambda: leaders.about("Castell Bank"), what=daemon.stderr.read_text)
        assert daemon.end() == 0


#: What is wrong: the table of config.toml, what is put into it, the exit code, the key named.
WRONG = {
    "a bad duration": ("sources", {"every": "often"}, 3, "sources[0].every"),
    "an unknown key": ("brands", {"nickname": "MA"}, 3, "brands[0].nickname"),
    "a secret that is not there": ("webhooks", {"url": "env:NOT_SET"}, 3, "webhooks[0].url"),
    "a missing model": ("monitor", {"model": "nowhere"}, 5, "nowhere"),
    "a missing folder": ("monitor", {"database": "not/there/monitor.db"}, 4, "not/there"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_refuses_to_start_with(wrong: str, house: House, feeds: Site) -> None:
    name, values, code, named = WRONG[wrong]
    table = getattr(house, name)
    (table if isinstance(table, dict) else table[0]).update(values)
    house.write()
    result = house.run("run")
    assert result.returncode == code, result.stderr
    complaint = result.stderr.strip().splitlines()[-1]
    assert complaint.startswith("monitor: ")
    assert named in complaint
    assert "Traceback" not in result.stderr
    assert not feeds.feed("/posts").polls


def test_a_bad_configuration_leaves_no_database_behind(house: House) -> None:
    house.monitor["contact"] = ""
    house.write()
    result = house.run("run")
    assert result.returncode == 3
    assert "monitor.contact" in result.stderr
    assert not list(house.path.glob("monitor.db*"))


def test_a_file_that_is_no_database_is_left_as_it_is(house: House) -> None:
    house.write()
    diary = b"Dear diary, this is no database at all.\n" * 200
    house.database.write_bytes(diary)
    result = house.run("run")
    assert result.returncode == 4
    assert str(house.database) in result.stderr
    assert house.database.read_bytes() == diary


def test_a_broken_model_is_named(house: House) -> None:
    house.monitor["model"] = "broken"
    house.write()
    shutil.copytree(Path(__file__).parents[2] / "models" / "incident", house.path / "broken")
    (house.path / "broken" / "model.onnx").write_bytes(b"not a model")
    result = house.run("run")
    assert result.returncode == 5
    assert "model.onnx" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_port_that_is_taken_is_named(house: House) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        house.monitor["http"] = f"127.0.0.1:{port}"
        house.write()
        result = house.run("run")
    assert result.returncode == 1  # it may be free in a moment: systemd tries again
    assert "monitor.http" in result.stderr
    assert str(port) in result.stderr


def test_a_closed_terminal_does_not_stop_it(house: House, feeds: Site, leaders: Receiver) -> None:
    """`monitor run | head`, or a window that is shut: alerts still go out."""
    house.write()
    with house.daemon(nobody_reads=True) as daemon:
        feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"))
        wait_for(lambda: leaders.accepted or daemon.process.poll() is not None)
        assert daemon.process.poll() is None, daemon.stderr.read_text()
        wait_for(lambda: leaders.accepted)
        assert daemon.end() == 0


def test_a_terminal_of_another_alphabet_does_not_stop_it(
    house: House, feeds: Site, leaders: Receiver
) -> None:
    house.write()
    with house.daemon(PYTHONIOENCODING="latin-1") as daemon:
        feeds.feed("/posts").publish("😱 " + GRAVE.format(brand="Meridian Air"))
        wait_for(lambda: leaders.accepted or daemon.process.poll() is not None)
        assert daemon.process.poll() is None, daemon.stderr.read_text()
        assert daemon.end() == 0


def test_it_ends_on_sigint_too_and_starts_again_on_the_same_address(house: House) -> None:
    house.listen()
    house.write()
    for number in (signal.SIGINT, signal.SIGTERM):
        with house.daemon() as daemon:
            daemon.send(number)
            assert daemon.process.wait(CONTRACT_END) == 0
