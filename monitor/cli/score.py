"""`monitor score text|growth|volume|stories`: the judging parts alone, JSON Lines in and out.

Does not read a configuration or a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO

import click

from monitor.cli.common import jsonlines_option, model_of, model_options
from monitor.cli.groups import Listing
from monitor.cli.jsonlines import Complaints, Row, echoed, say_line, text
from monitor.cli.score_numbers import growth_command, stories_command, volume_command
from monitor.core.records import row_of
from monitor.core.shares import ENOUGH, Shares
from monitor.core.types import Reading, Verdict
from monitor.ports import Classifier

#: Lines read ahead: enough to keep the model busy, few enough to answer a pipe soon.
CHUNK = 64
#: The same when each text is read up to 25 times.
EXPLAINED = 8
#: Words told of one text.
MOST = 10


@click.group("score", cls=Listing)
def score_command() -> None:
    """Judge what comes on stdin, one JSON object a line; needs no configuration."""


score_command.add_command(growth_command)
score_command.add_command(volume_command)
score_command.add_command(stories_command)


@score_command.command("text")
@model_options
@click.option(
    "--explain",
    is_flag=True,
    help="Add the words that moved `alarm` most, in log-odds; costs up to 25 readings a text.",
)
@click.option(
    "--alone",
    is_flag=True,
    help="Judge each line by itself. Otherwise `about` follows what the name stood for in the "
    f"lines before, as in the daemon, once {ENOUGH} of a brand were read.",
)
@jsonlines_option
@click.option("--input", "stream", type=click.File("rb"), default="-", help="Default: stdin.")
def text_command(
    model: Path | None, config: Path | None, stream: IO[bytes], *, explain: bool, alone: bool
) -> None:
    """Read mentions: {"id", "brand", "description", "text", "source"?}."""
    from monitor.app import load_classifier

    classifier = load_classifier(model_of(model, config))
    bad = Complaints()
    names: Shares[tuple[str, str]] = Shares(least=ENOUGH)
    parsed = bad.without(stream, lambda line: parse(row_of(line)))
    while chunk := list(islice(parsed, EXPLAINED if explain else CHUNK)):
        readings = [reading for _, reading in chunk]
        verdicts = classifier.classify(readings)
        said = verdicts if alone else _in_stream(names, readings, verdicts)
        shapes = [shape(each) for each in said]
        if explain:
            _add_words(shapes, classifier, readings)
        for (id_, _), shown in zip(chunk, shapes, strict=True):
            say_line({"id": id_} | shown)
    bad.leave()


def _in_stream(
    names: Shares[tuple[str, str]], readings: Sequence[Reading], verdicts: Sequence[Verdict]
) -> list[Verdict]:
    """The verdicts, `about` moved to what the brand's name stood for in the lines so far."""
    return [
        replace(said, about=names.heard((read.brand, read.description), said.about))
        for read, said in zip(readings, verdicts, strict=True)
    ]


def _add_words(
    shapes: Sequence[dict[str, object]], classifier: Classifier, readings: Sequence[Reading]
) -> None:
    """`words`: each with its `change`, how much of the log-odds of `alarm` goes without it."""
    from monitor.stages.explaining import explain

    for shown, words in zip(shapes, explain(classifier, readings), strict=True):
        shown["words"] = [{"text": w.text, "change": round(w.change, 4)} for w in words[:MOST]]


def parse(row: Row) -> tuple[object, Reading]:
    """One line as its id and what is to be read. `InputError` names the field."""
    reading = Reading(
        brand=text(row, "brand"),
        description=text(row, "description", default=""),
        text=text(row, "text"),
        source=text(row, "source", default=""),
    )
    return echoed(row, "id"), reading


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
