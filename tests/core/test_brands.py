"""Which brands a text may name."""
# ruff: noqa: RUF001 - look-alikes are what is tested

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.brands import Matcher
from monitor.core.polling import Match
from monitor.core.settings import Brand

UNITED = Brand(
    name="United Airlines",
    aliases=("United Airlines", "@united", "#unitedairlines"),
    ambiguous=("United",),
    exclude=("Manchester United", "United Nations"),
    owned=("united.com", "@united"),
)


def names(text: str, alias: str) -> bool:
    return Matcher([Brand(name="b", aliases=(alias,))]).match(text) != ()


NAMED = [
    # alias, text
    ("United", "United"),
    ("United", "UNITED!"),
    ("United", "United's, (United)"),
    ("United", "United’s"),
    ("United", "fly United."),
    ("United", "“United” said"),
    ("United", "anti-United, United-branded"),
    ("United", "_United_ and **bold**"),
    ("United", "United™"),
    ("United", "d'United"),
    ("United", "see united.com"),
    ("United", "ＵＮＩＴＥＤ"),
    ("United", "𝗨𝗻𝗶𝘁𝗲𝗱 again"),
    ("United", "Uni\u00adted"),
    ("United", "foo\u200bUnited\u200bbar"),
    ("United Airlines", "united\n   airlines"),
    ("United Airlines", "United\u200b Airlines"),
    ("United Airlines", "United \u200b\u00a0Airlines"),
    ("United Airlines", "United \u200e Airlines"),
    ("United Airlines", "United\u200e \ufeffAirlines"),
    ("United Airlines", "United\u00a0Airlines"),
    ("  United  Airlines ", "United Airlines"),
    ("@united", "hi @united!"),
    ("@united", ".@united: @united."),
    ("@united", "never again @united. Goodbye"),
    ("@united", "\u2066@united\u2069"),
    ("@united", "@united-please help"),
    ("#unitedairlines", "oh #UnitedAirlines"),
    ("AT&T", "at&t's"),
    ("C&A", "bei C&A."),
    ("Yahoo!", "Yahoo! is"),
    ("Yahoo!", "Yahoo!Japan"),
    ("7-Eleven", "a 7‑Eleven"),
    ("7-Eleven", "7-ELEVENs 7-eleven"),
    ("McDonald's", "McDonald’s, McDonald´s"),
    ("C++", "C++11"),
    (".NET", "on .NET today"),
    ("X", "on X."),
    ("X", "X's rules"),
    ("X", "this-X -X- X"),
    ("X", "'X' is down"),
    ("X", "I left X. It is bad"),
    ("VW", "anti-VW protest"),
    ("G7", "the G7"),
    # accents as written, however they are encoded
    ("Citroën", "CITROËN"),
    ("Citroën", "Citroe\u0308n"),
    ("Citroe\u0308n", "Citroën"),
    ("Groß", "GROSS"),
    ("işbank", "İŞBANK"),
    ("IŞIK", "ışık"),
    # other scripts
    ("юнайтед", "ЮНАЙТЕД,"),
    ("United", "Unitedская"),
    ("الخطوط", "شركة الخطوط."),
    ("एयर इंडिया", "एयर इंडिया में"),
    ("United", "我坐United航班"),
    ("United", "United는"),
    ("@united", "我@united"),
    ("三星", "三星电子"),
    ("삼성", "삼성은"),
    ("ユニクロ", "ユニクロで"),
    ("ユニクロ", "ﾕﾆｸﾛで"),
    ("ガスト", "ｶﾞｽﾄで"),
    ("การบินไทย", "บริษัทการบินไทยครับ"),
    ("การบินไทย", "ที่การบินไทย"),
]

NOT_NAMED = [
    ("United", "reunited"),
    ("United", "Unitedly"),
    ("United", "united_fan"),
    ("United", "fan_united"),
    ("United", "United2 2United"),
    ("United", "Ünited"),
    ("United Airlines", "UnitedAirlines"),
    ("United Airlines", "United-Airlines"),
    ("@united", "@unitedway"),
    ("@united", "@united_"),
    ("@united", "@united.bsky.social"),
    ("@united", "@united@mastodon.social"),
    ("@united", "x@united.com"),
    ("@united", "x@united"),
    ("@united", "united"),
    ("#unitedairlines", "#unitedairlinesfail"),
    ("Yahoo!", "Yahoo"),
    ("7-Eleven", "17-Eleven"),
    (".NET", "asp.net"),
    ("X", "X-ray"),
    ("T", "AT&T, T-shirt"),
    ("E", "e.g. I/E, R+E"),
    ("M", "I'm"),
    ("G7", "G77"),
    ("Citroën", "Citroen"),
    ("Citroen", "Citroën"),
    ("Unite", "Unite\u0301"),
    ("nited", "U\u0308nited"),
    ("Gros", "Groß"),
    ("юнайтед", "юнайтедом"),
    ("एयर", "एयरटेल"),
    ("एयर", "सुपीरियरकीएयर"),
    ("การ", "การ\u0e34"),
    ("삼성", "삼\u1161성"),
    ("United", "Uni ted"),
    ("United", "\ud800\udfffUnite"),
]


