"""A folder on a real disk, read part by part to the end: nothing is lost, nothing leads out."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.adapters.folder import FolderFetcher, Limits
from monitor.core import folder
from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument, Fetched, FetchFailed, RawItem, Request
from monitor.sources.file import KIND
from tests.fakes import FakeFetcher, page

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Reader:
    """Polls a folder as the loop does: page by page, the cursor kept."""

    path: Path
    limits: Limits = field(default_factory=lambda: Limits(part=1_000))
    cursor: str = ""
    #: Seconds since 1970, by the clock that tells how long a file did not change.
    at: float = 0.0
    warning: str | None = None
    pages: int = 0
    #: What brands may be called.
    brands: dict[str, str] = field(default_factory=dict)

    async def ask(self) -> FeedDocument | FetchFailed:
        ask = Ask(
            url=str(self.path),
            query="",
            cursor=self.cursor,
            since=None,
            now=NOON,
            brands=self.brands,
        )
        fetcher = FolderFetcher(FakeFetcher(), limits=self.limits, now=lambda: self.at)
        answer = await fetcher.fetch(Request(url=KIND.ask(ask)))
        if isinstance(answer, FetchFailed):
            return answer
        assert isinstance(answer, Fetched)
        return KIND.read(Page(body=answer.body, headers=answer.headers, url=answer.url, ask=ask))

    async def items(self) -> list[RawItem]:
        """All of one poll."""
        found: list[RawItem] = []
        for _ in range(10_000):
            document = await self.ask()
            assert isinstance(document, FeedDocument), document
            self.pages += 1
            self.warning = document.warning
            found += document.items
            self.cursor = document.cursor if document.cursor is not None else self.cursor
            assert len(self.cursor) < 10_000
            if not document.more:
                return found
        raise AssertionError("it never ends")

    async def ids(self) -> list[str]:
        return [item.native_id for item in await self.items()]

    async def fails(self) -> str:
        answer = await self.ask()
        assert isinstance(answer, FetchFailed)
        return answer.reason


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    (tmp_path / "in").mkdir()
    return Reader(tmp_path / "in")


def line(number: int | str, text: str = "Meridian Air is late") -> str:
    return json.dumps({"id": str(number), "text": text, "source": "twitter"}) + "\n"


def table(*numbers: int, head: bool = True) -> str:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    if head:
        rows.writerow(["Post ID", "Message", "Date"])
    for number in numbers:
        rows.writerow([number, f'He said "no",\nthen left {number}', "2026-11-22 11:00"])
    return out.getvalue()


async def test_files_of_every_form_are_found(reader: Reader):
    files = {
        "a.jsonl": line(1).encode(),
        "b.csv": table(2).encode(),
        "c.jsonl.gz": gzip.compress(line(3).encode()),
        "d.csv.gz": gzip.compress(table(4).encode()),
        "e.jsonl.1": line(5).encode(),
        "f.CSV": b"\xef\xbb\xbf" + table(6).encode(),
        "g.tsv": b"id\ttext\n7\thello\n",
    }
    for name, content in files.items():
        (reader.path / name).write_bytes(content)

    assert sorted(await reader.ids()) == ["1", "2", "3", "4", "5", "6", "7"]
    assert await reader.ids() == []
    assert reader.warning is None


async def test_other_files_are_left_alone(reader: Reader):
    for name in (".a.jsonl", "~a.jsonl", "a.jsonl.tmp", "a.jsonl.part", "notes.txt", "a.xlsx"):
        (reader.path / name).write_text(line(1))
    (reader.path / "below.jsonl").mkdir()
    (reader.path / "below.jsonl" / "a.jsonl").write_text(line(2))

    assert await reader.ids() == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
async def test_a_growing_file_is_read_on_from_where_it_was(reader: Reader, name: str):
    file = reader.path / name
    first = line(1) if name == "a.jsonl" else table(1)
    file.write_text(first)
    assert await reader.ids() == ["1"]
    with file.open("a") as stream:
        stream.write(line(2) if name == "a.jsonl" else table(2, head=False))
    assert await reader.ids() == ["2"]
    assert await reader.ids() == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.gz"])
async def test_a_long_file_comes_in_parts_and_whole(reader: Reader, name: str):
    numbers = range(300)
    text = "".join(map(line, numbers)) if "json" in name else table(*numbers)
    packed = gzip.compress(text.encode()) if name.endswith("gz") else text.encode()
    (reader.path / name).write_bytes(packed)

    assert await reader.ids() == [str(n) for n in numbers]
    assert reader.pages > 10
    assert await reader.ids() == []


async def test_every_cut_of_a_growing_file_gives_every_row_once(reader: Reader):
    """Whatever a writer's buffer holds when we look."""
    for name, text in (("a.jsonl", "".join(map(line, range(3)))), ("b.csv", table(0, 1, 2))):
        file = reader.path / name
        got: list[str] = []
        content = text.encode()
        for end in range(len(content) + 1):
            _append(file, content[max(0, end - 1) : end])
            got += await reader.ids()
        assert got == ["0", "1", "2"], name
        assert reader.warning is None


