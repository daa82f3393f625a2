"""`python -m monitor` and the `monitor` command.

Does not hold commands; it turns errors into one line on stderr and an exit code.
"""

from __future__ import annotations

import io
import os
import sys
from textwrap import indent
from typing import TextIO

import click

from monitor.cli import cli
from monitor.errors import MonitorError

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with the contract's exit code."""
    sys.exit(_run())


def _stand_in() -> None:
    """A standard stream that the caller closed (`<&-`) is empty, and takes what comes."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - until the end
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _run() -> int:
    _stand_in()
    for stream in (sys.stdout, sys.stderr):
        _take_any_script(stream)
    try:
        return cli.main(standalone_mode=False) or 0
    except click.exceptions.Exit as e:
        return e.exit_code
    except click.ClickException as e:
        e.show()
        return e.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except MonitorError as e:
        click.echo(indent(str(e), "monitor: "), err=True)
        return e.exit_code
    except OSError as e:
        _drop_output()
        # A reader (`| head`) that has gone is no trouble; a full disk is, but no bug.
        if not isinstance(e, BrokenPipeError):
            where = f"{e.filename}: " if e.filename else ""
            click.echo(f"monitor: {where}{e.strerror or e}", err=True)
        return 1


def _take_any_script(stream: TextIO | None) -> None:
    """A terminal that cannot show a letter shows "?"; a file or a pipe is UTF-8, as JSON must be.

    What the locale says of a file would turn evidence into question marks.
    """
    if isinstance(stream, io.TextIOWrapper):
        encoding = stream.encoding if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="replace")


def _drop_output() -> None:
    """Throw away what is not written yet: Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
