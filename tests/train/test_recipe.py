"""The recipe on a toy network and a toy corpus. Needs the extra `train`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log, nan
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from torch import Tensor  # noqa: E402

from models.train import base, calibrate, distil, measures, tiny  # noqa: E402
from models.train.batches import batch, batches  # noqa: E402
from models.train.build import build  # noqa: E402
from models.train.losses import Loss  # noqa: E402
from models.train.network import Reader  # noqa: E402
from models.train.recipe import Recipe, averaged, rounds, train  # noqa: E402
from models.train.reliability import calibration_error  # noqa: E402
from models.train.rows import COLUMNS, Row, calm, harms, severity, stance  # noqa: E402
from monitor.adapters.classifier import OnnxClassifier  # noqa: E402
from monitor.adapters.encoder import Encoder  # noqa: E402
from monitor.core.types import Reading  # noqa: E402
from monitor.errors import ModelError  # noqa: E402
from tests.train.toys import TINY, tiny_encoder, tiny_network  # noqa: E402

RECIPE = Recipe(epochs=2, batch=16, rate=5e-3, head_rate=5e-3, max_tokens=24, max_subject=8)

# The exporter of PyTorch warns of what it traces and of its own age.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def toy_rows(count: int = 240) -> list[Row]:
    """Burned is grave, late is service, love is praise; who speaks makes no difference."""
    grave = stance("negative") | {"alarm": 1.0} | harms(("safety",)) | severity(4)
    late = (
        stance("negative") | {"alarm": 0.0, "complaint": 1.0} | harms(("service",)) | severity(1)
    )
    love = stance("positive") | calm()
    kinds = (("burned", grave), ("late", late), ("love", love))
    return [
        Row(
            origin="own",
            group=f"own:{number % 7}",
            reading=Reading(brand=f"b{number % 7}", description="", text=f"{word} {number % 9}"),
            targets={"about": 1.0, **targets},
        )
        for number in range(count)
        for word, targets in (kinds[number % 3],)
    ]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return tiny_encoder()


@pytest.fixture(scope="module")
def made(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory, trained and built as the real one is."""
    work, out = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("out")
    steps: list[tuple[int, int]] = []
    model = train(
        tiny_network(), rounds(toy_rows(), RECIPE), encoder, RECIPE,
        checkpoint=work / "checkpoint.pt",
        progress=lambda step, of, _loss: steps.append((step, of)),
    )  # fmt: skip
    assert steps[-1][0] == steps[-1][1]
    build(model, toy_rows(90), RECIPE, base=TINY, work=work, out=out)
    return out


def test_the_recipe_learns_what_the_rows_say(made: Path) -> None:
    model = OnnxClassifier.load(made)
    burned, late, love = model.classify(
        [Reading(brand="new", description="", text=word) for word in ("burned", "late", "love")]
    )
    assert burned.alarm > 0.5 > max(late.alarm, love.alarm)
    assert burned.harms["safety"] > 0.5 > burned.harms["service"]
    assert late.harms["service"] > 0.5 > late.harms["safety"]
    assert love.stance.positive > 0.5
    assert burned.severity > late.severity > love.severity


def test_what_ships_says_nearly_what_was_trained(made: Path, encoder: Encoder) -> None:
    shipped = OnnxClassifier.load(made)
    pairs = [(encoder.encode(row.reading), row) for row in toy_rows(6)]
    model = tiny_network()
    work = next(made.parent.glob("work*"))
    model.load_state_dict(torch.load(work / "checkpoint.pt", weights_only=True)["model"])
    with torch.no_grad():
        one = batch(pairs)
        full = model.eval()(one.input_ids, one.token_type_ids, one.attention_mask)
    for (_, row), expected in zip(pairs, full.tolist(), strict=True):
        found = shipped.logits(row.reading)
        assert [found[name] for name in COLUMNS] == pytest.approx(expected, abs=0.5)


def test_an_interrupted_run_goes_on_to_the_same_weights(encoder: Encoder, tmp_path: Path) -> None:
    recipe = replace(RECIPE, kept_every=3)
    seen = rounds(toy_rows(60), recipe)

    def run(name: str, *, until: int = 1000) -> list[int]:
        taken: list[int] = []

        def progress(step: int, _steps: int, _loss: float) -> None:
            taken.append(step)
            if step == until:
                raise KeyboardInterrupt

        path = tmp_path / name
        ended[name] = train(
            tiny_network(), seen, encoder, recipe, checkpoint=path, progress=progress
        )
        return taken

    ended: dict[str, Reader] = {}
    whole = run("whole")
    with pytest.raises(KeyboardInterrupt):
        run("cut", until=8)
    assert run("cut") == whole[6:]
    for one, other in zip(ended["whole"].parameters(), ended["cut"].parameters(), strict=True):
        assert torch.equal(one, other)


