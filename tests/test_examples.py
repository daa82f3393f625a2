"""The recorded examples and the starter config.toml: whole, in order, invented.

Does not ask what the monitor makes of them; the tests of the daemon and of replay do.
"""

from __future__ import annotations

import base64
import calendar
import json
import re
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]
import pytest

from monitor.config import load
from monitor.core.settings import Settings
from monitor.core.types import Level

ROOT = Path(__file__).parents[1]
FEED = ROOT / "examples" / "feed.xml"
REPLAY = ROOT / "examples" / "replay.jsonl"
CONFIG = ROOT / "config.toml"

#: Nobody real may be accused of anything, not even of a late bag.
REAL_NAMES = (
    "Lufthansa", "Ryanair", "easyJet", "United Airlines", "Delta", "Southwest", "Emirates",
    "KLM", "Air France", "British Airways", "Qantas", "Iberia", "Wizz", "Boeing", "Airbus",
    "Barclays", "HSBC", "Lloyds", "NatWest", "Monzo", "Revolut", "Santander", "Deutsche Bank",
    "Wells Fargo", "Citibank", "TSB", "Google", "Apple", "Amazon", "Microsoft", "Facebook",
    "Twitter", "Instagram", "TikTok", "YouTube", "WhatsApp", "Uber", "Booking.com", "Reuters",
    "BBC", "CNN", "Guardian", "Marriott", "Hilton", "GoFundMe", "Visa", "Mastercard", "PayPal",
)  # fmt: skip
REAL = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, REAL_NAMES))})(?!\w)", re.IGNORECASE)

FIELDS = {
    "id", "source", "url", "author", "author_followers", "text", "title",
    "published_at", "language", "engagement", "repost_of", "brand",
}  # fmt: skip


@pytest.fixture(scope="module")
def feed() -> Any:
    return feedparser.parse(FEED.read_bytes())


@pytest.fixture(scope="module")
def entries(feed: Any) -> list[Any]:
    """Oldest first, as things happened."""
    return list(reversed(feed.entries))


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in REPLAY.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(CONFIG, env={})


def said_at(entry: Any) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC)


def words(entry: Any) -> str:
    return f"{entry.get('title', '')} {entry.get('summary', '')}"


def seen(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record.get("seen_at") or record["published_at"])


def invented(url: str) -> bool:
    """RFC 2606 section 2: `.example` is never anybody's."""
    return (urlsplit(url).hostname or "").endswith(".example")


