"""Copies, and copies with a few words changed, are one wording; independent posts are not."""

from __future__ import annotations

from itertools import count

import pytest

from monitor.core.text import fingerprint
from monitor.core.wordings import MOST, MOST_TEXTS, Wordings, each_once, is_telling

HANDED_OUT = (
    "Lumenbrook tea is full of banned pesticides and they have known it for years, my whole "
    "family got sick, boycott Lumenbrook now"
)


def of(wordings: Wordings, text: str) -> str:
    return wordings.of(fingerprint(text), text)


@pytest.mark.parametrize(
    "text",
    [
        HANDED_OUT,
        HANDED_OUT.upper(),
        f"ATTENTION: wake up people. {HANDED_OUT} and tell your friends!!!",
        HANDED_OUT.replace("my whole family got sick", "children are drinking it"),
        f"RT {HANDED_OUT}",
    ],
)
def test_a_text_that_was_handed_out_is_known_again(text: str) -> None:
    wordings = Wordings()

    assert of(wordings, HANDED_OUT) == of(wordings, text) == fingerprint(HANDED_OUT)


@pytest.mark.parametrize(
    "text",
    [
        "I drank Lumenbrook tea for years and got sick in spring, the doctor found pesticides",
        "Is it true that Lumenbrook tea is full of banned pesticides? Does anyone have a source?",
        "they have known it for years",
        "",
    ],
)
def test_other_words_are_another_wording(text: str) -> None:
    wordings = Wordings()
    of(wordings, HANDED_OUT)

    assert of(wordings, text) == fingerprint(text)


def test_short_texts_are_alike_by_chance_and_stay_apart() -> None:
    wordings = Wordings()

    assert of(wordings, "never flying with them again") != of(
        wordings, "never flying with them again people"
    )


def test_a_variant_of_a_variant_is_told_by_the_one_it_is_most_like() -> None:
    wordings = Wordings()
    words = [f"word{n}" for n in range(60)]
    first, second = " ".join(words[:30]), " ".join(words[18:48])
    assert of(wordings, first) != of(wordings, second)

    assert of(wordings, " ".join(words[16:46])) == fingerprint(second)


def test_stories_that_become_one_share_their_wordings() -> None:
    one, other = Wordings(), Wordings()
    of(one, "the kettle of my neighbour exploded and burned a hole into her kitchen")
    of(other, HANDED_OUT)
    of(other, "a quite different remark on something that is nobody's business at all")
    one.absorb(other)

    assert of(one, f"{HANDED_OUT} please") == fingerprint(HANDED_OUT)
    assert of(one, HANDED_OUT.lower()) == fingerprint(HANDED_OUT)
    one.absorb(other)
    assert len(one._said) == 3


def test_what_is_remembered_is_bounded() -> None:
    wordings, numbers = Wordings(), count()
    for _ in range(MOST_TEXTS + 50):
        of(wordings, " ".join(f"w{next(numbers)}" for _ in range(9)))

    assert len(wordings._said) == MOST
    assert len(wordings._known) == MOST_TEXTS
    assert of(wordings, " ".join(f"w{n}" for n in range(9))) == fingerprint(
        " ".join(f"w{n}" for n in range(9))
    )


#: A fifth of its runs of words or more, and less than half.
ECHO = (
    "my aunt says that Lumenbrook tea is full of banned pesticides and they have known it, really"
)


def test_a_text_made_after_another_has_a_wording_of_its_own_and_that_root() -> None:
    wordings = Wordings()
    first, echo = of(wordings, HANDED_OUT), of(wordings, ECHO)
    again = of(wordings, ECHO.replace("my aunt", "my uncle").replace("is it so", "is that so"))
    other = of(wordings, "found a hair in my Lumenbrook tea and they sent me a new box")

    assert echo != first
    assert [wordings.root(each) for each in (first, echo, again, other)] == [first] * 3 + [other]


def test_a_root_is_known_to_what_takes_it_in() -> None:
    wordings, other = Wordings(), Wordings()
    first, echo = of(other, HANDED_OUT), of(other, ECHO)
    wordings.absorb(other)

    assert wordings.root(echo) == first


def test_of_a_text_and_its_quotations_the_first_is_told() -> None:
    chief = "Chief executive resigns over diesel scandal, stunned and not aware of any wrongdoing"
    said = (chief, f"RT Midland Courier: {chief}", "they lied to us for six years", chief)
    assert list(each_once((fingerprint(text), text) for text in said)) == [0, 2]


def test_only_what_is_long_enough_is_not_said_by_two_by_chance() -> None:
    assert is_telling(HANDED_OUT)
    assert not is_telling("never flying united again")
