"""The classifier: readings in, verdicts out, with ONNX Runtime and a transformers tokenizer.

It does not train, does not know thresholds and does not fetch models. Nothing heavy is
imported until `load`. A text gets the same numbers whatever else is in the call: each is run
by itself, because dynamic int8 quantisation scales its activations by everything in a batch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from monitor.adapters.encoder import TOKENIZER, Encoder, Tokens, needed
from monitor.core.languages import CANDIDATES, believed, is_trained, words_shown
from monitor.core.meaning import packed
from monitor.core.reading import (
    calibrated,
    expected_level,
    softmax,
)
from monitor.core.types import HARMS, Reading, Stance, Verdict
from monitor.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

STANCES = ("negative", "neutral", "positive")
LEVELS = ("severity1", "severity2", "severity3", "severity4")
PLAIN = ("about", "alarm", "complaint", "outrage", "firsthand")
#: Files a model directory must hold.
WEIGHTS, SETTINGS = "model.onnx", "config.json"
FILES = (WEIGHTS, SETTINGS, TOKENIZER)
#: Outputs of the graph; one without the second tells no meaning.
LOGITS, VECTOR = "logits", "vector"
_CHECKSUM_DIGITS = 8
#: Names of which it is remembered what they say alone.
_MOST_NAMES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What `config.json` says of a model: its outputs, its room, its calibration."""

    #: Names of the outputs, in order.
    columns: tuple[str, ...]
    #: Tokens of the whole input and of its first segment, at most.
    max_tokens: int
    max_subject: int
    #: Slope and offset of each yes/no column, see `core.reading.calibrated`.
    platt: Mapping[str, tuple[float, float]]
    stance_temperature: float
    #: ISO 639-1 codes of what it was trained on; none: it does not say.
    languages: frozenset[str]
    #: Share of what the name alone, read as a text, says of `about` that is taken off every text
    #: beside it: what is known of a name is no evidence. Zhao et al. (2021), Calibrate before use.
    name_share: float = 0.0

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """`KeyError`, `TypeError` or `ValueError` for settings that do not fit together."""
        settings = cls(
            columns=tuple(raw["columns"]),
            max_tokens=int(raw["max_tokens"]),
            max_subject=int(raw["max_subject"]),
            platt={name: (float(a), float(b)) for name, (a, b) in raw["platt"].items()},
            stance_temperature=float(raw["stance_temperature"]),
            languages=frozenset(_names(raw.get("languages", []))),
            name_share=float(raw.get("name_share", 0.0)),
        )
        harms = tuple(f"harm_{name}" for name in HARMS)
        missing = {*PLAIN, *STANCES, *LEVELS, *harms} - set(settings.columns)
        if missing:
            raise ValueError(f"columns lack {', '.join(sorted(missing))}")
        return settings


@dataclass(frozen=True, kw_only=True, slots=True)
class _Output:
    """What the network says of one input."""

    logits: tuple[float, ...]
    #: See `core.meaning.packed`.
    vector: bytes


def look(directory: Path) -> None:
    """Whether a model directory has its files, unread; `ModelError` names one that it lacks."""
    for name in FILES:
        needed(directory / name)