class TestFeed:
    def test_is_well_formed_rss_2_0_with_sixty_items(self, feed: Any) -> None:
        assert not feed.bozo
        assert feed.version == "rss20"
        assert len(feed.entries) == 60

    def test_every_item_has_a_guid_of_its_own_a_link_an_author_and_a_text(
        self, entries: list[Any]
    ) -> None:
        assert len({entry.id for entry in entries}) == 60
        assert len({entry.link for entry in entries}) == 60
        assert all(entry.author and entry.summary for entry in entries)
        assert all(invented(entry.link) for entry in entries)

    def test_runs_newest_first_over_two_days(self, feed: Any) -> None:
        times = [said_at(entry) for entry in feed.entries]
        assert all(later > earlier for later, earlier in pairwise(times))
        assert times[-1] >= datetime(2026, 11, 18, tzinfo=UTC)
        assert times[0] < datetime(2026, 11, 21, tzinfo=UTC)

    def test_names_the_right_day_of_the_week_in_every_date(self, feed: Any) -> None:
        for entry in feed.entries:
            assert entry.published.startswith(
                parsedate_to_datetime(entry.published).strftime("%a, ")
            )

    def test_writes_text_the_ways_real_feeds_do(self, entries: list[Any]) -> None:
        raw = FEED.read_text(encoding="utf-8")
        assert raw.count("<![CDATA[") == 1
        assert "&lt;p&gt;" in raw
        assert "&lt;a href=" in raw
        assert "&amp;amp;" in raw
        assert any(re.search(r"[\U0001F300-\U0001FAFF]", words(entry)) for entry in entries)
        assert {"GMT", "+0100"} == {entry.published.split()[-1] for entry in entries}

    def test_holds_one_incident_of_22_items_that_begins_with_the_passenger(
        self, entries: list[Any]
    ) -> None:
        first = next(entry for entry in entries if entry.author == "@mira_onwheels")
        last = next(entry for entry in entries if "has broken hip" in words(entry))
        story = entries[entries.index(first) : entries.index(last) + 1]
        aside = [entry for entry in story if entry.author in {"@meridianair", "@knitting_kat"}]
        before = " ".join(words(entry) for entry in entries[: entries.index(first)])
        assert len(story) - len(aside) == 22
        assert said_at(last) - said_at(first) < timedelta(hours=6)
        assert not re.search(r"MA318|wheelchair|drag|boycott", before)

    def test_has_reposts_that_repeat_the_first_post_word_for_word(
        self, entries: list[Any]
    ) -> None:
        first = next(entry for entry in entries if entry.author == "@mira_onwheels")
        reposts = [entry for entry in entries if entry.summary.startswith("RT @")]
        assert len(reposts) == 4
        assert {entry.summary for entry in reposts} == {f"RT @mira_onwheels: {first.summary}"}

    def test_has_items_about_other_meridians_items_about_nothing_and_the_airlines_own(
        self, entries: list[Any]
    ) -> None:
        brandless = [entry for entry in entries if "meridian" not in words(entry).lower()]
        owned = [entry for entry in entries if entry.author == "@meridianair"]
        for other in ("Meridian Hotels", "Prime Meridian", "liver meridian", "meridian line"):
            assert sum(other in words(entry) for entry in entries) == 1
        assert len(brandless) >= 3
        assert len(owned) == 2


class TestReplay:
    def test_has_120_records_over_three_days_in_the_order_they_were_seen(
        self, records: list[dict[str, Any]]
    ) -> None:
        times = [seen(record) for record in records]
        assert len(records) == 120
        assert times == sorted(times)
        assert {time.date().isoformat() for time in times} == {
            "2026-12-01", "2026-12-02", "2026-12-03",
        }  # fmt: skip

    def test_every_record_has_the_fields_of_a_mention_record(
        self, records: list[dict[str, Any]]
    ) -> None:
        for record in records:
            assert set(record) - {"seen_at"} == FIELDS
            assert record["brand"] is None
            assert record["text"].strip()
            assert invented(record["url"])
            assert datetime.fromisoformat(record["published_at"]).tzinfo is not None
            assert record["source"] in {"social", "news", "forum", "review"}
            assert record["author_followers"] is None or record["author_followers"] >= 0

    def test_engagement_is_counted_under_the_names_of_the_contract(
        self, records: list[dict[str, Any]]
    ) -> None:
        for record in records:
            assert set(record["engagement"]) <= {"likes", "reposts", "replies", "quotes", "views"}
            assert all(isinstance(value, int) for value in record["engagement"].values())

    def test_an_id_comes_again_only_as_a_later_and_higher_reading_of_the_same_words(
        self, records: list[dict[str, Any]]
    ) -> None:
        by_id: dict[str, list[dict[str, Any]]] = {}
        for record in records:
            by_id.setdefault(record["id"], []).append(record)
        for readings in by_id.values():
            for earlier, later in pairwise(readings):
                assert later["text"] == earlier["text"]
                assert seen(later) > seen(earlier)
                assert all(
                    later["engagement"][name] >= value
                    for name, value in earlier["engagement"].items()
                )
        assert len(by_id) == 101

    def test_a_repost_repeats_an_earlier_post_of_somebody_else(
        self, records: list[dict[str, Any]]
    ) -> None:
        first: dict[str, dict[str, Any]] = {}
        for record in records:
            original = first.get(record["repost_of"] or "")
            if record["repost_of"]:
                assert original is not None
                assert record["text"] == f"RT {original['author']}: {original['text']}"
                assert record["author"] != original["author"]
            first.setdefault(record["id"], record)
        assert sum(bool(record["repost_of"]) for record in first.values()) == 23

    def test_castell_bank_is_quiet_on_the_first_day_and_in_trouble_on_the_second(
        self, records: list[dict[str, Any]]
    ) -> None:
        days = Counter(
            record["published_at"][:10]
            for record in records
            if "castell bank" in f"{record['title']} {record['text']}".lower()
        )
        assert days["2026-12-01"] < 10
        assert days["2026-12-02"] > 40

    def test_one_post_is_seen_a_day_after_it_was_said(self, records: list[dict[str, Any]]) -> None:
        late = [
            record["id"]
            for at, record in enumerate(records)
            if record["id"] not in {earlier["id"] for earlier in records[:at]}
            and seen(record) - datetime.fromisoformat(record["published_at"]) > timedelta(days=1)
        ]
        assert late == ["m101"]


