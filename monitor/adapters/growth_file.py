"""The fitted growth model on disk: `growth.json` in the model directory, or the one that ships.

Curves know no language and no reader of texts: a model directory needs none of its own. Does not
forecast (see `core.growth`).
"""

from __future__ import annotations

import json
from pathlib import Path

from monitor.config.freeze import shipped_model
from monitor.core.growth import GrowthModel
from monitor.errors import ModelError

NAME = "growth.json"


def load_growth(directory: Path) -> GrowthModel:
    """Read the growth model. `ModelError` names the file."""
    own = directory / NAME
    path = own if own.exists() or not directory.is_dir() else shipped_model() / NAME
    try:
        return GrowthModel.load_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror}") from e
    except (KeyError, TypeError, ValueError) as e:
        raise ModelError(f"{path}: not a growth model: {e}") from e
