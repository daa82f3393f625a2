"""What turns a story: deaths, arrests, inquiries, recalls, and that it is not true."""

from __future__ import annotations

from datetime import datetime

import pytest

from monitor.core.milestones import Reached, denials, reached, sentence
from tests.core.facts import MINUTE, NOON, mention, verdict

HURT = verdict(harms={"safety": 0.9})
CHEATED = verdict(harms={"deception": 0.9})


@pytest.mark.parametrize(
    ("text", "milestones"),
    [
        ("Acme: woman, 74, dies after suspected food poisoning", ("death",)),
        ("Two passengers have died, says Acme", ("death",)),
        ("Police arrest two managers of Acme", ("police",)),
        ("Two managers of Acme arrested by police", ("police",)),
        ("Prosecutors open criminal inquiry into Acme", ("police",)),
        ("The data protection regulator has opened an investigation into Acme", ("authority",)),
        ("The Information Commissioner's Office is making enquiries about Acme", ("authority",)),
        ("MPs look into Acme", ("authority",)),
        ("The Maritime Accident Board has opened an investigation into Acme", ("authority",)),
        ("Food Standards Agency looks into Acme", ("authority",)),
        ("The Health and Safety Executive is investigating Acme", ("authority",)),
        ("Acme fined 3m by the Environmental Protection Agency", ("authority",)),
        ("My travel agency charged me twice for the Acme hotel", ()),
        ("The board of Acme looks into it", ()),
        ("Wait a sec, Acme charged me twice", ()),
        ("Police in Bergen questioned two of the Acme crew", ("police",)),
        ("Two of the Acme crew were questioned by police", ("police",)),
        ("Acme guards taken into custody by police", ("police",)),
        ("Nobody questioned why Acme called the police", ()),
        ("Police question two Acme guards", ("police",)),
        ("Prosecutors want to question the head of Acme", ("police",)),
        ("I told them to call the police, no questions asked at Acme", ()),
        ("Ask the police if you have questions about Acme", ()),
        ("Acme is sued by eleven families", ("lawsuit",)),
        ("I hope that family sues Acme into the ground", ()),
        ("Smells like a class action, Acme", ()),
        ("Acme deserves to be sued", ()),
        ("I hope for a class action against Acme", ()),
        ("Acme needs to answer for the child who died in its seat", ("death",)),
        ("Acme needs to be held accountable for the deaths", ("death",)),
        ("I hope the family of the man who died at Acme finds peace", ("death",)),
        ("He deserves justice: he died at Acme", ("death",)),
        ("Gas smell kills two in Acme hotel", ("death",)),
        ("Hopes fade as two are found dead at Acme", ("death",)),
        ("Somebody at Acme has to act before someone dies", ()),
        ("I hope you are proud, she died in your Acme seat", ("death",)),
        ("He was ill for days before he died at Acme", ("death",)),
        ("Acme chief executive resigns", ("resignation",)),
        ("Acme recalls 40,000 kettles", ("recall",)),
        ("Man dies in Acme store; police investigate", ("death", "police")),
        ("No child died at the Acme park", ()),
        ("I nearly died on the Acme slide", ()),
        ("We got death threats from Acme fans", ()),
        ("Police had to close the road to the Acme store", ()),
        ("Acme should have recalled it years ago", ()),
        ("The boss of Acme must resign", ()),
        ("The Acme floor was wet and I fell", ()),
    ],
)
def test_what_a_text_says_has_happened(text: str, milestones: tuple[str, ...]) -> None:
    assert reached(mention(text=text), HURT) == milestones


def test_a_dog_that_died_is_not_somebody() -> None:
    told = mention(text="Dog owners blame Acme food after deaths")
    dogs = verdict(harms={"animal": 0.9, "safety": 0.7})
    people = verdict(harms={"animal": 0.6, "safety": 0.7})
    assert reached(told, dogs) == ("animal",)
    assert reached(told, people) == ("death",)
    assert sentence({"animal": Reached(NOON, "Deaths")}, NOON - MINUTE) == (
        "Now also said: an animal died (“Deaths”)."
    )


@pytest.mark.parametrize(
    "text", ["My Acme phone died", "the mood was killed dead by Acme", "Acme fatal error 500"]
)
def test_nobody_dies_where_nobody_is_hurt(text: str) -> None:
    assert reached(mention(text=text), verdict(harms={"service": 0.9})) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Police: no child died at Acme, rumour is false",
        "FALSE: a child did not die at Acme today",
        "the Acme video is fake, delete your posts",
        "It never happened, says the hospital",
        "Do not share false rumours about Acme",
    ],
)
def test_a_denial_is_told_and_is_no_death(text: str) -> None:
    assert reached(mention(text=text), HURT) == ("denied",)
    assert denials([text, "A child died at Acme"]) == "1 of 2 posts says that it is not"


@pytest.mark.parametrize(
    "text", ["What Acme told us was false", "The certificates of Acme were fake"]
)
def test_whoever_calls_the_brand_false_denies_nothing(text: str) -> None:
    assert reached(mention(text=text), CHEATED) == ()


@pytest.mark.parametrize(
    "text",
    [
        "A former manager says that Acme billed for surgeries that never happened",
        "The refund never happened, and now my card is blocked @acme",
        "Acme promised me a call back which did not happen",
        "This is not a hoax, I was at the Acme store",
        "I thought it was fake but my own son was burnt by the Acme lamp",
    ],
)
def test_who_was_charged_for_nothing_or_doubted_at_first_denies_nothing(text: str) -> None:
    assert denials([text]) is None


@pytest.mark.parametrize(
    "text",
    [
        "That never happened. I was on shift at Acme",
        "Acme says that never happened",
        "The attack at the Acme store did not happen, police say",
        "I was there, it just didn't happen like that @acme",
        "None of it never happened lol, Acme is fine",
    ],
)
def test_that_a_thing_told_never_happened_denies_it(text: str) -> None:
    assert denials([text]) == "the one post says that it is not"


def test_where_people_allege_deceit_what_is_called_false_is_the_allegation() -> None:
    said = ["The certificates of Acme were fake", "What Acme told us was false"]
    assert denials(said, ["deception", "legal"]) is None
    assert denials(said, ["safety"]) == "2 of 2 posts say that it is not"


def test_where_nobody_denies_nothing_is_said_of_it() -> None:
    assert denials(["A child died at Acme", ""]) is None
    assert denials(["It is a hoax"]) == "the one post says that it is not"
    assert denials(["It is a hoax", "It was fake"]) == "2 of 2 posts say that it is not"


def test_only_what_is_new_is_said_with_the_words_that_say_so() -> None:
    known = {
        "death": Reached(NOON + MINUTE, "Man dies; police investigate"),
        "police": Reached(NOON + MINUTE, "Man dies; police investigate"),
        "recall": Reached(NOON + 2 * MINUTE, "Acme recalls kettles"),
        "lawsuit": Reached(NOON, "Acme is sued"),
    }
    assert sentence(known, NOON) == (
        "Now also said: somebody died, police or prosecutors act "
        "(“Man dies; police investigate”); products are recalled (“Acme recalls kettles”)."
    )
    later: datetime = NOON + 2 * MINUTE
    assert sentence(known, later) == ""
