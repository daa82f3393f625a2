"""A form that is sent twice counts once: a second click, a page sent again.

In memory: after a restart of the daemon a form is a new one. Does not know what forms say.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256

#: More forms than people send while a page is open.
_KEPT = 1_000


class Once:
    """Remembers the forms that were taken; the token in each says which page it came from."""

    def __init__(self) -> None:
        self._taken: OrderedDict[bytes, None] = OrderedDict()

    @contextmanager
    def of(self, verb: str, form: Mapping[str, str]) -> Iterator[bool]:
        """Whether this form is new. One that fails inside was not taken, and may be sent again."""
        key = sha256(json.dumps([verb, sorted(form.items())]).encode()).digest()
        if key in self._taken:
            yield False
            return
        # Before it is taken: the second click comes while the first is being written.
        self._keep(key)
        try:
            yield True
        except BaseException:
            self._taken.pop(key, None)
            raise

    def _keep(self, key: bytes) -> None:
        self._taken[key] = None
        while len(self._taken) > _KEPT:
            self._taken.popitem(last=False)