def _append(file: Path, content: bytes) -> None:
    with file.open("ab") as stream:
        stream.write(content)


async def test_a_half_written_last_line_waits(reader: Reader):
    file = reader.path / "a.jsonl"
    file.write_text(line(1) + '{"id": "2", "te')
    assert await reader.ids() == ["1"]
    assert await reader.ids() == []
    _append(file, b'xt": "x"}')
    assert await reader.ids() == ["2"], "it is whole, though its line has no end"
    assert reader.warning is None


@pytest.mark.parametrize(
    ("name", "text", "ids", "warning"),
    [
        ("a.csv", "id,text\n1,one\n2,two", ["2"], None),
        (
            "a.jsonl",
            line(1) + '{"id": "2", "te',
            [],
            "1 record was left out, last: a.jsonl line 2: not JSON: ",
        ),
    ],
)
async def test_a_last_line_without_an_end_is_taken_once_nobody_writes(
    reader: Reader, name, text, ids, warning
):
    file = reader.path / name
    file.write_text(text)
    reader.at = file.stat().st_mtime + 59
    assert await reader.ids() == ["1"]
    reader.at += 1
    assert await reader.ids() == ids
    assert (reader.warning or "").startswith(warning or "")
    assert (reader.warning is None) == (warning is None)
    assert await reader.ids() == []


async def test_a_file_that_is_rotated_is_read_to_its_end_and_the_new_one_from_its_start(
    reader: Reader,
):
    file = reader.path / "a.jsonl"
    file.write_text(line(1))
    assert await reader.ids() == ["1"]
    _append(file, line(2).encode())
    file.rename(reader.path / "a.jsonl.1")
    file.write_text(line(3))

    assert sorted(await reader.ids()) == ["2", "3"]


async def test_a_file_that_is_cut_and_written_anew_is_read_anew(reader: Reader):
    file = reader.path / "a.jsonl"
    file.write_text(line(1) + line(2))
    assert await reader.ids() == ["1", "2"]
    file.write_text(line(3))
    assert await reader.ids() == ["3"], "shorter"
    file.write_text(line(4) + line(5) + line(6))
    assert await reader.ids() == ["4", "5", "6"], "longer"


async def test_a_file_that_is_touched_gives_nothing_new(reader: Reader):
    file = reader.path / "a.jsonl"
    file.write_text(line(1))
    assert await reader.ids() == ["1"]
    file.chmod(0o600)
    assert await reader.ids() == []


