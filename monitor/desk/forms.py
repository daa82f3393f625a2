"""From the fields of a form to what somebody says to an incident, or wants of its grouping.

Pure. Does not check who may post (see `guard`, `core.tickets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from monitor.core.answers import DISMISSALS, Answer, dismissal
from monitor.core.fields import web_url
from monitor.core.plaintext import tidy
from monitor.core.repairs import Joining, Parting, Wish
from monitor.core.times import utc
from monitor.errors import InputError

#: Verbs that the page offers, in its order.
VERBS = (
    "acknowledge",
    "assign",
    "note",
    "snooze",
    "statement",
    "resolve",
    "reopen",
    "dismiss",
)
#: Those that repair the grouping.
REPAIRS = ("merge", "split")
#: A box to tick is called so, with the id of its mention.
POST = "post-"
SPANS: Mapping[str, timedelta] = {
    "1 hour": timedelta(hours=1),
    "4 hours": timedelta(hours=4),
    "12 hours": timedelta(hours=12),
    "1 day": timedelta(days=1),
    "3 days": timedelta(days=3),
}
REASONS: Mapping[str, str] = dict(
    zip(DISMISSALS, ("a false alarm", "a duplicate", "not about us"), strict=True)
)
LINK = "link in the alert"
_NAME_CHARS = 80
_TEXT_CHARS = 5_000
#: A box for each piece of evidence that the page shows, and a few more.
_MOST_FIELDS = 40
#: What fits into a column of SQLite.
_ID_DIGITS = 18


def fields(body: bytes) -> dict[str, str]:
    """The fields of a posted form; of one that comes twice the first counts."""
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS, keep_blank_values=True)
    except ValueError as e:  # also UnicodeDecodeError
        raise InputError("this is not the form of the page") from e
    return dict(reversed(pairs))


def answer_of(verb: str, form: Mapping[str, str], *, raised_at: datetime, now: datetime) -> Answer:
    """What the form of one verb says; the page was of the incident as raised at `raised_at`.

    `InputError` for what the page would not send.
    """
    actor = actor_of(form)
    text = form.get("text", "").strip()[:_TEXT_CHARS]
    match verb:
        case "dismiss" if form.get("reason") not in REASONS:
            raise InputError("say why it is none")
        case "dismiss":
            text = dismissal(form["reason"], text)
        case "assign":
            text = tidy(text)[:_NAME_CHARS]
    until = now + _span(form.get("for", "")) if verb == "snooze" else None
    return Answer(
        verb=verb,
        actor=actor,
        text=text,
        url=_url(form.get("url", "")),
        said_at=_moment(form.get("said_at", "")) if verb == "statement" else None,
        until=until,
        raised_at=raised_at,
    )


def wish_of(verb: str, form: Mapping[str, str]) -> Wish:
    """What one of `REPAIRS` asks for; `InputError` for what the page would not send."""
    if verb == "merge":
        return Joining(into=_id(form.get("into", ""), "say which incident it is part of"))
    posts = (name.removeprefix(POST) for name in form if name.startswith(POST))
    leaving = tuple(_id(post, "say which posts do not belong here") for post in posts)
    if not leaving:
        raise InputError("say which posts do not belong here")
    return Parting(mention_ids=leaving)


def _id(text: str, complaint: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS):
        raise InputError(complaint)
    return int(text)


def actor_of(form: Mapping[str, str]) -> str:
    """Who posts it, as they say."""
    if not (actor := _name(form)):
        raise InputError("say who you are")
    return actor


def clicked(form: Mapping[str, str], *, raised_at: datetime) -> Answer:
    """The acknowledgement by a link: of whoever has it, by a name if one was typed."""
    name = _name(form)
    actor = f"{name} ({LINK})" if name else LINK
    return Answer(verb="acknowledge", actor=actor, raised_at=raised_at)


def _name(form: Mapping[str, str]) -> str:
    return tidy(form.get("by", ""))[:_NAME_CHARS].strip()


def _span(name: str) -> timedelta:
    if name not in SPANS:
        raise InputError("say for how long")
    return SPANS[name]


def _moment(text: str) -> datetime | None:
    """What a field of date and time sends, in UTC as the page shows all times."""
    if not text.strip():
        return None
    try:
        return utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as e:
        raise InputError("the time should be such as 2026-11-23 16:20") from e


def _url(text: str) -> str | None:
    if not text.strip():
        return None
    if (url := web_url(text.strip())) is None:
        raise InputError("the address should begin with http:// or https://")
    return url
