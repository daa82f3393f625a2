"""Logging set-up: one JSON object a line, or coloured lines on a terminal, on stderr.

Does not log by itself. Secrets and full texts of mentions are never handed to it.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import TextIO

import structlog


def configure(*, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Set the one processor chain of the process; JSON unless `stream` is a terminal."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
            structlog.processors.format_exc_info,
            _renderer(out),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Printer(out),
        cache_logger_on_first_use=False,
    )


class _Printer(structlog.PrintLogger):
    """Goes on when nobody reads any more: a closed pipe must not end the watch."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def _renderer(out: TextIO) -> structlog.typing.Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer(colors=not os.environ.get("NO_COLOR"))
    return structlog.processors.JSONRenderer(sort_keys=False)
