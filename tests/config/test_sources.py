"""[[sources]] of every kind: what each needs, what it has no use for, what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.core.polling import FeedDocument
from monitor.core.settings import SourceSettings
from monitor.errors import ConfigError
from monitor.sources import registry
from monitor.sources.kind import Ask, Kind, bearer

BRANDS = """
[monitor]
contact = "mailto:you@example.com"

[[brands]]
name = "Meridian Air"
aliases = ["Meridian Air", "@Meridian"]
ambiguous = ["Meridian", "MERIDIAN AIR "]

[[brands]]
name = "Aurora Rail"
aliases = ["Aurora Rail"]

[[sources]]
name = "one"
"""


def ask(ask: Ask) -> str:
    return ask.url


def read(page: object) -> FeedDocument:
    raise NotImplementedError


TALK = Kind(name="talk", ask=ask, read=read, home="https://talk.example")
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        TALK,
        replace(TALK, name="page", home="", searches=False, floor=timedelta(minutes=15)),
        replace(TALK, name="folder", home="", searches=False, local=True),
        replace(TALK, name="locked", authorise=bearer, needs_token=True),
        replace(TALK, name="open", authorise=bearer),
        replace(TALK, name="noticed", notice="For yourself alone."),
        replace(TALK, name="fussy", complaint=lambda url: "" if "/r/" in url else "needs /r/NAME"),
        replace(TALK, name="tags", queries=lambda _url, names, has: names if has else ()),
        replace(TALK, name="flood", home="wss://flood.example", polled=False, searches=False),
        replace(TALK, name="mute", home="", polled=False, searches=False),
    )
}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, kind in KINDS.items():
        monkeypatch.setitem(registry.KINDS, name, kind)

    def _source(*lines: str, brands: str = BRANDS) -> SourceSettings:
        path = tmp_path / "config.toml"
        path.write_text(brands + "\n".join(lines), encoding="utf-8")
        return load(path, env={"TALK_TOKEN": "hunter2"}).sources[0]

    return _source


def test_a_kind_with_a_home_needs_no_address(source):
    assert source('kind = "talk"').url == "https://talk.example"
    assert source('kind = "talk"', 'url = "https://my.example"').url == "https://my.example"


def test_it_is_searched_for_all_the_names_of_its_brands_each_once(source):
    made = source('kind = "talk"')
    assert made.query == ("Meridian Air", "@Meridian", "Meridian", "Aurora Rail")
    assert source('kind = "talk"', 'brands = ["Aurora Rail"]').query == ("Aurora Rail",)


def test_it_is_searched_for_other_names_if_they_are_given(source):
    assert source('kind = "talk"', 'query = ["meridianair", "AA12"]').query == (
        "meridianair",
        "AA12",
    )


def test_a_kind_that_does_not_search_asks_for_no_name(source):
    assert source('kind = "page"', 'url = "https://a.example"').query == ()


def test_the_token_is_a_secret(source):
    made = source('kind = "locked"', 'token = "env:TALK_TOKEN"')
    assert made.token is not None
    assert (made.token.reveal(), str(made.token)) == ("hunter2", "env:TALK_TOKEN")
    assert "hunter2" not in repr(made)


def test_the_limit_of_the_kind_goes_with_the_source(source):
    made = source('kind = "page"', 'url = "https://a.example"', 'every = "1m"')
    assert (made.every, made.floor, made.pace) == (
        timedelta(minutes=1),
        timedelta(minutes=15),
        timedelta(minutes=15),
    )


def test_terms_are_agreed_to_by_name(source):
    assert source('kind = "noticed"', "accept_terms = true").accept_terms is True


def test_a_path_is_for_kinds_that_read_this_machine(source, tmp_path):
    assert source('kind = "folder"', 'url = "drop"').url == str(tmp_path / "drop")


def test_a_stream_has_an_address_of_its_own(source):
    assert source('kind = "flood"').url == "wss://flood.example"
    assert source('kind = "flood"', 'url = "ws://a.example"').url == "ws://a.example"


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (['kind = "page"'], "sources[0].url: a source of kind page needs one"),
        (['kind = "page"', 'url = "drop"'], "sources[0].url: should be http, https"),
        (
            ['kind = "folder"', 'url = "ftp://x"'],
            "sources[0].url: should be http, https or a local path",
        ),
        (['kind = "folder"', 'url = "https:/a.example"'], "sources[0].url: should be http, https"),
        (['kind = "talk"', 'url = "wss://a.example"'], "sources[0].url: should be http, https"),
        (['kind = "fussy"', 'url = "https://a.example"'], "sources[0].url: needs /r/NAME"),
        (
            ['kind = "page"', 'url = "https://a.example"', 'query = ["x"]'],
            "sources[0].query: a source of kind page is not searched",
        ),
        (['kind = "tags"'], "sources[0].query: there is no name that a source of kind tags"),
        (['kind = "talk"', 'query = [" "]'], "sources[0].query[0]: should not be empty"),
        (['kind = "talk"', 'token = "x"'], "sources[0].token: a source of kind talk takes none"),
        (['kind = "locked"'], "sources[0].token: a source of kind locked needs one"),
        (['kind = "open"', 'token = "env:NOPE"'], "sources[0].token: the environment variable"),
        (['kind = "open"', "token = 5"], "sources[0].token: should be a valid string, not int"),
        (
            ['kind = "noticed"'],
            "sources[0].accept_terms: set it to true if you agree: For yourself alone.",
        ),
        (
            ['kind = "flood"', "assume_brand = true", 'brands = ["Aurora Rail"]'],
            "sources[0].assume_brand: a source of kind flood shows all that anybody says",
        ),
    ],
)
def test_an_error_names_the_key(source, lines, error):
    with pytest.raises(ConfigError) as caught:
        source(*lines)

    assert error in str(caught.value)


def test_a_token_at_the_wrong_place_is_not_shown(source):
    with pytest.raises(ConfigError) as caught:
        source('kind = "open"', 'token = ["hunter2"]')

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", ["talk", "flood"])
def test_a_home_elsewhere_needs_a_way_to_reach_us(source, kind):
    with pytest.raises(ConfigError, match=r"monitor\.contact: polling other people's"):
        source(f'kind = "{kind}"', brands=BRANDS.replace('contact = "mailto:you@example.com"', ""))


def test_what_comes_by_itself_may_have_no_address(source):
    assert source('kind = "mute"').name == "one"


def live(path: Path, text: str) -> SourceSettings:
    file = path / "config.toml"
    file.write_text(BRANDS + text)
    (source,) = load(file, env={"T": "secret"}).sources
    return source


def test_a_source_is_followed_live_if_it_says_so_and_may(tmp_path: Path):
    mastodon = 'kind = "mastodon"\nurl = "https://near.example"\n'
    assert live(tmp_path, f'{mastodon}stream = true\ntoken = "env:T"\n').stream is True
    assert live(tmp_path, f'{mastodon}token = "env:T"\n').stream is False
    with pytest.raises(ConfigError, match=r"sources\[0\].stream: only who has a token may listen"):
        live(tmp_path, f"{mastodon}stream = true\n")
    with pytest.raises(ConfigError, match="of kind hackernews cannot be followed live"):
        live(tmp_path, 'kind = "hackernews"\nstream = true\n')
