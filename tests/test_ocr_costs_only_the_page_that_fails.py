"""A page that Tesseract does not finish, or a Tesseract that is not there, costs nothing else."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from dossier_command import dossier
from pdf_making import PROSE, write_pages
from scans import needs_tesseract, write_scan

#: Does what Tesseract does, but never comes to an end with a picture that is read after the mark `hang` was set.
STUCK = """#!/bin/sh
case "$*" in
  *image_to*|*tess_*) if [ -e "{mark}" ]; then exec sleep 600; fi ;;
esac
exec "{real}" "$@"
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_scan(
        tmp_path / "scan.pdf", [["Nineteen kilns stand along the river"], ["and none pays any wages at all"]]
    )
    write_pages(tmp_path / "typed.pdf", [PROSE])
    return tmp_path


def test_without_tesseract_the_rest_is_indexed_and_the_way_is_told(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    ran = dossier("index", "--ocr", ".")
    assert ran.status == 2
    assert "apt install tesseract-ocr" in ran.err
    assert "Traceback" not in ran.err
    assert "typed.pdf" in dossier("search", "kilns").out
    with sqlite3.connect("index_data/catalogue.sqlite") as db:
        assert db.execute("SELECT status FROM files WHERE path = 'scan.pdf'").fetchone() == ("image-only",)


@needs_tesseract
@pytest.mark.skipif(os.name == "nt", reason="the stuck Tesseract is a shell script")
def test_a_page_that_takes_too_long_is_left_and_can_be_tried_again(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, mark, folder = shutil.which("tesseract"), library / "hang", library / ".bin"
    folder.mkdir()
    script = folder / "tesseract"
    script.write_text(STUCK.format(mark=mark, real=real), encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    dossier("index", ".")
    Path("dossier.toml").write_text('[limits]\nseconds = 2\n[ocr]\nlanguages = ["eng"]\n', encoding="utf-8")
    Path(".dossierignore").write_text("hang\n", encoding="utf-8")
    mark.touch()

    ran = dossier("index", "--ocr", ".")
    assert ran.status == 2
    assert "within" in ran.out
    assert "typed.pdf" in dossier("search", "kilns").out
    mark.unlink()
    assert "scanned pages" not in dossier("index", "--ocr", ".").err  # what failed would fail again

    Path("dossier.toml").write_text('[ocr]\nlanguages = ["eng"]\n', encoding="utf-8")
    assert dossier("index", "--ocr", "--retry", ".").status == 0
    assert "scan.pdf, page 2" in dossier("search", "wages").out
