"""Lists of feeds that readers write, whole, broken and hostile."""

from __future__ import annotations

import pytest

from monitor.errors import InputError
from monitor.sources import opml
from monitor.sources.opml import Subscription, Subscriptions

LIST = b"""<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
 <outline text="News">
  <outline type="rss" text="One" xmlUrl="https://one.example/feed" htmlUrl="https://one.example"/>
  <outline type="rss" text="two" title="Two &amp; more" XMLURL="https://two.example/feed"/>
 </outline>
 <outline text="One again" xmlUrl="https://one.example/feed"/>
 <outline xmlUrl="https://nameless.example/feed"/>
 <outline text="a folder"/>
 <outline text="bad" xmlUrl="javascript:alert(1)"/>
 <outline text="local" xmlUrl="/etc/passwd"/>
 <other text="x" xmlUrl="https://other.example/"/>
</body></opml>"""


def test_every_feed_is_found_once_whatever_folder_it_is_in():
    assert opml.read(LIST).feeds == (
        Subscription(name="One", url="https://one.example/feed"),
        Subscription(name="Two & more", url="https://two.example/feed"),
        Subscription(name="https://nameless.example/feed", url="https://nameless.example/feed"),
    )


def test_addresses_that_are_not_of_the_web_are_named():
    assert opml.read(LIST).unusable == ("javascript:alert(1)", "/etc/passwd")


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("feed://a.example/rss", "http://a.example/rss"),
        ("feed:https://a.example/rss", "https://a.example/rss"),
        ("FEED:http://a.example/rss", "http://a.example/rss"),
    ],
)
def test_an_address_in_the_scheme_of_feeds_is_that_of_the_web(address, url):
    body = f'<opml><outline text="a" xmlUrl="{address}"/></opml>'.encode()
    assert opml.read(body) == Subscriptions(feeds=(Subscription(name="a", url=url),))


@pytest.mark.parametrize("address", ["feed:", "feed:javascript:alert(1)", "feed:///etc/passwd"])
def test_the_scheme_of_feeds_leads_to_nothing_else(address):
    body = f'<opml><outline text="a" xmlUrl="{address}"/></opml>'.encode()
    assert opml.read(body) == Subscriptions(feeds=(), unusable=(address,))


def test_a_list_may_be_in_another_encoding():
    text = '<?xml version="1.0" encoding="iso-8859-1"?><opml><body><outline text="Zürich"'
    body = f'{text} xmlUrl="https://a.example"/></body></opml>'.encode("latin-1")
    assert opml.read(body).feeds[0].name == "Zürich"


def test_a_list_may_be_empty():
    assert opml.read(b"<OPML/>") == Subscriptions(feeds=())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "not OPML: no element found in line 1"),
        (b"<opml><body>", "not OPML: no element found in line 1"),
        (b"<rss><channel/></rss>", "not OPML: its root is <rss>"),
        (b"<opml>&x;</opml>", "not OPML: undefined entity in line 1"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "not OPML: it has a DTD"),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml/>', "not OPML: it has a DTD"),
        (b"<opml>" + b" " * opml.MAX_BYTES + b"</opml>", "larger than 5 MiB: no list of feeds"),
    ],
)
def test_what_is_no_list_is_refused_in_plain_words(body, error):
    with pytest.raises(InputError, match=f"^{error}"):
        opml.read(body)


def test_names_are_one_clean_line():
    body = b'<opml><outline text="a&#10;b" xmlUrl="https://a.example"/></opml>'
    assert opml.read(body).feeds[0].name == "a b"
