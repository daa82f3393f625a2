"""What the classifier said of one story: sums over all readings, and the worst few texts.

Answers with "credible" values: means over the leading readings, so that one grave post alone
counts in full and one noisy verdict among hundreds does not rule. Counts no people (see `tally`).
"""

from __future__ import annotations

import math
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from monitor.core.milestones import denies
from monitor.core.reading import log_odds
from monitor.core.types import HARMS, Mention, Stance, Verdict

#: Log-odds of an alarm that is no news: a further text with less confirms nothing. A tenth is more
#: than ordinary complaints get.
NO_NEWS = math.log(0.1 / 0.9)
#: From here on a text alleges something. Questions and offers get a tenth, mild grumbling more.
ALLEGES = 0.2
#: Texts on one thing come from one cause: each further one counts half as much as the one before.
FURTHER = 0.5
#: Kinds of sources whose titles no editor wrote.
UNEDITED = frozenset({"forum", "review", "reddit", "lemmy", "discourse", "appstore"})
#: Different texts kept, the worst ones.
MAX_TEXTS = 16
MAX_EVIDENCE = 5
MAX_TITLE = 120
MAX_TITLES = 3

_SUMMED = ("complaint", "outrage", "negative", "neutral", "positive")


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """One text as it was read; alarm and first-hand are discounted by doubt about the brand."""

    mention_id: int
    fingerprint: str
    title: str
    alarm: float
    severity: float
    firsthand: float
    #: An editor printed it, and answers for it.
    edited: bool
    #: In the order of `HARMS`.
    harms: tuple[float, ...]
    #: It holds something against the brand.
    alleges: bool = True
    #: It says that the story is not true: that bears nothing out.
    denies: bool = False
    #: Mentions with this text.
    copies: int = 1

    @property
    def rank(self) -> tuple[float, float, int]:
        """Worst first; of equals the earlier one."""
        return (-self.alarm, -self.severity, self.mention_id)


def read(
    mention: Mention, verdict: Verdict, *, wording: str | None = None, doubt: bool = True
) -> Read:
    """`wording` tells texts that are made after each other, see `wordings`.

    Without `doubt` it is taken to be about the brand.
    """
    about = verdict.about if doubt else 1.0
    is_denial = denies(mention, verdict)
    return Read(
        mention_id=mention.id,
        fingerprint=wording or mention.fingerprint,
        title=_title(mention),
        alarm=verdict.alarm * about,
        severity=verdict.severity,
        # Whoever was there and says that it is not true is no witness of it.
        firsthand=0.0 if is_denial else verdict.firsthand * about,
        edited=is_edited(mention),
        harms=tuple(verdict.harms.get(harm, 0.0) for harm in HARMS),
        alleges=alleges(verdict),
        denies=is_denial,
    )


def alleges(verdict: Verdict) -> bool:
    """Whether it alarms, complains or is set against the brand: a question bears nothing out."""
    against = max(verdict.alarm, verdict.complaint, verdict.stance.negative)
    return against >= ALLEGES


def leading(count: int) -> float:
    """Over how many of the worst readings a credible value is the mean.

    One of up to 8 readings; two of 16, three of 32, four of 64 or more: log2(count / 4). With
    more readings it is likelier that the worst of them is a slip of the classifier; a real
    incident has several grave readings by then. Four is the most, or a story that was grouped
    too widely would hide the grave posts in it.
    """
    return min(max(math.log2(max(count, 1) / 4), 1.0), 4.0)


