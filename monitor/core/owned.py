"""Which brands own the site or the account an item comes from.

Exact hosts and their subdomains, or what lies below one address of them; exact accounts. Does not
guess from display names in other forms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from monitor.core.settings import Brand

_LONGEST_HOST = 253  # RFC 1035, section 2.3.4


class Owners:
    """Sites and accounts of the brands, looked up in a time that does not depend on how many."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._order = {brand.name: place for place, brand in enumerate(brands)}
        #: Of each host: below which path, as its steps, all is whose.
        self._hosts: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._accounts: dict[str, list[str]] = defaultdict(list)
        for brand in brands:
            for entry in brand.owned:
                self._add(entry.strip(), brand.name)

    def _add(self, entry: str, brand: str) -> None:
        address = entry if "://" in entry else f"//{entry}"
        host = "" if entry.startswith("@") else _host(address)
        if "." in host:
            # The page of a brand on a network does not make the network its own.
            self._hosts[host.removeprefix("www.")].append((_steps(address), brand))
        # An entry without "@" may be either; on Bluesky a host is an account as well.
        self._accounts[_account(entry)].append(brand)

    def find(self, url: str | None, author: str | None) -> tuple[str, ...]:
        """Names of the brands, in the order of the configuration."""
        steps = _steps(url or "")
        found = {
            brand
            for host in _with_parents(_host(url or ""))
            for below, brand in self._hosts.get(host, ())
            if steps[: len(below)] == below
        }
        if author:
            found.update(self._accounts.get(_account(author), ()))
        return tuple(sorted(found, key=self._order.__getitem__))


def _account(name: str) -> str:
    return name.strip().removeprefix("@").casefold()


def _host(url: str) -> str:
    """Host in its ASCII form, or nothing for an address that has none or is broken."""
    try:
        host = (urlsplit(url.strip()).hostname or "").strip(".")
        return host.encode("idna").decode("ascii") if len(host) <= _LONGEST_HOST else ""
    except ValueError:  # also UnicodeError
        return ""


def _steps(url: str) -> tuple[str, ...]:
    """The parts of its path, in one case; none of an address that is broken."""
    try:
        return tuple(filter(None, urlsplit(url.strip()).path.casefold().split("/")))
    except ValueError:
        return ()


def _with_parents(host: str) -> Iterable[str]:
    labels = host.split(".")
    return (".".join(labels[place:]) for place in range(len(labels)))
