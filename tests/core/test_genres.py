"""What the classifier is told of a kind of source."""

from __future__ import annotations

import pytest

from monitor.core.genres import genre


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("gdelt", "news"),
        ("googlenews", "news"),
        ("appstore", "review"),
        ("lemmy", "forum"),
        ("discourse", "forum"),
        ("stackexchange", "forum"),
        ("youtube", ""),
        ("push", ""),
        ("file", ""),
        ("reddit", "reddit"),
        ("mastodon", "mastodon"),
        ("what a record says", "what a record says"),
    ],
)
def test_the_classifier_is_told_names_that_it_knows(kind, told):
    assert genre(kind) == told
