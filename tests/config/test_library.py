"""The case library: what ships is true to its form, and a wrong file is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.library import load_cases, shipped
from monitor.core.fields import web_url
from monitor.core.text import normalise
from monitor.errors import ConfigError

GOOD = """
title = "T"
company = "C"
year = 2017
sector = "airline"
summary = "S."
response = "R."
outcome = "O."
lesson = "L."
well_handled = false

[signs]
harms = { mistreatment = 1.0 }
severity = 3
came_out = "video"
sectors = ["airline"]
told = ["a", "b", "c"]

[sources.report]
title = "The report"
url = "https://reports.example/1"

[[timeline]]
date = 2017-04-09
kind = "happened"
text = "It was."
source = "report"
"""
BY_ID = {case.id: case for case in shipped()}


def test_the_cases_that_the_product_was_asked_for_are_there():
    asked = {"united-3411", "volkswagen-emissions", "wells-fargo-accounts", "tsb-migration"}

    assert asked <= set(BY_ID)
    assert len(BY_ID) >= 15


def test_good_answers_and_a_good_deed_are_told_too():
    assert sum(case.well_handled for case in BY_ID.values()) >= 4
    assert BY_ID["zappos-service"].harms == {"praise": 1.0}


@pytest.mark.parametrize("case", BY_ID.values(), ids=BY_ID)
def test_a_case_tells_what_happened_and_who_said_what_when(case):
    kinds = [one.kind for one in case.timeline]
    dates = [one.date for one in case.timeline]

    assert {"happened", "said"} & set(kinds)
    assert dates == sorted(dates)
    assert dates[0][:4] <= str(case.year) <= dates[-1][:4]
    assert all(web_url(one.url) for one in case.sources)
    assert len({one.url for one in case.sources}) == len(case.sources)
    assert {one.source for one in case.timeline} <= set(case.sources)


@pytest.mark.parametrize("case", BY_ID.values(), ids=BY_ID)
def test_the_sentences_that_are_compared_name_no_company(case):
    name = normalise(case.company)

    assert [text for text in case.told if name in normalise(text)] == []
    assert all(sector == normalise(sector) for sector in case.sectors)


@pytest.mark.parametrize("case", BY_ID.values(), ids=BY_ID)
def test_a_message_carries_title_and_lesson_whole(case):
    assert (len(case.title) <= 100, len(case.lesson) <= 200) == (True, True)
    assert case.lesson.endswith(".")


def write(folder: Path, text: str = GOOD, name: str = "one-case.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_good_file_is_read(tmp_path: Path):
    (case,) = load_cases(write(tmp_path))

    assert (case.id, case.title, case.severity) == ("one-case", "T", 3)
    assert case.sectors == {"airline"}
    assert case.timeline[0].date == "2017-04-09"
    assert case.timeline[0].source is case.sources[0]


def test_files_come_in_the_order_of_their_names_and_others_are_passed_over(tmp_path: Path):
    for name in ("b.toml", "a.toml", "notes.md"):
        write(tmp_path, name=name)

    assert [case.id for case in load_cases(tmp_path)] == ["a", "b"]
    assert load_cases(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("date", ['"2013-12"', '"2013"'])
def test_a_month_or_a_year_will_do_where_the_day_is_not_known(tmp_path: Path, date: str):
    (case,) = load_cases(write(tmp_path, GOOD.replace("2017-04-09", date)))

    assert case.timeline[0].date == date.strip('"')


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("title", "titel", "title: Field required"),
        ("year = 2017", 'year = "2017"', "year: Input should be a valid integer"),
        ("severity = 3", "severity = 5", "signs.severity: Input should be less than"),
        ("mistreatment = 1.0", "rudeness = 1.0", "'rudeness' is not one of safety, mistreat"),
        ("mistreatment = 1.0", "mistreatment = 1.1", "signs.harms.mistreatment: Input should be"),
        ('["a", "b", "c"]', '["a"]', "signs.told: List should have at least 3 items"),
        ("https://reports", "ftp://reports", "sources.report.url: should be an address that"),
        ('kind = "happened"', 'kind = "was"', "timeline[0].kind: Input should be 'happened'"),
        ('source = "report"', 'source = "book"', "timeline[0].source: no source 'book'"),
        ("2017-04-09", '"April 2017"', 'timeline[0].date: should be a date, "2013-12" or'),
        ("2017-04-09", '"2017-13"', "timeline[0].date: should be a date"),
        ("2017-04-09", "2017-04-09T01:00:00Z", "timeline[0].date: should be a date"),
        ('lesson = "L."', 'lesson = ""', "lesson: String should have at least 1 character"),
        ('title = "T"', 'title = "T', "not TOML: "),
    ],
)
def test_a_wrong_file_is_named_with_its_key(
    tmp_path: Path, wrong: str, right: str, complaint: str
):
    write(tmp_path, GOOD.replace(wrong, right, 1))

    with pytest.raises(ConfigError) as refused:
        load_cases(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / 'one-case.toml'}: ")
    assert complaint in str(refused.value)


def test_an_unknown_key_is_an_error(tmp_path: Path):
    write(tmp_path, f"moral = 1\n{GOOD}")

    with pytest.raises(ConfigError, match="moral: Extra inputs are not permitted"):
        load_cases(tmp_path)


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path):
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match="not TOML"):
        load_cases(tmp_path)


def test_a_folder_where_a_file_should_be_is_an_error(tmp_path: Path):
    (tmp_path / "a.toml").mkdir()

    with pytest.raises(ConfigError, match=r"a\.toml: Is a directory"):
        load_cases(tmp_path)


def test_the_name_of_a_file_is_its_id_and_must_look_like_one(tmp_path: Path):
    write(tmp_path, name="My Case.toml")

    with pytest.raises(ConfigError, match=r"My Case\.toml: the name should be of a-z"):
        load_cases(tmp_path)
