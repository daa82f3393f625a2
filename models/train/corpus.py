"""All training rows in one list, and what is kept apart from them.

Rows of the calibration brands and of a fixed share of all other groups train nothing: the
probabilities are fitted on them. Texts of the tuning set are left out everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.train.data import attitude, hand, held_out, incidents, mood, own, replab, service
from models.train.data.files import clean, csv_rows
from models.train.rows import Row, share, text_key

#: Share of the groups outside RepLab on which calibration is fitted.
APART = 0.1
CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Disjoint by brand: what trains the network and what calibrates it."""

    train: tuple[Row, ...]
    calibration: tuple[Row, ...]

    def sizes(self) -> Mapping[str, int]:
        """Training rows by corpus."""
        return Counter(row.origin for row in self.train)


def split(data: Path, *, corpus: Path = CORPUS) -> Split:
    """Read everything under `data` and our own texts, without what is measured on."""
    measured = held_out.keys(data / "incident_dev")
    train: list[Row] = []
    calibration: list[Row] = []
    for row in _all(data, corpus):
        text = row.reading.text
        if not {text_key(text), held_out.head_key(text)} & measured:
            (calibration if kept_apart(row) else train).append(row)
    return Split(train=tuple(train), calibration=tuple(calibration))


def kept_apart(row: Row) -> bool:
    """Whether a row belongs to calibration."""
    if row.origin == "replab2013":
        return row.group in replab.CALIBRATION
    return share(row.group) < APART


def _all(data: Path, corpus: Path) -> Iterator[Row]:
    known = hand.labels("replab2013")
    for row in replab.rows(data / "replab2013", fold="train"):
        yield hand.relabelled(_without_gossip(row), known)
    yield from _by_hand(data)
    yield from _attitude(data)
    yield from _service(data)
    yield from _incidents(data)
    yield from _mood(data)
    yield from own.rows(corpus)


def _without_gossip(row: Row) -> Row:
    """Leave alarm open where the experts saw it in praise: concerts, races, records sold."""
    if row.targets.get("alarm") == row.targets.get("positive") == 1.0:
        open_alarm = {name: value for name, value in row.targets.items() if name != "alarm"}
        return replace(row, targets=open_alarm)
    return row


def _by_hand(data: Path) -> Iterator[Row]:
    columns = {
        "guardian_business": ("headlines.csv", "headline"),
        "utility_outage": ("tweets.csv", "text"),
        "xci_complaints": ("xci.csv", "text"),
    }
    for origin, (name, column) in columns.items():
        texts = {clean(raw[column]): None for raw in csv_rows(data / origin / name)}
        yield from hand.rows(origin, iter(texts))


def _attitude(data: Path) -> Iterator[Row]:
    yield from attitude.newsmtsc(data / "newsmtsc")
    yield from attitude.sentfin(data / "sentfin")
    yield from attitude.semeval(data / "semeval2017_bd")
    yield from attitude.sanders(data / "sanders")
    yield from attitude.sxsw(data / "brands_products")


def _service(data: Path) -> Iterator[Row]:
    labelled = hand.labels("xci_complaints")
    for row in service.xci(data / "xci_complaints"):
        if text_key(row.reading.text) not in labelled:
            yield row
    yield from service.cfpb(data / "cfpb_narratives")
    yield from service.reviews(data / "ba_reviews")
    yield from service.questions(data / "banking77")
    yield from service.support(data / "ibm_customercare")


def _incidents(data: Path) -> Iterator[Row]:
    measured = held_out.incident_dev(data / "incident_dev")
    firms = frozenset(judged.reading.brand for judged in measured)
    yield from incidents.recalls(data / "fda_recalls", left_out=firms)
    yield from incidents.breaches(data / "data_breaches")
    yield from incidents.disasters(data / "crisislext26")
    yield from incidents.figures_of_speech(data / "disaster_tweets")
    yield from incidents.cyber(data / "cyber_news")


def _mood(data: Path) -> Iterator[Row]:
    yield from mood.comments(data / "goemotions")
    yield from mood.emotions(data / "tweeteval")
    yield from mood.headlines(data / "clickbait")
