"""Reading the body of a request within a limit.

Does not read what is in it.
"""

from __future__ import annotations

import contextlib

from starlette.requests import ClientDisconnect, Request

MAX_BODY = 64 * 1024


async def body_of(request: Request, *, most: int = MAX_BODY) -> bytes | None:
    """The body, or None once it is too long to be one of ours."""
    body = b""
    with contextlib.suppress(ClientDisconnect):
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                return None
    return body
