"""Every error this program raises on purpose, in one tree.

    MonitorError
    ├── ConfigError      a key of config.toml is unknown, missing or of the wrong kind  (exit 3)
    ├── DatabaseError    the database cannot be opened, is too new, or is held           (exit 4)
    │   ├── BusyError    another program is writing to it; trying again may help
    │   └── FullError    there is no room left where it lies; it may be made
    ├── AddressError     another program has the address of the desk; it may be let go   (exit 1)
    ├── ModelError       the model directory is missing, incomplete or broken            (exit 5)
    ├── InputError       a line or a file given by the user cannot be used               (exit 1)
    ├── FeedError        a fetched document is not what its source should send           (a value)
    ├── StreamError      a stream could not be opened, or broke off                      (a value)
    └── NotFoundError    an id or a name given by the user names nothing                 (exit 1)

Does not hold failures that are expected in daily work (a source that is down, a receiver that says
no): those are values, see `monitor.core.types`.
"""

from __future__ import annotations

from collections.abc import Mapping


class MonitorError(Exception):
    """Something the user can read and act on."""

    exit_code = 1


class ConfigError(MonitorError):
    """Settings are wrong: a line for each, which starts with the key: `sources[2].every: …`."""

    exit_code = 3


class DatabaseError(MonitorError):
    """The database file cannot be used; the message names it."""

    exit_code = 4


class BusyError(DatabaseError):
    """Another program has been writing to the database for longer than we wait at a time."""


class FullError(DatabaseError):
    """There is no room for the database to grow; nothing of what was to be written was."""


class AddressError(MonitorError):
    """Another program listens where the desk should; trying again later may help."""


class ModelError(MonitorError):
    """The model directory cannot be used; the message names the file."""

    exit_code = 5


class InputError(MonitorError):
    """A line, a file or an argument cannot be used; the message names it."""


class FeedError(MonitorError):
    """A fetched document is not what its source should send, or broke a limit; it says which."""

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        """`wait_seconds`: for how long the server asks to be left alone, in words of its own."""
        super().__init__(message)
        self.wait_seconds = wait_seconds


class StreamError(MonitorError):
    """A stream could not be opened, or broke off; the message says why."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        """`status`, `headers` (lower-case names) and `body` are those of a refusal over HTTP."""
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = body


class NotFoundError(MonitorError):
    """An id or name given by the user names nothing."""
