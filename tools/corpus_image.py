"""Source texts to image-only PDFs: every page is one grey picture of text, as from an office scanner.

Rule: no text layer at all. The picture is drawn with Pillow at 100 dpi in the Vera font that reportlab brings.
"""

from __future__ import annotations

import io

from corpus_layout import VERA_FOLDER, set_metadata
from corpus_source import Block, Source
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DPI = 100
WIDTH, HEIGHT = (round(length * DPI / 72) for length in A4)  # pixels
MARGIN = 95  # pixels, about 24 mm
GREY_LEVELS = 8  # a scanner's few greys: keeps the pictures small
SIZES = {"h1": 28, "h2": 20}  # pixels of the font; text is BODY_SIZE
BODY_SIZE = 15


def render_images(source: Source) -> bytes:
    """The finished PDF of a source with `layout = "image"`."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1)
    set_metadata(canvas, source)
    for page in _pages(source.blocks):
        canvas.drawImage(ImageReader(page), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _pages(blocks: tuple[Block, ...]) -> list[Image.Image]:
    pages: list[Image.Image] = []
    draw, top = _new_page(pages)
    for block in blocks:
        size = SIZES.get(block.kind, BODY_SIZE)
        font = ImageFont.truetype(VERA_FOLDER / ("VeraBd.ttf" if block.kind in SIZES else "Vera.ttf"), size)
        text = "- " + block.text if block.kind == "item" else block.text
        for line in _wrap(text, font):
            if top + size * 1.5 > HEIGHT - MARGIN:
                draw, top = _new_page(pages)
            draw.text((MARGIN, top), line, font=font, fill=25)
            top += round(size * 1.5)
        top += round(size * 0.7)
    step = 256 // GREY_LEVELS
    return [
        page.point([min(255, level // step * 255 // (GREY_LEVELS - 1)) for level in range(256)]) for page in pages
    ]


def _new_page(pages: list[Image.Image]) -> tuple[ImageDraw.ImageDraw, int]:
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    pages.append(page)
    draw = ImageDraw.Draw(page)
    draw.text(
        (WIDTH // 2, HEIGHT - 60), str(len(pages)), font=ImageFont.truetype(VERA_FOLDER / "Vera.ttf", 13), fill=60
    )
    return draw, MARGIN


def _wrap(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
