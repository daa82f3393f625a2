"""Once a week: praise in the words of its authors, for webhooks that ask for `praise.digest`.

Does not read mentions: they were read when they came.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.digest import MOST_STORIES, Week, event_data, weeks
from monitor.core.event import MAX_BYTES, operational_body
from monitor.core.outbox import NewAlert
from monitor.core.quiet import recipients
from monitor.core.settings import Settings
from monitor.ports import Store
from monitor.stages import announce

DIGEST = "praise.digest"
EVERY = timedelta(weeks=1)
#: How often it is looked whether there is anything to tell, once a week has passed.
_LOOK_EVERY = timedelta(hours=1)


class Praising:
    """Makes the digest when a week has passed since the last one and somebody was praised."""

    def __init__(self, *, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._looked_at: datetime | None = None

    def step(self, now: datetime) -> None:
        """Put the digest into the outbox if its time has come."""
        if self._looked_at is not None and now - self._looked_at < _LOOK_EVERY:
            return
        self._looked_at = now
        last = self._store.last_alert_at(DIGEST)
        if (last is not None and now - last < EVERY) or not self._is_wanted():
            return
        found = self._weeks(now)
        if any(week.stories for week in found):
            self._store.add_alerts((self._alert(found, now),))

    def _is_wanted(self) -> bool:
        return bool(recipients(self._settings, type=DIGEST, level=None, brand=None))

    def _weeks(self, now: datetime) -> tuple[Week, ...]:
        before = self._store.opinions(now - 2 * EVERY, now - EVERY)
        return weeks(self._store.opinions(now - EVERY, now), before, self._settings.brands)

    def _alert(self, found: tuple[Week, ...], now: datetime) -> NewAlert:
        """With as many stories, and then brands, as a message holds."""
        for brands in range(len(found), 0, -1):
            for stories in range(MOST_STORIES, 0, -1):
                data = event_data(
                    _loudest(found, brands), since=now - EVERY, until=now, stories=stories
                )
                if _fits(data, now):
                    return announce.operational_alert(
                        DIGEST, data, settings=self._settings, now=now
                    )
        raise AssertionError("one story of one brand always fits")


def _loudest(found: tuple[Week, ...], count: int) -> tuple[Week, ...]:
    """The brands that were praised most."""
    return tuple(sorted(found, key=lambda week: -week.total.praise)[:count])


def _fits(data: dict[str, object], now: datetime) -> bool:
    try:
        return len(operational_body(DIGEST, now, data).encode()) <= MAX_BYTES
    except ValueError:
        return False
