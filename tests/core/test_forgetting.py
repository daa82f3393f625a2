"""Who a person is by their names, and what is left of a message without them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.core.forgetting import Asked, Person, body_without, salt_of, stand_in
from monitor.core.types import DELETED
from monitor.errors import InputError

ANN = Person.of(["@ann@social.example", "Ann  Example"])


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("ann@social.example", True),
        ("@Ann@Social.Example", True),
        ("ANN EXAMPLE", True),
        ("@ann", False),
        ("ann@other.example", False),
        ("Joann Example", False),
        ("Ann Example Jr", False),
        ("", False),
        (None, False),
    ],
)
def test_an_author_is_known_by_the_whole_name_whatever_the_case(author: str, expected: bool):
    assert ANN.is_author(author) is expected


def test_who_is_called_alike_elsewhere_is_told_apart():
    assert Person.of(["@ann"]).is_like("ann@other.example")
    assert not Person.of(["@ann"]).is_author("ann@other.example")
    assert not Person.of(["@ann"]).is_like("anna@other.example")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They dragged Ann Example out", "They dragged [deleted] out"),
        ("ann\n example\u2019s leg", "[deleted]\u2019s leg"),
        ("@ann@social.example is right, Ann Example!", "[deleted] is right, [deleted]!"),
        ("Joann Example", "Joann Example"),
        ("Ann Exampleton", "Ann Exampleton"),
        ("\uff21nn Example", "[deleted]"),
        ("Ann, for example", "Ann, for example"),
    ],
)
def test_a_name_is_taken_out_where_it_stands_whole(text: str, expected: str):
    assert ANN.without(text) == expected
    assert ANN.is_named_in(None, text) is (expected != text)


@pytest.mark.parametrize("given", [("Ann", "Ann Example"), ("Ann Example", "Ann")])
def test_of_a_name_within_another_the_longer_is_taken_out(given: tuple[str, ...]):
    assert (
        Person.of(given).without("Ann Example hid, and Ann ran")
        == "[deleted] hid, and [deleted] ran"
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://social.example/@ann/12", True),
        ("https://social.example/users/Ann/statuses/12", True),
        ("https://other.example/@ann/12", False),
        ("https://social.example/@anna/12", False),
        ("https://social.example/tags/ann", False),
        ("http://[broken/@ann", False),
        ("12", False),
        (None, False),
    ],
)
def test_an_address_is_theirs_where_an_account_stands(address: str, expected: bool):
    assert ANN.has_address(address) is expected


def test_an_account_without_a_server_has_addresses_on_all():
    assert Person.of(["ann"]).has_address("https://x.example/ann/status/1")
    assert not Person.of(["status"]).has_address("https://x.example/ann/status/1")
    assert Person.of(["did:plc:1ann"]).has_address("at://did:plc:1ann/app.bsky.feed.post/3k")


def test_two_letters_are_a_name():
    assert Person.of(["@li"]).is_author("Li")


@pytest.mark.parametrize("name", ["", "@", " a ", "\u202e"])
def test_what_is_no_name_is_refused(name: str):
    with pytest.raises(InputError, match="too short"):
        Person.of([name])


def test_a_stand_in_tells_that_a_post_comes_again_and_not_which():
    one = stand_in("5a17", "https://social.example/@ann/12")
    assert "ann" not in one
    assert one == stand_in(salt_of(one), "https://social.example/@ann/12")
    assert one != stand_in("0ther", "https://social.example/@ann/12")


def body(**changes: object) -> str:
    piece = {"url": "https://x/1", "source": "news", "author": "Ann Example", "text": "Help!"}
    return json.dumps({"data": {"brief": "Ann Example was hurt.", "evidence": [piece | changes]}})


def left(told: str, **asked: Any) -> dict[str, object]:
    data: dict[str, object] = json.loads(body_without(told, Asked(person=ANN, **asked)))["data"]
    return data


def test_what_they_said_goes_from_a_message_and_what_others_say_stays():
    piece = {"url": None, "source": "news", "author": None, "text": DELETED}
    assert left(body()) == {"brief": "Ann Example was hurt.", "evidence": [piece]}
    other = body(author="Bo")
    assert body_without(other, Asked(person=ANN)) is other


def test_what_names_them_goes_if_that_is_asked_for():
    told = left(body(author="Bo", text="Poor Ann Example"), named=True)
    assert told["brief"] == "[deleted] was hurt."
    assert told["evidence"] == [{"url": None, "source": "news", "author": None, "text": DELETED}]


def test_no_link_leads_to_what_they_said_if_that_is_asked_for():
    links = {"post": {"url": "https://social.example/@ann/12"}, "desk": {"url": "https://x/1"}}
    told = json.dumps({"data": links})
    assert left(told, named=True) == {"post": {"url": None}, "desk": {"url": "https://x/1"}}
    assert left(told) == links


def test_what_is_no_piece_of_evidence_only_loses_the_name():
    told = json.dumps(
        {"data": {"mentions": 3, "note": {"text": "Ann Example"}, "by": {"author": "Ann Example"}}}
    )
    assert left(told, named=True) == {
        "mentions": 3,
        "note": {"text": "[deleted]"},
        "by": {"author": "[deleted]"},
    }


def test_a_piece_of_nobody_stays_and_one_without_an_address_gets_none():
    nobody = body(author=None, text="Help!")
    assert body_without(nobody, Asked(person=ANN)) is nobody
    told = json.dumps({"data": {"piece": {"author": "Ann Example", "text": "Help!"}}})
    assert left(told) == {"piece": {"author": None, "text": DELETED}}


def test_of_one_source_only_what_it_brought_goes():
    assert left(body(), source="forum", named=True) == json.loads(body())["data"]
    assert left(body(), source="news", named=True)["brief"] == "Ann Example was hurt."


def test_a_long_name_is_known_by_the_beginning_that_a_message_holds():
    name = "Ann Elisabeth Theodora von und zu Example-Exampleton"
    told = body(author=name[:39] + "…")
    (piece,) = json.loads(body_without(told, Asked(person=Person.of([name]))))["data"]["evidence"]
    assert piece["author"] is None
    assert body_without(told, Asked(person=Person.of(["Ann Elisabeth"]))) is told


@pytest.mark.parametrize(("letters", "expected"), [(30, False), (31, True)])
def test_a_beginning_tells_whose_it_is_if_it_is_long(letters: int, expected: bool):
    assert Person.of(["a" * 50]).is_cut("a" * letters + "…") is expected
    assert not Person.of(["a" * 50]).is_cut("a" * letters)
    assert not Person.of(["b" * 50]).is_cut("a" * letters + "…")
