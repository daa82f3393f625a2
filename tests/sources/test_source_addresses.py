"""Addresses of interfaces."""

from __future__ import annotations

import pytest

from monitor.sources import addresses


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://x.example", "https://x.example/api?q=a%20b%26c&n=3"),
        ("https://x.example:8/old?k=1&k=2&q=old#part", "https://x.example:8/api?k=1&k=2&q=a%20b%26c&n=3"),
    ],
)  # fmt: skip
def test_an_endpoint_keeps_the_query_that_a_person_wrote(url: str, made: str) -> None:
    assert addresses.endpoint(url, "/api", q="a b&c", n=3, none=None) == made


def test_the_parts_of_an_address() -> None:
    url = "https://X.example:8/a/b/?site=s"
    assert addresses.path(url) == "/a/b"
    assert addresses.path("https://x.example/") == ""
    assert addresses.origin(url) == "https://X.example:8"
    assert addresses.host(url) == "x.example"
    assert addresses.host("nonsense") == ""


def test_a_phrase_has_no_quotation_marks_but_its_own() -> None:
    assert addresses.phrase(' United  "Air"\nlines ') == '"United Air lines"'
