"""What each server still lets us ask, by host and by account.

Does not decide (see `core.ratelimit`). Kept in memory: after a restart the first answer tells
anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.core import ratelimit
from monitor.core.polling import FetchResult, Request
from monitor.core.ratelimit import Allowance
from monitor.ports import Clock, Fetcher

#: Host and port, and the credential that is sent there; empty for none.
Account = tuple[str, str]


class Ledger:
    """One for all polls: sources of one host and account share what they may ask."""

    def __init__(self) -> None:
        self._known: dict[Account, Allowance] = {}

    def wait(self, account: Account, *, now: datetime) -> timedelta:
        return ratelimit.wait(self._known.get(account), now=now)

    def spend(self, account: Account) -> None:
        """A request is about to go out; those beside it must know before its answer comes."""
        known = self._known.get(account)
        if known is not None:
            self._known[account] = known.spent()

    def learn(self, account: Account, headers: Mapping[str, str], *, now: datetime) -> None:
        """What the server says counts, until it says otherwise."""
        told = ratelimit.told(headers, now=now)
        if told is not None:
            self._known[account] = told

    async def fetch(
        self, fetcher: Fetcher, request: Request, account: Account, *, clock: Clock
    ) -> FetchResult:
        """Ask on the account, and learn what is left of it."""
        self.spend(account)
        answer = await fetcher.fetch(request)
        self.learn(account, answer.headers, now=clock())
        return answer
