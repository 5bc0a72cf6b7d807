"""Web pages, archives of them, JSON Lines and texts made to hurt whoever reads them. Not tests.

Each maker returns the bytes of one file.
"""

from __future__ import annotations

import base64
import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

PROSE = b"<p>Families work for years at the kilns, bound by an advance that is never paid back.</p>"


def _page(body: bytes, head: bytes = b"") -> bytes:
    return b"<!DOCTYPE html><html><head><title>Hostile</title>%s</head><body>%s%s</body></html>" % (
        head,
        PROSE,
        body,
    )


def _nested(tag: bytes, depth: int = 1_000_000) -> Callable[[], bytes]:
    return lambda: _page(b"<%s>" % tag * depth + b"innermost words")


def _entity_bomb() -> bytes:
    entities = b"".join(b"<!ENTITY e%d '%s'>" % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 12))
    doctype = b"<!DOCTYPE html [<!ENTITY e0 'bomb'><!ENTITY f SYSTEM 'file:///etc/hostname'>%s]>" % entities
    return b"<?xml version='1.0'?>" + doctype + b"<html><body>%s<p>&e11; &f;</p></body></html>" % PROSE


def _listing() -> bytes:
    hrefs = (
        b"../../../../../../../../etc/passwd", b"file:///etc/passwd", b"//127.0.0.1:9/share/x.pdf",
        b"\\\\127.0.0.1\\share\\x.pdf", b"/etc/passwd", b"..%2f..%2f..%2fetc%2fpasswd", b"javascript:alert(1)",
        b"data:text/html,x", b"http://127.0.0.1:9/x.pdf", b"x%00.pdf", b"file://127.0.0.1/x.pdf", b"C:\\x.pdf",
    )  # fmt: skip
    items = b"".join(
        b"<li><a href='%s'>A report on bonded labour number %d</a> ILO, 2003. TAGS: Asia, Child labour"
        b"<a href='%s'>Download PDF</a></li>" % (href, number, href)
        for number, href in enumerate(hrefs)
    )
    return _page(b"<ul>%s</ul><iframe src='file:///etc/passwd'></iframe>" % items, b"<base href='file:///etc/'>")


def _long_listing(entries: int = 30_000) -> bytes:
    items = b"".join(
        b"<li><a href='r%d.pdf'>Report number %d on bonded labour</a> ILO, 2003</li>" % (number, number)
        for number in range(entries)
    )
    return _page(b"<ul>%s</ul>" % items)


def _charset(label: bytes, body: bytes) -> Callable[[], bytes]:
    return lambda: (
        b"<html><head><meta charset='%s'><title>Hostile</title></head><body>%s</body></html>" % (label, body)
    )


def _mhtml_deep(depth: int = 3_000) -> bytes:
    out = [b"Content-Type: multipart/related; boundary=b0\n\n"]
    for level in range(depth):
        out.append(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (level, level + 1))
    out.append(b"--b%d\nContent-Type: text/html\n\n%s\n" % (depth, PROSE))
    return b"".join(out)


def _mhtml_messages(depth: int = 20_000) -> bytes:
    head = b"Content-Type: multipart/related; boundary=b0\n\n--b0\n"
    return head + b"Content-Type: message/rfc822\n\n" * depth + b"Content-Type: text/html\n\n" + PROSE


def _mhtml_parts(parts: int = 50_000) -> bytes:
    part = b"--b\nContent-Type: text/html; charset=zlib\nContent-Location: file:///etc/passwd\n"
    part += b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(PROSE)[:-3] + b"!!\n"
    return b"Content-Type: multipart/related; boundary=b; start*0=<a>; start*1=<b>\n\n" + part * parts


def _json_ld(text: bytes) -> Callable[[], bytes]:
    return lambda: _page(b"", b"<script type='application/ld+json'>%s</script>" % text)


