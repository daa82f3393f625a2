"""Even activations before rounding: the network says the same, and its inputs are of like size."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from models.train.flat import Flat  # noqa: E402
from models.train.smooth import ByToken, Scaled, by_token, smoothed  # noqa: E402
from monitor.adapters.encoder import Tokens  # noqa: E402
from tests.train.toys import toy_reader  # noqa: E402

SHOWN = [
    Tokens(ids=(7, 8, 9, 10, 11), segments=(0, 0, 1, 1, 1)),
    Tokens(ids=(1, 2, 3), segments=(0, 1, 1)),
]


def flat() -> Flat:
    """Two layers; one channel of each normalisation is 50 times as large as the others."""
    made = toy_reader(
        seed=5, vocabulary=50, width=24, layers=2, heads=3, inner=40, places=16, spread=0.2
    )
    with torch.no_grad():
        for name, weights in made.encoder.named_parameters():
            if name.endswith("LayerNorm.weight"):
                weights[3] = 50.0
    return Flat(made.eval()).eval()


def said(network: Flat, tokens: Tokens) -> list[float]:
    with torch.no_grad():
        logits, _ = network(torch.tensor([tokens.ids]), torch.tensor([tokens.segments]))
    return list(logits[0].tolist())


def spread(network: Flat) -> float:
    """Of the inputs of the last `up`, the largest channel beside the middle one."""
    seen: list[torch.Tensor] = []
    up = network.layers[-1].up
    inner = up.linear if isinstance(up, Scaled) else up
    handle = inner.register_forward_pre_hook(lambda _module, given: seen.append(given[0]))
    said(network, SHOWN[0])
    handle.remove()
    largest = seen[0].abs().amax(0)
    return float(largest.max() / largest.median())


@pytest.mark.parametrize(
    "tokens", [*SHOWN, Tokens(ids=(40, 41, 42, 43, 44, 45), segments=(0, 0, 0, 1, 1, 1))]
)
def test_the_network_says_the_same(tokens: Tokens) -> None:
    assert said(smoothed(flat(), SHOWN), tokens) == pytest.approx(said(flat(), tokens), abs=1e-4)


def test_a_channel_that_was_far_larger_is_so_no_longer() -> None:
    assert spread(flat()) > 20
    assert spread(smoothed(flat(), SHOWN)) < 8


def test_what_attention_gives_on_costs_no_step_more() -> None:
    layer = smoothed(flat(), SHOWN).layers[0]
    assert isinstance(layer.given, torch.nn.Linear)
    assert isinstance(layer.asked, Scaled)


def test_the_largest_number_of_each_token_is_one_where_each_has_a_scale() -> None:
    states = torch.tensor([[0.25, -0.5], [300.0, 40.0], [0.0, 0.0]])
    even, size = by_token(states)

    assert even.abs().amax(-1).tolist() == [1.0, 1.0, 0.0]
    assert torch.allclose(even * size, states)
    assert isinstance(smoothed(flat(), SHOWN).layers[0].down, ByToken)


def test_it_leaves_nothing_behind_that_watches() -> None:
    assert all(not module._forward_pre_hooks for module in smoothed(flat(), SHOWN).modules())
