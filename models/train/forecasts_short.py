"""The figures that a reader of `FORECASTS.md` sees first, picked from its own tables.

Measures nothing and rounds nothing. A table of which no row is of that name leaves `-`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.core.settings import AlertSettings

Rows = Sequence[Mapping[str, object]]
Tables = Mapping[str, Rows]
#: The systems on NAB that are ours; all others are published.
OURS = ("as it ships", "threshold of other brands")
_AT_ONE_HOUR = {"age": "1 h", "mentions": "5 or more"}
_RECALL, _FALSE = "recall by post 3", "false pages a brand-week"


def growth(tables: Tables) -> dict[str, str]:
    """Of how far stories spread."""
    sizes, coverage, top = tables["growth"], tables["coverage"], tables["top"]
    return {
        "error_ced": pick(sizes, "mixed", set="ced", **_AT_ONE_HOUR),
        "median_ced": pick(sizes, "median growth", set="ced", **_AT_ONE_HOUR),
        "error_replab": pick(sizes, "everyday", set="replab", **_AT_ONE_HOUR),
        "stories_replab": pick(sizes, "rows", set="replab", **_AT_ONE_HOUR),
        "count_replab": pick(sizes, "persistence", set="replab", **_AT_ONE_HOUR),
        **{f"coverage_{one}": pick(coverage, "coverage", part=one) for one in _PARTS},
        "auc_model": pick(top, "model AUC", age="1 h"),
        "auc_count": pick(top, "count AUC", age="1 h"),
    }


_PARTS = ("ced", "tideh", "replab")


def measured(tables: Tables) -> dict[str, str]:
    """Of bursts, grouping, early flags and replays."""
    alerts, stories, volume = tables["alerts"], tables["stories"], tables["volume"]
    rules = AlertSettings()
    return {
        "early_watch": pick(alerts, _RECALL, threshold=f"{rules.watch:g}"),
        "false_watch": pick(alerts, _FALSE, threshold=f"{rules.watch:g}"),
        "early_warning": pick(alerts, _RECALL, threshold=f"{rules.warning:g}"),
        "false_warning": pick(alerts, _FALSE, threshold=f"{rules.warning:g}"),
        "nab": pick(volume, "NAB", system=OURS[1]),
        "nab_published": _highest(row for row in volume if row.get("system") not in OURS),
        "grouped_tweets": pick(stories, "merged F1", **{"data set": "tweets_original_order"}),
        "grouped_replab": pick(stories, "merged F1", **{"data set": "replab_dev"}),
        "replays_met": _met(tables["replays"]),
    }


def pick(rows: Rows, column: str, **named: str) -> str:
    """One cell: of the row whose cells have these names."""
    found = (row for row in rows if all(str(row.get(key)) == one for key, one in named.items()))
    return str(next(found, {}).get(column, "-"))


def _highest(rows: Iterable[Mapping[str, object]]) -> str:
    return max((str(row.get("NAB", "-")) for row in rows), key=_number, default="-")


def _number(cell: str) -> float:
    return float(cell) if cell != "-" else 0.0


def _met(replays: Rows) -> str:
    return f"{sum(row.get('demand') == 'met' for row in replays)} of {len(replays)}"
