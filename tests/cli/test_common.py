"""What commands share: numbers and times of the command line, whatever stands there."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from tests.cli.conftest import Home

LARGEST = 2**63 - 1


# Python itself refuses to read more than 4,300 digits.
@pytest.mark.parametrize("number", [str(LARGEST + 1), 5000 * "9"], ids=["2^63", "endless"])
@pytest.mark.parametrize(
    "command",
    [
        "incident show {}",
        "incident ack {}",
        "incident resolve {}",
        "incident split 1 {}",
        "incident move 1 {}",
        "incident merge {} 1",
        "why {}",
        "why m{}",
        "report {}",
        "evidence export {}",
        "evidence verify {}",
        "deliveries retry {}",
        "deliveries --limit {}",
        "incidents --limit {}",
        "mentions --limit {}",
        "mentions --incident {}",
        "silence end {}",
    ],
)
def test_a_number_that_no_row_can_have_is_a_wrong_usage(home: Home, command: str, number: str):
    result = home.run(*command.format(number).split())

    assert result.exit_code == 2
    assert "is too large" in result.stderr or "is not a valid integer" in result.stderr


def test_the_largest_number_names_nothing(lived_in: Home):
    assert lived_in.run("incident", "show", str(LARGEST)).exit_code == 1
    assert lived_in.answers("incidents", "--limit", str(LARGEST))


def test_of_nothing_there_is_no_list(home: Home):
    assert home.run("incidents", "--limit", "0").exit_code == 2


@pytest.mark.parametrize(
    ("when", "error"),
    [
        ("99999999d", 'a duration such as "24h" (at most 36500d)'),
        ("0001-01-01", "'0001-01-01' is before 1900 or after 9000"),
        ("9999-12-31T23:59:59-14:00", "is before 1900 or after 9000"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        "incidents --since",
        "mentions --since",
        "tune --since",
        "incident snooze 1 --until",
        "digest --until",
        "silence add --reason why --until",
    ],
)
def test_a_time_at_the_edge_of_the_calendar_is_a_wrong_usage(
    home: Home, command: str, when: str, error: str
):
    result = home.run(*command.split(), when)

    assert result.exit_code == 2
    assert error in result.stderr


@pytest.mark.parametrize("when", ["400d", "1970-01-01", "2026-11-22T12:00:00+14:00"])
def test_a_time_long_ago_is_one(lived_in: Home, when: str):
    assert lived_in.answers("mentions", "--since", when) is not None


DOUBLED = """
CREATE TEMP TABLE more AS SELECT * FROM incidents;
UPDATE more SET id = 2;
INSERT INTO incidents SELECT * FROM more;
INSERT INTO deliveries (alert_id, webhook, next_attempt_at)
SELECT alert_id, 'second', next_attempt_at FROM deliveries;
INSERT INTO decisions (incident_id, at, reason, level, risk, parts)
SELECT incident_id, at, reason, level, risk, parts FROM decisions WHERE incident_id = 1;
"""


@pytest.mark.parametrize(
    ("asked", "count"), [("mentions", 3), ("incidents", 2), ("deliveries", 2), ("why i1", 2)]
)
def test_a_list_that_is_cut_off_says_so_and_a_whole_one_says_nothing(
    lived_in: Home, asked: str, count: int
):
    with closing(sqlite3.connect(lived_in.path / "monitor.db")) as connection:
        connection.executescript(DOUBLED)

    short = lived_in.run(*asked.split(), "--limit", str(count - 1), "--json")
    assert short.stderr == f"Only the newest {count - 1} are shown; --limit N shows more.\n"
    assert rows_in(short.stdout) == count - 1
    whole = lived_in.run(*asked.split(), "--limit", str(count), "--json")
    assert (whole.stderr, rows_in(whole.stdout)) == ("", count)


def rows_in(stdout: str) -> int:
    found = json.loads(stdout)
    return len(found if isinstance(found, list) else found["incident"]["decisions"])
