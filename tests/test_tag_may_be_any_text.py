"""A tag in any script, with any sign, is found as it was written, by the option and by the query language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from libraries import library, record

from ingest import curation
from ingest.catalogue import Catalogue
from ingest.document import Document
from ingest.errors import SettingsError
from ingest.metadata import same_value
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import SearchRequest

TAGS = [
    "one, two; three",
    "Ωμέγα",
    "عمل قسري",
    "强迫劳动",
    "a:b (c) \"d\" 'e' -f",
    "AND",
    "-",
    "#MeToo & co.",
    "travail forcé",
    "50%",
    "x*y?",
    "🧵",
]


def test_every_tag_is_found_and_no_other(tmp_path: Path) -> None:
    ids = library(tmp_path / "data", {f"{number}.pdf": record("text") for number in range(len(TAGS))})
    with Catalogue.open(tmp_path / "data", write=True) as catalogue:
        for path, tag in zip(ids, TAGS, strict=True):
            curation.add(catalogue, curation.find(catalogue, [path]), "tag", tag)
    update(tmp_path / "data")
    with Library.open(tmp_path / "data") as opened:
        for path, tag in zip(ids, TAGS, strict=True):
            for written in (tag, tag.upper(), unicodedata.normalize("NFD", tag), f"  {tag} "):
                found = opened.search(SearchRequest(tags=(written,)))
                assert [(hit.id, hit.tags) for hit in found] == [(ids[path], (tag,))], written
            quoted = tag.replace("\\", "\\\\").replace('"', '\\"')
            assert [hit.id for hit in opened.search(f'tag:"{quoted}"')] == [ids[path]]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    data = tmp_path_factory.mktemp("library") / "data"
    library(data, {"a.pdf": record("text", tags=["Given by the file"])})
    with Catalogue.open(data, write=True) as opened:
        yield opened


def the_document(catalogue: Catalogue) -> Document:
    (found,) = curation.find(catalogue, ["a.pdf"])
    return found


def usable(value: str) -> bool:
    try:
        return not same_value("tag", curation.value_of("tag", value), "Given by the file")
    except SettingsError:
        return False


values = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).filter(usable)


@given(value=values, other=values)
def test_added_renamed_removed_leaves_nothing_behind(catalogue: Catalogue, value: str, other: str) -> None:
    before = the_document(catalogue)
    assert curation.add(catalogue, [before], "tag", value).changed == (before,)
    assert the_document(catalogue).tags == (curation.value_of("tag", value), "Given by the file")
    again = curation.add(catalogue, [the_document(catalogue)], "tag", f" {value}\n")
    assert (len(again.matched), len(again.changed)) == (1, 0)
    curation.rename(catalogue, "tag", value, other)
    assert the_document(catalogue).tags == (curation.value_of("tag", other), "Given by the file")
    curation.remove(catalogue, [the_document(catalogue)], "tag", other)
    assert the_document(catalogue).tags == ("Given by the file",)
