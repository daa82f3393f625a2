"""Which addresses may be connected to: the public internet, and what the user allowed.

Does not resolve names (see `adapters.transport`), nor say which URLs may become links (see
`fields.web_url`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

#: To whoever names a file that there is not: an address that was typed in a hurry is a path, too.
WITHOUT_SCHEME = "an address of the web begins with https://"

#: RFC 4193.
_UNIQUE_LOCAL = IPv6Network("fc00::/7")
#: RFC 6052: how a host with IPv6 alone reaches IPv4; the last 32 bits are the true address.
_NAT64 = IPv6Network("64:ff9b::/96")
#: Patterns are none either: hosts are named one by one.
_NO_HOST = re.compile(r"[\s*?,;]")
#: All that IANA has handed out for use on the internet.
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def forbidden(ip: str, *, host: str, port: int, allowed: Iterable[str] = ()) -> str | None:
    """Say why `ip` must not be connected to, or None if it may be.

    `host` is the name as the URL has it, which resolved to `ip`. `allowed` has entries "host" or
    "host:port", by name or by address. Against server-side request forgery: a feed must not make
    us ask the user's router, nor the metadata service of a cloud.
    """
    kind = _kind(_true_address(ip_address(ip)))
    if kind is None or _is_allowed(ip, host, port, allowed):
        return None
    shown = ip if ip == host else f"{host} ({ip})"
    article = "an" if kind[0] in "aeiou" else "a"
    return f"{shown} is {article} {kind} address; allow_private_hosts does not name it"


def is_this_machine(host: str) -> bool:
    """Whether a name or an address of a host leads nobody farther than the machine they are on."""
    try:
        ip = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return ip.is_loopback or ip.is_unspecified


def names_host(url: str, *, alone: bool = False) -> bool:
    """Whether a URL names a host that could be asked; `alone`: and nothing but it and a port."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if alone and (parts.path or parts.query or parts.fragment or "@" in parts.netloc):
        return False
    return host is not None and _NO_HOST.search(host) is None


def _true_address(ip: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _kind(ip: Address) -> str | None:
    """What keeps an address from being public; the most telling word first."""
    for kind, applies in (
        ("loopback", ip.is_loopback),
        ("link-local", ip.is_link_local),
        ("multicast", ip.is_multicast),
        ("unspecified", ip.is_unspecified),
        (
            "reserved",
            # What `is_private` says of these hangs on the release of Python.
            isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST and ip not in _UNIQUE_LOCAL,
        ),
        ("private", not ip.is_global),
    ):
        if applies:
            return kind
    return None


def _is_allowed(ip: str, host: str, port: int, allowed: Iterable[str]) -> bool:
    names = {_plain(host), _plain(ip), str(_true_address(ip_address(ip)))}
    spellings = (
        names | {f"{name}:{port}" for name in names} | {f"[{name}]:{port}" for name in names}
    )
    return any(_plain(entry) in spellings for entry in allowed)


def _plain(name: str) -> str:
    """Without case, the dot of a full name, or the brackets of a lone IPv6 address."""
    name = name.strip().lower().removesuffix(".")
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name
