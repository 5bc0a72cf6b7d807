"""Every bad PDF is told apart in words a person understands, and none raises."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pdf_making import PROSE, write_pages
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Status
from ingest.pdf import Engine, extract_pdf

ENGINES: tuple[Engine, ...] = ("auto", "pdfium", "pdfminer")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_password_to_open_is_asked_for_and_used(tmp_path: Path, engine: Engine) -> None:
    lock = StandardEncryption("open sesame", ownerPassword="owner", strength=128)
    path = write_pages(tmp_path / "locked.pdf", [["Confidential testimony of a survivor"]], encrypt=lock)
    refused = extract_pdf(path, engine=engine)
    assert refused.status is Status.ENCRYPTED
    assert "password" in refused.reason
    assert extract_pdf(path, engine=engine, passwords=["wrong"]).status is Status.ENCRYPTED
    opened = extract_pdf(path, engine=engine, passwords=["wrong", "open sesame"])
    assert opened.status is Status.OK
    assert opened.pages[0].text == "Confidential testimony of a survivor"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_that_only_forbids_printing_is_read_like_any_other(tmp_path: Path, engine: Engine) -> None:
    lock = StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0, strength=128)
    path = write_pages(tmp_path / "restricted.pdf", [["Readable without any password"]], encrypt=lock)
    extraction = extract_pdf(path, engine=engine)
    assert extraction.status is Status.OK
    assert extraction.pages[0].text == "Readable without any password"


def test_an_empty_file_and_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    empty = extract_pdf(tmp_path / "empty.pdf")
    assert empty.status is Status.CORRUPT
    assert "0 bytes" in empty.reason
    (tmp_path / "page.pdf").write_text("<html><body>Not found</body></html>")
    page = extract_pdf(tmp_path / "page.pdf")
    assert page.status is Status.CORRUPT
    assert "not a PDF" in page.reason


def test_a_file_cut_off_in_a_download(tmp_path: Path) -> None:
    whole = write_pages(tmp_path / "whole.pdf", [PROSE] * 6).read_bytes()
    for share in (0.15, 0.4, 0.7, 0.95):
        path = tmp_path / "cut.pdf"
        path.write_bytes(whole[: int(len(whole) * share)])
        extraction = extract_pdf(path)
        assert extraction.status in {Status.CORRUPT, Status.PARTIAL}, share
        assert extraction.reason


def test_a_file_without_its_end_is_never_called_whole(tmp_path: Path) -> None:
    whole = write_pages(tmp_path / "whole.pdf", [["First page"], ["Second page"]]).read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole.replace(b"%%EOF", b""))
    extraction = extract_pdf(tmp_path / "cut.pdf")
    assert extraction.status is Status.PARTIAL
    assert "end of the file is missing" in extraction.reason
    assert [page.text for page in extraction.pages] == ["First page", "Second page"]


def test_pages_that_are_pictures_come_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path))
    picture = ImageReader(Image.effect_noise((200, 280), 50).convert("RGB"))
    for _ in range(2):
        canvas.drawImage(picture, 0, 0, width=595, height=842)
        canvas.showPage()
    canvas.save()
    extraction = extract_pdf(path)
    assert extraction.status is Status.IMAGE_ONLY
    assert "ocrmypdf" in extraction.reason
    assert [page.text for page in extraction.pages] == ["", ""]


def test_a_report_with_one_scanned_page_is_ok_and_says_which(tmp_path: Path) -> None:
    path = tmp_path / "mixed.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(60, 700, "The first page has text")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.effect_noise((200, 280), 50).convert("RGB")), 0, 0, width=595, height=842)
    canvas.showPage()
    canvas.save()
    extraction = extract_pdf(path)
    assert extraction.status is Status.OK
    assert len(extraction.warnings) == 1
    assert "Page(s) 2 of 2" in extraction.warnings[0]


def test_blank_pages_are_blank(tmp_path: Path) -> None:
    extraction = extract_pdf(write_pages(tmp_path / "blank.pdf", [[], []]))
    assert extraction.status is Status.EMPTY
    assert "blank" in extraction.reason


def test_a_file_that_is_gone_or_forbidden(tmp_path: Path) -> None:
    gone = extract_pdf(tmp_path / "gone.pdf")
    assert gone.status is Status.UNREADABLE
    assert gone.reason
    path = write_pages(tmp_path / "forbidden.pdf", [["text"]])
    path.chmod(0)
    if not os.access(path, os.R_OK):  # an administrator reads everything
        assert extract_pdf(path).status is Status.UNREADABLE


def test_a_damaged_page_leaves_the_others_readable(tmp_path: Path) -> None:
    whole = write_pages(tmp_path / "whole.pdf", [["First page"], ["Second page"]]).read_bytes()
    # The first page object loses its type and contents; the page tree still lists it.
    damaged = whole.replace(b"/Type /Page\n", b"/Type /Pag_\n", 1)
    assert damaged != whole
    (tmp_path / "damaged.pdf").write_bytes(damaged)
    extraction = extract_pdf(tmp_path / "damaged.pdf")
    assert "Second page" in " ".join(page.text for page in extraction.pages)
