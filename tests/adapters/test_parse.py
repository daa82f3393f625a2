"""Worker processes under hostile documents: real processes, real limits."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.adapters import parse, parse_worker
from monitor.adapters.parse import Limits, ProcessReader
from monitor.adapters.parse_worker import FRAME, READY, Answer, Job
from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument
from monitor.errors import FeedError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"
FEED = b"<rss version='2.0'><channel><item><title>A title</title></item></channel></rss>"
BOMBS = Path("/work/shared/data/xml-bombs")
ROOT = str(Path(parse.__file__).parent.parent.parent)
MIB = 2**20
#: A worker that stands in for the real one; `jobs` and `answer` are its ends of the pipes.
STAND_IN = """
import os, pickle, struct, sys, time
jobs, answers = sys.stdin.buffer, os.fdopen(1, "wb")
answers.write(b"ready"); answers.flush()
def job():
    of_job, of_body = struct.unpack(">QQ", jobs.read(16))
    return jobs.read(of_job), jobs.read(of_body)
def answer(packed):
    answers.write(struct.pack(">QQ", len(packed), 0) + packed); answers.flush()
"""


def run(
    work: Callable[[ProcessReader], Awaitable[object]],
    *,
    limits: Limits = Limits(),  # noqa: B008
) -> None:
    async def within() -> None:
        reader = ProcessReader(limits=limits)
        try:
            await work(reader)
        finally:
            await reader.close()
            assert children() == []

    asyncio.run(within())


def page(body: bytes = b"", *, url: str = URL) -> Page:
    ask = Ask(url=url, query="", cursor="", since=None, now=NOW)
    return Page(body=body, headers={"content-type": "text/xml"}, url=url, ask=ask)


async def read(reader: ProcessReader, body: bytes = FEED, *, url: str = URL) -> FeedDocument:
    return await reader.read("feed", page(body, url=url))


STRANGERS: set[int] = set()


@pytest.fixture(scope="module", autouse=True)
def _strangers() -> Iterator[None]:
    STRANGERS.update(children())
    yield
    STRANGERS.clear()


def children(parent: int | None = None) -> list[int]:
    """Processes that we (or `parent`) started and that are still there, zombies included.

    Those that were there before any test of this module (other tests' helpers) do not count.
    """
    me, found = parent or os.getpid(), list[int]()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found += [int(status.parent.name)] if int(fields[1]) == me else []
    return [one for one in found if one not in STRANGERS]


def memory(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Start workers that run this code instead of ours."""

    def use(code: str) -> None:
        monkeypatch.setattr(parse, "_PROGRAM", STAND_IN + code)

    return use


class TestReading:
    def test_gives_the_document(self) -> None:
        async def work(reader: ProcessReader) -> None:
            document = await read(reader)
            assert [item.title for item in document.items] == ["A title"]
            assert await read(reader) == document

        run(work)

    def test_gives_the_newest_of_forty_thousand_entries(self) -> None:
        entries = b"".join(
            b"<item><guid>%d</guid><title>Late</title><description>%s</description></item>"
            % (n, b"Words " * 40)
            for n in range(40_000)
        )

        async def work(reader: ProcessReader) -> None:
            document = await read(reader, FEED.replace(b"<item>", entries + b"<item>"))
            assert [item.native_id for item in document.items] == [str(n) for n in range(500)]
            assert document.dropped == 39_501

        run(work)

    def test_uses_a_worker_again(self) -> None:
        async def work(reader: ProcessReader) -> None:
            await read(reader)
            before = children()
            await read(reader)
            assert len(before) == 1
            assert children() == before

        run(work)

    def test_keeps_its_worker_however_large_the_daemon_is(self) -> None:
        ballast = b"x" * (Limits().retire + 2**25)

        async def work(reader: ProcessReader) -> None:
            await read(reader)
            before = children()
            await read(reader)
            assert (len(before), children()) == (1, before)

        run(work)
        assert ballast

    def test_starts_no_more_workers_than_allowed(self) -> None:
        async def work(reader: ProcessReader) -> None:
            await asyncio.gather(*(read(reader) for _ in range(5)))
            assert len(children()) == 2

        run(work)

    def test_refuses_what_is_no_feed_and_goes_on(self) -> None:
        async def work(reader: ProcessReader) -> None:
            with pytest.raises(FeedError, match="not a feed: looks like HTML"):
                await read(reader, b"<html></html>")
            before = children()
            assert (await read(reader)).items
            assert children() == before

        run(work)

    def test_survives_a_library_that_prints(self, monkeypatch: pytest.MonkeyPatch) -> None:
        noisy = """
from monitor.sources import feed
quiet = feed.read
def read(*given, **named):
    print("what is this?", flush=True)
    return quiet(*given, **named)
feed.read = read
"""
        monkeypatch.setattr(parse, "_PROGRAM", noisy + parse._PROGRAM)

        async def work(reader: ProcessReader) -> None:
            assert (await read(reader)).items
            assert (await read(reader)).items

        run(work)

    def test_needs_no_reader_to_have_read_to_close(self) -> None:
        async def work(reader: ProcessReader) -> None:
            assert children() == []

        run(work)

    def test_tells_the_worker_no_secret(
        self, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        told = tmp_path / "told"
        stand_in(f"open({str(told)!r}, 'w').write(repr(dict(os.environ))); job()")
        monkeypatch.setenv("LEADERSHIP_WEBHOOK_SECRET", "whsec_x")

        async def work(reader: ProcessReader) -> None:
            with pytest.raises(FeedError):
                await read(reader)

        run(work)
        assert "PYTHONPATH" in told.read_text()
        assert "whsec_x" not in told.read_text()


class TestAHostileDocument:
    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("job(); os.kill(os.getpid(), 11)", "the document broke the process"),
            ("job(); answers.write(b'x')", "the document broke the process"),
            ("job(); answer(b'nonsense')", "the document broke the process"),
            ("job(); answer(pickle.dumps('a string'))", "the document broke the process"),
            ("job(); answer(pickle.dumps(os.system))", "the document broke the process"),
            ("job(); time.sleep(60)", r"not read within 0\.5 s"),
            ("time.sleep(60)", r"not read within 0\.5 s"),
            ("job(); answer(bytes(2000))", "larger than a feed may be"),
        ],
    )
    def test_that_takes_over_its_worker_fails_alone(
        self, stand_in: Callable[[str], None], code: str, reason: str
    ) -> None:
        stand_in(code)

        async def work(reader: ProcessReader) -> None:
            for _ in range(2):
                with pytest.raises(FeedError, match=reason):
                    await read(reader, b"x" * MIB)
                assert children() == []

        run(work, limits=Limits(deadline=0.5, answer=1000))

    def test_does_not_hold_up_the_others_a_second_time(
        self, stand_in: Callable[[str], None]
    ) -> None:
        """Five slow documents keep one worker busy; the other one reads what is healthy."""
        stand_in(
            "import pickle\n"
            "from monitor.adapters.parse_worker import Answer, FeedDocument\n"
            "while True:\n"
            "    if job()[1] == b'slow': time.sleep(0.4)\n"
            "    answer(pickle.dumps(Answer(document=FeedDocument(items=()))))"
        )

        async def work(reader: ProcessReader) -> None:
            slow = [f"{URL}?{n}" for n in range(5)]
            await asyncio.gather(*(read(reader, b"slow", url=url) for url in slow))
            again = [asyncio.create_task(read(reader, b"slow", url=url)) for url in slow]
            await asyncio.sleep(0)
            await read(reader)
            assert sum(task.done() for task in again) <= 1
            await asyncio.gather(*again)

        run(work, limits=Limits(slow=0.3))

    def test_costs_bounded_memory(self) -> None:
        async def work(reader: ProcessReader) -> None:
            with pytest.raises(FeedError, match="takes more memory to read than a feed may"):
                await read(reader, b"<rss version='2.0'><channel>" + b"<item/>" * MIB)

        run(work, limits=Limits(memory=24 * MIB, deadline=60))

    def test_that_made_a_worker_grow_costs_it_its_place(self) -> None:
        async def work(reader: ProcessReader) -> None:
            await read(reader)
            assert children() == []

        run(work, limits=Limits(retire=1))

    @pytest.mark.skipif(not BOMBS.exists(), reason=f"{BOMBS} is not at hand")
    def test_of_every_known_kind_costs_little_memory_and_little_delay(self) -> None:
        """Under 200 MB more, and a healthy feed is read within 10 s."""
        bombs = [file.read_bytes() for file in sorted(BOMBS.iterdir()) if file.suffix != ".md"]
        peak = 0

        async def watch() -> None:
            nonlocal peak
            while True:
                peak = max(peak, sum(map(memory, children())))
                await asyncio.sleep(0.02)

        async def work(reader: ProcessReader) -> None:
            watcher = asyncio.create_task(watch())
            hostile = [
                asyncio.create_task(read(reader, bomb, url=f"{URL}?{number}"))
                for number, bomb in enumerate(bombs)
            ]
            start = time.monotonic()
            assert (await read(reader)).items
            assert time.monotonic() - start < 10
            ends = await asyncio.gather(*hostile, return_exceptions=True)
            watcher.cancel()
            assert all(isinstance(end, FeedDocument | FeedError) for end in ends)
            assert not any("root:" in repr(end) for end in ends)  # /etc/passwd

        assert len(bombs) == 11
        run(work)
        assert 0 < peak < 200 * MIB