PAGES: dict[str, Callable[[], bytes]] = {
    "nested-div.html": _nested(b"div"),
    "nested-b.html": _nested(b"b"),
    "nested-a.html": _nested(b"a href=x"),
    "nested-table.html": _nested(b"table><tr><td", 300_000),
    "nested-li.html": _nested(b"ul><li", 300_000),
    "nested-font-class.html": _nested(b"font class=menu", 300_000),
    "nested-section.html": _nested(b"section><header", 50_000),
    "entity-bomb.html": _entity_bomb,
    "entity-bomb.xhtml": _entity_bomb,
    "listing-leads-out.html": _listing,
    "listing-long.html": _long_listing,
    "attribute-huge.html": lambda: _page(b"<p title='" + b"x" * 40_000_000 + b"'>after</p>"),
    "attributes-many.html": lambda: _page(
        b"<p " + b"".join(b"a%d=1 " % n for n in range(300_000)) + b">after</p>"
    ),
    "class-huge.html": lambda: _page(b"<div class='" + b"cookie-" * 2_000_000 + b"'>after</div>"),
    "style-huge.html": lambda: _page(b"<div style='display" + b" " * 200_000 + b"'>after</div>" * 3),
    "nul.html": lambda: _page(b"<p>a\0b\0\0\0c</p>" * 1000),
    "charset-utf7.html": _charset(b"utf-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4- words in disguise"),
    "charset-zlib.html": _charset(b"zlib", PROSE + b"\xff"),
    "charset-idna.html": _charset(b"idna", PROSE + b"\xff"),
    "charset-undefined.html": _charset(b"undefined", PROSE + b"\xff"),
    "charset-punycode.html": _charset(b"punycode", b"a-" + b"z9" * 20_000 + b"\xff"),
    "charset-unicode-escape.html": _charset(b"unicode_escape", b"\\N{BULLET} \\x41 \\ \xff words"),
    "charset-utf16.html": _charset(b"utf-16", PROSE),
    "charset-unknown.html": _charset(b"../../etc/passwd", PROSE + b"\xe9"),
    "charset-brackets.html": lambda: b"<html><body>\xff" + PROSE + b"<" * 400_000,
    "charset-scripts.html": lambda: b"<html><body>\xff" + PROSE + b"<script " * 40_000,
    "refresh.html": lambda: b"<meta http-equiv=refresh content='0; url=file:///etc/passwd'>",
    "frames.html": lambda: b"<frameset><frame src='file:///etc/passwd'></frameset>",
    "json-ld-deep.html": _json_ld(b'{"a":' * 500_000),
    "json-ld-spaces.html": _json_ld(b'{"a": 1' + b" " * 1_000_000 + b"x}"),
    "json-ld-commas.html": _json_ld(b'{"a": [' + b", " * 1_000_000 + b"x}"),
    "json-ld-list.html": _json_ld(b"[" + b"{}," * 2_000_000 + b"{}]"),
    "keywords-million.html": lambda: _page(
        b"", b"".join(b"<meta name=dc.subject content='word %d'>" % n for n in range(200_000))
    ),
    "title-huge.html": lambda: b"<html><head><title>" + b"word - " * 3_000_000 + b"</title></head><body>" + PROSE,
    "one-word.html": lambda: _page(b"<p>" + b"a" * 60_000_000 + b"</p>"),
    "comment-open.html": lambda: _page(b"<!--" * 500_000),
    "cdata-open.html": lambda: _page(b"<![CDATA[" * 500_000),
    "processing.html": lambda: _page(b"<?php " * 500_000),
    "angle.html": lambda: _page(b"<" * 5_000_000),
    "ampersand.html": lambda: _page(b"&" * 5_000_000 + b"&#x" + b"f" * 1_000_000 + b";"),
    "breaks.html": lambda: _page(b"word<br>" * 500_000),
    "labels.html": lambda: _page(b"<p>TAGS: " + b"a, " * 1_000_000 + b"</p>"),
    "digits.html": lambda: _page(
        b"<ul>" + b"<li><a href=a.pdf>download</a> download " + b"1" * 5_000 + b"x</li>" * 300 + b"</ul>"
    ),
    "links-many.html": lambda: _page(b"".join(b"<a href='l%d.html'>x</a>" % n for n in range(300_000))),
    "deep.mhtml": _mhtml_deep,
    "messages.mhtml": _mhtml_messages,
    "parts.mhtml": _mhtml_parts,
    "headers.mhtml": lambda: (
        b"Content-Type: multipart/related; boundary=b\n"
        + b"X: y\n" * 1_000_000
        + b"\n--b\nContent-Type: text/html\n\n"
        + PROSE
    ),
    "boundary.mhtml": lambda: (
        b"Content-Type: multipart/related; boundary=" + b"b" * 100_000 + b"\n\n" + b"--b\n" * 100_000
    ),
}


