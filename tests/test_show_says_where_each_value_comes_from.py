"""`dossier show --provenance` has a row for every claim: who says it, and why it is shown or not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.catalogue import Catalogue
from ingest.document import Claim, Source


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str, str, str, int | None, str]]:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "index_data"
    text = record(
        "kilns", "kilns", "kilns", "kilns", title="Kilns", tags=["Nepal", "Bricks", "bricks"], published="n.d."
    )
    claims = [
        Claim("title", "kilns.indd", Source.FILE),
        Claim("published", "2003", Source.FILE),
        Claim("region", "Nepal", Source.DETECTED, 4),
        Claim("region", "India", Source.DETECTED, 2),
        Claim("region", "Peru", Source.DETECTED, 1),
        Claim("region", "Chad", Source.DETECTED, 1),
        Claim("region", "Fiji", Source.DETECTED, 1),
    ]
    ids = library(
        data, {"kilns.pdf": replace(text, claims=(*text.claims, *claims)), "page.html": record("a list")}
    )
    with Catalogue.open(data, write=True) as catalogue, catalogue.transaction():
        said = [Claim("region", "India", Source.LISTING), Claim("title", "Kilns", Source.LISTING)]
        catalogue.set_claims(ids["kilns.pdf"], Source.LISTING, ids["page.html"], said)
        catalogue.add_user_value(ids["kilns.pdf"], "tag", "Wages")
        catalogue.remove_user_value(ids["kilns.pdf"], "region", "Nepal")
    ran = dossier("show", "kilns.pdf", "--provenance", "--format", "json")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert (found["id"], found["title"]) == (ids["kilns.pdf"], "Kilns")
    assert len(found["provenance"]) == 17
    return {tuple(row.values()) for row in found["provenance"]}


Rows = set[tuple[str, str, str, str, int | None, str]]


def test_the_value_that_is_shown_and_those_that_lost(rows: Rows) -> None:
    assert rows >= {
        ("title", "Kilns", "page", "", None, "shown"),
        ("title", "Kilns", "listing", "page.html", None, "said already"),
        ("title", "kilns.indd", "file", "", None, "another source is trusted more"),
        ("published", "n.d.", "page", "", None, "not understood"),
        ("published", "2003", "file", "", None, "shown"),
    }


def test_the_members_of_a_set_and_what_a_tag_names(rows: Rows) -> None:
    assert rows >= {
        ("tag", "Wages", "user", "", None, "shown"),
        ("tag", "Bricks", "page", "", None, "shown"),
        ("tag", "bricks", "page", "", None, "said already"),
        ("tag", "Nepal", "page", "", None, "shown"),
        ("region", "Nepal", "user", "", None, "taken away by the user"),
        ("region", "Nepal", "page", "", None, "taken away by the user"),
        ("region", "India", "listing", "page.html", None, "shown"),
    }


def test_what_the_text_names_with_its_pages(rows: Rows) -> None:
    assert {row for row in rows if row[0] == "mention"} == {
        ("mention", "Nepal", "detected", "", 4, "shown"),
        ("mention", "India", "detected", "", 2, "shown"),
        ("mention", "Peru", "detected", "", 1, "shown"),
        ("mention", "Chad", "detected", "", 1, "named on too few pages"),
        ("mention", "Fiji", "detected", "", 1, "named on too few pages"),
    }


def test_as_a_table_for_people(rows: Rows) -> None:
    lines = dossier("show", "kilns.pdf", "--provenance").out.splitlines()
    assert "mention    Nepal       detected                 4  shown" in lines
    assert dossier("show", "nothing.pdf", "--provenance").status == 1
