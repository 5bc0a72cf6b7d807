"""A list of names becomes queries by a template, and no name can break its query."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import SettingsError
from searchidx.batch_queries import read_queries
from searchidx.query_template import QueryTemplate
from searchidx.scanner import scan

NAMES = '"{name}" AND (bribe OR traffic*)'


def kinds(query: str) -> list[str]:
    return [token.kind for token in scan(query)]


def test_columns_are_filled_in_and_carried_through() -> None:
    (query,) = read_queries(io.StringIO("name,country\nJohn Smith,Nepal\n"), kind="csv", template=NAMES)
    assert query.query == '"John Smith" AND (bribe OR traffic*)'
    assert query.extra == (("name", "John Smith"), ("country", "Nepal"))


def test_a_line_of_text_is_called_query() -> None:
    (query,) = read_queries(io.StringIO("John Smith\n"), template='"{query}"~3')
    assert query.query == '"John Smith"~3'


def test_quotes_in_a_value_do_not_end_the_phrase() -> None:
    template = QueryTemplate(NAMES)
    assert template.fill({"name": 'Jean "Johnny" „Doe“ \\'}) == '"Jean Johnny Doe" AND (bribe OR traffic*)'
    assert template.fill({"name": 'צה"ל'}) == '"צה"ל" AND (bribe OR traffic*)'


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("Smith", "Smith bribe"),
        ("Ann-Marie O'Neil", "(Ann-Marie O'Neil) bribe"),
        ("x) OR (y", "(x or y) bribe"),
        ("-NOT tag:secret*", "(not tag secret) bribe"),
    ],
)
def test_outside_quotes_a_value_is_words_and_not_query_language(value: str, filled: str) -> None:
    assert QueryTemplate("{v} bribe").fill({"v": value}) == filled


@given(st.text(max_size=40))
def test_no_value_changes_the_shape_of_a_query(value: str) -> None:
    phrase = QueryTemplate(NAMES).fill({"name": value})
    if phrase is not None:
        assert kinds(phrase) == ["quoted", "AND", "(", "word", "OR", "word", ")", "end"]
    words = QueryTemplate("bribe OR {name}").fill({"name": value})
    if words is not None:
        shape = kinds(words)
        assert shape[:2] == ["word", "OR"]
        assert set(shape[2:]) <= {"(", "word", ")", "end"}
        assert shape.count("(") == shape.count(")") <= 1


def test_braces_are_written_twice() -> None:
    template = QueryTemplate("{{{name}}}")
    assert template.fill({"name": "x"}) == "{x}"
    assert template.columns == ["name"]


@pytest.mark.parametrize("template", ["{", "a } b", "{}", "{ }", "{a{b}}", "no place"])
def test_a_template_that_is_none_is_refused(template: str) -> None:
    with pytest.raises(SettingsError, match=r"names no column|no \{column\}"):
        QueryTemplate(template)


def test_an_empty_value_is_an_error_of_its_row() -> None:
    first, second, third = read_queries(io.StringIO('name\nx\n"--"\n'), kind="csv", template=NAMES) + read_queries(
        io.StringIO('{"other": 1}'), kind="jsonl", template=NAMES
    )
    assert first.error is None
    assert second.error == "line 3: name has no word in it, and the template needs one."
    assert third.error == "line 1: there is no field name, which the template needs."
