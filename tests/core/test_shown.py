"""What a source showed: news, or the same once more."""

from __future__ import annotations

import pytest

from monitor.core.polling import Fetched, FetchFailed, NotModified
from monitor.core.shown import Shown, after, shown

FETCHED = Fetched(status=200, headers={}, body=b"", url="https://a.example")
BEFORE = shown({"1", "2"}, before="").digest


@pytest.mark.parametrize(
    ("ids", "changed"),
    [({"2", "1"}, False), ({"2", "3"}, True), ({"1"}, True), ({"1", "2", "3"}, True), ((), False)],
)
def test_other_entries_are_news_and_none_at_all_are_not(ids, changed):
    assert after(FETCHED, ids, before=BEFORE).changed is changed


def test_the_first_entries_of_a_source_are_news():
    assert shown({"1"}, before="").changed
    assert not shown((), before="").changed


def test_an_empty_document_is_remembered_so_that_the_same_again_is_news():
    empty = shown((), before=BEFORE).digest
    assert empty not in {"", BEFORE}
    assert shown({"1", "2"}, before=empty).changed


def test_a_304_is_no_news_and_a_failure_says_nothing():
    answers = NotModified(headers={}), FetchFailed(reason="refused")
    found = [after(answer, (), before=BEFORE) for answer in answers]
    assert found == [Shown(digest=BEFORE, changed=False), Shown(digest=BEFORE, changed=None)]
