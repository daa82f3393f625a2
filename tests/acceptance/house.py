"""A folder with a configuration, and the real program run in it as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import httpx

from tests.acceptance.receiver import SECRET

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
#: Seconds that anything may take on a busy machine. A condition that holds is seen at once.
PATIENCE = 90.0
#: Seconds that the contract gives the daemon to end.
CONTRACT_END = 10.0


def wait_for(
    condition: Callable[[], T], *, within: float = PATIENCE, what: Callable[[], object] = str
) -> T:
    """Return the first true answer of `condition`; `what` explains a failure."""
    end = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within:g} s: {what()}")
        time.sleep(0.02)
    return answer


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@dataclass
class House:
    """Everything of one installation; the tables of config.toml are plain dicts."""

    path: Path
    monitor: dict[str, Any] = field(default_factory=dict)
    brands: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.monitor = {
            "database": "monitor.db",
            "contact": "mailto:tests@example.com",
            "http": "",
            "heartbeat": "",
            "allow_private_hosts": ["127.0.0.1"],
        } | self.monitor

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    @property
    def database(self) -> Path:
        return self.path / str(self.monitor["database"])

    def brand(self, name: str, **values: Any) -> None:
        self.brands.append({"name": name, "aliases": [name]} | values)

    def source(self, name: str, url: str, **values: Any) -> None:
        self.sources.append({"name": name, "kind": "feed", "url": url, "every": "1s"} | values)

    def webhook(self, name: str, url: str, **values: Any) -> None:
        ours = {"name": name, "url": url, "secret": SECRET, "min_level": "watch"}
        self.webhooks.append(ours | values)

    def listen(self) -> str:
        """Turn the desk on, on a free port; return its address."""
        self.monitor["http"] = f"127.0.0.1:{free_port()}"
        return f"http://{self.monitor['http']}"

    def write(self) -> None:
        """Write config.toml as the tables stand."""
        parts = [_table("[monitor]", self.monitor)]
        for name in ("brands", "sources", "webhooks"):
            parts += [_table(f"[[{name}]]", one) for one in getattr(self, name)]
        self.config.write_text("\n".join(parts), encoding="utf-8")

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """One command, to its end."""
        return subprocess.run(
            command(*arguments, "--config", str(self.config)),
            cwd=self.path,
            env=environment(env),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def says(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def answers(self, *arguments: str) -> Any:
        return json.loads(self.says(*arguments, "--json"))

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as another program would: read-only, with Python's own SQLite."""
        address = f"{self.database.as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10)) as connection:
            return list(connection.execute(statement, values))

    def count(self, statement: str, *values: object) -> int:
        return int(self.rows(statement, *values)[0][0])

    @contextmanager
    def daemon(
        self, *, nobody_reads: bool = False, wait: bool = True, **env: str
    ) -> Iterator[Daemon]:
        """`monitor run` while inside; killed at the end unless it has ended.

        `nobody_reads`: its standard output is a pipe whose other end is closed. `wait`: until its
        loops run.
        """
        number = len(list(self.path.glob("stderr.*")))
        out, err = self.path / f"stdout.{number}", self.path / f"stderr.{number}"
        with gone() if nobody_reads else out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command("run", "--config", str(self.config)),
                cwd=self.path,
                env=environment(env),
                stdout=stdout,
                stderr=stderr,
            )
        daemon = Daemon(process, out, err)
        try:
            if wait:
                daemon.wait_for_log("started")
            yield daemon
        finally:
            daemon.kill()


@dataclass
class Daemon:
    """A running `monitor run`."""

    process: subprocess.Popen[bytes]
    stdout: Path
    stderr: Path

    @property
    def log(self) -> list[dict[str, Any]]:
        """Its structured log; whole lines only."""
        lines = self.stderr.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    def wait_for_log(self, event: str, *, more_than: int = 0) -> dict[str, Any]:
        """Wait for the line; a daemon that ends instead fails at once."""

        def seen() -> list[dict[str, Any]]:
            found = self.logged(event)[more_than:]
            assert found or self.process.poll() is None, self.stderr.read_text()
            return found

        return wait_for(seen, what=lambda: f"{event!r} in {self.stderr.read_text()}")[0]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, *, within: float = CONTRACT_END) -> int:
        """SIGTERM; return the exit code."""
        self.send(signal.SIGTERM)
        return self.process.wait(timeout=within)

    def kill(self) -> None:
        """As `kill -9`: no farewell."""
        self.process.kill()
        self.process.wait()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "monitor", *arguments]


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith("MONITOR_")}
    return {**ours, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **extra}


def gone() -> BinaryIO:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "wb")


def get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=PATIENCE, trust_env=False)


def _table(head: str, values: Mapping[str, Any]) -> str:
    return "\n".join([head, *_lines(values), ""])


def _lines(values: Mapping[str, Any]) -> Iterable[str]:
    # A JSON string, number, boolean or list of strings is one in TOML, too.
    return (f"{key} = {json.dumps(value)}" for key, value in values.items())