class Readings:
    """Running sums of verdicts; merges with another one."""

    def __init__(self) -> None:
        self.count = 0
        self._languages: Counter[str] = Counter()
        self._sums = dict.fromkeys(_SUMMED, 0.0)
        self._worst: list[Read] = []

    @classmethod
    def of(cls, reads: Iterable[Read]) -> Readings:
        """The worst texts alone, without sums over all readings."""
        readings = cls()
        for each in reads:
            readings.count += 1
            readings._keep(each)
        return readings

    def add(self, mention: Mention, verdict: Verdict, *, wording: str | None = None) -> None:
        self.count += 1
        self._languages[verdict.language or ""] += 1
        self._sums["complaint"] += verdict.complaint * verdict.about
        self._sums["outrage"] += verdict.outrage * verdict.about
        self._sums["negative"] += verdict.stance.negative
        self._sums["neutral"] += verdict.stance.neutral
        self._sums["positive"] += verdict.stance.positive
        self._keep(read(mention, verdict, wording=wording))

    def absorb(self, other: Readings) -> None:
        self.count += other.count
        self._languages += other._languages
        for name, total in other._sums.items():
            self._sums[name] += total
        for each in other._worst:
            self._keep(each)

    def mean(self, name: str) -> float:
        """Of complaint, outrage, negative, neutral or positive over all readings."""
        return self._sums[name] / max(self.count, 1)

    @property
    def stance(self) -> Stance:
        if not self.count:
            return Stance(negative=0.0, neutral=1.0, positive=0.0)
        return Stance(
            negative=self.mean("negative"),
            neutral=self.mean("neutral"),
            positive=self.mean("positive"),
        )

    def credible(self, value: Callable[[Read], float]) -> float:
        """Mean of `value` over the leading readings, copies of a text counted as often as said."""
        return self._mean_of((value(each), each.copies) for each in self._worst)

    def _mean_of_most(self, value: Callable[[Read], float]) -> float:
        """The same over the readings in which it is highest."""
        found = ((value(each), each.copies) for each in self._worst)
        return self._mean_of(sorted(found, reverse=True))

    def _mean_of(self, values: Iterable[tuple[float, int]]) -> float:
        room = total = leading(self.count)
        found = 0.0
        for value, copies in values:
            share = min(float(copies), room)
            found += share * value
            room -= share
        return found / total

    @property
    def best_alarm(self) -> float:
        """The highest alarm of one text, 0 to 1; 0 without any."""
        return self._worst[0].alarm if self._worst else 0.0

    @property
    def firsthand(self) -> float:
        """Best first-hand evidence of what is grave: each discounted by how far its alarm lags."""
        return self._best(lambda each: each.firsthand)

    @property
    def vouched(self) -> float:
        """How far somebody answers for what is grave, discounted in the same way."""
        return self._best(lambda each: 1.0 if each.edited else each.firsthand)

    @property
    def edited(self) -> float:
        """Whether what is grave was printed, discounted in the same way."""
        return self._best(lambda each: float(each.edited))

    def _best(self, value: Callable[[Read], float]) -> float:
        worst = max(self.best_alarm, 1e-9)
        return max((value(each) * each.alarm / worst for each in self._worst), default=0.0)

    @property
    def backing(self) -> float:
        """Log-odds that further texts, in other words, add to the alarm of the leading ones."""
        further = self._worst[math.ceil(leading(self.count)) :]
        bearing = (each for each in further if not each.denies)
        gains = (max(0.0, log_odds(each.alarm) - NO_NEWS) for each in bearing)
        return sum(FURTHER ** (place + 1) * gain for place, gain in enumerate(gains))

    @property
    def harms(self) -> dict[str, float]:
        """Credible probability of each harm, over the readings that allege it most.

        Who speaks of the inquiry that followed takes nothing from what it is about.
        """
        return {harm: self._harm(place) for place, harm in enumerate(HARMS)}

    def _harm(self, place: int) -> float:
        worst = max(self.best_alarm, 1e-9)
        return self._mean_of_most(lambda each: each.harms[place] * each.alarm / worst)

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639 codes, the most frequent first; without those that are not known."""
        counted = sorted(self._languages.items(), key=lambda each: (-each[1], each[0]))
        return tuple(language for language, _ in counted if language)

    @property
    def titles(self) -> tuple[str, ...]:
        """What the story could be called, best first: by those who take it back only at last."""
        named = sorted(self._worst, key=lambda each: each.denies)
        return tuple(dict.fromkeys(each.title for each in named if each.title))[:MAX_TITLES]

    @property
    def evidence(self) -> tuple[int, ...]:
        """Ids of mentions, worst first, each another text; harmless ones if there is no other."""
        alleging = [each for each in self._worst if each.alleges] or self._worst
        return tuple(each.mention_id for each in alleging[:MAX_EVIDENCE])

    @property
    def ids(self) -> frozenset[int]:
        """All mentions that are kept."""
        return frozenset(each.mention_id for each in self._worst)

    def _keep(self, new: Read) -> None:
        known = next((old for old in self._worst if old.fingerprint == new.fingerprint), None)
        if known is not None:
            self._worst.remove(known)
            new = replace(min(known, new, key=_rank), copies=known.copies + new.copies)
        insort(self._worst, new, key=_rank)
        del self._worst[MAX_TEXTS:]


def is_edited(mention: Mention) -> bool:
    """Whether it has a headline and no forum or shop for reviews is where it stands."""
    return mention.title is not None and mention.kind not in UNEDITED


def _rank(each: Read) -> tuple[float, float, int]:
    return each.rank


def _title(mention: Mention) -> str:
    """Its title or the beginning of its text, on one line, at most `MAX_TITLE` characters."""
    line = " ".join((mention.title or mention.text).split())
    if len(line) <= MAX_TITLE:
        return line
    return line[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"
