"""Independent judges of each format: makers' schemas and libraries, and documented limits.

A judge gives complaints, none if the message is good. `NotHereError` says why one cannot judge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator, Draft7Validator, Draft202012Validator

SCHEMAS = Path("/work/shared/data/webhook-schemas")
#: Ways to call people that must not survive in a text for this format.
PINGS = {
    "slack": re.compile(r"<[!@#]|<(?!https?://)"),
    "teams": re.compile(r"\{\{"),
    "discord": re.compile(r"@(?:everyone|here)|<[@#:]|<id:"),
    "apprise": re.compile(r"@(?:everyone|here)|<[@!#]"),
}


class NotHereError(Exception):
    """The schemas or the library of this judge are not on this machine."""


@cache
def schema(path: str) -> Any:
    if not (SCHEMAS / path).exists():
        raise NotHereError(f"{SCHEMAS / path} is not here")
    return json.loads((SCHEMAS / path).read_text(encoding="utf-8"))


def _errors(validator: Any, message: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(message)
    ]


def slack(message: Any) -> list[str]:
    """The models of `slack_sdk`, each with its own checks."""
    try:
        from slack_sdk.errors import SlackObjectFormationError  # noqa: PLC0415
        from slack_sdk.models.blocks import Block  # noqa: PLC0415
    except ImportError as e:
        raise NotHereError("slack_sdk is not installed") from e
    try:
        blocks = Block.parse_all(message["blocks"])
        again = [block.to_dict() for block in blocks]
    except SlackObjectFormationError as e:
        return [str(e)]
    return [] if again == message["blocks"] else [f"read as {again}"]


def teams(message: Any) -> list[str]:
    card = message["attachments"][0]["content"]
    # The property of Teams is outside the schema; all else must be known to both versions.
    plain = {key: value for key, value in card.items() if key != "msteams"}
    versions = [schema(f"adaptivecards/adaptive-card-1.{n}.0.json") for n in (4, 5)]
    return [each for version in versions for each in _errors(Draft6Validator(version), plain)]


def discord(message: Any) -> list[str]:
    spec = schema("discord/openapi.json")
    ref = {"$ref": "#/components/schemas/IncomingWebhookRequestPartial"}
    return _errors(Draft202012Validator({**ref, "components": spec["components"]}), message)


def pagerduty(message: Any) -> list[str]:
    spec = schema("pagerduty/events-v2-openapiv3.json")
    body = spec["paths"]["/enqueue"]["post"]["requestBody"]["content"]["application/json"]
    whole = {**body["schema"], "components": spec["components"]}
    return _errors(Draft202012Validator(whole), message)


def cloudevents(message: Any) -> list[str]:
    judge = Draft7Validator(
        schema("cloudevents/cloudevents.json"), format_checker=Draft7Validator.FORMAT_CHECKER
    )
    return _errors(judge, message)


def alertmanager(message: Any) -> list[str]:
    """The same keys with the same kinds of values as in a recorded message of Alertmanager."""
    recorded = schema("alertmanager/webhook_v4_received_from_alertmanager_0.25.json")
    return list(unlike(recorded, message, "$"))


def unlike(one: Any, other: Any, at: str) -> Iterator[str]:
    if type(one) is not type(other):
        yield f"{at}: {type(other).__name__} instead of {type(one).__name__}"
    elif isinstance(one, list):
        for each in other:
            yield from unlike(one[0], each, f"{at}[]")
    elif isinstance(one, dict) and at.rsplit(".", 1)[-1].endswith(("abels", "nnotations")):
        yield from (f"{at}.{k}: not text" for k, v in other.items() if not isinstance(v, str))
    elif isinstance(one, dict):
        if one.keys() != other.keys():
            yield f"{at}: keys {sorted(one.keys() ^ other.keys())}"
        for key in one.keys() & other.keys():
            yield from unlike(one[key], other[key], f"{at}.{key}")


def alertmanager_api(message: Any) -> list[str]:
    """What Alertmanager's own OpenAPI asks of a postable alert."""
    labels = {"type": "object", "additionalProperties": {"type": "string"}}
    time = {"type": "string", "format": "date-time"}
    alert = {
        "type": "object",
        "required": ["labels"],
        "additionalProperties": False,
        "properties": {
            "labels": {**labels, "minProperties": 1},
            "annotations": labels,
            "startsAt": time,
            "endsAt": time,
            "generatorURL": {"type": "string"},
        },
    }
    return _errors(Draft7Validator({"type": "array", "items": alert, "minItems": 1}), message)


