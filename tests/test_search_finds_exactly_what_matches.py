"""Whatever is asked, the engine finds the documents that the specification names: no more, and never fewer.

Random collections are written in several commits, with updates and deletions, so that there are many segments;
random trees are answered by the engine and by brute force.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from brute_force import BruteForce
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import put, record

from ingest.catalogue import Catalogue
from ingest.document import Extraction
from searchidx import query
from searchidx.index import update
from searchidx.library import Library
from searchidx.matching import Planner

WORDS = (
    "trafficking trafficked trafficker child children labour labor the of and slave slavery supply-chain café cafe "
    "2014/36/EU C-182 d'enfants victims victim 人口贩运 人口 maîtres forçé state-of-the-art risk risks a U.N."
).split()
TAGS = ["Forced labour", "Sex, Labour & Organ Trafficking", "children", "Policy"]
REGIONS = ["Bangladesh", "Asia", "Europe", "France", "Global", "Atlantis", "OSCE"]


def _random_document(rng: random.Random) -> Extraction:
    def text(most: int) -> str:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, most)))

    single = {}
    if rng.random() < 0.8:
        single["language"] = rng.choice(["en", "en", "fr"])
    if rng.random() < 0.7:
        single["published"] = str(rng.randint(1999, 2004))
    if rng.random() < 0.5:
        single["publisher"] = rng.choice(["OSCE", "ILO Office", "Ilo office"])
    if rng.random() < 0.3:
        single["summary"] = text(6) or "victims"
    return record(
        *(text(12) for _ in range(rng.randint(0, 3))),
        title=text(4) or "Report",
        tags=rng.sample(TAGS, rng.randint(0, 2)),
        regions=rng.sample(REGIONS, rng.randint(0, 2)),
        **single,
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, BruteForce]]:
    """A library of many segments, and the same documents for brute force."""
    data_dir: Path = tmp_path_factory.mktemp("library") / "index_data"
    rng = random.Random(20)
    for commit in range(7):
        paths = [f"folder{number % 3}/report {number}.pdf" for number in range(commit * 8, commit * 8 + 12)]
        gone = [
            f"folder{number % 3}/report {number}.pdf" for number in range(commit * 8 - 6, commit * 8 - 3) if commit
        ]
        put(data_dir, {path: _random_document(rng) for path in paths}, removed=gone)
        update(data_dir)
    with Catalogue.open(data_dir) as catalogue:
        documents = [catalogue.document(id_, pages=True) for id_ in catalogue.live_ids()]
    with Library.open(data_dir) as library:
        assert len(library.snapshot.segments) > 2
        assert any(segment.deleted for segment in library.snapshot.segments)
        yield library, BruteForce(document for document in documents if document)


_field = st.sampled_from([None, None, None, "title", "summary", "labels", "text"])
_word = st.sampled_from([*WORDS, "nowhere", "&"])
_some_words = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(" ".join)
_leaf = st.one_of(
    st.builds(query.Word, _word, _field, st.booleans()),
    st.builds(query.Phrase, _some_words, _field, st.one_of(st.none(), st.integers(0, 6))),
    st.builds(query.Prefix, st.sampled_from(["tra", "ch", "s", "caf", "20", "人"]), _field),
    st.builds(query.Wildcard, st.sampled_from(["*ing", "c?ild", "*a*", "l?bo*r", "traffick*r", "?"]), _field),
    st.builds(query.Fuzzy, st.sampled_from(["traficking", "chidl", "slvae", "risk", "vitcims"]), st.integers(1, 2), _field),
    st.builds(query.Filter, st.just("tag"), st.sampled_from([*TAGS, "CHILDREN", "*", "none"])),
    st.builds(query.Filter, st.just("region"), st.sampled_from([*REGIONS, "bd", "SAARC", "*"]), st.booleans()),
    st.builds(query.Filter, st.just("publisher"), st.sampled_from(["osce", "ilo*", "ILO  OFFICE", "ilo"])),
    st.builds(query.Filter, st.just("path"), st.sampled_from(["folder1", "Report 1", "*9.pdf", "nope", "FOLDER0/"])),
    st.builds(query.Filter, st.just("lang"), st.sampled_from(["en", "FR", "*"])),
    st.builds(query.Range, st.just("year"), st.sampled_from([None, 2000, 2002]), st.sampled_from([None, 2001, 2003])),
    st.just(query.Everything()),
)  # fmt: skip
_tree = st.recursive(
    _leaf,
    lambda children: st.one_of(
        st.lists(children, min_size=2, max_size=4).map(lambda nodes: query.And(tuple(nodes))),
        st.lists(children, min_size=2, max_size=4).map(lambda nodes: query.Or(tuple(nodes))),
        children.map(query.Not),
    ),
    max_leaves=8,
)


@given(tree=_tree)
@settings(max_examples=400, deadline=None)
def test_every_tree_finds_what_brute_force_finds(pair: tuple[Library, BruteForce], tree: query.Node) -> None:
    library, oracle = pair
    plan = Planner(library.snapshot.languages).plan(tree)
    found = {segment.data.document_id(doc) for segment in library.snapshot.segments for doc in plan.match(segment)}
    assert found == oracle.match(tree)
