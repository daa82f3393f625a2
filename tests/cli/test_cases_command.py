"""`monitor cases`: the library, listed and told."""

from __future__ import annotations

import json

from click.testing import CliRunner

from monitor.cli import cli
from monitor.config.library import shipped
from monitor.errors import NotFoundError


def run(*arguments: str):
    return CliRunner().invoke(cli, ["cases", *arguments])


def test_the_library_is_listed_without_a_configuration():
    text = run().stdout

    assert [line.split()[0] for line in text.splitlines()[2:]] == [case.id for case in shipped()]
    assert "United 3411: a passenger dragged off the plane" in text


def test_a_case_is_told_with_its_dates_and_where_to_read_on():
    text = run("tsb-migration").stdout

    assert text.startswith("TSB: a migration that locked customers out (TSB, bank, 2018)\n")
    assert "2018-04-25  said      The chief executive says" in text
    assert "Lesson         Do not say that it works" in text
    assert "  https://www.fca.org.uk/news/press-releases/tsb-fined" in text


def test_as_json_a_case_is_whole_and_the_list_holds_them_all():
    one = json.loads(run("united-3411", "--json").stdout)
    every = json.loads(run("--json").stdout)

    assert one in every
    assert len(every) == len(shipped())
    assert (one["id"], one["timeline"][0]["date"]) == ("united-3411", "2017-04-09")
    assert one["timeline"][0]["source"]["url"].startswith("https://")
    assert one["sectors"] == sorted(one["sectors"])


def test_a_case_that_is_not_there_is_said_so():
    result = run("titanic")

    assert isinstance(result.exception, NotFoundError)
    assert "there is no case 'titanic'; `monitor cases` lists them" in str(result.exception)
