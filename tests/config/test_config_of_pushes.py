"""Sources that are pushed or dropped, in config.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import load
from monitor.errors import ConfigError

OPEN = '[monitor]\npush_token = "t"\n'
PUSHED = '[[sources]]\nname = "twitter"\nkind = "push"\n'


def loaded(path: Path, text: str):
    (path / "config.toml").write_text(text, encoding="utf-8")
    return load(path / "config.toml", env={})


def test_a_source_that_is_pushed_needs_no_address_and_no_contact(tmp_path: Path):
    [source] = loaded(tmp_path, OPEN + PUSHED).sources

    assert (source.name, source.kind, source.url) == ("twitter", "push", "push:twitter")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (PUSHED, "sources[0].kind: push needs monitor.push_token"),
        (OPEN + 'http = ""\n' + PUSHED, "sources[0].kind: push needs monitor.http"),
        (
            OPEN + 'contact = "mailto:a@example.com"\n' + PUSHED + 'url = "https://x.example"\n',
            "sources[0].url: what is pushed has none",
        ),
        ('[[sources]]\nname = "a"\nkind = "file"\n', "sources[0].url: "),
    ],
)
def test_what_could_never_be_fed_is_an_error(tmp_path: Path, text, complaint):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("url", ["exports", "file://exports", "{}/exports"])
def test_a_folder_is_found_from_the_configuration(tmp_path: Path, url: str):
    text = f'[[sources]]\nname = "a"\nkind = "file"\nurl = "{url.format(tmp_path)}"\n'
    [source] = loaded(tmp_path, text).sources

    assert source.url == str(tmp_path / "exports")
