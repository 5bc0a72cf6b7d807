"""Scanned pages for tests: PDFs whose pages are pictures of text, drawn with Pillow."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DPI = 200
FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")


def picture(lines: Sequence[str]) -> Image.Image:
    """An A5 page with one line of text per string."""
    page = Image.new("L", tuple(round(side / 72 * DPI) for side in A5), 250)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(FONT, round(11 / 72 * DPI))
    for number, line in enumerate(lines):
        draw.text((100, 120 + 50 * number), line, font=font, fill=20)
    return page


def write_scan(path: Path, pages: Sequence[Sequence[str] | str]) -> Path:
    """A PDF: a list of lines is a page that is a picture of them, a string a page with a text layer."""
    canvas = Canvas(str(path), pagesize=A5)
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(40, 500, page)
        else:
            canvas.drawImage(ImageReader(picture(page)), 0, 0, *A5)
        canvas.showPage()
    canvas.save()
    return path
