"""Running sums of one story, and the facts that follow from them.

Adding a mention costs about the same whatever the size of the story, and the memory of a story
is bounded. Does not judge (see `risk`), forecast (see `growth`) nor group (see `stories`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.brief import headline
from monitor.core.echoes import Count, Echoes
from monitor.core.extent import Extent
from monitor.core.lately import Lately, Told
from monitor.core.milestones import DENIED, Reached, reached
from monitor.core.people import Voices
from monitor.core.readings import MAX_EVIDENCE, MAX_TITLES, Readings, alleges
from monitor.core.speakers import speaker
from monitor.core.types import Mention, Stance, Verdict
from monitor.core.wordings import Wordings


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryFacts:
    """What is known of one story at one moment; only mentions about the brand, no history.

    Probabilities and shares lie in 0 to 1. "Credible" values are means over the few worst
    readings (see `readings.leading`).
    """

    brand: str
    #: The moment.
    at: datetime
    #: Said first and last, and first seen by the monitor; `at` without a mention. Talk from before
    #: anything was held against the brand counts neither here nor below (see `extent`).
    first_at: datetime
    last_at: datetime
    first_seen_at: datetime
    #: Reposts included.
    mention_count: int = 0
    repost_count: int = 0
    author_count: int = 0
    source_count: int = 0
    #: Authors who alleged something in their own words: neither reposts, copies nor questions.
    voices: int = 0
    #: Kind of source to when the first mention from it was seen.
    kinds: Mapping[str, datetime] = field(default_factory=dict)
    #: What turned the story, by name.
    milestones: Mapping[str, Reached] = field(default_factory=dict)
    #: Seconds since `first_at`, ascending.
    times: tuple[float, ...] = ()
    #: How many mentions each of `times` stands for.
    times_weight: int = 1
    #: (seconds since `first_at`, how many), ascending: reposts, quotes and replies that were
    #: counted on its posts and not seen as mentions.
    echoes: tuple[tuple[float, float], ...] = ()
    #: Credible alarm, and the highest single one.
    alarm: float = 0.0
    best_alarm: float = 0.0
    #: Credible severity, 0 to 4.
    severity: float = 0.0
    #: Best first-hand evidence among the worst readings.
    firsthand: float = 0.0
    #: How far somebody answers for what is grave: an eyewitness, or an editor.
    vouched: float = 0.0
    #: Whether an edited source reports what is grave.
    edited: float = 0.0
    #: Log-odds that further texts in other words add to the alarm.
    backing: float = 0.0
    #: Means over all readings.
    outrage: float = 0.0
    stance: Stance = field(default_factory=lambda: Stance(negative=0.0, neutral=1.0, positive=0.0))
    #: Expected number of independent authors with a complaint.
    complainants: float = 0.0
    #: Credible probability of each harm.
    harms: Mapping[str, float] = field(default_factory=dict)
    #: Followers of all authors whose number is known, and of how many authors it is.
    reach: int = 0
    reach_known: int = 0
    #: Of the posts that are not reposts: the same wording again in the same place.
    copies: int = 0
    copies_share: float = 0.0
    #: Of the authors with known followers: those with hardly any (see `speakers`); None if none is
    #: known.
    fresh_share: float | None = None
    #: Texts in languages that the classifier was not trained on: how many, which languages, the
    #: most frequent first, and their credible alarm. What was read of them counts nowhere else.
    untrained_count: int = 0
    untrained_languages: tuple[str, ...] = ()
    untrained_alarm: float = 0.0
    #: What it could be called, best first.
    titles: tuple[str, ...] = ()
    #: See `Tally.evidence`.
    evidence: tuple[int, ...] = ()
    #: The newest texts that allege something in words of their own, the newest last.
    lately: tuple[Told, ...] = ()

    @property
    def title(self) -> str:
        """The best title, or nothing."""
        return self.titles[0] if self.titles else ""

    @property
    def reach_unknown(self) -> int:
        """Authors of whom it is not known how many follow them."""
        return max(0, self.author_count - self.reach_known)

    def count_until(self, when: datetime) -> int:
        """Mentions said up to `when` (in steps of `times_weight`)."""
        elapsed = (when - self.first_at).total_seconds()
        return self.times_weight * bisect_right(self.times, elapsed)

    def count_since(self, when: datetime) -> int:
        """Mentions said after `when`."""
        return max(0, self.mention_count - self.count_until(when))


class Tally:
    """Running sums of one story; merges with another one."""

    def __init__(self, brand: str) -> None:
        self.brand = brand
        #: Mentions from before the watch began.
        self._history: set[int] = set()
        self._extent = Extent()
        self._readings, self._untrained = Readings(), Readings()
        self._echoes = Echoes()
        #: Those with words of their own, and of them those who allege something.
        self._speaking, self._alleging = Voices(), Voices()
        self._wordings, self._lately = Wordings(), Lately()
        self._milestones: dict[str, Reached] = {}

    def add(self, mention: Mention, verdict: Verdict) -> None:
        """Count a mention that is about the brand; a repost is never a second voice."""
        if mention.history:
            self._history.add(mention.id)
        else:
            self._hear(mention, verdict)

    def absorb(self, other: Tally) -> None:
        """Add all that `other` counted: the two stories are one."""
        self._history |= other._history
        self._extent.absorb(other._extent)
        self._speaking.absorb(other._speaking)
        self._alleging.absorb(other._alleging)
        self._readings.absorb(other._readings)
        self._untrained.absorb(other._untrained)
        self._echoes.absorb(other._echoes)
        self._wordings.absorb(other._wordings)
        self._lately.absorb(other._lately)
        for name, one in other._milestones.items():
            self._reach(name, one)

    def hear(self, count: Count) -> bool:
        """Take what was counted on one of its posts; whether that is a rise."""
        return self._echoes.add(count)

    @property
    def first_at(self) -> datetime | None:
        """As in its facts, which take longer; None without a mention."""
        return self._extent.first

    @property
    def spread(self) -> float:
        """Mentions, and what was counted on them without being seen."""
        known = self._extent
        return known.mentions + max(0.0, self._echoes.total - known.reposts)

    def holds(self, mention_id: int) -> bool:
        """Whether a mention is no talk from before the story began (see `extent`)."""
        return mention_id in self._extent.ids or mention_id in self._history

    def evidence_ids(self) -> frozenset[int]:
        """The mentions that are, or may still become, evidence."""
        return self._readings.ids | self._untrained.ids

    @property
    def evidence(self) -> tuple[int, ...]:
        """Mention ids, worst first, each another text; those in untrained languages last."""
        return (self._readings.evidence + self._untrained.evidence)[:MAX_EVIDENCE]

    def facts(self, now: datetime) -> StoryFacts:
        """What is known at `now`."""
        read, untrained = self._readings, self._untrained
        counted = self._counted(now)
        believed = read.count / max(read.count + untrained.count, 1)
        return replace(
            counted,
            alarm=read.credible(lambda each: each.alarm),
            best_alarm=read.best_alarm,
            severity=read.credible(lambda each: each.severity),
            firsthand=read.firsthand,
            vouched=read.vouched,
            edited=read.edited,
            backing=read.backing,
            outrage=read.mean("outrage"),
            stance=read.stance,
            complainants=read.mean("complaint") * self._speaking.count * believed,
            harms=read.harms,
            untrained_count=untrained.count,
            untrained_languages=untrained.languages,
            untrained_alarm=untrained.credible(lambda each: each.alarm),
            titles=tuple(dict.fromkeys(read.titles + untrained.titles))[:MAX_TITLES],
            evidence=self.evidence,
            lately=self._lately.told,
        )

    def _counted(self, now: datetime) -> StoryFacts:
        known = self._extent
        said = known.mentions - known.reposts
        copies = max(0, said - known.placed.count)
        return StoryFacts(
            brand=self.brand,
            at=now,
            mention_count=known.mentions,
            repost_count=known.reposts,
            author_count=known.people.count,
            source_count=known.sources.count,
            voices=self._alleging.count,
            kinds=dict(known.kinds),
            milestones=dict(self._milestones),
            times=known.times.since_first(),
            times_weight=known.times.weight,
            echoes=self._echoes.since(known.first or now, seen=known.reposts),
            first_at=known.first or now,
            last_at=known.last or now,
            first_seen_at=known.first_seen or now,
            reach=known.people.reach,
            reach_known=known.people.known,
            copies=copies,
            copies_share=copies / max(said, 1),
            fresh_share=known.people.fresh_share,
        )

    def _hear(self, mention: Mention, verdict: Verdict) -> None:
        if mention.repost_of is not None:
            self._extent.add(mention, None, alleges=_alleges(verdict))
            return
        wording = self._wordings.of(mention.fingerprint, mention.full_text)
        self._extent.add(mention, wording, alleges=_alleges(verdict))
        root = self._wordings.root(wording)
        self._speaking.add(speaker(mention), root)
        self._read(mention, verdict, root)

    def _read(self, mention: Mention, verdict: Verdict, wording: str) -> None:
        """Nothing is concluded from what was read in a language that was not learnt."""
        trained = verdict.language_trained
        (self._readings if trained else self._untrained).add(mention, verdict, wording=wording)
        turned = reached(mention, verdict) if trained else ()
        for name in turned:
            self._reach(name, Reached(mention.seen_at, headline(mention.full_text)))
        if not _alleges(verdict) or DENIED in turned:
            return
        is_new = self._alleging.add(speaker(mention), wording)
        if trained and is_new:
            self._lately.add(mention, verdict, wording=wording)

    def _reach(self, name: str, one: Reached) -> None:
        self._milestones[name] = min(one, self._milestones.get(name, one))


def _alleges(verdict: Verdict) -> bool:
    """What is said in a language that was not learnt may be held against the brand."""
    return not verdict.language_trained or alleges(verdict)
