"""Scans are read in the language they are in, or that somebody says they are in."""

import sqlite3
from pathlib import Path

import pytest
from dossier_command import dossier
from scans import needs_tesseract, write_scan

from ingest.ocr_engine import Engine, find_engine
from ingest.ocr_languages import data_name, data_names, of_script

FRENCH = [
    "Les travailleurs domestiques étrangers ont été",
    "privés de leurs passeports dès leur arrivée à",
    "l'aéroport, où les agences prélevaient déjà une",
    "dette énorme que personne ne pouvait rembourser.",
]


def _need(language: str) -> None:
    if language not in find_engine().languages:
        pytest.skip(f"Tesseract has no data for {language} here")


def _read_in() -> set[str]:
    with sqlite3.connect("index_data/catalogue.sqlite") as db:
        return {languages for (languages,) in db.execute("SELECT languages FROM ocr_pages")}


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_scan(tmp_path / "rapport.pdf", [FRENCH])


@needs_tesseract
def test_the_language_is_found_out_where_nobody_says_it(scan: Path) -> None:
    _need("fra")
    dossier("index", "--ocr", ".")
    assert _read_in() == {"fra"}
    assert "rapport.pdf" in dossier("search", '"prélevaient déjà"', "--lang", "fr").out


@needs_tesseract
def test_what_the_settings_say_is_done_also_to_pages_read_before(scan: Path) -> None:
    dossier("index", "--ocr", ".")
    Path("dossier.toml").write_text('[ocr]\nlanguages = ["en"]\n', encoding="utf-8")
    dossier("index", "--ocr", ".")
    assert _read_in() == {"eng"}


@needs_tesseract
def test_what_a_sidecar_says_is_done(scan: Path) -> None:
    Path("rapport.pdf.toml").write_text('language = "en"\n', encoding="utf-8")
    dossier("index", "--ocr", ".")
    assert _read_in() == {"eng"}


@needs_tesseract
def test_a_language_without_data_is_named_with_its_package(scan: Path) -> None:
    Path("dossier.toml").write_text('[ocr]\nlanguages = ["eng", "xyz"]\n', encoding="utf-8")
    ran = dossier("index", "--ocr", ".")
    assert ran.status == 2
    assert "no data for xyz (`apt install tesseract-ocr-xyz`)" in ran.err
    assert "rapport.pdf" in dossier("search", "title:rapport").out


def test_languages_have_the_names_that_tesseract_gives_them() -> None:
    assert [data_name(name) for name in ("fr", "fra", "zh", "chi_tra")] == ["fra", "fra", "chi_sim", "chi_tra"]
    assert data_names(["en", "fr", "eng"]) == "eng+fra"
    assert [of_script(name) for name in ("Latin", "Cyrillic", "Klingon")] == ["eng", "rus", "eng"]
    assert Engine("5", frozenset({"eng"})).missing("eng+ara") == ["ara"]


@needs_tesseract
def test_a_cover_with_few_words_does_not_settle_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _need("fra")
    monkeypatch.chdir(tmp_path)
    write_scan(tmp_path / "a.pdf", [["Rapport 2016"], FRENCH, ["Genève"]])
    dossier("index", "--ocr", ".")
    with sqlite3.connect("index_data/catalogue.sqlite") as db:
        read_in = [languages for (languages,) in db.execute("SELECT languages FROM ocr_pages ORDER BY page")]
    assert read_in == ["eng", "fra", "fra"]
