"""Results to print, nasty ones among them, and a small search for batches; shared by the output stories."""

from __future__ import annotations

import io

from ingest.document import Claim, Document, Page, Source, Status
from ingest.errors import DossierError
from output.printer import make_printer
from searchidx.results import FacetValue, Hit, SearchRequest, SearchResult, Snippet

PLAIN = Hit(
    rank=1,
    score=12.345678,
    id="9f2c12ab34cd56ef",
    title="Trafficking in Human Beings, Especially Women",
    path="reports/asia/nepal 2003.pdf",
    paths=("reports/asia/nepal 2003.pdf", "inbox/nepal.pdf"),
    page=12,
    snippets=(
        Snippet("The trafficking of brides is a crime.", ((4, 15), (19, 25)), page=12, label="xii"),
        Snippet("Brides are sold.", ((0, 6),), page=14),
    ),
    tags=("bride trafficking", "debt bondage"),
    regions=("Nepal",),
    publisher="OSCE",
    year=2003,
    language="en",
    type="pdf",
    summary="What is known.",
    title_highlights=((0, 11),),
)

HOSTILE = Hit(
    rank=2,
    score=12.345678,
    id="00aa00aa00aa00aa",
    title='=HYPERLINK("http://x","click")\n\x1b[31mred\x1b[0m \u202efdp.exe',
    path='odd \udcff, "name".pdf',
    paths=('odd \udcff, "name".pdf',),
    page=None,
    snippets=(Snippet("@SUM(1+1)\r\n\x9b2J and \x00 nothing", ((0, 4),)),),
    tags=("+tag", "a;b"),
    regions=(),
    publisher=None,
    year=None,
    language=None,
    type="html",
)

FACETS = {
    "region": (FacetValue("Asia", 7, (FacetValue("Nepal", 1),)), FacetValue("Global", 2)),
    "year": (FacetValue("2003", 1200),),
}

RESULT = SearchResult(
    query='bride* "sold"',
    interpreted='bride* AND "sold"',
    total=42,
    took_ms=1.9123,
    offset=0,
    hits=(PLAIN, HOSTILE),
    facets=FACETS,
    suggestions=("without the region Asia: 12 documents",),
    warnings=("and is a word here, not an operator",),
)

DOCUMENT = Document(
    id="9f2c12ab34cd56ef",
    paths=("reports/a.pdf", "b.pdf"),
    title="A report",
    media_type="application/pdf",
    status=Status.PARTIAL,
    reason="2 of 9 pages could not be read",
    authors=("A. Writer",),
    published="2003-05",
    language="en",
    tags=("debt bondage",),
    regions=("Nepal",),
    page_count=9,
    extraction="pdfium 5",
    pages=(Page(3, "First line\n\x1b[2Jsecond, line", label="iii"), Page(4, "", quality=0.25)),
    claims=(Claim("tag", "debt bondage", Source.LISTING),),
)


def printed(format: str, result: SearchResult = RESULT, **options: object) -> str:
    """A search result in a format, without the remarks."""
    stream = io.StringIO(newline="")
    make_printer(format, stream, **options).search(result)  # type: ignore[arg-type]
    return stream.getvalue()


def find(request: SearchRequest) -> SearchResult:
    """A library of nine documents; the query is the number of them that match, anything else is an error."""
    if not request.query.isdecimal():
        raise DossierError("column 1: this is no number")
    total = int(request.query)
    shown = min(total, request.limit or total)
    hits = tuple(
        Hit(
            rank=place,
            score=10.0 / place,
            id=f"{place:016x}",
            title=f"Document {place}, «title»",
            path=f"{place}.pdf",
            paths=(f"{place}.pdf",),
            page=place,
            snippets=(Snippet(f'says "{place}"\nand more'),),
            tags=request.tags,
            regions=request.regions,
            publisher=None,
            year=2000 + place,
            language="en",
            type="pdf",
        )
        for place in range(1, shown + 1)
    )
    return SearchResult(request.query, request.query, total, 0.5, 0, hits)


def open_find() -> object:
    """What a search process calls to open the library."""
    return find


def open_nothing() -> object:
    """A library that is not there."""
    from ingest.errors import NoLibrary

    raise NoLibrary("there is no library in nowhere: run dossier index first.")
