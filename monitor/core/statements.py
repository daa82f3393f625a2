"""What people need to find in a public statement, looked for in its words.

Says what happened, takes responsibility, says what happens next, says by when, and leaves policy
language out: what crisis research asks of a first statement (W. T. Coombs, Situational Crisis
Communication Theory: instruct and adjust first, rebuild where the brand is to blame). These are
phrases and no understanding: a check that is not met is a hint to read again, not a verdict.
English only; a text in another language is not read at all. Does not match statements to
incidents (see `spoken_of`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from monitor.core.milestones import is_denial
from monitor.core.plaintext import clip, tidy


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What was found in a statement."""

    happened: bool
    responsibility: bool
    next: bool
    when: bool
    #: It says that the story is not true: of what was not, nobody has to tell it or answer for it.
    denies: bool = False
    #: Policy language, as it stands there.
    policy: tuple[str, ...] = ()

    def stored(self) -> dict[str, object]:
        """As JSON holds it."""
        return asdict(self) | {"policy": list(self.policy)}


#: What a statement that does not meet a check lacks.
NEEDS: Mapping[str, str] = {
    "happened": "what happened",
    "responsibility": "who takes responsibility",
    "next": "what happens next",
    "when": "by when",
}
_WHOLE = "It says what happened, who takes responsibility, what happens next and by when."
_DENIED = "It says that the story is not true."
#: What `checks` holds for a text that was not read.
UNREAD: Mapping[str, object] = {"unread": "not in English, or too short"}


def check(text: str) -> Checked | None:
    """Read a statement; None if it is not in English, or too short to tell."""
    text = tidy(text).translate(_PLAIN)
    if not _is_english(text):
        return None
    sentences = [part for part in _SENTENCES.split(text) if part]
    steps = [one for one in sentences if _NEXT.search(one) and not _NO_NEXT.search(one)]
    return Checked(
        happened=any(map(_tells, sentences)),
        responsibility=any(map(_owns, sentences)),
        next=bool(steps),
        when=any(_WHEN.search(one) for one in steps),
        denies=is_denial(text),
        policy=tuple(_policy(text)),
    )


def stored(text: str) -> Mapping[str, object]:
    """The checks of a text as the database keeps them."""
    found = check(text)
    return UNREAD if found is None else found.stored()


def denies(checks: Mapping[str, object]) -> bool:
    """Whether a statement says that the story is not true, as its stored checks tell."""
    return checks.get("denies") is True


def lacking(checks: Mapping[str, object]) -> tuple[str, ...]:
    """What people will miss in a statement, in plain words; empty if nothing, or not read."""
    asked = {} if denies(checks) else NEEDS
    missing = [need for name, need in asked.items() if checks.get(name) is False]
    policy = checks.get("policy")
    if isinstance(policy, (list, tuple)) and policy:
        quoted = ", ".join(f"\u201c{clip(str(words), 40)}\u201d" for words in policy[:3])
        missing.append(f"plain words instead of {quoted}")
    return tuple(missing)


def sentence(checks: Mapping[str, object]) -> str:
    """What is to be said of a statement: "It seems to lack: by when."."""
    if "unread" in checks or not checks:
        return "What it says was not read: it is not in English, or too short."
    missing = lacking(checks)
    said = _DENIED if denies(checks) else "" if missing else _WHOLE
    lacks = f"It seems to lack: {'; '.join(missing)}." if missing else ""
    return " ".join(filter(None, (said, lacks)))


def _tells(one: str) -> bool:
    return bool(_HAPPENED.search(one)) and not _HYPOTHETICAL.search(one)


def _owns(one: str) -> bool:
    return bool(_OWNS.search(one)) and not _DISOWNS.search(one)


def _policy(text: str) -> Iterator[str]:
    found = (match[0] for match in _POLICY.finditer(text))
    yield from dict.fromkeys(words.casefold() for words in found)