def _line(**values: object) -> bytes:
    return json.dumps(values).encode() + b"\n"


_GOOD = _line(_id="good", title="A good record", text="Words that must be found whatever stands beside them.")

RECORDS: dict[str, Callable[[], bytes]] = {
    "line-huge.jsonl": lambda: (
        _GOOD + b'{"_id": "huge", "text": "' + b"word " * 50_000_000 + b'"}\n' + _line(_id="after", text="after")
    ),
    "line-unended.jsonl": lambda: _GOOD + b"[" * 150_000_000,
    "deep.jsonl": lambda: (
        _GOOD + b'{"a":' * 1_000_000 + b"\n" + b"[" * 1_000_000 + b"\n" + _line(_id="after", text="after")
    ),
    "deep-id.jsonl": lambda: _GOOD + b'{"_id": ' + b"[" * 900 + b"]" * 900 + b', "text": "x"}\n',
    "duplicate-keys.jsonl": lambda: _GOOD + b'{"_id": "1", "_id": "2", "text": "first", "text": "second"}\n',
    "surrogates.jsonl": lambda: (
        _GOOD + b'{"_id": "\\ud800", "title": "\\udfff\\ud800", "text": "a \\ud800 b", "tags": ["\\udc00"]}\n'
    ),
    "nul.jsonl": lambda: (
        _GOOD + b'{"_id": "\\u0000\\u001b[2J", "title": "\\u0000", "text": "a\\u0000b", "language": "\\u0000"}\n'
    ),
    "numbers.jsonl": lambda: (
        _GOOD
        + b'{"_id": 1e999, "year": NaN, "text": "x"}\n{"_id": '
        + b"9" * 100_000
        + b', "text": "x"}\n{"_id": -0, "published": 1e308, "text": "x"}\n'
    ),
    "escaping-id.jsonl": lambda: (
        _GOOD + _line(_id="../../etc/passwd", text="x", url="file:///etc/passwd", media_type="application/pdf")
    ),
    "pages-million.jsonl": lambda: _GOOD + _line(_id="p", pages=["x"] * 1_000_000),
    "tags-million.jsonl": lambda: _GOOD + _line(_id="t", text="x", tags=[f"tag {n}" for n in range(300_000)]),
    "media-type.jsonl": lambda: (
        _GOOD
        + _line(_id="m", text="x", media_type="application/zip")
        + _line(_id="n", text="x", media_type="application/jsonl")
    ),
    "empty-lines.jsonl": lambda: _GOOD + b"\n" * 20_000_000,
    "utf16.jsonl": lambda: b"\xff\xfe" + '{"text": "x"}\n'.encode("utf-16-le"),
}

TEXTS: dict[str, Callable[[], bytes]] = {
    "one-line.txt": lambda: b"words without an end " * 6_000_000,
    "form-feeds.txt": lambda: b"\f" * 5_000_000 + b"word",
    "spaces.md": lambda: b"# a" + b" " * 500_000 + b"b\n\nwords\n",
    "hashes.md": lambda: b"# " + b"#" * 500_000 + b"b\n\nwords\n",
    "headings.md": lambda: b"# a\n" * 500_000,
    "utf16-odd.txt": lambda: b"\xff\xfe" + b"\x00\xd8" * 100_001 + b"\x41",
}


