"""Format "discord": an embed for a webhook of a channel; the address is the secret.

https://discord.com/developers/docs/resources/webhook#execute-webhook (shape, limits). Nobody is
pinged: `allowed_mentions` allows none, and what could be a mention or Markdown is broken up.
Links stand as words in the text: a button, or an address in a field of its own, is checked by
Discord, and one that it does not like, such as 127.0.0.1, would lose the whole alert.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote as percent
from urllib.parse import urlsplit, urlunsplit

from monitor.core import rulings
from monitor.core.brief_lines import Line
from monitor.core.event import iso
from monitor.core.notice import Link, Notice, Quote, notice
from monitor.core.outbox import Answered, SignedMessage
from monitor.core.rulings import Ruling
from monitor.core.settings import WebhookSettings
from monitor.receivers.fitting import JOINT, Json, first_fitting, fit, parted

TITLE_CHARS = 256
DESCRIPTION_CHARS = 4096
FIELD_CHARS = 1024
#: Of title, description, fields and footer together.
EMBED_CHARS = 6000
_HEADLINE_CHARS = 400
_LINE_CHARS = 420
_LABEL_CHARS = 120
_QUOTE_CHARS = 360
_NOTE_CHARS = 700
_COLORS = {"critical": 0xC0392B, "warning": 0xE67E22, "watch": 0x2980B9}
_GREY = 0x7F8C8D
#: What Discord reads as Markdown, a mention or the start of a link. A backslash before it is not
#: shown.
_MARKUP = re.compile(r"[\\*_~`|>#\[\]<]|:(?=//)")
#: In an address; what is left over is written in percent.
_SAFE = ":/?#&=%+,;~.-_$!*"
_RETRY_AFTER = re.compile(r'"retry_after"\s*:\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)')
#: "Unknown Webhook": it was deleted. Asking on gets an address banned.
_UNKNOWN = re.compile(r'"code"\s*:\s*10015\b')


def build(webhook: WebhookSettings, body: bytes) -> SignedMessage:
    """Build the request, the same for every attempt."""
    return SignedMessage(
        url=_waiting(webhook.url.reveal()),
        headers={"content-type": "application/json"},
        body=first_fitting(notice(body), _message, fits=_fits),
    )


def judge(answer: Answered, now: datetime) -> Ruling:
    """429 says in its body, in fractions of a second, when to come back; 400 condemns."""
    if answer.status == 400:
        return rulings.hopeless(answer)
    if answer.status == 404 and _UNKNOWN.search(answer.excerpt):
        return rulings.gone(answer)
    ruling = rulings.by_contract(answer, now)
    said = _RETRY_AFTER.search(answer.excerpt) if answer.status == 429 else None
    if said is None:
        return ruling
    asked = timedelta(seconds=math.ceil(float(said[1])))
    return replace(ruling, wait=max(asked, ruling.wait or asked))


def escape(text: str) -> str:
    """The text as it is read: no Markdown, no link, no mention."""
    escaped = _MARKUP.sub(lambda found: f"\\{found[0]}", text)
    return parted(escaped)


def _waiting(url: str) -> str:
    """The address, asking for an answer that says whether the message was taken."""
    parts = urlsplit(url)
    if re.search(r"(?:^|&)wait=", parts.query):
        return url
    return urlunsplit(parts._replace(query=f"{parts.query}&wait=true".removeprefix("&")))


def _fits(message: Json) -> bool:
    embed = message["embeds"][0]
    values = [field["value"] for field in embed["fields"]]
    names = [field["name"] for field in embed["fields"]]
    small = [embed["title"], embed.get("footer", {}).get("text", "")]
    total = sum(map(_units, [embed["description"], *small, *names, *values]))
    return (
        total <= EMBED_CHARS
        and _units(embed["description"]) <= DESCRIPTION_CHARS
        and all(_units(value) <= FIELD_CHARS for value in values)
    )


def _units(text: str) -> int:
    """Discord counts as JavaScript does."""
    return len(text.encode("utf-16-le")) // 2


def _message(shown: Notice) -> Json:
    return {
        "content": fit(shown.title, _HEADLINE_CHARS, escape),
        "embeds": [_embed(shown)],
        "allowed_mentions": {"parse": []},
    }


def _embed(shown: Notice) -> Json:
    lines = [_line(line) for line in shown.lines] or [fit(shown.brief, _LINE_CHARS, escape)]
    embed: Json = {
        "title": fit(shown.words, TITLE_CHARS, escape),
        "description": "\n".join([*lines, *(_quote(quote) for quote in shown.quotes)]),
        "color": _COLORS.get(shown.level, _GREY),
        "fields": [*_why(shown), *_buttons(shown.links)],
    }
    if shown.notes:
        # A footer knows no Markdown.
        embed["footer"] = {"text": fit(" ".join(shown.notes), _NOTE_CHARS, parted)}
    if shown.at:
        embed["timestamp"] = iso(shown.at)
    return embed


def _line(line: Line) -> str:
    return f"**{fit(line.label, _LABEL_CHARS, escape)}:** {fit(line.text, _LINE_CHARS, escape)}"


def _quote(quote: Quote) -> str:
    label = fit(quote.label, _LABEL_CHARS, escape)
    said = fit(quote.text, _QUOTE_CHARS, escape)
    return f"> {_linked(label, quote.url) if quote.url else label}: {said}"


def _why(shown: Notice) -> list[Json]:
    """As many sentences as one field holds."""
    value = ""
    for sentence in shown.why:
        longer = f"{value}\n• {fit(sentence, _LINE_CHARS, escape)}".strip()
        value = longer if len(longer) <= FIELD_CHARS else value
    return [{"name": "Why", "value": value}] if value else []


def _buttons(links: tuple[Link, ...]) -> list[Json]:
    """A field for each link: its label is all that a reader sees."""
    linked = (_linked(fit(link.label, _LABEL_CHARS, escape), link.url) for link in links)
    return [{"name": JOINT, "value": text, "inline": True} for text in linked]


def _linked(label: str, url: str) -> str:
    """A word that leads somewhere; nothing in the address can end it early, or mention anybody."""
    return f"[{label}](<{percent(url, safe=_SAFE)}>)"
