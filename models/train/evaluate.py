"""`python -m models.train.evaluate`: what the shipped model is worth on brands it never saw.

Prints one table, rewrites `metrics.json` and the model card. Runs the model through the
adapter of the program, without PyTorch. Measures on the `dev` brands of RepLab 2013 (English)
and on the tuning set `incident_dev`; neither is trained on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.train import card, measures, sources
from models.train.baseline import Rival
from models.train.corpus import Split, split
from models.train.data import held_out, replab
from models.train.data.held_out import Judged
from models.train.rows import HARM_COLUMNS, STANCES, Row
from monitor.adapters.classifier import OnnxClassifier
from monitor.core.types import HARMS, Verdict

HERE = Path(__file__).resolve().parents[2]
Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m models.train.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--model", type=Path, default=HERE / "models" / "incident")
    options = parser.parse_args(arguments)
    figures = evaluate(options.model, options.data)
    (options.model / "metrics.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    card.write(options.model, figures)
    print(card.table(figures))


def evaluate(directory: Path, data: Path) -> Figures:
    """All figures, by split and head."""
    rows = split(data)
    dev = list(replab.rows(data / "replab2013", fold="dev"))
    judged = held_out.incident_dev(data / "incident_dev")
    model = OnnxClassifier.load(directory)
    try:
        verdicts, seconds = _timed(model, dev)
        incidents = model.classify([each.reading for each in judged])
    finally:
        model.close()
    return {
        "model": model.name,
        "texts_per_second": round(len(dev) / seconds),
        "training_rows": dict(rows.sizes()),
        "checksums": dict(sources.checksums(data)),
        "replab_dev_english": replab_figures(dev, verdicts, rows),
        "incident_dev": incident_figures(judged, incidents, rows),
    }


def _timed(model: OnnxClassifier, rows: Sequence[Row]) -> tuple[tuple[Verdict, ...], float]:
    start = time.perf_counter()
    verdicts = model.classify([row.reading for row in rows])
    return verdicts, time.perf_counter() - start


def replab_figures(dev: Sequence[Row], verdicts: Sequence[Verdict], rows: Split) -> Figures:
    """Relevance, stance and alarm on unseen brands, the baseline trained on RepLab alone."""
    train = [row for row in (*rows.train, *rows.calibration) if row.origin == "replab2013"]
    rival = Rival.fitted(train)
    pairs = list(zip(dev, verdicts, strict=True))
    figures = {head: _plain_against(rival, pairs, head) for head in ("about", "alarm")}
    related = [(row, verdict) for row, verdict in pairs if STANCES[0] in row.targets]
    truth = [max(STANCES, key=row.targets.__getitem__) for row, _ in related]
    texts = [row.reading.text for row, _ in related]
    figures["stance"] = _stances(truth, [verdict for _, verdict in related], rival, texts)
    return figures


def _plain_against(rival: Rival, pairs: Sequence[tuple[Row, Verdict]], head: str) -> Figures:
    known = [(row, verdict) for row, verdict in pairs if head in row.targets]
    truth = [row.targets[head] for row, _ in known]
    guessed = rival.probabilities(head, [row.reading.text for row, _ in known])
    return {
        "model": measures.yes_no(truth, [getattr(verdict, head) for _, verdict in known]),
        "tfidf": measures.yes_no(truth, guessed.tolist()),
        "majority": _majority(truth),
    }


def _majority(truth: Sequence[float]) -> Figures:
    base = sum(truth) / len(truth)
    return measures.yes_no(truth, [base] * len(truth))


def _stances(
    truth: Sequence[str], verdicts: Sequence[Verdict], rival: Rival, texts: Sequence[str]
) -> Figures:
    common = max(STANCES, key=list(truth).count)
    return {
        "model": measures.choice(truth, [chosen(verdict) for verdict in verdicts]),
        "tfidf": measures.choice(truth, rival.stances(texts)),
        "majority": measures.choice(truth, [common] * len(truth)),
    }


def chosen(verdict: Verdict) -> str:
    """The likeliest stance."""
    return max(STANCES, key=lambda name: float(getattr(verdict.stance, name)))


def incident_figures(
    judged: Sequence[Judged], verdicts: Sequence[Verdict], rows: Split
) -> Figures:
    """Every head where both annotators agree; the baseline is trained on all training rows."""
    texts = [each.reading.text for each in judged]
    rival = Rival.fitted(rows.train)
    figures: Figures = {}
    for head in ("alarm", "complaint", "outrage", "firsthand"):
        guessed = rival.probabilities(head, texts).tolist()
        figures[head] = _agreed(judged, verdicts, guessed, head)
    figures["stance"] = _incident_stance(judged, verdicts, rival)
    figures["severity"] = _incident_severity(judged, verdicts)
    figures["harms"] = _incident_harms(judged, verdicts, rival, texts)
    return figures


def _kept(judged: Sequence[Judged], field: str) -> list[int]:
    return [place for place, each in enumerate(judged) if field in each.gold]


def _agreed(
    judged: Sequence[Judged], verdicts: Sequence[Verdict], guessed: Sequence[float], head: str
) -> Figures:
    kept = _kept(judged, head)
    truth = [float(judged[place].gold[head]) for place in kept]
    return {
        "model": measures.yes_no(truth, [getattr(verdicts[place], head) for place in kept]),
        "tfidf": measures.yes_no(truth, [guessed[place] for place in kept]),
        "majority": _majority(truth),
    }


def _incident_stance(
    judged: Sequence[Judged], verdicts: Sequence[Verdict], rival: Rival
) -> Figures:
    kept = _kept(judged, "stance")
    truth = [judged[place].gold["stance"] for place in kept]
    texts = [judged[place].reading.text for place in kept]
    return _stances(truth, [verdicts[place] for place in kept], rival, texts)


def _incident_severity(judged: Sequence[Judged], verdicts: Sequence[Verdict]) -> Figures:
    kept = _kept(judged, "severity")
    truth = [judged[place].gold["severity"] for place in kept]
    median = sorted(truth)[len(truth) // 2]
    return {
        "model": measures.level(truth, [verdicts[place].severity for place in kept]),
        "majority": measures.level(truth, [float(median)] * len(truth)),
    }


def _incident_harms(
    judged: Sequence[Judged],
    verdicts: Sequence[Verdict],
    rival: Rival,
    texts: Sequence[str],
) -> Figures:
    kept = _kept(judged, "harms")
    truth = [judged[place].gold["harms"] for place in kept]
    columns = [rival.probabilities(name, texts) for name in HARM_COLUMNS]
    guessed = [
        {name: float(column[place]) for name, column in zip(HARMS, columns, strict=True)}
        for place in kept
    ]
    return {
        "model": measures.several(truth, [verdicts[place].harms for place in kept]),
        "tfidf": measures.several(truth, guessed),
        "each": _by_harm(truth, [verdicts[place] for place in kept]),
    }


def _by_harm(truth: Sequence[frozenset[str]], verdicts: Sequence[Verdict]) -> Figures:
    def counts(name: str) -> dict[str, int]:
        held = [name in each for each in truth]
        said = [verdict.harms[name] >= 0.5 for verdict in verdicts]
        both = sum(a and b for a, b in zip(held, said, strict=True))
        return {"held": sum(held), "said": sum(said), "both": both}

    return {name: counts(name) for name in HARMS}


if __name__ == "__main__":
    main()
