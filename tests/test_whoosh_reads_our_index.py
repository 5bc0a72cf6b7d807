"""Whoosh's own searcher opens the index and finds the same documents: a second reader of our files.

It judges only where it is right (documents found by words, prefixes, AND, OR and phrases in one field; its NOT is
known to leak). Scores are not compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import put, record
from whoosh.index import FileIndex, open_dir
from whoosh.query import And, Every, Or, Prefix, Query, Term, spans
from whoosh.searching import Searcher

from searchidx import query
from searchidx.index import update
from searchidx.library import Library
from searchidx.manifest import FOLDER
from searchidx.matching import Planner

WORDS = [
    "forced",
    "labour",
    "child",
    "slave",
    "victim",
    "victims",
    "border",
    "kiln",
    "maîtres",
    "人口",
    "the",
    "of",
]
PAIRED = [word for word in WORDS if not word.startswith("人")]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Searcher]]:
    """Our reader and Whoosh's on an index of several segments with deletions."""
    data_dir: Path = tmp_path_factory.mktemp("library") / "index_data"
    rng = random.Random(5)
    for commit in range(4):
        documents = {
            f"{commit}-{number}.pdf": record(
                *(" ".join(rng.choices(WORDS, k=rng.randint(0, 9))) for _ in range(rng.randint(0, 3))),
                title=" ".join(rng.choices(WORDS, k=2)),
                tags=rng.sample(["Policy", "Forced labour", "a, b"], rng.randint(0, 2)),
            )
            for number in range(12)
        }
        put(data_dir, documents, removed=[f"{commit - 1}-{number}.pdf" for number in range(4)] if commit else ())
        update(data_dir)
    index: FileIndex = open_dir(data_dir / FOLDER, indexname="MAIN")
    with Library.open(data_dir) as library, index.searcher() as searcher:
        assert len(library.snapshot.segments) > 1
        yield library, searcher


def _ours(library: Library, tree: query.Node) -> set[str]:
    plan = Planner(library.snapshot.languages).plan(tree)
    return {segment.data.document_id(doc) for segment in library.snapshot.segments for doc in plan.match(segment)}


def _theirs(searcher: Searcher, wanted: Query) -> set[str]:
    return {searcher.stored_fields(number)["id"][0] for number in searcher.docs_for_query(wanted)}


Pair = tuple[query.Node, Query]


def _word(word: str, field: str) -> Pair:
    return query.Word(word, field, exact=True), Term(field, word.replace("î", "i"))


def _phrase(words: list[str], field: str) -> Pair:
    terms = [Term(field, word.replace("î", "i")) for word in words]
    return query.Phrase(" ".join(words), field), spans.SpanNear2(terms, slop=1, ordered=True)


_field = st.sampled_from(["title", "text"])
_leaf: st.SearchStrategy[Pair] = st.one_of(
    st.builds(_word, st.sampled_from(PAIRED), _field),
    st.builds(lambda p, f: (query.Prefix(p, f), Prefix(f, p)), st.sampled_from(["vi", "s", "th", "zz"]), _field),
    st.builds(_phrase, st.lists(st.sampled_from(PAIRED), min_size=2, max_size=2, unique=True), _field),
    st.builds(lambda tag: (query.Filter("tag", tag), Term("tag", tag.lower())), st.sampled_from(["Policy", "x"])),
)  # fmt: skip
_pair: st.SearchStrategy[Pair] = st.recursive(
    _leaf,
    lambda children: st.one_of(
        st.lists(children, min_size=2, max_size=3).map(
            lambda pairs: (query.And(tuple(p[0] for p in pairs)), And([p[1] for p in pairs]))
        ),
        st.lists(children, min_size=2, max_size=3).map(
            lambda pairs: (query.Or(tuple(p[0] for p in pairs)), Or([p[1] for p in pairs]))
        ),
    ),
    max_leaves=6,
)


@given(pair=_pair)
@settings(max_examples=120, deadline=None)
def test_whoosh_finds_the_same_documents(both: tuple[Library, Searcher], pair: Pair) -> None:
    library, searcher = both
    ours, theirs = pair
    assert _ours(library, ours) == _theirs(searcher, theirs)


def test_whoosh_sees_the_same_documents_terms_and_positions(both: tuple[Library, Searcher]) -> None:
    library, searcher = both
    assert _ours(library, query.Everything()) == _theirs(searcher, Every())
    reader = searcher.reader()
    assert reader.doc_count() == library.snapshot.doc_count
    dictionaries = [segment.data.terms("text") for segment in library.snapshot.segments]
    lexicon = {term for terms in dictionaries for term in terms.among(range(len(terms)))}
    assert {term.decode() for term in reader.lexicon("text")} == lexicon
    for field, term in [("text", term) for term in lexicon] + [("text_stem", "victim"), ("title_stem", "forc")]:
        found = {}
        matcher = reader.postings(field, term)
        while matcher.is_active():
            found[searcher.stored_fields(matcher.id())["id"][0]] = list(matcher.value_as("positions"))
            matcher.next()
        expected = {}
        for segment in library.snapshot.segments:
            postings = segment.postings(field, term)
            for index, doc in enumerate(postings.docs):
                expected[segment.data.document_id(doc)] = postings.at(index)
        assert found == expected
        assert found
