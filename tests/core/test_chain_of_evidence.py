"""Rows and their chain: intact, or parted in ways that no store of ours brings about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from monitor.core.chain import ChainLine, Held, canonical, differing, digest, forged

AT = "2024-05-06T12:00:00.000000Z"
CONTENT = {"text": "They dragged her out"}
SEEN = forged(None, "mention", at=AT, facts={"mention": 7, "digest": digest("salt", CONTENT)})


def test_a_text_that_is_gone_without_a_line_was_blanked_by_somebody_else() -> None:
    gone = Held(mention_id=7, content=None, salt="salt", readings={})

    assert list(differing([SEEN], [gone])) == ["mention 7 was blanked without a line"]


def test_a_reading_of_a_mention_that_has_left_says_nothing() -> None:
    left = forged(SEEN, "left", at=AT, facts={"mention": 7})
    late = {"mention": 7, "name": "likes", "seen_at": AT, "value": 3.0}

    assert list(differing([SEEN, left, forged(left, "reading", at=AT, facts=late)], [])) == []


def test_a_text_that_was_blanked_and_is_there_again_was_put_there_by_somebody_else() -> None:
    blanked = forged(SEEN, "blanked", at=AT, facts={"mention": 7})
    back = Held(mention_id=7, content=CONTENT, salt="salt", readings={})

    assert list(differing([SEEN, blanked], [back])) == [
        "mention 7 was blanked, and holds a text again"
    ]


LIKES = {"mention": 7, "name": "likes", "seen_at": AT, "value": 3.0}
READ = forged(SEEN, "reading", at=AT, facts=LIKES)
EDITED = {"text": "They asked her to go"}
EDIT = forged(SEEN, "edit", at=AT, facts={"mention": 7, "digest": digest("salt", EDITED)})
UNSALTED = forged(None, "mention", at=AT, facts={"mention": 7, "digest": digest("", CONTENT)})
EMPTY = forged(None, "mention", at=AT, facts={"mention": 7, "digest": ""})
BLANK = forged(SEEN, "blanked", at=AT, facts={"mention": 7})


def held(content: Mapping[str, Any] | None = CONTENT, **known: Any) -> Held:
    return replace(Held(mention_id=7, content=content, salt="salt"), **known)


@pytest.mark.parametrize(
    ("lines", "now"),
    [
        ([SEEN], [held()]),
        ([SEEN, EDIT], [held(EDITED)]),
        ([UNSALTED], [held(salt=None)]),
        ([SEEN, BLANK], [held(None)]),
        ([EMPTY], [held(None)]),
        ([SEEN, READ], [held(readings={("likes", AT): 3.0})]),
    ],
    ids=[
        "as it was seen",
        "as it was edited",
        "without a salt",
        "as it was blanked",
        "blanked before it was told of",
        "as it was counted",
    ],
)
def test_what_is_as_the_lines_say_is_intact(lines: list[ChainLine], now: list[Held]) -> None:
    assert list(differing(lines, now)) == []


@pytest.mark.parametrize(
    ("lines", "now", "wrong"),
    [
        ([SEEN], [], "mention 7 was taken from the incident without a line"),
        ([], [held()], "mention 7 was put into the incident without a line"),
        ([SEEN], [held(EDITED)], "mention 7 does not say what it said when it was seen"),
        ([SEEN, EDIT], [held()], "mention 7 does not say what it said when it was seen"),
        ([SEEN], [held(salt="x")], "mention 7 does not say what it said when it was seen"),
        (
            [SEEN, READ],
            [held()],
            f"likes of mention 7, read at {AT}: 3 was seen, nothing is there",
        ),
        (
            [SEEN, READ],
            [held(readings={("likes", AT): 30.5})],
            f"likes of mention 7, read at {AT}: 3 was seen, 30.5 is there",
        ),
        (
            [SEEN],
            [held(readings={("likes", AT): 3.0})],
            f"likes of mention 7, read at {AT}: nothing was seen, 3 is there",
        ),
    ],
)
def test_what_is_not_is_told(lines: list[ChainLine], now: list[Held], wrong: str) -> None:
    assert list(differing(lines, now)) == [wrong]


def test_there_is_one_spelling_for_one_value() -> None:
    assert canonical({"b": "Straße", "a": [1, None]}) == '{"a":[1,null],"b":"Straße"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})
