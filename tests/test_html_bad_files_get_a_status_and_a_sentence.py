"""Whatever a file named .html holds, it is told in a status and one sentence, in bounded time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.document import Extraction, Status
from ingest.html import extract_html, extract_html_bytes

ARTICLE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Debt &amp; kilns</title>
<meta property="og:title" content="Debt and kilns"><meta name="dc.subject" content="debt; kilns">
<script type="application/ld+json">{"@type": "Report", "headline": "Debt", "keywords": ["a", "b"],
"author": {"name": "A. Writer"}, "datePublished": "2004"}</script></head><body><nav><a href="/">Home</a></nav>
<h1>Debt and kilns</h1><p>TAGS: Asia, Child protection</p><p>Families work for years — “bound” by an advance.</p>
<h2>Reports</h2><ul><li><a href="a%20b.pdf">First report</a> ILO, 2003</li><li><a href="c.pdf">Second</a></li></ul>
<table><tr><th>Title<th>Year<tr><td><a href="d.pdf">Third</a><td>1999</table></body></html>""".encode()

GOOD = {Status.OK, Status.EMPTY, Status.CORRUPT}


@pytest.mark.parametrize(
    ("data", "status", "word"),
    [
        (b"", Status.EMPTY, "no content"),
        (b"  \r\n\t", Status.EMPTY, "no content"),
        (b"\x00" * 50, Status.EMPTY, "no content"),
        (b"%PDF-1.7\n%...", Status.CORRUPT, "a PDF"),
        (b"PK\x03\x04rest", Status.CORRUPT, "ZIP"),
        (bytes(range(256)) * 40, Status.CORRUPT, "no readable text"),
        (b"<html><body></body></html>", Status.EMPTY, "no text"),
        (b"<html><body><div id=root></div><script src=app.js></script></body></html>", Status.EMPTY, "script"),
        (b"<html><frameset><frame src=a.html></frameset></html>", Status.EMPTY, "frames"),
        (b'<meta http-equiv="Refresh" content="0; url=b.html">', Status.EMPTY, "leads on"),
    ],
)
def test_a_file_without_a_readable_page(data: bytes, status: Status, word: str) -> None:
    extraction = extract_html_bytes(data)
    assert extraction.status is status
    assert word in extraction.reason
    assert extraction.reason.endswith(".")


def test_plain_text_in_an_html_file_is_its_text() -> None:
    assert extract_html_bytes(b"A note on forced labour.").pages[0].text == "A note on forced labour."


def test_a_file_that_is_gone_or_a_folder_is_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.html", tmp_path):
        extraction = extract_html(path)
        assert extraction.status is Status.UNREADABLE
        assert extraction.reason.startswith("The file cannot be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "secret.html"
    path.write_text("<p>x</p>")
    path.chmod(0)
    assert extract_html(path).status is Status.UNREADABLE


@pytest.mark.parametrize(
    "html",
    [
        b"<div>word " * 8_000,
        b"<b>word " * 8_000,
        b"<a href=x>word " * 8_000,
        b"<table><tr><td>word " * 3_000,
        b"<ul><li>word " * 5_000,
        b"word<br>" * 10_000,
        b"word " + b"<" * 50_000,
        b"word <script type='application/ld+json'>" + b"[" * 50_000 + b"</script>",
    ],
    ids=["div", "b", "a", "table", "ul", "br", "lt", "json"],
)
def test_deep_and_endless_pages_end_with_their_text(html: bytes) -> None:
    start = time.perf_counter()
    extraction = extract_html_bytes(b"<html><body>" + html)
    assert extraction.status is Status.OK
    assert sum(page.text.count("word") for page in extraction.pages) == html.count(b"word")
    assert time.perf_counter() - start < 30


def check(extraction: Extraction) -> None:
    assert extraction.status in GOOD
    assert bool(extraction.pages) == (extraction.status is Status.OK)
    assert bool(extraction.reason) != (extraction.status is Status.OK)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_random_bytes_never_raise(data: bytes) -> None:
    check(extract_html_bytes(data))


@given(
    st.integers(0, len(ARTICLE)),
    st.lists(st.tuples(st.integers(0, len(ARTICLE) - 1), st.integers(0, 255)), max_size=20),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_truncated_and_mutated_pages_never_raise(length: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(ARTICLE)
    for place, value in changes:
        data[place] = value
    check(extract_html_bytes(bytes(data[:length])))
