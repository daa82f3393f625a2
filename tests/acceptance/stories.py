"""What the tests publish: invented brands, and texts whose reading is beyond dispute."""

from __future__ import annotations

#: One post that leaders must hear of.
GRAVE = (
    "Crew of {brand} dragged a disabled passenger down the aisle by her hair, she was screaming"
    " and bleeding from the head. I filmed everything."
)
#: Another grave story, unlike the first.
POISON = (
    "Two children died in hospital after the contaminated milk of {brand}; the company knew of"
    " the bacteria for weeks and hid the test results, prosecutors say."
)
LEAK = (
    "Hackers publish passport scans and card numbers of nine million {brand} customers, the"
    " company kept the breach secret for months."
)
CRASH = (
    "Three dead and forty injured after the brakes of a {brand} bus failed on the mountain road."
)
#: What nobody is woken for.
ROUTINE = (
    "{brand} opens a second counter at the station on Monday.",
    "Took {brand} to see my parents, nice coffee and a window seat.",
    "{brand} announces its winter timetable.",
)
