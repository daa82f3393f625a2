"""A record that says which brand it is about means one of ours, or is told what there is."""

from __future__ import annotations

import pytest

from monitor.core.brandnames import brand_of, names_of, one_of
from monitor.core.settings import Brand
from monitor.errors import InputError, NotFoundError

AIR = Brand(name="Meridian Air", aliases=("@MeridianAir", "Meridian"), ambiguous=("MA",))
BANK = Brand(name="Castell Bank", aliases=("Castell", "ma", "Meridian Air"))
BRANDS = (AIR, BANK)


@pytest.mark.parametrize(
    ("given", "brand"),
    [
        ("Meridian Air", "Meridian Air"),
        ("  MERIDIAN   air ", "Meridian Air"),
        ("@meridianair", "Meridian Air"),
        ("castell", "Castell Bank"),
    ],
)
def test_a_brand_is_meant_by_its_names_whatever_their_case(given, brand):
    assert brand_of(given, names_of(BRANDS)) == brand


@pytest.mark.parametrize("given", ["Nobody", "", "MA"])
def test_what_means_none_or_several_is_refused(given):
    with pytest.raises(InputError) as caught:
        brand_of(given, names_of(BRANDS))
    assert str(caught.value) == f"brand: there is no {given!r}; known: Meridian Air, Castell Bank"


def test_only_the_brands_of_a_source_are_meant():
    known = names_of(BRANDS, only=("Castell Bank",))
    assert brand_of("MA", known) == "Castell Bank"
    with pytest.raises(InputError, match=r"known: Castell Bank$"):
        brand_of("Meridian", known)


def test_a_complaint_is_not_as_long_as_the_list_of_brands():
    many = [Brand(name=f"Brand {number:02}") for number in range(12)]
    with pytest.raises(InputError) as caught:
        brand_of("x" * 500, names_of(many))
    assert str(caught.value).endswith("Brand 08, Brand 09 and 2 more")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("given", "found"),
    [("Acme", "Acme"), ("ACME", "ACME"), ("acme", "Acme"), ("town  hall", "Town Hall")],
)
def test_a_person_means_the_brand_of_this_name_first_and_else_that_in_other_case(given, found):
    assert one_of(given, ["Acme", "ACME", "Town Hall"]) == found


def test_a_brand_that_is_not_there_is_named():
    with pytest.raises(NotFoundError, match=r"^there is no brand 'Amce'; known: Acme$"):
        one_of("Amce", ["Acme"])
