"""Format "teams": an Adaptive Card for a Teams workflow ("when a webhook request is received").

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
(shape, 28 KB), https://adaptivecards.io/explorer. Texts from outside stand in RichTextBlocks
alone, which know no Markdown: nothing in them becomes a link, a mention or a heading.
"""

from __future__ import annotations

import re
from datetime import datetime

from monitor.core import rulings
from monitor.core.notice import Link, Notice, Quote, notice
from monitor.core.outbox import Answered, SignedMessage
from monitor.core.plaintext import clip
from monitor.core.rulings import Fate, Ruling
from monitor.core.settings import WebhookSettings
from monitor.receivers.fitting import Json, encoded, first_fitting, posted

#: The documented limit is "about 28 KB"; some of it is for what Teams wraps around a card.
MOST_BYTES = 26_000
_CARD = "application/vnd.microsoft.card.adaptive"
_COLORS = {"critical": "attention", "warning": "warning", "watch": "accent"}
_TITLE_CHARS = 40
#: What the retired connectors, and proxies to them, say with a status of 200.
_FAILED = "Webhook message delivery failed"
_HOPELESS = frozenset({400, 413})


def build(webhook: WebhookSettings, body: bytes) -> SignedMessage:
    """Build the request, the same for every attempt."""
    return posted(webhook, first_fitting(notice(body), _message, fits=_fits))


def judge(answer: Answered, now: datetime) -> Ruling:
    """202 is taken; 400 and 413 condemn the card; a failure may hide behind a 200."""
    if answer.status in _HOPELESS:
        return rulings.hopeless(answer)
    if 200 <= answer.status < 300 and _FAILED in answer.excerpt:
        said = f"answered {answer.status}: {answer.excerpt}"
        return Ruling(fate=Fate.AGAIN, complaint=said)
    return rulings.by_contract(answer, now)


def _fits(message: Json) -> bool:
    """By whichever is longer, for Teams counts in UTF-16 and the wire carries UTF-8."""
    text = encoded(message).decode()
    return max(len(text.encode()), len(text.encode("utf-16-le"))) <= MOST_BYTES


def _message(shown: Notice) -> Json:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": _body(shown),
        "actions": [_button(link) for link in shown.links],
        "msteams": {"width": "Full"},
    }
    return {
        "type": "message",
        "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}],
    }


def _body(shown: Notice) -> list[Json]:
    title = _run(shown.title, size="large", weight="bolder", color=_color(shown))
    lines = [_text(_run(f"{x.label}: ", weight="bolder"), _run(x.text)) for x in shown.lines]
    why = [_text(_run(f"• {sentence}")) for sentence in shown.why]
    notes = " ".join(shown.notes)
    return [
        _text(title),
        *(lines or [_text(_run(shown.brief))]),
        *(_quote(quote) for quote in shown.quotes),
        *([_text(_run("Why", weight="bolder")), *why] if why else []),
        *([_text(_run(notes, size="small", isSubtle=True))] if notes else []),
    ]


def _quote(quote: Quote) -> Json:
    follow: Json = {}
    if quote.url:
        follow = {"selectAction": {"type": "Action.OpenUrl", "url": quote.url}, "underline": True}
    said = f" “{quote.text}”" if quote.text else ""
    return _text(_run(quote.label, **follow), _run(said or " "))


def _button(link: Link) -> Json:
    return {
        "type": "Action.OpenUrl",
        "title": _inert(clip(link.label, _TITLE_CHARS)),
        "url": link.url,
    }


def _text(*runs: Json) -> Json:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: object) -> Json:
    return {"type": "TextRun", "text": _inert(text), **style}


def _inert(text: str) -> str:
    """Cards carry {{DATE(…)}} and {{TIME(…)}} out, wherever they stand."""
    return re.sub(r"\{(?=\{)", "{ ", text)


def _color(shown: Notice) -> str:
    return _COLORS.get(shown.level, "default")
