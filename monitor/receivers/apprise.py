"""Format "apprise": a title and a plain text for a service that Apprise knows (e-mail, ntfy, …).

https://github.com/caronc/apprise/wiki. Needs the extra `apprise`; not signed. The request is no
HTTP request: `adapters.apprise` hands it to the library.
"""

from __future__ import annotations

from monitor.core.notice import Notice, Quote, notice
from monitor.core.outbox import SignedMessage
from monitor.core.settings import WebhookSettings
from monitor.receivers.fitting import Json, first_fitting, fit, parted

TITLE_CHARS = 140
#: Telegram takes 4,096 characters, Pushover 1,024: Apprise divides or cuts what is too long.
BODY_CHARS = 3500
_LINE_CHARS = 420
_KINDS = {"critical": "failure", "warning": "warning"}


def build(webhook: WebhookSettings, body: bytes) -> SignedMessage:
    """Build what is to be told, the same for every attempt."""
    return SignedMessage(
        url=webhook.url.reveal(),
        headers={},
        body=first_fitting(notice(body), _message, fits=_fits),
        via="apprise",
    )


def _fits(message: Json) -> bool:
    return len(message["body"]) <= BODY_CHARS


def _message(shown: Notice) -> Json:
    return {
        "title": fit(shown.title, TITLE_CHARS, parted),
        "body": "\n\n".join("\n".join(block) for block in _blocks(shown) if block),
        "type": _KINDS.get(shown.level, "info"),
    }


def _blocks(shown: Notice) -> list[list[str]]:
    lines = [fit(f"{line.label}: {line.text}", _LINE_CHARS, parted) for line in shown.lines]
    return [
        lines or [fit(shown.brief, _LINE_CHARS, parted)],
        *(_quote(quote) for quote in shown.quotes),
        [parted(f"Why: {sentence}") for sentence in shown.why],
        [parted(note) for note in shown.notes],
        [f"{parted(link.label)}: {_address(link.url)}" for link in shown.links],
    ]


def _quote(quote: Quote) -> list[str]:
    said = parted(f"{quote.label}: {quote.text}")
    return [said, _address(quote.url)] if quote.url else [said]


def _address(url: str) -> str:
    return url.replace("@", "%40")
