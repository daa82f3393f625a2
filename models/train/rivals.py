"""What the model is measured beside, on every split: each learns from the rows that trained it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from models.train import rules, vader
from models.train.answers import Answers, of_the_majority
from models.train.baseline import Features, Rival, words
from models.train.measured import Measured
from models.train.rows import Row


def rivals(
    sets: Sequence[Measured], rows: Sequence[Row], frozen: Features
) -> dict[str, dict[str, Answers]]:
    """By name of the split, then of the system; `frozen` gives vectors of readings."""
    found: dict[str, dict[str, Answers]] = {
        each.name: {
            "majority": of_the_majority(_taught(each, rows), len(each.readings)),
            "rules": rules.answers(each.readings),
            "vader": vader.answers(each.readings),
        }
        for each in sets
    }
    for taught, group in _together(sets, rows):
        for system, features in (("tfidf", words(taught)), ("frozen", frozen)):
            rival = Rival.of(system, taught, features)
            for name, answers in _answered(rival, group):
                found[name][system] = answers
    return found


def _taught(measured: Measured, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows of the corpus the split comes from, or all where that corpus did not train."""
    same = tuple(row for row in rows if row.origin == measured.taught_by)
    return same or tuple(rows)


def _together(
    sets: Sequence[Measured], rows: Sequence[Row]
) -> Iterator[tuple[tuple[Row, ...], list[Measured]]]:
    """Splits that are taught by the same rows: a regression is fitted once for them."""
    groups: dict[tuple[Row, ...] | str, list[Measured]] = {}
    for each in sets:
        trained = any(row.origin == each.taught_by for row in rows)
        groups.setdefault(each.taught_by if trained else "", []).append(each)
    for group in groups.values():
        yield _taught(group[0], rows), group


def _answered(rival: Rival, sets: Sequence[Measured]) -> Iterator[tuple[str, Answers]]:
    readings = [reading for each in sets for reading in each.readings]
    heads = list(dict.fromkeys(head for each in sets for head in each.gold))
    answers = rival.answers(readings, heads)
    ends = list(accumulate(len(each.readings) for each in sets))
    for each, start, end in zip(sets, [0, *ends], ends, strict=False):
        yield each.name, answers.part(slice(start, end))
