"""A hit in a PDF names the physical page, from 1, and the label printed on it; bookmarks lead to their page."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_making import write_lines, write_pages
from reportlab.pdfgen.canvas import Canvas

from ingest.document import OutlineEntry, Status
from ingest.pdf import Engine, extract_pdf

ENGINES: tuple[Engine, ...] = ("auto", "pdfium", "pdfminer")


@pytest.mark.parametrize("engine", ENGINES)
def test_page_numbers_start_at_one_and_follow_the_pages(tmp_path: Path, engine: Engine) -> None:
    words = ("apples", "bridges", "children")
    path = write_pages(tmp_path / "three.pdf", [[f"This page speaks of {word}"] for word in words])
    extraction = extract_pdf(path, engine=engine)
    assert extraction.status is Status.OK
    assert extraction.media_type == "application/pdf"
    assert [page.number for page in extraction.pages] == [1, 2, 3]
    assert [page.text for page in extraction.pages] == [f"This page speaks of {word}" for word in words]
    assert {page.label for page in extraction.pages} == {None}


@pytest.mark.parametrize("engine", ENGINES)
def test_labels_are_those_printed_on_the_pages(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "labels.pdf"
    canvas = Canvas(str(path))
    canvas.addPageLabel(0, style="ROMAN_LOWER")
    canvas.addPageLabel(2, style="ARABIC", start=1, prefix="A-")
    for number in range(4):
        write_lines(canvas, [f"Text of physical page {number + 1}"])
        canvas.showPage()
    canvas.save()
    assert [page.label for page in extract_pdf(path, engine=engine).pages] == ["i", "ii", "A-1", "A-2"]


@pytest.mark.parametrize("engine", ENGINES)
def test_bookmarks_become_the_outline(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "outline.pdf"
    canvas = Canvas(str(path))
    for number, (title, level) in enumerate((("Findings", 0), ("Forced labour", 1), ("Annex", 0)), start=1):
        canvas.bookmarkPage(f"place{number}")
        canvas.addOutlineEntry(title, f"place{number}", level=level)
        write_lines(canvas, [f"Page of {title}"])
        canvas.showPage()
    canvas.save()
    assert extract_pdf(path, engine=engine).outline == (
        OutlineEntry(1, "Findings", 1),
        OutlineEntry(2, "Forced labour", 2),
        OutlineEntry(1, "Annex", 3),
    )


def test_a_file_with_too_many_pages_is_told_and_not_read(tmp_path: Path) -> None:
    path = write_pages(tmp_path / "long.pdf", [["one"], ["two"], ["three"]])
    for engine in ENGINES:
        extraction = extract_pdf(path, engine=engine, max_pages=2)
        assert extraction.status is Status.TOO_MANY_PAGES
        assert "2 pages" in extraction.reason
        assert extraction.pages == ()
    assert extract_pdf(path, max_pages=3).status is Status.OK