class TestTheEnd:
    def test_of_a_read_that_is_cancelled_is_the_end_of_its_worker(
        self, stand_in: Callable[[str], None]
    ) -> None:
        stand_in("job(); time.sleep(60)")

        async def work(reader: ProcessReader) -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await read(reader)
            assert children() == []

        run(work)

    @pytest.mark.parametrize("code", ["sys.exit(3)", "import time; time.sleep(60)"])
    def test_of_a_worker_that_does_not_start_is_told(
        self, monkeypatch: pytest.MonkeyPatch, code: str
    ) -> None:
        monkeypatch.setattr(parse, "_PROGRAM", f"import sys; {code}")

        async def work(reader: ProcessReader) -> None:
            with pytest.raises(FeedError, match="the process that reads feeds does not start"):
                await read(reader)

        run(work, limits=Limits(start=0.5))

    def test_of_a_start_that_is_cancelled_leaves_no_process(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parse, "_PROGRAM", "import time; time.sleep(60)")

        async def work(reader: ProcessReader) -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await read(reader)
            assert children() == []

        run(work)

    def test_of_an_idle_worker_is_noticed_and_made_good(self) -> None:
        async def work(reader: ProcessReader) -> None:
            await read(reader)
            (worker,) = children()
            os.kill(worker, signal.SIGKILL)
            await reader._idle[0].wait()
            assert (await read(reader)).items

        run(work)

    def test_a_worker_leaves_the_signals_of_the_terminal_to_its_parent(self) -> None:
        async def work(reader: ProcessReader) -> None:
            await read(reader)
            (worker,) = children()
            os.kill(worker, signal.SIGINT)
            os.kill(worker, signal.SIGTERM)
            assert (await read(reader)).items
            assert children() == [worker]

        run(work)

    @pytest.mark.parametrize("busy", [False, True])
    def test_a_worker_does_not_outlive_a_parent_that_is_killed(
        self, tmp_path: Path, *, busy: bool
    ) -> None:
        # A worker at rest sees its pipe close; a busy one ends by its own alarm.
        sign = tmp_path / "sign"
        hang = f"""
import time
from pathlib import Path
from monitor.sources import feed
def read(*_, **__):
    Path({str(sign)!r}).touch()
    time.sleep(60)
feed.read = read
"""
        program = f"""
import asyncio, time
from datetime import UTC, datetime
from pathlib import Path
from monitor.adapters import parse
from monitor.core.asking import Ask, Page
if {busy}:
    parse._PROGRAM = {hang!r} + parse._PROGRAM
async def main():
    reader = parse.ProcessReader(limits=parse.Limits(deadline=1))
    ask = Ask(url="", query="", cursor="", since=None, now=datetime.now(UTC))
    page = Page(body={FEED!r}, headers={{}}, url="https://a.example/", ask=ask)
    await reader.read("feed", page)
    Path({str(sign)!r}).touch()
    time.sleep(60)
asyncio.run(main())
"""
        environment = {**os.environ, "PYTHONPATH": ROOT}
        with subprocess.Popen([sys.executable, "-c", program], env=environment) as parent:
            wait_until(sign.exists)
            (worker,) = children(parent.pid)
            parent.kill()
        wait_until(lambda: memory(worker) == 0)


