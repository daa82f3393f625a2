"""The model card, the curves and `metrics.json`: written from the figures, never by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from models.train import base, drawing, summary, tables
from models.train.sources import OWN, SOURCES

Figures = Mapping[str, Any]
CURVES = "reliability.svg"


def write(directory: Path, figures: Figures) -> None:
    """`metrics.json`, `reliability.svg` and `README.md` of a model directory."""
    directory.mkdir(parents=True, exist_ok=True)
    written = {
        "metrics.json": json.dumps(figures, indent=1, ensure_ascii=False) + "\n",
        CURVES: drawing.reliability(figures["splits"]),
        "README.md": card(figures),
    }
    for name, text in written.items():
        (directory / name).write_text(text, encoding="utf-8")


def card(figures: Figures) -> str:
    """The template with everything that is measured."""
    template = (Path(__file__).parent / "card.md").read_text(encoding="utf-8")
    return template.format(
        name=figures["model"],
        base_sha256=base.SHA256,
        short=summary.in_short(figures),
        resamples=figures["bootstrap"]["resamples"],
        splits="\n".join(_splits(figures)),
        table=tables.table(figures),
        calibration=tables.calibration(figures),
        curves=CURVES,
        rounding=rounding(figures.get("rounding", {})),
        speed=speed(figures["speed"]),
        sources=sources(figures["training_rows"]),
        checksums=checks(figures["checksums"]),
        made=figures.get("made", ""),
    )


def _splits(figures: Figures) -> Iterator[str]:
    for each in figures["splits"].values():
        yield f"- {each['title']}: {each['n']} texts, {each['groups']} groups to draw from."
    yield from (f"- Not shown: {reason}." for reason in figures["left_out"])


def rounding(cost: Figures) -> str:
    """How far int8 is from fp32, in a sentence."""
    if not cost:
        return "int8 was not compared with fp32 in this run."
    worst = cost["worst"]
    return (
        f"{cost['beyond_a_point']} of {cost['figures']} figures differ by more than a point "
        f"between int8 and fp32. The largest difference is "
        f"{100 * abs(worst['difference']):.2f} points ({worst['figure']} of {worst['head']}, "
        f"{worst['split']}; int8 is {'higher' if worst['difference'] > 0 else 'lower'})."
    )


def speed(rates: Figures) -> str:
    """Texts a second, in a sentence."""
    if not rates:
        return "Speed was not measured in this run."
    ours, other = rates["adapter"], rates["pytorch"]
    return (
        f"{ours['median']:.0f} texts a second ({ours['low']:.0f} to {ours['high']:.0f}) through "
        f"the whole adapter on two threads; eager PyTorch in fp32, in the same run: "
        f"{other['median']:.0f} ({other['low']:.0f} to {other['high']:.0f}). "
        f"{rates['texts']} of our own texts, no two alike, median {rates['median_tokens']} tokens "
        f"({rates['median_input']} with brand and description), {rates['rounds']} rounds each "
        f"in turn."
    )


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
