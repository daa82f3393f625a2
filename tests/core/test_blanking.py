"""What a deleted text is taken out of, and what stays as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.core.blanking import Gone, blanked, neutral_title, words_without
from monitor.core.brief import title_of
from monitor.core.event import serialized
from monitor.core.plaintext import clip
from monitor.core.types import DELETED

TEXT = (
    "I can't walk. Two Nordwind crew members just dragged me out of my seat by the arms, and the "
    "captain said “sit down” to everybody who filmed it. https://video.example/1 Never again with "
    "this airline, and I will tell everyone I know about it until they say sorry to all of us."
)
GONE = Gone(url="https://social.example/1", title=None, text=TEXT)
OTHER = "My bag has been in Lisbon for six days and nobody at Nordwind Air answers the phone."


def message(**data: Any) -> str:
    return serialized({"type": "incident.updated", "timestamp": "x", "data": data})


def after(body: str, gone: Gone = GONE) -> Any:
    return json.loads(blanked(body, gone))["data"]


QUOTES = {
    "the whole text": (TEXT, True),
    "its beginning, cut": (clip(TEXT, 60), True),
    "its beginning, cut by another hand": (TEXT[:40], True),
    "without its link": (clip(TEXT.replace("https://video.example/1 ", ""), 250), True),
    "a few words, cut": ("I can't…", False),
    "a dozen signs, cut": ("I can't walk…", True),
    "thirty signs, uncut": (TEXT[:30], True),
    "a sign less, uncut": (TEXT[:29].rstrip(), False),
    "a few words": ("I can't walk", False),
    "something from its middle": (TEXT[30:90], False),
    "another text": (OTHER, False),
    "nothing": ("", False),
    "an ellipsis": ("…", False),
}


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_is_known_by_its_beginning(name: str) -> None:
    quote, known = QUOTES[name]
    assert GONE.is_source_of(quote) is known


def test_a_short_text_is_known_as_a_whole_only() -> None:
    late = replace(GONE, text="Late again")
    assert late.is_source_of("Late again")
    assert not late.is_source_of("Late")


def test_a_title_is_known_alone_and_with_its_text() -> None:
    news = replace(GONE, title="Passenger dragged off a flight of Nordwind", text=OTHER)
    for joint in (".", ""):
        head = f"Passenger dragged off a flight of Nordwind{joint}"
        assert news.is_source_of(head)
        assert news.is_source_of(f"{head} {OTHER[:20]}…")
    assert news.is_source_of(OTHER)


def test_an_answer_is_known_by_what_its_thread_is_called() -> None:
    answer = replace(GONE, title="Re: Passenger dragged off a flight of Nordwind", text=OTHER)
    assert answer.is_source_of("Passenger dragged off a flight of Nordwind")


def test_who_is_forgotten_leaves_no_address_and_whoever_was_deleted_before_keeps_theirs() -> None:
    hers = {"url": GONE.url, "author": "@kim", "text": TEXT}
    deleted = {"url": "https://social.example/2", "author": None, "text": DELETED}
    told = after(message(evidence=[hers, deleted]), replace(GONE, is_forgotten=True))
    assert told["evidence"] == [{"url": None, "author": None, "text": DELETED}, deleted]


def test_a_piece_of_evidence_keeps_its_place_and_its_numbers() -> None:
    piece = {
        "url": GONE.url,
        "author": "@kim",
        "text": clip(TEXT, 280),
        "engagement": {"likes": 3},
    }
    other = {"url": "https://social.example/2", "author": "@li", "text": OTHER}
    assert after(message(evidence=[piece, other], risk=0.9)) == {
        "evidence": [{**piece, "author": None, "text": DELETED}, other],
        "risk": 0.9,
    }


def test_what_never_named_an_author_names_none_now() -> None:
    assert after(message(post={"url": GONE.url, "text": "cut by a stranger"})) == {
        "post": {"url": GONE.url, "text": DELETED}
    }


def test_a_piece_without_an_address_is_known_by_its_words() -> None:
    piece = {"url": None, "author": "@kim", "text": clip(TEXT, 280)}
    assert after(message(evidence=[piece]))["evidence"] == [
        {"url": None, "author": None, "text": DELETED}
    ]
    assert after(message(said={"url": GONE.url, "text": "x"}))["said"]["text"] == DELETED


def test_an_address_alone_is_left() -> None:
    body = message(links={"url": GONE.url})
    assert blanked(body, GONE) is body


def test_the_quote_of_a_brief_goes_and_the_brief_stays() -> None:
    said = "Said of Nordwind Air: staff mistreated someone. 3 mentions."
    body = message(brief=f"{said} “{clip(TEXT, 110)}”", reason=f"Another side of it: “{OTHER}”.")
    assert "sit down" in clip(TEXT, 130)
    assert after(body) == {
        "brief": f"{said} “[deleted]”",
        "reason": f"Another side of it: “{OTHER}”.",
    }
    inner = message(brief=f"{said} “{clip(TEXT, 130)}”")
    assert after(inner)["brief"] == f"{said} “[deleted]”"


def test_words_that_moved_the_alarm_go_if_one_of_them_was_said_in_it() -> None:
    sentence = "What is said is alarming. Moved most by “Dragged me”, “blood”."
    assert words_without(sentence, GONE) == "What is said is alarming."
    assert words_without(sentence, replace(GONE, text=OTHER)) == sentence
    assert words_without("What is said is alarming.", GONE) == "What is said is alarming."
    body = message(why=[{"name": "alarm", "sentence": sentence}])
    assert after(body)["why"] == [{"name": "alarm", "sentence": "What is said is alarming."}]


def test_an_incident_that_is_called_otherwise_now_is_called_so_in_its_alerts() -> None:
    renamed = replace(GONE, old_title="I can't walk…", new_title="My bag is in Lisbon")
    body = message(incident={"title": "I can't walk…", "id": 1}, reason="Reached critical.")
    assert after(body, renamed) == {
        "incident": {"title": "My bag is in Lisbon", "id": 1},
        "reason": "Reached critical.",
    }


def test_what_it_said_before_it_was_edited_is_known_by_its_address() -> None:
    edited = replace(GONE, text="Edit: I was told not to talk about it.")
    piece = {"url": GONE.url, "author": "@kim", "text": clip(TEXT, 280)}
    body = message(evidence=[[piece]], brief=f"1 mention. “{clip(TEXT, 110)}”", n=[1, None])
    assert after(body, edited) == {
        "evidence": [[{**piece, "author": None, "text": DELETED}]],
        "brief": "1 mention. “[deleted]”",
        "n": [1, None],
    }


def test_what_others_say_too_is_still_said() -> None:
    """Only who said it here is taken out."""
    copied = replace(GONE, is_said_by_others=True)
    piece = {"url": GONE.url, "author": "@kim", "text": clip(TEXT, 280)}
    copy = {**piece, "url": "https://social.example/9", "author": "@copy"}
    body = message(evidence=[piece, copy], brief=f"“{clip(TEXT, 90)}”")
    assert after(body, copied) == {
        "evidence": [{**piece, "author": None, "text": DELETED}, copy],
        "brief": f"“{clip(TEXT, 90)}”",
    }


def test_a_body_that_quotes_nothing_is_the_same_to_the_byte() -> None:
    body = '{"type":"x","data":{"n":1.50,"text":"' + OTHER + '"}}'
    assert blanked(body, GONE) is body


def test_what_an_incident_is_called() -> None:
    assert (
        title_of(None, "See https://a.example\nthe crew   dragged me") == "See the crew dragged me"
    )
    assert title_of("Crew drags passenger", TEXT) == "Crew drags passenger"
    assert neutral_title("Nordwind Air", ["mistreatment", "safety"]) == (
        "Nordwind Air: staff mistreated someone"
    )
    assert neutral_title("Nordwind Air", ["unknown"]) == "Nordwind Air: people criticise it"
    long = neutral_title("N " * 80, ["safety"])
    assert len(long) <= 90
    assert long.endswith(": " + neutral_title("N", ["safety"]).removeprefix("N: "))
