"""What the tests of README and docs rest on: links, anchors, parts told right from wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import pages
from tests.pages import Page, anchor, broken, is_part

#: As GitHub names them.
ANCHORS = [
    ("feed", "feed"),
    ("When a receiver is down", "when-a-receiver-is-down"),
    ("Is `risk` a probability?", "is-risk-a-probability"),
    ('What is "going viral"?', "what-is-going-viral"),
    ("alertmanager-api", "alertmanager-api"),
    ("Speed & safety", "speed--safety"),
    ("See [push](push.md) *first*", "see-push-first"),
]


@pytest.mark.parametrize(("title", "expected"), ANCHORS)
def test_a_heading_has_the_anchor_that_github_gives_it(title: str, expected: str):
    assert anchor(title) == expected


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    (tmp_path / "other.md").write_text("# One\n## Two\n## Two\n", encoding="utf-8")
    return Page(tmp_path / "page.md")


@pytest.mark.parametrize(
    ("link", "is_broken"),
    [
        ("other.md", False),
        ("other.md#one", False),
        ("other.md#two-1", False),
        ("other.md#two-2", True),
        ("other.md#three", True),
        ("none.md", True),
        ("../etc", True),
        ("#here", False),
        ("#there", True),
        ("https://example.com/none.md", False),
    ],
)
def test_a_link_is_broken_when_its_file_or_heading_is_missing(
    page: Page, link: str, is_broken: bool
):
    page.path.write_text(f"# Here\nSee [it]({link}).\n", encoding="utf-8")

    assert broken(page) == ([link] if is_broken else [])


def test_what_looks_like_a_link_or_a_heading_in_code_is_none(page: Page):
    page.path.write_text("# Here\n```sh\n# there\n[a](none.md)\n```\n", encoding="utf-8")

    assert page.anchors() == {"here"}
    assert page.links() == []


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        ({}, True),
        ({"a": 1}, True),
        ({"a": 2}, False),
        ({"c": 1}, False),
        ({"b": [{"x": 3}]}, True),
        ({"b": [{"x": 2}, {"y": 5}]}, True),
        ({"b": [{"x": 3}, {"x": 2}]}, False),
        ({"b": {"x": 2}}, False),
    ],
)
def test_a_shortened_example_says_nothing_that_the_whole_one_does_not(
    short: object, expected: bool
):
    assert is_part(short, {"a": 1, "b": [{"x": 2}, {"x": 3, "y": 5}]}) is expected
