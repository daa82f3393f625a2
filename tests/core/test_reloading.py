"""A reload that was refused, in words and in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.reloading import RefusedReload, sentence
from monitor.errors import ConfigError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REFUSED = RefusedReload(at=NOON, error="sources[0].every: should be a span")


def test_of_an_error_the_first_line_is_kept():
    assert RefusedReload.of(ConfigError("a: wrong\nmore"), at=NOON).error == "a: wrong"
    assert RefusedReload.of(ConfigError(), at=NOON).error == "ConfigError"


def test_another_process_reads_what_was_written():
    assert RefusedReload.read(REFUSED.line) == REFUSED


@pytest.mark.parametrize("line", ["", "4711", "no time: at all"])
def test_anything_else_is_none(line: str):
    assert RefusedReload.read(line) is None


def test_it_says_since_when_and_why():
    assert sentence(REFUSED, NOON + timedelta(minutes=3)) == (
        "the file was refused 3 min ago, and the one before goes on: "
        "sources[0].every: should be a span"
    )
