"""What people may repair of a grouping: join two incidents, part mentions from one, move one.

Does not store or judge: a repair ends in a `Regrouping`, and the policy looks at the stories it
leaves (see `stages.repair`). Raises `InputError` where there is nothing to repair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.brief import headline, title_of
from monitor.core.filing import NewAction, Regrouping, Remembered
from monitor.core.tally import StoryFacts
from monitor.core.text import links
from monitor.core.tfidf import is_pointer, terms
from monitor.core.types import Incident, Mention, Status
from monitor.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledStory:
    """A story with all that was filed to it."""

    id: int
    filed: tuple[Remembered, ...]
    #: The incident that stands for it, if it has become one.
    incident: Incident | None = None

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return tuple(one.mention for one in self.filed)

    @property
    def mention_ids(self) -> tuple[int, ...]:
        return tuple(one.mention.id for one in self.filed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """An incident with its story."""

    incident: Incident
    story: FiledStory
    #: The incident that this one is part of by now.
    part_of: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Who repairs, and when."""

    actor: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """Somebody wants an incident to become part of another."""

    into: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Parting:
    """Somebody wants these mentions out of an incident."""

    mention_ids: tuple[int, ...]


Wish = Joining | Parting


def merge(kept: Group, gone: Group, *, hand: Hand) -> Regrouping:
    """`gone` with all of its story becomes part of `kept`."""
    to, lost = kept.incident, gone.incident
    if to.id == lost.id:
        raise InputError(f"incident {to.id} cannot be merged into itself")
    _require_whole(kept)
    _require_whole(gone)
    _require_brand(f"incident {lost.id}", lost.brand, to)
    if not to.status.is_live:
        raise InputError(f"incident {to.id} is {to.status.value} already{_way_out(to, lost)}")
    return _repair(
        "merge",
        hand,
        stories=(gone.story.id, kept.story.id),
        brand=to.brand,
        leaving=gone.story.mention_ids,
        why=f"from incident {lost.id} to incident {to.id}",
    )


def split(group: Group, mention_ids: Collection[int], *, to_story: int, hand: Hand) -> Regrouping:
    """These mentions, their copies and reposts leave for a story of their own, `to_story`."""
    _require_whole(group)
    incident = group.incident
    if strangers := sorted(set(mention_ids) - set(group.story.mention_ids)):
        is_ = "is" if len(strangers) == 1 else "are"
        raise InputError(f"{listed(strangers)} {is_} not in incident {incident.id}")
    leaving = followers(mention_ids, group.story.mentions)
    if len(leaving) == len(group.story.filed):
        raise InputError(
            f"all mentions of incident {incident.id} cannot be split away: "
            "copies and reposts go together, and some of it must stay"
        )
    return _repair(
        "split",
        hand,
        stories=(group.story.id, to_story),
        brand=incident.brand,
        leaving=leaving,
        why=f"from incident {incident.id}",
        apart=True,
    )


def move(mention: Mention, origin: FiledStory | None, target: Group, *, hand: Hand) -> Regrouping:
    """A mention, its copies and reposts leave their story `origin`, if any, for an incident."""
    _require_whole(target)
    _require_brand(f"mention {mention.id}", mention.brand, target.incident)
    left = origin.incident if origin else None
    came_from = f"from incident {left.id} " if left else ""
    return _repair(
        "move",
        hand,
        stories=(origin.id if origin else None, target.story.id),
        brand=mention.brand,
        leaving=_leaving(mention, origin, target) if origin else (mention.id,),
        why=f"{came_from}to incident {target.incident.id}",
        # Of a story that is no incident all may belong there: the grouping is to find that out.
        apart=left is not None,
    )


def followers(chosen: Collection[int], mentions: Sequence[Mention]) -> tuple[int, ...]:
    """`chosen` with the copies and reposts of them, as one text cannot tell two stories.

    A text that only points ("watch this") is a copy of those that point to the same.
    """
    keys = {mention.id: _text_keys(mention) for mention in mentions}
    went: set[int] = set()
    texts: set[object] = set()
    names: set[str] = set()
    news = [mention for mention in mentions if mention.id in chosen]
    while news:
        went |= {mention.id for mention in news}
        names |= {mention.native_id for mention in news}
        texts |= {key for mention in news for key in keys[mention.id]}
        news = [
            mention
            for mention in mentions
            if mention.id not in went
            and (mention.repost_of in names or not texts.isdisjoint(keys[mention.id]))
        ]
    return tuple(mention.id for mention in mentions if mention.id in went)


