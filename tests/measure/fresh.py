"""A fresh clone: `make run` to the first alert, size of the environment, `make test`."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.acceptance.house import ROOT, get, wait_for
from tests.measure.report import Row, report, say

INSTALL_SECONDS, TEST_SECONDS = 1200.0, 3600.0
GOAL_ALERT, GOAL_MEGABYTES = 60.0, 700
INBOX = "http://127.0.0.1:8300/inbox"


@click.command()
@click.option("--run-only", is_flag=True, help="Leave `make test` out.")
def fresh(run_only: bool) -> None:
    """Clone, run, test; takes minutes. Port 8300 must be free."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "brand-monitor"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone], check=True)
        rows = _run(clone)
        if not run_only:
            rows += _test(clone)
    report("A fresh clone", rows)


def _run(clone: Path) -> list[Row]:
    begin = time.time()
    installed = clone / ".venv" / ".installed"
    with _make(clone, "run") as log:
        wait_for(installed.exists, within=INSTALL_SECONDS, what=log.read_text)
        started = installed.stat().st_mtime
        say(f"installed after {started - begin:.0f} s")
        wait_for(lambda: "incident.opened" in log.read_text(), what=log.read_text)
        on_screen = time.time()
        wait_for(lambda: _delivered(clone / "monitor.db"), what=log.read_text)
        delivered = time.time()
        shown = "Meridian Air" in get(INBOX).text
    size = sum(f.lstat().st_size for f in (clone / ".venv").rglob("*")) / 1e6
    alert = delivered - started
    return [
        ("make run: seconds to install", f"{started - begin:.1f}", "", True),
        ("first alert on screen, after the start", f"{on_screen - started:.1f} s", "", True),
        ("in the inbox, after the start", f"{alert:.1f} s", "within 60 s", alert < GOAL_ALERT),
        ("in the inbox, in all", f"{delivered - begin:.1f} s", "", True),
        ("the inbox page shows it", "yes" if shown else "no", "yes", shown),
        ("environment", f"{size:.0f} MB", "under 700 MB", size < GOAL_MEGABYTES),
    ]


def _test(clone: Path) -> list[Row]:
    begin = time.time()
    done = subprocess.run(
        ["make", "test"],
        cwd=clone,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=TEST_SECONDS,
        check=False,
    )
    seconds = time.time() - begin
    last = [line for line in done.stdout.splitlines() if re.search(r"\d+ passed", line)]
    good = done.returncode == 0
    if not good:
        say(done.stdout[-5000:] + done.stderr[-2000:])
    return [
        ("make test, installing included", f"{seconds:.0f} s", "", True),
        ("make test says", last[-1].strip("= ") if last else "nothing", "exit 0", good),
    ]


@contextmanager
def _make(clone: Path, target: str) -> Iterator[Path]:
    """Run a target in a group of its own; yield its output; end the group."""
    log = clone / f"{target}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", target],
            cwd=clone,
            env=_environment(),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield log
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _environment() -> dict[str, str]:
    """Ours without the virtual environment that we run in."""
    ours = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    inside = os.environ.get("VIRTUAL_ENV", "/nowhere")
    path = [one for one in ours["PATH"].split(":") if not one.startswith(inside)]
    return {**ours, "PATH": ":".join(path)}


def _delivered(database: Path) -> bool:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT count(*) FROM deliveries WHERE state = 'delivered'")
        return bool(row.fetchone()[0])
