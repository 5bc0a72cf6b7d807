"""The XMP packet of a PDF is found by its tables alone, the same that a thorough reader finds, and odd files end
in "ask the other reader" instead of in a wrong answer or a long wait."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

import pytest

from ingest.pdf_xmp import catalog_xmp
from ingest.pdfminer_text import PdfminerFile
from tests.pdf_making import write_pages

PACKET = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'/><?xpacket end='w'?>"


def stream(number: int, about: bytes, content: bytes) -> bytes:
    head = b"%d 0 obj\n<< %s /Length %d >>\nstream\n" % (number, about, len(content))
    return head + content + b"\nendstream\nendobj\n"


def plain(path: Path, metadata: bytes, catalog: bytes = b"/Metadata 2 0 R") -> Path:
    """A file with a plain table of objects: 1 is the catalog, 2 the metadata."""
    objects = [b"1 0 obj\n<< /Type /Catalog %s /Odd (a \\) >> b) >>\nendobj\n" % catalog, metadata]
    body, places = b"%PDF-1.7\n", []
    for written in objects:
        places.append(len(body))
        body += written
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"xref\n0 3\n0000000000 65535 f \n" + table + b"trailer\n<< /Size 3 /Root 1 0 R >>\n"
    path.write_bytes(body + b"startxref\n%d\n%%%%EOF\n" % body.index(b"xref\n0"))
    return path


def packed(path: Path) -> Path:
    """A file whose catalog lies in an object stream and whose table is a stream with the PNG predictor "Up"."""
    catalog = b"<< /Type /Catalog /Metadata 2 0 R >>"
    body = b"%PDF-1.7\n"
    places = {2: len(body)}
    body += stream(2, b"/Type /Metadata /Filter /FlateDecode", zlib.compress(PACKET))
    places[3] = len(body)
    content = zlib.compress(b"1 0 " + catalog)
    body += stream(3, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", content)
    places[4] = len(body)
    rows = [(0, 0, 0), (2, 3, 0), *((1, places[number], 0) for number in (2, 3, 4))]
    above, table = bytes(4), b""
    for kind, second, third in rows:
        row = bytes([kind]) + second.to_bytes(2) + bytes([third])
        table += b"\2" + bytes((one - other) % 256 for one, other in zip(row, above, strict=True))
        above = row
    about = b"/Type /XRef /Size 5 /Root 1 0 R /W [1 2 1] /Filter /FlateDecode"
    about += b" /DecodeParms << /Predictor 12 /Columns 4 >>"
    body += stream(4, about, zlib.compress(table))
    path.write_bytes(body + b"startxref\n%d\n%%%%EOF\n" % places[4])
    return path


def thorough(path: Path) -> bytes:
    reader = PdfminerFile(path, (), 10)
    try:
        return reader.xmp()
    finally:
        reader.close()


def test_the_packet_of_a_file_with_a_plain_table(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.pdf", stream(2, b"/Type /Metadata", PACKET))
    assert catalog_xmp(path) == thorough(path) == PACKET


def test_the_packet_where_catalog_and_table_are_packed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.pdf")
    assert catalog_xmp(path) == thorough(path) == PACKET


def test_a_file_without_a_packet_needs_no_other_reader(tmp_path: Path) -> None:
    assert catalog_xmp(write_pages(tmp_path / "a.pdf", [["Debt bondage"]])) == b""
    broken = tmp_path / "b.pdf"
    broken.write_bytes(b"%PDF-1.4\nthe rest is lost\n%%EOF\n")
    assert catalog_xmp(broken) == b""


@pytest.mark.parametrize(
    "metadata",
    [
        b"3 0 obj\n<< /Type /Metadata /Length 3 >>\nstream\nabc\nendstream\nendobj\n",  # another number
        b"2 0 obj\n<< /Type /Metadata /Length 900 >>\nstream\nabc\nendstream\nendobj\n",
        stream(2, b"/Filter /LZWDecode", b"abc"),
        stream(2, b"/Filter /FlateDecode", b"no zlib at all"),
        stream(2, b"/Filter /FlateDecode", zlib.compress(bytes(40_000_000))),
        b"2 0 obj\n" + b"[" * 500 + b"\nendobj\n",
        b"2 0 obj\n<< /A (never ends\nendobj\n",
    ],
)
def test_what_is_unusual_is_left_to_the_other_reader(tmp_path: Path, metadata: bytes) -> None:
    assert catalog_xmp(plain(tmp_path / "a.pdf", metadata)) is None


def test_space_and_comments_without_end_cost_no_time(tmp_path: Path) -> None:
    started = time.process_time()
    for filling in (b" " * 100_000, b"%\n" * 50_000, b"\r\n" * 50_000):
        path = plain(tmp_path / "a.pdf", b"2 0 obj" + filling + b"<<", b"/Metadata 2 0 R " + filling)
        assert catalog_xmp(path) is None
    assert time.process_time() - started < 1


def test_tables_that_name_one_another_end(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.pdf", stream(2, b"/Type /Metadata", PACKET))
    body = path.read_bytes()
    path.write_bytes(body.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % body.index(b"xref\n0")))
    assert catalog_xmp(path) is None


def test_real_files_have_the_packet_that_a_thorough_reader_finds(corpora: Path) -> None:
    told = 0
    for path in sorted((corpora / "domain" / "pdf").glob("*.pdf"))[::6]:
        packet = catalog_xmp(path)
        if packet is not None:
            told += 1
            assert packet == thorough(path), path.name
    assert told > 30
