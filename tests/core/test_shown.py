"""What a source showed: news, or the same once more."""

from __future__ import annotations

import pytest

from monitor.core.polling import Fetched, FetchFailed, NotModified
from monitor.core.shown import Shown, after, is_listed, shown

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


def test_what_was_listed_is_known_of_a_list_of_ordinary_length():
    assert is_listed("1", BEFORE)
    assert not is_listed("3", BEFORE)
    assert not is_listed("1", "")


def test_a_long_list_is_remembered_in_few_letters():
    many = {str(n) for n in range(501)}
    long = shown(many, before="")
    assert len(long.digest) < 40
    assert not is_listed("1", long.digest)
    assert not shown(many, before=long.digest).changed
    assert shown(many - {"1"} | {"new"}, before=long.digest).changed
