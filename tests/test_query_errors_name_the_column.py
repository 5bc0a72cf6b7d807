"""A query that cannot be read is refused with its column, what was expected, and a suggestion."""

import pickle

import pytest

from ingest.errors import DossierError
from searchidx.grammar import QuerySyntaxError, parse

# query: (column, a part of the message, suggestion)
ERRORS = {
    "regoin:asia": (1, "unknown field 'regoin'", "region"),
    "a  regoin:asia": (4, "unknown field 'regoin'", "region"),
    "-Ttile:a": (2, "unknown field 'Ttile'", "title"),
    "country:kenya": (1, "did you mean region?", "region"),
    "title~:a": (1, "unknown field 'title~'", "title"),
    "xyzzy:a": (1, "expected one of title, summary, text, tag,", None),
    'xyzzy:"a b"': (1, "goes in quotes.", None),
    "xyzzy:(a)": (1, "unknown field", None),
    "title:": (1, "no value right after 'title:'", None),
    "title: a": (1, "no value right after 'title:'", "title:a"),
    "(title:) a": (2, "no value right after 'title:'", None),
    "title:AND a": (7, "the operator AND right after 'title:'", 'title:"AND"'),
    "tag:-a": (5, "- right after 'tag:'", "-tag:a"),
    "title:tag:a": (7, "'tag:' inside another value", None),
    "=title:a": (2, "'title:' inside another value", None),
    "title:(a tag:b)": (10, "'tag:' inside a bracket that belongs to 'title:'", None),
    '"a b': (1, "this quote is not closed", '"a b"'),
    'a “b c"d" „e': (9, "this quote is not closed", '" „e"'),
    'a 5" b': (4, "this quote is not closed", '" b"'),
    "「a": (1, "this quote is not closed", "「a」"),
    "a」": (2, "closes a quote that was not opened", None),
    'a ""': (3, "nothing between the quotes", None),
    '"  "': (1, "nothing between the quotes", None),
    '"a b"~': (6, "takes a whole number", None),
    '"a b"~x': (6, "takes a whole number", None),
    '"a b"~1.5': (6, "takes a whole number", None),
    '"a b"~1001': (6, "the largest distance", None),
    '"a b"~' + "9" * 5000: (6, "the largest distance", None),
    '="a b"~2': (1, "= asks for exact words", None),
    '"a b"*': (6, "* right behind a closing quote", None),
    '"a b"-c': (6, "- right behind a closing quote", None),
    "(a b)^2": (6, "^ right behind a closing quote or bracket", None),
    "(a": (1, "this bracket is not closed", None),
    "a (b (c)": (3, "this bracket is not closed", None),
    "a (": (3, "this bracket is not closed", None),
    "a)": (2, "this bracket closes nothing", None),
    ")": (1, "this bracket closes nothing", None),
    "a () b": (3, "nothing between the brackets", None),
    "AND a": (1, "AND has nothing before it", None),
    "(OR a)": (2, "OR has nothing before it", None),
    "a AND": (3, "AND has nothing after it", None),
    "(a OR) b": (4, "OR has nothing after it", None),
    "a NOT": (3, "NOT has nothing after it", None),
    "a AND AND b": (7, "AND after AND", None),
    "a OR AND b": (6, "AND after OR", None),
    "NOT OR a": (5, "OR after NOT", None),
    "NOT NOT a": (5, "NOT after NOT", None),
    "NOT -a": (5, "- after NOT", None),
    "--a": (2, "- after -", None),
    "-+a": (2, "+ after -", None),
    "a OR +b": (6, "+ makes a word required", None),
    "=(a b)": (1, "= takes one exact word", None),
    "=a*": (1, "= asks for one exact word", None),
    "=a~2": (1, "= asks for one exact word", None),
    "a~3": (1, "~3 is no number of changed letters", "a~2"),
    "a~0.8": (1, "~0.8 is no number of changed letters", "a~2"),
    "a*~1": (1, "~ and * in one word", "a*"),
    "tag:a*": (5, "* or ? in 'tag:'", None),
    "region:a?ia": (8, "* or ? in 'region:'", None),
    "tag:a~2": (6, "~ in 'tag:'", "a"),
    'tag:"a b"~2': (11, "~ after a value of 'tag:'", 'tag:"a b"'),
    "tag:=a": (5, "= has no meaning in 'tag:'", "tag:a"),
    "region:asia,africa": (8, "a comma in the value", "region:(asia OR africa)"),
    "lang:en,": (6, "a comma in the value", "lang:en"),
    "year:2020..2015": (6, "ends before it begins", "year:2015..2020"),
    "year:abc": (6, "'abc' is no year", None),
    "year:15": (6, "'15' is no year", None),
    "year:20155": (6, "'20155' is no year", None),
    "year:2015-": (6, "2015, 2015..2020, 2015..", None),
    "year:..": (6, "'..' is no year", None),
    "year:>9999": (6, "'>9999' is no year", None),
    "year:=2015": (7, "'2015' is no year", None),
    'AND "open': (1, "AND has nothing before it", None),
    'a~3 "open': (1, "~3 is no number", "a~2"),
    '() "open': (1, "nothing between the brackets", None),
}


@pytest.mark.parametrize(("query", "column", "message", "suggestion"), [(q, *told) for q, told in ERRORS.items()])
def test_an_error_says_where_and_what(query: str, column: int, message: str, suggestion: str | None) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    error = caught.value
    assert (error.query, error.column, error.suggestion) == (query, column, suggestion)
    assert message in str(error)
    assert str(error).startswith(f"column {column}: ")
    assert error.expected


def test_a_column_counts_characters_not_bytes() -> None:
    with pytest.raises(QuerySyntaxError, match="column 9: unknown field"):
        parse("été 𝒳文字 regoin:x")


def test_an_error_is_one_printable_line_even_for_a_hostile_query() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("year:\x1b[31m\x07" + "x" * 500)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


def test_an_error_reaches_the_reader_from_another_process() -> None:
    with pytest.raises(DossierError) as caught:
        parse("labour regoin:asia")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(copy, QuerySyntaxError)
    assert str(copy) == str(caught.value)
    assert copy.exit_status == 2


def test_a_suggestion_is_whole_or_not_given() -> None:
    for query in ('"' + "long " * 100, 'a "b\x1b[0m', "title: " + "x" * 100):
        with pytest.raises(QuerySyntaxError) as caught:
            parse(query)
        assert caught.value.suggestion is None
        assert "expected" in str(caught.value)
