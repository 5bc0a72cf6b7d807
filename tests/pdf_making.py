"""Small PDFs for the tests, made with reportlab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

LINE = 14


def write_pages(
    path: Path,
    pages: Sequence[Sequence[str]],
    *,
    encrypt: StandardEncryption | None = None,
    info: dict[str, str] | None = None,
    size: float = 11,
) -> Path:
    """A PDF with one text line per string, from the top of each page down."""
    canvas = Canvas(str(path), pagesize=A4, encrypt=encrypt, pageCompression=1)
    for key, value in (info or {}).items():
        getattr(canvas, f"set{key}")(value)
    for lines in pages:
        canvas.setFont("Helvetica", size)
        write_lines(canvas, lines)
        canvas.showPage()
    canvas.save()
    return path


def write_lines(canvas: Any, lines: Sequence[str], *, left: float = 60, top: float = 780) -> None:
    """Draw the lines below one another."""
    for number, line in enumerate(lines):
        canvas.drawString(left, top - LINE * number, line)


#: Thirty lines of prose, each different, as wide as a page.
PROSE = tuple(
    f"Paragraph line {number} tells how labour inspectors in district {number * 7} visited the brick kilns"
    for number in range(1, 31)
)
