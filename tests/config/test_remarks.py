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


TOLD = """[[webhooks]]
name = "phone"
format = "slack"
url = "https://hooks.example/T0/B0"

[[webhooks]]
name = "own"
format = "slack"
url = "http://localhost:9000"

[[webhooks]]
name = "watchman"
format = "slack"
url = "https://watchman.example/ping"
events = ["monitor.heartbeat", "source.*"]

[[sources]]
name = "a"
"""


def test_links_that_open_on_this_machine_alone_are_named_to_who_is_told_elsewhere(
    tmp_path: Path,
) -> None:
    told = ('[[sources]]\nname = "a"\n', TOLD)
    [found] = remarked(tmp_path, told)
    assert found.startswith("monitor.public_url: is empty, so that the links of an alert")
    assert found.endswith("alone; told elsewhere: phone")
    for reached in ('public_url = "https://desk.example"', 'http = ""', 'http = "10.0.0.5:8300"'):
        opened = ("[monitor]", f"[monitor]\n{reached}")
        assert remarked(tmp_path, told, opened) == []


def test_a_file_that_may_not_be_seen_is_not_called_missing(tmp_path: Path) -> None:
    assert remarked(tmp_path, ("config.toml", "x" * 300)) == []


def test_without_a_brand_nothing_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    found = remarks(load(tmp_path / "config.toml", env={}))
    assert list(found) == ["brands: there is none, so that nothing is looked for"]
