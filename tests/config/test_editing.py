"""Adding to config.toml as a person would: nothing else in it changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from monitor.config import load
from monitor.config.editing import add_sources, with_sources
from monitor.errors import ConfigError

MINE = """# mine
[monitor]
contact = "mailto:you@example.com"   # do reach me

[[sources]]
name = "one"   # the first
url = "https://one.example/feed"

[alerts]
watch = 0.2
"""
TWO = {"name": "two", "kind": "feed", "url": "https://two.example/feed", "every": "15m"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINE, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_source_is_added_and_all_else_stays_as_it_is_written(config: Path):
    add_sources(config, [TWO])

    assert [source.name for source in load(config, env={}).sources] == ["one", "two"]
    kept = config.read_text(encoding="utf-8")
    assert all(line in kept.splitlines() for line in MINE.splitlines())
    assert config.stat().st_mode & 0o777 == 0o600
    assert list(config.parent.iterdir()) == [config]


def test_of_those_that_are_added_at_the_same_moment_none_is_lost(config: Path):
    tables = [{**TWO, "name": f"n{n}", "url": f"https://two.example/{n}"} for n in range(8)]
    together = Barrier(len(tables))

    def add(table: dict[str, str]) -> None:
        together.wait()
        add_sources(config, [table])

    with ThreadPoolExecutor(len(tables)) as threads:
        list(threads.map(add, tables))
    names = {source.name for source in load(config, env={}).sources}
    assert names == {"one", *(table["name"] for table in tables)}


def test_a_link_stays_one_and_what_it_points_to_is_written(config: Path, tmp_path: Path):
    (tmp_path / "etc").mkdir()
    link = tmp_path / "etc" / "config.toml"
    link.symlink_to(config)
    add_sources(link, [TWO])

    assert link.is_symlink()
    assert [source.name for source in load(config, env={}).sources] == ["one", "two"]


def test_lines_end_as_they_did(config: Path):
    config.write_bytes(MINE.replace("\n", "\r\n").encode())
    add_sources(config, [TWO])

    written = config.read_bytes()
    assert b"two.example" in written
    assert written.count(b"\n") == written.count(b"\r\n")


def test_what_is_not_given_is_not_written():
    text = with_sources("", [{**TWO, "token": "", "brands": [], "assume_brand": False}])
    assert [line for line in text.splitlines() if line] == [
        "[[sources]]",
        'name = "two"',
        'kind = "feed"',
        'url = "https://two.example/feed"',
        'every = "15m"',
    ]


def test_lists_and_flags_are_written(config: Path):
    add_sources(config, [{**TWO, "backfill": "all", "query": []}])
    assert load(config, env={}).sources[1].backfill is None


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({**TWO, "name": "one"}, r"sources\[1\]\.name: 'one' is also sources\[0\]"),
        ({**TWO, "every": "often"}, r"sources\[1\]\.every: should be a duration"),
        ({**TWO, "kind": "telepathy"}, r"sources\[1\]\.kind: 'telepathy' is not one of"),
    ],
)
def test_what_would_be_wrong_is_not_written(config: Path, table, error):
    with pytest.raises(ConfigError, match=error):
        add_sources(config, [table])

    assert config.read_text(encoding="utf-8") == MINE
    assert list(config.parent.iterdir()) == [config]


def test_a_file_that_cannot_be_read_or_understood_is_named(config: Path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        add_sources(config.with_name("nowhere.toml"), [TWO])
    with pytest.raises(ConfigError, match=r"^not TOML: "):
        with_sources("[x", [TWO])
    with pytest.raises(ConfigError, match=r"^sources: should be written as"):
        with_sources('sources = [{name = "x"}]', [TWO])
    config.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"config\.toml: .*utf-8"):
        add_sources(config, [TWO])


def test_a_folder_that_cannot_be_written_is_named(config: Path, monkeypatch):
    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_room)
    with pytest.raises(ConfigError, match=r"config\.toml: No space left on device"):
        add_sources(config, [TWO])
    assert list(config.parent.iterdir()) == [config]
