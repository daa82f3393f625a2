"""Which incident a post of the brand is about; most posts are about none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.spoken_of import Candidate, Spoken, about
from monitor.core.types import Incident, Level, Status
from tests.core.facts import HOUR, NOON, incident

SAID = (
    "They dragged a doctor off an overbooked flight in Chicago and broke his nose",
    "Video of officers pulling a passenger from seat 88, https://acme.example/news/3 is a joke",
)
URL = "https://social.example/1"


def one(number: int = 1, *, said: tuple[str, ...] = SAID, **known: Any) -> Candidate:
    found: Incident = replace(
        incident(Level.CRITICAL, last_seen_at=NOON + HOUR), id=number, title="Dragged off", **known
    )
    return Candidate(incident=found, texts=said, urls=(URL,))


OTHER = one(2, said=("The cards of Acme are refused in every shop since this morning",))


def post(text: str, **known: Any) -> Spoken:
    values: dict[str, Any] = {
        "id": 1,
        "brand": "Acme",
        "at": NOON + HOUR,
        "url": None,
        "text": text,
    }
    return Spoken(**values | known)


def found(text: str, *candidates: Candidate, **known: Any) -> tuple[int, str] | None:
    match = about(post(text, **known), candidates or (one(), OTHER))
    return None if match is None else (match.incident.id, match.why)


def test_a_post_that_links_to_what_is_said_is_about_it() -> None:
    why = "It links to what is said of the incident."
    assert found(f"See {URL}") == (1, why)
    assert found(f"See {URL}23, it is lovely") is None
    assert found(f"({URL}).") == (1, why)


def test_so_is_one_that_is_linked_to() -> None:
    url = "https://acme.example/news/3"
    assert found("Read on.", url=url) == (1, "What is said of the incident links to it.")
    assert found("Read on.", url="https://acme.example/news/") is None


def test_an_answer_is_about_what_it_shares_words_with() -> None:
    assert found("We are sorry that a doctor was hurt on a flight from Chicago.") == (
        1,
        "It reads as an answer, in words of what is said: “doctor”, “flight”, “chicago”.",
    )
    assert found("We are investigating why cards are refused in shops.") == (
        2,
        "It reads as an answer, in words of what is said: “cards”, “refused”.",
    )


@pytest.mark.parametrize(
    "denial",
    [
        "It is not true that cards are refused in shops.",
        "A false claim about refused cards and shops is being shared.",
        "The rumour of refused cards in shops is unfounded.",
        "We found no evidence that shops refused cards.",
        "Refused cards in shops: a hoax.",
        "We deny that our cards were refused in shops.",
    ],
)
def test_a_denial_is_an_answer(denial: str) -> None:
    match = found(denial)
    assert match is not None
    assert match[0] == 2


@pytest.mark.parametrize(
    "reply",
    [
        "There has been no refused payment: all cards work.",
        "We have checked all cards, and none was refused in a shop.",
        "We have seen claims online of refused cards.",
        "No money was stolen from those whose cards are refused.",
        "Everyone whose cards were refused is safe.",
        "What the director said of refused cards was taken out of context.",
        "We take refused cards in shops extremely seriously.",
        "Cards are refused for a technical issue.",
    ],
)
def test_a_reply_is_an_answer_if_it_has_words_of_what_is_said(reply: str) -> None:
    match = found(reply)
    assert match is not None
    assert match[0] == 2
    assert found(reply, one()) is None, "whatever else is open"


@pytest.mark.parametrize(
    "advertisement",
    [
        "There is no better place for cards that others refused.",
        "There is no time like this morning to get cards.",
        "Refused elsewhere? Have you seen our cards?",
    ],
)
def test_praise_of_oneself_is_no_reply(advertisement: str) -> None:
    assert found(advertisement) is None


def test_an_answering_word_in_another_sense_is_no_denial() -> None:
    assert found("False lashes for the doctor on your flight from Chicago!") is None


def test_words_are_known_in_other_forms() -> None:
    assert found("We apologise. The overbooking of that flights was wrong.") == (
        1,
        "It reads as an answer, in words of what is said: “overbooking”, “flights”.",
    )


ABOUT_NONE = {
    "an advertisement": "Doctors fly to Chicago with us: flight 88, seats from 99 dollars!",
    "an answer with one word in common": "Sorry, your flight is late.",
    "an answer with none": "We are aware of the weather over Denver and are sorry.",
    "the name of the brand alone": "Acme is sorry, says Acme.",
    "nothing": "",
}


@pytest.mark.parametrize("name", ABOUT_NONE)
def test_what_is_about_nothing_stops_no_clock(name: str) -> None:
    assert found(ABOUT_NONE[name]) is None


def test_an_answer_is_about_the_one_incident_that_is_open() -> None:
    why = "It reads as an answer, and no other incident is open."
    assert found("We are sorry, and will say more soon.", one()) == (1, why)
    assert found("We are sorry, and will say more soon.", one(level=Level.WARNING)) == (1, why)
    assert found("We are sorry, and will say more soon.", one(level=Level.WATCH)) is None
    assert found("We fly on Sunday.", one()) is None


@pytest.mark.parametrize(
    ("known", "counts"),
    [
        ({}, True),
        ({"brand": "Other"}, False),
        ({"at": NOON - timedelta(seconds=1)}, False),
        ({"at": NOON}, True),
        ({"at": NOON + HOUR + timedelta(days=7)}, True),
        ({"at": NOON + HOUR + timedelta(days=7, seconds=1)}, False),
    ],
)
def test_it_is_of_the_brand_and_of_the_time(known: dict[str, Any], counts: bool) -> None:
    assert (found(f"See {URL}", **known) is not None) is counts


def test_where_nothing_is_open_an_answer_is_about_nothing() -> None:
    assert about(post("We are sorry, and will say more soon."), ()) is None


@pytest.mark.parametrize("status", list(Status))
def test_what_is_over_hears_no_more(status: Status) -> None:
    assert (found(f"See {URL}", one(status=status)) is not None) is status.is_live


def test_of_two_that_share_as_much_the_livelier_counts() -> None:
    late = one(3, last_seen_at=NOON + 2 * HOUR)
    assert found("Sorry: a doctor on a flight.", one(), late) == (
        3,
        "It reads as an answer, in words of what is said: “doctor”, “flight”.",
    )


def test_other_languages_answer_too() -> None:
    german = one(said=("Der Arzt wurde aus dem Flugzeug geschleift, Nase gebrochen",))
    assert found("Es tut uns leid, was dem Arzt im Flugzeug geschah.", german, OTHER) == (
        1,
        "It reads as an answer, in words of what is said: “arzt”, “flugzeug”.",
    )
