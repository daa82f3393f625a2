"""The words of a text as a second voice on its harms, on a corpus of a few words."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from models.train import words  # noqa: E402
from models.train.network import Reader, by_words  # noqa: E402
from models.train.rows import COLUMNS, HARM_COLUMNS, Row  # noqa: E402
from monitor.adapters.encoder import Encoder, Tokens  # noqa: E402
from monitor.core.types import Reading  # noqa: E402
from tests.train.toys import tiny_encoder, tiny_network  # noqa: E402

ANIMAL, LABOUR = HARM_COLUMNS.index("harm_animal"), HARM_COLUMNS.index("harm_labour")


class TestCounts:
    def test_a_token_counts_by_the_root_of_the_length_of_its_text(self) -> None:
        tokens = Tokens(ids=(2, 9, 3, 7, 7, 8, 3), segments=(0, 0, 0, 1, 1, 1, 1))

        [row] = words.counts([tokens], 12).toarray()

        assert row[7] == pytest.approx(2 / sqrt(4))
        assert row[8] == pytest.approx(1 / sqrt(4))
        assert row[[2, 3, 9]].tolist() == [0, 0, 0]

    def test_no_firm_is_guilty_by_its_name(self) -> None:
        """7 is in the brand's name and in the text."""
        named = Tokens(ids=(2, 7, 3, 7, 8), segments=(0, 0, 0, 1, 1))

        assert words.counts([named], 12).toarray()[0, 7] == 0

    def test_a_text_without_tokens_is_an_empty_row(self) -> None:
        assert words.counts([Tokens(ids=(2, 3), segments=(0, 0))], 12).shape == (1, 12)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return tiny_encoder()


def row(text: str, **targets: float) -> Row:
    reading = Reading(brand="b", description="", text=text)
    return Row(origin="own", group="g", reading=reading, targets=targets)


ROWS = [
    *(row("burned late", harm_animal=1.0, harm_labour=0.0) for _ in range(6)),
    *(row("kettle late", harm_animal=0.0, harm_labour=0.0) for _ in range(6)),
    row("burned love"),
]


def said(reader: Reader, encoder: Encoder, text: str) -> list[float]:
    tokens = encoder.encode(Reading(brand="b", description="", text=text))
    ids, segments = torch.tensor([tokens.ids]), torch.tensor([tokens.segments])
    with torch.no_grad():
        return list(reader.eval()(ids, segments, torch.ones_like(ids))[0].tolist())


class TestAdded:
    def test_words_that_tell_of_a_harm_raise_it_and_nothing_else(self, encoder: Encoder) -> None:
        before, after = tiny_network(), words.added(tiny_network(), ROWS, encoder)

        risen = np.array(said(after, encoder, "burned")) - said(before, encoder, "burned")
        calm = np.array(said(after, encoder, "kettle")) - said(before, encoder, "kettle")

        others = len(COLUMNS) - len(HARM_COLUMNS)
        assert risen[:others].tolist() == pytest.approx([0.0] * others, abs=1e-6)
        assert risen[others + ANIMAL] > 0 > calm[others + ANIMAL]

    def test_a_harm_that_is_always_or_never_there_says_nothing(self, encoder: Encoder) -> None:
        weights = words.added(tiny_network(), ROWS, encoder).words.weight

        assert weights[:, LABOUR].abs().max() == 0
        assert weights[:, HARM_COLUMNS.index("harm_legal")].abs().max() == 0
        assert weights[:, ANIMAL].abs().max() > 0

    def test_on_average_it_says_what_it_said_before(self, encoder: Encoder) -> None:
        def usual(reader: Reader) -> np.ndarray:
            return np.mean([said(reader, encoder, row.reading.text) for row in ROWS], axis=0)

        other = words.added(tiny_network(), ROWS[3:9], encoder)
        for reader in (tiny_network(), other):
            before = usual(reader)
            assert usual(words.added(reader, ROWS, encoder)) == pytest.approx(before, abs=1e-5)

    def test_what_words_said_before_is_replaced(self, encoder: Encoder) -> None:
        other = words.added(tiny_network(), ROWS[3:9], encoder)
        again, first = (
            words.added(other, ROWS, encoder),
            words.added(tiny_network(), ROWS, encoder),
        )

        assert torch.allclose(first.words.weight, again.words.weight)

    def test_it_is_a_share_of_the_log_odds_of_a_regression(
        self, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        part = words.added(tiny_network(), ROWS, encoder).words.weight
        monkeypatch.setattr(words, "SHARES", {"harm_animal": 2 * words.SHARE})
        more = words.added(tiny_network(), ROWS, encoder).words.weight
        inputs = [encoder.encode(row.reading) for row in ROWS]
        odds = words.fitted(ROWS, words.counts(inputs, part.shape[0]))

        assert part[:, ANIMAL].tolist() == pytest.approx((words.SHARE * odds[:, ANIMAL]).tolist())
        assert torch.allclose(more[:, ANIMAL], 2 * part[:, ANIMAL])


def test_what_a_text_of_another_segment_says_is_not_heard() -> None:
    said = torch.ones(1, 4, len(HARM_COLUMNS))
    own = torch.tensor([[0, 0, 1, 1]])

    heard = by_words(said, own)[0]

    assert heard.tolist()[-1] == pytest.approx(2 / sqrt(2))
    assert heard[: len(COLUMNS) - len(HARM_COLUMNS)].abs().max() == 0
