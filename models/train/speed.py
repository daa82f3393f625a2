"""`python -m models.train.speed`: texts a second, beside PyTorch, in the same run.

The whole adapter (tokens, int8 network, calibration, language) on two threads against the same
network in eager PyTorch: fp32, two threads, batches of 32 of like length, no calibration.
Both read the same of our own texts; no two are alike, so that none is saved by being run once.
Rounds alternate, so that what else the machine does meets both. Weights make no difference to
the time, so PyTorch runs with fresh heads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

import torch

from models.train import base, card, commands
from models.train.alike import nearly_equal
from models.train.batches import by_length, padded
from models.train.corpus import CORPUS
from models.train.data import own
from models.train.frozen import MAX_SUBJECT, MAX_TOKENS, quiet
from models.train.network import Reader
from monitor.adapters.classifier import OnnxClassifier
from monitor.adapters.encoder import Encoder
from monitor.core.types import Reading

HERE = Path(__file__).resolve().parents[2]
#: Tokens of a text, its brand and description not counted, that half of the texts reach.
MEDIAN: Final = 30
TEXTS, ROUNDS, THREADS, SEED = 256, 5, 2, 20121231
_BATCH = 32
Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = commands.parser("models.train.speed", __doc__)
    parser.add_argument("--model", type=Path, default=HERE / "models" / "incident")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--texts", type=int, default=TEXTS)
    options = parser.parse_args(arguments)
    quiet()
    rates = measure(options.model, base.student(), rounds=options.rounds, texts=options.texts)
    print(card.speed(rates))


def measure(directory: Path, folder: Path, *, rounds: int = ROUNDS, texts: int = TEXTS) -> Figures:
    """Rates of the model in `directory` and of PyTorch on the encoder in `folder`."""
    torch.set_num_threads(THREADS)
    encoder = Encoder.load(folder, max_tokens=MAX_TOKENS, max_subject=MAX_SUBJECT)
    readings = sample(encoder, [row.reading for row in own.rows(CORPUS)], texts)
    network = Reader.fresh(folder).eval()
    model = OnnxClassifier.load(directory, threads=THREADS)
    try:
        rates = alternating(
            {
                "adapter": lambda: model.classify(readings),
                "pytorch": lambda: eager(network, encoder, readings),
            },
            count=len(readings),
            rounds=rounds,
        )
    finally:
        model.close()
    return {
        "texts": len(readings),
        "median_tokens": int(median(_tokens(encoder, each) for each in readings)),
        "median_input": int(median(len(encoder.encode(each).ids) for each in readings)),
        "rounds": rounds,
        **{name: _summary(each) for name, each in rates.items()},
    }


def sample(encoder: Encoder, readings: Sequence[Reading], count: int) -> list[Reading]:
    """The same `count` at every call: half up to `MEDIAN`, half from it on, none alike."""
    shuffled = Random(SEED).sample(list(readings), len(readings))
    short, long = _short_and_long(encoder, shuffled)
    chosen: list[Reading] = []
    for half in (short, long):
        start = len(chosen)
        for reading in half:
            if len(chosen) - start == count // 2:
                break
            if not any(nearly_equal(reading.text, other.text) for other in chosen):
                chosen.append(reading)
    return Random(SEED).sample(chosen, len(chosen))


def _short_and_long(
    encoder: Encoder, readings: Sequence[Reading]
) -> tuple[list[Reading], list[Reading]]:
    lengths = [(_tokens(encoder, reading), reading) for reading in readings]
    short = [reading for length, reading in lengths if length <= MEDIAN]
    return short, [reading for length, reading in lengths if length >= MEDIAN]


def _tokens(encoder: Encoder, reading: Reading) -> int:
    """Of the text alone, without the separator behind it."""
    return sum(encoder.encode(reading).segments) - 1


def eager(network: torch.nn.Module, encoder: Encoder, readings: Sequence[Reading]) -> None:
    """Read everything with PyTorch, as `transformers` users do."""
    inputs = [encoder.encode(each) for each in readings]
    with torch.inference_mode():
        for cut in by_length(inputs, _BATCH):
            torch.sigmoid(network(*padded([inputs[place] for place in cut]))).tolist()


def alternating(
    systems: dict[str, Callable[[], object]], *, count: int, rounds: int
) -> dict[str, list[float]]:
    """Texts a second in each round; one round before them is not counted."""
    rates: dict[str, list[float]] = {name: [] for name in systems}
    for number in range(rounds + 1):
        for name, run in systems.items():
            start = time.perf_counter()
            run()
            if number:
                rates[name].append(count / (time.perf_counter() - start))
    return rates


def _summary(rates: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(median(rates), 1),
        "low": round(min(rates), 1),
        "high": round(max(rates), 1),
    }


if __name__ == "__main__":
    main()
