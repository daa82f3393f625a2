"""`monitor silence`."""

from __future__ import annotations

import re

from monitor.errors import InputError, NotFoundError
from tests.cli.conftest import Home


def test_a_silence_is_asked_for_listed_and_ended(lived_in: Home):
    wanted = ("--until", "2h", "--brand", "Meridian Air", "--reason", "new tills", "--by", "ann")
    said = lived_in.says("silence", "add", *wanted)
    assert re.match(r"silence 1 until 2026-11-20 1\d:\d\dZ \(by ann\)", said)
    [found] = lived_in.answers("silence", "list")
    assert (found["brand"], found["by"], found["reason"]) == ("Meridian Air", "ann", "new tills")
    assert "new tills" in lived_in.says("silence", "list")
    assert "silence 1 is over: new tills" in lived_in.says("silence", "end", "1")
    assert "no silences" in lived_in.says("silence", "list")


def test_a_time_without_its_zone_is_of_utc_as_the_help_says(lived_in: Home):
    assert "(UTC unless it says)" in " ".join(lived_in.says("silence", "add", "--help").split())
    for until in ("2026-11-21T10:00", "2026-11-21T11:00+01:00"):
        said = lived_in.says("silence", "add", "--until", until, "--reason", "x")
        assert "until 2026-11-21 10:00Z" in said


def test_what_cannot_be_kept_is_refused(lived_in: Home):
    unknown = lived_in.run("silence", "add", "--until", "2h", "--brand", "X", "--reason", "y")
    assert isinstance(unknown.exception, NotFoundError)
    past = lived_in.run("silence", "add", "--until", "2020-01-01", "--reason", "y")
    assert isinstance(past.exception, InputError)


def test_those_of_the_configuration_are_listed_too(lived_in: Home):
    with lived_in.config.open("a") as file:
        file.write(
            '[[silences]]\nname = "upgrade"\nhours = ["Sat 22:00-02:00 UTC"]\nreason = "tills"\n'
        )
    (found,) = lived_in.answers("silence", "list")
    assert (found["id"], found["brand"], found["by"]) == (None, "all", "config.toml")
    assert found["reason"] == "upgrade: tills"
    assert "upgrade: tills" in lived_in.says("silence", "list")
    assert (
        'silences[0].hours = ["Sat 22:00-02:00 UTC"]'
        in lived_in.run("check", HOOK_URL="https://x.example").stdout
    )
