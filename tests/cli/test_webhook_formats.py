"""`monitor webhook test` in every format: the message arrives, and the answer is understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.core.formats import TERMS, Key
from tests.servers import Answer, serving

SECRETS = {
    Key.SIGNING: 'secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"',
    Key.ROUTING: 'secret = "e93facc04764012d7bfb002500d5d1a6"',
    Key.NONE: "",
}


def tried(home: Path, format_: str, url: str) -> Result:
    config = home / "config.toml"
    config.write_text(
        f"""
[monitor]
allow_private_hosts = ["127.0.0.1"]
[[webhooks]]
name = "leadership"
format = "{format_}"
url = "{url}"
{SECRETS[TERMS[format_].key]}
""",
        encoding="utf-8",
    )
    return CliRunner().invoke(cli, ["webhook", "test", "leadership", "--config", str(config)])


@pytest.mark.parametrize("format_", [name for name in TERMS if name != "apprise"])
def test_the_message_arrives(tmp_path: Path, format_: str) -> None:
    with serving(Answer(status=200, body=b"ok")) as server:
        result = tried(tmp_path, format_, f"{server.url}/hook")
        (request,) = server.requests
    assert result.exit_code == 0
    assert result.stdout == "leadership answered 200 ok\n"
    assert "A test of the connection" in json.dumps(json.loads(request.body))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_message_arrives_by_apprise(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="the extra `apprise` is not installed")
    with serving(Answer(status=200)) as server:
        result = tried(tmp_path, "apprise", f"json://127.0.0.1:{server.port}/hook")
        (request,) = server.requests
    assert result.exit_code == 0, result.output
    assert json.loads(request.body)["title"] == "Test: leadership"


def test_a_page_with_status_200_is_no_success_for_slack(tmp_path: Path) -> None:
    with serving(Answer(status=200, body=b"<html>Sign in</html>")) as server:
        result = tried(tmp_path, "slack", f"{server.url}/hook")
    assert result.exit_code == 1
