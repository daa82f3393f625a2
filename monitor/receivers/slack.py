"""Format "slack": Block Kit for an incoming webhook; the address is the secret.

https://docs.slack.dev/messaging/formatting-message-text (escaping),
https://docs.slack.dev/reference/block-kit/blocks (limits). Nobody is pinged: what comes from
outside is escaped, so `<!channel>` and `<@U…>` stay text, and `verbatim` keeps Slack from turning
names and addresses in it into links.
"""

from __future__ import annotations

import re
from datetime import datetime

from monitor.core import rulings
from monitor.core.notice import Link, Notice, Quote, notice
from monitor.core.outbox import Answered, SignedMessage
from monitor.core.rulings import Fate, Ruling
from monitor.core.settings import WebhookSettings
from monitor.receivers.fitting import Json, encoded, first_fitting, fit, packed, posted

HEADER_CHARS = 150
SECTION_CHARS = 3000
BUTTON_CHARS = 75
#: Slack's own limit for all blocks is about 13,200 characters (slackapi/bolt-js#2509).
BLOCKS_CHARS = 12_500
_FALLBACK_CHARS = 500
_LINE_CHARS = 500
_QUOTE_CHARS = 420
_NOTE_CHARS = 900
_URL_CHARS = 3000
_LOOK_ALIKES = str.maketrans("<>", "\u2039\u203a")
#: What servers that speak Slack's webhooks answer; Rocket.Chat says it in JSON.
_TAKEN = re.compile(r'(?:ok|\{\s*"(?:ok|success)"\s*:\s*true\b.*)?', re.IGNORECASE)


def build(webhook: WebhookSettings, body: bytes) -> SignedMessage:
    """Build the request, the same for every attempt."""
    return posted(webhook, first_fitting(notice(body), _message, fits=_fits))


def judge(answer: Answered, now: datetime) -> Ruling:
    """Slack takes a message with 200 `ok`, and names in a 400 what it will never take.

    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: 403
    (`action_prohibited`) and 404 (`no_service`, `channel_not_found`) can be mended by people on
    Slack's side, so they are tried again; 410 (`channel_is_archived`) is gone, as everywhere.
    """
    if answer.status == 400:
        return rulings.hopeless(answer)
    if answer.status == 200 and not _TAKEN.fullmatch(answer.excerpt.strip()):
        said = f"answered 200 but not `ok`: {answer.excerpt}"
        return Ruling(fate=Fate.AGAIN, complaint=said)
    return rulings.by_contract(answer, now)


def escape(text: str) -> str:
    """The three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fits(message: Json) -> bool:
    return len(encoded(message["blocks"]).decode()) <= BLOCKS_CHARS


def _message(shown: Notice) -> Json:
    fallback = f"{shown.title}. {shown.brief}"
    # `text` is what a notification shows.
    return {"text": fit(fallback, _FALLBACK_CHARS, escape), "blocks": _blocks(shown)}


def _blocks(shown: Notice) -> list[Json]:
    lines = [f"*{escape(x.label)}:* {fit(x.text, _LINE_CHARS, escape)}" for x in shown.lines]
    said = lines or [fit(shown.brief, SECTION_CHARS, escape)]
    why = [f"• {fit(sentence, _LINE_CHARS, escape)}" for sentence in shown.why]
    return [
        {"type": "header", "text": _plain(fit(shown.title, HEADER_CHARS))},
        *(_section(text) for text in packed(said, SECTION_CHARS)),
        *(_section(_quote(quote)) for quote in shown.quotes),
        *([_section("\n".join(["*Why:*", *why]))] if why else []),
        *([_context(shown)] if shown.notes else []),
        *([_actions(shown.links)] if shown.links else []),
    ]


def _quote(quote: Quote) -> str:
    label = fit(quote.label, _LINE_CHARS, escape)
    url = escape(quote.url.replace("|", "%7C")) if quote.url else ""
    head = f"<{url}|{label}>" if url and len(url) < SECTION_CHARS // 2 else label
    return f"{head}\n>{fit(quote.text, _QUOTE_CHARS, escape)}"


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(shown: Notice) -> Json:
    text = fit(" ".join(shown.notes), _NOTE_CHARS)
    return {"type": "context", "elements": [_plain(text)]}


def _actions(links: tuple[Link, ...]) -> Json:
    buttons: list[Json] = [
        {"type": "button", "text": _plain(fit(link.label, BUTTON_CHARS)), "url": link.url}
        for link in links
        if len(link.url) <= _URL_CHARS
    ]
    return {"type": "actions", "elements": buttons}


def _plain(text: str) -> Json:
    """Nothing in it means anything to Slack, not even `:names:` of emoji.

    Whether escapes are undone in it is not documented: angle brackets become look-alikes.
    """
    shown = text.translate(_LOOK_ALIKES) or "-"
    return {"type": "plain_text", "text": shown, "emoji": False}
