"""`dossier region suggest` lists documents without a region whose text names one often, and changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.document import Claim, Extraction, Source


def mentioning(extraction: Extraction, *regions: str) -> Extraction:
    """As the pipeline hands it over: with the regions that were found in the text."""
    found = (Claim("region", region, Source.DETECTED) for region in regions)
    return replace(extraction, claims=(*extraction.claims, Claim("language", "en", Source.DETECTED), *found))


@pytest.fixture
def ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    kilns = (
        "Kilns in Nepal. Nepal has many, and India has more.",
        "In Nepal and in India, and across Asia.",
        "Nepal again; the Nepali law; India.",
    )
    return library(
        tmp_path / "index_data",
        {
            "kilns.pdf": mentioning(record(*kilns, title="Kilns"), "Nepal", "India", "Asia"),
            "tagged.pdf": mentioning(record(*kilns, title="Tagged", regions=["Nepal"]), "Nepal", "India", "Asia"),
            "once.pdf": mentioning(record("A visit to Peru.", title="Once"), "Peru"),
            "none.pdf": record("no place at all", title="None"),
        },
    )


def suggested(*arguments: str) -> list[dict[str, Any]]:
    ran = dossier("region", "suggest", *arguments, "--format", "json")
    assert ran.status == 0, ran.err
    rows: list[dict[str, Any]] = json.loads(ran.out)["suggestions"]
    return rows


def test_documents_without_a_region(ids: dict[str, str]) -> None:
    before = dossier("show", "kilns.pdf", "--format", "json").out
    rows = suggested()
    assert [(row["id"], row["region"], row["times"], row["pages"], row["of"]) for row in rows] == [
        (ids["kilns.pdf"], "Nepal", 5, 3, 3),
        (ids["kilns.pdf"], "India", 3, 3, 3),
    ]
    assert dossier("show", "kilns.pdf", "--format", "json").out == before


def test_how_often_is_often_enough(ids: dict[str, str]) -> None:
    assert {row["region"] for row in suggested("--least", "1")} == {"Nepal", "India", "Asia", "Peru"}
    assert [row["region"] for row in suggested("--least", "4")] == ["Nepal"]
    assert dossier("region", "suggest", "--least", "9").status == 1


def test_a_named_document_gets_only_what_its_regions_do_not_say(ids: dict[str, str]) -> None:
    rows = suggested("tagged.pdf", "--least", "1")
    assert [row["region"] for row in rows] == ["India"]  # Nepal it has, and Nepal lies in Asia


def test_a_suggestion_taken_up_is_suggested_no_more(ids: dict[str, str]) -> None:
    for row in suggested():
        assert dossier("region", "add", row["region"], row["id"]).status == 0
    assert dossier("region", "suggest").status == 1
    assert dossier("search", "region:nepal AND region:india", "--files").out.split() == ["kilns.pdf"]
