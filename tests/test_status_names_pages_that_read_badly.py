"""`dossier status --quality` lists the documents with pages whose text is damaged, those with most of them first."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.document import Page


@pytest.fixture(autouse=True)
def _library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    good = record("kilns", "camps", "ships")
    one = replace(good, pages=(Page(1, "kilns"), Page(2, "k l n s", quality=0.2), Page(3, "ships", quality=0.95)))
    documents = {"good.pdf": good, "one.pdf": one}
    for number in range(25):
        pages = (Page(1, f"a{number}", quality=0.5), Page(2, f"b{number}", quality=0.4), Page(3, "ships"))
        documents[f"two-{number:02}.pdf"] = replace(good, pages=pages)
    library(tmp_path / "index_data", documents)


def test_all_of_them_with_the_worst_page_and_what_to_do() -> None:
    rows = list(csv.DictReader(io.StringIO(dossier("status", "--quality", "--format", "csv").out)))
    assert [row["path"] for row in rows] == [*(f"two-{number:02}.pdf" for number in range(25)), "one.pdf"]
    first, last = rows[0], rows[-1]
    assert (first["pages"], first["low_pages"], first["worst_page"], first["worst_quality"]) == (
        "3",
        "2",
        "2",
        "0.4",
    )
    assert (last["low_pages"], last["worst_page"], last["worst_quality"]) == ("1", "2", "0.2")
    assert "dossier index --ocr" in last["next_step"]


def test_people_see_the_worst_twenty_and_how_many_there_are() -> None:
    out = dossier("status", "--quality").out
    assert out.count("two-") == 20
    assert "pages that read badly (the worst 20 documents)" in out
    assert json.loads(dossier("status", "--format", "json").out)["with pages that read badly"] == 26
