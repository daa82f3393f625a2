"""`[[silences]]`: what may be said of them, and the error that names the key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import load
from monitor.core.settings import PlannedSilence, QuietHours, Window
from monitor.errors import ConfigError

BRAND = """
[[brands]]
name = "Acme"
aliases = ["Acme"]
"""
ONCE = """
[[silences]]
name = "move"
brand = "Acme"
from = 2026-12-01T22:00:00Z
until = "2026-12-02 06:00 Europe/Berlin"
reason = "new core"
"""
WEEKLY = """
[[silences]]
name = "upgrades"
hours = ["Sat-Mon,Wed 22:00-02:00 Europe/London", "03:00-03:30 UTC"]
reason = "tills restart"
"""


def loaded(folder: Path, text: str, **env: str) -> tuple[PlannedSilence, ...]:
    path = folder / "config.toml"
    path.write_text(BRAND + text)
    return load(path, env=env).silences


def test_one_span_and_hours_of_the_week(tmp_path: Path) -> None:
    london = QuietHours(start=1320, end=120, zone="Europe/London")
    assert loaded(tmp_path, ONCE + WEEKLY) == (
        PlannedSilence(
            name="move",
            brand="Acme",
            starts_at=datetime(2026, 12, 1, 22, tzinfo=UTC),
            ends_at=datetime(2026, 12, 2, 5, tzinfo=UTC),
            reason="new core",
        ),
        PlannedSilence(
            name="upgrades",
            reason="tills restart",
            windows=(
                Window(hours=london, days=(0, 2, 5, 6)),
                Window(hours=QuietHours(start=180, end=210, zone="UTC")),
            ),
        ),
    )


@pytest.mark.parametrize("text", ["2026-12-03T00:00:00Z", "2026-12-03T01:00:00+01:00"])
def test_the_environment_can_set_them(tmp_path: Path, text: str) -> None:
    (found,) = loaded(tmp_path, ONCE, MONITOR__SILENCES__0__UNTIL=text)
    assert found.ends_at == datetime(2026, 12, 3, tzinfo=UTC)
    (found,) = loaded(tmp_path, ONCE, MONITOR__SILENCES__0__FROM="2026-12-01T23:00:00Z")
    assert found.starts_at == datetime(2026, 12, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'brand = "Acme"',
            'brand = "Acne"',
            r"silences[0].brand: there is no 'Acne'; known: Acme",
        ),
        ('name = "move"', "", "silences[0].name: missing"),
        ('reason = "new core"', 'reason = " "', "silences[0].reason: should not be empty"),
        ("from = 2026-12-01T22:00:00Z", "", "silences[0].from: missing"),
        ('until = "2026-12-02 06:00 Europe/Berlin"', "", "silences[0].until: missing"),
        ("T22:00:00Z", "T22:00:00", "silences[0].from: should say its zone: 2026-12-01T22"),
        ("Europe/Berlin", "Europe/Atlantis", "is not a time zone"),
        (
            "06:00 Europe",
            "26:00 Europe",
            "silences[0].until: should be a time, not '2026",
        ),
        (
            "2026-12-02 06:00 Europe/Berlin",
            "9999-12-31 23:00 America/New_York",
            "silences[0].until: should be a time that UTC has, too, not 9999",
        ),
        ('"2026-12-02 06:00 Europe/Berlin"', "7", "silences[0].until: should be a time, not 7"),
        ("12-02 06", "12-01 06", "silences[0].until: should be after `from`"),
        ("2026-12-02 06", "2027-01-02 06", "silences[0].until: a silence lasts 30 days at most"),
        ('"Sat-Mon', '"Sat-Mun', "silences[1].hours[0]: should look like"),
        ('"Sat-Mon,Wed', '",', "silences[1].hours[0]: should look like"),
        ("22:00-02:00 E", "22:00-26:00 E", "silences[1].hours[0]: should look like"),
        ("22:00-02:00 E", "22:00 E", "silences[1].hours[0]: should look like"),
        ("Europe/London", "Europe/Atlantis", "silences[1].hours[0]: 'Europe/Atlantis' is not a"),
        ("03:00-03:30", "03:00-03:00", "silences[1].hours: should leave some time"),
        ('hours = ["Sat', 'hours = [] #"Sat', "silences[1].hours: give `hours` of the week, or"),
        ('name = "upgrades"', 'name = "move"', "silences[1].name: 'move' is also silences[0]"),
        ("from =", "form =", "silences[0].form: unknown key; did you mean `from`?"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = ONCE + WEEKLY
    assert old in text
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text.replace(old, new, 1))
    assert complaint in str(caught.value)


def test_a_span_and_hours_are_two_silences(tmp_path: Path) -> None:
    both = ONCE + 'hours = ["03:00-04:00 UTC"]\n'
    with pytest.raises(ConfigError, match=r"silences\[0\]\.hours: give `hours` of the week, or"):
        loaded(tmp_path, both)


def test_thirty_days_are_not_too_long(tmp_path: Path) -> None:
    text = ONCE.replace("2026-12-02 06:00 Europe/Berlin", "2026-12-31 22:00 UTC")
    assert loaded(tmp_path, text)
