"""The figures as tables of text. Measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from models.train.figures import MODEL

Figures = Mapping[str, Any]
SYSTEMS: Final = {
    MODEL: "model",
    "majority": "majority",
    "rules": "keyword rules",
    "vader": "VADER",
    "tfidf": "TF-IDF + LR",
    "frozen": "frozen encoder + LR",
}
FP32: Final = "fp32"
_TITLES: Final = {
    "macro_f1": "macro-F1",
    "f1": "F1",
    "micro_f1": "micro-F1",
    "accuracy": "accuracy",
    "average_precision": "average precision",
    "auc": "AUC",
    "precision_at_20": "precision, first 20",
    "recall_at_1": "recall, 1 % flagged",
    "recall_at_5": "recall, 5 % flagged",
    "kappa": "quadratic kappa",
    "mean_error": "mean error (0-4)",
    "calibration_error": "calibration error",
    "adaptive_calibration_error": "calibration error, adaptive",
}
LESS_IS_BETTER: Final = ("mean_error", "calibration_error", "adaptive_calibration_error")


def table(figures: Figures) -> str:
    """Split, head and figure by system; an interval behind each number."""
    systems = dict(SYSTEMS)
    if any(FP32 in each["systems"] for _, _, each in _heads(figures)):
        systems[FP32] = "model, fp32"
    head = ["split", "head", "n (true)", "figure", *systems.values()]
    rows = [
        [title, _spoken(name), _count(each), _TITLES[figure], *_cells(each, figure, systems)]
        for title, name, each in _heads(figures)
        for figure in each["systems"][MODEL]
    ]
    return markdown(head, rows, numbers=len(systems))


def _heads(figures: Figures) -> Iterator[tuple[str, str, Figures]]:
    for split in figures["splits"].values():
        for name, each in split["heads"].items():
            yield split["title"], name, each


def _count(head: Figures) -> str:
    return f"{head['n']} ({head['true']})" if "true" in head else str(head["n"])


def _spoken(head: str) -> str:
    return head.replace("harm_", "harm: ")


def _cells(head: Figures, figure: str, systems: Mapping[str, str]) -> Iterator[str]:
    for system in systems:
        each = head["systems"].get(system, {}).get(figure)
        yield "" if each is None else cell(figure, each)


def cell(figure: str, each: Figures) -> str:
    """`0.571 [0.52, 0.61]`, and how it stands to the model."""
    if each.get("low") is None:
        return f"{each['value']:.3f}"
    return f"{each['value']:.3f} [{each['low']:.2f}, {each['high']:.2f}]{_mark(figure, each)}"


def _mark(figure: str, each: Figures) -> str:
    """` =` where the lead may be nothing, ` >` where this system is the better one."""
    low, high = each.get("lead_low"), each.get("lead_high")
    if low is None or high is None:
        return ""
    if low <= 0 <= high:
        return " ="
    return " >" if (low > 0) == (figure in LESS_IS_BETTER) else ""


def calibration(figures: Figures) -> str:
    """What was said and what came, bin by bin, of the heads that alert."""
    rows = [
        [split["title"], _spoken(head), _bins(curves["equal_width"])]
        for split in figures["splits"].values()
        for head, curves in split["reliability"].items()
        if not head.startswith("harm_")
    ]
    return markdown(["split", "head", "said: came (n)"], rows, numbers=0)


def _bins(bins: Sequence[Figures]) -> str:
    return ", ".join(f"{each['said']:.2f}: {each['came']:.2f} ({each['n']})" for each in bins)


def beside(models: Mapping[str, Figures]) -> str:
    """Several models on the splits that all of them were measured on."""
    found = {name: dict(_flat(figures)) for name, figures in models.items()}
    first = next(iter(found.values()))
    common = [key for key in first if all(key in each for each in found.values())]
    rows = [
        [title, _spoken(head), _TITLES[figure]]
        + [cell(figure, each[title, head, figure]) for each in found.values()]
        for title, head, figure in common
    ]
    return markdown(["split", "head", "figure", *models], rows, numbers=len(models))


def _flat(figures: Figures) -> Iterator[tuple[tuple[str, str, str], Figures]]:
    for title, head, each in _heads(figures):
        for figure, value in each["systems"][MODEL].items():
            yield (title, head, figure), value


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int) -> str:
    """The last `numbers` columns are set to the right."""
    rule = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