def _zip(members: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


_WORDS = b"Words inside an archive that must be found."


def _overlapping(copies: int = 200) -> bytes:
    """Many entries of the directory, all of one member."""
    out = io.BytesIO(_zip([("a.txt", b"overlapping " * 1_000_000)]))
    data = out.getvalue()
    end = data.rindex(b"PK\5\6")
    start = data.index(b"PK\1\2")
    entry = bytearray(data[start:end])
    directory = bytearray()
    for number in range(copies):
        name = b"%05d" % number
        entry[46:51] = name
        directory += entry
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, copies, copies, len(directory), start, 0)
    return data[:start] + bytes(directory) + tail


def _lying(**fields: int) -> bytes:
    """An archive whose directory states other sizes than there are."""
    data = bytearray(_zip([("a.txt", b"0" * 3_000_000), ("b.txt", _WORDS)]))
    at = data.index(b"PK\1\2")
    for offset, value in (
        (20, fields.get("packed")),
        (24, fields.get("size")),
        (42, fields.get("at")),
        (10, fields.get("method")),
    ):
        if value is not None:
            form = "<H" if offset == 10 else "<L"
            struct.pack_into(form, data, at + offset, value)
    return bytes(data)


def _quine_like(depth: int = 6) -> bytes:
    data = _zip([("core.txt", b"0" * 50_000_000)])
    for _ in range(depth):
        data = _zip([(f"{number}.zip", data) for number in range(10)] + [("readme.txt", _WORDS)])
    return data


def _lzma_dictionary() -> bytes:
    data = bytearray(_zip([("a.txt", _WORDS * 100), ("b.txt", _WORDS)], zipfile.ZIP_LZMA))
    at = 30 + len("a.txt")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(data)


def _bad_bzip2() -> bytes:
    data = bytearray(_zip([("a.txt", _WORDS * 100), ("b.txt", _WORDS)], zipfile.ZIP_BZIP2))
    at = 30 + len("a.txt")
    data[at + 10 : at + 30] = b"\x55" * 20
    return bytes(data)


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "bomb-ratio.zip": lambda: _zip([("bomb.txt", b"0" * 200_000_000), ("b.txt", _WORDS)]),
    "bomb-nested.zip": _quine_like,
    "bomb-overlapping.zip": _overlapping,
    "lies-size.zip": lambda: _lying(size=10),
    "lies-size-huge.zip": lambda: _lying(size=0xFFFFFFF0),
    "lies-packed.zip": lambda: _lying(packed=0xFFFFFF),
    "lies-place.zip": lambda: _lying(at=0xFFFFFF0),
    "lies-method.zip": lambda: _lying(method=9),
    "bad-bzip2.zip": _bad_bzip2,
    "lzma-dictionary.zip": _lzma_dictionary,
    "lies-lzma.zip": lambda: _lying(method=14),
    "climbs.zip": lambda: _zip(
        [
            ("../../../../tmp/escaped.txt", _WORDS),
            ("/etc/escaped.txt", _WORDS + b"2"),
            ("..\\..\\c.txt", _WORDS + b"3"),
            ("C:\\d.txt", _WORDS + b"4"),
        ]
    ),
    "links.zip": lambda: _zip(
        [
            (_entry("link.txt", stat.S_IFLNK | 0o777), b"/etc/passwd"),
            (_entry("device.txt", stat.S_IFCHR | 0o666), _WORDS),
            (_entry("pipe.txt", stat.S_IFIFO | 0o666), _WORDS),
            ("b.txt", _WORDS),
        ]
    ),
    "names.zip": lambda: _zip(
        [
            ("\N{PILE OF POO}" * 150 + ".txt", _WORDS),
            ("a\nb\x1b[2J.txt", _WORDS + b"2"),
            ("x/" * 5_000 + "deep.txt", _WORDS + b"3"),
            ("\u202egnp.txt", _WORDS + b"4"),
            ("a" * 60_000 + ".txt", _WORDS + b"5"),
        ]
    ),
    "members-many.zip": lambda: _zip([(f"{number}.txt", b"x") for number in range(60_000)]),
    "directory-cut.zip": lambda: _zip([("a.txt", _WORDS)])[:-10],
    "comment.zip": lambda: b"PK\5\6" + b"\xff" * 18 + b"x" * 65_535,
    "flate-stored.zip": lambda: zlib.compress(b"PK\3\4"),
}
