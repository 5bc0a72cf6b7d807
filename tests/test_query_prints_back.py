"""What Dossier prints as its reading of a query can be typed again and means the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.grammar import QuerySyntaxError, parse
from searchidx.print_query import to_text
from searchidx.query import (
    And,
    Everything,
    Filter,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Wildcard,
    Word,
)
from searchidx.scanner import FILTER_FIELDS, TEXT_FIELDS

PRINTED = {
    "a  b": "a AND b",
    "a b OR c": "(a AND b) OR c",
    "-a": "NOT a",
    "-(a OR b) c": "NOT (a OR b) AND c",
    "-(-a)": "NOT (NOT a)",
    "=a": '"a"',
    '"a"~0': "a",
    '"AND"~0': '"AND"~0',
    '«a "b»': '"a \\"b"',
    "region:=asia": "region:=asia",
    'tag:"forced labour"': 'tag:"forced labour"',
    'tag:"children"': "tag:children",
    "TITLE:(child* w?ld)": "title:child* AND title:w?ld",
    "a~": "a~1",
    "year:2015-2020 year:<2000 year:2001": "year:2015..2020 AND year:..1999 AND year:2001",
    "": "*",
}


@pytest.mark.parametrize(("query", "printed"), [*PRINTED.items()])
def test_a_reading_is_printed_as(query: str, printed: str) -> None:
    assert to_text(parse(query).tree) == printed


# Characters with a meaning in the language come often; any other may.
_CHARS = st.one_of(st.sampled_from("\"\\'*?~:-+=()«»“”„「」（）：&|.,0aAéא人"), st.characters())
_TEXT = st.text(_CHARS, min_size=1, max_size=12)
_WORD = _TEXT.map(lambda text: "".join(text.split())).filter(bool)
_PHRASE = st.lists(_WORD, min_size=2, max_size=4).map(" ".join)
_STEM = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).filter(str.isalnum)
_FIELD = st.sampled_from([None, *TEXT_FIELDS])
_YEAR = st.integers(0, 9999)
_LEAF = st.one_of(
    st.builds(Word, _WORD, _FIELD, st.booleans()),
    st.builds(Phrase, _PHRASE, _FIELD, st.none() | st.integers(0, 1000)),
    st.builds(Prefix, _STEM, _FIELD),
    st.builds(lambda a, b, field: Wildcard(f"{a}?{b}*", field), _STEM, _STEM, _FIELD),
    st.builds(Fuzzy, _STEM, st.integers(1, 2), _FIELD),
    st.builds(Filter, st.sampled_from(FILTER_FIELDS), _TEXT.map(str.strip).filter(bool)),
    st.builds(Filter, st.sampled_from(["region", "region~"]), _PHRASE, st.just(True)),
    st.builds(lambda a, b: Range("year", min(a, b), max(a, b)), _YEAR, _YEAR),
    st.builds(Range, st.just("year"), _YEAR, st.none()),
    st.builds(Range, st.just("year"), st.none(), st.none() | _YEAR),
    st.just(Everything()),
)


def _joined(kind: type[And] | type[Or], children: list[Node]) -> Node:
    flat = [part for child in children for part in (child.children if isinstance(child, kind) else (child,))]
    return kind(tuple(flat))


_TREE = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(_joined, st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=4)),
    ),
    max_leaves=12,
)


@given(_TREE)
def test_any_tree_reads_back_the_same(tree: Node) -> None:
    assert parse(to_text(tree)).tree == tree


@given(st.lists(st.one_of(_TEXT, st.sampled_from(["AND", "OR", "NOT", "title:", "tag:", "year:", "a*", "b~2"]))))
def test_any_query_reads_back_the_same(pieces: list[str]) -> None:
    for query in (" ".join(pieces), "".join(pieces)):
        try:
            tree = parse(query).tree
        except QuerySyntaxError:
            continue
        assert parse(to_text(tree)).tree == tree


@given(_TREE.filter(lambda tree: not isinstance(tree, Everything)))
def test_a_printed_query_reads_alike_with_any_word(tree: Node) -> None:
    """So a printed query needs no word about the option it was typed with."""
    assert parse(to_text(tree), any_word=True).tree == tree


def test_trees_that_no_query_gives_print_what_they_mean() -> None:
    assert to_text(And((Word("a"),))) == "a"
    assert to_text(And(())) == "*"
    assert to_text(Or(())) == "NOT *"
    assert to_text(And((Word("a"), Or((Word("b"),))))) == "a AND b"
    assert to_text(And((And((Word("a"), Word("b"))), Filter("region", "asia")))) == "a AND b AND region:asia"
    assert to_text(Not(And((Not(Word("a")),)))) == "NOT (NOT a)"
    assert to_text(Word("a b")) == '"a b"~0'
