"""`monitor score text`: the judging parts alone, JSON Lines in and out.

Does not read a configuration or a database.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from monitor.core.types import Reading, Verdict
from monitor.errors import InputError
from monitor.ports import Classifier

#: Lines read ahead: enough to keep the model busy, few enough to answer a pipe soon.
CHUNK = 64
#: The same when each text is read up to 25 times.
EXPLAINED = 8
#: Words told of one text.
MOST = 10


@click.group("score")
def score_command() -> None:
    """Judge texts from stdin, one JSON object a line, without a configuration."""


@score_command.command("text")
@click.option(
    "--model",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The model directory; default: the one that ships.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Add the words that moved `alarm` most, in log-odds; costs up to 25 readings a text.",
)
@click.option("--input", "stream", type=click.File("rb"), default="-", help="Default: stdin.")
def text_command(model: Path | None, stream: IO[bytes], *, explain: bool) -> None:
    """Read mentions: {"id", "brand", "description", "text", "source"?}."""
    from monitor.app import load_classifier
    from monitor.config.freeze import shipped_model

    classifier = load_classifier(model or shipped_model())
    bad = Complaints()
    parsed = bad.without(enumerate(stream, start=1))
    while chunk := list(islice(parsed, EXPLAINED if explain else CHUNK)):
        readings = [reading for _, reading in chunk]
        shapes = [shape(verdict) for verdict in classifier.classify(readings)]
        if explain:
            _add_words(shapes, classifier, readings)
        for (id_, _), shown in zip(chunk, shapes, strict=True):
            click.echo(json.dumps({"id": id_} | shown, ensure_ascii=False))
    if bad.count:
        sys.exit(1)


def _add_words(
    shapes: Sequence[dict[str, object]], classifier: Classifier, readings: Sequence[Reading]
) -> None:
    """`words`: each with its `change`, how much of the log-odds of `alarm` goes without it."""
    from monitor.stages.explaining import explain

    for shown, words in zip(shapes, explain(classifier, readings), strict=True):
        shown["words"] = [{"text": w.text, "change": round(w.change, 4)} for w in words[:MOST]]


class Complaints:
    """Reports bad lines on stderr, and lets the rest go on."""

    def __init__(self) -> None:
        self.count = 0

    def without(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[object, Reading]]:
        """Yield the good lines."""
        for number, line in lines:
            if not line.strip():
                continue
            try:
                yield parse(line)
            except InputError as e:
                self.count += 1
                click.echo(f"line {number}: {e}", err=True)


def parse(line: bytes) -> tuple[object, Reading]:
    """One line as its id and what is to be read. `InputError` names the field."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as e:
        raise InputError(f"not JSON: {e}") from e
    if not isinstance(row, dict):
        raise InputError(f"should be a JSON object, not {type(row).__name__}")
    if "id" not in row:
        raise InputError("id: missing")
    reading = Reading(
        brand=_text(row, "brand"),
        description=_text(row, "description", default=""),
        text=_text(row, "text"),
        source=_text(row, "source", default=""),
    )
    return row["id"], reading


def _text(row: Mapping[str, Any], key: str, *, default: str | None = None) -> str:
    value = row.get(key, default)
    if value is None and default is not None:
        return default
    if value is None:
        raise InputError(f"{key}: missing")
    if not isinstance(value, str):
        raise InputError(f"{key}: should be text, not {type(value).__name__}")
    return value.encode("utf-8", "ignore").decode()


def shape(verdict: Verdict) -> dict[str, object]:
    """A verdict as the contract writes it (section 5), with the language added."""
    return {
        "about": verdict.about,
        "stance": {
            "negative": verdict.stance.negative,
            "neutral": verdict.stance.neutral,
            "positive": verdict.stance.positive,
        },
        "alarm": verdict.alarm,
        "complaint": verdict.complaint,
        "outrage": verdict.outrage,
        "firsthand": verdict.firsthand,
        "severity": verdict.severity,
        "harms": dict(verdict.harms),
        "language": verdict.language,
        "language_trained": verdict.language_trained,
    }