def _is_english(text: str) -> bool:
    """Enough of the commonest English words; far more than other languages happen to have."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return len(words) >= _FEWEST_WORDS and sum(w in _COMMON for w in words) >= len(words) / 6


#: Apostrophes and hyphens as typesetters write them.
_PLAIN = str.maketrans({"\u2019": "'", "\u2010": "-", "\u2011": "-"})
_FEWEST_WORDS = 5
_COMMON = frozenset(
    """
    the and to of we our is are was were for this that have has will be it they you your all with
    by not who what at from i been as on
    """.split()  # noqa: SIM905 - so many quotes hide the words
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{each})" for each in patterns), re.IGNORECASE)


_DONE_TO = (
    "removed|dragged|injured|hurt|killed|burn(?:ed|t)|locked out|unable|exposed|stolen|leaked|"
    "accessed|charged|overcharged|billed|delayed|cancelled|canceled|stranded|left|turned away|"
    "refused|denied|sold|sent|lost|deleted|opened|shipped|contaminated|mislabell?ed|recalled|"
    "harassed|insulted|asked to leave|arrested|struck|hit|trapped|evacuated|poisoned|misled|"
    "treated|mistreated|underpaid|dismissed|fired|published|posted|broken|shut|switched off|"
    "interrupted|down|offline|copied|written|used|found|given|told|made to|knocked|thrown"
)
_DID = (
    "removed|dragged|injured|hurt|failed|broke|opened|sold|sent|lost|deleted|leaked|exposed|"
    "charged|overcharged|billed|cancelled|canceled|delayed|left|refused|denied|installed|cheated|"
    "misled|called|struck|hit|crashed|caught fire|leaked|spilled|spilt|collapsed|stopped|turned|"
    "posted|published|shipped|wrote|said|told|asked|used|shut|went|ran|fell|could not|couldn't|"
    "did not|didn't|insulted|attacked|mocked|gained|took|made|found|locked|treated|ignored|knew|"
    "hid|designed|switched"
)
#: Something definite that was done, by somebody or to somebody.
_HAPPENED = _any(
    rf"(?:was|were|has been|have been|had been|got)\s+(?:\w+\s+){{0,3}}?(?:{_DONE_TO})\b",
    r"(?:an?|the|our|one|two|three|\d[\d,.]*)\s+(?:\w+[\s-]){0,4}?"
    rf"(?:{_DID})\b(?!\s+(?:into account|seriously|place))",
    r"(?:we|i|he|she|they|it|who|which|that|officers|staff|engineers|customers)\s+"
    r"(?:\w+ly\s+|also\s+|then\s+|wrongly\s+)?"
    rf"(?:{_DID})\b(?!\s+(?:you to know|seriously|place))",
    # Whom it was done to is named, though not what: "what happened to a passenger".
    r"what (?:happened|was done) to (?:an?|the|our|one|two|three|\d[\d,.]*)\s+\w+",
)
#: Vague, or about what might have been.
_HYPOTHETICAL = _any(
    r"if (?:any\w*|you|it|they|this)\b",
    r"(?:any|whatever) (?:\w+ ){0,3}?(?:caused|experienced|felt)",
    r"reports? (?:that|of|suggesting)\b",
    r"alleged",
)
_OWNS = _any(
    r"(?:take|takes|taking|took|accept|accepts|bear|assume)\s+(?:\w+\s+){0,2}?"
    r"(?:responsibility|accountability|blame)",
    r"(?:our|my) (?:own )?(?:fault|mistake|error|failure|failing|responsibility)\b",
    r"(?:is|was|are|were) (?:wrong of us|on us|on me|inexcusable|unacceptable|indefensible)",
    r"(?:we|i) (?:\w+ly )?(?:failed|messed up|got (?:this|it|that) wrong|let (?:you|\w+|\w+ \w+) "
    r"down|were wrong|was wrong|made a (?:\w+ )?(?:mistake|error)|fell short|should have|"
    r"should not have|should never have|shouldn't have|owe)\b",
    r"no (?:one|passenger|customer|guest|patient|employee|child) should (?:ever|have)\b",
    r"should never have happened",
    r"(?:we|i)(?:'m| am|'re| are)? (?:\w+ )?(?:deeply |truly |very |so )?(?:sorry|ashamed)\b",
    r"(?:we|i) (?:\w+ )?apologi[sz]e\b",
    r"(?:our|my) (?:\w+ ){0,2}?apolog(?:y|ies)\b",
)
#: Sorry for how others feel, for what might be, for what had to be: no responsibility is taken.
_DISOWNS = _any(
    r"(?:any|the) (?:\w+ )?inconvenience",
    r"(?:sorry|apologi[sz]e|apolog(?:y|ies)|regret)\b[^.]{0,40}?\b(?:if|that (?:you|some|anyone|"
    r"people|they) (?:feel|felt|were|was|are|may|might)|you feel|for having to|to anyone who)",
    r"for the (?:overbook|over-?sold|situation|incident|event|confusion|misunderstanding)",
    r"not (?:our|my) (?:fault|responsibility|mistake|error)",
    r"(?:outside|beyond) (?:of )?our control",
    r"no (?:\w+ )?(?:responsibility|liability)\b",
    r"(?:do|does|did|can|could|will|would)(?: not|n't) (?:\w+ )?"
    r"(?:accept|take|assume|bear|apologi[sz]e)",
    r"responsibility (?:lies|rests) with (?!us)",
    r"sorry to (?:see|lose|hear)",
)
_ACTION = (
    "refund|repay|pay|compensate|replace|repair|fix|restore|recall|publish|report|"
    "review|investigate|interview|retrain|train|meet|call|contact|write|e-?mail|visit|close|stop|"
    "suspend|withdraw|remove|change|introduce|end|ban|audit|hire|appoint|update|share|send|tell|"
    "announce|answer|open|inspect|check|test|reset|credit|cover|offer|reopen|reimburse|release|"
    "post|switch|reinstate|install|ask|invite|give|bring|resign|step down|start|begin|set up"
)
#: A step that somebody is going to take, or is taking.
_NEXT = _any(
    rf"(?:will|'ll|shall|going to|about to)\s+(?:\w+\s+){{0,3}}?(?:{_ACTION})",
    r"(?:we|i) (?:are|am|'re|'m) (?:now |also |already |currently )?"
    r"(?:refunding|repaying|recalling|replacing|contacting|calling|writing|investigating|"
    r"reviewing|restoring|fixing|testing|inspecting|compensating|closing|suspending|withdrawing|"
    r"bringing|sending|working)",
    r"(?:we|i) have (?:\w+ )?(?:started|begun|asked|ordered|suspended|stopped|recalled|opened|"
    r"hired|appointed|closed|withdrawn|switched off|called in|invited|informed|grounded)",
    r"(?:we'll|expect|expected|hope|due|plan|aim) (?:\w+ ){0,3}?(?:to be|to have|back|to finish|"
    r"by|on|at)\b",
    r"(?:next|further) (?:update|statement|news) (?:is |will be |comes |follows )?"
    r"(?:at|by|on|in)\b",
)
_NO_NEXT = _any(
    r"(?:will|shall)(?: not|n't)? (?:not |be |have )?(?:comment|no further|nothing|always|"
    r"continue|"
    r"remain|never)",
    r"won't\b",
    r"(?:will|shall|can) not (?:comment|be|make)",
    r"in due course",
)
_DAY = (
    "today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|midday|"
    "midnight"
)
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty|sixty)"
_WHEN = _any(
    rf"(?:{_DAY})\b",
    rf"within {_NUMBER}(?: \w+)? (?:minutes?|hours?|days?|weeks?|months?)",
    rf"in (?:the )?(?:next|coming) (?:{_NUMBER} )?(?:few )?(?:minutes?|hours?|days?|weeks?)\b",
    rf"(?:every|each) (?:{_NUMBER} )?(?:minutes?|hours?|day|morning|evening)",
    r"(?:this|next) (?:morning|afternoon|evening|week|month|year)\b",
    r"(?:by|until|before|at|from|on|no later than) (?:the )?(?:end of|close of|\d|1st|first of)",
    rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})\b",
    rf"(?:{_MONTH}) \d{{1,2}}\b",
    r"\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.)",
    r"(?:at|by) \d{1,2}[:.]\d\d",
    rf"(?:for|in) {_NUMBER} (?:minutes?|hours?|days?|weeks?)\b",
)
#: Words of the rule book, where people ask about a person.
_POLICY = _any(
    r"re-?accommodat\w*",
    r"(?:in (?:line|accordance|compliance|keeping) with|per|under|according to|follow(?:ed|ing)|"
    r"consistent with) (?:our |the |all |its |applicable |established |company |standard )*"
    r"(?:polic(?:y|ies)|procedures?|protocols?|guidelines|regulations|terms|contract)",
    r"(?:our |company )?polic(?:y|ies) (?:is|are|was|were|states?|requires?|provides?)\b",
    r"contract of carriage",
    r"terms (?:and conditions|of (?:service|use|carriage))",
    r"(?:established|standard|operating|company|boarding) (?:operating )?procedures?",
    r"involuntar(?:y|ily)\b",
    r"denied boarding",
    r"over-?book(?:ed|ing)? situation",
    r"isolated (?:incident|case|event)",
    r"(?:take|takes|taking) (?:\w+[\s,]+){0,6}?(?:very |extremely )?seriously",
    r"any inconvenience",
    r"top priority|highest priority|paramount|utmost importance",
    r"(?:do|does|can|could|will|are)(?: not|n't| unable to) (?:be able to )?comment",
    r"(?:ongoing|pending|potential) (?:litigation|legal)",
    r"out of an abundance of caution",
    r"disruptive and belligerent|non-?complian\w+",
    r"valued (?:customers?|guests?|members?|partners?)",
    r"key learnings?|learnings\b|stakeholders?",
    r"regulatory requirements?|fully compl(?:y|iant|ied)",
)
