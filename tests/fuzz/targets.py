"""What is thrown at with bytes: each target takes any bytes and comes back, or raises because it has found a fault.

Rule: a target calls what a library's file or a person's query comes to first, and holds the answer against what
is promised of it; an error that is promised is an answer. What is driven by hypothesis in the tests, by atheris
in `tools/fuzz.py`, and replayed from `found/` is the same function. Not tests themselves.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from ingest.archives import Archive, BadArchive
from ingest.document import INDEXED, Claim, Extraction, Status
from ingest.errors import IndexDamaged
from ingest.hrefs import resolve_href
from ingest.html import extract_html_bytes, parse
from ingest.html_metadata import base_of
from ingest.ignore import IgnoreRules
from ingest.jsonl import BadLine, read_records
from ingest.library_page import listing_entries
from ingest.listed import address, name_of
from ingest.mhtml import extract_mhtml
from ingest.pdf_metadata import metadata_claims
from ingest.pdf_xmp import catalog_xmp
from ingest.settings import Limits
from ingest.sidecar import Sidecars
from searchidx.grammar import QuerySyntaxError
from searchidx.grammar import parse as parse_query
from searchidx.print_query import to_text
from searchidx.sections import MAGIC, PAGE

_PAGE_ENDS = {Status.OK, Status.EMPTY, Status.CORRUPT}


def page(data: bytes) -> None:
    """A web page."""
    _check_page(extract_html_bytes(data))


def web_archive(data: bytes) -> None:
    """A web archive."""
    _check_page(extract_mhtml(_file("a.mhtml", data)))


def pdf_metadata(data: bytes) -> None:
    """What a PDF says of itself: fields of its Info dictionary, parted by NUL, then its XMP packet."""
    *fields, packet = data.split(b"\0")
    keys = ("Title", "Author", "Keywords", "Subject", "CreationDate")
    info = {key: value.decode("utf-8", "replace") for key, value in zip(keys, fields, strict=False)}
    claims = metadata_claims(info, packet, "report", "The first page of a report on kilns")
    assert len(claims) <= 60 + len(data)
    _check_claims(claims)


def pdf_tables(data: bytes) -> None:
    """A PDF, of which only the way to its XMP packet is read."""
    packet = catalog_xmp(_file("a.pdf", data))
    assert packet is None or len(packet) <= 2_000_000


def listing(data: bytes) -> None:
    """A page that lists resources, and where its links lead."""
    soup = parse(data.decode("utf-8", "replace"))
    asked: list[Path] = []

    def is_file(path: Path) -> bool:
        asked.append(path)
        return True

    for entry in listing_entries(soup, base_of(soup)):
        assert entry.title.strip()
        link = address(entry.href, None, ["pages/list.html"])
        assert len(name_of(entry, link, ["pages/list.html"])) == 64
        assert link is None or not link.lower().startswith(("javascript:", "file:", "data:"))
        found = resolve_href(entry.href or "", Path("/library/pages/list.html"), is_file)
        assert set(found) <= set(asked)  # nothing but what was asked about, so nothing that only a disk knows


def sidecar(data: bytes) -> None:
    """A sidecar in TOML and a table, both of these bytes."""
    root = _folder()
    for name in ("report.pdf.toml", "metadata.csv"):
        (root / name).write_bytes(data)
    sidecars = Sidecars(root)
    _check_claims(sidecars.claims(root / "report.pdf"))
    for problems in sidecars.problems.values():
        assert len(problems) <= 21
        assert max(map(len, problems)) <= 520


def json_lines(data: bytes) -> None:
    """A JSON Lines file."""
    ids = set()
    for line in read_records(_file("a.jsonl", data)):
        if isinstance(line, BadLine):
            assert line.reason
            continue
        line.id.encode()
        assert line.id not in ids
        ids.add(line.id)
        assert line.extraction is not None
        _check(line.extraction)


def archive(data: bytes) -> None:
    """A zip archive."""
    with suppress(BadArchive), Archive(_file("a.zip", data), Limits(file=2**20)) as opened:
        for name in opened.names()[:50]:
            assert ".." not in name.split("/")
            assert not name.startswith("/")
            with suppress(BadArchive), opened.unpacked(name) as place:
                assert place.stat().st_size <= 2**20


def ignore_rules(data: bytes) -> None:
    """A list of patterns, and a path to hold against them."""
    patterns, _, path = data.decode("utf-8", "replace").rpartition("\n")
    rules = IgnoreRules.parse(patterns[:2_000])
    for folder in (False, True):
        assert rules.verdict(path[:1_000], folder=folder) in (None, True, False)


def query(data: bytes) -> None:
    """A query: what is read prints as a query that is read alike."""
    text = data.decode("utf-8", "surrogateescape")
    refused = tree = None
    try:
        tree = parse_query(text, any_word=bool(data[:1] == b"\1")).tree
    except QuerySyntaxError as error:
        refused = error
    if refused is not None or tree is None:
        assert refused is not None
        assert 1 <= refused.column <= max(1, len(text))
        assert str(refused).isprintable()
        return
    written = to_text(tree)
    with suppress(QuerySyntaxError):  # what was within the limits may be a few characters beyond them when printed
        assert to_text(parse_query(written).tree) == written


def segment(data: bytes) -> None:
    """A file of the index: a whole one whose bytes were changed, or any bytes."""
    _file("any.seg", data)
    _use_segment("any")


def sealed_segment(data: bytes) -> None:
    """A file of the index with right checksums and wrong content, as only malice makes it: six bytes each say where
    a whole one is changed, and to what."""
    whole = bytearray(_segment())
    end = len(whole) - 20
    footer = json.loads(whole[end - int.from_bytes(whole[end + 4 : end + 12], "little") : end])
    body = footer["sections"]["crcs"][0]
    for start in range(0, len(data) - 5, 6):
        place = int.from_bytes(data[start : start + 4], "little") % (body - 8) + 8
        whole[place : place + 2] = data[start + 4 : start + 6]
    del whole[body:]
    pages = (whole[start : start + PAGE] for start in range(0, body, PAGE))
    crcs = b"".join(crc32(page).to_bytes(4, "little") for page in pages)
    sealed = json.dumps(footer | {"crc": crc32(crcs)}).encode()
    tail = crc32(sealed).to_bytes(4, "little") + len(sealed).to_bytes(8, "little") + MAGIC
    _file("sealed.seg", bytes(whole) + crcs + sealed + tail)
    _use_segment("sealed")


def _use_segment(name: str) -> None:
    """Everything that is ever asked of a segment, in both engines, is answered or refused as damaged."""
    from searchidx.kernel import open_kernel
    from searchidx.segment import SegmentData

    try:
        opened = SegmentData(_folder(), name)
    except IndexDamaged:
        return
    kernel = None
    try:
        with suppress(IndexDamaged):
            opened.check()
        for field in opened.fields():
            with suppress(IndexDamaged):
                terms = opened.terms(field)
                for ordinal in range(min(len(terms), 50)):
                    terms.text(ordinal)
                terms.find(b"debt")
        for doc in range(min(opened.doc_count, 20)):
            with suppress(IndexDamaged):
                opened.pages(doc)
        with suppress(IndexDamaged):
            kernel = open_kernel(opened, ())
        if kernel is not None:
            _use_kernel(kernel, opened)
    finally:
        if kernel is not None:
            kernel.close()
        opened.close()


def _use_kernel(kernel: Any, opened: Any) -> None:
    words = []
    for stems, typed, forms in (
        ((b"debt",), b"debts", ()),
        ((b"kiln", b"brick"), None, ()),
        ((), None, (b"bond",)),
    ):
        with suppress(IndexDamaged):
            words.append(kernel.word(stems, typed, forms, False, 15, (b"kilns", b"bond")))
    with suppress(IndexDamaged):
        words.append(kernel.prefix(b"", False, 15, 1000)[0])
    with suppress(IndexDamaged):
        kernel.values(*opened.value_tables("tag"), (0, 1))
    with suppress(IndexDamaged):
        kernel.counts(*opened.value_tables("id"), 3, bytes(4096))
    some = [word for word in words if word is not None]
    for word in some:
        for field in range(4):
            with suppress(IndexDamaged):
                kernel.positions(word, field, 1)
    norms = ((0.5, 0.1),) * 4
    for prefix in (b"", b"d", b"brick"):
        with suppress(IndexDamaged):
            kernel.stem_frequencies(tuple(kernel.stems(prefix)[:50]))
    for one in some:
        word, first = ((one,), 15, 0, (1,)), ((some[0],), 15, 0, (1,))
        leaves = (word, first, ((one, some[0]), 15, 0, (1, 1)), ((one,), 15, 4, (2,)))
        node = [((0, 1), ()), 2, ((3,), (0,))]
        addends = ((0, 1.0), (1, 0.5), (2, 2.0), (((0, 1.0),), ((2, 0.5),)))
        with suppress(IndexDamaged):
            kernel.frequencies(one, (0, 1, 5, 290), (1.0, 1.0, 1.0, 1.0))
        with suppress(IndexDamaged):
            _, records, _ = kernel.search(leaves, node, addends, norms, 1.5, 0.2, 0.1, 10, float("-inf"), True, 0)
            kernel.nearness(records, 0, ((one, some[0], 15, 0.3, 0.1),), norms, 1.5, 8)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        page, web_archive, pdf_metadata, pdf_tables, listing, sidecar, json_lines, archive, ignore_rules, query, segment,
        sealed_segment,
    )
}  # fmt: skip


def _check_page(extraction: Extraction) -> None:
    assert extraction.status in _PAGE_ENDS
    assert bool(extraction.pages) == (extraction.status is Status.OK)
    _check(extraction)


def _check(extraction: Extraction) -> None:
    assert bool(extraction.reason) != (extraction.status is Status.OK)
    assert extraction.status in INDEXED or not extraction.pages
    _check_claims(extraction.claims)
    for text in (*(page.text for page in extraction.pages), *extraction.warnings, *extraction.links):
        text.encode()
    for entry in extraction.entries:
        json.dumps([entry.title, entry.href, entry.summary], ensure_ascii=False).encode()


def _check_claims(claims: tuple[Claim, ...] | list[Claim]) -> None:
    for claim in claims:
        claim.value.encode()  # what is no Unicode text cannot be stored


@cache
def _folder() -> Path:
    kept = tempfile.TemporaryDirectory(prefix="dossier-fuzz-")
    _KEPT.append(kept)
    return Path(kept.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def seeds(target: str) -> list[bytes]:
    """A few good inputs to begin with."""
    prose = b"Families work for years at the kilns, bound by an advance that is never paid back."
    listed = b"<ul><li><a href='a.pdf'>First report</a> ILO, 2003. TAGS: Asia, Child labour <a href=b.pdf>Download PDF</a></li>"
    listed += b"<li><b>Second</b> <a href='../c.pdf'>PDF</a> Region: Global</li></ul>"
    html = (
        b"<html lang=en><head><meta charset=utf-8><title>Kilns | Site</title><meta name=dc.subject content='a; b'>"
    )
    html += b'<script type=\'application/ld+json\'>{"@type": "Report", "name": "K"}</script></head><body><h1>Kilns</h1>'
    html += (
        b"<p>"
        + prose
        + b"</p>"
        + listed
        + b"<table><tr><th>Title<th>Year<tr><td><a href=d.pdf>Third</a><td>1999</table></body></html>"
    )
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    xmp += b"xmlns:dc='http://purl.org/dc/elements/1.1/'><rdf:Description><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>"
    xmp += b"Kilns and debt</rdf:li></rdf:Alt></dc:title><dc:date>2003-05</dc:date></rdf:Description></rdf:RDF></x:xmpmeta>"
    toml = b"title = 'Kilns'\nyear = 2003\ntags = ['debt']\npublished = 2003-05-21\n"
    table = b"file;title;tags\nreport.pdf;Kilns;a\n../x.pdf;Up;b\n"
    line = b'{"_id": "1", "title": "Kilns", "text": "words", "tags": ["a"], "year": 2003}\n{"pages": ["a", {"text": "b", "label": "ii"}]}\n'
    mhtml = b'From: <Saved>\nContent-Type: multipart/related; boundary=b; type="text/html"\n\n--b\nContent-Type: text/html; '
    mhtml += (
        b"charset=utf-8\nContent-Transfer-Encoding: quoted-printable\nContent-Location: http://example.org/\n\n"
        + html
        + b"\n--b--\n"
    )
    return {
        "page": [html, prose, b"\xff\xfe" + html.decode().encode("utf-16-le")],
        "web_archive": [mhtml],
        "pdf_metadata": [b"Kilns and debt\0Ann Lee; Bo Chan\0debt, kilns\0\0D:20030521\0" + xmp],
        "pdf_tables": [_pdf(xmp)],
        "listing": [html, listed],
        "sidecar": [toml, table],
        "json_lines": [line],
        "archive": [_zip()],
        "ignore_rules": [b"# drafts\n*.bak\n/old/\n!keep?[a-c].txt\n**/x/**/*y*z\na/x/b/xyyz"],
        "query": ["debt AND (bondage OR \"forced labour\"~3) -draft title:kiln* region:asia year:2003..2010 «a»".encode()],
        "segment": [_segment()],
        "sealed_segment": [b"", bytes(6), bytes(range(60))],
    }[target]  # fmt: skip


def _pdf(xmp: bytes) -> bytes:
    from hostile_pdfs import metadata

    return metadata(xmp)


def _zip() -> bytes:
    path = _folder() / "seed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/report.txt", "words of a report")
        archive.writestr("b.txt", "words of another")
    return path.read_bytes()


@cache
def _segment() -> bytes:
    """A segment of a few documents, some words of which stand in more than a block of them."""
    from libraries import library, record

    folder = _folder() / "library"
    texts = ["debts of brick kilns and bonds", "a debt bond"]
    texts += [f"debt and bond {n} {'debt ' * (n % 4)}" for n in range(300)]
    library(folder, {f"{n}.txt": record(text, tags=("Asia",)) for n, text in enumerate(texts)})
    (path,) = (folder / "index").glob("*.seg")
    return path.read_bytes()


if os.name == "nt":  # a mapped file cannot be written anew there
    del TARGETS["segment"], TARGETS["sealed_segment"], TARGETS["pdf_tables"]