async def test_a_thousand_files_are_read_once_though_few_are_remembered(reader: Reader):
    for number in range(300):
        (reader.path / f"{number:03}.jsonl").write_text(line(number))
    assert sorted(await reader.ids()) == sorted(str(n) for n in range(300))
    assert len(folder.read(reader.cursor).marks) == folder.MOST_MARKS
    (reader.path / "late.jsonl").write_text(line("late"))
    assert await reader.ids() == ["late"]


async def test_bad_lines_are_named_and_lose_nothing_else(reader: Reader):
    bad = ["{oops\n", "\n", "7\n", '{"text": ""}\n', '{"id": "9", "text": "x", "date": "soon"}\n']
    (reader.path / "a.jsonl").write_bytes(
        (line(1) + "".join(bad) + line(2)).encode() + b"\xff\n" + line(3).encode()
    )

    assert await reader.ids() == ["1", "2", "3"]
    assert reader.warning is not None
    assert reader.warning.startswith("5 records were left out, last: a.jsonl line 8: not JSON: ")
    assert await reader.ids() == []
    assert "5 records were left out" in (reader.warning or ""), "for a day"


async def test_bad_rows_of_a_table_are_named_too(reader: Reader):
    text = 'id,text,likes\n1,one,3\n2,two,many\n3,"never\n4,four,1\n5,five,5" inch\n'
    file = reader.path / "a.csv"
    file.write_bytes(text.encode() + b"6,\xff\xff,1\n")
    reader.at = file.stat().st_mtime + 60

    ids = await reader.ids()
    assert ids[0] == "1"
    assert "likes" in (reader.warning or "") or "left out" in (reader.warning or "")


async def test_a_line_without_end_costs_itself_alone(reader: Reader):
    (reader.path / "a.jsonl").write_text(line(1) + "x" * 10_000 + "\n" + line(2))

    assert await reader.ids() == ["1", "2"]
    assert reader.warning is not None
    assert reader.warning.startswith("1 record was left out, last: a.jsonl line ")


async def test_nothing_leads_out_of_the_folder(reader: Reader, tmp_path: Path):
    secret = tmp_path / "secret.jsonl"
    secret.write_text(line("secret"))
    (reader.path / "link.jsonl").symlink_to(secret)
    (reader.path / "loop.jsonl").symlink_to(reader.path)
    os.mkfifo(reader.path / "pipe.jsonl")
    (reader.path / "a.jsonl").write_text(line(1))

    assert await reader.ids() == ["1"]


async def test_a_file_that_turns_into_a_link_is_not_followed(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = tmp_path / "secret.jsonl"
    secret.write_text(line("secret"))
    file = reader.path / "a.jsonl"
    file.write_text(line(1))
    opened = os.open

    def swap(path, *args, **kwargs):
        file.unlink(missing_ok=True)
        file.symlink_to(secret)
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", swap)
    assert await reader.ids() == []
    assert "a.jsonl: " in (reader.warning or "")


async def test_one_file_may_be_named(reader: Reader):
    file = reader.path / "a.jsonl"
    file.write_text(line(1))
    assert await Reader(file).ids() == ["1"]
    link = reader.path.parent / "b.jsonl"
    link.symlink_to(file)
    assert await Reader(link).ids() == ["1"], "who names it means it"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nothing", "No such file or directory"), ("notes.txt", "the name should end in .jsonl")],
)
async def test_what_cannot_be_read_is_a_failure_in_plain_words(reader: Reader, name, reason):
    (reader.path / "notes.txt").write_text("x")
    assert reason in await Reader(reader.path / name).fails()


async def test_too_many_files_are_a_failure(reader: Reader):
    for number in range(6):
        (reader.path / f"{number}.jsonl").write_text(line(number))
    reader.limits = Limits(files=5)
    assert "more than 5 files" in await reader.fails()


# --- packed files


