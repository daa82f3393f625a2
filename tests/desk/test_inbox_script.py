"""What the inbox page says of itself while it stays open: run by node, where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

SCRIPT = files("monitor.desk").joinpath("templates/inbox.js").read_text()
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="no node to run the script with")


@pytest.mark.parametrize(
    ("server", "says_that_it_is_old"),
    [
        (["answers", "answers"], [False, False]),
        (["answers", "refuses", "answers"], [False, True, False]),
        (["answers", "hangs", "hangs", "answers"], [False, True, True, False]),
    ],
    ids=["the monitor answers", "it was stopped and is back", "it hung and goes on"],
)
def test_a_page_that_stands_still_says_so(
    server: list[str], says_that_it_is_old: list[bool]
) -> None:
    browser = Path(__file__).with_name("browser.js")
    ran = subprocess.run(
        [str(NODE), str(browser), *server],
        input=SCRIPT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == says_that_it_is_old
