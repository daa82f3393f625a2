"""What turns a story into another one, read in its words: a death, an arrest, a denial.

A story that stands at `critical` has no higher level to rise to, and the classifier no name for
"now somebody died of it". These are phrases and no understanding, so each but the denial asks for
a harm that the classifier found in the same text; each is told once in the life of an incident.
English only. Does not decide whether people are told (see `policy`), nor judges what is true.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.types import Mention, Verdict

#: How clearly a text must allege a harm, one of those that a milestone is about.
_ALLEGED = 0.5
#: Who speaks of deceit says that the brand is false, not that the story is.
_DECEIT = 0.3
DENIED = "denied"
#: As it follows "Now also said:".
_WORDS: Mapping[str, str] = {
    "death": "somebody died",
    "animal": "an animal died",
    "police": "police or prosecutors act",
    "authority": "an authority acts",
    "lawsuit": "it goes to court",
    "resignation": "someone at the top goes",
    "recall": "products are recalled",
    DENIED: "it is not true",
}


@dataclass(frozen=True, order=True, slots=True)
class Reached:
    """When a milestone was first seen, and what the text says."""

    at: datetime
    headline: str


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{each})\b" for each in patterns), re.IGNORECASE)


def _near(one: str, other: str) -> tuple[str, str]:
    """Both within a few words of a sentence, in either order."""
    gap = r"\b[^.!?\n]{0,60}?\b"
    return f"(?:{one}){gap}(?:{other})", f"(?:{other}){gap}(?:{one})"


@dataclass(frozen=True, slots=True)
class _Milestone:
    name: str
    pattern: re.Pattern[str]
    harms: tuple[str, ...]


_ACTS = (
    r"investigat(?:e|es|ed|ing|ion|ions)|[ie]nquir(?:y|ies)|look(?:s|ing)? into|"
    r"prob(?:e|es|ed|ing)|arrest(?:s|ed)?|raid(?:s|ed)?|fine[sd]|charge[sd]|summon(?:s|ed)?"
)
#: What bodies that bear no other name watch over ("the Maritime Accident Board"), and they.
_OVERSEEN = (
    r"accidents?|safety|transport(?:ation)?|aviation|maritime|marine|food|drugs?|health|"
    r"environment(?:al)?|privacy|protection|competition|consumer|conduct|standards|antitrust|"
    r"securities|communications|labou?r"
)
_BODIES = r"board|agency|authority|bureau|commission|administration"
_POLICE = r"police|prosecutors?|detectives?|fbi|attorney[- ]general"
_HURT = ("safety", "mistreatment")
_ANY = (
    *_HURT,
    "animal",
    "discrimination",
    "deception",
    "privacy",
    "product",
    "labour",
    "legal",
    "executive",
)
_DIED = _any(
    r"(?:has |have |had )?(?:died|dies)",
    r"(?:is|was|were|are|found|left|pronounced|declared) dead",
    r"(?:was|were|been|people|passengers?|child(?:ren)?|man|woman|workers?) killed|kills",
    r"death toll|fatalit(?:y|ies)|fatal(?:ly)?|deaths?(?! threats?)",
)
_MILESTONES = (
    _Milestone("death", _DIED, _HURT),
    _Milestone("animal", _DIED, ("animal",)),
    _Milestone(
        "police",
        _any(
            *_near(_POLICE, rf"{_ACTS}|detain(?:s|ed)|in(?:to)? custody"),
            # The other way round people question the police; "no questions asked" is a noun.
            rf"(?:{_POLICE})\b[^.!?,;\n]{{0,30}}? (?:questioned|questioning|to question)",
            rf"(?:{_POLICE}) questions?",
            rf"questioned by (?:the )?(?:{_POLICE})",
            r"criminal (?:investigation|inquiry|probe|charges?|complaint)",
        ),
        _ANY,
    ),
    _Milestone(
        "authority",
        _any(
            *_near(
                r"regulators?|watchdogs?|ombudsman|ministry|ministers?|senators?|congress|"
                r"parliament|commissioner(?:'s office)?|inspectors?|trading standards|"
                rf"(?:{_OVERSEEN})(?: \w+){{0,2}} (?:{_BODIES})|inspectorate|"
                r"accidents? investigation branch|health and safety executive|"
                # "Wait a sec" is no authority.
                r"(?-i:MPs|FAA|FDA|SEC|FTC|NHTSA|EPA|OSHA|FCA|CMA|ICO|NTSB|EASA)",
                _ACTS,
            )
        ),
        _ANY,
    ),
    _Milestone(
        "lawsuit", _any(r"lawsuits?|class[- ]actions?|sue[sd]|suing|(?:files?|filed) suit"), _ANY
    ),
    _Milestone(
        "resignation",
        _any(
            *_near(
                r"ceo|chief executive|chair(?:man|woman)?|boss|president|director|head",
                r"resigns|resigned|steps down|stepped down|ousted|sacked",
            )
        ),
        _ANY,
    ),
    _Milestone(
        "recall",
        _any(
            r"(?:issues?|issued|announces?|announced) (?:an? )?(?:\w+ )?recall|recall(?:s|ed|ing)"
        ),
        ("safety", "product"),
    ),
)
#: "No child died", "he nearly died": what did not happen. Looked for just before the words.
_UNREAL = re.compile(
    r"\b(?:no|not|nobody|none|never|without|nearly|almost|if|until|could|might|would|should|may|"
    r"must|\w+n't)\b[^.!?\n]{0,24}$|"
    # "I hope they get sued", "before somebody dies": wished for or feared, in the same breath.
    # "Acme needs to answer for the child who died" is of what did happen.
    r"\b(?:(?:hope|hopes|hoping|wish|wishes)(?: for)?|hopefully|deserves?|gonna|smells? like|"
    r"(?:needs?|ought) to|(?:before|in case|unless) (?:any|some)(?:one|body))\b"
    r"(?:(?!\b(?:who|whose|when|where|after|since|because|but|as|for|know)\b)"
    r"[^.!?,;:\n\u2013\u2014]){0,32}$",
    re.IGNORECASE,
)
#: Of a text without end only so much before the words is looked at.
_BEFORE = 64
#: What there is talk of. What never happened besides is what was owed or charged for: "the refund
#: never happened", "billed for a scan that never happened" allege, and take nothing back.
_TOLD = (
    r"it|this|these|those|none of (?:it|this|that)|(?<!\w\s)that|"
    r"(?:and|as|because|but|claims?|insists?|said|says?|so) that|"
    r"(?:accident|arrest|assault|attack|brawl|breach|crash|death|event|explosion|fight|fire|"
    r"incident|leak|outbreak|poisoning|robbery|shooting|stabbing|story|thing)s?"
    r"(?: (?:at|in|near|of|on)(?: \w+){1,3})?"
)
_FALSE = _any(
    r"hoax|debunked",
    r"(?:is|was|are|were|proves?|proved|turns out to be|turned out to be)(?: all| totally| "
    r"completely| entirely| just)? (?:false|fake|untrue|not true|made[- ]up|fabricated|unfounded)",
    r"(?:false|fake|unfounded|baseless|untrue) (?:rumou?rs?|reports?|story|stories|news|video)",
    r"no truth (?:in|to)",
    rf"(?:{_TOLD})(?: just| really| simply)? (?:did(?: not|n't) happen|never happened)",
)
#: "It is not a hoax", "I thought it was fake": who says so bears it out.
_NOT_FALSE = re.compile(
    r"(?:\b(?:not|no)|n't)(?: an?| just an?| some)?\s$|"
    r"\b(?:thought|hoped|wish|wished|assumed|if)\b[^.!?\n]{0,24}$",
    re.IGNORECASE,
)
_VERDICT = re.compile(r"^\W*(?:FALSE|FAKE|HOAX|UNTRUE)\b[\s:!.\u2013-]")


def reached(mention: Mention, verdict: Verdict) -> tuple[str, ...]:
    """The milestones that a text speaks of, as far as the classifier bears them out."""
    if denies(mention, verdict):
        return (DENIED,)
    text, skipped = mention.full_text, _who_did_not_die(verdict)
    return tuple(
        each.name
        for each in _MILESTONES
        if any(verdict.harms.get(harm, 0.0) >= _ALLEGED for harm in each.harms)
        and each.name != skipped
        and _happened(each.pattern, text)
    )


def _who_did_not_die(verdict: Verdict) -> str:
    """Of a death only the one is told whose harm is surer: a dog of tainted food is nobody."""
    people = max(verdict.harms.get(harm, 0.0) for harm in _HURT)
    return "death" if verdict.harms.get("animal", 0.0) > people else "animal"


def denies(mention: Mention, verdict: Verdict) -> bool:
    """Whether a text takes the story back; whoever alleges deceit calls the brand false."""
    is_about_deceit = verdict.harms.get("deception", 0.0) >= _DECEIT
    return not is_about_deceit and is_denial(mention.full_text)


def sentence(milestones: Mapping[str, Reached], since: datetime) -> str:
    """What was reached after `since`, with the words that say so; empty if nothing was."""
    new: dict[str, list[str]] = {}
    for name, one in milestones.items():
        if one.at > since:
            new.setdefault(one.headline, []).append(_WORDS[name])
    said = (f"{', '.join(words)} (“{headline}”)" for headline, words in new.items())
    return f"Now also said: {'; '.join(said)}." if new else ""


def is_denial(text: str) -> bool:
    """Whether a text says that what is told is not true."""
    return _happened(_FALSE, text, unreal=_NOT_FALSE) or bool(_VERDICT.search(text))


def denials(texts: Sequence[str], harms: Collection[str] = ()) -> str | None:
    """How many of the texts say that it is not true, in words; None: none does.

    Where the `harms` alleged are deceit, "the certificates were fake" is the allegation itself.
    """
    count = 0 if "deception" in harms else sum(map(is_denial, texts))
    if not count:
        return None
    if len(texts) == 1:
        return "the one post says that it is not"
    return f"{count} of {len(texts)} posts {'says' if count == 1 else 'say'} that it is not"


def _happened(pattern: re.Pattern[str], text: str, *, unreal: re.Pattern[str] = _UNREAL) -> bool:
    starts = (found.start() for found in pattern.finditer(text))
    return any(not unreal.search(text[max(0, start - _BEFORE) : start]) for start in starts)
