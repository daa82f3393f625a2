"""Which story a mention belongs to."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core import shelf, tfidf
from monitor.core.apart import Apart
from monitor.core.meaning import Meaning, packed
from monitor.core.stories import Merge, Placement, Stories, StoryRules
from monitor.core.text import fingerprint
from monitor.core.tfidf import Vocabulary, dot, is_pointer, terms

START = datetime(2026, 1, 1, tzinfo=UTC)
BRAND = "Aurora Air"

DRAGGED = "Passenger dragged off Aurora Air flight, blood on his face"
LEGGINGS = "Two girls barred from an Aurora Air flight for wearing leggings"
RABBIT = "Giant rabbit Simon found dead in the cargo hold of Aurora Air"


class Desk:
    """Stories with a clock and a counter of ids."""

    def __init__(self, rules: StoryRules | None = None) -> None:
        self.stories = Stories(rules)
        self.ids = count(1)
        self.now = START
        self.log: list[tuple[int, str, datetime]] = []

    def place(
        self,
        text: str,
        *,
        after: timedelta = timedelta(minutes=1),
        repost_of: int | None = None,
        brand: str = BRAND,
        meaning: Meaning | None = None,
    ) -> Placement:
        self.now += after
        placed = self.stories.place(
            brand=brand,
            text=text,
            fingerprint=fingerprint(text),
            at=self.now,
            repost_of_story=repost_of,
            new_id=lambda: next(self.ids),
            meaning=meaning,
        )
        self.log.append((placed.story_id, text, self.now))
        return placed

    def ids_of(self, texts: Sequence[str]) -> list[int]:
        return [self.place(text).story_id for text in texts]


def test_the_first_mention_opens_a_story() -> None:
    assert Desk().place(DRAGGED) == Placement(story_id=1, how="new story")


@pytest.mark.parametrize(
    "copy",
    [DRAGGED, f"RT @x: {DRAGGED}", f"{DRAGGED.upper()} https://t.co/abc", f"@y {DRAGGED}!!"],
)
def test_a_copy_joins_its_story(copy: str) -> None:
    desk = Desk()
    desk.place(DRAGGED)
    desk.place(RABBIT)

    assert desk.place(copy) == Placement(story_id=1, how="same text")


def test_another_account_of_the_same_event_joins_with_its_similarity() -> None:
    desk = Desk()
    desk.place(DRAGGED)

    placed = desk.place("Watch a bleeding passenger get dragged off a flight of @auroraair")

    assert placed.story_id == 1
    assert placed.how.startswith("similar 0.")
    assert 0.15 <= float(placed.how.split()[1]) <= 1


def test_another_event_of_the_same_brand_is_its_own_story() -> None:
    assert Desk().ids_of([DRAGGED, LEGGINGS, RABBIT]) == [1, 2, 3]


def test_the_same_words_about_two_brands_are_two_stories() -> None:
    desk = Desk()

    assert desk.place(DRAGGED, brand="One").story_id == 1
    assert desk.place(DRAGGED, brand="Two").story_id == 2


def test_a_repost_joins_its_original_whatever_it_says() -> None:
    desk = Desk()
    desk.ids_of([DRAGGED, RABBIT])

    assert desk.place("speechless", repost_of=1) == Placement(story_id=1, how="repost")
    assert desk.place(RABBIT, repost_of=1) == Placement(story_id=1, how="repost")


def test_a_repost_brings_an_ended_story_back() -> None:
    desk = Desk()
    desk.place(DRAGGED)
    late = timedelta(days=8)
    assert desk.stories.expire(desk.now + late) == (1,)

    assert desk.place(f"RT @x: {DRAGGED}", after=late, repost_of=1).story_id == 1
    assert desk.place(DRAGGED).how == "same text"


WITNESSES = ("man", "doctor", "passenger", "guy", "customer")
DEEDS = ("dragged off", "dragged out of", "dragged from", "being dragged off")
TAILS = (
    "with blood on his face",
    "bleeding from the face",
    "screaming, what is wrong with you",
    "unbelievable",
    "by security, boycott them",
)


def test_two_hundred_posts_of_one_event_are_one_story_and_another_event_stays_apart() -> None:
    random = Random(7)
    desk = Desk()
    dragged = [
        f"{random.choice(WITNESSES)} {random.choice(DEEDS)} the overbooked {BRAND} plane "
        f"{random.choice(TAILS)} #{random.choice(['aurora3411', 'boycottaurora'])} {place}"
        for place in range(200)
    ]

    first = desk.ids_of(dragged[:150])
    other = desk.ids_of([LEGGINGS, "leggings banned: girls barred from their Aurora flight"])
    last = desk.ids_of(dragged[150:])
    home = {merge.gone: merge.kept for merge in desk.stories.merge(desk.now)}

    assert {home.get(story, story) for story in first + last} == {1}
    assert other[0] == other[1] != 1
    assert home.get(other[0], other[0]) == other[0]
    assert len(set(first)) <= 5


def test_one_word_in_common_is_not_a_story() -> None:
    assert Desk().ids_of(["Leggings!", "leggings banned", "leggings rule"]) == [1, 2, 3]


def test_words_that_everybody_uses_make_no_story() -> None:
    assert Desk().ids_of(
        [
            "flight delayed, passenger lounge closed",
            "passenger on a delayed flight to Oslo",
            "customer service, worst phone call ever",
            "worst customer service ever",
        ]
    ) == [1, 2, 3, 4]  # fmt: skip


def test_texts_that_only_point_somewhere_are_told_apart_by_where() -> None:
    desk = Desk()
    texts = [
        "OMG this is awful, watch this https://t.co/one",
        "OMG this is awful, watch this https://t.co/two",
        "omg this is AWFUL watch this http://www.t.co/one",
        "awful!! https://t.co/one",
        "https://t.co/two awful",
        "omg awful, watch",
    ]

    assert desk.ids_of(texts) == [1, 2, 1, 1, 2, 3]
    assert desk.stories.merge(desk.now) == ()


def test_bare_copies_without_a_link_are_one_story() -> None:
    assert Desk().ids_of(["this is awful", "This is AWFUL!"]) == [1, 1]


def test_texts_with_nothing_in_them_stay_apart() -> None:
    assert Desk().ids_of(["@auroraair", "!!!", "the", "Aurora Air", ""]) == [1, 2, 3, 4, 5]


def test_the_brands_own_words_weigh_nothing() -> None:
    texts = ["auroraair aurora air guitar", "aurora air #AuroraAir leggings"]

    assert Desk().ids_of(texts) == [1, 2]


def test_scripts_without_blanks_are_grouped_too() -> None:
    assert Desk().ids_of(
        ["乘客被拖下飞机满脸是血", "视频显示乘客被拖下飞机", "机舱里发现一只死兔子"]
    ) == [1, 1, 2]  # fmt: skip


def test_the_nearest_story_gets_the_mention_and_of_equally_near_ones_the_oldest() -> None:
    texts = ("guitar broken alpha", "guitar broken omega")
    for ids, nearest in (((1, 2), 2), ((2, 1), 1)):
        stories = Stories()
        for story_id, text in zip(ids, texts, strict=True):
            stories.restore(story_id=story_id, brand=BRAND, text=text, fingerprint=text, at=START)
        assert _next(stories, "the omega guitar, broken") == nearest
    twins = Stories()
    twins.restore(story_id=2, brand=BRAND, text="guitar broken", fingerprint="x", at=START)
    vector = dict(twins._shelves[BRAND].stories[2].centroid)
    twins.restore(story_id=1, brand=BRAND, text="guitar broken", fingerprint="y", at=START)
    twins._shelves[BRAND].stories[1].centroid = vector
    twins._shelves[BRAND].stories[1].norm = twins._shelves[BRAND].stories[2].norm
    assert _next(twins, "guitar broken omega") == 1


def _next(stories: Stories, text: str) -> int:
    return stories.place(
        brand=BRAND,
        text=text,
        fingerprint=text,
        at=START,
        repost_of_story=None,
        new_id=lambda: 99,
    ).story_id


@pytest.mark.parametrize(
    ("later", "story"), [(timedelta(days=7), 1), (timedelta(days=7, seconds=1), 2)]
)
@pytest.mark.parametrize("text", [DRAGGED, "Passenger was dragged off, so much blood"])
def test_a_story_ends_when_nothing_came_for_a_week(
    text: str, later: timedelta, story: int
) -> None:
    desk = Desk()
    desk.place(DRAGGED)

    assert desk.place(text, after=later).story_id == story


def test_a_copy_keeps_a_story_alive() -> None:
    desk = Desk()
    desk.place(DRAGGED)
    desk.place(DRAGGED, after=timedelta(days=6))

    assert desk.place(DRAGGED, after=timedelta(days=6)).story_id == 1


def test_a_mention_with_an_earlier_time_does_not_age_its_story() -> None:
    desk = Desk()
    desk.place(DRAGGED)
    desk.place(DRAGGED, after=timedelta(days=-5))
    desk.now += timedelta(days=5)

    assert desk.stories.expire(desk.now + timedelta(days=7)) == ()
    assert desk.stories.expire(desk.now + timedelta(days=7, seconds=1)) == (1,)
    assert desk.stories.expire(desk.now + timedelta(days=8)) == ()


def test_when_there_is_no_room_the_longest_idle_story_ends() -> None:
    desk = Desk(StoryRules(live=2))
    desk.ids_of([DRAGGED, LEGGINGS, DRAGGED, RABBIT])

    assert desk.stories.expire(desk.now) == (2,)
    assert desk.ids_of([DRAGGED, RABBIT]) == [1, 3]


def test_a_story_that_came_back_is_not_reported_as_ended() -> None:
    desk = Desk(StoryRules(live=2))
    desk.ids_of([DRAGGED, LEGGINGS, RABBIT])
    desk.place(DRAGGED, repost_of=1)

    assert desk.stories.expire(desk.now) == (2,)


def grown_alike() -> Desk:
    """Three stories about one event that no single mention had joined."""
    desk = Desk(StoryRules(similar=2.0))
    desk.ids_of(
        [
            "rabbit dead in cargo hold, owner demands answers",
            "leggings ban: girls barred at gate, activist tweets",
            "rabbit dead in cargo hold, breeder demands answers",
            "rabbit dead, breeder demands answers, autopsy ordered",
        ]
    )
    return desk


def test_stories_that_have_grown_alike_are_merged_into_the_oldest() -> None:
    desk = grown_alike()

    merges = desk.stories.merge(desk.now)

    assert [(merge.brand, merge.kept, merge.gone) for merge in merges] == [
        (BRAND, 1, 3),
        (BRAND, 1, 4),
    ]
    assert all(merge.how.startswith("similar 0.") for merge in merges)
    assert desk.place("rabbit dead in cargo hold, breeder demands answers").story_id == 1
    assert desk.stories.merge(desk.now) == ()


def test_stories_that_people_told_apart_are_not_merged() -> None:
    desk = grown_alike()
    desk.stories.apart = Apart([(1, 4)])

    assert [(merge.kept, merge.gone) for merge in desk.stories.merge(desk.now)] == [(1, 3)]


def test_a_third_story_does_not_bring_together_what_was_told_apart() -> None:
    desk = grown_alike()
    desk.stories.apart = Apart([(1, 4)])
    desk.stories.join(BRAND, kept=3, gone=4, how="by hand")

    assert desk.stories.merge(desk.now) == ()


def test_of_a_chain_the_link_that_was_told_apart_stays_open() -> None:
    desk = grown_alike()
    desk.stories.apart = Apart([(3, 4)])

    merges = desk.stories.merge(desk.now)

    assert [(merge.kept, merge.gone) for merge in merges] == [(1, 3)]


def test_it_is_told_how_near_in_meaning_two_stories_are() -> None:
    """1 and -1: beside what all three have in common, the first two lean one way."""
    desk = Desk()
    for text, leaning in ((DRAGGED, (90, 10)), (LEGGINGS, (90, 10)), (RABBIT, (10, 90))):
        desk.place(text, meaning=Meaning(model="m", packed=bytes(leaning)))

    assert desk.stories.near(BRAND, 1, 2) == pytest.approx(1)
    assert desk.stories.near(BRAND, 1, 3) == pytest.approx(-1)


def test_how_near_a_story_is_that_has_ended_or_said_nothing_cannot_be_told() -> None:
    desk = Desk()
    desk.place(DRAGGED, meaning=Meaning(model="m", packed=bytes((90, 10))))
    desk.place(LEGGINGS)

    assert desk.stories.near(BRAND, 1, 2) == -1
    assert desk.stories.near(BRAND, 1, 99) == desk.stories.near(BRAND, 99, 1) == -1


def test_a_story_is_dropped_and_restored_as_somebody_else_left_it() -> None:
    desk = Desk()
    desk.ids_of([DRAGGED, LEGGINGS])
    seen = desk.stories._shelf(BRAND).vocabulary.texts

    desk.stories.drop(BRAND, 1)
    desk.stories.drop(BRAND, 99)
    assert desk.stories.alike(BRAND, 1, 2) == 0
    desk.stories.restore(
        story_id=2,
        brand=BRAND,
        text=DRAGGED,
        fingerprint=fingerprint(DRAGGED),
        at=desk.now,
        learn=False,
    )

    assert desk.place(DRAGGED) == Placement(story_id=2, how="same text")
    assert desk.stories._shelf(BRAND).vocabulary.texts == seen, "no word is learnt twice"


def test_a_chain_of_alike_stories_becomes_one() -> None:
    desk = Desk(StoryRules(similar=2.0, merge=0.35))
    desk.ids_of(
        [
            "copper silver golden violin",
            "violin golden basil thyme",
            "basil thyme pepper saffron",
        ]
    )

    merges = desk.stories.merge(desk.now)

    assert [(merge.kept, merge.gone) for merge in merges] == [(1, 2), (1, 3)]


def test_only_changed_stories_are_looked_at_again() -> None:
    desk = Desk(StoryRules(similar=2.0, merge=0.6))
    desk.ids_of(["rabbit dead in cargo hold", "rabbit dead in cargo plane hold today"])
    desk.stories._rules = StoryRules(similar=2.0, merge=2.0)
    assert desk.stories.merge(desk.now) == ()
    desk.stories._rules = StoryRules(similar=2.0, merge=0.1)
    assert desk.stories.merge(desk.now) == ()

    desk.place("cargo hold rabbit", repost_of=2)

    assert [(merge.kept, merge.gone) for merge in desk.stories.merge(desk.now)] == [(1, 2)]


def test_ended_stories_are_not_merged() -> None:
    desk = grown_alike()

    assert desk.stories.merge(desk.now + timedelta(days=8)) == ()

    desk = Desk(StoryRules(similar=2.0))
    desk.place("rabbit dead in cargo hold, owner demands answers")
    desk.place("rabbit dead in cargo hold, breeder demands answers", after=timedelta(days=8))
    assert desk.stories.merge(desk.now) == ()


def test_a_merged_story_keeps_the_copies_and_the_keys_of_both() -> None:
    desk = grown_alike()
    desk.stories.merge(desk.now)

    assert [desk.place(text).how for _, text, _ in desk.log[:4]] == ["same text"] * 4
    assert [desk.place(text).story_id for _, text, _ in desk.log[:4]] == [1, 2, 1, 1]
    desk.stories._rules = StoryRules()
    assert desk.place("autopsy was ordered").story_id == 1


def test_stories_can_be_compared_and_joined_for_other_reasons() -> None:
    desk = Desk(StoryRules(similar=2.0))
    desk.ids_of([DRAGGED, "passenger dragged off, police", LEGGINGS])

    assert desk.stories.alike(BRAND, 1, 2) > 0.15
    assert desk.stories.alike(BRAND, 1, 2) == pytest.approx(desk.stories.alike(BRAND, 2, 1))
    assert desk.stories.alike(BRAND, 1, 1) == pytest.approx(1)
    assert desk.stories.alike(BRAND, 1, 9) == desk.stories.alike(BRAND, 9, 1) == 0.0
    joined = Merge(brand=BRAND, kept=1, gone=3, how="same people")
    assert desk.stories.join(BRAND, kept=1, gone=3, how="same people") == joined
    assert desk.place(LEGGINGS).story_id == 1
    assert desk.stories.join(BRAND, kept=1, gone=3, how="same people") == joined
    assert desk.stories.join(BRAND, kept=3, gone=1, how="").gone == 1
    assert desk.place(DRAGGED).story_id == 1


def test_merging_is_the_same_each_time() -> None:
    assert grown_alike().stories.merge(START) == grown_alike().stories.merge(START)
    assert Stories().merge(START) == ()


def test_a_merge_says_what_became_of_whom() -> None:
    merge = grown_alike().stories.merge(START)[0]

    assert merge == Merge(brand=BRAND, kept=1, gone=3, how=merge.how)


SCRAPS = ("rabbit", "dead", "cargo", "leggings", "girls", "dragged", "blood", "doctor", "flight")
TEXTS = st.lists(
    st.lists(st.sampled_from(SCRAPS), min_size=1, max_size=6).map(" ".join), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_rebuilt_stories_place_later_mentions_alike(before: list[str], after: list[str]) -> None:
    desk = Desk()
    desk.ids_of(before)
    again = Desk()
    again.now, again.ids = desk.now, count(max((story for story, _, _ in desk.log), default=0) + 1)
    for story_id, text, at in desk.log:
        again.stories.restore(
            story_id=story_id, brand=BRAND, text=text, fingerprint=fingerprint(text), at=at
        )

    assert [again.place(text) for text in after] == [desk.place(text) for text in after]
    assert again.stories.merge(desk.now) == desk.stories.merge(desk.now)


def test_time_per_mention_and_memory_stay_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(1)
    vocabulary = [f"word{i}" for i in range(3000)]
    monkeypatch.setattr(tfidf, "_VOCABULARY", 2000)
    desk = Desk(StoryRules(live=500))
    spent = []
    for _ in range(4):
        began = time.process_time()
        for _ in range(500):
            desk.place(" ".join(random.choices(vocabulary, k=8)))
        spent.append(time.process_time() - began)
    kept = desk.stories._shelves[BRAND]

    assert len(kept.stories) <= 500
    assert len(kept.vocabulary._seen) <= 2000
    assert len(kept.copies) <= 500 * 2
    assert all(len(posting) <= shelf._POSTINGS for posting in kept._postings.values())
    assert spent[3] < 5 * spent[1] + 0.2


def test_nothing_is_left_of_dropped_stories() -> None:
    desk = grown_alike()
    desk.stories.merge(desk.now)
    desk.stories.expire(desk.now + timedelta(days=30))
    kept = desk.stories._shelves[BRAND]

    assert (kept.stories, kept.copies, kept._postings, kept.changed) == ({}, {}, {}, {})


def test_a_huge_story_keeps_its_heaviest_terms_and_latest_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "_TERMS", 5)
    monkeypatch.setattr(shelf, "_COPIES", 3)
    monkeypatch.setattr(shelf, "_POSTINGS", 2)
    desk = Desk()
    for place in range(20):
        desk.place(f"rabbit dead in cargo hold {place} extra{place}", repost_of=1)
    desk.place("cargo plane", repost_of=2)
    desk.place("cargo ship", repost_of=3)
    kept = desk.stories._shelves[BRAND]

    assert {"rabbit", "dead", "cargo", "hold"} <= set(kept.stories[1].centroid)
    assert len(kept.stories[1].centroid) <= 10
    assert len(kept.stories[1].fingerprints) == 3
    assert len(kept.copies) == 5
    assert list(kept._postings["cargo"]) == [2, 3]
    assert "cargo" not in kept.stories[1].keys


def test_a_text_in_two_stories_belongs_to_the_later() -> None:
    desk = Desk()
    desk.ids_of([RABBIT, LEGGINGS])
    desk.place(RABBIT, repost_of=2)
    desk.now += timedelta(days=6)
    desk.place(RABBIT)

    assert desk.stories.expire(desk.now + timedelta(days=2)) == (1,)
    assert desk.place(RABBIT).story_id == 2


def test_long_texts_are_read_to_a_bound() -> None:
    vector = Vocabulary().vector(terms(" ".join(f"word{i}" for i in range(10_000))))

    assert len(vector) == 64
    assert dot(vector, vector) == pytest.approx(1)
    assert "word999" in terms(" ".join(f"word{i}" for i in range(1000)))
    assert "word1000" not in terms(" ".join(f"word{i}" for i in range(1001)))


def test_terms_are_telling_words_and_links() -> None:
    found = terms(
        "The rabbit, THE Rabbit! #Fail a https://x.org/1 航空公司", ignore=frozenset({"fail"})
    )

    assert found == {"rabbit": 2, "link x.org/1": 1, "航空": 1, "空公": 1, "公司": 1}


def test_rare_terms_weigh_more_than_frequent_ones_and_common_ones_start_low() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.idf("rabbit") == pytest.approx(4.605, abs=0.001)  # ln 100
    assert vocabulary.idf("customer") == pytest.approx(2.303, abs=0.001)  # ln 10
    for _ in range(900):
        vocabulary.learn(["everywhere"])
    vocabulary.learn(["rabbit"])

    assert vocabulary.idf("everywhere") == pytest.approx(0.105, abs=0.001)  # ln 1001/901
    assert vocabulary.idf("rabbit") == pytest.approx(6.216, abs=0.001)  # ln 1001/2
    vector = vocabulary.vector({"rabbit": 1, "everywhere": 1, "twice": 2})
    assert list(vector) == ["twice", "rabbit", "everywhere"]
    assert vocabulary.vector({}) == {}


def test_a_full_vocabulary_forgets_the_rarest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "_VOCABULARY", 3)
    vocabulary = Vocabulary()
    for found in (["a", "b"], ["a", "b"], ["a"], ["a", "c", "d"]):
        vocabulary.learn(found)

    assert vocabulary.texts == 2
    assert vocabulary._seen == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("watch this https://t.co/x", True),
        ("https://t.co/x", True),
        ("rabbit https://t.co/x", True),
        ("rabbit dead https://t.co/x", False),
        ("rabbit dead https://t.co/x https://t.co/y", False),
        ("watch this", False),
        ("rabbit", False),
    ],
)
def test_a_pointer_says_next_to_nothing_but_where_to_look(text: str, pointer: bool) -> None:
    assert is_pointer(terms(text)) is pointer


class TestMeaning:
    """Stories that are told in other words, and that the encoder takes to mean the same."""

    INJURED = "Rabbit breeder furious: airline crew ignored him"
    DEAD = "Pet found lifeless after landing, rabbit owner says"
    LOUNGE = "New lounge opens, rabbit statue at its door"

    @staticmethod
    def toward(*direction: float, model: str = "m") -> Meaning:
        return Meaning(model=model, packed=packed(np.array(direction, dtype=np.float32)))

    def told(self, *meanings: Meaning | None, rules: StoryRules | None = None) -> Desk:
        desk = Desk(rules)
        for text, meaning in zip((self.INJURED, self.DEAD, self.LOUNGE), meanings, strict=True):
            desk.place(text, meaning=meaning)
        assert list(desk.stories._shelves[BRAND].stories) == [1, 2, 3]
        return desk

    def test_are_brought_together(self) -> None:
        desk = self.told(self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1))
        [merge] = desk.stories.merge(desk.now)

        assert (merge.kept, merge.gone) == (1, 2)
        # Their sum decides; it is said of neither.
        assert re.fullmatch(
            r"similar in meaning (1.00|0.\d\d) and in words 0.\d\d, of 1 each", merge.how
        )
        assert desk.stories.merge(desk.now) == ()

    def test_stay_as_they_are_where_no_meaning_is_known(self) -> None:
        desk = self.told(None, None, None)

        assert desk.stories.merge(desk.now) == ()

    def test_stay_as_they_are_where_two_models_read_them(self) -> None:
        desk = self.told(self.toward(1, 0.1, model="older"), self.toward(1, 0), self.toward(0, 1))

        assert desk.stories.merge(desk.now) == ()

    def test_must_share_a_telling_term(self) -> None:
        desk = Desk()
        desk.place("Crew ignored him", meaning=self.toward(1, 0))
        desk.place("Pet found lifeless", meaning=self.toward(1, 0))
        desk.place(self.LOUNGE, meaning=self.toward(0, 1))

        assert desk.stories.merge(desk.now) == ()

    def test_stay_apart_when_people_told_them_apart(self) -> None:
        desk = self.told(self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1))
        desk.stories.apart = Apart([(1, 2)])

        assert desk.stories.merge(desk.now) == ()

    def test_are_one_from_the_sum_of_both_cosines_on(self) -> None:
        meanings = self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1)
        kept = self.told(*meanings).stories._shelves[BRAND]
        one, other, _ = kept.stories.values()
        both = one.similarity_to(other) + float(kept.nearness(one, [other])[0])
        for rule, merges in ((both - 1e-4, 1), (both + 1e-4, 0)):
            desk = self.told(*meanings, rules=StoryRules(meaning=rule))

            assert len(desk.stories.merge(desk.now)) == merges

    def test_are_not_brought_together_once_one_has_ended(self) -> None:
        desk = self.told(self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1))
        later = desk.now + timedelta(days=7)
        desk.place(self.LOUNGE, after=timedelta(days=7), meaning=self.toward(0, 1))

        assert desk.stories.merge(later) == ()

    def test_are_brought_together_the_same_after_a_restart(self) -> None:
        desk = self.told(self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1))
        again = Stories()
        meanings = self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1)
        for (story_id, text, at), meaning in zip(desk.log, meanings, strict=True):
            again.restore(
                story_id=story_id,
                brand=BRAND,
                text=text,
                fingerprint=fingerprint(text),
                at=at,
                meaning=meaning,
            )

        assert again.merge(desk.now) == desk.stories.merge(desk.now)

    def test_take_the_meaning_of_what_they_take_in(self) -> None:
        desk = self.told(self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1))
        desk.stories.merge(desk.now)
        kept = desk.stories._shelves[BRAND]

        assert (kept.stories[1].meant.count, kept.meant.count) == (2, 3)

    def test_copies_do_not_count_again(self) -> None:
        desk = self.told(self.toward(1, 0.1), self.toward(1, 0), self.toward(0, 1))
        desk.place(self.INJURED, meaning=self.toward(1, 0.1))
        kept = desk.stories._shelves[BRAND]

        assert (kept.stories[1].meant.count, kept.meant.count) == (1, 3)
