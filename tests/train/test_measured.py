"""Which splits are honest, given what trained. Toy folders stand for the data."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from models.train import measured
from models.train.corpus import Split
from models.train.data import apart, held_out
from models.train.rows import Row
from monitor.core.types import Reading

JUDGED = {"about": 1, "stance": "negative", "alarm": 1, "complaint": 0, "outrage": 0,
          "firsthand": 0, "harms": ["legal"], "severity": 2}  # fmt: skip


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four corpora of two or three texts."""
    write_csv(tmp_path / "xci_complaints" / "xci.csv", [
        {"id": "1", "text": "@CornerCafe cold soup again", "label": "1", "domain": "food"},
        {"id": "2", "text": "my laptop died", "label": "1", "domain": "services"},
        {"id": "3", "text": "@Motors nice car", "label": "0", "domain": "cars"},
    ])  # fmt: skip
    write_csv(tmp_path / "guardian_business" / "headlines.csv", [
        {"date": "2018-09-30", "headline": "Early news of Zorvex"},
        {"date": "2018-10-01", "headline": "Late news of Zorvex"},
    ])  # fmt: skip
    items = [
        {"id": n, "origin": origin, "brand": brand, "description": "", "text": text, "date": date}
        for n, (origin, brand, text, date) in enumerate([
            ("guardian_business", "Zorvex", "Zorvex fined, late", "2018-10-02"),
            ("guardian_business", "Kelby", "Kelby fined, early", "2018-05-02"),
            ("replab2013", "Norvex", "Norvex fined", "2018-11-01"),
        ])
    ]  # fmt: skip
    folder = tmp_path / "incident_dev"
    folder.mkdir()
    for name, rows in {
        "items.jsonl": items,
        "annotator_1.jsonl": [JUDGED | {"id": each["id"]} for each in items],
        "annotator_2.jsonl": [
            JUDGED | {"id": each["id"], "alarm": each["id"] % 2} for each in items
        ],
    }.items():
        (folder / name).write_text("\n".join(map(json.dumps, rows)))
    write_csv(tmp_path / "replab2013" / "brands.csv", [
        {"brand": "B1", "name": "Brava", "category": "music", "description": "", "aliases": "BB"},
    ])  # fmt: skip
    write_csv(tmp_path / "replab2013" / "mentions.csv.gz", [
        {"fold": "dev", "cross_fold_dup": "0", "language": language, "brand": "B1",
         "text": f"Brava {language}", "filtering": filtering, "polarity": "NEGATIVE",
         "priority": "ALERT", "topic": ""}
        for language, filtering in (("EN", "RELATED"), ("ES", "RELATED"), ("EN", "UNRELATED"))
    ])  # fmt: skip
    return tmp_path


def trained_on(text: str = "something else", brand: str = "Kelby") -> Split:
    reading = Reading(brand=brand, description="", text=text)
    return Split(
        train=(Row(origin="own", group="g", reading=reading, targets={}, aliases=("NORVEX",)),),
        calibration=(),
    )


def test_a_split_holds_what_is_known_of_its_texts(data: Path) -> None:
    replab, incidents, *_ = measured.splits(data, trained_on())[0]
    assert [each.text for each in replab.readings] == ["Brava EN", "Brava EN"]
    assert replab.gold == {
        "about": (1.0, 0.0), "stance": ("negative", None), "alarm": (1.0, None),
    }  # fmt: skip
    assert incidents.gold["alarm"] == (None, 1.0, None), "the annotators differ"
    assert incidents.gold["harms"] == (frozenset({"legal"}),) * 3
    assert incidents.known("alarm") == [1]


def test_a_brand_of_which_a_training_row_speaks_is_not_unseen(data: Path) -> None:
    found = {each.name: each for each in measured.splits(data, trained_on())[0]}
    assert found["incident_dev_unseen"].groups == ("Zorvex",)


def test_domains_and_days_are_shown_where_none_of_their_texts_trained(data: Path) -> None:
    sets, left_out = measured.splits(data, trained_on())
    found = {each.name: each for each in sets}
    assert not left_out
    assert [each.brand for each in found["xci_unseen"].readings] == ["Corner Cafe", "the company"]
    assert found["xci_unseen"].gold["complaint"] == (1.0, 1.0)
    assert [each.text for each in found["guardian_late"].readings] == ["Zorvex fined, late"]


@pytest.mark.parametrize("text", ["My LAPTOP died", "late news of Zorvex"])
def test_they_are_left_out_with_a_reason_where_one_did(data: Path, text: str) -> None:
    sets, left_out = measured.splits(data, trained_on(text))
    assert not {"xci_unseen", "guardian_late"} & {each.name for each in sets}
    assert left_out == ["unseen domains and later headlines: 1 rows of them train"]


@pytest.mark.parametrize("says", [{}, {"apart": {"domains": ["food"], "headlines_from": "2018"}}])
def test_a_model_that_may_have_been_trained_on_them_is_not_measured_there(
    data: Path, says: dict[str, object]
) -> None:
    sets, _ = measured.splits(data, trained_on())
    kept, left_out = measured.honest(sets, says)
    assert [each.name for each in kept] == [
        "replab_dev_english", "incident_dev", "incident_dev_unseen",
    ]  # fmt: skip
    assert "does not say that it was trained without them" in left_out[0]
    assert measured.honest(kept, says) == (kept, [])


def test_a_model_that_says_so_is(data: Path) -> None:
    sets, _ = measured.splits(data, trained_on())
    assert measured.honest(sets, {"apart": apart.LEFT_OUT}) == (sets, [])


def test_texts_of_other_domains_and_earlier_days_may_train(data: Path) -> None:
    keys = apart.keys(data)
    for text in ("@Motors nice car", "Early news of Zorvex"):
        assert not held_out.text_keys(text) & keys


def test_a_trial_takes_some_from_everywhere(data: Path) -> None:
    incidents = measured.splits(data, trained_on())[0][1]
    few = incidents.thinned(1)
    assert few.readings == incidents.readings[::3]
    assert few.gold["severity"] == (2,)
    assert len(incidents.thinned(2).readings) == 3
