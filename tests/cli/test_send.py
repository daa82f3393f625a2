"""`deliveries` and `webhook`: the outbox by hand."""

from __future__ import annotations

import json

import pytest

from monitor.errors import ConfigError, NotFoundError
from tests.cli.conftest import Home
from tests.servers import Answer, serving


def test_deliveries_are_listed(lived_in: Home):
    [delivery] = lived_in.answers("deliveries")

    assert (delivery["webhook"], delivery["state"]) == ("leadership", "pending")
    assert "leadership" in lived_in.says("deliveries")
    assert lived_in.answers("deliveries", "--dead") == []
    assert "no deliveries" in lived_in.says("deliveries", "--dead")


def test_a_delivery_is_retried_by_hand(lived_in: Home):
    assert "delivery 1 is due now" in lived_in.says("deliveries", "retry", "1")


def test_a_delivery_that_is_not_there_cannot_be_retried(lived_in: Home):
    assert isinstance(lived_in.run("deliveries", "retry", "9").exception, NotFoundError)


def test_a_webhook_is_taken_back_into_use(lived_in: Home):
    assert "leadership was not disabled" in lived_in.says("webhook", "enable", "leadership")
    assert isinstance(lived_in.run("webhook", "enable", "nobody").exception, NotFoundError)


@pytest.mark.parametrize(("status", "code"), [(204, 0), (500, 1)])
def test_a_webhook_is_tried_and_its_answer_printed(home: Home, status, code):
    with serving({"/hook": Answer(status=status, body=b"so it is")}) as server:
        url = f"{server.url}/hook"
        result = home.run("webhook", "test", "leadership", HOOK_URL=url)
        as_json = home.run("webhook", "test", "leadership", "--json", HOOK_URL=url)

    assert (result.exit_code, as_json.exit_code) == (code, code)
    assert f"leadership answered {status}" in result.stdout
    assert json.loads(as_json.stdout)["delivered"] is (code == 0)
    assert url not in result.output + as_json.output


def test_a_webhook_that_does_not_answer_says_why(home: Home):
    result = home.run("webhook", "test", "leadership", HOOK_URL="http://127.0.0.1:1/hook")
    as_json = home.run(
        "webhook", "test", "leadership", "--json", HOOK_URL="http://127.0.0.1:1/hook"
    )

    assert result.exit_code == 1
    assert "leadership did not answer: " in result.stdout
    assert json.loads(as_json.stdout)["status"] is None


def test_a_webhook_needs_its_secrets_only_when_it_is_used(home: Home):
    assert isinstance(home.run("webhook", "test", "leadership").exception, ConfigError)
    assert isinstance(
        home.run("webhook", "test", "nobody", HOOK_URL="http://127.0.0.1:1").exception,
        NotFoundError,
    )
