"""Keyword rules: what a careful person would write down in an afternoon, as a baseline.

Written from the label guide alone, before and without a look at the texts that are measured on,
and not tuned since. Scores are counts squeezed below one, no probabilities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.train.answers import Answers
from monitor.core.types import HARMS, Reading

Floats = NDArray[np.float64]


def _words(*stems: str) -> re.Pattern[str]:
    """Whole words; `*` stands for any ending."""
    each = "|".join(re.escape(stem).replace(r"\*", r"\w*") for stem in stems)
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)", re.IGNORECASE)


HARM_WORDS: Final = {
    "safety": _words(
        "injur*", "killed", "dead", "death*", "died", "dies", "fatal*", "crash*", "explo*",
        "fire", "burn*", "poison*", "toxic", "hospital*", "unsafe", "danger*", "chok*",
        "collapse*",
    ),
    "mistreatment": _words(
        "rude", "rudely", "humiliat*", "dragged", "threw out", "thrown out", "kicked out",
        "insult*", "yelled", "shouted", "abus*", "assault*", "mocked", "threaten*", "bully*",
    ),
    "discrimination": _words(
        "racis*", "sexis*", "discriminat*", "homophob*", "transphob*", "antisemit*", "islamophob*",
        "ageis*", "harassment", "pay gap", "because of my race", "wheelchair", "bigot*",
    ),
    "animal": _words(
        "animal cruelty", "animal testing", "dead dog", "puppy", "rabbit", "cruelty", "slaughter*",
        "factory farm*", "cages", "fur",
    ),
    "deception": _words(
        "fraud*", "scam*", "cheat*", "lied", "lying", "lies", "mislead*", "misled", "false claim*",
        "fake", "hidden fee*", "mis-sell*", "mis-sold", "greenwash*", "laundering", "rigged",
        "rigging", "deceiv*", "decept*", "falsif*", "cover-up", "swindl*",
    ),
    "privacy": _words(
        "data breach", "breach*", "leak*", "hacked", "hackers", "hack", "spying", "spied",
        "personal data", "passwords", "privacy", "stolen data", "exposed data",
    ),
    "outage": _words(
        "outage*", "down for", "is down", "are down", "offline", "locked out", "power cut",
        "blackout", "no power", "it failure", "meltdown", "systems down", "grounded",
    ),
    "product": _words(
        "recall*", "defect*", "faulty", "broke", "broken", "contaminat*", "malfunction*",
        "stopped working", "does not work", "doesn't work", "fell apart", "glitch*", "mold",
    ),
    "executive": _words(
        "ceo", "chief executive", "chairman", "boss", "founder", "resign*", "scandal",
        "misconduct", "apologis*", "apologiz*", "tone-deaf",
    ),
    "labour": _words(
        "strike*", "layoff*", "lay-off*", "laid off", "job cuts", "redundanc*", "unpaid wages",
        "union", "sweatshop*", "child labour", "child labor", "workers", "zero-hours", "walkout",
    ),
    "legal": _words(
        "lawsuit*", "sue", "sues", "sued", "suing", "court", "fine", "fined", "investigat*",
        "charged", "regulator", "probe", "settlement", "guilty", "convicted", "hearing", "penalty",
    ),
    "environment": _words(
        "spill*", "emission*", "pollut*", "deforestation", "toxic waste", "dumping", "oil leak",
        "plastic waste", "palm oil",
    ),
    "boycott": _words(
        "boycott*", "protest*", "never buy", "stop buying", "switching to", "cancelled my",
        "canceled my", "delete the app", "petition", "never again", "taking my business",
    ),
    "service": _words(
        "delay*", "late", "waiting", "waited", "queue", "refund*", "lost parcel", "no answer",
        "no reply", "no response", "on hold", "customer service", "cancelled", "canceled",
        "not delivered", "missing order", "still waiting", "lost my",
    ),
    "praise": _words(
        "thank you", "thanks to", "went out of", "above and beyond", "great service", "so helpful",
        "excellent service", "amazing service", "replaced it", "very helpful", "friendly staff",
    ),
}  # fmt: skip
#: How bad each harm is when nothing else is known.
LEVEL: Final = {
    "safety": 4, "mistreatment": 3, "discrimination": 3, "animal": 3, "privacy": 3, "labour": 3,
    "environment": 3, "deception": 2, "outage": 2, "product": 2, "executive": 2, "legal": 2,
    "boycott": 1, "service": 1, "praise": 0,
}  # fmt: skip
ROUTINE: Final = frozenset({"service", "praise"})
NEGATIVE: Final = _words(
    "bad", "worse", "worst", "awful", "terrible", "horrible", "hate*", "fail*", "sucks", "poor*",
    "disappoint*", "angry", "disgust*", "useless", "rubbish", "wrong", "problem*", "issue*",
    "loss*", "loses", "lost", "crisis", "cut", "cuts", "warn*", "fear*", "slump*", "fall*",
    "blame*", "critic*", "concern*", "ripped off", "ridiculous", "pathetic", "unacceptable",
    "shame*", "annoy*", "slow", "never", "worried", "accus*",
)  # fmt: skip
POSITIVE: Final = _words(
    "love*", "great", "best", "awesome", "amazing", "good", "excellent", "happy", "thanks",
    "thank", "beautiful", "perfect*", "win", "wins", "won", "success*", "congrat*", "enjoy*",
    "recommend*", "favourite", "favorite", "fantastic", "wonderful", "nice", "cool", "award*",
    "profit*", "record", "proud", "brilliant", "fun", "helpful", "better", "rise*", "growth",
)  # fmt: skip
OUTRAGE: Final = _words(
    "disgust*", "outrag*", "shame on", "shameful", "disgrace*", "how dare", "evil", "criminal*",
    "scum", "vile", "despicable", "appalling", "sickening", "greedy", "jail", "fire him",
    "fire her", "furious", "unforgivable",
)  # fmt: skip
COMPLAINT: Final = _words(
    "why", "still", "unacceptable", "refund*", "my order", "my account", "fix", "not working",
    "doesn't work", "broken", "ridiculous", "terrible", "worst", "disappoint*", "waiting",
    "no response", "customer service", "never again", "charged me", "help", "sort it",
)  # fmt: skip
FIRSTHAND: Final = _words("i", "my", "me", "we", "our", "i'm", "i've", "just saw", "my own eyes")
ALARMING: Final = _words(
    "breaking", "scandal", "urgent", "recall*", "emergency", "evacuat*", "crisis", "collapse*",
    "outrage", "allege*", "accused", "police",
)  # fmt: skip


def answers(readings: Sequence[Reading]) -> Answers:
    """Of all heads."""
    texts = [reading.text for reading in readings]
    harms = {name: _counted([pattern], texts) for name, pattern in HARM_WORDS.items()}
    grave = [pattern for name, pattern in HARM_WORDS.items() if name not in ROUTINE]
    plain = {
        "about": np.array([named(reading) for reading in readings]),
        "alarm": _counted([ALARMING, *grave], texts),
        "complaint": _counted([COMPLAINT], texts),
        "outrage": _counted([OUTRAGE], texts),
        "firsthand": _counted([FIRSTHAND], texts),
    }
    return Answers(
        scores=plain | {f"harm_{name}": harms[name] for name in HARMS},
        probable=False,
        stances=tuple(map(stance, texts)),
        severity=np.array([severity(text) for text in texts]),
    )


def named(reading: Reading) -> float:
    """1 if the brand stands in the text as it is written, 0.5 in another case, else 0."""
    name = re.escape(reading.brand)
    if re.search(rf"(?<!\w){name}(?!\w)", reading.text):
        return 1.0
    return 0.5 * bool(re.search(rf"(?<!\w){name}(?!\w)", reading.text, re.IGNORECASE))


def stance(text: str) -> str:
    """Bad words, those of harms among them, against good ones."""
    grave = [pattern for name, pattern in HARM_WORDS.items() if name != "praise"]
    bad = _hits([NEGATIVE, *grave], text)
    good = _hits([POSITIVE, HARM_WORDS["praise"]], text)
    if bad == good:
        return "neutral"
    return "negative" if bad > good else "positive"


def severity(text: str) -> float:
    """Of the worst harm named; 1 for a bad word alone."""
    levels = [LEVEL[name] for name, pattern in HARM_WORDS.items() if pattern.search(text)]
    return float(max([*levels, bool(NEGATIVE.search(text))]))


def _counted(patterns: Sequence[re.Pattern[str]], texts: Sequence[str]) -> Floats:
    """One hit is 0.5, two are 0.67, and so on."""
    hits = [_hits(patterns, text) for text in texts]
    return np.array([count / (count + 1) for count in hits])


def _hits(patterns: Sequence[re.Pattern[str]], text: str) -> int:
    return sum(len({found.casefold() for found in each.findall(text)}) for each in patterns)
