"""Which brand is meant by a record or a person that names one, whatever the case.

Does not look for names in texts (see `brands`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from monitor.core.settings import Brand, SourceSettings
from monitor.errors import InputError, NotFoundError

#: Names of brands that a complaint holds.
_MOST_TOLD = 10


def names_of(brands: Iterable[Brand], *, only: Iterable[str] = ()) -> dict[str, str]:
    """Names in plain form, and the brand that each stands for.

    `only`: the names of those that count; empty: all. The name of a brand is its own, whatever is
    called so too; what else stands for several stands for none.
    """
    wanted = frozenset(only)
    counted = [brand for brand in brands if not wanted or brand.name in wanted]
    known = defaultdict[str, set[str]](set)
    for brand in counted:
        for alias in (*brand.aliases, *brand.ambiguous):
            known[_plain(alias)].add(brand.name)
    names = {_plain(brand.name): brand.name for brand in counted}
    others = {alias: next(iter(of)) for alias, of in known.items() if len(of) == 1}
    return names | {alias: brand for alias, brand in others.items() if alias not in names}


def sought(brands: Iterable[Brand], source: SourceSettings) -> str:
    """Give a short mark of all that decides which brands an item of a source is about."""
    mine = [
        (brand.name, brand.aliases, brand.ambiguous, brand.exclude, brand.owned)
        for brand in brands
        if not source.brands or brand.name in source.brands
    ]
    said = repr((source.brands, source.assume_brand, mine))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def brand_of(given: str, known: Mapping[str, str]) -> str:
    """The brand that is meant; `InputError` names those that there are. `known`: `names_of`."""
    brand = known.get(_plain(given))
    if brand is None:
        names = list(dict.fromkeys(known.values()))
        raise InputError(f"brand: there is no {given[:60]!r}; known: {_told(names)}")
    return brand


def meant(given: str, known: Mapping[str, str]) -> str:
    """The brand that is meant, or one of that name: a recording may be of others as well."""
    return known.get(_plain(given), given)


def one_of(given: str, names: Iterable[str]) -> str:
    """The brand of this very name, else of the same in other case; `NotFoundError` if none is."""
    known = list(dict.fromkeys(names))
    alike = (name for name in known if _plain(name) == _plain(given))
    found = given if given in known else next(alike, None)
    if found is None:
        raise NotFoundError(f"there is no brand {given!r}; known: {_told(known)}")
    return found


def _told(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else ""
    return ", ".join(names[:_MOST_TOLD]) + rest


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