SCHEMA_JUDGES: dict[str, Callable[[Any], list[str]]] = {
    "slack": slack,
    "teams": teams,
    "discord": discord,
    "pagerduty": pagerduty,
    "alertmanager": alertmanager,
    "alertmanager-api": alertmanager_api,
    "cloudevents": cloudevents,
}


def texts(value: Any) -> Iterator[str]:
    """Every text in a message, without keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def pings(format_: str, message: Any) -> list[str]:
    """Texts in which somebody could be called."""
    if format_ not in PINGS:
        return []
    return [text for text in texts(message) if PINGS[format_].search(text)]


def limits(format_: str, body: bytes) -> list[str]:
    """Documented limits that a message breaks."""
    message = json.loads(body)
    return [said for said, broken in LIMITS[format_](message, body) if broken]


Checks = Iterator[tuple[str, bool]]


def _of_slack(message: Any, body: bytes) -> Checks:
    blocks = message["blocks"]
    yield "50 blocks", len(blocks) > 50
    yield "13,200 characters in all blocks", len(json.dumps(blocks, ensure_ascii=False)) > 13_200
    yield "no text", not message["text"]
    for block in blocks:
        text = block.get("text", {}).get("text", "-")
        yield "header of 150", block["type"] == "header" and not 1 <= len(text) <= 150
        yield "section of 3000", block["type"] == "section" and not 1 <= len(text) <= 3000
        for element in block.get("elements", ()):
            shown = (
                element["text"] if isinstance(element["text"], str) else element["text"]["text"]
            )
            yield (
                "text of an element",
                not 1 <= len(shown) <= (75 if element["type"] == "button" else 3000),
            )
            yield "address of 3000", len(element.get("url", "")) > 3000


def _of_teams(message: Any, body: bytes) -> Checks:
    # Without entities, <at> is text.
    yield "entities", "entities" in message["attachments"][0]["content"]["msteams"]
    yield "28 KB", max(len(body), len(body.decode().encode("utf-16-le"))) > 28 * 1024


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _of_discord(message: Any, body: bytes) -> Checks:
    (embed,) = message["embeds"]
    fields = embed["fields"]
    total = [embed["title"], embed["description"], embed.get("footer", {}).get("text", "")]
    total += [text for field in fields for text in (field["name"], field["value"])]
    yield "content of 2000", not 1 <= _units(message["content"]) <= 2000
    yield "title of 256", _units(embed["title"]) > 256
    yield "description of 4096", _units(embed["description"]) > 4096
    yield "footer of 2048", _units(embed.get("footer", {}).get("text", "")) > 2048
    yield "25 fields", len(fields) > 25
    yield (
        "field of 256 and 1024",
        any(
            not (1 <= _units(f["name"]) <= 256 and 1 <= _units(f["value"]) <= 1024) for f in fields
        ),
    )
    yield "6000 in all", sum(map(_units, total)) > 6000
    yield "mentions allowed", message["allowed_mentions"] != {"parse": []}


def _of_pagerduty(message: Any, body: bytes) -> Checks:
    yield "summary of 1024", not 1 <= len(message["payload"]["summary"]) <= 1024
    yield "dedup_key of 255", not 1 <= len(message["dedup_key"]) <= 255
    yield "512 KB", len(body) > 512_000
    yield "empty source", not message["payload"]["source"]


def _of_alertmanager(message: Any, body: bytes) -> Checks:
    alerts = message if isinstance(message, list) else message["alerts"]
    name = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
    for alert in alerts:
        both = {**alert["labels"], **alert["annotations"]}
        yield "name of a label", any(not name.fullmatch(key) for key in both)
        yield "empty value", not all(both.values())
        yield "starts after its end", alert["startsAt"] > alert["endsAt"] > "0002"


def _of_cloudevents(message: Any, body: bytes) -> Checks:
    yield "20 kB", len(body) >= 20_000
    yield "not a CloudEvent", message["specversion"] != "1.0"
    yield "an empty attribute", not all(value for key, value in message.items() if key != "data")


def _of_apprise(message: Any, body: bytes) -> Checks:
    yield "title of 250", not 1 <= len(message["title"]) <= 250
    yield "body of 4096", not 1 <= len(message["body"]) <= 4096
    yield "kind", message["type"] not in {"info", "success", "warning", "failure"}


def _of_standard(message: Any, body: bytes) -> Checks:
    yield "20 kB", len(body) >= 20_000


LIMITS: dict[str, Callable[[Any, bytes], Checks]] = {
    "standard": _of_standard,
    "slack": _of_slack,
    "teams": _of_teams,
    "discord": _of_discord,
    "pagerduty": _of_pagerduty,
    "alertmanager": _of_alertmanager,
    "alertmanager-api": _of_alertmanager,
    "cloudevents": _of_cloudevents,
    "apprise": _of_apprise,
}
