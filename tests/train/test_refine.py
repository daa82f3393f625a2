"""Going on from the graph that ships: the same network out of it, and a little more in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from models.train import shipped  # noqa: E402
from models.train.build import build  # noqa: E402
from models.train.corpus import Split  # noqa: E402
from models.train.network import Reader  # noqa: E402
from models.train.recipe import Recipe  # noqa: E402
from models.train.refine import between, lesson, parts_of, refined, settle  # noqa: E402
from models.train.rows import COLUMNS, Row, calm, harms, severity, stance  # noqa: E402
from monitor.adapters.classifier import OnnxClassifier  # noqa: E402
from monitor.adapters.encoder import Encoder  # noqa: E402
from monitor.core.types import Reading  # noqa: E402
from tests.train.toys import TINY, tiny_encoder, tiny_network, toy_reader  # noqa: E402

RECIPE = Recipe(epochs=1, batch=16, rate=5e-3, head_rate=5e-3, max_tokens=24, max_subject=8)
CALM = {"about": 1.0, **stance("positive"), **calm()}
GRAVE = {"about": 1.0, "alarm": 1.0, **stance("negative"), **harms(("safety",)), **severity(4)}

# The exporter of PyTorch warns of what it traces and of its own age.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def row(text: str, targets: dict[str, float], brand: str = "b1") -> Row:
    return Row(
        origin="own",
        group=f"own:{brand}",
        reading=Reading(brand=brand, description="", text=text),
        targets=targets,
    )


def plain() -> Reader:
    return tiny_network()


def spread() -> Reader:
    """Weights as they fall, larger than fresh ones, and words that say something."""
    made = toy_reader(
        seed=4, vocabulary=200, width=32, layers=2, heads=4, inner=64, places=32, spread=0.3
    ).eval()
    for name, weights in made.named_parameters():
        if name.endswith("bias") or name == "words.weight":
            torch.nn.init.normal_(weights, std=0.3)
        # Norms that are equal would be one in the graph.
        elif "LayerNorm" in name:
            torch.nn.init.normal_(weights, mean=1.0, std=0.3)
    return made


def spread_like_plain() -> Reader:
    """Of the shape of `plain`, other weights."""
    return toy_reader(seed=2, vocabulary=200, width=32, layers=1, heads=2, inner=32, places=32)


def logits(network: Reader, encoder: Encoder, reading: Reading) -> list[float]:
    tokens = encoder.encode(reading)
    ids, segments = torch.tensor([tokens.ids]), torch.tensor([tokens.segments])
    with torch.no_grad():
        return list(network(ids, segments, torch.ones_like(ids))[0].tolist())


def test_the_network_out_of_the_graph_says_what_the_graph_says(tmp_path: Path) -> None:
    rows = [row(text, CALM) for text in ("burned 1", "late late love", "love 2 kettle")]
    build(spread(), rows, RECIPE, base=TINY, work=tmp_path, out=tmp_path / "out")
    again = shipped.reader(
        tmp_path / "out",
        lambda: toy_reader(
            seed=9, vocabulary=200, width=32, layers=2, heads=4, inner=64, places=32
        ),
    )
    model = OnnxClassifier.load(tmp_path / "out")
    try:
        for each in rows:
            said = logits(again, tiny_encoder(), each.reading)
            served = list(model.logits(each.reading).values())
            assert said == pytest.approx(served, abs=0.15)
            assert said != pytest.approx([0.0] * len(said), abs=0.5)
    finally:
        model.close()


def test_new_rows_are_seen_several_times_and_others_lose_their_labels() -> None:
    old = [row(f"late {n}", CALM, "b2") for n in range(400)]
    new = [row(f"burned {n}", GRAVE) for n in range(10)]
    rows = Split(train=(*old, *new), calibration=())
    seen = lesson(rows, new, sights=3, share=0.25)

    labelled = [one for one in seen if one.targets]
    assert len(labelled) == 30
    assert all("burned" in one.reading.text or one.reading.source == "" for one in labelled)
    # A quarter of the old ones, each as often as `Habits` shows a row of our own.
    assert 3 * 70 <= len(seen) - 30 <= 3 * 130
    assert not any("burned" in one.reading.text for one in seen if not one.targets)
    assert lesson(rows, new, sights=3, share=0.25) == seen


def test_it_learns_what_is_new_and_keeps_what_it_said(tmp_path: Path) -> None:
    encoder, network = tiny_encoder(), plain()
    old = [replace(row(f"late {n % 9}", CALM), targets={}) for n in range(320)]
    new = [row(f"burned {n % 9}", GRAVE) for n in range(64)]
    asked = [row("burned 3", GRAVE).reading, row("late 3", CALM).reading]
    alarm = COLUMNS.index("alarm")
    before = [logits(network.eval(), encoder, each)[alarm] for each in asked]
    checkpoint = tmp_path / "refined.pt"
    checkpoint.write_text("of another round")
    network = refined(network, [*new, *old], encoder, RECIPE, checkpoint)
    learnt, kept = (
        logits(network, encoder, each)[alarm] - was
        for each, was in zip(asked, before, strict=True)
    )

    assert learnt > 0.5
    assert abs(kept) < learnt / 2


def test_that_new_texts_name_their_brand_teaches_nothing_of_about() -> None:
    elsewhere = row("kettle", {"about": 0.0})
    seen = lesson(
        Split(train=(), calibration=()), [row("burned", GRAVE), elsewhere], sights=1, share=0.0
    )

    assert [one.targets.get("about") for one in seen] == [None, 0.0]
    assert seen[0].targets["alarm"] == 1.0


def test_a_share_of_the_weights_before_is_kept() -> None:
    network, before = plain(), spread_like_plain()
    first = network.heads.bias.detach().clone()
    found = between(network, before, 0.25).heads.bias

    assert found.tolist() == pytest.approx((0.75 * first + 0.25 * before.heads.bias).tolist())


def test_a_mean_of_models_was_taught_what_any_of_them_was(tmp_path: Path) -> None:
    for name, parts in (("one", ["part19", "part22"]), ("other", ["part19", "part23"])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps({"refined": parts}))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "config.json").write_text("{}")

    models = [tmp_path / "new", tmp_path / "one", tmp_path / "other"]
    assert parts_of(models) == ["part19", "part22", "part23"]
    assert parts_of(models, ["part23", "part24"]) == ["part19", "part22", "part23", "part24"]


def test_the_calibration_of_harms_goes_half_the_way(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"platt": {"harm_safety": [1.0, -1.0], "alarm": [2.0, 0.5]}}))
    settle(path, {"harm_safety": [0.5, 0.0], "alarm": [9.0, 9.0]})

    assert json.loads(path.read_text())["platt"] == {
        "harm_safety": [0.75, -0.5],
        "alarm": [2.0, 0.5],
    }
