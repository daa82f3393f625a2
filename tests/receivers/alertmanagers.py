"""A real Alertmanager on loopback, for tests and measurements. Tests nothing."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.receivers.judges import NotHereError
from tests.servers import Answer, Server, serving

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
_CONFIG = """
route:
  receiver: hook
  group_by: [alertname, brand, incident_id]
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: hook
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


class Alertmanager:
    """What a test asks of it."""

    def __init__(self, url: str, sink: Server) -> None:
        self.url = url
        self.sink = sink

    def firing(self) -> list[dict[str, str]]:
        """Labels of the alerts that are active now."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts?active=true") as answer:
            return [alert["labels"] for alert in json.load(answer)]

    def post(self, body: bytes) -> int:
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts", body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)

    def heard(self, status: str, *, within: float = 10.0) -> dict[str, Any]:
        """The first message of this status that it sent on."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for request in list(self.sink.requests):
                message: dict[str, Any] = json.loads(request.body)
                if message["status"] == status:
                    return message
            time.sleep(0.02)
        raise TimeoutError(f"nothing {status} within {within} s")


@contextmanager
def alertmanager(home: Path) -> Iterator[Alertmanager]:
    """`NotHereError` where the program is not installed."""
    if PROGRAM is None:
        raise NotHereError("the program alertmanager is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(Answer()) as sink:
        config = home / "alertmanager.yml"
        config.write_text(_CONFIG.format(url=sink.url), encoding="utf-8")
        process = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={config}",
                f"--storage.path={home / 'am'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _ready(f"http://127.0.0.1:{port}")
            yield Alertmanager(f"http://127.0.0.1:{port}", sink)
        finally:
            process.terminate()
            process.wait(10)


def _ready(url: str, *, within: float = 20.0) -> None:
    end = time.monotonic() + within
    while True:
        try:
            urllib.request.urlopen(f"{url}/-/ready").close()
        except OSError as e:
            if time.monotonic() > end:
                raise TimeoutError("alertmanager does not start") from e
            time.sleep(0.05)
        else:
            return
