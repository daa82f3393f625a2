"""For all tests: no settings from outside, async tests on asyncio."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A busy machine is no bug: how long an example takes says nothing here.
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")

# Variables of the person who runs the tests must not reach the program under test.
for name in [name for name in os.environ if name.startswith("MONITOR_")]:
    del os.environ[name]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are told apart by their place in the table.

    Packed ones may hold the second at which they were packed, and workers that collect a test in
    two different seconds would find two different tests
    (https://pytest-xdist.readthedocs.io/en/stable/known-limitations.html).
    """
    return argname if isinstance(val, bytes) and not val.isascii() else None
