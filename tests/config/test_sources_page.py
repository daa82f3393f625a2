"""docs/sources.md: a chapter for every kind of source, whose example the program takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor.config import load
from monitor.sources.registry import KINDS

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
BRAND = """
[monitor]
contact = "mailto:ann@example.com"
[[brands]]
name = "Your Brand"
aliases = ["Your Brand"]
"""


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_a_source_loads(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(BRAND + text, encoding="utf-8")

    env = {"REDDIT_FEED_TOKEN": "HASH:USER", "MASTODON_TOKEN": "secret"}
    (source,) = load(path, env=env).sources

    assert source.kind == tomllib.loads(text)["sources"][0]["kind"]
    assert source.url


def test_every_kind_has_a_chapter_with_all_its_parts_and_a_row_in_the_readme() -> None:
    chapters = dict(re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", DOCS))
    rows = re.findall(r"docs/sources\.md#(\w+)\)", (ROOT / "README.md").read_text("utf-8"))
    parts = ("**Gives**", "**Needs**", "**Limits**", "**Terms**")

    assert sorted(chapters) == sorted(rows) == sorted(KINDS)
    assert {kind for kind, text in chapters.items() if any(p not in text for p in parts)} == set()


def test_every_kind_but_the_one_that_comes_by_itself_has_an_example() -> None:
    shown = {tomllib.loads(text)["sources"][0]["kind"] for text in EXAMPLES}

    assert shown == set(KINDS) - {"push"}
