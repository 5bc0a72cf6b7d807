"""A query of plain words is read without the parser, and means the same as with it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from searchidx.grammar import _Parser, parse

WORDS = st.from_regex("[A-Za-z0-9]{1,8}", fullmatch=True) | st.sampled_from(
    ["and", "or", "not", "AND", "OR", "NOT", "And", "tag", "http", "TO", "near", "x", "2015", "title"]
)


@given(st.lists(WORDS, min_size=1, max_size=6), st.booleans())
@example(["child", "labour"], False)
@example(["child", "child"], True)
def test_both_ways_agree(words: list[str], any_word: bool) -> None:
    text = " ".join(words)
    try:
        parser = _Parser(text, any_word)
        tree = parser.query()
    except Exception as error:
        try:
            parse(text, any_word=any_word)
        except type(error) as same:
            assert str(same) == str(error)
            return
        raise
    short = parse(text, any_word=any_word)
    assert short.tree == tree
    assert short.hints == parser.hints.texts()
