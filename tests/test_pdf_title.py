"""A PDF is listed by its real title, not by "Microsoft Word - final2.doc"."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_making import PROSE, write_lines
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Claim, Source
from ingest.pdf import Engine, extract_pdf
from ingest.pdf_reader import SizedLine
from ingest.pdf_title import largest_text, written_title


def report(path: Path, title: str | None) -> Path:
    canvas = Canvas(str(path))
    if title is not None:
        canvas.setTitle(title)
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(60, 800, "ILAB")
    canvas.setFont("Helvetica-Bold", 24)
    canvas.drawString(60, 760, "Children Who Carry Bricks:")
    canvas.drawString(60, 730, "Debt Bondage in Five Districts")
    canvas.setFont("Helvetica", 11)
    write_lines(canvas, PROSE, top=690)
    canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize("engine", ["auto", "pdfium", "pdfminer"])
@pytest.mark.parametrize("title", ["Microsoft Word - final2.doc", "untitled", "report_v3_FINAL.indd", "Etpu"])
def test_the_largest_text_of_page_one_stands_in_for_a_useless_title(
    tmp_path: Path, engine: Engine, title: str
) -> None:
    claims = extract_pdf(report(tmp_path / "r.pdf", title), engine=engine).claims
    assert [claim for claim in claims if claim.field == "title"] == [
        Claim("title", "Children Who Carry Bricks: Debt Bondage in Five Districts", Source.DETECTED)
    ]


def test_a_written_title_goes_before_the_largest_text(tmp_path: Path) -> None:
    claims = extract_pdf(report(tmp_path / "r.pdf", "Bricks and Debt")).claims
    assert [c for c in claims if c.field == "title"] == [Claim("title", "Bricks and Debt", Source.FILE)]


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Document1",
        "Slide 1",
        "Microsoft PowerPoint - talk",
        "scan0001.tif",
        "a/b.pdf",
        "1234-5678",
        "U",
        "???",
    ],
)
def test_what_is_no_title(title: str) -> None:
    assert written_title(title, "report", "Some text of page one") is None


def test_a_title_of_one_word_must_stand_on_the_first_page() -> None:
    assert written_title("Pakistan", "x", "PAKISTAN\nSignificant advancement") == "Pakistan"
    assert written_title("Etpu", "x", "Children in Pakistan") is None


def lines(*pairs: tuple[str, float]) -> list[SizedLine]:
    return [SizedLine(text, size) for text, size in pairs]


PAGE = [SizedLine(line, 9.1) for line in PROSE]


def test_a_letterhead_is_not_the_title() -> None:
    page = lines(
        ("United Nations A/71/353", 12.8),
        ("General Assembly Distr.: General", 17.9),
        ("*1612603*", 12.8),
        ("Outcome of the World Humanitarian Summit", 12.5),
        ("Report of the Secretary-General", 10.7),
    )
    assert largest_text([*page, *PAGE]) == "Outcome of the World Humanitarian Summit"


def test_a_logo_is_not_the_title_but_a_country_is() -> None:
    assert largest_text([*lines(("UNHCR", 30), ("Global Trends in Displacement", 20)), *PAGE]) == (
        "Global Trends in Displacement"
    )
    assert largest_text([*lines(("Mali", 30), ("MINIMAL ADVANCEMENT", 14)), *PAGE]) == "Mali"


def test_a_cover_without_running_text() -> None:
    cover = lines(("A/80/48", 9.1), ("Report of the Committee on", 25.5), ("Migrant Workers", 25.5))
    assert largest_text(cover) == "Report of the Committee on Migrant Workers"


def test_text_of_one_size_has_no_title() -> None:
    assert largest_text(PAGE) is None
    assert largest_text([]) is None
