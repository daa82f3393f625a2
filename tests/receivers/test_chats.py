"""Slack, Teams and Discord: what stands where, and what could be more than text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.core.settings import WebhookSettings
from monitor.receivers import FORMATS, discord, slack
from tests.receivers.events import NOON, hostile, incident, other, webhook


def sent(format_: str, body: bytes, hook: WebhookSettings | None = None) -> Any:
    message = FORMATS[format_].build(hook or webhook(format_), "msg_1", body, at=NOON)
    assert message.headers["content-type"].startswith("application/json")
    return json.loads(message.body)


# --- Slack


def test_slack_shows_header_brief_evidence_reasons_small_print_and_buttons() -> None:
    blocks = sent("slack", incident())["blocks"]
    kinds = ["header", "section", "section", "section", "section", "context", "actions"]
    assert [block["type"] for block in blocks] == kinds
    assert blocks[2]["text"]["text"] == (
        "<https://social.example/@anna/1|social.example, @anna>\n"
        ">They dragged him down the aisle &amp; nobody helped"
    )
    assert blocks[3]["text"]["text"] == "news\n>Outrage grows"
    assert blocks[4]["text"]["text"].startswith("*Why:*\n• An expert")
    assert [button["text"]["text"] for button in blocks[6]["elements"]] == ["Acknowledge", "Inbox"]
    assert all(block["text"]["verbatim"] for block in blocks if block["type"] == "section")


def test_slack_has_a_text_for_notifications() -> None:
    text = sent("slack", incident())["text"]
    assert text.startswith("[CRITICAL] New incident: Nordwind Air: Crew drags passenger")
    assert "&amp; nobody helped" in text


def test_slack_leaves_out_what_there_is_not() -> None:
    kinds = [block["type"] for block in sent("slack", other("webhook.test"))["blocks"]]
    assert kinds == ["header", "section"]


def test_slack_escapes_three_characters_and_no_more() -> None:
    assert slack.escape("<!channel> & *b* &amp;") == "&lt;!channel&gt; &amp; *b* &amp;amp;"


def test_slack_shows_look_alikes_where_escapes_may_not_be_undone() -> None:
    header = sent("slack", incident(title="<!here> a"))["blocks"][0]["text"]
    assert header["text"].endswith("\u2039!here\u203a a")
    assert header["emoji"] is False


def test_slack_keeps_a_pipe_in_an_address_from_ending_it() -> None:
    made = sent("slack", hostile("a|b&c"))["blocks"][2]["text"]["text"]
    assert made.startswith("<https://social.example/a%7Cb&amp;c|social.example, a|b&amp;c>")


# --- Teams


def card(body: bytes) -> Any:
    message = sent("teams", body)
    assert message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["contentUrl"] is None
    return attachment["content"]


def test_teams_gets_a_card_without_any_markdown_in_it() -> None:
    made = card(incident())
    assert (made["type"], made["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in made["body"]} == {"RichTextBlock"}
    assert made["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "Acknowledge",
            "url": "https://monitor.example/a/7/c2lnbmVkLXRva2Vu",
        },
        {
            "type": "Action.OpenUrl",
            "title": "Inbox",
            "url": "http://127.0.0.1:8300/inbox#incident-7",
        },
    ]


def test_teams_links_evidence_by_its_label() -> None:
    quotes = [b["inlines"] for b in card(incident())["body"] if "“" in b["inlines"][-1]["text"]]
    assert quotes[0][0]["selectAction"]["url"] == "https://social.example/@anna/1"
    assert quotes[0][1]["text"] == " “They dragged him down the aisle & nobody helped”"
    assert "selectAction" not in quotes[1][0]


LEVELS = {"critical": "attention", "warning": "warning", "watch": "accent", "quiet": "default"}


@pytest.mark.parametrize("level", LEVELS)
def test_teams_colours_the_title_by_level(level: str) -> None:
    message = json.loads(incident())
    message["data"]["incident"]["level"] = level
    title = card(json.dumps(message).encode())["body"][0]["inlines"][0]
    assert (title["color"], title["size"]) == (LEVELS[level], "large")


def test_teams_does_not_carry_out_what_stands_in_double_braces() -> None:
    title = card(incident(title="{{{DATE(x)}} y"))["body"][0]["inlines"][0]["text"]
    assert title.endswith("{ { {DATE(x)}} y")


# --- Discord


def test_discord_shows_an_embed_that_may_mention_nobody() -> None:
    message = sent("discord", incident())
    (embed,) = message["embeds"]
    assert message["allowed_mentions"] == {"parse": []}
    assert message["content"].endswith("Nordwind Air: Crew drags passenger off flight")
    assert embed["title"] == "New incident"
    assert embed["color"] == 0xC0392B
    assert embed["timestamp"] == "2026-11-22T12:00:00Z"
    assert embed["footer"]["text"].startswith("Reached critical: ")
    assert [field["name"] for field in embed["fields"]] == ["Why", "\u200b", "\u200b"]
    assert embed["fields"][2]["value"] == "[Inbox](<http://127.0.0.1:8300/inbox#incident-7>)"
    assert (
        "\n> [social.example, @\u200banna](<https://social.example/%40anna/1>): They"
        in embed["description"]
    )
    assert embed["description"].endswith("\n> news: Outrage grows")


def test_discord_leaves_out_what_there_is_not() -> None:
    (embed,) = sent("discord", b'{"type":"incident.updated","data":{}}')["embeds"]
    assert embed == {"title": "Update", "description": "Update", "color": 0x7F8C8D, "fields": []}


ESCAPES = {
    "*b* _i_ ~s~ `c` ||x||": r"\*b\* \_i\_ \~s\~ \`c\` \|\|x\|\|",
    "[a](https://b)": r"\[a\](https\://b)",
    "# head > quote": r"\# head \> quote",
    "a\\*b": r"a\\\*b",
    "@everyone <@1>": "@\u200beveryone \\<\u200b@\u200b1\\>",
    "09:05, it's 5.5!": "09:05, it's 5.5!",
}


@pytest.mark.parametrize("text", ESCAPES)
def test_discord_shows_text_as_it_is(text: str) -> None:
    assert discord.escape(text) == ESCAPES[text]


WAITING = {
    "https://discord.com/api/webhooks/1/t": "https://discord.com/api/webhooks/1/t?wait=true",
    "https://discord.com/w?thread_id=5": "https://discord.com/w?thread_id=5&wait=true",
    "https://discord.com/w?wait=false": "https://discord.com/w?wait=false",
    "https://discord.com/w?await=1": "https://discord.com/w?await=1&wait=true",
}


@pytest.mark.parametrize("url", WAITING)
def test_discord_is_asked_to_say_whether_it_took_the_message(url: str) -> None:
    message = FORMATS["discord"].build(webhook("discord", url), "msg_1", incident(), at=NOON)
    assert message.url == WAITING[url]


def test_discord_shows_as_many_reasons_as_a_field_holds() -> None:
    message = json.loads(incident())
    why = [{"name": "a", "value": 0.2, "sentence": f"{n} " + "word " * 38} for n in range(9)]
    message["data"]["why"] = why
    field = sent("discord", json.dumps(message).encode())["embeds"][0]["fields"][0]
    assert 800 < len(field["value"]) <= 1024
    assert field["value"].count("• ") == field["value"].count("\n") + 1
