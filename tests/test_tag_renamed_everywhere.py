"""Renaming a tag changes it in every document, whoever gave it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.catalogue import Catalogue
from ingest.document import Claim, Source


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library in which a page, a listing, a sidecar and the user speak of forced labor."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "index_data"
    ids = library(
        data,
        {
            "page.html": record("one", title="Page", tags=["Children", "Forced Labor", "Law"]),
            "listed.pdf": record("two", title="Listed"),
            "beside.pdf": record("three", title="Beside", tags=["forced labour"]),
            "mine.pdf": record("four", title="Mine"),
            "other.pdf": record("five", title="Other", tags=["Law"]),
        },
    )
    with Catalogue.open(data, write=True) as catalogue, catalogue.transaction():
        catalogue.set_claims(
            ids["listed.pdf"], Source.LISTING, "list", [Claim("tag", "forced labor", Source.LISTING)]
        )
        catalogue.set_claims(
            ids["beside.pdf"], Source.SIDECAR, "beside.pdf", [Claim("tag", "Forced labor", Source.SIDECAR)]
        )
        catalogue.add_user_value(ids["mine.pdf"], "tag", "forced labor")
    assert dossier("rebuild").status == 0
    return data


def tags(data: Path) -> dict[str, set[str]]:
    with Catalogue.open(data) as catalogue:
        found = catalogue.documents(list(catalogue.live_ids())).values()
    return {document.title: set(document.tags) for document in found}


def test_every_document_has_the_new_name(data: Path) -> None:
    ran = dossier("tag", "rename", "forced labor", "Forced labour")
    assert ran.status == 0
    assert tags(data) == {
        "Page": {"Children", "Forced labour", "Law"},
        "Listed": {"Forced labour"},
        "Beside": {"Forced labour"},
        "Mine": {"Forced labour"},
        "Other": {"Law"},
    }
    assert dossier("search", 'tag:"forced labor"').status == 1
    found = dossier("search", 'tag:"forced labour"', "--files").out.split()
    assert sorted(found) == ["beside.pdf", "listed.pdf", "mine.pdf", "page.html"]
    assert dossier("verify").status == 0


def test_back_again_is_the_same_as_before(data: Path) -> None:
    dossier("tag", "rename", "forced labor", "Work")
    dossier("tag", "rename", "WORK", "forced labor")
    assert {title for title, values in tags(data).items() if "forced labor" in values} == {
        "Page", "Listed", "Beside", "Mine",
    }  # fmt: skip


def test_only_the_spelling(data: Path) -> None:
    assert dossier("tag", "rename", "LAW", "law").status == 0
    assert tags(data)["Page"] == {"Children", "Forced Labor", "law"}
    assert tags(data)["Other"] == {"law"}
    again = dossier("tag", "rename", "law", "law")
    assert again.status == 0
    assert "changed  0" in again.out


def test_a_name_that_nothing_has_is_told_with_near_ones(data: Path) -> None:
    ran = dossier("tag", "rename", "forced labors", "x")
    assert ran.status == 1
    assert "no document has the tag 'forced labors'" in ran.err
    assert "did you mean" in ran.err
