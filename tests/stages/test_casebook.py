"""What the assess loop keeps in mind, when somebody else has changed it."""

from __future__ import annotations

from itertools import count

from monitor.core.filing import Filed
from monitor.core.stories import Stories
from monitor.core.types import Mention
from monitor.core.volume import Volume
from monitor.stages.casebook import Casebook
from tests.core.facts import mention, verdict


class Desk:
    """A casebook that files, and gives ids."""

    def __init__(self) -> None:
        self.casebook = Casebook(stories=Stories(), volume=Volume())
        self._ids = count(1)

    def file(self, each: Mention) -> Filed:
        found = self.casebook.file(each, verdict(), new_id=lambda: next(self._ids))
        assert found is not None
        return found[0]


def test_a_repost_goes_where_its_original_is() -> None:
    desk = Desk()
    desk.file(mention(1, text="Rabbit dead in cargo hold"))

    filed = desk.file(mention(2, text="unbelievable", repost_of="n1"))

    assert (filed.story_id, filed.how) == (1, "repost")


def test_a_repost_of_what_is_no_more_finds_no_story_that_is_gone() -> None:
    desk = Desk()
    desk.file(mention(1, text="Rabbit dead in cargo hold"))
    desk.casebook.reload([1], (), apart=())

    filed = desk.file(mention(2, text="unbelievable", repost_of="n1"))

    assert (filed.story_id, filed.how) == (2, "new story")
    assert not desk.casebook.knows(1)
