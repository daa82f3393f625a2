"""Titles and briefs: plain words, short, and harmless whatever the texts from outside are like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.brief import ALLEGED, brief, headline, since_told
from monitor.core.outbox import IncidentEvent, ResponseTimes
from monitor.core.plaintext import tidy
from monitor.core.types import DELETED, HARMS, Evidence, Incident, Level, Part, Status

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SEEN = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
INCIDENT = Incident(
    id=7,
    brand="Nordwind Air",
    title="Crew drags passenger off flight",
    status=Status.OPEN,
    level=Level.WARNING,
    severity=3.9,
    risk=0.7,
    opened_at=NOW,
    first_seen_at=SEEN,
    last_seen_at=NOW,
    harms=("mistreatment", "safety", "boycott"),
    mention_count=14,
    author_count=12,
    source_count=3,
)


#: What takes something from the risk: most posts are copies.
COPIED = Part(name="credibility", value=-0.4, sentence="81% of the posts copy a text.")


def quoted(text: str, number: int = 0) -> Evidence:
    return Evidence(
        mention_id=number,
        url=None,
        source="x",
        author=None,
        published_at=None,
        first_seen_at=NOW,
        text=text,
    )


def told(*quotes: str, parts: tuple[Part, ...] = (), **changes: object) -> str:
    evidence = tuple(quoted(quote, n) for n, quote in enumerate(quotes))
    return brief(
        IncidentEvent(
            type="incident.opened",
            at=NOW,
            incident=replace(INCIDENT, **changes),  # type: ignore[arg-type]
            parts=parts,
            reason="",
            times=ResponseTimes(
                first_seen=SEEN, detected=NOW, acknowledge_by=NOW, statement_by=NOW
            ),
            evidence=evidence,
        )
    )


def test_a_brief_says_what_is_alleged_how_often_since_when_and_how_grave() -> None:
    assert told() == (
        "Said of Nordwind Air: staff mistreated someone and people were hurt or put in danger. "
        "14 mentions by 12 authors on 3 sources since 21 Nov 2026, 09:05 UTC. "
        "How grave: very, injury or danger to life."
    )


def test_it_quotes_the_worst_text_when_a_good_part_of_it_fits() -> None:
    quoted = told("They dragged him down the aisle", "Another", harms=("mistreatment",))
    assert quoted.endswith("to life. “They dragged him down the aisle”")
    long = told("They dragged him down the aisle and nobody helped " * 9, harms=("animal",))
    assert long.endswith("…”")
    assert 270 <= len(long) <= 280


def test_where_only_a_scrap_would_fit_nothing_is_quoted() -> None:
    allegation = "staff mistreated someone and people were hurt or put in danger"
    for length in range(1, 61):
        made = told("word " * 60, brand="B" * length)
        assert len(made) <= 280
        assert allegation in made
        if "“" in made:
            assert len(made.split("“")[1]) >= 30


def test_a_campaign_is_called_one() -> None:
    said = "It looks like a campaign: much of it is copied."
    assert f"UTC. {said} How grave" in told(parts=(COPIED,), harms=("safety",))
    assert said not in told(parts=(replace(COPIED, value=0.0),), harms=("safety",))


def test_that_it_is_denied_stands_where_the_allegation_stands() -> None:
    made = told("Three children are ill", "FALSE: no child is ill, say police", harms=("safety",))
    assert "UTC. Also said: it is not true. How grave" in made
    assert "Also said" not in told("Three children are ill", harms=("safety",))
    both = told("It never happened", parts=(COPIED,), harms=("safety",))
    assert "Also said: it is not true. It looks like a campaign" in both


def test_a_false_certificate_is_no_denial_of_a_brand_that_is_said_to_cheat() -> None:
    assert "Also said" not in told("The certificates were fake", harms=("deception",))


def test_that_a_story_may_be_old_stands_in_the_brief() -> None:
    made = told("In 2014 four people died", "2014, never forget", harms=("safety",))
    assert "UTC. It may be old: posts speak of 2014. How grave" in made


def test_a_brief_that_calls_it_a_campaign_is_no_longer_than_others() -> None:
    for length in range(1, 61):
        made = told("word " * 60, parts=(COPIED,), brand="B" * length)
        assert len(made) <= 280
        assert made.count("How grave") == 1


def test_an_empty_quote_is_not_shown() -> None:
    assert "“" not in told("  ")


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_has_plain_words_but_praise(harm: str) -> None:
    assert (harm in ALLEGED) is (harm != "praise")
    made = told(harms=("praise", harm))
    expected = f"Said of Nordwind Air: {ALLEGED.get(harm)}." if harm in ALLEGED else "criticised"
    assert expected in made


def test_without_a_harm_it_says_so() -> None:
    assert told(harms=()).startswith(
        "Nordwind Air is criticised; nothing definite is alleged so far. 14 mentions"
    )


COUNTS = {
    (1, 1, 1): "1 mention by 1 author on 1 source since",
    (2, 1, 1): "2 mentions by 1 author on 1 source since",
    (12000, 9000, 4): "12,000 mentions by 9,000 authors on 4 sources since",
    (3, 0, 2): "3 mentions on 2 sources since",
    (1, 0, 0): "1 mention on 1 source since",
}


@pytest.mark.parametrize("counts", COUNTS)
def test_counts_in_words(counts: tuple[int, int, int]) -> None:
    mentions, authors, sources = counts
    made = told(mention_count=mentions, author_count=authors, source_count=sources)
    assert COUNTS[counts] in made


GRAVITY = [
    (0.0, "UTC."),
    (0.49, "UTC."),
    (0.51, "How grave: an annoyance."),
    (1.51, "How grave: money or much time lost."),
    (2.51, "How grave: serious, rights, dignity or livelihood are at stake."),
    (3.499, "How grave: serious, rights, dignity or livelihood are at stake."),
    (3.5, "How grave: serious, rights, dignity or livelihood are at stake."),
    (3.51, "How grave: very, injury or danger to life."),
    (9.0, "How grave: very, injury or danger to life."),
    (-1.0, "UTC."),
]


@pytest.mark.parametrize(("severity", "ending"), GRAVITY)
def test_gravity_in_words(severity: float, ending: str) -> None:
    assert told(severity=severity).endswith(ending)


def test_times_are_told_in_utc() -> None:
    there = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    assert "since 31 Dec 2025, 22:30 UTC" in told(first_seen_at=there)


@settings(deadline=None)
@given(st.text(), st.text(), st.lists(st.sampled_from(HARMS)))
def test_a_brief_is_never_longer_than_280_characters(
    brand: str, quote: str, harms: list[str]
) -> None:
    made = told(quote, brand=brand * 20, harms=tuple(harms), mention_count=10**9)
    assert 0 < len(made) <= 280
    assert made == tidy(made)


HEADLINES = {
    "Crew drags passenger off flight\nA man was removed …": "Crew drags passenger off flight",
    "\n \nSecond line": "Second line",
    "https://t.co/abc Look at this https://t.co/xyz": "Look at this",
    "https://t.co/abc\nLook": "Look",
    "https://t.co/abc": "https://t.co/abc",
    "Re: PSA: photo folder is public\nCan confirm.": "PSA: photo folder is public",
    "RE: Fwd: https://t.co/abc re: the crew": "the crew",
    "Re:": "Re:",
    "Return: refused": "Return: refused",
    "": "Untitled",
    "\x00": "Untitled",
}


@pytest.mark.parametrize("text", HEADLINES)
def test_a_headline_is_the_first_line_without_links_or_what_marks_an_answer(text: str) -> None:
    assert headline(text) == HEADLINES[text]


def test_a_headline_has_at_most_90_characters() -> None:
    made = headline("word " * 40)
    assert made == "word " * 17 + "word…"
    assert len(made) == 90


@pytest.mark.parametrize(
    ("count", "text", "said"),
    [
        (0, None, ""),
        (4, None, "4 mentions since the last message."),
        (1, "She is dead", "1 mention since the last message: “She is dead”."),
        (2, "She is dead", "2 mentions since the last message, the worst: “She is dead”."),
        (1, DELETED, "1 mention since the last message."),
    ],
)
def test_a_reminder_says_what_is_new(count: int, text: str | None, said: str) -> None:
    worst = None if text is None else quoted(text)
    assert since_told(count, worst) == said
