"""Whether a report is about the brand, or only names it in passing.

A headline on a competitor's disaster alarms as much as one on our own, and ends on "Harrow and
other retailers do not sell the model". What the sentences say that name the brand tells the two
apart. Only for edited texts: they name whom they write about in each sentence that matters, while
people say "look at this" and add a handle. Runs no classifier.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

from monitor.core.types import Verdict

#: An alarm below this needs no second look.
LEAST = 0.25
_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+|\n+")


def own_words(text: str, names: Callable[[str], bool]) -> str | None:
    """The sentences that name the brand; None if all do, or none does.

    `names` says whether a sentence names it. A headline is a sentence.
    """
    sentences = [each for each in _END.split(text) if each.strip()]
    naming = [each for each in sentences if names(each)]
    return " ".join(naming) if 0 < len(naming) < len(sentences) else None


def tempered(whole: Verdict, own: Verdict, *, headlined: bool) -> Verdict:
    """The verdict on a text, believed as far as its sentences on the brand bear it out.

    A geometric mean of the two alarms, and all that is held against the brand in proportion;
    never more than the whole says. What the sentences say weighs two thirds, and a quarter if the
    headline names the brand (`headlined`): then the rest is likely to be about it too.
    """
    alarm, borne = whole.alarm * whole.about, own.alarm * own.about
    if borne >= alarm:
        return whole
    share = math.pow(borne / alarm, 0.25 if headlined else 0.67)
    return replace(
        whole,
        alarm=whole.alarm * share,
        complaint=whole.complaint * share,
        outrage=whole.outrage * share,
        harms={harm: p * share for harm, p in whole.harms.items()},
    )
