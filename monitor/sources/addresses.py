"""Addresses of interfaces, made of an address that a person wrote.

Does not fetch, and checks nothing (see `cleaning.web_address` for what strangers wrote).
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit


def endpoint(url: str, path: str, **params: str | int | None) -> str:
    """Join `path` to the host of `url`.

    Its query is that of `url`, and `params` that are not None, instead of what it says of them.
    """
    parts = urlsplit(url)
    given = {name: value for name, value in params.items() if value is not None}
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in given]
    query = urlencode([*kept, *given.items()], quote_via=quote)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def path(url: str) -> str:
    """The path without a slash at its end; empty for the bare host."""
    return urlsplit(url).path.rstrip("/")


def origin(url: str) -> str:
    """Scheme and host, as in `https://example.com`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host(url: str) -> str:
    """The name of the host in lower case; empty if there is none."""
    return urlsplit(url).hostname or ""


def phrase(name: str) -> str:
    """A name between quotation marks, which the searches of most services take for exact words."""
    return '"' + " ".join(name.replace('"', " ").split()) + '"'
