"""Which addresses are connected to: tables, and the standard library as judge."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.addresses import forbidden, names_host


def refused(ip: str, *, host: str = "feeds.example", port: int = 443, allowed: str = "") -> bool:
    return forbidden(ip, host=host, port=port, allowed=allowed.split()) is not None


@pytest.mark.parametrize(
    "ip",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "2606:4700:4700::1111",
        "2a00:1450:4001:81b::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_public_addresses_may_be_connected_to(ip: str) -> None:
    assert not refused(ip)


@pytest.mark.parametrize(
    ("ip", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::1", "loopback"),
        ("10.0.0.5", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("64:ff9b::c0a8:101", "private"),
        ("fd00::1", "private"),
        ("100.64.0.1", "private"),
        ("192.0.2.1", "private"),
        ("169.254.169.254", "link-local"),
        ("::ffff:169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("224.0.0.1", "multicast"),
        ("232.1.1.1", "multicast"),
        ("ff0e::1", "multicast"),
        ("240.0.0.1", "private"),
        ("255.255.255.255", "private"),
        ("fec0::1", "reserved"),
        ("::8.8.8.8", "reserved"),
        ("64:ff9b:1::808:808", "reserved"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "private"),
        ("2001:db8::1", "private"),
    ],
)
def test_all_others_are_refused_by_their_kind(ip: str, kind: str) -> None:
    assert forbidden(ip, host="feeds.example", port=443) == (
        f"feeds.example ({ip}) is a {kind} address; allow_private_hosts does not name it"
    )


@pytest.mark.parametrize("ip", ["0.0.0.0", "::"])  # noqa: S104 - never bound to
def test_the_unspecified_address_is_refused_in_good_english(ip: str) -> None:
    assert forbidden(ip, host=ip, port=443) == (
        f"{ip} is an unspecified address; allow_private_hosts does not name it"
    )


def test_an_address_that_stands_in_the_url_is_named_once() -> None:
    assert forbidden("10.0.0.5", host="10.0.0.5", port=80) == (
        "10.0.0.5 is a private address; allow_private_hosts does not name it"
    )


@pytest.mark.parametrize(
    ("allowed", "ip", "host", "port"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", 8300),
        ("127.0.0.1:8300", "127.0.0.1", "127.0.0.1", 8300),
        ("127.0.0.1", "127.0.0.1", "localhost", 80),
        ("localhost", "127.0.0.1", "localhost", 80),
        ("localhost", "::1", "localhost", 80),
        ("LOCALHOST.", "127.0.0.1", "localhost", 80),
        ("alerts.lan:9093", "10.0.0.5", "Alerts.Lan.", 9093),
        ("10.0.0.5:9093", "10.0.0.5", "alerts.lan", 9093),
        ("::1", "::1", "::1", 80),
        ("[::1]", "::1", "::1", 80),
        ("[::1]:8300", "::1", "::1", 8300),
        ("127.0.0.1", "::ffff:127.0.0.1", "mapped.example", 80),
        ("a.example 10.0.0.5 b.example", "10.0.0.5", "10.0.0.5", 80),
    ],
)
def test_what_the_user_allowed_may_be_connected_to(
    allowed: str, ip: str, host: str, port: int
) -> None:
    assert not refused(ip, host=host, port=port, allowed=allowed)


@pytest.mark.parametrize(
    ("allowed", "ip", "host", "port"),
    [
        ("127.0.0.1:8300", "127.0.0.1", "127.0.0.1", 8301),
        ("localhost:8300", "127.0.0.1", "localhost", 80),
        ("10.0.0.5", "10.0.0.6", "10.0.0.6", 80),
        ("lan", "10.0.0.5", "alerts.lan", 80),
        ("alerts.lan", "10.0.0.5", "lan", 80),
        ("", "10.0.0.5", "alerts.lan", 80),
        ("[::1]:8300", "::1", "::1", 80),
    ],
)
def test_nothing_beside_it_is_allowed(allowed: str, ip: str, host: str, port: int) -> None:
    assert refused(ip, host=host, port=port, allowed=allowed)


@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_private_gets_through(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    # 64:ff9b::/96 counts as global there, whatever it stands for; that is tested above. Releases
    # differ on 2002::/16, where the IPv4 address inside is what is connected to.
    stands_for = ip.sixtofour if isinstance(ip, ipaddress.IPv6Address) else None
    if not refused(str(ip)):
        assert (stands_for or ip).is_global
        assert not ip.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_all_its_disguises(ip: ipaddress.IPv4Address) -> None:
    bare = refused(str(ip))
    assert refused(f"::ffff:{ip}") == bare
    assert refused(str(ipaddress.IPv6Address((0x64FF9B << 96) + int(ip)))) == bare
    assert refused(str(ipaddress.IPv6Address((0x2002 << 112) + (int(ip) << 80)))) == bare


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "nas", "Nas.local.", "nas_1:80", "::1", "[::1]", "[::1]:8080", "bücher.example"],
)
def test_a_host_is_told_with_or_without_a_port(host: str) -> None:
    name = f"[{host}]" if host == "::1" else host
    assert names_host(f"//{name}", alone=True)


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.0/8", "http://nas/", "*.lan", "ann@nas", "nas:http", "nas:65536", "a b", "[::1"),
        *("nas?x", "nas#x"),
    ],
)
def test_what_is_more_or_less_than_a_host_is_none(host: str) -> None:
    assert not names_host(f"//{host}", alone=True)


@pytest.mark.parametrize("url", ["http://", "https:///hook", "https://:80/", "https://a:99999/"])
def test_an_address_without_a_host_cannot_be_asked(url: str) -> None:
    assert not names_host(url)
    assert names_host("https://ann:key@hooks.example/T0?x=1#y")
