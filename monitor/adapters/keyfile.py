"""The key that links are signed with: 32 random bytes in a file beside the database.

Beside and not in it: the database is made to be opened with any SQLite tool, shown in Datasette
and copied, and whoever may read what was said must not be able to sign in the monitor's name.
Whoever deletes the file makes every link that was ever sent void. Signs nothing (see
`core.tickets`).
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from monitor.errors import DatabaseError

KEY_BYTES = 32


def key_path(database: Path) -> Path:
    """`monitor.db` has its key in `monitor.db.key`."""
    return database.with_name(database.name + ".key")


def load_key(database: Path) -> bytes:
    """Read the key, or make one that only the owner may read.

    Raises:
        DatabaseError: The file cannot be read or made, or holds no key.
    """
    path = key_path(database)
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as e:
        raise DatabaseError(f"key of links {path}: {e.strerror}") from e
    if len(key) != KEY_BYTES:
        raise DatabaseError(
            f"key of links {path}: not {KEY_BYTES} bytes; delete it to have a new one made"
        )
    return key


def _make(path: Path) -> None:
    """Appears under its name whole or not at all; of two programs that make it, one wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
