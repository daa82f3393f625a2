"""Customers to companies: complaints, questions, reviews. First-hand, seldom an alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from models.train.data.files import clean, csv_rows, json_lines
from models.train.rows import Row, harms, severity, share, stance
from monitor.core.types import Reading

_HANDLE = re.compile(r"@(\w{3,})")
_HELP = re.compile(
    r"_?(support|care|cares|help|helps|custserv|custsvc|custcare|service|uk|us|in|ask|the|team|_)+$",
    re.IGNORECASE,
)
_RUDE = re.compile(
    r"\b(rude|rudely|rudeness|abusive|shout(ed|ing) at|yell(ed|ing)|humiliat\w+|arrogan\w+|"
    r"insult(ed|ing)|bull(y|ied|ying)|aggressive\w*|mocked|laughed at|condescending|"
    r"disrespect\w*)\b",
    re.IGNORECASE,
)
_FALSE = (
    "owed",
    "fraud",
    "scam",
    "false",
    "didn't expect",
    "not owed",
    "advertising",
    "unauthorized",
)


def brand_of_handle(text: str) -> str:
    """A brand's name from the account that is spoken to, empty if there is none."""
    match = _HANDLE.search(text)
    if match is None:
        return ""
    name = _HELP.sub("", match.group(1)) or match.group(1)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip()


def xci(folder: Path) -> Iterator[Row]:
    """Tweets to companies, complaint or not; half of those that address no company."""
    for raw in csv_rows(folder / "xci.csv"):
        text = clean(raw["text"])
        brand = brand_of_handle(text)
        complaint = raw["label"] == "1"
        targets = {"complaint": float(complaint), "alarm": 0.0}
        if complaint:
            targets |= {"about": 1.0, "firsthand": 1.0} | stance("negative")
        else:
            targets |= {"outrage": 0.0} | harms((), known=_GRAVE) | severity(0)
        reading = Reading(brand=brand, description="", text=text, source="mastodon")
        yield _row("xci_complaints", brand.lower() or raw["id"], reading, targets)


#: Harms that a routine complaint does not allege.
_GRAVE = ("animal", "environment", "labour", "legal", "executive", "boycott", "safety", "privacy")


def cfpb(folder: Path) -> Iterator[Row]:
    """Narratives to the regulator; the harm follows from the issue the consumer chose."""
    for raw in csv_rows(folder / "complaints.csv"):
        if share(raw["complaint_id"]) < 0.4:
            reading = Reading(
                brand=clean(raw["company"]).title(),
                description=clean(raw["product"]).lower(),
                text=clean(raw["narrative"])[:700],
                source="review",
            )
            yield _row(
                "cfpb_narratives", raw["company"], reading, _cfpb_targets(raw["issue"].lower())
            )


def _cfpb_targets(issue: str) -> dict[str, float]:
    alleged = ["deception"] if any(word in issue for word in _FALSE) else []
    alleged += ["privacy"] if "improper use" in issue else []
    open_harms = ("deception", "service", "mistreatment", "legal", "privacy")
    sure = [
        name
        for name in (*_GRAVE, "discrimination", "outage", "product", "praise")
        if name not in open_harms
    ]
    base = {"about": 1.0, "alarm": 0.0, "complaint": 1.0, "firsthand": 1.0, "severity1": 1.0}
    return (
        base | stance("negative") | harms(alleged or ["service"], known=sure) | {"severity4": 0.0}
    )


def reviews(folder: Path) -> Iterator[Row]:
    """Reviews of an airline; rude staff is found by words, praise by the recommendation."""
    for raw in csv_rows(folder / "reviews.csv"):
        reading = Reading(
            brand="British Airways",
            description="British airline",
            text=clean(raw["content"]),
            source="review",
        )
        yield _row("ba_reviews", "British Airways", reading, _review_targets(raw))


def _review_targets(raw: dict[str, str]) -> dict[str, float]:
    bad = raw["recommended"] == "no"
    rude = bool(_RUDE.search(raw["content"]))
    base = {"about": 1.0, "alarm": 0.0, "firsthand": 1.0, "severity4": 0.0}
    if not bad:
        good = ("praise",) if raw["cabin_staff_service"] in ("4", "5") else ()
        return (
            base | stance("positive") | {"outrage": 0.0} | harms(good, known=_GRAVE) | severity(0)
        )
    alleged = ("mistreatment", "service") if rude else ("service",)
    known = (*_GRAVE, "mistreatment", "discrimination", "praise", "outage")
    return (
        base
        | {"complaint": 1.0, "severity1": 1.0}
        | stance("negative")
        | harms(alleged, known=known)
    )


#: Characters of a review that surely fit into what training reads of it.
_READ = 300
_HEAD, _AROUND = 100, 110


def shown(row: Row) -> Row:
    """A review in which the rude words stand too late to be read: its head and those words.

    The label speaks of the whole review, the network of what it reads.
    """
    text = row.reading.text
    rude = _RUDE.search(text)
    if rude is None or rude.end() <= _READ:
        return row
    around = text[max(0, rude.start() - _AROUND) : rude.end() + _AROUND]
    return replace(row, reading=replace(row.reading, text=f"{text[:_HEAD]} … {around}"))


def questions(folder: Path, *, kept: float = 0.03) -> Iterator[Row]:
    """Polite questions to a bank: not complaints, no alarm."""
    for raw in csv_rows(folder / "questions.csv"):
        if share(raw["text"]) < kept:
            reading = Reading(brand="the bank", description="bank", text=clean(raw["text"]))
            targets = {"alarm": 0.0, "outrage": 0.0, "severity3": 0.0} | harms((), known=_GRAVE)
            yield _row("banking77", raw["category"], reading, targets)


def support(folder: Path) -> Iterator[Row]:
    """What clients first write to a firm's support account."""
    for raw in json_lines(folder / "dialogues.jsonl.gz"):
        first = next((each for each in raw["messages"] if each["role"] == "client"), None)
        if first is not None:
            text = clean(first["text"])
            brand = brand_of_handle(text) or raw["company"]
            targets = {
                "about": 1.0,
                "alarm": 0.0,
                "outrage": 0.0,
                "firsthand": 1.0,
                "severity4": 0.0,
            }
            targets |= harms((), known=_GRAVE[:6]) | {"harm_service": 1.0}
            reading = Reading(brand=brand, description="", text=text, source="mastodon")
            yield _row("ibm_customercare", raw["company"], reading, targets)


def _row(origin: str, group: str, reading: Reading, targets: dict[str, float]) -> Row:
    return Row(
        origin=origin, group=f"{origin}:{group}", reading=reading, targets=targets, weight=0.6
    )
