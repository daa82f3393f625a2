"""A model directory of a few kB with made-up weights, for tests that need no real one.

`python -m models.train.tiny DIR`. Its logits are the mean over the tokens of a fixed table, so
a test can say what must come out; they are its vector as well.
"""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from models.train import commands
from models.train.rows import COLUMNS

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = ("zorvex", "kettle", "burned", "love", "late", "http")
#: What each word adds to a column.
WEIGHTS = {
    "burned": {"alarm": 40.0, "harm_safety": 40.0, "negative": 40.0, "severity1": 60.0},
    "love": {"positive": 40.0, "alarm": -40.0},
    "late": {"negative": 20.0, "complaint": 40.0, "harm_service": 40.0},
}


def write(folder: Path) -> None:
    """The four files of a model directory."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = [*SPECIAL, *WORDS]
    for letter in string.ascii_lowercase + string.digits + string.punctuation:
        vocabulary += [letter, f"##{letter}"]
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    names = dict(zip(("pad", "unk", "cls", "sep", "mask"), SPECIAL, strict=True))
    _dump(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            **{f"{key}_token": token for key, token in names.items()},
        },
    )
    (folder / "model.onnx").write_bytes(_graph(vocabulary).SerializeToString())
    _dump(
        folder / "config.json",
        {
            "columns": COLUMNS,
            "max_tokens": 24,
            "max_subject": 8,
            "stance_temperature": 1.0,
            "platt": {"alarm": [2.0, -1.0]},
        },
    )


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _tokenizer(vocabulary: list[str]) -> Tokenizer:
    numbers = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token=SPECIAL[1]))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def _graph(vocabulary: list[str]) -> onnx.ModelProto:
    table = np.zeros((len(vocabulary), len(COLUMNS)), dtype=np.float32)
    for word, shares in WEIGHTS.items():
        for column, value in shares.items():
            table[vocabulary.index(word), COLUMNS.index(column)] = value
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["each"]),
            helper.make_node("ReduceMean", ["each"], ["logits"], axes=[1], keepdims=0),
            helper.make_node("Identity", ["logits"], ["vector"]),
        ],
        "tiny",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"])
            for name in ("input_ids", "token_type_ids")
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, len(COLUMNS)])
            for name in ("logits", "vector")
        ],
        [numpy_helper.from_array(table, "table")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one."""
    parser = commands.parser("models.train.tiny", __doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