class OnnxClassifier:
    """The port `Classifier` on a model directory such as `models/incident`."""

    def __init__(
        self,
        name: str,
        *,
        session: InferenceSession,
        encoder: Encoder,
        settings: Settings,
        languages: Languages,
        threads: int,
    ) -> None:
        #: Directory name and short checksum of weights and settings, as stored with a verdict.
        self.name = name
        self._session = session
        self._outputs = [LOGITS, *({VECTOR} & {each.name for each in session.get_outputs()})]
        self._encoder = encoder
        self._settings = settings
        self._languages = languages
        #: What each name alone says of `about`.
        self._alone: dict[Reading, float] = {}
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="classifier")

    @classmethod
    def load(cls, directory: Path, *, threads: int = 2) -> Self:
        """Open a model directory; `ModelError` names the file that is missing or broken."""
        settings = _settings(directory / SETTINGS)
        return cls(
            f"{directory.resolve().name}-{_checksum(directory)}",
            session=_session(directory / WEIGHTS, settings),
            encoder=Encoder.load(
                directory, max_tokens=settings.max_tokens, max_subject=settings.max_subject
            ),
            settings=settings,
            languages=Languages(),
            threads=threads,
        )

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(cancel_futures=True)

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        """One verdict per reading, in order; what looks the same to the network is run once."""
        running: dict[Tokens, Future[_Output]] = {}
        outputs = [self._submitted(self._encoder.encode(each), running) for each in readings]
        # Told while the pool's threads are in the network, which leaves Python to this one.
        languages = [self._languages.of(reading.text) for reading in readings]
        return tuple(
            self._verdict(reading, language, output.result())
            for reading, language, output in zip(readings, languages, outputs, strict=True)
        )

    def _submitted(
        self, tokens: Tokens, running: dict[Tokens, Future[_Output]]
    ) -> Future[_Output]:
        if tokens not in running:
            running[tokens] = self._pool.submit(self._run, tokens)
        return running[tokens]

    def logits(self, reading: Reading) -> dict[str, float]:
        """Outputs by column, `about` without what the name alone says: calibrated from here on."""
        return self._named(reading, self._run(self._encoder.encode(reading)).logits)

    def _named(self, reading: Reading, logits: Sequence[float]) -> dict[str, float]:
        named = dict(zip(self._settings.columns, logits, strict=True))
        if self._settings.name_share and reading.brand:
            named["about"] -= self._settings.name_share * self._of_name(reading)
        return named

    def _of_name(self, reading: Reading) -> float:
        name = replace(reading, text=reading.brand)
        if name not in self._alone:
            if len(self._alone) >= _MOST_NAMES:
                self._alone.clear()
            outputs = self._run(self._encoder.encode(name))
            self._alone[name] = outputs.logits[self._settings.columns.index("about")]
        return self._alone[name]

    def _verdict(self, reading: Reading, language: str | None, output: _Output) -> Verdict:
        named = self._named(reading, output.logits)
        return _verdict(
            named, self._settings, model=self.name, language=language, vector=output.vector
        )

    def _run(self, tokens: Tokens) -> _Output:
        feed = {
            "input_ids": np.array([tokens.ids], dtype=np.int64),
            "token_type_ids": np.array([tokens.segments], dtype=np.int64),
        }
        logits, *vectors = self._session.run(self._outputs, feed)
        vector = packed(vectors[0][0]) if vectors else b""
        return _Output(logits=tuple(logits[0].tolist()), vector=vector)


class Languages:
    """Tells the language of a text, or that it cannot (see `core.languages`)."""

    def __init__(self) -> None:
        from py3langid.langid import (  # noqa: PLC0415 heavy
            MODEL_FILE,
            LanguageIdentifier,
        )

        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(list(CANDIDATES))

    def of(self, text: str) -> str | None:
        """ISO 639-1 code, "und", or None."""
        words = words_shown(text)
        guess, probability = self._identifier.classify(words)
        return believed(words, str(guess), float(probability))


def _verdict(
    logits: Mapping[str, float],
    settings: Settings,
    *,
    model: str,
    language: str | None,
    vector: bytes,
) -> Verdict:
    def probability(name: str) -> float:
        return calibrated(logits[name], *settings.platt.get(name, (1.0, 0.0)))

    shares = softmax([logits[name] for name in STANCES], settings.stance_temperature)
    return Verdict(
        model=model,
        language=language,
        stance=Stance(**dict(zip(STANCES, shares, strict=True))),
        severity=expected_level([probability(name) for name in LEVELS]),
        language_trained=is_trained(language, settings.languages),
        harms={name: probability(f"harm_{name}") for name in HARMS},
        vector=vector,
        **{name: probability(name) for name in PLAIN},
    )


def _names(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"languages should be a list, not {value!r}")
    return [str(name) for name in value]


def _settings(path: Path) -> Settings:
    try:
        return Settings.parse(json.loads(needed(path).read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not the settings of a model: {error!r}") from error


def _session(path: Path, settings: Settings) -> InferenceSession:
    import onnxruntime  # noqa: PLC0415 heavy

    options = onnxruntime.SessionOptions()
    # One thread inside a text: two texts side by side are faster than two threads on one.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    needed(path)
    try:
        session = onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            # The fused kernel is several times slower than the two it replaces (1.31, on a CPU).
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except Exception as error:
        # ONNX Runtime has no common base class for what a broken file raises.
        raise ModelError(f"{path}: not a usable model: {error}") from error
    width = session.get_outputs()[0].shape[-1]
    if width != len(settings.columns):
        raise ModelError(f"{path}: {width} outputs, {SETTINGS} names {len(settings.columns)}")
    return session


def _checksum(directory: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(needed(directory / name).read_bytes())
    return digest.hexdigest()[:_CHECKSUM_DIGITS]
