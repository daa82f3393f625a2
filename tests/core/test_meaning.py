"""How near stories are in what they mean."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.meaning import Mean, Meaning, meaning_of, nearness, packed, unpacked
from tests.adapters.store_values import verdict

HULL = Meaning(model="m", packed=packed(np.array([9.0, 1.0, 0.0], dtype=np.float32)))
STERN = Meaning(model="m", packed=packed(np.array([9.0, 0.0, 1.0], dtype=np.float32)))
OTHER = Meaning(model="other", packed=HULL.packed)


def mean(*meanings: Meaning) -> Mean:
    found = Mean()
    for each in meanings:
        found.add(each)
    return found


@pytest.mark.parametrize(
    ("vector", "direction"),
    [
        ([0.5, -0.25, 0.0], [127, -64, 0]),
        ([50, -25, 0.0], [127, -64, 0]),
        ([0.0, 0.0], None),
        ([np.nan, 1.0], None),
        ([np.inf, 1.0], None),
        ([], None),
    ],
)
def test_a_vector_is_kept_as_its_direction_alone(
    vector: list[float], direction: list[int] | None
) -> None:
    kept = packed(np.array(vector, dtype=np.float32))

    assert kept == (b"" if direction is None else np.array(direction, dtype=np.int8).tobytes())


def test_what_is_kept_comes_back_at_length_one_and_hardly_turned() -> None:
    vector = np.random.default_rng(5).normal(size=384).astype(np.float32)
    back = unpacked(packed(vector))

    assert np.linalg.norm(back) == pytest.approx(1)
    assert back @ vector / np.linalg.norm(vector) > 0.9999
    assert unpacked(bytes(3)).tolist() == [0, 0, 0]


def test_a_verdict_says_what_its_model_took_a_text_to_mean() -> None:
    assert meaning_of(verdict()) is None
    assert meaning_of(verdict(model="m", vector=b"ab")) == Meaning(model="m", packed=b"ab")


def test_a_mean_is_of_all_its_texts_whichever_way_they_came() -> None:
    whole, half = mean(HULL, HULL, STERN), mean(HULL)
    half.absorb(mean(HULL, STERN))
    half.absorb(Mean())

    assert (whole.count, half.count) == (3, 3)
    assert whole.middle == pytest.approx(half.middle)
    assert whole.middle == pytest.approx((2 * unpacked(HULL.packed) + unpacked(STERN.packed)) / 3)


def test_a_text_read_by_another_model_starts_a_mean_afresh() -> None:
    assert mean(HULL, STERN, OTHER).count == 1
    assert mean(HULL, OTHER).model == "other"
    assert mean(HULL, Meaning(model="m", packed=b"ab")).count == 1


def test_what_all_texts_of_a_brand_share_does_not_make_two_near() -> None:
    common = mean(HULL, STERN)
    near = nearness(mean(HULL), [mean(HULL, HULL), mean(STERN)], common)

    assert near.tolist() == pytest.approx([1, -1], abs=1e-5)
    assert nearness(mean(HULL), [mean(HULL)], mean(HULL)).tolist() == [0]


def test_nothing_is_near_to_what_was_not_read_by_the_same_model() -> None:
    common = mean(STERN, HULL)

    assert nearness(mean(HULL), [mean(OTHER), Mean()], common).tolist() == [-1, -1]
    assert nearness(mean(OTHER), [mean(HULL)], common).tolist() == [-1]
    assert nearness(Mean(), [mean(HULL)], common).tolist() == [-1]
    assert nearness(Mean(), [Mean()], Mean()).tolist() == [-1]
    assert nearness(mean(HULL), [], common).tolist() == []
