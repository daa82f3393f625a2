"""The kinds of source that there are, by the name that stands in config.toml.

Does not know how any of them works.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.sources import feed, push
from monitor.sources.kind import Kind

_ALL: tuple[Kind, ...] = (feed.KIND, push.KIND)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
