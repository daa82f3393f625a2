"""Which well-known cases an incident resembles, and that a name makes nothing alike."""

from __future__ import annotations

import pytest

from monitor.core.resemblance import Library, LikenessRules
from monitor.core.resemblance import telling as told
from monitor.core.types import Reading
from tests.core.cases import ACCOUNTS, FLIGHT, MONEY, VIOLENCE, library, meaning, telling
from tests.fakes import verdict


def part(name: str, case: str = "flight-1", **known: object) -> tuple[float, str]:
    """What a part adds, and says; 0 if it is not there."""
    ranked = {one.case: one for one in library().ranked(telling(**known))}
    found = [p for p in ranked[case].why if p.name == name]
    return (found[0].value, found[0].sentence) if found else (0.0, "")


def test_the_case_that_is_told_alike_is_named_with_its_lesson_and_where_to_read_it():
    (found,) = library().resembling(telling())

    assert (found.case, found.title) == ("flight-1", "Orlan Air: dragged off")
    assert (found.lesson, found.url) == (FLIGHT.lesson, "https://reports.example/1")
    assert 0.7 < found.similarity <= 1.0


def test_the_parts_add_up_to_the_similarity_the_weightiest_first():
    for found in library().ranked(telling()):
        values = [p.value for p in found.why]

        assert sum(values) == pytest.approx(found.similarity, abs=1e-9)
        assert values == sorted(values, reverse=True)
        assert all(p.sentence.endswith(".") for p in found.why)


def test_nothing_is_named_when_nothing_is_alike_enough():
    nothing = telling(texts=("Two hours late again",), harms={}, severity=0.5, meanings=())

    assert library().resembling(nothing) == ()
    assert library().ranked(nothing)[0].similarity < 0.4


def test_an_empty_library_names_nothing():
    assert Library.of((), ()).resembling(telling()) == ()


@pytest.mark.parametrize(
    ("close", "named"), [(0.0, ["flight-1", "accounts"]), (0.9, ["flight-1"])]
)
def test_a_second_case_is_named_only_if_it_is_not_much_less_alike(close: float, named: list[str]):
    rules = LikenessRules(least=0.0, close=close)

    assert [one.case for one in library().resembling(telling(), rules)] == named


def test_no_more_cases_are_named_than_wanted():
    assert len(library().resembling(telling(), LikenessRules(least=0.0, close=0.0, most=1))) == 1


def test_what_reaches_the_cut_off_is_named():
    exact = library().ranked(telling())[0].similarity

    assert library().resembling(telling(), LikenessRules(least=exact))
    assert not library().resembling(telling(), LikenessRules(least=exact + 1e-6))


def test_equals_come_in_the_order_of_their_ids():
    nothing = telling(texts=(), harms={}, severity=9.0, meanings=())

    assert [one.case for one in library().ranked(nothing)] == ["accounts", "flight-1"]


# --- the parts


def test_meaning_counts_without_what_all_cases_have_in_common():
    assert part("meaning")[0] == pytest.approx(0.45, abs=0.01)
    assert part("meaning", meanings=(MONEY,)) == (0.0, "")
    assert part("meaning")[1] == "What is said means much the same (1.00 of 1)."


@pytest.mark.parametrize(
    "meanings", [(), (meaning(1, 1, 0, model="other"),), (meaning(1, 1, 0, 5),)]
)
def test_without_a_meaning_of_the_same_model_it_adds_nothing(meanings):
    assert part("meaning", meanings=meanings)[0] == 0.0


def test_words_that_both_have_are_named_the_weightiest_first():
    value, sentence = part("words")

    assert 0.0 < value <= 0.2
    assert sentence.startswith("The same words: ")
    assert {"dragged", "screaming", "passenger"} >= set(sentence[16:-1].split(", "))
    assert part("words", texts=("completely different",))[0] == 0.0


def test_a_link_is_no_word():
    assert part("words", texts=("https://a.example/dragged",))[0] == 0.0


