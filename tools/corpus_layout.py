"""Source texts to PDF bytes with reportlab: styles, frames, running heads, page numbers, outline, labels.

Rule: the same source gives the same bytes. Dates come from the source, never from the clock, and reportlab runs
in invariant mode (switched on before its first import, because its modules read it then).
"""

from __future__ import annotations

import io
import itertools
import os
import re
from html import escape
from pathlib import Path
from typing import Any

from reportlab import rl_config

rl_config.invariant = 1
rl_config.useA85 = 0  # binary streams, as other programs write them

import reportlab  # noqa: E402
from corpus_source import Block, Source  # noqa: E402
from reportlab.lib import colors, pdfencrypt  # noqa: E402
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT  # noqa: E402
from reportlab.lib.pagesizes import A4  # noqa: E402
from reportlab.lib.styles import ParagraphStyle  # noqa: E402
from reportlab.lib.units import mm  # noqa: E402
from reportlab.pdfbase import pdfdoc, pdfmetrics  # noqa: E402
from reportlab.pdfbase.ttfonts import TTFont  # noqa: E402
from reportlab.platypus import (  # noqa: E402
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents  # noqa: E402

#: Regular, bold, italic. Times and Helvetica are the viewer's own; Vera comes with reportlab and is embedded.
FONTS = {
    "times": ("Times-Roman", "Times-Bold", "Times-Italic"),
    "helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "vera": ("Vera", "VeraBd", "VeraIt"),
}
VERA_FOLDER = Path(reportlab.__file__).parent / "fonts"
MARGIN = 28 * mm
GUTTER = 8 * mm
NARROW = 96 * mm  # the measure of the hyphenated layout: short lines break many words
ROOM_UNDER_HEADING = 26 * mm  # less than this is left on the page or in the column: the heading moves on
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
HYPHENS = Path(__file__).parent / "corpus_sources" / "hyphenation.txt"


def page_label(source: Source, number: int) -> str:
    """The number printed on physical page `number` (from 1): roman in front, then arabic from 1."""
    return ROMAN[number - 1] if number <= source.roman_pages else str(number - source.roman_pages)


def render(source: Source) -> bytes:
    """The finished PDF of one source (all layouts but `image`)."""
    # The stream cipher's "random" bytes start anew for every file, so that no file depends on the one before.
    pdfencrypt._os_random_x = 0
    target = io.BytesIO()
    document = _Document(source, target)
    story = document.story()
    if any(block.kind == "contents" for block in source.blocks):
        document.multiBuild(story)
    else:
        document.build(story)
    return target.getvalue()


def styles(source: Source) -> dict[str, ParagraphStyle]:
    """Paragraph styles by block kind."""
    regular, bold, italic = FONTS[source.font]
    narrow = source.layout == "two-column"
    size = 9.5 if narrow or source.font != "times" else 11
    body: dict[str, Any] = {
        "fontName": regular,
        "fontSize": size,
        "leading": size * 1.42,
        "spaceAfter": size * 0.7,
        "alignment": TA_JUSTIFY if source.layout in ("two-column", "hyphenated") else TA_LEFT,
        "embeddedHyphenation": 1 if source.layout == "hyphenated" else 0,
    }
    head = {**body, "fontName": bold, "alignment": TA_LEFT, "embeddedHyphenation": 0}
    return {
        "text": ParagraphStyle("text", **body),
        "item": ParagraphStyle("item", **{**body, "leftIndent": 14, "bulletIndent": 3, "spaceAfter": 3}),
        "note": ParagraphStyle(
            "note", **{**body, "fontName": italic, "fontSize": size - 1.5, "leading": size * 1.2}
        ),
        "h1": ParagraphStyle("h1", **{**head, "fontSize": size + 9, "leading": size + 13, "spaceAfter": 10}),
        "h2": ParagraphStyle(
            "h2", **{**head, "fontSize": size + 3, "leading": size + 6, "spaceBefore": 8, "spaceAfter": 5}
        ),
        "h3": ParagraphStyle("h3", **{**head, "fontSize": size + 0.5, "spaceBefore": 4, "spaceAfter": 3}),
        "cell": ParagraphStyle("cell", **{**body, "fontSize": size - 1, "leading": size * 1.2, "spaceAfter": 0}),
    }


def set_metadata(canvas: Any, source: Source) -> None:
    """Writes the document information and, where the source has some, the XMP packet."""
    info = source.info
    canvas.setTitle(info.get("title", ""))
    canvas.setAuthor(info.get("author", ""))
    canvas.setSubject(info.get("subject", ""))
    canvas.setKeywords(info.get("keywords", ""))
    canvas.setCreator(info.get("creator", "Dossier sample library"))
    stamp = info.get("date", "2024-01-15").replace("-", "")
    canvas.setDateFormatter(lambda *_: f"D:{stamp}090000+00'00'")
    canvas._doc.Catalog.Lang = pdfdoc.PDFString(source.language)
    if source.xmp:
        packet = _xmp(source.xmp, source.language).encode()
        canvas._doc.Catalog.Metadata = pdfdoc.XMP(creator=lambda _: packet)


def _xmp(values: dict[str, str], language: str) -> str:
    """An XMP packet with Dublin Core values (ISO 16684-1, clauses 7 and 8.3)."""
    bags = {
        "creator": "Seq",
        "publisher": "Bag",
        "date": "Seq",
        "subject": "Bag",
        "title": "Alt",
        "description": "Alt",
    }
    lines = []
    for name, value in values.items():
        bag = bags[name]
        attribute = ' xml:lang="x-default"' if bag == "Alt" else ""
        items = value.split(";") if name == "subject" else [value]
        inner = "".join(f"<rdf:li{attribute}>{escape(item.strip())}</rdf:li>" for item in items)
        lines.append(f"<dc:{name}><rdf:{bag}>{inner}</rdf:{bag}></dc:{name}>")
    lines.append(f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        + "\n".join(lines)
        + '\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    )


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """A document template that numbers its pages by label and notes its headings in outline and contents."""

    def __init__(self, source: Source, target: io.BytesIO) -> None:
        encrypt = None
        if source.password:
            encrypt = pdfencrypt.StandardEncryption(source.password, source.password + "-owner", strength=128)
        super().__init__(target, pagesize=A4, invariant=1, encrypt=encrypt, pageCompression=1)
        self.source = source
        self.styles = styles(source)
        if source.font == "vera":
            for name in FONTS["vera"]:
                pdfmetrics.registerFont(TTFont(name, os.fspath(VERA_FOLDER / f"{name}.ttf")))
            pdfmetrics.registerFontFamily("Vera", normal="Vera", bold="VeraBd", italic="VeraIt")
        self.addPageTemplates(self._templates())

    def _templates(self) -> list[PageTemplate]:
        width, height = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
        if self.source.layout == "hyphenated":
            width = NARROW
        if self.source.layout != "two-column":
            body = Frame((A4[0] - width) / 2, MARGIN, width, height, id="body")
            return [PageTemplate("page", [body], onPage=self._furniture)]
        column, top = (width - GUTTER) / 2, 34 * mm
        right = MARGIN + column + GUTTER
        first = [
            Frame(MARGIN, A4[1] - MARGIN - top, width, top, id="title"),
            Frame(MARGIN, MARGIN, column, height - top, id="left"),
            Frame(right, MARGIN, column, height - top, id="right"),
        ]
        later = [
            Frame(MARGIN, MARGIN, column, height, id="left"),
            Frame(right, MARGIN, column, height, id="right"),
        ]
        return [
            PageTemplate("first", first, onPage=self._furniture),
            PageTemplate("later", later, onPage=self._furniture),
        ]

    def _furniture(self, canvas: Any, _document: BaseDocTemplate) -> None:
        number = canvas.getPageNumber()
        if number == 1:
            set_metadata(canvas, self.source)
            if self.source.roman_pages:
                canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)
                canvas.addPageLabel(self.source.roman_pages, style="ARABIC", start=1)
            if self.source.outline:
                canvas.showOutline()
        regular, _, italic = FONTS[self.source.font]
        canvas.saveState()
        canvas.setFillColor(colors.HexColor("#444444"))
        canvas.setFont(italic, 8.5)
        if self.source.running_head and number > 1:
            canvas.drawString(MARGIN, A4[1] - 18 * mm, self.source.running_head)
            canvas.line(MARGIN, A4[1] - 20 * mm, A4[0] - MARGIN, A4[1] - 20 * mm)
        canvas.setFont(regular, 8.5)
        canvas.drawCentredString(A4[0] / 2, 16 * mm, page_label(self.source, number))
        canvas.restoreState()

    def story(self) -> list[Flowable]:
        """The flowables of the source's blocks."""
        flowables: list[Flowable] = []
        hyphenate = _hyphenator() if self.source.layout == "hyphenated" else str
        in_title_frame = self.source.layout == "two-column"
        for block in self.source.blocks:
            if in_title_frame and block.kind not in ("h1", "note"):
                flowables += [FrameBreak(), NextPageTemplate("later")]
                in_title_frame = False
            if block.kind in ("h2", "h3"):
                flowables.append(CondPageBreak(ROOM_UNDER_HEADING))
            flowables.append(self._flowable(block, hyphenate))
        return flowables

    def _flowable(self, block: Block, hyphenate: Any) -> Flowable:
        if block.kind == "break":
            return PageBreak()
        if block.kind == "contents":
            contents = TableOfContents(formatter=lambda number: page_label(self.source, number))
            tight = {"spaceAfter": 0, "leading": 13.5}
            contents.levelStyles = [
                ParagraphStyle("chapter", parent=self.styles["text"], **tight),
                ParagraphStyle("section", parent=self.styles["item"], **tight),
            ]
            return contents
        if block.kind == "table":
            return self._table(block)
        text = block.text if block.kind.startswith("h") else hyphenate(block.text)
        flowable = Paragraph(
            self._inline(text), self.styles[block.kind], "\u2022" if block.kind == "item" else None
        )
        flowable.block = block
        return flowable

    def _table(self, block: Block) -> Table:
        head, *rows = block.rows
        bold = ParagraphStyle("head", parent=self.styles["cell"], fontName=FONTS[self.source.font][1])
        cells = [[Paragraph(escape(cell), bold) for cell in head]]
        cells += [[Paragraph(self._inline(cell), self.styles["cell"]) for cell in row] for row in rows]
        lines = TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
        longest = [min(40, max(12, *map(len, column))) for column in zip(*block.rows, strict=True)]
        widths = [f"{100 * length / sum(longest):.1f}%" for length in longest]
        return Table(cells, colWidths=widths, style=lines, repeatRows=1, spaceBefore=6, spaceAfter=12)

    def _inline(self, text: str) -> str:
        italic = FONTS[self.source.font][2]
        return re.sub(r"\*([^*]+)\*", rf'<font name="{italic}">\1</font>', escape(text, quote=False))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """Called by reportlab for every placed flowable: headings become bookmarks and contents entries."""
        block = getattr(flowable, "block", None)
        if block is None or block.kind not in ("h1", "h2") or not self.source.outline:
            return
        level = int(block.kind[1]) - 1
        key = re.sub(r"\W+", "-", f"{self.page} {block.text}")
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(block.text, key, level)
        self.notify("TOCEntry", (level, escape(block.text), self.page, key))


def _hyphenator() -> Any:
    """Puts soft hyphens into the words of the hyphenation list, whatever their case."""
    points = {word.replace("-", ""): word.split("-") for word in HYPHENS.read_text(encoding="utf-8").split()}

    def with_soft_hyphens(match: re.Match[str]) -> str:
        word = match[0]
        pieces = points.get(word.lower())
        if not pieces:
            return word
        cuts = [sum(map(len, pieces[:count])) for count in range(len(pieces) + 1)]
        return "\u00ad".join(word[start:end] for start, end in itertools.pairwise(cuts))

    return lambda text: re.sub(r"[A-Za-z]+", with_soft_hyphens, text)
