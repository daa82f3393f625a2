"""An open store on a real file, with one source that is due."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.polling import SourceState
from tests.adapters.store_values import NOON, judge, source
from tests.servers import Answer, serving


@pytest.fixture(scope="session", autouse=True)
def _judge() -> Iterator[None]:
    yield
    if not judge.cache_info().currsize:
        return
    with judge() as process:
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(path) as store:
        store.sync_sources([source()], now=NOON)
        yield store


@pytest.fixture
def news(store: SqliteStore) -> SourceState:
    """The state of the source as it is before its first poll."""
    return store.source_states()[0]


@pytest.fixture
def unvouched() -> Iterator[str]:
    """The address of a server with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "tls" / "self_signed.pem")
    with serving(Answer(), tls=context) as server:
        yield server.url