def applied(
    regrouping: Regrouping, remembered: Iterable[Remembered], *, incident_id: int | None
) -> Iterator[Remembered]:
    """What was filed, as it is after the repair; `incident_id` is that of the story it goes to."""
    moved = set(regrouping.mention_ids)
    for one in remembered:
        went = one.mention.id in moved
        yield (
            replace(one, story_id=regrouping.to_story, incident_id=incident_id) if went else one
        )


def actions(
    regrouping: Regrouping, *, source: int | None, target: int | None
) -> tuple[NewAction, ...]:
    """What is logged with the incidents `source` and `target`, one line each."""
    what = listed(regrouping.mention_ids)
    told = {
        "merge": ("", f"took in incident {source}"),
        "split": (f"{what} to {_place(target)}", f"{what} from incident {source}"),
        "move": (f"{what} to incident {target}", f"{what} from {_place(source)}"),
    }[regrouping.verb]
    return tuple(
        NewAction(
            incident_id=incident_id,
            at=regrouping.at,
            actor=regrouping.actor,
            verb=regrouping.verb,
            text=text,
        )
        for incident_id, text in zip((source, target), told, strict=True)
        if incident_id is not None and text
    )


def retitled(incident: Incident, facts: StoryFacts, rest: Iterable[Mention]) -> Incident:
    """The incident without the title that came from a text that has left it."""
    said = (title_of(each.title, each.text) for each in rest)
    return incident if incident.title in said else replace(incident, title=headline(facts.title))


def _leaving(mention: Mention, origin: FiledStory, target: Group) -> tuple[int, ...]:
    if origin.id == target.story.id:
        raise InputError(f"mention {mention.id} is in incident {target.incident.id} already")
    leaving, left = followers((mention.id,), origin.mentions), origin.incident
    if left is not None and len(leaving) == len(origin.filed):
        raise InputError(
            f"mention {mention.id} is all that incident {left.id} has; "
            f"merge them: monitor incident merge {target.incident.id} {left.id}"
        )
    return leaving


def _repair(
    verb: str,
    hand: Hand,
    *,
    stories: tuple[int | None, int],
    brand: str,
    leaving: tuple[int, ...],
    why: str,
    apart: bool = False,
) -> Regrouping:
    from_story, to_story = stories
    return Regrouping(
        at=hand.at,
        actor=hand.actor,
        verb=verb,
        brand=brand,
        from_story=from_story,
        to_story=to_story,
        mention_ids=leaving,
        why=why,
        is_repair=True,
        apart=apart,
    )


def _require_whole(group: Group) -> None:
    if group.incident.status is Status.MERGED:
        other = "another one" if group.part_of is None else f"incident {group.part_of}"
        raise InputError(f"incident {group.incident.id} is part of {other} already")


def _require_brand(what: str, brand: str, incident: Incident) -> None:
    if brand != incident.brand:
        raise InputError(
            f"{what} is about {brand}, incident {incident.id} about {incident.brand}: "
            "an incident is about one brand"
        )


def _way_out(closed: Incident, other: Incident) -> str:
    """What to do where an incident that is over would take in another one."""
    if not other.status.is_live:
        return f", and so is incident {other.id} ({other.status.value})"
    return (
        f" and would silence incident {other.id}; "
        f"merge the other way round: monitor incident merge {other.id} {closed.id}"
    )


def _text_keys(mention: Mention) -> tuple[object, ...]:
    """What makes two texts copies of each other: as in `stories`."""
    if not is_pointer(terms(mention.full_text)):
        return (mention.fingerprint,)
    return tuple((mention.fingerprint, link) for link in links(mention.full_text))


def _place(incident_id: int | None) -> str:
    return "a story that is no incident" if incident_id is None else f"incident {incident_id}"


def listed(ids: Sequence[int], most: int = 20) -> str:
    """`mention 4`, `mentions 4, 5 and 300 more`."""
    shown = ", ".join(map(str, ids[:most]))
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return f"mention{'' if len(ids) == 1 else 's'} {shown}{more}"
