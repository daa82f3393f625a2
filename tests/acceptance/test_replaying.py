"""`monitor replay`, run twice on the bundled example."""

from __future__ import annotations

import json
import subprocess

from tests.acceptance.house import PATIENCE, ROOT, command, environment


def replay() -> list[bytes]:
    files = ("--config", str(ROOT / "config.toml"), str(ROOT / "examples" / "replay.jsonl"))
    done = subprocess.run(
        command("replay", "--json", *files),
        # Each process with a hash seed of its own: the order of sets must not show.
        env=environment({"PYTHONHASHSEED": "random"}),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_same_input_gives_the_same_bytes_but_for_the_summary() -> None:
    first, second = replay(), replay()
    assert first[:-1] == second[:-1]
    assert len(first) > 1
    summary = json.loads(first[-1])["summary"]
    assert summary["mentions"] > 50
    assert summary["alerts"] == len(first) - 1
