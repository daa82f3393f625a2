"""Every program of `models.train` says what it does, without what it does not need."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
#: What runs on the default install.
PLAIN = ("forecasts", "measure_alerts", "measure_replays", "measure_stories", "measure_volume")
#: What only the extra `train` brings.
EXTRA = ("torch", "sklearn", "onnx", "vaderSentiment")
PROGRAMS = [
    ".".join(path.relative_to(HERE).with_suffix("").parts)
    for path in sorted((HERE / "models" / "train").rglob("*.py"))
    if '\nif __name__ == "__main__":\n' in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_has_its_help(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    if program.rpartition(".")[2] not in PLAIN:
        for name in EXTRA:
            pytest.importorskip(name, reason="the extra `train` is not installed")
    module = importlib.import_module(program)

    with pytest.raises(SystemExit) as end:
        module.main(["--help"])

    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: python -m {program.removesuffix('.__main__')} ")
    assert module.__doc__ in shown


def test_what_runs_on_the_default_install_imports_nothing_more() -> None:
    script = (
        "import importlib, sys\n"
        f"sys.modules.update(dict.fromkeys({EXTRA!r}))\n"
        f"for name in {PLAIN!r}: importlib.import_module(f'models.train.{{name}}')\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=HERE, check=True, timeout=60)
