"""Fewer inner neurons: which ones stay, and that the graph that ships is read back as narrow."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from models.train import shipped  # noqa: E402
from models.train.build import build  # noqa: E402
from models.train.narrow import narrowed, weights  # noqa: E402
from models.train.network import Reader  # noqa: E402
from models.train.recipe import Recipe  # noqa: E402
from models.train.refine import refined  # noqa: E402
from models.train.rows import Row, calm, stance  # noqa: E402
from monitor.core.types import Reading  # noqa: E402
from tests.train.toys import TINY, tiny_encoder, toy_reader, uneven  # noqa: E402

CALM = {"about": 1.0, **stance("positive"), **calm()}
TEXTS = ("burned 1", "late late love", "love 2 kettle", "zorvex late")
#: Inner neurons of which nothing depends on the even ones, though they are loud.
INNER = 24
MUTE, HEARD = slice(0, INNER, 2), slice(1, INNER, 2)

# The exporter of PyTorch warns of what it traces and of its own age.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def reading(text: str) -> Reading:
    return Reading(brand="zorvex", description="", text=text)


def toy(*, seed: int = 4, layers: int = 2) -> Reader:
    made = toy_reader(
        seed=seed, vocabulary=200, width=32, layers=layers, heads=4, inner=INNER, places=32,
        spread=0.3,
    )  # fmt: skip
    return uneven(made)


def half_mute() -> Reader:
    made = toy()
    with torch.no_grad():
        for layer in made.encoder.encoder.layer:
            layer.intermediate.dense.bias[MUTE] = 5.0
            layer.output.dense.weight[:, MUTE] = 0.0
    return made


def answers(network: Reader) -> list[float]:
    found = []
    for tokens in map(tiny_encoder().encode, map(reading, TEXTS)):
        ids, segments = torch.tensor([tokens.ids]), torch.tensor([tokens.segments])
        with torch.no_grad():
            found += network(ids, segments, torch.ones_like(ids))[0].tolist()
    return found


def shown() -> list[object]:
    return [tiny_encoder().encode(reading(text)) for text in TEXTS]


def test_nothing_is_lost_with_neurons_on_which_nothing_depends_however_loud_they_are() -> None:
    network = half_mute()
    said = answers(network)
    heard = network.encoder.encoder.layer[0].intermediate.dense.weight[HEARD].clone()
    network = narrowed(network, shown(), INNER // 2)

    for layer in network.encoder.encoder.layer:
        assert layer.intermediate.dense.weight.shape == (INNER // 2, 32)
        assert layer.output.dense.weight.shape == (32, INNER // 2)
    assert torch.equal(network.encoder.encoder.layer[0].intermediate.dense.weight, heard)
    assert answers(network) == pytest.approx(said, abs=1e-4)


def test_those_on_which_less_depends_go_first() -> None:
    wide = toy()
    said = torch.tensor(answers(wide))
    lost = [
        float((torch.tensor(answers(narrowed(toy(), shown(), width))) - said).norm())
        for width in (INNER - 4, INNER // 2)
    ]
    lightest = [each.argsort()[:4] for each in weights(wide, shown())]
    heaviest = [each.argsort()[-4:] for each in weights(wide, shown())]

    def without(muted: list[object]) -> float:
        made = toy()
        with torch.no_grad():
            for layer, some in zip(made.encoder.encoder.layer, muted, strict=True):
                layer.output.dense.weight[:, some] = 0.0
        return float((torch.tensor(answers(made)) - said).norm())

    assert 0 < lost[0] < lost[1]
    assert lost[0] == pytest.approx(without(lightest), rel=1e-3)
    assert without(lightest) < without(heaviest) / 2


def test_the_graph_of_a_narrow_network_is_read_back_as_narrow(tmp_path: Path) -> None:
    network = narrowed(toy(), shown(), 10)
    rows = [
        Row(origin="own", group="own:b", reading=reading(text), targets=CALM) for text in TEXTS
    ]
    recipe = Recipe(max_tokens=24, max_subject=8)
    build(network, rows, recipe, base=TINY, work=tmp_path, out=tmp_path / "out")
    again = shipped.reader(tmp_path / "out", partial(toy, seed=9))

    assert again.encoder.encoder.layer[1].output.dense.in_features == 10
    assert answers(again) == pytest.approx(answers(network), abs=0.15)
    assert answers(again) != pytest.approx(answers(toy(seed=9)), abs=0.5)


def test_of_texts_without_a_label_a_network_learns_what_the_one_before_says(
    tmp_path: Path,
) -> None:
    wide = toy()
    network = narrowed(toy(seed=9), shown(), 10)
    said = torch.tensor(answers(wide))
    far = float((torch.tensor(answers(network)) - said).abs().mean())
    row = Row(origin="own", group="own:b", reading=reading(TEXTS[0]), targets={})
    seen = [replace(row, reading=reading(TEXTS[n % len(TEXTS)])) for n in range(640)]
    recipe = Recipe(epochs=1, batch=16, rate=2e-3, head_rate=2e-3, max_tokens=24, max_subject=8)
    network = refined(network, seen, tiny_encoder(), recipe, tmp_path / "narrow.pt", before=wide)

    assert float((torch.tensor(answers(network)) - said).abs().mean()) < 0.6 * far
