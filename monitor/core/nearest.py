"""How far a risk was from the next level, and which part tipped it. Weighs nothing (`risk`)."""

from __future__ import annotations

from monitor.core.settings import AlertSettings
from monitor.core.types import Level, Risk


def nearest(risk: Risk, settings: AlertSettings) -> str:
    """Which threshold was nearest, and the smallest change that would have changed the level."""
    level = min(
        (Level.WATCH, Level.WARNING, Level.CRITICAL),
        key=lambda each: abs(risk.value - settings.threshold(each)),
    )
    threshold = settings.threshold(level)
    gap = risk.value - threshold
    where = f"Nearest is {level.label} at {threshold:.2f}; the risk is {risk.value:.2f}"
    if gap >= 0:
        return f"{where}, {gap:.4f} above. {_undone(risk, gap)}"
    return f"{where}, {-gap:.4f} short. {_reached_by(risk, -gap)}"


def _undone(risk: Risk, gap: float) -> str:
    """The smallest part without which the threshold would have been missed."""
    enough = [part for part in risk.parts if part.value > gap]
    if not enough:
        return "No single part alone carried it over."
    part = min(enough, key=lambda each: each.value)
    return f"Without {part.name} ({part.value:+.4f}) it would have stayed below."


def _reached_by(risk: Risk, gap: float) -> str:
    doubt = next((part for part in risk.parts if -part.value >= gap), None)
    if doubt:
        return f"Without {doubt.name} ({doubt.value:+.4f}) it would have been reached."
    largest = max(risk.parts, key=lambda each: each.value)
    return f"{gap:.4f} more would do; the largest part is {largest.name} ({largest.value:+.4f})."
