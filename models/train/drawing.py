"""Reliability curves as a picture: SVG, one small square for each head. Measures nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt
from typing import Any, Final

SIDE, GAP, COLUMNS = 130, 46, 5
_FONT: Final = 'font-family="sans-serif" font-size="11"'
_SCALE: Final = (
    f'<g fill="#888"><text x="{SIDE - 34}" y="{SIDE + 12}">said 1</text>'
    f'<text x="-9" y="{SIDE + 4}">0</text><text x="-41" y="9">came 1</text></g>'
)


def reliability(splits: Mapping[str, Any]) -> str:
    """What was said runs to the right, what came upwards; a dot's area shows how many."""
    panels = [
        (f"{measured['title']}: {head.replace('harm_', '')}", curves["equal_width"])
        for measured in splits.values()
        for head, curves in measured["reliability"].items()
    ]
    rows = -(-len(panels) // COLUMNS)
    width, height = COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP
    drawn = [_panel(place, title, bins) for place, (title, bins) in enumerate(panels)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
            "<title>Reliability: share that came true by probability</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _panel(place: int, title: str, bins: Sequence[Mapping[str, float]]) -> str:
    x = GAP + place % COLUMNS * (SIDE + GAP)
    y = GAP + place // COLUMNS * (SIDE + GAP)
    split, _, head = title.rpartition(": ")
    most = max(each["n"] for each in bins)
    dots = "".join(_dot(each, most) for each in bins)
    return (
        f'<g transform="translate({x} {y})">'
        f'<text y="-16">{escape(split)}</text><text y="-4">{escape(head)}</text>'
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>'
        f'<line y1="{SIDE}" x2="{SIDE}" stroke="#bbb"/>{_SCALE}{dots}</g>'
    )


def _dot(each: Mapping[str, float], most: float) -> str:
    x, y = each["said"] * SIDE, (1 - each["came"]) * SIDE
    radius = 2 + 6 * sqrt(each["n"] / most)
    tip = f"said {each['said']:.2f}, came {each['came']:.2f}, {each['n']} texts"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1f6f8b" fill-opacity="0.7">'
        f"<title>{tip}</title></circle>"
    )
