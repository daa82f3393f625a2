"""What a public statement says, and what people will miss in it; all texts are written for it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from monitor.core.statements import NEEDS, UNREAD, check, lacking, sentence, stored

ALL = frozenset(NEEDS)
#: text -> (what it has of happened, responsibility, next, when; a piece of policy language or "").
SAID: Mapping[str, tuple[set[str], str]] = {
    # all of it
    "On Sunday evening two officers dragged a passenger off flight 88 because we had sold his "
    "seat twice. That was wrong of us and we are sorry. We will refund everyone on board by "
    "Friday and publish what we change on 30 April.": (set(ALL), ""),
    "At 9:40 this morning our update locked 200,000 customers out of their accounts. This is our "
    "mistake. We expect to be back by 18:00 today and will post news every hour.": (set(ALL), ""),
    "A pipe at our plant broke last night and 4,000 litres of dye went into the river. We take "
    "full responsibility. We have stopped production and will publish the first water samples "
    "tomorrow at noon.": (set(ALL), ""),
    "Between 3 and 9 March, e-mail addresses of 1.2 million members were stolen from our server. "
    "We should have closed the hole in January and we did not. I apologise to every one of them. "
    "We will write to each person concerned within 48 hours.": (set(ALL), ""),
    "Yesterday one of our drivers left an eight-year-old at the wrong stop. She is home and well. "
    "It should never have happened and I am deeply sorry. I will visit the family today and we "
    "will retrain all drivers by the end of May.": (set(ALL), ""),
    "We sold tea with too much lead in it for three weeks. That is on us. Shops will refund you "
    "from today, and we have recalled every packet.": (set(ALL), ""),
    "We are so sorry for what happened to a young passenger travelling alone. We have met the "
    "family, suspended the service and will publish the findings.": (
        {"happened", "responsibility", "next"},
        "",
    ),
    # the policy answer
    "This flight was overbooked. After our team looked for volunteers, one customer refused to "
    "leave the aircraft voluntarily and law enforcement was asked to come to the gate. We "
    "apologize for the overbook situation.": ({"happened"}, "overbook situation"),
    "This is an upsetting event to all of us here. I apologize for having to re-accommodate "
    "these customers. Our team is moving with a sense of urgency to work with the authorities.": (
        set(),
        "re-accommodate",
    ),
    "Our crew followed established procedures for dealing with situations like this, and the "
    "passenger was asked to leave when he became disruptive and belligerent.": (
        {"happened"},
        "established procedures",
    ),
    "All fares are sold in accordance with our terms and conditions, which are published on our "
    "website.": (set(), "in accordance with our terms"),
    "We take the safety of our guests very seriously and we are looking into the matter.": (
        set(),
        "take the safety of our guests very seriously",
    ),
    "This was an isolated incident and does not reflect who we are as a company.": (
        set(),
        "isolated incident",
    ),
    "We apologise for any inconvenience this may have caused to our valued customers.": (
        set(),
        "any inconvenience",
    ),
    "As this is a matter of ongoing litigation, we are not able to say more at this time.": (
        set(),
        "ongoing litigation",
    ),
    "The product is safe and fully compliant with all the rules that apply to it.": (
        set(),
        "fully compliant",
    ),
    "The customer was involuntarily denied boarding under our contract of carriage.": (
        {"happened"},
        "denied boarding",
    ),
    # no responsibility, however sorry
    "We are sorry if anyone was offended by the film we published on Monday.": (set(), ""),
    "We regret that you feel the answer you were given was not what you had hoped for.": (
        {"happened"},
        "",
    ),
    "The power cut was outside of our control, and we are sorry for the delays it brought to "
    "you.": (set(), ""),
    "We do not accept responsibility for what the contractor did at the site.": (set(), ""),
    "Responsibility lies with the supplier who shipped the wrong bolts to our plant.": (
        {"happened"},
        "",
    ),
    # one thing of four
    "Our system went down at 7 and cards were refused in all shops.": ({"happened"}, ""),
    "We got this wrong, and to all who were there: we are ashamed.": ({"responsibility"}, ""),
    "We are investigating with the police and are calling in experts from outside.": (
        {"next"},
        "",
    ),
    "We will publish the full report by the end of the week.": ({"next", "when"}, ""),
    "The next update will be at 16:00 on this page.": ({"next", "when"}, ""),
    # two and three
    "A member of our staff insulted a guest and we are sorry to him and to his family. We let "
    "him down.": ({"happened", "responsibility"}, ""),
    "Some cards were charged twice last night. We will refund the second payment within three "
    "working days.": ({"happened", "next", "when"}, ""),
    "We let you down. We will fix the app and will tell you when it is done.": (
        {"responsibility", "next"},
        "",
    ),
    "Our engineers found the fault and we are restoring service region by region.": (
        {"happened", "next"},
        "",
    ),
    # vague about what comes
    "We will not comment on this matter any further at the moment.": (set(), "will not comment"),
    "More information will follow in due course, and we thank you for your patience.": (
        set(),
        "",
    ),
    "We will always put the people who fly with us first, today and tomorrow.": (set(), ""),
    "Your call matters to us and we will continue to review what we do.": (set(), ""),
    # about nothing
    "We are proud to fly from Rome to Oslo from June, with three flights a week for all of you.": (
        set(),
        "",
    ),
    "We are aware of reports that some of you have had an issue with the app.": (set(), ""),
    "An incident has been brought to our attention and it is being looked at.": (set(), ""),
}


@pytest.mark.parametrize("text", SAID)
def test_it_says_so_much_and_no_more(text: str) -> None:
    has, policy = SAID[text]
    found = check(text)
    assert found is not None
    assert {name for name in NEEDS if getattr(found, name)} == has
    assert bool(found.policy) is bool(policy), found.policy
    if policy:
        assert any(policy in words for words in found.policy), found.policy


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(SAID) >= 30


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sorry!",
        "Es tut uns leid, was am Sonntag auf Flug 88 geschehen ist. Wir erstatten den Preis.",
        "Lamentamos lo ocurrido el domingo y devolveremos el dinero a todos los pasajeros.",
        "Nous sommes désolés de ce qui est arrivé dimanche, et nous rembourserons chacun.",
        "日曜日に起きたことについて深くお詫び申し上げます。",
        "🛫🛫🛫 #fly",
    ],
)
def test_what_is_not_english_or_too_short_is_not_read(text: str) -> None:
    assert check(text) is None
    assert stored(text) == UNREAD
    assert lacking(stored(text)) == ()
    assert "was not read" in sentence(stored(text))


def test_of_what_never_happened_nobody_is_asked_to_tell_it_or_to_answer_for_it() -> None:
    checks = stored("The story about our cans is not true. Health officials have confirmed it.")
    assert lacking(checks) == ()
    assert sentence(checks) == "It says that the story is not true."
    policy = stored("The rumour is false, and we acted in line with our procedures on that day.")
    assert sentence(policy).startswith("It says that the story is not true. It seems to lack: ")


def test_what_it_lacks_is_said_in_plain_words() -> None:
    checks = stored(
        "I apologize for having to re\u2010accommodate the people on this flight. "
        "We are looking at it under our policy."
    )
    assert lacking(checks)[:4] == (
        "what happened",
        "who takes responsibility",
        "what happens next",
        "by when",
    )
    assert lacking(checks)[4] == (
        "plain words instead of \u201cre-accommodate\u201d, \u201cunder our policy\u201d"
    )
    assert sentence(checks).startswith("It seems to lack: what happened; who takes")


def test_a_statement_that_lacks_nothing_is_said_to() -> None:
    assert lacking(stored(next(iter(SAID)))) == ()
    assert sentence(stored(next(iter(SAID)))) == (
        "It says what happened, who takes responsibility, what happens next and by when."
    )


def test_checks_that_were_never_made_are_no_praise() -> None:
    assert "was not read" in sentence({})
    assert lacking({}) == ()


def test_a_long_text_takes_no_time() -> None:
    """No pattern may hang on what somebody writes."""
    for piece in ("we will ", "a a a a a was ", "if ", "the inconvenience ", "within "):
        check("We are the ones who have it. " + piece * 4_000)


def test_the_same_words_twice_are_told_once() -> None:
    found = check("We followed our procedures, and we FOLLOWED our procedures as we always have.")
    assert found is not None
    assert found.policy == ("followed our procedures",)
