"""What people speak of when they praise a brand or complain of it: word lists, English.

Does not count (see `digest`), and does not tell praise from complaint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What people speak of -> whole words that say so. A word that is used of much else ("late",
# "hours", "account") counts only beside what tells which is meant.
_WORDS: Mapping[str, str] = {
    "staff": (
        r"staff|crews?|drivers?|agents?|employees?|managers?|attendants?|steward(?:s|ess|esses)?|"
        r"clerks?|teams?|rude(?:ly|ness)?|kind(?:ly|ness|er|est)?(?! of\b)"
    ),
    "waiting": (
        r"wait(?:s|ed|ing)?|delay(?:s|ed|ing)?|queu(?:es?|ed|e?ing)|slow(?:er|ly|est)?|on time|"
        r"punctual(?:ly)?|cancel(?:s|led|ed|ling|ing|lations?)?|on hold|"
        r"(?:hours?|minutes?|mins?|days?|weeks?|months?|is|was|were|be|been|too|so|very|always|"
        r"came|arrived|arrives|landed|left|runs?|ran|running) late|"
        r"late (?:again|flights?|trains?|bus(?:es)?|deliver(?:y|ies)|parcels?|arrivals?|"
        r"departures?)|"
        r"(?:took|takes|taken) (?:\w+ ){0,3}(?:hours|days|weeks|months)"
    ),
    "money": (
        r"pric(?:es?|ed|ey|ing)|fees?|expensive|cheap(?:er|est|ly)?|refund(?:s|ed|ing)?|"
        r"charg(?:es?|ed|ing)|bill(?:s|ed|ing)?|money|paid|pay(?:s|ing|ments?)?"
    ),
    "product": (
        r"broken?|fault(?:s|y)?|quality|defect(?:s|ive)?|works|seats?|batter(?:y|ies)|"
        r"tast(?:es?|ed|y)|fresh(?:ly|er|est)?|foods?|meals?|coffees?"
    ),
    "app and web": (
        r"apps?|websites?|log-?ins?|log(?:s|ged|ging)? in(?:to)?|passwords?|online|"
        r"(?:locked|shut|blocked) (?:\w+ )?out of (?:\w+ ){0,2}accounts?"
    ),
    "help": (
        r"help(?:s|ed|ing|ful|fully|less)?|support(?:s|ed|ive|ing)?|answer(?:s|ed|ing)?|"
        r"calls?|call(?:ed|ing) (?:me|us|them|back)|phon(?:es?|ed|ing)|e-?mail(?:s|ed|ing)?|"
        r"chat(?:s|ted)?|listen(?:s|ed|ing)?|ignor(?:es?|ed|ing)"
    ),
    "cleanliness": (
        r"clean(?:s|ed|er|est|ing|liness)?|dirt(?:y|ier)?|filth(?:y)?|smell(?:s|ed|y|ing)?|"
        r"hygien(?:e|ic)|mou?ldy?"
    ),
    "safety": (
        r"safe(?:ty|ly|r)?|unsafe|danger(?:s|ous|ously)?|injur(?:y|ies|ed)|hurts?|"
        r"burn(?:s|ed|t|ing)?|fires?|accidents?"
    ),
}
#: By name, what finds it in a text.
DRIVERS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _WORDS.items()
}
