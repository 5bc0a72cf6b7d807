"""`dossier tags` counts each tag once for a document, in its most frequent spelling, and names who gave it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.catalogue import Catalogue
from ingest.document import Claim, Source
from ingest.values_in_use import ValueInUse, values_in_use


def test_tags_with_counts_and_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "index_data"
    assert dossier("tags").status == 2  # no library
    ids = library(
        data,
        {
            "a.pdf": record("one", tags=["Forced labour", "FORCED LABOUR", "Asia"]),
            "b.pdf": record("two", tags=["Forced labour"]),
            "c.pdf": record("three", tags=["forced labour", "Law"]),
            "d.pdf": record("four", tags=["law"]),
        },
    )
    with Catalogue.open(data, write=True) as catalogue, catalogue.transaction():
        catalogue.add_user_value(ids["a.pdf"], "tag", "forced labour")
        catalogue.set_claims(ids["b.pdf"], Source.LISTING, "x", [Claim("tag", "forced labour", Source.LISTING)])
        catalogue.remove_user_value(ids["d.pdf"], "tag", "Law")
    ran = dossier("tags", "--format", "json")
    assert ran.status == 0
    assert json.loads(ran.out)["tags"] == [
        {
            "tag": "forced labour",
            "documents": 3,
            "sources": ["user", "page", "listing"],
            "spellings": ["Forced labour"],
        },
        {"tag": "Asia", "documents": 1, "sources": ["page"], "spellings": []},
        {"tag": "Law", "documents": 1, "sources": ["page"], "spellings": []},
    ]
    first_row = dossier("tags").out.splitlines()[1]
    assert " ".join(first_row.split()) == "forced labour 3 user, page, listing Forced labour"


def test_a_region_that_the_text_names_too_was_not_given_by_the_text(tmp_path: Path) -> None:
    ids = library(tmp_path / "data", {"a.pdf": record("one", regions=["Nepal"])})
    with Catalogue.open(tmp_path / "data", write=True) as catalogue:
        with catalogue.transaction():
            named = [Claim("region", region, Source.DETECTED) for region in ("Nepal", "India")]
            catalogue.set_claims(ids["a.pdf"], Source.DETECTED, "", named)
        assert values_in_use(catalogue, "region") == [ValueInUse("Nepal", 1, (Source.PAGE,))]


def test_a_library_without_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library(tmp_path / "index_data", {"a.pdf": record("one")})
    assert dossier("tags").status == 1