@pytest.mark.parametrize("path", [FEED, REPLAY], ids=lambda path: path.name)
def test_no_real_company_is_named(path: Path) -> None:
    text = re.sub(r"https?://\S+", " ", path.read_text(encoding="utf-8"))
    assert REAL.findall(text) == []


def test_the_readme_names_every_example() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    others = {path.name for path in FEED.parent.iterdir()} - {"README.md"}
    assert {name for name in others if f"`{name}`" not in text} == set()


class TestStarterConfiguration:
    def test_watches_the_invented_brands_of_the_examples(self, settings: Settings) -> None:
        airline = settings.brand("Meridian Air")
        assert [brand.name for brand in settings.brands] == ["Meridian Air", "Castell Bank"]
        assert airline.ambiguous == ("Meridian",)
        assert airline.exclude == ("Meridian Hotels", "Prime Meridian")
        assert "@meridianair" in airline.owned

    def test_polls_the_recorded_feed_and_alerts_on_its_old_items(self, settings: Settings) -> None:
        source = settings.source("recorded-example")
        assert source is not None
        assert Path(source.url) == FEED
        assert source.every == timedelta(minutes=1)
        assert source.backfill is None

    def test_polls_public_feeds_no_more_than_every_quarter_of_an_hour(
        self, settings: Settings
    ) -> None:
        public = [source for source in settings.sources if source.url.startswith("https://")]
        assert len(public) == 3
        assert {source.every for source in public} == {timedelta(minutes=15)}

    def test_tells_the_built_in_inbox_of_everything_from_watch_up(
        self, settings: Settings
    ) -> None:
        inbox = settings.webhook("inbox")
        assert inbox is not None
        assert settings.http is not None
        host, port = settings.http
        assert inbox.url.reveal() == f"http://{host}:{port}/inbox"
        assert host in settings.allow_private_hosts
        assert inbox.min_level is Level.WATCH
        assert inbox.events == ("incident.*", "source.*", "webhook.test")

    def test_its_secret_says_itself_that_it_is_an_example(self, settings: Settings) -> None:
        inbox = settings.webhook("inbox")
        assert inbox is not None
        (secret,) = inbox.secrets
        key = base64.b64decode(secret.reveal().removeprefix("whsec_"), validate=True)
        assert key == b"EXAMPLE-ONLY-replace-this-secret"

    def test_spells_out_the_alert_defaults_as_they_are(self, settings: Settings) -> None:
        assert settings.alerts == type(settings.alerts)()
        assert set(tomllib.loads(CONFIG.read_text(encoding="utf-8"))["alerts"]) == {
            "watch", "warning", "critical", "acknowledge_within",
            "repeat_after", "quiet_hours", "budget",
        }  # fmt: skip


def test_the_feed_is_utf_8_xml_without_a_document_type() -> None:
    """Hardened parsers refuse a DTD; ours must not need one."""
    raw = FEED.read_bytes()
    assert b"<!DOCTYPE" not in raw
    assert ET.fromstring(raw).tag == "rss"  # noqa: S314 - our own file
