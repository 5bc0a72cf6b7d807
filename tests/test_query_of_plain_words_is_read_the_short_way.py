"""A query of plain words is read without the parser, and means the same as with it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from searchidx.grammar import ParsedQuery, parse
from searchidx.query_parser import Parser
from searchidx.syntax_error import QuerySyntaxError

WORDS = st.from_regex("[A-Za-z0-9]{1,8}", fullmatch=True) | st.sampled_from(
    ["and", "or", "not", "AND", "OR", "NOT", "And", "tag", "http", "TO", "near", "x", "2015", "title"]
)


@given(st.lists(WORDS, min_size=1, max_size=6), st.booleans(), st.sampled_from([" ", " OR "]))
@example(["child", "labour"], False, " ")
@example(["child", "child"], True, " OR ")
def test_both_ways_agree(words: list[str], any_word: bool, sign: str) -> None:
    text = sign.join(words)
    assert outcome(lambda: parse(text, any_word=any_word)) == outcome(lambda: by_the_parser(text, any_word))


def by_the_parser(text: str, any_word: bool) -> ParsedQuery:
    parser = Parser(text, any_word)
    return ParsedQuery(parser.query(), parser.hints.texts())


def outcome(read: Callable[[], ParsedQuery]) -> ParsedQuery | str:
    """What was read, or why not."""
    try:
        return read()
    except QuerySyntaxError as error:
        return str(error)