async def test_a_packed_file_that_is_still_written_waits(reader: Reader):
    whole = gzip.compress("".join(map(line, range(50))).encode())
    file = reader.path / "a.jsonl.gz"
    file.write_bytes(whole[:-20])
    reader.at = file.stat().st_mtime
    first = await reader.ids()
    assert reader.warning is None
    file.write_bytes(whole)

    assert first + await reader.ids() == [str(n) for n in range(50)]
    assert reader.warning is None


async def test_a_packed_file_that_ends_too_early_is_named(reader: Reader):
    whole = gzip.compress("".join(map(line, range(50))).encode())
    file = reader.path / "a.jsonl.gz"
    file.write_bytes(whole[:-20])
    reader.at = file.stat().st_mtime + 60
    await reader.ids()

    assert "a.jsonl.gz: ends too early" in (reader.warning or "")
    assert await reader.ids() == []


async def test_what_is_not_packed_at_all_is_named(reader: Reader):
    (reader.path / "a.jsonl.gz").write_text(line(1))

    assert await reader.ids() == []
    assert "a.jsonl.gz: Not a gzipped file" in (reader.warning or "")
    assert await reader.ids() == []


async def test_a_bomb_costs_a_bounded_time(reader: Reader):
    (reader.path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n" * 50_000_000, 1))
    (reader.path / "b.jsonl").write_text(line(1))
    reader.limits = Limits(part=2**20, unpacked=3 * 2**20)

    assert await reader.ids() == ["1"]
    assert "a.jsonl.gz: unpacks to more than 3 MiB" in (reader.warning or "")


async def test_a_part_is_bounded_whatever_the_file_holds(reader: Reader):
    with (reader.path / "a.jsonl").open("wb") as stream:
        stream.truncate(50_000_000)  # a hole: 50 MB of NUL, a line without end
    reader.limits = Limits()
    assert await reader.ids() == []
    assert reader.pages < 60


# --- others


async def test_all_other_addresses_are_asked_elsewhere():
    beyond = FakeFetcher()
    beyond.answers("https://feeds.example/a", page("x"))
    answer = await FolderFetcher(beyond).fetch(Request(url="https://feeds.example/a"))

    assert isinstance(answer, Fetched)
    assert answer.body == b"x"


async def test_a_path_may_hold_anything(tmp_path: Path):
    odd = tmp_path / "a?b #c %20"
    odd.mkdir()
    (odd / "Grüße 1.jsonl").write_text("x\n" + line(1))
    reader = Reader(odd)

    assert await reader.ids() == ["1"]
    assert "Grüße 1.jsonl line 1: not JSON" in (reader.warning or "")


def array(*numbers: int) -> str:
    return "[" + ",\n".join(line(number).strip() for number in numbers) + "]"


async def test_a_json_array_is_read_part_by_part_and_each_record_once(reader: Reader):
    file = reader.path / "a.json"
    file.write_text(array(*range(100)))
    assert await reader.ids() == [str(number) for number in range(100)]
    assert reader.pages > 5
    assert await reader.ids() == []
    assert reader.warning is None


async def test_an_array_that_is_written_anew_with_more_is_read_anew(reader: Reader):
    file = reader.path / "a.json"
    file.write_text(array(1, 2))
    assert await reader.ids() == ["1", "2"]
    file.write_text(array(1, 2, 3))
    assert (await reader.ids())[-1] == "3"


async def test_a_file_becomes_an_array_or_lines_when_it_is_written_anew(reader: Reader):
    file = reader.path / "a.json"
    file.write_text(array(1))
    assert await reader.ids() == ["1"]
    file.write_text(line(2) + line(3))
    assert await reader.ids() == ["2", "3"]
    file.write_text(array(4, 5, 6))
    assert await reader.ids() == ["4", "5", "6"]


async def test_a_bad_element_is_named_by_its_number(reader: Reader):
    (reader.path / "a.json").write_text('[{"id": 1, "text": "x"}, {oops}, 7]')
    assert await reader.ids() == ["1"]
    warning = "2 records were left out, last: a.json record 3: should be a JSON object, not int"
    assert reader.warning == warning


async def test_an_array_that_is_half_written_waits_and_is_complained_of_later(reader: Reader):
    file = reader.path / "a.json"
    file.write_text(array(1, 2)[:-5])
    assert await reader.ids() == ["1"]
    assert reader.warning is None
    reader.at = file.stat().st_mtime + 61
    assert await reader.ids() == []
    assert reader.warning == (
        "1 record was left out, last: a.json record 2: the list ends in the middle of a record"
    )
    file.write_text(array(1, 2))
    assert (await reader.ids())[-1] == "2"


async def test_a_record_that_is_larger_than_a_part_ends_its_array(reader: Reader):
    big = json.dumps({"id": "2", "text": "x" * 3_000})
    (reader.path / "a.json").write_text(f"[{line(1)},{big},{line(3)}]")
    assert await reader.ids() == ["1"]
    assert "more than a mebibyte" in (reader.warning or "")
    (reader.path / "b.jsonl").write_text(line(4))
    assert await reader.ids() == ["4"]


async def test_a_last_line_that_was_half_for_long_is_read_once_it_is_whole(reader: Reader):
    for name, half, rest in (
        ("a.jsonl", '{"id": "1", "te', 'xt": "late"}\n'),
        ("b.csv", "id,text\n1,la", "te\n"),
    ):
        file = reader.path / name
        file.write_text(half)
        reader.at = file.stat().st_mtime + 61
        await reader.items()
        _append(file, rest.encode())
        assert [item.text for item in await reader.items()] == ["late"], name


async def test_windows_1252_is_read_and_utf_16_is_named(reader: Reader):
    (reader.path / "a.csv").write_bytes("id,text\n1,café\n".encode("cp1252"))
    (reader.path / "b.jsonl").write_bytes('{"id": 2, "text": "café"}\n'.encode("cp1252"))
    assert [item.text for item in await reader.items()] == ["café", "café"]
    (reader.path / "c.csv").write_text("id,text\n1,x\n", encoding="utf-16")
    await reader.items()
    assert "c.csv line 2: looks like UTF-16: export it as UTF-8" in (reader.warning or "")
    (reader.path / "d.json").write_text('[{"id": 1}]\n', encoding="utf-16")
    await reader.items()
    assert "d.json line 1: looks like UTF-16" in (reader.warning or "")


async def test_a_file_that_is_renamed_just_before_it_is_opened_is_found(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    file = reader.path / "a.jsonl"
    file.write_text(line(1))
    real = os.open

    def rename_first(path: Path, flags: int) -> int:
        if file.exists():
            file.rename(reader.path / "a.jsonl.1")
        return real(path, flags)

    monkeypatch.setattr(os, "open", rename_first)
    assert await reader.ids() == ["1"]
    assert reader.warning is None


async def test_a_folder_where_nothing_stays_is_said(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    (reader.path / "a.jsonl").write_text(line(1))

    def gone(path: Path, flags: int) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(os, "open", gone)
    assert "come and go faster than they can be read" in await reader.fails()


async def test_a_record_says_which_brand_it_is_about_or_is_refused(reader: Reader):
    (reader.path / "a.csv").write_text(
        "id,text,brand\n1,x,MERIDIAN\n2,x,Nobody\n3,x,\n", encoding="utf-8"
    )
    reader.brands = {"meridian": "Meridian Air"}
    assert [(item.native_id, item.brand) for item in await reader.items()] == [
        ("1", "Meridian Air"),
        ("3", None),
    ]
    assert reader.warning == (
        "1 record was left out, last: a.csv line 3: brand: there is no 'Nobody';"
        " known: Meridian Air"
    )
    reader.brands = {}
    (reader.path / "b.jsonl").write_text('{"id": "4", "text": "x", "brand": "Nobody"}\n')
    assert [item.brand for item in await reader.items()] == ["Nobody"], "nobody knows better"
