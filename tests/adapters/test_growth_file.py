"""The growth model of a model directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.adapters.growth_file import NAME, load_growth
from monitor.config.freeze import shipped_model
from monitor.errors import ModelError


def test_a_directory_without_one_takes_the_one_that_ships(tmp_path: Path) -> None:
    assert load_growth(tmp_path).card == load_growth(shipped_model()).card


def test_a_directory_with_its_own_takes_that(tmp_path: Path) -> None:
    own = tmp_path / NAME
    own.write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="not a growth model") as raised:
        load_growth(tmp_path)
    assert str(own) in str(raised.value)


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(ModelError, match="nowhere"):
        load_growth(missing)