@pytest.mark.parametrize(("alias", "text"), NAMED)
def test_a_whole_word_names_the_brand(alias: str, text: str) -> None:
    assert names(text, alias)


@pytest.mark.parametrize(("alias", "text"), NOT_NAMED)
def test_part_of_another_word_does_not(alias: str, text: str) -> None:
    assert not names(text, alias)


def test_a_certain_alias_decides_over_an_ambiguous_one() -> None:
    matcher = Matcher([UNITED])

    assert matcher.match("United is late") == (
        Match(brand="United Airlines", certain=False, alias="United"),
    )
    assert matcher.match("United? @united!") == (
        Match(brand="United Airlines", certain=True, alias="@united"),
    )
    assert matcher.match("unity") == ()


def test_an_ambiguous_name_may_be_a_possessive_without_its_apostrophe() -> None:
    text = "pulled my passport pic off ospreys server"
    osprey = Match(brand="Osprey Air", certain=False, alias="Osprey")

    assert Matcher([Brand(name="Osprey Air", ambiguous=("Osprey",))]).match(text) == (osprey,)
    assert Matcher([Brand(name="Osprey Air", aliases=("Osprey",))]).match(text) == ()
    assert Matcher([Brand(name="b", ambiguous=("Honda",))]).match("hondas brakes") != ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("McDonald's", "mcdonalds"),
        ("Sainsbury’s Bank", "SAINSBURYS BANK"),
        ("Dunkin'", "dunkin donuts"),
        ("Macy's", "#macys"),
    ],
)
def test_a_name_without_its_apostrophe_may_be_the_brand(name: str, text: str) -> None:
    may_be = (Match(brand="b", certain=False, alias=name),)
    surely = (Match(brand="b", certain=True, alias=name),)

    assert Matcher([Brand(name="b", aliases=(name,))]).match(text) == may_be
    assert Matcher([Brand(name="b", ambiguous=(name,))]).match(text) == may_be
    assert Matcher([Brand(name="b", aliases=(name,))]).match(f"{text}, {name}") == surely


def test_an_excluded_phrase_may_lose_its_apostrophe_too() -> None:
    brand = Brand(name="b", aliases=("Osprey",), exclude=("Osprey Rock 'n' Roll",))
    assert Matcher([brand]).match("osprey rock n roll") == ()


@pytest.mark.parametrize(
    ("name", "text"), [("Joe's", "joes"), ("H'M", "hm"), ("McDonald's", "mcdonald mcdonaldss")]
)
def test_a_short_name_without_its_apostrophe_is_another_word(name: str, text: str) -> None:
    assert Matcher([Brand(name="b", aliases=(name,))]).match(text) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ford", "the fords of the river"),
        ("@osprey", "hi @ospreys"),
        ("#osprey", "#ospreys"),
        ("Airlines", "airliness"),
        ("Osprey", "ospreyss osprey_s"),
        ("Windows 11", "windows 11s"),
        ("", "s"),
    ],
)
def test_short_names_accounts_and_what_ends_in_s_may_not(name: str, text: str) -> None:
    assert Matcher([Brand(name="b", ambiguous=(name,))]).match(text) == ()


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("manchester uniteds day", None),
        ("uniteds day at Manchester United", False),
        ("Manchester United won", None),
        ("MANCHESTER  UNITED's day", None),
        ("Manchester United, United Nations", None),
        ("Manchester United flew with United", False),
        ("United flew Manchester United", False),
        ("Manchester United flew United Airlines", True),
        ("Manchester United Airlines", True),
        ("Manchester Unitedly", None),
        ("Manchesterunited United", False),
        ("xManchester United", False),
    ],
)
def test_what_lies_inside_an_excluded_phrase_does_not_count(
    text: str, certain: bool | None
) -> None:
    found = Matcher([UNITED]).match(text)

    assert [match.certain for match in found] == ([] if certain is None else [certain])


def test_an_excluded_phrase_inside_a_longer_one_hides_no_less() -> None:
    brand = Brand(name="b", aliases=("b",), exclude=("a b c d", "a b", "b c"))

    assert Matcher([brand]).match("a b c d") == ()
    assert Matcher([brand]).match("b a b c d b") != ()


def test_brands_come_in_the_order_of_the_configuration_once_each() -> None:
    matcher = Matcher(
        [
            Brand(name="second", aliases=("beta", "shared")),
            Brand(name="first", aliases=("alpha", "shared")),
            Brand(name="quiet"),
            Brand(name="blank", aliases=("", " ")),
        ]
    )

    assert [match.brand for match in matcher.match("alpha beta alpha")] == ["second", "first"]
    assert [match.alias for match in matcher.match("shared")] == ["shared", "shared"]


