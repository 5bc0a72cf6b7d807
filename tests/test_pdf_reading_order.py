"""A page reads as a person reads it: columns one after the other, words whole, no running headers in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_making import LINE, write_pages
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from ingest.columns import Piece, column_order
from ingest.pdf import Engine, extract_pdf

LEFT = [f"left line {number:02d} is about the children of the kilns" for number in range(30)]
RIGHT = [f"right line {number:02d} is about the owners of the kilns" for number in range(30)]


def two_columns(path: Path, *, across: bool) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(
        60, 790, "A heading that stands over both of the columns and is wider than each of them by far"
    )
    places = [(60.0, text, row) for row, text in enumerate(LEFT)] + [
        (310.0, text, row) for row, text in enumerate(RIGHT)
    ]
    for left, text, row in sorted(places, key=lambda place: place[2]) if across else places:
        canvas.drawString(left, 760 - LINE * row, text)
    canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize("across", [False, True])
def test_two_columns_are_read_left_then_right(tmp_path: Path, across: bool) -> None:
    text = extract_pdf(two_columns(tmp_path / "columns.pdf", across=across)).pages[0].text
    places = [text.index(line[:14]) for line in [*LEFT, *RIGHT]]
    assert places == sorted(places)
    assert text.startswith("A heading that stands")


def test_a_table_painted_row_by_row_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "table.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for row in range(30):
        canvas.drawString(60, 760 - LINE * row, f"Country {row}" + " and its islands" * (row % 3))
        canvas.drawString(310, 760 - LINE * row, f"{row * 37}")
    canvas.showPage()
    canvas.save()
    text = extract_pdf(path).pages[0].text
    assert "Country 4 and its islands 148" in " ".join(text.split())


def test_words_one_by_one_are_not_columns() -> None:
    pieces = [
        Piece(60.0 + 45 * word + line % 3, 760.0 - 14 * line, 100.0 + 45 * word + line % 3, 770.0 - 14 * line)
        for line in range(40)
        for word in range(10)
    ]
    assert column_order(pieces) is None


@pytest.mark.parametrize("engine", ["auto", "pdfium", "pdfminer"])
def test_a_word_broken_at_a_line_end_is_found_whole(tmp_path: Path, engine: Engine) -> None:
    page = [
        "The convention obliges every state to act against the traf-",
        "ficking of persons, and to look into each supply chain. A supply-",
        "chain law was passed. Supply-chain audits followed in all regions.",
    ]
    text = extract_pdf(write_pages(tmp_path / "broken.pdf", [page]), engine=engine).pages[0].text
    assert "against the trafficking of persons" in text
    assert "A supply-chain law" in " ".join(text.split())


@pytest.mark.parametrize("engine", ["auto", "pdfium", "pdfminer"])
def test_running_headers_and_page_numbers_go(tmp_path: Path, engine: Engine) -> None:
    pages = [
        ["World Report on Labour", f"The text of chapter {word} speaks of {word} alone.", f"Page {number} of 4"]
        for number, word in enumerate(("kilns", "farms", "boats", "mines"), start=1)
    ]
    texts = [page.text for page in extract_pdf(write_pages(tmp_path / "r.pdf", pages), engine=engine).pages]
    assert [text.count("World Report on Labour") for text in texts] == [1, 0, 0, 0]
    assert not any("Page" in text for text in texts)
    assert all(word in text for word, text in zip(("kilns", "farms", "boats", "mines"), texts, strict=True))


def dejavu() -> str:
    for name in ("DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"):
        try:
            pdfmetrics.registerFont(TTFont("DejaVu", name))
        except TTFError:
            continue
        return "DejaVu"
    pytest.skip("no DejaVu font on this machine")


@pytest.mark.parametrize("engine", ["auto", "pdfium", "pdfminer"])
def test_ligatures_are_letters(tmp_path: Path, engine: Engine) -> None:
    font = dejavu()
    path = tmp_path / "ligatures.pdf"
    canvas = Canvas(str(path))
    canvas.setFont(font, 12)
    canvas.drawString(60, 700, "The oﬃce ﬁled a traﬃcking report of 5 km²")
    canvas.showPage()
    canvas.save()
    assert extract_pdf(path, engine=engine).pages[0].text == "The office filed a trafficking report of 5 km²"


@pytest.mark.parametrize("engine", ["auto", "pdfium", "pdfminer"])
def test_right_to_left_text_is_in_reading_order(tmp_path: Path, engine: Engine) -> None:
    font = dejavu()
    path = tmp_path / "rtl.pdf"
    text = "مكافحة الاتجار بالأشخاص في المدرسة القديمة"
    canvas = Canvas(str(path))
    canvas.setFont(font, 12)
    canvas.drawString(60, 700, text[::-1])  # glyphs are painted from left to right, so the last letter first
    canvas.showPage()
    canvas.save()
    assert extract_pdf(path, engine=engine).pages[0].text == text


def test_rotated_and_upright_text_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "rotated.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(60, 700, "upright words")
    canvas.rotate(90)
    canvas.drawString(300, -200, "sideways words")
    canvas.showPage()
    canvas.setPageRotation(90)
    canvas.drawString(60, 700, "words on a turned page")
    canvas.showPage()
    canvas.save()
    pages = extract_pdf(path).pages
    assert "upright words" in pages[0].text
    assert "sideways words" in pages[0].text
    assert pages[1].text == "words on a turned page"