def test_two_students_start_alike_take_another_order_and_are_averaged(
    encoder: Encoder, tmp_path: Path
) -> None:
    def member(order: int) -> Reader:
        recipe = replace(RECIPE, order=order)
        return train(
            tiny_network(), rounds(toy_rows(60), recipe), encoder, recipe,
            checkpoint=tmp_path / f"{order}", progress=lambda *_: None,
        )  # fmt: skip

    one, other, again = member(1), member(2), member(1)
    assert not torch.equal(one.heads.weight, other.heads.weight)
    expected = (one.heads.weight + other.heads.weight) / 2
    mean = averaged([again, other])
    assert torch.allclose(mean.heads.weight, expected)
    assert torch.equal(mean.encoder.embeddings.position_ids, other.encoder.embeddings.position_ids)
    assert not mean.training


class TestTheTeacher:
    def test_its_answers_come_in_the_order_of_the_rows(self, encoder: Encoder) -> None:
        rows, model = toy_rows(70), tiny_network().eval()
        found = distil.taught(rows, distil.outputs(model, rows, encoder, lambda *_: None))
        for row in (found[0], found[41], found[-1]):
            one = batch([(encoder.encode(row.reading), row)])
            with torch.no_grad():
                alone = model(one.input_ids, one.token_type_ids, one.attention_mask)
            assert row.soft == pytest.approx(alone[0].tolist(), abs=0.02)

    def test_what_it_said_is_not_asked_twice(self, tmp_path: Path) -> None:
        asked: list[int] = []

        def read(rows: Sequence[Row]) -> distil.Outputs:
            asked.append(len(rows))
            return np.ones((len(rows), len(COLUMNS)), dtype=np.float32)

        for _ in range(2):
            found = distil.kept(tmp_path / "said.npy", toy_rows(5), read)
            assert found[4].soft == (1.0,) * len(COLUMNS)
        assert asked == [5]

    def test_a_text_without_labels_is_learnt_from_it(self, encoder: Encoder) -> None:
        loss = Loss.build()
        row = replace(toy_rows(1)[0], targets={}, soft=(4.0,) * len(COLUMNS))
        one = batch([(encoder.encode(row.reading), row)])

        def cost(logit: float) -> float:
            logits = torch.full((1, len(COLUMNS)), logit)
            return loss(logits, one.targets, one.known, one.weights, one.soft).item()

        assert cost(4.0) < min(cost(2.0), cost(6.0), cost(-4.0))

    def test_of_what_is_rare_a_label_outweighs_it(self) -> None:
        place = COLUMNS.index("harm_boycott")
        refused = torch.full((1, len(COLUMNS)), -9.0)
        targets = torch.zeros(1, len(COLUMNS))
        targets[0, place] = 1.0
        known = targets.clone()

        def cost(logit: float) -> float:
            logits = refused.clone()
            logits[0, place] = logit
            return Loss.build()(logits, targets, known, torch.ones(1), refused).item()

        assert cost(4.0) < cost(0.0) < cost(-4.0)


def cost(logits: Tensor, targets: Tensor, known: Tensor, weights: Tensor) -> float:
    """Of rows that no teacher has read."""
    return Loss.build()(logits, targets, known, weights, torch.full_like(logits, nan)).item()


class TestLoss:
    def test_a_column_that_is_not_known_costs_nothing(self) -> None:
        logits = torch.randn(4, len(COLUMNS), requires_grad=True)
        known = torch.zeros(4, len(COLUMNS))
        loss = cost(logits, torch.ones_like(known), known, torch.ones(4))
        assert loss == 0.0

    def test_a_missed_alarm_costs_three_times_a_false_one(self) -> None:
        place = COLUMNS.index("alarm")
        known = torch.zeros(1, len(COLUMNS))
        known[0, place] = 1.0
        logits = torch.zeros(1, len(COLUMNS))
        missed = cost(logits, known, known, torch.ones(1))
        false = cost(logits, 0 * known, known, torch.ones(1))
        assert missed == pytest.approx(3 * false)

    def test_stance_is_one_choice_of_three(self) -> None:
        targets = torch.tensor([[stance("neutral").get(name, 0.0) for name in COLUMNS]])
        known = torch.tensor([[float(name in stance("neutral")) for name in COLUMNS]])
        loss = cost(torch.zeros(1, len(COLUMNS)), targets, known, torch.ones(1))
        assert loss == pytest.approx(np.log(3))

    def test_rows_count_by_their_weight(self) -> None:
        logits, known = torch.zeros(2, len(COLUMNS)), torch.ones(2, len(COLUMNS))
        light = cost(logits, known, known, torch.tensor([1.0, 0.0]))
        heavy = cost(logits, known, known, torch.tensor([2.0, 2.0]))
        assert heavy == pytest.approx(4 * light)


