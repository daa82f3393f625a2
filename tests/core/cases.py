"""Two well-known cases in a world of three meanings, and what resembles them. Tests nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from monitor.core.meaning import Meaning, packed
from monitor.core.precedents import Moment, Precedent, Source
from monitor.core.resemblance import Library, Telling
from monitor.core.types import Part, Resemblance

REPORT = Source(title="The report", url="https://reports.example/1")


def meaning(*numbers: float, model: str = "m") -> Meaning:
    return Meaning(model=model, packed=packed(np.array(numbers, dtype=np.float32)))


#: What all texts share stands first.
VIOLENCE, MONEY = meaning(1, 1, 0), meaning(1, 0, 1)


def precedent(id_: str = "flight-1", **known: Any) -> Precedent:
    """A passenger dragged off a plane, unless said otherwise."""
    given: dict[str, Any] = {
        "title": "Orlan Air: dragged off",
        "company": "Orlan Air",
        "year": 2017,
        "sector": "airline",
        "summary": "A passenger was dragged.",
        "response": "It was regretted.",
        "outcome": "A settlement.",
        "lesson": "Speak of the person first.",
        "well_handled": False,
        "harms": {"mistreatment": 1.0, "safety": 0.5},
        "severity": 3.5,
        "came_out": "video",
        "sectors": frozenset({"airline", "airways"}),
        "told": ("They dragged a man down the aisle", "Screaming passenger hauled out"),
        "timeline": (Moment(date="2017-04-09", kind="happened", text="It was.", source=REPORT),),
        "sources": (REPORT, Source(title="More", url="https://more.example/")),
    }
    return Precedent(id=id_, **given | known)


ACCOUNTS = precedent(
    "accounts",
    title="Norvik Bank: accounts nobody asked for",
    company="Norvik Bank",
    sector="bank",
    summary="Accounts were opened.",
    lesson="Look at the target.",
    harms={"deception": 1.0, "service": 0.5},
    severity=2.0,
    came_out="customers",
    sectors=frozenset({"bank"}),
    told=("They opened an account in my name", "A card that nobody asked for"),
)
FLIGHT = precedent()


def library() -> Library:
    return Library.of((ACCOUNTS, FLIGHT), ((MONEY, MONEY), (VIOLENCE, None)))


def telling(**known: Any) -> Telling:
    """A passenger dragged off a ferry, on film, of as grave a kind."""
    given: dict[str, Any] = {
        "brand": "Aldane",
        "description": "ferry company",
        "texts": ("Video: crew dragged a screaming passenger down the stairs",),
        "harms": {"mistreatment": 0.8, "safety": 0.4, "service": 0.9},
        "severity": 3.5,
        "meanings": (VIOLENCE,),
    }
    return Telling(**given | known)


ALIKE = Resemblance(
    case="flight-1",
    title="Orlan Air: dragged off",
    similarity=0.6543,
    why=(
        Part(name="meaning", value=0.45, sentence="It means the same."),
        Part(name="words", value=0.1543, sentence="The same words: dragged."),
        Part(name="gravity", value=0.05, sentence="As grave."),
        Part(name="same brand", value=0.0, sentence="The same brand."),
    ),
    lesson="Speak of the person first.",
    url="https://reports.example/1",
)
#: How it is told, up to its strongest reason.
ALIKE_SAID = "Orlan Air: dragged off (similarity 0.65 of 1). It means the same."
