"""What one batch has to say of incidents, and the parts that explain how each stands.

Words and sends nothing (see `announce`); which news there is the docket says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.core.explain import explained
from monitor.core.types import Part
from monitor.stages.news import MERGED, News


class Tidings:
    """News in the order in which it came."""

    def __init__(self) -> None:
        self.news: list[News] = []
        #: Of each incident that was judged, by id.
        self.parts: dict[int, tuple[Part, ...]] = {}
        #: Titles of stories that would have been pages, by the story that each goes into.
        self.sides: dict[int, str] = {}

    @property
    def told(self) -> frozenset[int]:
        """Incidents of which something is said."""
        return frozenset(news.incident.id for news in self.news)

    @property
    def merged(self) -> frozenset[int]:
        """Those of them that go into another one."""
        return frozenset(news.incident.id for news in self.news if news.type == MERGED)

    def explain(self, names: Mapping[int, Sequence[str]]) -> None:
        """Say which words moved the alarm, by incident."""
        for incident_id, parts in self.parts.items():
            self.parts[incident_id] = explained(parts, names[incident_id])
