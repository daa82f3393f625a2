"""Fakes with a memory: small readable stand-ins for the world. No mocks."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.asking import Page, Posts
from monitor.core.outbox import Answered, PostResult, SignedMessage
from monitor.core.polling import (
    FeedDocument,
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    RawItem,
    Request,
)
from monitor.core.types import HARMS, Reading, Stance, Verdict
from monitor.errors import FeedError


class FakeClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> datetime:
        self.now += span
        return self.now


def verdict(**values: object) -> Verdict:
    """An ordinary remark, but for what is given; harms by name."""
    harms = dict.fromkeys(HARMS, 0.0) | {k: v for k, v in values.items() if k in HARMS}
    given = {k: v for k, v in values.items() if k not in HARMS}
    ordinary = {
        "model": "fake-1",
        "language": "en",
        "about": 0.97,
        "stance": Stance(negative=0.1, neutral=0.8, positive=0.1),
        "alarm": 0.02,
        "complaint": 0.05,
        "outrage": 0.02,
        "firsthand": 0.1,
        "severity": 0.1,
    }
    return Verdict(**(ordinary | given), harms=harms)  # type: ignore[arg-type]


GRAVE = verdict(
    stance=Stance(negative=0.97, neutral=0.02, positive=0.01),
    alarm=0.95,
    complaint=0.7,
    outrage=0.8,
    firsthand=0.9,
    severity=3.6,
    mistreatment=0.95,
    safety=0.7,
)
ROUTINE = verdict(
    stance=Stance(negative=0.9, neutral=0.08, positive=0.02),
    alarm=0.05,
    complaint=0.9,
    severity=1.0,
    service=0.9,
)
ELSEWHERE = verdict(about=0.02)
#: Grave, says a model that does not know the language.
FOREIGN = replace(GRAVE, language="es", language_trained=False)


class FakeClassifier:
    """Reads by key words, and remembers what it was asked."""

    name = "fake-1"

    def __init__(self) -> None:
        self.asked: list[Reading] = []

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        self.asked += readings
        return tuple(self._read(reading.text.casefold()) for reading in readings)

    def _read(self, text: str) -> Verdict:
        if "dragged" in text:
            return GRAVE
        if "arrastr" in text:
            return FOREIGN
        if "queue" in text:
            return ROUTINE
        return ELSEWHERE if "football" in text else verdict()


class FakeFetcher:
    """Answers from a script, by address; the last answer of a script is repeated."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self._answers: dict[str, deque[FetchResult | Exception]] = {}

    def answers(self, url: str, *answers: FetchResult | Exception) -> None:
        self._answers[url] = deque(answers)

    async def fetch(self, request: Request) -> FetchResult:
        self.asked.append(request)
        script = self._answers.get(request.url)
        if not script:
            return FetchFailed(reason="nobody listens there")
        answer = script.popleft() if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def page(name: str, *, url: str = "https://feeds.example/a", **headers: str) -> Fetched:
    """A page that `FakeReader` knows by its name."""
    return Fetched(status=200, headers=headers, body=name.encode(), url=url)


NOT_MODIFIED = NotModified(headers={})


class FakeReader:
    """Knows pages by name; an unknown page is no feed."""

    def __init__(self) -> None:
        self._pages: dict[str, FeedDocument | Exception] = {}
        #: What was read, in order.
        self.pages: list[Page] = []

    def page(self, name: str, *items: RawItem) -> None:
        self._pages[name] = FeedDocument(items=items)

    def document(self, name: str, document: FeedDocument | Exception) -> None:
        self._pages[name] = document

    async def read(self, kind: str, page: Page) -> FeedDocument:
        self.pages.append(page)
        document = self._pages.get(page.body.decode())
        if document is None:
            raise FeedError("not a feed: looks like HTML")
        if isinstance(document, Exception):
            raise document
        return document

    async def counts(
        self, kind: str, page: Page, posts: Posts
    ) -> Mapping[str, Mapping[str, float] | None]:
        """The body holds them, as JSON."""
        self.pages.append(page)
        counts: dict[str, dict[str, float] | None] = json.loads(page.body)
        return counts


class FakePoster:
    """Takes messages and answers from a script; the last answer is repeated."""

    def __init__(self, *answers: PostResult) -> None:
        self.sent: list[SignedMessage] = []
        self._answers = deque(answers or (Answered(status=204),))

    async def post(self, message: SignedMessage) -> PostResult:
        self.sent.append(message)
        return self._answers.popleft() if len(self._answers) > 1 else self._answers[0]


class FakeTelemetry:
    """Remembers what was counted."""

    def __init__(self) -> None:
        self.counted: list[tuple[object, ...]] = []

    def polled(self, source: str, outcome: str, seconds: float) -> None:
        self.counted.append(("polled", source, outcome))

    def mentioned(self, source: str, brands: Sequence[str]) -> None:
        self.counted.append(("mentioned", source, *brands))

    def classified(self, count: int, seconds: float) -> None:
        self.counted.append(("classified", count))

    def alerted(self, type_: str, lag: timedelta) -> None:
        self.counted.append(("alerted", type_, lag))

    def delivered(self, webhook: str, outcome: str) -> None:
        self.counted.append(("delivered", webhook, outcome))
