"""With "any word", words are alternatives, while filters and exclusions still hold for every result."""

import pytest

from searchidx.grammar import parse
from searchidx.query import And, Everything, Filter, Node, Not, Or, Phrase, Range, Word

A, B, C = Word("a"), Word("b"), Word("c")
ASIA = Filter("region", "asia")

READINGS = {
    "": Everything(),
    "a": A,
    "a b c": Or((A, B, C)),
    'a "b c"': Or((A, Phrase("b c"))),
    "a AND b c": Or((And((A, B)), C)),
    "a b AND c": Or((A, And((B, C)))),
    "a OR b c": Or((A, B, C)),
    "(a b) AND c": And((Or((A, B)), C)),
    "title:(a b)": Or((Word("a", "title"), Word("b", "title"))),
    "a b -c": And((Not(C), Or((A, B)))),
    "a NOT b": And((Not(B), A)),
    "-a -b": And((Not(A), Not(B))),
    "a b region:asia": And((ASIA, Or((A, B)))),
    "a b year:2015 region:asia": And((Range("year", 2015, 2015), ASIA, Or((A, B)))),
    "a (region:asia OR tag:x) b": And((Or((ASIA, Filter("tag", "x"))), Or((A, B)))),
    "a OR region:asia": Or((A, ASIA)),
    "+a b c": And((A, Or((B, C)))),
    "+a": A,
    "+a AND b c": And((A, B, C)),
}


@pytest.mark.parametrize(("query", "tree"), [*READINGS.items()])
def test_any_word_reads_as(query: str, tree: Node) -> None:
    assert parse(query, any_word=True).tree == tree
