"""The vector that a graph names beside its scores: the same numbers, one output more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the extra `train` is not installed")

from onnx import TensorProto, helper  # noqa: E402
from onnxruntime import InferenceSession  # noqa: E402

from models.train import vectors  # noqa: E402
from monitor.errors import ModelError  # noqa: E402

SIX = np.arange(6, dtype=np.float32).reshape(1, 6)


def graph(*, concats: int = 1, second: str = "Div") -> onnx.ModelProto:
    """Two halves of the input, each divided by two, side by side."""
    nodes = [
        helper.make_node("Split", ["input"], ["a", "b"], axis=1),
        helper.make_node("Div", ["a", "two"], ["all"]),
        helper.make_node(second, ["b", "two"], ["text"]),
        *(
            helper.make_node("Concat", ["all", "text"], [f"both{n}"], axis=1)
            for n in range(concats)
        ),
        helper.make_node("Neg", ["both0" if concats else "all"], ["logits"]),
    ]
    made = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 6])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "n"])],
        [helper.make_tensor("two", TensorProto.FLOAT, [1], [2.0])],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def written(folder: Path, model: onnx.ModelProto) -> Path:
    onnx.save(model, folder / "model.onnx")
    return folder / "model.onnx"


def run(path: Path) -> list[list[float]]:
    return [each.tolist()[0] for each in InferenceSession(str(path)).run(None, {"input": SIX})]


def test_the_mean_over_the_text_becomes_the_second_output(tmp_path: Path) -> None:
    path = written(tmp_path, graph())
    [before] = run(path)
    vectors.main([str(tmp_path)])

    logits, vector = run(path)
    assert logits == before
    assert vector == [1.5, 2.0, 2.5]


def test_a_graph_that_names_it_stays_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, graph())
    vectors.name_vector(path)
    once = path.read_bytes()
    vectors.name_vector(path)

    assert path.read_bytes() == once


@pytest.mark.parametrize(
    ("wrong", "places"), [({"concats": 0}, 0), ({"concats": 2}, 2), ({"second": "Mul"}, 0)]
)
def test_a_graph_of_another_shape_is_refused(
    tmp_path: Path, wrong: dict[str, int], places: int
) -> None:
    path = written(tmp_path, graph(**wrong))
    with pytest.raises(ModelError, match=f"model.onnx: {places} places"):
        vectors.name_vector(path)
