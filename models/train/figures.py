"""Every figure of every system on one split, with intervals. Knows no model and no corpus.

Head by head on the readings whose truth is known; the model's lead over each other system is
drawn with the same draws, so it is known better than the two figures are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.train import measures, reliability
from models.train.answers import Answers
from models.train.measured import Measured
from models.train.resample import RESAMPLES, draws, estimate, interval
from monitor.core.types import HARMS

Floats = NDArray[np.float64]
Figures = dict[str, Any]
MODEL: Final = "model"
#: Fewest readings of the rarer class for a yes/no head, and of all for the others.
FEWEST_TRUE, FEWEST = 5, 20
#: Fewest readings that allege a harm before its curve is drawn.
FEWEST_FOR_CURVE = 10
#: Fewest readings of a split on which the harms are told apart.
FEWEST_FOR_HARMS = 100
#: Fewest brands that the true ones come from; of fewer, drawing brands gives no interval.
FEWEST_GROUPS = 5
#: Where more than this share is true, what the first few per cent find says little.
RARE = 0.1
_PLAIN: Final = ("macro_f1", "average_precision", "auc", "calibration_error")
#: Figures kept of each head, in the order of the table.
KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "about": (*_PLAIN, "adaptive_calibration_error"),
    "stance": ("macro_f1", "accuracy"),
    "alarm": (
        *_PLAIN,
        "adaptive_calibration_error",
        "precision_at_20",
        "recall_at_1",
        "recall_at_5",
    ),
    "complaint": _PLAIN,
    "outrage": _PLAIN,
    "firsthand": _PLAIN,
    "severity": ("kappa", "mean_error"),
    "harms": ("micro_f1",),
    **{f"harm_{name}": ("f1", "average_precision") for name in HARMS},
}
_LEAD: Final = ("lead_low", "lead_high")
CURVES: Final = ("about", "alarm", "complaint", "outrage", *(f"harm_{name}" for name in HARMS))


def split_figures(
    measured: Measured, answers: Mapping[str, Answers], *, resamples: int = RESAMPLES
) -> Figures:
    """By head: how many, what share holds, and each system's figures."""
    weights = draws(measured.groups, resamples=resamples)
    heads = {each.head: _head(each, answers, weights) for each in questions(measured)}
    return {
        "title": measured.title,
        "n": len(measured.readings),
        "groups": len(set(measured.groups)),
        "heads": heads,
        "reliability": dict(_curves(measured, answers[MODEL])),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One head on the readings of which it is known."""

    head: str
    #: Places of those readings, their truths, and the groups they come from.
    kept: list[int]
    truth: list[Any]
    groups: list[str]

    @property
    def choice(self) -> bool:
        """Whether more than yes or no can be answered."""
        return self.head in ("stance", "severity", "harms")

    @property
    def rarer(self) -> float:
        """Readings of the rarer answer to a yes/no question, else all."""
        return len(self.truth) if self.choice else min(sum(self.truth), self.truth.count(0.0))

    @property
    def spread(self) -> int:
        """Groups that the true readings come from, of a choice all."""
        told = zip(self.truth, self.groups, strict=True)
        return len({group for value, group in told if self.choice or value})


def questions(measured: Measured) -> Iterator[Question]:
    """Each head, each harm by itself; those of which too little is known are left out."""
    for head in measured.gold:
        question = _question(measured, head)
        each_harm = head == "harms" and len(question.kept) >= FEWEST_FOR_HARMS
        for one in (question, *(_about_harms(question) if each_harm else ())):
            if one.rarer >= (FEWEST if one.choice else FEWEST_TRUE):
                yield one


def _question(measured: Measured, head: str) -> Question:
    kept = measured.known(head)
    return Question(
        head=head,
        kept=kept,
        truth=[measured.gold[head][place] for place in kept],
        groups=[measured.groups[place] for place in kept],
    )


def _about_harms(question: Question) -> Iterator[Question]:
    for name in HARMS:
        alleged = [float(name in each) for each in question.truth]
        yield replace(question, head=f"harm_{name}", truth=alleged)


def _head(question: Question, answers: Mapping[str, Answers], weights: Floats) -> Figures:
    found = {
        system: judged
        for system, each in answers.items()
        if (judged := _judged(question, each.part(question.kept), weights[:, question.kept]))
    }
    enough = question.spread >= FEWEST_GROUPS
    return {
        "n": len(question.truth),
        **({} if question.choice else {"true": int(sum(question.truth))}),
        "systems": {
            system: _estimates(judged, None if system == MODEL else found[MODEL], sure=enough)
            for system, judged in found.items()
        },
    }


def _judged(question: Question, said: Answers, weights: Floats) -> measures.Figures:
    """The figures kept of one system, none if it says nothing of the head."""
    found = _all_figures(question, said, weights)
    rare = question.rarer <= RARE * len(question.truth)
    return {
        name: found[name]
        for name in KEPT[question.head]
        if name in found and (rare or not name.startswith("recall_at"))
    }


def _all_figures(question: Question, said: Answers, weights: Floats) -> measures.Figures:
    head, truth = question.head, question.truth
    if head == "stance" and said.stances:
        return measures.choice(truth, said.stances, weights)
    if head == "severity" and said.severity is not None:
        return measures.level(truth, said.severity.tolist(), weights)
    if head == "harms" and (harms := said.harms()):
        return measures.several(truth, harms, weights)
    if head in said.scores:
        scores, ranks = said.scores[head], said.ranks.get(head)
        return measures.yes_no(truth, scores, weights, probable=said.probable, ranks=ranks)
    return {}


def _estimates(judged: measures.Figures, model: measures.Figures | None, *, sure: bool) -> Figures:
    """Each figure with its interval and, beside a `model`, that of the model's lead over it."""
    return {
        name: _rounded(
            (estimate(values) if sure else {"value": float(values[0])})
            | (_lead(model[name] - values) if sure and model else {})
        )
        for name, values in judged.items()
    }


def _lead(difference: Floats) -> dict[str, float]:
    return dict(zip(_LEAD, interval(difference), strict=True))


def _rounded(values: Mapping[str, float]) -> dict[str, float | None]:
    """Four digits; what is not defined is null, which JSON can say."""
    return {name: None if np.isnan(value) else round(value, 4) for name, value in values.items()}


def _curves(measured: Measured, model: Answers) -> Iterator[tuple[str, Figures]]:
    for each in questions(measured):
        if each.head in CURVES and each.rarer >= FEWEST_FOR_CURVE:
            said = model.part(each.kept).scores[each.head]
            yield each.head, reliability.curves(said, np.array(each.truth))