def wait_until(happened: Callable[[], bool], *, within: float = 20.0) -> None:
    end = time.monotonic() + within
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


class TestTheWorker:
    """What runs in the process, run here."""

    JOB = Job(kind="feed", page=page())

    def test_answers_one_job_after_the_other(self) -> None:
        jobs, answers = io.BytesIO(), io.BytesIO()
        for body in (FEED, b"", FEED):
            packed = pickle.dumps(self.JOB)
            jobs.write(FRAME.pack(len(packed), len(body)) + packed + body)
        jobs.seek(0)
        parse_worker.serve(jobs, answers, seconds=60)
        answers.seek(0)
        assert answers.read(len(READY)) == READY
        given = []
        while head := answers.read(FRAME.size):
            given.append(pickle.loads(answers.read(FRAME.unpack(head)[0])))  # noqa: S301 - our own
        assert [bool(answer.document) for answer in given] == [True, False, True]
        assert given[1].error == "not a feed: the document is empty"
        assert all(answer.peak > MIB for answer in given)
        assert signal.alarm(0) == 0

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (MemoryError(), "the document takes more memory to read than a feed may"),
            (RecursionError(), "the document is nested too deeply"),
            (FeedError("not a feed"), "not a feed"),
        ],
    )
    def test_turns_every_end_into_an_answer(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
    ) -> None:
        def fail(*_: object, **__: object) -> FeedDocument:
            raise error

        monkeypatch.setattr("monitor.sources.feed.read", fail)
        answer = parse_worker.answer(self.JOB, FEED)
        assert replace(answer, peak=0) == Answer(error=reason)

    @pytest.mark.parametrize(
        ("hard", "limit"),
        [(resource.RLIM_INFINITY, 105), (200, 105), (105, None), (50, None)],
    )
    def test_takes_no_more_memory_than_it_is_given(
        self, monkeypatch: pytest.MonkeyPatch, hard: int, limit: int | None
    ) -> None:
        made: list[tuple[int, int]] = []
        monkeypatch.setattr(parse_worker, "_in_use", lambda: 100)
        monkeypatch.setattr(resource, "getrlimit", lambda _: (0, hard))
        monkeypatch.setattr(resource, "setrlimit", lambda _, limits: made.append(limits))
        parse_worker.limit_memory(5)
        assert made == ([] if limit is None else [(limit, hard)])

    def test_knows_how_much_it_uses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert memory(os.getpid()) < parse_worker._in_use() < 2**40
        monkeypatch.setattr(parse_worker, "_STATM", Path("/no/such/file"))
        assert parse_worker._in_use() == 2**30

    def test_knows_the_most_it_ever_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = memory(os.getpid())
        assert 0.9 * now < parse_worker._peak() < 2**40
        monkeypatch.setattr(parse_worker, "_STATUS", Path("/no/such/file"))
        assert 0.9 * now < parse_worker._peak() < 2**40


class TestCounts:
    """Of posts that are asked for again."""

    POSTS = (("8863", None), ("1", None))
    ITEM = b'{"id": 8863, "score": 111, "descendants": 71, "type": "story"}'

    def test_are_read_in_a_worker(self) -> None:
        async def work(reader: ProcessReader) -> None:
            counts = await reader.counts("hackernews", page(self.ITEM), self.POSTS[:1])
            assert counts == {"8863": {"score": 111.0, "replies": 71.0}}

        run(work)

    def test_of_an_answer_of_another_kind_are_refused(self) -> None:
        async def work(reader: ProcessReader) -> None:
            with pytest.raises(FeedError):
                await reader.counts("hackernews", page(b"<html>"), self.POSTS[:1])

        run(work)

    def test_are_not_to_be_had_of_a_kind_that_gives_none(self) -> None:
        job = Job(kind="feed", page=page(), posts=self.POSTS)
        assert parse_worker.answer(job, FEED).counts is None
