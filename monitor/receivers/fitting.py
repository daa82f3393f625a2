"""Cut so that escaped text fits, leave out so that all of it fits, call nobody, and address it.

Does not know any receiver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from monitor.core.event import serialized
from monitor.core.notice import Notice, shorter
from monitor.core.outbox import SignedMessage
from monitor.core.plaintext import clip
from monitor.core.settings import WebhookSettings

Json = dict[str, Any]
#: No width, and no blank either.
JOINT = "\u200b"


def fit(text: str, limit: int, escape: Callable[[str], str] = str) -> str:
    """The text escaped, cut at the end of a word so that no more than `limit` characters come out.

    Cut before it is escaped: half an escape would say something else.
    """
    room = min(limit, max(2, len(text)))
    while room > 1 and (over := len(shown := escape(clip(text, room))) - limit) > 0:
        # No escape here makes more than a few characters of one: this ends soon, and not too low.
        room -= max(1, over // 8)
    return shown if room > 1 else ""


def parted(text: str) -> str:
    """What names and calls people in chats ("@all", "<!channel>") is a word like others."""
    return text.replace("@", f"@{JOINT}").replace("<", f"<{JOINT}")


def packed(lines: Sequence[str], limit: int) -> list[str]:
    """Lines in as few texts as hold them; a line is never divided, so none may pass `limit`."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= limit:
            texts[-1] = f"{texts[-1]}\n{line}"
        else:
            texts.append(line)
    return texts


def first_fitting(
    whole: Notice, build: Callable[[Notice], Json], *, fits: Callable[[Json], bool]
) -> bytes:
    """The message with as much of the notice as fits; with the least of it if nothing does."""
    made: Json = {}
    for each in shorter(whole):
        made = build(each)
        if fits(made):
            break
    return encoded(made)


def posted(webhook: WebhookSettings, body: bytes) -> SignedMessage:
    """The request to a receiver whose address is the secret, so that nothing is signed."""
    return SignedMessage(
        url=webhook.url.reveal(),
        headers={"content-type": "application/json; charset=utf-8"},
        body=body,
    )


def encoded(message: object) -> bytes:
    return serialized(message).encode()
