"""A paper for people: sections of sentences and tables, as Markdown, as HTML, as JSON.

Texts in it come from outside: they are escaped in each form. Decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape

from monitor.core.plaintext import tidy

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!~&])")
_ADDRESS = re.compile(r"https?://[^\s<>\"'()]+")
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;"
    "margin:0 auto;padding:1rem;overflow-wrap:break-word}h1{font-size:1.5rem}h2{font-size:1.15rem}"
    # On a phone a wide table is moved sideways: words stay whole, only addresses are broken.
    "table{border-collapse:collapse;display:block;overflow-x:auto}a{overflow-wrap:anywhere}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;"
    "border-bottom:1px solid #8888}td:nth-child(4):not(:empty),th:nth-child(4){min-width:6rem}"
    # The root decides what 1rem is, and a phone is narrow.
    "@media(max-width:34rem){td,th{font-size:.85rem}}"
    # On paper nothing can be moved sideways, no row is torn apart, the head stands on each page.
    "@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}"
    "table{display:table;width:100%}thead{display:table-header-group}tr,p{break-inside:avoid}"
    "h2{break-after:avoid}td,th{font-size:9pt;padding-right:.4rem}}"
)
#: A date, and a time with its zone: torn apart they cannot be read.
_MOMENT = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b|\b\d\d:\d\d UTC\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One heading with what stands under it."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """The whole of it."""

    title: str
    sections: tuple[Section, ...]
    #: The same numbers for programs, in JSON alone.
    data: Mapping[str, object] = field(default_factory=dict)


def document(paper: Paper) -> dict[str, object]:
    """As JSON: `title`, `sections`, `data`; the words of people unescaped."""
    return asdict(paper)


def markdown(paper: Paper) -> str:
    return "\n".join(_markdown(paper)) + "\n"


def html(paper: Paper) -> str:
    """A page that fetches nothing."""
    return "\n".join(_html(paper)) + "\n"


def _markdown(paper: Paper) -> Iterator[str]:
    yield f"# {_marked(paper.title)}"
    for section in paper.sections:
        yield f"\n## {_marked(section.title)}\n"
        for line in section.lines:
            yield f"{_marked(line)}\n"
        if section.rows:
            yield _barred(section.columns)
            yield _barred(["---"] * len(section.columns), marked=False)
            yield from map(_barred, section.rows)


def _barred(cells: Sequence[str], *, marked: bool = True) -> str:
    return f"| {' | '.join(_marked(cell) if marked else cell for cell in cells)} |"


def _marked(text: str) -> str:
    return _MARKS.sub(r"\\\1", tidy(text))


def _html(paper: Paper) -> Iterator[str]:
    title = escape(tidy(paper.title))
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
    )
    for section in paper.sections:
        yield f"<h2>{escape(tidy(section.title))}</h2>"
        yield from (f'<p dir="auto">{_linked(line)}</p>' for line in section.lines)
        if section.rows:
            head = _cells("th scope=col", section.columns)
            yield f"<table><thead><tr>{head}</tr></thead><tbody>"
            yield from (f"<tr>{_cells('td', row)}</tr>" for row in section.rows)
            yield "</tbody></table>"
    yield "</body></html>"


def _cells(tag: str, cells: Sequence[str]) -> str:
    return "".join(f'<{tag} dir="auto">{_whole(_linked(cell))}</{tag[:2]}>' for cell in cells)


def _whole(cell: str) -> str:
    """A cell is narrow: the parts of a moment stay together."""
    return _MOMENT.sub(lambda found: found[0].replace(" ", "\u00a0"), cell)


def _linked(text: str) -> str:
    """Escaped, with its addresses as links."""
    text, done, at = tidy(text), "", 0
    for found in _ADDRESS.finditer(text):
        url = escape(found[0])
        done += (
            f'{escape(text[at : found.start()])}<a href="{url}" rel="noopener nofollow">{url}</a>'
        )
        at = found.end()
    return done + escape(text[at:])
