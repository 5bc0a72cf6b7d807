"""Whatever text is typed or pasted, it is read or refused with a column, at once and without falling over."""

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.grammar import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, QuerySyntaxError, parse
from searchidx.print_query import to_text

_PIECES = st.sampled_from(
    [
        *'"()（）：:~*?-+=«»“”「」\\ \u3000\u200e',
        "AND",
        "OR",
        "NOT",
        "title:",
        "region~:",
        "year:2015..",
        "http://",
        "~2",
        "ab",
    ]
)


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join)), st.booleans())
def test_any_text_is_read_or_refused_with_a_column(text: str, any_word: bool) -> None:
    refused = None
    try:
        parse(text, any_word=any_word)
    except QuerySyntaxError as error:
        refused = error
    if refused:
        assert 1 <= refused.column <= len(text)
        assert str(refused).isprintable()


def test_a_lone_surrogate_from_a_file_name_is_read() -> None:
    assert to_text(parse("path:\udce9t\udce9").tree) == "path:\udce9t\udce9"


LIMITS = {
    "a " * (MAX_LENGTH // 2) + "b": (MAX_LENGTH + 1, "8,001 characters"),
    "a " * MAX_CLAUSES + "b": (2 * MAX_CLAUSES + 1, "more than 1,000 words"),
    "(" * MAX_DEPTH + "(a": (MAX_DEPTH + 1, "nested deeper than 50"),
    "(" * MAX_LENGTH: (MAX_DEPTH + 1, "nested deeper than 50"),
    "-(" * (MAX_DEPTH + 1): (2 * MAX_DEPTH + 2, "nested deeper than 50"),
    "NOT " * 2000: (5, "NOT after NOT"),
    "-" * 7999 + "a": (2, "- after -"),
}


@pytest.mark.parametrize(
    ("query", "column", "message"), [(q, *told) for q, told in LIMITS.items()], ids=range(len(LIMITS))
)
def test_beyond_a_limit_the_query_is_refused(query: str, column: int, message: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert caught.value.column == column
    assert message in str(caught.value)


def test_at_the_limits_the_query_is_read_and_printed() -> None:
    deep = "-(a " * MAX_DEPTH + "b" + ")" * MAX_DEPTH
    tree = parse(deep).tree
    assert parse(to_text(tree)).tree == tree
    wide = parse("a " * MAX_CLAUSES).tree
    assert to_text(wide).count("a") == MAX_CLAUSES
    long = parse("a" * MAX_LENGTH).tree
    assert to_text(long) == "a" * MAX_LENGTH


def _lines_run(query: str) -> int:
    """How many lines of the parser run for a query: a measure of time without a clock."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse(query)
    except QuerySyntaxError:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "ab ",
            "ab: ",
            "title:ab ",
            '"ab" ',
            "(ab) OR ",
            "a OR b c ",
            "-ab ",
            "-- ",
            "ab~ ",
            "a*b* ",
            "a? ",
            "'a' ",
        ),
        *(
            '"',
            '\\"',
            "(",
            "-",
            "=",
            "+",
            ":",
            "a:",
            "~",
            "*",
            "?",
            "a",
            "、",
            '"a"',
            "(a)",
            "title:(a)",
            "year:2015 ",
        ),
        *('א"', "{", "&", "。a", "«a»", "http://", ",", '"a".', '"' + "\\"),
    ],
)
def test_twice_the_query_takes_at_most_twice_the_steps(piece: str) -> None:
    once, twice = (_lines_run(piece * count) for count in (150, 300))
    assert twice <= 2 * once + 50
