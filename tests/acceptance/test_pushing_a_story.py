"""Other programs post mention records to the daemon: a leader hears of it, and nothing is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE

TOKEN = "only-for-these-tests-7f31c9e2"


@pytest.fixture
def pushed(tmp_path: Path, leaders: Receiver) -> House:
    """One brand, leaders, and no source at all but what is pushed."""
    home = House(tmp_path)
    home.brand("Meridian Air", description="regional airline")
    home.webhook("leadership", leaders.url)
    home.monitor["push_token"] = "env:PUSH_TOKEN"
    home.listen()
    home.write()
    return home


def record(number: int, text: str) -> dict[str, object]:
    return {
        "id": f"t{number}",
        "source": "twitter",
        "url": f"https://x.example/{number}",
        "author": f"@traveller{number}",
        "author_followers": 1200,
        "text": text,
        "published_at": datetime.now(UTC).isoformat(),
        "engagement": {"likes": number},
    }


def push(house: House, *rows: dict[str, object], token: str = TOKEN) -> httpx.Response:
    """As a good sender does: what is asked to wait is sent again."""
    body = "\n".join(map(json.dumps, rows))
    answer = wait_for(lambda: _taken(house, body, token))
    assert answer is not None
    return answer


def _taken(house: House, body: str, token: str) -> httpx.Response | None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    with httpx.Client(trust_env=False, timeout=60) as client:
        url = f"http://{house.monitor['http']}/push"
        answer = client.post(url, content=body, headers=headers)
    return None if answer.status_code == 503 and answer.headers["retry-after"] else answer


def test_a_story_that_is_pushed_alerts_leadership(pushed: House, leaders: Receiver) -> None:
    grave = GRAVE.format(brand="Meridian Air")
    with pushed.daemon(PUSH_TOKEN=TOKEN) as daemon:
        assert push(pushed, record(1, grave), token="wrong").status_code == 401
        answer = push(pushed, record(1, grave), record(2, "a sunny day"), {"id": "t3", "text": 7})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "accepted": 1,
            "updated": 0,
            "unmatched": 1,
            "deleted": 0,
            "ignored": 0,
            "errors": [{"line": 3, "error": "text: should be text, not int"}],
        }
        wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)
        status = pushed.answers("status")
        assert daemon.end() == 0
        assert TOKEN not in daemon.stderr.read_text()
    [alert] = leaders.accepted
    assert alert.type == "incident.opened"
    assert alert.data["evidence"][0]["source"] == "twitter"
    assert alert.data["evidence"][0]["engagement"] == {"likes": 1}
    assert [(one["name"], one["kind"], one["state"]) for one in status["sources"]] == [
        ("twitter", "push", "healthy")
    ]


def test_a_daemon_that_is_killed_has_stored_all_that_it_took(pushed: House) -> None:
    """A sender that got no answer sends again; one that got it need not."""
    rows = [record(n, f"Meridian Air is late, part {n}") for n in range(200)]
    told = 0
    for at in range(0, len(rows), 100):
        with pushed.daemon(PUSH_TOKEN=TOKEN) as daemon:
            assert push(pushed, *rows[at : at + 100]).json()["accepted"] == 100
            told += 100
            daemon.kill()
        assert pushed.count("SELECT count(*) FROM mentions") == told
    with pushed.daemon(PUSH_TOKEN=TOKEN):
        again = push(pushed, *rows).json()
    assert (again["accepted"], again["updated"]) == (0, 200)
    assert pushed.count("SELECT count(*) FROM mentions") == 200


def test_without_a_token_nobody_may_push(pushed: House) -> None:
    pushed.monitor["push_token"] = ""
    pushed.write()
    with pushed.daemon():
        answer = push(pushed, record(1, "Meridian Air"), token="none")
    assert (answer.status_code, "push_token" in answer.text) == (403, True)
