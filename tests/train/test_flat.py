"""The served form of the network: the same numbers as the trained one, in fewer steps."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from models.train.flat import Flat  # noqa: E402
from models.train.network import Reader  # noqa: E402
from models.train.rows import COLUMNS  # noqa: E402
from tests.train.toys import toy_reader  # noqa: E402


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Three layers with weights as they fall, larger than fresh ones."""
    made = toy_reader(
        seed=3, vocabulary=50, width=24, layers=3, heads=4, inner=40, places=16, spread=0.3
    ).eval()
    for name, weights in made.named_parameters():
        if name.endswith("bias") or name == "words.weight":
            torch.nn.init.normal_(weights, std=0.3)
    return made


#: Tokens, and how many of them are the subject.
INPUTS = [((7, 8, 9, 10, 11, 12), 2), ((1, 2), 1), ((4, 4, 4), 3), (tuple(range(16)), 5)]


@pytest.mark.parametrize(("ids", "subject"), INPUTS)
def test_it_says_what_the_trained_network_says(
    reader: Reader, ids: tuple[int, ...], subject: int
) -> None:
    tokens = torch.tensor([ids])
    segments = torch.tensor([[0] * subject + [1] * (len(ids) - subject)])
    with torch.no_grad():
        logits, vector = Flat(reader)(tokens, segments)
        expected = reader(tokens, segments, torch.ones_like(tokens))
        states = reader.encoder(input_ids=tokens, token_type_ids=segments).last_hidden_state

    assert logits.shape == (1, len(COLUMNS))
    assert logits[0].tolist() == pytest.approx(expected[0].tolist(), abs=1e-4)
    text = states[0, subject:].sum(0) / max(len(ids) - subject, 1)
    assert vector[0].tolist() == pytest.approx(text.tolist(), abs=1e-4)


def test_its_queries_keys_and_values_are_one_multiplication(reader: Reader) -> None:
    flat = Flat(reader)
    assert [layer.asked.out_features for layer in flat.layers] == [72, 72, 72]
