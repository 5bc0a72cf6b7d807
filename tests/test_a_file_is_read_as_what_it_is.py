"""The bytes decide what a file is before its name does; text files keep every word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Status
from ingest.extractors import EXTRACTORS, load_extractor, media_type_of, unsupported_reason
from ingest.pipeline import ingest
from ingest.plain import extract_markdown, extract_plain

PDF, HTML, MHTML = "application/pdf", "text/html", "multipart/related"


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"%PDF-1.4\n", "report", PDF),
        (b"junk before" + b" " * 900 + b"%PDF-1.4", "a.html", PDF),
        (b"<!DOCTYPE html><html>", "report.pdf", HTML),
        (b"\xef\xbb\xbf \n<!-- saved -->\n<HTML lang=en>", "x.txt", HTML),
        (b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">', "x.xml", HTML),
        ("\ufeff<html><body>".encode("utf-16-le"), "page", HTML),
        (b"plain words, then <html> as a word", "a.txt", "text/plain"),
        (b"# Title\n```\n<html>\n```", "a.md", "text/markdown"),
        (b"a fragment <h1>Title</h1>", "a.htm", HTML),
        (b"no tags at all", "a.html", HTML),
        (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", "a.mhtml", MHTML),
        (b"not a PDF", "broken.PDF", PDF),
        (b"{}", "a.jsonl", "application/jsonl"),
        (b"\0\1\2", "a.txt", None),
        (b"PK\x03\x04", "a.docx", None),
        (b"\x89PNG\r\n", "scan.pdf", None),
        (b"", "empty.pdf", PDF),
        (b"", "empty", None),
    ],
)
def test_what_a_file_is(head: bytes, name: str, expected: str | None) -> None:
    assert media_type_of(head, name) == expected


@pytest.mark.parametrize(
    ("head", "name", "said"),
    [
        (b"PK\x03\x04", "a.docx", "a Word document"),
        (b"PK\x03\x04", "a", "an archive or Office file"),
        (b"\x89PNG\r\n", "scan.pdf", "a picture"),
        (b"??", "a.xyz", "a file of unknown kind (.xyz)"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(head: bytes, name: str, said: str) -> None:
    assert unsupported_reason(head, name).startswith(said + ": ")


def test_there_is_an_extractor_for_every_type() -> None:
    for media_type in EXTRACTORS:
        assert callable(load_extractor(media_type, {}))


def test_a_page_that_calls_itself_pdf_is_read_as_a_page(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "report.pdf").write_text(
        "<!doctype html><html><head><title>Not found, but a page</title></head><body><p>Words.</p></body></html>",
        encoding="utf-8",
    )
    (tmp_path / "c" / "nothing.txt").touch()
    report = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert report.added == 1
    from ingest.catalogue import Catalogue

    with Catalogue.open(tmp_path / "data") as catalogue:
        page = catalogue.document("c/report.pdf")
        assert page is not None
        assert (page.type, page.title) == ("html", "Not found, but a page")
        (problem,) = catalogue.problems()
        assert (problem.path, problem.status, problem.document_id) == ("c/nothing.txt", Status.EMPTY, None)


def test_form_feeds_end_pages_and_encodings_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Première page\r\nfin\fdeuxième".encode("cp1252"))
    extraction = extract_plain(path)
    assert [(page.number, page.text) for page in extraction.pages] == [(1, "Première page\nfin"), (2, "deuxième")]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_text("Première", encoding=encoding)
        assert extract_plain(path).pages[0].text == "Première", encoding
    path.write_text(" \n", encoding="utf-8")
    assert extract_plain(path).status is Status.EMPTY


def test_markdown_is_divided_at_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Before.\n# Title #\nOne.\n```\n# no heading\n```\n## Part\nTwo.\n", encoding="utf-8")
    extraction = extract_markdown(path)
    assert [(page.label, page.text) for page in extraction.pages] == [
        (None, "Before."),
        ("Title", "Title\nOne.\n```\n# no heading\n```"),
        ("Part", "Part\nTwo."),
    ]
    assert [(entry.level, entry.title, entry.page) for entry in extraction.outline] == [
        (1, "Title", 2),
        (2, "Part", 3),
    ]
    assert [claim.value for claim in extraction.claims] == ["Title"]


@given(st.lists(st.text("ab \n", min_size=1, max_size=40), max_size=5), st.integers(1, 2000))
def test_a_long_text_is_divided_without_losing_a_word(tmp_path_factory, parts: list[str], times: int) -> None:
    path = tmp_path_factory.mktemp("long") / "a.txt"
    text = "".join(parts) * times
    path.write_text(text, encoding="utf-8")
    pages = extract_plain(path).pages
    assert "".join(page.text for page in pages).replace("\n", "").replace(" ", "") == text.replace(
        "\n", ""
    ).replace(" ", "")
    assert all(len(page.text) <= 12_000 for page in pages)
