"""The command line of the programs in this folder: `--help` is the docstring of the module.

Imports nothing that has to be installed, nor any of the programs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

#: Where `make evaluate` and the others look for the corpora.
DATA = Path("../shared/data")


def parser(name: str, doc: str | None) -> argparse.ArgumentParser:
    """The parser of `python -m NAME`."""
    return argparse.ArgumentParser(
        prog=f"python -m {name}",
        description=doc,
        # The docstrings have paragraphs, and lines of their own for examples.
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def corpora_parser(name: str, doc: str | None) -> argparse.ArgumentParser:
    """The same, for a program that takes the folder with the corpora: `options.data`."""
    made = parser(name, doc)
    made.add_argument(
        "data", type=Path, nargs="?", default=DATA, help="the corpora; default: %(default)s"
    )
    return made
