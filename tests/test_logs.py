"""Logs: JSON for machines, lines for people, always on the stream that was chosen."""

from __future__ import annotations

import io
import json

import pytest
import structlog

from monitor import logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored():
    yield
    structlog.reset_defaults()


def test_one_json_object_a_line_when_nobody_watches():
    stream = io.StringIO()
    logs.configure(stream=stream)
    structlog.get_logger().info("poll", source="a", new=3)
    structlog.get_logger().debug("too much")

    row = json.loads(stream.getvalue())
    assert {k: row[k] for k in ("event", "source", "new", "level")} == {
        "event": "poll",
        "source": "a",
        "new": 3,
        "level": "info",
    }
    assert row["ts"].endswith("Z")


def test_a_traceback_stays_on_its_line():
    stream = io.StringIO()
    logs.configure(stream=stream)
    try:
        int("oops")
    except ValueError:
        structlog.get_logger().exception("poll failed")

    assert "ValueError: invalid literal" in json.loads(stream.getvalue())["exception"]


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_person_gets_lines_and_colour_unless_unwanted(monkeypatch, no_color, coloured):
    monkeypatch.setenv("NO_COLOR", no_color)
    stream = Terminal()
    logs.configure(stream=stream)
    structlog.get_logger().info("poll", source="a")

    assert ("\x1b[" in stream.getvalue()) is coloured
    assert "poll" in stream.getvalue()


class Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_a_stream_that_nobody_reads_any_more_stops_nothing():
    logs.configure(stream=Closed())
    log = structlog.get_logger()
    for say in (log.info, log.warning, log.error, log.exception):
        say("poll", source="a")
