"""`monitor score text`: JSON Lines in and out, in the same order, without a configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.cli.score import parse
from monitor.core.records import row_of
from monitor.core.types import HARMS
from monitor.errors import InputError

TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"


def score(*lines: str | bytes, options: tuple[str, ...] = ()) -> Result:
    text = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return CliRunner().invoke(cli, ["score", "text", "--model", str(TINY), *options], input=text)


def row(id_: object = 1, **changes: object) -> str:
    values = {"id": id_, "brand": "Zorvex", "description": "kettles", "text": "my kettle burned"}
    return json.dumps(values | changes)


def test_each_line_is_answered_in_order():
    result = score(row("a"), row("b", text="love it", source="review"), row({"any": "id"}))
    answers = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == ["a", "b", {"any": "id"}]
    assert set(answers[0]) == {
        "id",
        "about",
        "stance",
        "alarm",
        "complaint",
        "outrage",
        "firsthand",
        "severity",
        "harms",
        "language",
        "language_trained",
    }
    assert set(answers[0]["stance"]) == {"negative", "neutral", "positive"}
    assert tuple(answers[0]["harms"]) == HARMS
    assert answers[0]["alarm"] > answers[1]["alarm"]


def test_the_words_that_moved_the_alarm_are_added_when_asked_for():
    lines = (row("a"), row("b", text="love it"), "{", row("c", text=""))
    result = score(*lines, options=("--explain",))
    plain = score(*lines)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    words = [answer.pop("words") for answer in answers]

    assert result.exit_code == 1
    assert answers == [json.loads(line) for line in plain.stdout.splitlines()]
    assert [each[0]["text"] for each in words[:2]] == ["burned", "love"]
    assert words[0][0]["change"] > 1 > -1 > words[1][0]["change"]
    assert words[2] == []


class TestManyLinesOfOneBrand:
    """From the 51st on, `about` follows what the name stood for in the lines before."""

    ABOUT = tuple(row(n) for n in range(120))

    def about(self, *lines: str, options: tuple[str, ...] = ()) -> list[float]:
        answers = score(*lines, options=options).stdout.splitlines()
        return [json.loads(answer)["about"] for answer in answers]

    def test_the_first_fifty_are_judged_each_by_itself(self) -> None:
        found = self.about(*self.ABOUT)
        assert len(set(found[:50])) == 1
        assert found[0] != found[50] != found[119]

    def test_each_is_judged_by_itself_when_asked_for(self) -> None:
        assert len(set(self.about(*self.ABOUT, options=("--alone",)))) == 1

    def test_another_brand_or_one_of_another_description_is_not_moved_by_them(self) -> None:
        others = row("x", brand="Kettle"), row("y", description="a river")
        assert self.about(*self.ABOUT, *others)[-2:] == self.about(*others)

    def test_nothing_else_moves(self) -> None:
        first, *_, last = map(json.loads, score(*self.ABOUT).stdout.splitlines())
        assert first | {"id": 0, "about": 0} == last | {"id": 0, "about": 0}


def test_no_more_words_are_told_than_anyone_reads():
    text = " ".join(f"word{n}" for n in range(20))
    result = score(*(row(n, text=text) for n in range(20)), options=("--explain",))
    answers = [json.loads(line) for line in result.stdout.splitlines()]

    assert [answer["id"] for answer in answers] == list(range(20))
    assert {len(answer["words"]) for answer in answers} == {10}


def test_a_bad_line_is_named_and_the_rest_goes_on():
    result = score(row("a"), "{", "", row("b", text=None), row("c"))

    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "c"]
    assert "line 2: not JSON" in result.stderr
    assert "line 4: text: missing" in result.stderr


def test_more_lines_than_one_batch_keep_their_order():
    result = score(*[row(n, text=f"kettle {n}") for n in range(150)])

    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == list(range(150))


def test_the_description_and_the_source_may_be_left_out():
    result = score(
        '{"id": 1, "brand": "Zorvex", "text": "x", "description": null, "source": null}'
    )

    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"[]", "should be a JSON object, not list"),
        (b'{"brand": "a", "text": "b"}', "id: missing"),
        (b'{"id": 1, "text": "b"}', "brand: missing"),
        (b'{"id": 1, "brand": 5, "text": "b"}', "brand: should be text, not int"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_says_which_field_is_wrong(line, error):
    with pytest.raises(InputError) as caught:
        parse(row_of(line))

    assert error in str(caught.value)


def test_half_a_character_does_no_harm():
    assert score('{"id": 1, "brand": "Zorvex", "text": "a \\ud83d b"}').exit_code == 0


def test_a_model_that_is_not_there_is_a_usage_error(tmp_path: Path):
    result = CliRunner().invoke(cli, ["score", "text", "--model", str(tmp_path / "no")])

    assert result.exit_code == 2
