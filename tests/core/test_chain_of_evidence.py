"""Three ways in which rows and their chain can part that no store of ours brings about."""

from __future__ import annotations

from monitor.core.chain import Held, differing, digest, forged

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
