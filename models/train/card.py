"""The model card: written from the figures, never by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from models.train import base
from models.train.sources import OWN, SOURCES

Figures = Mapping[str, Any]
_RIVALS = ("model", "tfidf", "majority")
_SPLITS = {
    "replab_dev_english": "RepLab dev brands",
    "incident_dev": "incident_dev",
}
_SHOWN = {
    "macro_f1": "macro-F1",
    "micro_f1": "micro-F1",
    "average_precision": "average precision",
    "auc": "AUC",
    "mean_error": "mean error (0-4)",
    "kappa": "quadratic kappa",
    "calibration_error": "calibration error",
}


def table(figures: Figures) -> str:
    """Head by measure, the model beside TF-IDF with logistic regression and the majority."""
    head = "| split | head | n | measure | model | TF-IDF + LR | majority |"
    lines = [head, "|---|---|---:|---|---:|---:|---:|"]
    for split, title in _SPLITS.items():
        for name, measured in figures[split].items():
            lines += _lines(title, name, measured)
    return "\n".join(lines)


def _lines(title: str, head: str, measured: Figures) -> Iterator[str]:
    for key, shown in _SHOWN.items():
        if key in measured["model"]:
            cells = " | ".join(_number(measured.get(rival, {}).get(key)) for rival in _RIVALS)
            yield f"| {title} | {head} | {measured['model']['n']} | {shown} | {cells} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def harms(figures: Figures) -> str:
    """How often each harm was alleged, said and both, in the tuning set."""
    lines = ["| harm | alleged | said at 0.5 | both |", "|---|---:|---:|---:|"]
    for name, each in figures["incident_dev"]["harms"]["each"].items():
        lines.append(f"| {name} | {each['held']} | {each['said']} | {each['both']} |")
    return "\n".join(lines)


def sources(rows: Mapping[str, int]) -> str:
    """What it was trained on."""
    lines = ["| corpus | what | public at | licence as known | rows |", "|---|---|---|---|---:|"]
    for each in (*SOURCES, OWN):
        count = rows.get(each.folder, 0)
        lines.append(f"| {each.folder} | {each.what} | {each.where} | {each.licence} | {count} |")
    return "\n".join(lines)


def checks(files: Mapping[str, str]) -> str:
    """Checksums of the files."""
    return "\n".join(f"{digest}  {path}" for path, digest in files.items())


def write(directory: Path, figures: Figures) -> None:
    """`README.md` of a model directory."""
    template = (Path(__file__).parent / "card.md").read_text(encoding="utf-8")
    text = template.format(
        name=figures["model"],
        base_sha256=base.SHA256,
        speed=figures["texts_per_second"],
        table=table(figures),
        harms=harms(figures),
        sources=sources(figures["training_rows"]),
        checksums=checks(figures["checksums"]),
    )
    (directory / "README.md").write_text(text, encoding="utf-8")