def test_every_row_is_in_one_batch_and_padding_is_masked(encoder: Encoder) -> None:
    rows = toy_rows(50)
    found = list(batches(rows, encoder, size=16, random=Random(1)))
    assert sum(len(each.weights) for each in found) == 50
    for each in found:
        assert (each.input_ids[each.attention_mask == 0] == 0).all()
        assert each.targets[each.known == 0].sum() == 0


def test_padding_does_not_change_what_is_read(encoder: Encoder) -> None:
    model = tiny_network().eval()
    short, long = (
        (encoder.encode(Reading(brand="b", description="", text=text)), toy_rows(1)[0])
        for text in ("late", "late love burned late kettle")
    )
    with torch.no_grad():
        alone, padded = batch([short]), batch([short, long])
        one = model(alone.input_ids, alone.token_type_ids, alone.attention_mask)
        two = model(padded.input_ids, padded.token_type_ids, padded.attention_mask)
    assert torch.allclose(one[0], two[0], atol=1e-5)


class TestCalibration:
    def test_scores_that_are_too_sure_become_probabilities(self) -> None:
        random = np.random.default_rng(1)
        truth = (random.random(4000) < 0.2).astype(float)
        scores = 3 * (truth * 2 - 1) + random.normal(0, 5, 4000)
        slope, offset = calibrate.platt(scores, truth, np.ones(4000))
        probability = 1 / (1 + np.exp(-(slope * scores + offset)))
        assert calibration_error(probability, truth) < 0.02
        assert probability.mean() == pytest.approx(truth.mean(), abs=0.01)

    def test_a_column_with_few_positives_only_loses_the_tilt_of_the_loss(self) -> None:
        rows = toy_rows(30)
        logits = {name: np.zeros(30) for name in COLUMNS}
        platt, temperature = calibrate.fit(rows, logits)
        assert platt["alarm"] == (1.0, pytest.approx(-np.log(3)))
        assert 0.3 <= temperature <= 5.0

    def test_a_harm_that_is_never_labelled_is_calibrated_like_the_others(self) -> None:
        platt = self.harms(animal=0)
        assert platt["harm_animal"] == pytest.approx(platt["harm_labour"], abs=0.1)

    def test_a_harm_of_few_texts_is_drawn_towards_the_others_and_one_of_many_is_not(self) -> None:
        others = self.harms(animal=0)["harm_labour"][1]
        few, many = (self.harms(animal=count)["harm_animal"][1] for count in (10, 3000))
        assert others < few < many
        assert many == pytest.approx(log(9), abs=0.15), "nine of ten are true"
        assert few < others + (many - others) / 3

    @staticmethod
    def harms(*, animal: int) -> dict[str, tuple[float, float]]:
        """400 texts, a tenth of two other harms; of `animal` ones nine tenths. All score 0."""
        rows = [
            Row(
                origin="own",
                group="g",
                reading=Reading(brand="b", description="", text="t"),
                targets={"harm_labour": float(n % 10 == 0), "harm_legal": float(n % 10 == 0)}
                if n < 400
                else {"harm_animal": float(n % 10 > 0)},
            )
            for n in range(400 + animal)
        ]
        stances = [replace(row, targets=row.targets | stance("neutral")) for row in rows]
        return calibrate.fit(stances, {name: np.zeros(len(rows)) for name in COLUMNS})[0]

    def test_the_error_is_zero_when_shares_are_as_said(self) -> None:
        truth = np.array([1.0, 0.0, 0.0, 0.0])
        assert calibration_error(np.full(4, 0.25), truth) == 0.0
        assert calibration_error(np.full(4, 0.75), truth) == pytest.approx(0.5)


class TestMeasures:
    def test_yes_and_no(self) -> None:
        figures = measures.yes_no([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1])
        assert figures["macro_f1"] == 0.5
        assert figures["auc"] == 0.75
        assert figures["average_precision"] == pytest.approx(1 / 2 + 1 / 3)

    def test_harms_that_may_hold_together(self) -> None:
        said = [{"safety": 0.9, "legal": 0.6}, {"safety": 0.1, "legal": 0.2}]
        figures = measures.several([frozenset({"safety"}), frozenset({"legal"})], said)
        assert figures["micro_f1"] == pytest.approx(0.5)

    def test_levels(self) -> None:
        figures = measures.level([0, 4, 2], [0.0, 4.0, 1.0])
        assert figures["mean_error"] == pytest.approx(1 / 3)
        assert 0.8 < figures["kappa"] < 1.0


def test_the_toy_model_of_the_adapter_tests_is_what_its_maker_writes(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    for path in TINY.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_another_file_than_the_known_encoder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "SHA256", "0" * 64)
    with pytest.raises(ModelError, match="sha256 differs"):
        base.student()


def test_a_missing_encoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match="no_such_package: not installed"):
        base.student()
