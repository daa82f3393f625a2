"""`sources list|add|test`, `import-opml`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.config import load
from monitor.errors import ConfigError, InputError, NotFoundError
from tests.servers import Answer, serving

CONFIG = """# my notes
[monitor]
contact = "mailto:you@example.com"
http = ""
allow_private_hosts = ["127.0.0.1"]

[[brands]]
name = "Meridian Air"
aliases = ["Meridian Air"]

[[sources]]
name = "a"
url = "{url}/feed"
"""
ITEM = (
    "<item><title>Late {n}</title><guid>{n}</guid>"
    "<pubDate>Sun, 22 Nov 2020 11:00:00 GMT</pubDate></item>"
)
ITEMS = "".join(ITEM.format(n=n) for n in range(7)) + "<item><title>undated</title></item>"
FEED = f"<rss version='2.0'><channel>{ITEMS}</channel></rss>".encode()


def write(folder: Path, url: str = "https://feeds.example") -> Path:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(url=url), encoding="utf-8")
    return config


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--config", str(config)])


class TestList:
    def test_tells_of_every_source_before_there_is_a_database(self, tmp_path: Path):
        result = run(write(tmp_path), "sources", "list")
        assert result.exit_code == 0
        assert "not asked yet" in result.stdout

    def test_tells_how_each_stands(self, lived_in):
        result = run(lived_in.config, "sources", "list", "--json")
        rows = {row["source"]: row for row in json.loads(result.stdout)}
        assert rows["b"]["state"] == "failing"
        assert rows["a"]["every"] == "5m"
        assert rows["a"]["last_success"]


class TestAdd:
    def test_adds_a_source(self, tmp_path: Path):
        config = write(tmp_path)
        arguments = ("--url", "https://b.example", "--every", "15m", "--brand", "Meridian Air")
        result = run(config, "sources", "add", "b", *arguments, "--assume-brand")

        assert result.exit_code == 0
        assert result.stdout.startswith("added b to ")
        added = load(config, env={}).sources[1]
        assert (added.name, added.url, added.assume_brand) == ("b", "https://b.example", True)
        assert config.read_text(encoding="utf-8").startswith("# my notes\n")

    def test_says_that_an_address_without_its_scheme_is_a_path(self, tmp_path: Path):
        config, hint = write(tmp_path), "there is no such file; an address of the web begins with"
        result = run(config, "sources", "add", "b", "--url", "b.example/feed")
        assert result.exit_code == 0
        assert result.stderr.startswith(f"{tmp_path}/b.example/feed: {hint} https://")
        (tmp_path / "feed.xml").touch()
        assert run(config, "sources", "add", "c", "--url", "feed.xml").stderr == ""
        assert run(config, "sources", "add", "d", "--url", "https://d.example").stderr == ""

    def test_follows_live_what_is_to_be_followed(self, tmp_path: Path):
        config = write(tmp_path)
        where = ("--kind", "mastodon", "--url", "https://m.example/public", "--token", "env:T")

        assert run(config, "sources", "add", "b", *where, "--stream").exit_code == 0
        assert load(config, env={"T": "t"}).sources[1].stream

    def test_refuses_what_is_wrong(self, tmp_path: Path):
        config = write(tmp_path)
        assert isinstance(run(config, "sources", "add", "b").exception, ConfigError)
        assert len(load(config, env={}).sources) == 1


class TestTest:
    def test_shows_what_came(self, tmp_path: Path):
        with serving(Answer(body=FEED)) as server:
            result = run(write(tmp_path, server.url), "sources", "test", "a")
        assert result.exit_code == 0
        first, *shown = result.stdout.splitlines()
        assert first == "a: ok, 8 items"
        assert len(shown) == 5
        assert shown[0].endswith(" d ago  Late 0")

    def test_as_json(self, tmp_path: Path):
        with serving(Answer(body=FEED)) as server:
            result = run(write(tmp_path, server.url), "sources", "test", "a", "--json")
        found = json.loads(result.stdout)
        assert (found["source"], found["complaint"], len(found["items"])) == ("a", None, 8)
        assert found["items"][0] == {
            "id": "0",
            "url": f"{server.url}/0",
            "title": "Late 0",
            "text": "",
        }

    def test_says_in_plain_words_what_is_wrong(self, tmp_path: Path):
        with serving(Answer(body=b"<html>")) as server:
            result = run(write(tmp_path, server.url), "sources", "test", "a")
        assert result.exit_code == 1
        assert result.stdout == "a: not a feed: looks like HTML\n"

    def test_says_it_for_each_source_of_a_probe(self, tmp_path: Path):
        with serving(Answer(status=404)) as server:
            result = run(write(tmp_path, server.url), "check", "--probe")
        assert result.exit_code == 1
        assert "source a: the server answered 404 Not Found" in result.stderr

    def test_says_it_in_the_one_document_of_a_probe(self, tmp_path: Path):
        with serving(Answer(status=404)) as server:
            bad = run(write(tmp_path, server.url), "check", "--probe", "--json")
        with serving(Answer(body=FEED)) as server:
            good = run(write(tmp_path, server.url), "check", "--probe", "--json")
        assert json.loads(bad.stdout)["probe"]["source a"].startswith("the server answered 404")
        assert json.loads(good.stdout)["probe"] == {"source a": None}
        assert (bad.exit_code, good.exit_code) == (1, 0)

    def test_does_not_know_other_sources(self, tmp_path: Path):
        result = run(write(tmp_path), "sources", "test", "z")
        assert isinstance(result.exception, NotFoundError)


class TestImport:
    @pytest.fixture
    def opml(self, tmp_path: Path) -> Path:
        path = tmp_path / "list.opml"
        feeds = (
            ("a", "https://one.example"),
            ("x", "https://feeds.example/feed"),
            ("a", "https://two.example"),
        )
        outlines = "".join(f'<outline text="{text}" xmlUrl="{url}"/>' for text, url in feeds)
        path.write_text(f"<opml><body>{outlines}</body></opml>", encoding="utf-8")
        return path

    def test_adds_feeds_that_are_not_there_yet_each_under_a_free_name(self, tmp_path, opml):
        config = write(tmp_path)
        result = run(config, "import-opml", str(opml), "--every", "1h")

        assert result.stdout.startswith("added 2 of 3 feeds to ")
        sources = load(config, env={}).sources
        assert [(s.name, s.url) for s in sources[1:]] == [
            ("a 2", "https://one.example"),
            ("a 3", "https://two.example"),
        ]
        assert sources[1].every.total_seconds() == 3600

    def test_names_what_it_leaves_out(self, tmp_path):
        path = tmp_path / "list.opml"
        path.write_text('<opml><outline text="a" xmlUrl="gopher://a.example"/></opml>')
        result = run(write(tmp_path), "import-opml", str(path))
        assert result.stderr == "left out, neither http nor https: gopher://a.example\n"
        assert result.stdout.startswith("added 0 of 0 feeds")

    def test_twice_adds_nothing(self, tmp_path, opml):
        config = write(tmp_path)
        run(config, "import-opml", str(opml))
        before = config.read_text(encoding="utf-8")
        assert "added 0 of 3 feeds" in run(config, "import-opml", str(opml)).stdout
        assert config.read_text(encoding="utf-8") == before

    def test_names_the_file_that_is_wrong(self, tmp_path):
        config = write(tmp_path)
        no = tmp_path / "no.opml"
        assert "No such file" in str(run(config, "import-opml", str(no)).exception)
        no.write_text("<rss/>")
        error = run(config, "import-opml", str(no)).exception
        assert isinstance(error, InputError)
        assert str(error) == f"{no}: not OPML: its root is <rss>"
