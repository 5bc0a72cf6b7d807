"""Facets count documents: one that has a value twice over counts once, and the count of a region includes what
lies below it. Compared with counting by hand in random collections."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from libraries import library, put, record

from ingest import regions
from ingest.catalogue import Catalogue
from ingest.document import Document
from searchidx.document_terms import region_key, value_key
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import FacetValue

TAGS = ["Policy", "POLICY", "policy", "Sex, Labour & Organ Trafficking", "Children", "Café", "cafe", "a;b"]
REGIONS = ["Bangladesh", "India", "Asia", "Southern Asia", "France", "Europe", "OSCE", "ASEAN", "Global", "World",
           "Atlantis", "Egypt", "Middle East", "Antarctica", "Kosovo"]  # fmt: skip


def _by_hand(documents: Iterable[Document]) -> dict[str, dict[str, set[str]]]:
    """{facet: {folded value: ids of the documents that have it}}."""
    found: dict[str, dict[str, set[str]]] = {
        name: {} for name in ("tag", "year", "language", "type", "publisher", "region")
    }

    def note(facet: str, value: str | None, id_: str) -> None:
        if value:
            found[facet].setdefault(value_key(value), set()).add(id_)

    for document in documents:
        for tag in document.tags:
            note("tag", tag, document.id)
        note("year", str(document.year) if document.year else None, document.id)
        note("language", document.language, document.id)
        note("type", document.type, document.id)
        note("publisher", document.publisher, document.id)
        for name in document.regions:
            region = regions.resolve(name)
            for key in (region.key, *regions.ancestors(region.key)) if region else (name,):
                note("region", key, document.id)
    return found


def _flat(values: Iterable[FacetValue]) -> list[FacetValue]:
    return [item for value in values for item in (value, *_flat(value.children))]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_are_those_made_by_hand(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    data_dir = tmp_path / "index_data"
    for commit in range(4):
        documents = {
            f"{commit}-{number}.pdf": record(
                rng.choice(["kiln", "border"]),
                title=f"Title {commit} {number}",
                tags=rng.sample(TAGS, rng.randint(0, 4)),
                regions=rng.sample(REGIONS, rng.randint(0, 4)),
                media_type=rng.choice(["application/pdf", "text/html"]),
                **({"published": rng.choice(["1999", "2003-05", "2020-01-02"])} if rng.random() < 0.8 else {}),
                **({"publisher": rng.choice(["OSCE", "Osce", "ILO", "A, B"])} if rng.random() < 0.8 else {}),
                **({"language": rng.choice(["en", "fr"])} if rng.random() < 0.8 else {}),
            )
            for number in range(12)
        }
        put(data_dir, documents, removed=[f"{commit - 1}-{number}.pdf" for number in range(3)] if commit else ())
        update(data_dir)
    with Catalogue.open(data_dir) as catalogue:
        everything = [
            document for id_ in catalogue.live_ids() if (document := catalogue.document(id_, pages=True))
        ]
    with Library.open(data_dir) as opened:
        for query in ("", "kiln", "tag:policy", "nowhere"):
            result = opened.search(query, facets=True, limit=None)
            ids = {hit.id for hit in result}
            wanted = _by_hand(document for document in everything if document.id in ids)
            for name, by_value in wanted.items():
                if name != "region":
                    counted = result.facets[name]
                    assert {value_key(item.value): item.count for item in counted} == {
                        value: len(having) for value, having in by_value.items()
                    }
                    assert len(counted) == len(by_value)  # one line a value, however it is written
            for item in _flat(result.facets["region"]):
                assert item.count == len(wanted["region"][region_key(item.value)]), item.value
            # Every curated region is somewhere in the tree.
            shown = {region_key(item.value) for item in _flat(result.facets["region"])}
            curated = {
                region_key(name) for document in everything if document.id in ids for name in document.regions
            }
            assert curated <= shown


def test_a_document_with_two_spellings_of_a_value_counts_once(tmp_path: Path) -> None:
    """Spellings that the catalogue keeps apart but a search does not, such as a tag with two kinds of blank."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("x", tags=["Child labour", "CHILD LABOUR", "child\u200b labour"])})
    with Library.open(data_dir) as opened:
        result = opened.search("", facets=True)
        assert [item.count for item in result.facets["tag"]] == [1]


def test_the_tree_nests_countries_in_their_regions(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(
        data_dir,
        {
            "a.pdf": record("x", regions=["Bangladesh", "India"], title="A"),
            "b.pdf": record("x", regions=["Asia"], title="B"),
            "c.pdf": record("x", regions=["France", "Atlantis", "OSCE"], title="C"),
        },
    )
    with Library.open(data_dir) as opened:
        (asia, *others) = opened.search("", facets=True).facets["region"]
    southern = FacetValue("Southern Asia", 1, (FacetValue("Bangladesh", 1), FacetValue("India", 1)))
    assert asia == FacetValue("Asia", 2, (southern,))
    assert [item.value for item in others] == ["Atlantis", "Europe", "OSCE"]


def test_the_most_frequent_spelling_is_shown(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    spellings = ["policy", "Policy", "Policy", "POLICY"]
    library(data_dir, {f"{n}.pdf": record("x", title=f"T{n}", tags=[tag]) for n, tag in enumerate(spellings)})
    with Library.open(data_dir) as opened:
        assert opened.search("", facets=True).facets["tag"] == (FacetValue("Policy", 4),)


def test_counts_do_not_depend_on_the_page_of_results(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {f"{n}.pdf": record("x", title=f"T{n}", tags=["t"]) for n in range(30)})
    with Library.open(data_dir) as opened:
        for limit, offset in ((0, 0), (5, 0), (5, 28), (5, 100), (None, 0)):
            assert opened.search("x", facets=True, limit=limit, offset=offset).facets["tag"] == (
                FacetValue("t", 30),
            )
        assert opened.search("x").facets == {}