def test_harms_that_both_allege_are_named_with_their_probabilities_and_poor_service_is_none():
    value, sentence = part("harms")

    assert value == pytest.approx(0.2)
    assert sentence == "Alleged in both: mistreatment 0.80, safety 0.40."
    assert part("harms", "accounts")[0] == 0.0
    assert part("harms", "accounts", harms={"deception": 0.9, "service": 0.0})[0] == 0.2


def test_a_harm_that_is_hardly_alleged_counts_little_or_nothing():
    assert part("harms", harms={"mistreatment": 0.2, "safety": 0.1})[0] == pytest.approx(0.1)
    assert part("harms", harms={"mistreatment": 0.09, "safety": 0.045})[0] == 0.0
    assert part("harms", harms={"privacy": 0.9})[0] == 0.0
    assert part("harms", harms={})[0] == 0.0


@pytest.mark.parametrize(
    ("description", "brand", "value"),
    [("US airline", "X", 0.05), ("", "Kestrel Airways", 0.05), ("ferry company", "X", 0.0)],
)
def test_a_like_trade_is_seen_in_the_description_or_the_name(description, brand, value):
    assert part("sector", description=description, brand=brand)[0] == value


@pytest.mark.parametrize(
    ("severity", "value"), [(3.5, 0.05), (3.0, 0.025), (2.5, 0.0), (4.5, 0.0), (0.0, 0.0)]
)
def test_what_is_about_as_grave_is_alike(severity, value):
    assert part("gravity", severity=severity)[0] == pytest.approx(value)


def test_it_says_how_grave_both_are():
    assert part("gravity", severity=3.1)[1] == "About as grave: 3.1 and 3.5 of 4."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("see the VIDEO", 0.05),
        ("they filmed it", 0.05),
        ("footage", 0.05),
        ("on camera", 0.05),
        ("videogame", 0.0),
        ("clipped", 0.0),
    ],
)
def test_that_there_is_a_film_counts_if_the_case_came_out_by_one(text, value):
    assert part("filmed", texts=(text,))[0] == value
    assert part("filmed", "accounts", texts=(text,))[0] == 0.0


# --- names


def test_a_name_makes_nothing_alike():
    grumble = {
        "texts": ("Orlan Air gave me no peanuts, orlanair is dull",),
        "harms": {},
        "severity": 0.5,
        "meanings": (),
    }
    named = library().ranked(telling(brand="Orlan Air", **grumble))
    other = library().ranked(telling(brand="Aldane", **grumble))

    assert [one.similarity for one in named] == [one.similarity for one in other] == [0.0, 0.0]


def test_that_it_is_the_same_brand_is_said_and_adds_nothing():
    (found,) = library().resembling(telling(brand="orlan AIR"))
    elsewhere = library().resembling(telling())[0]

    assert found.similarity == elsewhere.similarity
    assert found.why[-1].name == "same brand"
    assert "same brand" not in {p.name for p in elsewhere.why}


# --- what is compared


def test_a_telling_is_made_of_texts_and_what_was_read_of_them():
    readings = [Reading(brand="Aldane", description="ferries", text=text) for text in ("a", "b")]
    verdicts = [
        verdict(model="m", mistreatment=0.9, severity=4.0, vector=VIOLENCE.packed),
        verdict(model="m", mistreatment=0.1, severity=1.0),
    ]
    found = told(readings, verdicts)

    assert (found.brand, found.description, found.texts) == ("Aldane", "ferries", ("a", "b"))
    assert found.harms["mistreatment"] == pytest.approx(0.5)
    assert found.severity == 2.5
    assert found.meanings == (VIOLENCE,)


def test_the_same_library_and_telling_give_the_same_numbers():
    assert library().ranked(telling()) == library().ranked(telling())


def test_a_word_of_every_case_weighs_less_than_one_of_few():
    texts = ("They dragged",)
    sentence = part("words", texts=texts)[1]

    assert sentence == "The same words: dragged."
    assert ACCOUNTS.told[0].startswith("They")
