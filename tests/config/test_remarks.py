"""What a configuration probably does not mean."""

from __future__ import annotations

from pathlib import Path

from monitor.config import load
from monitor.config.remarks import remarks

MEANT = """
[monitor]
contact = "mailto:ann@brand.example"

[[brands]]
name = "Aurora Rail"
description = "railway"
aliases = ["Aurora Rail"]

[[sources]]
name = "a"
url = "https://a.example/feed"

[[sources]]
name = "b"
url = "config.toml"
"""


def remarked(folder: Path, *changes: tuple[str, str]) -> list[str]:
    text = MEANT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return list(remarks(load(folder / "config.toml", env={})))


def test_what_is_meant_is_passed_over(tmp_path: Path) -> None:
    assert remarked(tmp_path) == []


def test_a_placeholder_and_what_was_left_out_are_named(tmp_path: Path) -> None:
    found = remarked(
        tmp_path,
        ("ann@brand.example", "you@example.com"),
        ('description = "railway"', ""),
        ("https://a.example/feed", "a.example/feed"),
        ("config.toml", "config.toml/feed"),
    )
    hint = "there is no such file; an address of the web begins with https://"
    assert found == [
        "monitor.contact: is still the example's; servers that are polled write to you there",
        "brands[0].description: is empty; the classifier reads it with every mention",
        f"sources[0].url: {tmp_path}/a.example/feed: {hint}",
        f"sources[1].url: {tmp_path}/config.toml/feed: {hint}",
    ]


def test_a_file_that_may_not_be_seen_is_not_called_missing(tmp_path: Path) -> None:
    assert remarked(tmp_path, ("config.toml", "x" * 300)) == []


def test_without_a_brand_nothing_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    found = remarks(load(tmp_path / "config.toml", env={}))
    assert list(found) == ["brands: there is none, so that nothing is looked for"]
