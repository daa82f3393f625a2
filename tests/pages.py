"""README.md and docs/*.md as the tests read them: commands, links, headings, marked examples.

Markdown as GitHub renders it, as far as these pages use it. Does not judge what it finds.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_FENCED = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
#: A scheme (https:, mailto:) leads out of the repository.
_ABROAD = re.compile(r"[a-z]+:")


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The text without its blocks of code: what is rendered as Markdown."""
        return _FENCED.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        return [body for kind, body in _FENCED.findall(self.text) if kind == language]

    def commands(self) -> list[str]:
        lines = "".join(self.blocks("console")).splitlines()
        return [line[2:] for line in lines if line.startswith("$ ")]

    def links(self) -> list[str]:
        """Where it leads inside of the repository: `docs/push.md`, `#body`, `push.md#body`."""
        return [link for link in _LINK.findall(self.prose) if not _ABROAD.match(link)]

    def anchors(self) -> set[str]:
        slugs: Counter[str] = Counter()
        found = set()
        for title in re.findall(r"(?m)^#{1,6} +(.+?) *#*$", self.prose):
            slug = anchor(title)
            found.add(f"{slug}-{slugs[slug]}" if slugs[slug] else slug)
            slugs[slug] += 1
        return found

    def marked(self, name: str) -> str:
        """The block between `<!-- name -->` and `<!-- /name -->`."""
        pattern = rf"<!-- {name} -->\n```\w+\n(.*?)```\n<!-- /{name} -->"
        (block,) = re.findall(pattern, self.text, re.DOTALL)
        return str(block)

    def rows(self, head: str) -> list[list[str]]:
        """The cells of the table that begins with the line `head`, without head and rule."""
        table = self.text.split(f"{head}\n", 1)[1].split("\n\n", 1)[0]
        return [[cell.strip() for cell in row[1:-1].split("|")] for row in table.splitlines()[1:]]


def anchor(title: str) -> str:
    """What GitHub makes of a heading: lower case, no punctuation, a hyphen for each blank.

    https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb
    """
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", title)
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")


def broken(page: Page) -> list[str]:
    """Links of a page that lead nowhere: to no file, or to no heading of a page."""
    return [link for link in page.links() if not _leads(page, *link.partition("#")[::2])]


def _leads(page: Page, file: str, heading: str) -> bool:
    target = (page.path.parent / file).resolve() if file else page.path
    if not (target.exists() and target.is_relative_to(ROOT)):
        return False
    return not heading or (target.suffix == ".md" and heading in Page(target).anchors())


def is_part(short: Any, whole: Any) -> bool:
    """Whether a JSON value is another one with keys and items left out, in the same order."""
    if isinstance(short, dict) and isinstance(whole, dict):
        return all(key in whole and is_part(short[key], whole[key]) for key in short)
    if isinstance(short, list) and isinstance(whole, list):
        rest = iter(whole)
        return all(any(is_part(one, other) for other in rest) for one in short)
    return bool(short == whole)


README = Page(ROOT / "README.md")
DOCS = tuple(Page(path) for path in sorted((ROOT / "docs").glob("*.md")))
PAGES = (README, *DOCS)
