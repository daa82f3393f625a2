"""`[[webhooks]]` of every format: the examples of the documentation, and errors that help."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor.config import load
from monitor.core.formats import PAGERDUTY, TERMS
from monitor.core.settings import Settings
from monitor.errors import ConfigError

DOCS = (Path(__file__).parents[2] / "docs/receivers.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
KEY = "e93facc04764012d7bfb002500d5d1a6"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENV = {
    "HOOK_SECRET": SECRET,
    "PAGERDUTY_ROUTING_KEY": KEY,
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x",
    "TEAMS_WORKFLOW_URL": "https://prod-1.logic.azure.com/workflows/x",
    "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1/x",
    "APPRISE_URL": "ntfys://topic",
}


def loaded(tmp_path: Path, text: str, *, secret: bool = True) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, env=ENV, secret=secret)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_documentation_loads(tmp_path: Path, text: str) -> None:
    (hook,) = loaded(tmp_path, text).webhooks
    assert hook.format == tomllib.loads(text)["webhooks"][0].get("format", "standard")
    assert "://" in hook.url.reveal()


def test_every_format_has_an_example_and_a_chapter() -> None:
    shown = [tomllib.loads(text)["webhooks"][0].get("format", "standard") for text in EXAMPLES]
    assert sorted(shown) == sorted(TERMS)
    assert sorted(re.findall(r"(?m)^## ([a-z-]+)$", DOCS)) == sorted(TERMS)


def hook(**values: str) -> str:
    return "[[webhooks]]\nname = 'a'\n" + "".join(f"{k} = {v!r}\n" for k, v in values.items())


def test_pagerduty_goes_where_pagerduty_is_unless_told_otherwise(tmp_path: Path) -> None:
    (usual,) = loaded(tmp_path, hook(format="pagerduty", secret=KEY)).webhooks
    eu = "https://events.eu.pagerduty.com/v2/enqueue"
    (other,) = loaded(tmp_path, hook(format="pagerduty", secret=KEY, url=eu)).webhooks
    assert (usual.url.reveal(), other.url.reveal()) == (PAGERDUTY, eu)
    assert KEY not in repr(usual)


WEB = "https://a.example/x"
ERRORS = [
    (hook(format="slack"), "webhooks[0].url: missing"),
    (hook(format="standard", secret=SECRET), "webhooks[0].url: missing"),
    (
        hook(format="fax", url=WEB),
        "webhooks[0].format: 'fax' is not one of standard, slack, teams",
    ),
    (hook(url=WEB), "webhooks[0].secret: a signed webhook needs one"),
    (hook(url=WEB, secret=""), "webhooks[0].secret: a signed webhook needs one"),
    (hook(format="cloudevents", url=WEB), "webhooks[0].secret: a signed webhook needs one"),
    (hook(format="alertmanager", url=WEB), "webhooks[0].secret: a signed webhook needs one"),
    (hook(format="pagerduty"), "webhooks[0].secret: pagerduty needs the routing key"),
    (hook(format="pagerduty", secret=SECRET), "webhooks[0].secret: a routing key has 32 letters"),
    (hook(format="slack", url=WEB, secret=SECRET), "webhooks[0].secret: slack messages are not"),
    (hook(format="slack", url="ntfy://x"), "webhooks[0].url: should be an http or https address"),
    (hook(format="apprise", url="x"), "webhooks[0].url: should be an address of Apprise"),
    (hook(format="slack", url="env:NONE"), "webhooks[0].url: the environment variable NONE"),
]


@pytest.mark.parametrize(("text", "start"), ERRORS)
def test_an_error_names_the_key_and_shows_no_secret(tmp_path: Path, text: str, start: str) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, text)
    assert str(error.value).startswith(start)
    assert SECRET not in str(error.value)


def test_a_list_of_routing_keys_is_refused_and_one_of_one_is_not(tmp_path: Path) -> None:
    text = hook(format="pagerduty") + f"secret = ['{KEY}', '{KEY}']\n"
    with pytest.raises(ConfigError, match=r"webhooks\[0\]\.secret: pagerduty takes one routing"):
        loaded(tmp_path, text)
    (one,) = loaded(tmp_path, hook(format="pagerduty") + f"secret = ['{KEY}']\n").webhooks
    assert [secret.reveal() for secret in one.secrets] == [KEY]


def test_a_command_that_only_looks_needs_no_secret(tmp_path: Path) -> None:
    text = hook(format="slack", url="env:NONE")
    (hook_,) = loaded(tmp_path, text, secret=False).webhooks
    assert hook_.url.reveal() == ""
