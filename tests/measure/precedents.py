"""Which well-known case stories resemble: invented ones by part, and real texts by kind.

`precedents.jsonl` holds 71 stories written for this: on those of the part "choose" weights and
cut-off were chosen, those of "check" were written for the figure. A story without cases is an
everyday one, and should resemble nothing. Both were written by the author of the library, who
knew its sentences: the real texts, which nobody wrote for this, say more.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import click

from monitor.app import load_classifier
from monitor.config.freeze import shipped_model
from monitor.config.library import shipped
from monitor.core.meaning import meaning_of
from monitor.core.resemblance import DEFAULT, Library, telling
from monitor.core.types import Reading, Resemblance
from monitor.ports import Classifier
from monitor.stages.likening import sentences
from tests.measure.report import Row, report

STORIES = Path(__file__).with_suffix(".jsonl")
DATA = Path("/work/shared/data")
MOST = 100
_LISTERIA = re.compile(r"listeria|salmonella|e\. ?coli", re.IGNORECASE)
_UNASKED = re.compile(
    r"(?:opened|account|card)[^.]{0,80}(?:without my (?:knowledge|consent|permission|authoriz)|"
    r"never (?:asked|applied|authorized|opened|requested))",
    re.IGNORECASE,
)
#: Harms that a case of the library stands for, and the cases that would do.
KINDS = {
    "privacy": {"equifax-2017", "cambridge-analytica"},
    "outage": {"tsb-migration", "crowdstrike-2024", "kfc-chicken-2018"},
    "animal": {"seaworld-blackfish"},
    "discrimination": {"starbucks-philadelphia-2018", "pepsi-jenner-2017", "uber-fowler-2017"},
    "environment": {"deepwater-horizon", "volkswagen-emissions"},
}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What is told of one brand, and the cases that it should resemble; none: an everyday one."""

    brand: str
    description: str
    texts: Sequence[str]
    cases: frozenset[str]


@dataclass(frozen=True)
class Score:
    """Of stories with a case: how many have it first, and among three; named rightly or wrongly.

    Of everyday ones: how many name a case.
    """

    first: int
    among: int
    right: int
    wrong: int
    told: int
    false: int
    everyday: int


class Judge:
    """The library as the shipped model reads it."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        cases = shipped()
        read = [classifier.classify(sentences(case)) for case in cases]
        meanings = [[meaning_of(verdict) for verdict in verdicts] for verdicts in read]
        self._library = Library.of(cases, meanings)

    def ranked(self, story: Story) -> list[Resemblance]:
        readings = [
            Reading(brand=story.brand, description=story.description, text=text)
            for text in story.texts
        ]
        return self._library.ranked(telling(readings, self._classifier.classify(readings)))

    def score(self, stories: Iterable[Story]) -> Score:
        read = [(story.cases, self.ranked(story)) for story in stories]
        known = [(cases, found) for cases, found in read if cases]
        everyday = [found for cases, found in read if not cases]
        ranks = [[one.case in cases for one in found[:3]] for cases, found in known]
        named = [found[0].case in cases for cases, found in known if _is_named(found)]
        return Score(
            first=sum(rank[0] for rank in ranks),
            among=sum(map(any, ranks)),
            right=sum(named),
            wrong=len(named) - sum(named),
            told=len(known),
            false=sum(map(_is_named, everyday)),
            everyday=len(everyday),
        )


def _is_named(found: Sequence[Resemblance]) -> bool:
    return found[0].similarity >= DEFAULT.least


def stories(part: str) -> list[Story]:
    """The invented ones of a part."""
    rows = map(json.loads, STORIES.read_text(encoding="utf-8").splitlines())
    return [
        Story(
            brand=row["brand"],
            description=row["description"],
            texts=row["texts"],
            cases=frozenset(row["cases"]),
        )
        for row in rows
        if row["part"] == part
    ]


def _rows(path: str) -> Iterator[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def breaches() -> Iterator[Story]:
    """Real data breaches, in one sentence each."""
    for row in _rows("data_breaches/breaches.csv"):
        if len(row["story"]) >= 80:
            yield _one(row["organisation"], row["sector"], row["story"], KINDS["privacy"])


def recalls() -> Iterator[Story]:
    """Food recalled for bacteria, as the authority words it."""
    for row in _rows("fda_recalls/recalls.csv"):
        if _LISTERIA.search(row["reason_for_recall"]):
            text = f"{row['reason_for_recall']}. {row['product_description'][:200]}"
            cases = {"maple-leaf-2008", "chipotle-2015"}
            yield _one(row["recalling_firm"], "food company", text, cases)


def accounts() -> Iterator[Story]:
    """Complaints to an authority about accounts that nobody asked for."""
    for row in _rows("cfpb_narratives/complaints.csv"):
        if row["product"] != "Debt collection" and _UNASKED.search(row["narrative"]):
            text = row["narrative"][:1000]
            yield _one(row["company"], "financial company", text, {"wells-fargo-accounts"})


def labelled() -> Iterator[tuple[str, Story]]:
    """Real texts that two people labelled alike: (harm, story); everyday ones without a harm."""
    folder = DATA / "incident_dev"
    one, other = (_labels(folder / f"annotator_{n}.jsonl") for n in (1, 2))
    for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        mine, theirs = one[row["id"]], other[row["id"]]
        if mine["harms"] != theirs["harms"] or mine["alarm"] != theirs["alarm"]:
            continue
        harm = next((harm for harm in mine["harms"] if harm in KINDS), "")
        if mine["alarm"] and harm:
            yield harm, _one(row["brand"], row["description"], row["text"], KINDS[harm])
        elif not mine["alarm"]:
            yield "everyday", _one(row["brand"], row["description"], row["text"], ())


def _labels(path: Path) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row for row in rows}


def _one(brand: str, description: str, text: str, cases: Iterable[str]) -> Story:
    return Story(brand=brand, description=description, texts=(text,), cases=frozenset(cases))


@click.command("cases")
def precedents() -> None:
    """Which well-known case invented and real stories resemble."""
    judge = Judge(load_classifier(shipped_model()))
    rows: list[Row] = []
    for part in ("choose", "check"):
        rows += _told(f"invented, {part}", judge.score(stories(part)))
    if DATA.exists():
        for name, found in (("breaches", breaches()), ("food recalls", recalls())):
            rows += _told(f"real: {name}", judge.score(islice(found, MOST)))
        rows += _told("real: accounts nobody asked for", judge.score(islice(accounts(), MOST)))
        by_harm: dict[str, list[Story]] = {}
        for harm, story in labelled():
            by_harm.setdefault(harm, []).append(story)
        for harm, group in sorted(by_harm.items()):
            rows += _told(f"real, labelled: {harm}", judge.score(group))
    report("Well-known cases", rows)


def _told(name: str, score: Score) -> list[Row]:
    rows: list[Row] = []
    if score.told:
        rows.append((f"{name}: first", f"{score.first} of {score.told}", "", True))
        rows.append((f"{name}: among three", f"{score.among} of {score.told}", "", True))
        said = f"{score.right} rightly, {score.wrong} wrongly"
        rows.append((f"{name}: named", said, "", True))
    if score.everyday:
        said = f"{score.false} of {score.everyday}"
        rows.append((f"{name}: everyday ones named", said, "", True))
    return rows
