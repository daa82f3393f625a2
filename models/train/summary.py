"""What a buyer reads first on a model card: what the model is good at, and what it is bad at.

Measures nothing; every figure stands in `metrics.json`. What was not measured is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from models.train.figures import MODEL
from models.train.tables import FP32, SYSTEMS, markdown

Figures = Mapping[str, Any]
#: Split, head, figure, and the question that a leader would ask.
QUESTIONS: Final = (
    ("replab_dev_english", "about", "macro_f1", "Is the post about the brand at all?"),
    ("replab_dev_english", "stance", "macro_f1", "Does it help or hurt its reputation?"),
    (
        "replab_dev_english",
        "alarm",
        "average_precision",
        "Would an expert show it to leaders at once (ALERT)?",
    ),
    ("incident_dev", "alarm", "average_precision", "The same, of texts chosen for trouble"),
    ("incident_dev", "complaint", "macro_f1", "Is it a complaint?"),
    ("incident_dev", "firsthand", "macro_f1", "Was the author there?"),
    ("incident_dev", "severity", "kappa", "How grave is it, 0 to 4?"),
    ("incident_dev", "harms", "micro_f1", "Which harms does it allege?"),
)
_SPOKEN: Final = {
    "macro_f1": "macro-F1",
    "average_precision": "average precision",
    "kappa": "quadratic kappa",
    "micro_f1": "micro-F1",
}
#: Where the harms are told apart.
HARMS: Final = "incident_dev"
#: Where experts said what leaders must see.
RANKED: Final = ("replab_dev_english", "alarm")
#: An F1 from which a harm is found well, and below which it is found badly.
WELL, BADLY = 0.8, 0.6


def in_short(figures: Figures) -> str:
    """The table, then what stands in no table of one line: ranking and harms."""
    return "\n\n".join((table(figures), "\n".join((*ranking(figures), *harms(figures)))))


def table(figures: Figures) -> str:
    """Question, figure, the model, the best baseline, and whether the lead is sure."""
    rows = [
        [question, _SPOKEN[figure], *_beside(head["systems"], figure)]
        for split, name, figure, question in QUESTIONS
        if (head := _head(figures, split, name))
    ]
    columns = ["question", "figure", "model", "best baseline", "the model is"]
    return markdown(columns, rows, numbers=0)


def _head(figures: Figures, split: str, head: str) -> Figures:
    heads = figures["splits"].get(split, {}).get("heads", {})
    return dict(heads.get(head, {}))


def _beside(systems: Figures, figure: str) -> tuple[str, str, str]:
    name, best = best_rival(systems, figure)
    return (
        _said(systems[MODEL][figure]),
        f"{_said(best)}, {SYSTEMS[name]}",
        standing(systems[MODEL][figure], best),
    )


def best_rival(systems: Figures, figure: str) -> tuple[str, Figures]:
    """The baseline with the highest figure; fp32 is the model itself."""
    rivals = ((name, each[figure]) for name, each in systems.items() if figure in each)
    return max(
        ((name, each) for name, each in rivals if name not in {MODEL, FP32}),
        key=lambda rival: rival[1]["value"],
    )


def _said(each: Figures) -> str:
    if each.get("low") is None:
        return f"{each['value']:.2f}"
    return f"{each['value']:.2f} [{each['low']:.2f}, {each['high']:.2f}]"


def standing(own: Figures, rival: Figures) -> str:
    """Whether the model is ahead of a rival, and whether the interval of its lead is as well."""
    low, high = rival.get("lead_low"), rival.get("lead_high")
    if low is not None and high is not None:
        if low > 0:
            return "better"
        if high < 0:
            return "worse"
    return "ahead, not surely" if own["value"] > rival["value"] else "not ahead"


def ranking(figures: Figures) -> Iterator[str]:
    """How many of the posts that mattered stand at the top, a twentieth of all."""
    head = _head(figures, *RANKED)
    if found := head.get("systems", {}).get(MODEL, {}).get("recall_at_5"):
        yield (
            f"- Of {head['n']:,} posts about those brands experts called {head['true']} ALERT; of "
            f"these {_said(found)} stand in the twentieth that it ranks highest."
        )


def harms(figures: Figures) -> Iterator[str]:
    """The harms by name: found well, found badly, and where a baseline is ahead."""
    heads = figures["splits"].get(HARMS, {}).get("heads", {})
    found = {
        name.removeprefix("harm_"): each["systems"]
        for name, each in heads.items()
        if name.startswith("harm_")
    }
    if found:
        own = {name: systems[MODEL]["f1"]["value"] for name, systems in found.items()}
        well = sorted((n for n in own if own[n] >= WELL), key=own.__getitem__, reverse=True)
        badly = sorted((n for n in own if own[n] < BADLY), key=own.__getitem__)
        yield f"- Harms it finds well (F1 of {WELL:g} or more): {_listed(well, own)}."
        yield f"- **Harms it finds badly** (F1 under {BADLY:g}): {_listed(badly, own)}."
        yield f"- Harms that a baseline finds better: {', '.join(_ahead(found)) or 'none'}."


def _listed(names: list[str], own: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {own[name]:.2f}" for name in names) or "none"


def _ahead(found: Mapping[str, Figures]) -> Iterator[str]:
    for harm, systems in found.items():
        name, best = best_rival(systems, "f1")
        if best["value"] > systems[MODEL]["f1"]["value"]:
            yield f"{harm} ({SYSTEMS[name]}, {best['value']:.2f})"
