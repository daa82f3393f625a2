"""One story as the assess loop keeps it in mind, and what counts towards one.

Does not file, join or forget stories (see `tracker`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.core.burns import Burn, newest
from monitor.core.echoes import Count
from monitor.core.explain import Word, named
from monitor.core.hindsight import LIKELIER
from monitor.core.intake import ASSUMED
from monitor.core.stories import Merge
from monitor.core.tally import Tally
from monitor.core.types import Evidence, Mention, Verdict, as_evidence

#: Of a mention that names the brand outright only a sure no is believed (of the classifier's
#: own, .05); any other counts where it is likelier about the brand than not.
ABOUT_CERTAIN = 0.2
#: Mentions kept per story for showing, before they are thinned to those that may be evidence.
SHOWN_MAX = 64
#: A story whose posts are passed on and answered by so much more is looked at again.
GROWN_BY = 1.1
#: Mentions whose words are told to people: the credible alarm is the mean of up to four.
LEADING = 3
#: Mentions that are compared with well-known cases: the five worst may be of one side of it alone.
TELLING = 24


@dataclass(slots=True)
class TrackedStory:
    """One story: its running sums, its mentions, and its incident if it became one."""

    tally: Tally
    mention_ids: list[int] = field(default_factory=list)
    incident_id: int | None = None
    #: (brand, native id) of its mentions.
    keys: list[tuple[str, str]] = field(default_factory=list)
    #: The mentions that may be shown as evidence.
    shown: dict[int, Mention] = field(default_factory=dict)
    #: What it is a part of, if complaints have trickled in for weeks.
    burn: Burn | None = None
    #: Log-likelihood ratio that others say the same of the brand, in other stories too.
    others: float = 0.0
    #: Which words moved the alarm of those that led the story when people were told.
    words: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    #: How far it had spread when it was last judged because its counts had risen.
    heard: float = 0.0

    def add(self, mention: Mention, verdict: Verdict, counted: Iterable[Count]) -> None:
        """Count a mention, and what was `counted` on it unless it is history."""
        self.tally.add(mention, verdict)
        for count in () if mention.history else counted:
            self.tally.hear(count)
        self.mention_ids.append(mention.id)
        self.keys.append((mention.brand, mention.native_id))
        self._show(mention)

    def absorb(self, other: TrackedStory) -> None:
        """Add all that `other` holds, but for its incident: the two stories are one."""
        self.tally.absorb(other.tally)
        self.mention_ids += other.mention_ids
        self.keys += other.keys
        self.shown |= other.shown
        self.words |= other.words
        self.burn = newest(self.burn, other.burn)
        self.others = max(self.others, other.others)

    def _show(self, mention: Mention) -> None:
        self.shown[mention.id] = mention
        if len(self.shown) > SHOWN_MAX:
            keep = self.tally.evidence_ids()
            self.shown = {i: shown for i, shown in self.shown.items() if i in keep}

    @property
    def worst(self) -> list[Mention]:
        """The mentions that people are shown, worst first."""
        return [self.shown[i] for i in self.tally.evidence if i in self.shown]

    @property
    def telling(self) -> list[Mention]:
        """The mentions that tell best what it is about: the worst, and what else is in mind."""
        return list({m.id: m for m in (*self.worst, *self.shown.values())}.values())[:TELLING]

    @property
    def evidence(self) -> list[Evidence]:
        """The worst, as they are shown."""
        return [as_evidence(mention) for mention in self.worst]

    @property
    def leading(self) -> list[Mention]:
        """The few mentions on which the alarm of the story rests, worst first."""
        return [self.shown[i] for i in self.tally.evidence[:LEADING] if i in self.shown]

    @property
    def has_grown(self) -> bool:
        """Whether it has spread by `GROWN_BY` since `mark_heard`."""
        return self.tally.spread >= GROWN_BY * self.heard

    def mark_heard(self) -> None:
        """It is looked at now: only what comes after this is growth."""
        self.heard = self.tally.spread

    @property
    def names(self) -> tuple[str, ...]:
        """The words that moved its alarm most, as far as that was found out."""
        return named(self.words.get(mention.id, ()) for mention in self.leading)


class Joined(NamedTuple):
    """A story that went into another one, and both as they were in mind."""

    merge: Merge
    kept: TrackedStory
    gone: TrackedStory


def counts(mention: Mention, verdict: Verdict) -> bool:
    """Whether a mention is about its brand, and so counts towards a story."""
    if mention.matched_by == ASSUMED:
        return True
    return verdict.about >= (ABOUT_CERTAIN if mention.certain else LIKELIER)
