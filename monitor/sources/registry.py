"""The kinds of source that there are, by the name that stands in config.toml.

Does not know how any of them works.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.sources import (
    appstore,
    bluesky,
    discourse,
    feed,
    file,
    gdelt,
    googlenews,
    hackernews,
    lemmy,
    mastodon,
    mastodonlive,
    push,
    reddit,
    stackexchange,
    youtube,
)
from monitor.sources.kind import Kind
from monitor.sources.streaming import Live, Streaming

_ALL: tuple[Kind, ...] = (
    appstore.KIND,
    bluesky.KIND,
    discourse.KIND,
    feed.KIND,
    file.KIND,
    gdelt.KIND,
    googlenews.KIND,
    hackernews.KIND,
    lemmy.KIND,
    mastodon.KIND,
    push.KIND,
    reddit.KIND,
    stackexchange.KIND,
    youtube.KIND,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
#: How to read those that come without being asked for.
STREAMS: Mapping[str, Streaming] = {bluesky.KIND.name: bluesky.STREAM}
#: Those that are polled and, if the configuration says so, followed live beside.
LIVE: Mapping[str, Live] = {mastodon.KIND.name: mastodonlive.LIVE}