def test_without_brands_nothing_is_named() -> None:
    assert Matcher([]).match("United") == ()
    assert Matcher([]).owners("https://united.com", "@united") == ()


FILLER = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=100, deadline=None)
@given(
    before=FILLER, after=FILLER, name=st.sampled_from(["Straße", "İşbank", "AT&T", "三星", "Zoë"])
)
def test_a_name_between_blanks_is_found(before: str, after: str, name: str) -> None:
    found = Matcher([Brand(name="b", aliases=(name,))]).match(f"{before} \n {name} {after}")

    assert [match.alias for match in found] == [name]


@pytest.mark.parametrize(
    ("url", "author", "owned"),
    [
        ("https://united.com/statement", None, True),
        ("https://www.United.com.:443/x", None, True),
        ("http://hub.news.united.com", "@someone", True),
        ("https://notunited.com", None, False),
        ("https://united.com.evil.org", None, False),
        ("https://evil.org/united.com", None, False),
        ("https://evil.org/@united", None, False),
        (None, "@united", True),
        (None, " UNITED ", True),
        (None, "united airlines", False),
        (None, "@united@mastodon.social", False),
        (None, "", False),
        (None, None, False),
        ("http://[broken", None, False),
        ("https://" + "a." * 200 + "united.com", None, False),
        ("https://a..united.com", None, False),
        ("not an address", None, False),
    ],
)
def test_own_sites_and_accounts_are_known(
    url: str | None, author: str | None, owned: bool
) -> None:
    assert Matcher([UNITED]).owners(url, author) == (("United Airlines",) if owned else ())


def test_an_owned_entry_may_be_a_host_an_address_or_an_account_with_or_without_sign() -> None:
    matcher = Matcher(
        [
            Brand(name="b", owned=("https://www.müller.de/", "bsky.example.com", "muller")),
            Brand(name="a", owned=("@muller", "xn--mller-kva.de", "@at.example.org")),
        ]
    )

    assert matcher.owners("https://WWW.MÜLLER.de/x", None) == ("b", "a")
    assert matcher.owners("https://shop.xn--mller-kva.de/x", None) == ("b", "a")
    assert matcher.owners(None, "@bsky.example.com") == ("b",)
    assert matcher.owners(None, "Muller") == ("b", "a")
    assert matcher.owners("https://at.example.org", None) == ()
    assert matcher.owners("https://muller", None) == ()


@pytest.mark.parametrize("entry", ["https://www.x.example/Aurora/", "x.example/aurora"])
def test_a_page_of_the_brand_does_not_make_the_network_its_own(entry: str) -> None:
    matcher = Matcher([Brand(name="b", owned=(entry,))])

    for own in ("https://x.example/aurora", "https://m.x.example/AURORA/status/1?s=2#t"):
        assert matcher.owners(own, "@zoe") == ("b",)
    for other in ("https://x.example/", "https://x.example/aurora_fan/1", "https://x.example/z/1"):
        assert matcher.owners(other, "@zoe") == ()
    assert matcher.owners("https://x.example/aurora[", "@zoe") == ()


MANY = [
    Brand(name=f"brand {i}", aliases=(f"alias number {i}", f"@alias{i}"), exclude=(f"not {i}",))
    for i in range(10_000)
]


def test_a_text_names_one_brand_or_not() -> None:
    matcher = Matcher(MANY[:3])

    assert matcher.names("Alias number 1 it was", brand="brand 1")
    assert not matcher.names("Alias number 1 it was", brand="brand 2")


def test_tens_of_thousands_of_aliases_are_as_fast_as_ten() -> None:
    few, many = Matcher(MANY[:5]), Matcher(MANY)
    texts = [
        f"somebody wrote about Alias  Number {i % 5} and “more” than that" for i in range(500)
    ]

    spent = [_seconds(few, texts), _seconds(many, texts)]

    assert [match.brand for match in many.match("@alias77 alias number 9999")] == [
        "brand 77",
        "brand 9999",
    ]
    assert spent[1] < 5 * spent[0] + 0.2


def _seconds(matcher: Matcher, texts: list[str]) -> float:
    began = time.process_time()
    for text in texts:
        matcher.match(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    "text",
    [
        "Manchester United " * 3_500,
        "United " * 8_500,
        "é" * 60_000,
        "\u0315\u0300" * 30_000,
        "@" * 60_000,
    ],
    ids=["excluded", "ambiguous", "accents", "marks", "signs"],
)
def test_long_texts_cost_a_moment(text: str) -> None:
    assert _seconds(Matcher([UNITED]), [text]) < 1
