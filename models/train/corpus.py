"""All training rows in one list, and what is kept apart from them.

Rows of the calibration brands and of a fixed share of all other groups train nothing: the
probabilities are fitted on them. Texts of the tuning set are left out everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from models.train.data import (
    apart,
    attitude,
    hand,
    held_out,
    incidents,
    mood,
    own,
    replab,
    service,
    unlabelled,
)
from models.train.data.files import csv_rows, texts
from models.train.rows import Row, share, text_key
from models.train.sources import CLEAN

#: Share of the groups outside RepLab on which calibration is fitted.
APART = 0.1
CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Disjoint by brand: what trains the network and what calibrates it."""

    train: tuple[Row, ...]
    calibration: tuple[Row, ...]
    #: Only a teacher makes use of them.
    unlabelled: tuple[Row, ...] = ()

    def sizes(self) -> Mapping[str, int]:
        """Training rows by corpus."""
        return Counter(row.origin for row in self.train)


def split(data: Path, *, corpus: Path = CORPUS, clean: bool = False) -> Split:
    """Read everything under `data` and our own texts, without what is measured on.

    `clean` leaves out every corpus whose licence for the texts is not an open one.
    """
    measured = held_out.keys(data / "incident_dev") | apart.keys(data)
    usable = [row for row in _all(data, corpus, clean=clean) if not _keys(row) & measured]
    calibration = tuple(filter(kept_apart, usable))
    kept_out = measured | {key for row in calibration for key in _keys(row)}
    train = tuple(row for row in usable if not kept_apart(row))
    return Split(
        train=train,
        calibration=calibration,
        unlabelled=tuple(
            row for row in _unlabelled(data, train, clean=clean) if not _keys(row) & kept_out
        ),
    )


def _keys(row: Row) -> frozenset[str]:
    return held_out.text_keys(row.reading.text)


def _unlabelled(data: Path, labelled: Sequence[Row], *, clean: bool) -> Iterator[Row]:
    names = {row.reading.brand for row in labelled}
    for origin in unlabelled.ORIGINS:
        if not clean or origin in CLEAN:
            yield from unlabelled.rows(data, origin, names)


def kept_apart(row: Row) -> bool:
    """Whether a row belongs to calibration."""
    if row.origin == "replab2013":
        return row.group in replab.CALIBRATION
    return share(row.group) < APART and not row.group.startswith(own.LATER)


def _all(data: Path, corpus: Path, *, clean: bool) -> Iterator[Row]:
    """Every labelled row; read corpus by corpus, dropped by its licence."""
    found = chain(
        _replab(data),
        _by_hand(data),
        _attitude(data),
        _service(data),
        _incidents(data),
        _mood(data),
        own.rows(corpus),
    )
    return (row for row in found if not clean or row.origin in CLEAN)


def _replab(data: Path) -> Iterator[Row]:
    known = hand.labels("replab2013")
    mentions = list(replab.rows(data / "replab2013", fold="train"))
    yield from (hand.relabelled(_without_gossip(row), known) for row in mentions)
    # Firms named beside the brand; those of RepLab have their experts.
    seen = dict.fromkeys(row.reading.text for row in mentions if not kept_apart(row))
    brands = {raw["name"] for raw in csv_rows(data / "replab2013" / "brands.csv")}
    yield from hand.rows("replab2013", iter(seen), left_out=brands)


def _without_gossip(row: Row) -> Row:
    """Leave alarm open where the experts saw it in praise: concerts, races, records sold."""
    if row.targets.get("alarm") == row.targets.get("positive") == 1.0:
        open_alarm = {name: value for name, value in row.targets.items() if name != "alarm"}
        return replace(row, targets=open_alarm)
    return row


def _by_hand(data: Path) -> Iterator[Row]:
    for origin in ("guardian_business", "utility_outage", "xci_complaints", "ba_reviews"):
        yield from hand.rows(origin, texts(data, origin))


def _attitude(data: Path) -> Iterator[Row]:
    yield from attitude.newsmtsc(data / "newsmtsc")
    yield from attitude.sentfin(data / "sentfin")
    yield from attitude.semeval(data / "semeval2017_bd")
    yield from attitude.sanders(data / "sanders")
    yield from attitude.sxsw(data / "brands_products")


def _service(data: Path) -> Iterator[Row]:
    yield from _not_by_hand(service.xci(data / "xci_complaints"), "xci_complaints")
    yield from service.cfpb(data / "cfpb_narratives")
    by_rule = _not_by_hand(service.reviews(data / "ba_reviews"), "ba_reviews")
    yield from map(service.shown, by_rule)
    yield from service.questions(data / "banking77")
    yield from service.support(data / "ibm_customercare")


def _not_by_hand(rows: Iterator[Row], origin: str) -> Iterator[Row]:
    labelled = hand.labels(origin)
    return (row for row in rows if text_key(row.reading.text) not in labelled)


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
