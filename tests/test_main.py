"""The program as it is called: exit codes, one line for an error, a light start."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from monitor import __main__ as program
from monitor.cli import COMMANDS

HEAVY = ("torch", "transformers", "onnxruntime", "scipy", "numpy", "feedparser", "uvicorn")


def call(
    *arguments: str, cwd: Path | None = None, code: str = ""
) -> subprocess.CompletedProcess[str]:
    command = ["-c", code] if code else ["-m", "monitor"]
    root = Path(__file__).parents[1]
    return subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=cwd or root,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("status", "--help")])
def test_help_is_light(arguments):
    code = (
        "import sys; from monitor.__main__ import _run\n"
        "code = _run()\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
        "sys.exit(code)"
    )
    done = call(*arguments, code=code)

    assert done.returncode == 0
    assert "HEAVY []" in done.stdout


def test_every_command_has_help():
    listed = call("--help").stdout.split("Commands:\n")[1]

    # The text of one that needs two lines goes on below itself.
    sentences = re.sub(r"\n {8,}", " ", listed.rstrip()).splitlines()
    assert all(len(line.split(None, 1)) == 2 for line in sentences)
    assert {line.split()[0] for line in sentences} == set(COMMANDS)
    assert "..." not in listed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nonsense",), 2, "No such command 'nonsense'"),
        (("status",), 3, "monitor: config.toml: not found; `monitor init` writes one"),
        (("status", "--config", "c.toml"), 4, "monitor.db"),
        (("replay", "r.jsonl", "--config", "m.toml"), 5, "nowhere"),
        (("init", "."), 0, ""),
    ],
)
def test_the_exit_code_says_what_failed(tmp_path, arguments, code, message):
    (tmp_path / "c.toml").write_text("")
    (tmp_path / "m.toml").write_text('[monitor]\nmodel = "nowhere"\n')
    (tmp_path / "r.jsonl").write_text("")
    done = call(*arguments, cwd=tmp_path)

    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_each_of_several_errors_is_a_line_of_its_own(tmp_path):
    (tmp_path / "config.toml").write_text("alarms = 1\n[monitor]\nhtp = 1\n")
    done = call("status", cwd=tmp_path)

    assert done.stderr.splitlines() == [
        "monitor: monitor.htp: unknown key; did you mean `http`?",
        "monitor: alarms: unknown key; did you mean `alerts`?",
    ]


def test_an_interrupt_is_130(monkeypatch):
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.cli.cli.main", interrupted)

    assert program._run() == 130


def test_a_reader_that_goes_away_is_no_crash(tmp_path):
    (tmp_path / "config.toml").write_text("[alerts]\nquiet_hours = []\n")
    root = Path(__file__).parents[1]
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m monitor check | true; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.stdout.strip() in {"0", "1"}
    assert "Traceback" not in done.stderr


def in_a_shell(words, folder):
    """The program with these words, as a shell runs it."""
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m monitor {words}"],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize(
    "words", ["score volume <&-", "check >&-", "check 2>&-", "check >&- 2>&- <&-"]
)
def test_a_standard_stream_that_is_closed_is_no_crash(tmp_path, words):
    brand = '[[brands]]\nname = "Nordwind"\ndescription = "an airline"\naliases = ["Nordwind"]\n'
    (tmp_path / "config.toml").write_text(brand)
    done = in_a_shell(words, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


class Screen(io.BytesIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("shown", "script", "seen"),
    [(Screen(), "latin-1", "Zürich ?\n"), (io.BytesIO(), "utf-8", "Zürich 😱\n")],
    ids=["a terminal", "a file"],
)
def test_a_terminal_without_the_letters_shows_question_marks_and_a_file_is_utf_8(
    monkeypatch, shown, script, seen
):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    monkeypatch.setattr("monitor.cli.cli.main", lambda **_: click.echo("Zürich 😱"))

    assert program._run() == 0
    sys.stdout.flush()
    assert shown.getvalue().decode(script) == seen


def test_a_full_disk_is_one_line_and_exit_code_1(tmp_path):
    done = in_a_shell("cases > /dev/full", tmp_path)

    assert (done.returncode, done.stderr) == (1, "monitor: No space left on device\n")
