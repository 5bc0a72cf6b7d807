"""The sample library is whole: every file of its README is there and is what the README says it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
PASSWORD = "lantern"

#: path -> the README's "Pages" cell ("16", "damaged", or "" for web pages)
README_ROWS = dict(
    re.findall(r"(?m)^\| `([^`]+)` \| ([^|]*?) ?\|", (CORPUS / "README.md").read_text(encoding="utf-8"))
)
PDFS = {path: int(pages) for path, pages in README_ROWS.items() if pages.isdigit()}
DAMAGED = [path for path, pages in README_ROWS.items() if pages == "damaged"]
RESTRICTED = "global/interviewing survivors (restricted).pdf"
SCANNED = "global/domestic-workers-scan.pdf"


def page_texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path, password=PASSWORD)
    return [page.get_textpage().get_text_range() for page in document]


def test_readme_and_folder_name_the_same_documents() -> None:
    held = {
        path.relative_to(CORPUS).as_posix()
        for path in CORPUS.rglob("*")
        if path.suffix in (".pdf", ".html", ".htm")
    }
    assert held == set(README_ROWS)
    assert len(held) >= 30


@pytest.mark.parametrize("name", sorted(PDFS))
def test_pdf_has_the_pages_that_the_readme_says(name: str) -> None:
    document = pypdfium2.PdfDocument(CORPUS / name, password=PASSWORD)
    assert len(document) == PDFS[name]


@pytest.mark.parametrize("name", sorted(set(PDFS) - {SCANNED}))
def test_pdf_has_text_on_every_page(name: str) -> None:
    assert all(len(text.split()) > 40 for text in page_texts(CORPUS / name))


def test_scanned_note_has_no_text_layer() -> None:
    assert "".join(page_texts(CORPUS / SCANNED)).strip() == ""


def test_restricted_note_opens_with_its_password_only() -> None:
    for wrong in (None, "candle"):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(CORPUS / RESTRICTED, password=wrong)
    assert "Interviewing survivors" in page_texts(CORPUS / RESTRICTED)[0]


def test_damaged_handbook_does_not_open() -> None:
    assert len(DAMAGED) == 1
    assert (CORPUS / DAMAGED[0]).read_bytes().startswith(b"%PDF-")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(CORPUS / DAMAGED[0])


def test_guide_has_roman_front_matter_and_an_outline() -> None:
    document = pypdfium2.PdfDocument(CORPUS / "global/palermo-protocol-guide.pdf")
    labels = [document.get_page_label(index) for index in range(len(document))]
    assert labels == ["i", "ii", "iii", "iv", *map(str, range(1, 13))]
    chapters = {entry.get_title(): entry.get_dest().get_index() for entry in document.get_toc()}
    assert labels[chapters["3. The definition (article 3)"]] == "3"


def test_pdfs_are_what_their_sources_build(tmp_path: Path) -> None:
    """Same toolchain, same bytes; with another reportlab, FreeType or zlib the pages must still say the same."""
    script = str(ROOT / "tools" / "build_corpus.py")
    for copy in ("one", "two"):
        subprocess.run([sys.executable, script, "--output", str(tmp_path / copy)], check=True, capture_output=True)
    first = {path.relative_to(tmp_path / "one"): path for path in (tmp_path / "one").rglob("*.pdf")}
    assert {path.as_posix() for path in first} == {*PDFS, *DAMAGED}

    record = json.loads((ROOT / "tools/corpus_sources/built-with.json").read_text(encoding="utf-8"))
    here = json.loads(subprocess.check_output([sys.executable, script, "--versions"]))
    for relative, path in first.items():
        assert path.read_bytes() == (tmp_path / "two" / relative).read_bytes(), (
            f"{relative} differs between builds"
        )
        if here == record:
            assert path.read_bytes() == (CORPUS / relative).read_bytes(), (
                f"{relative}: run `make corpus` and commit"
            )
        elif relative.as_posix() in PDFS:
            assert page_texts(path) == page_texts(CORPUS / relative), f"{relative}: run `make corpus` and commit"


def test_every_query_is_judged_and_every_judged_document_is_held() -> None:
    queries = [json.loads(line) for line in (CORPUS / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    head, *rows = (CORPUS / "qrels.tsv").read_text(encoding="utf-8").splitlines()
    assert head == "query-id\tcorpus-id\tscore"
    judged = [row.split("\t") for row in rows]
    assert len(queries) >= 25
    assert {query["_id"] for query in queries} == {query for query, _, _ in judged}
    assert len({(query, document) for query, document, _ in judged}) == len(judged)
    assert {document for _, document, _ in judged} <= set(README_ROWS) - {RESTRICTED, *DAMAGED}
    assert {score for _, _, score in judged} == {"1", "2"}


class _Links(HTMLParser):
    """Collects the links of the listing page's content that say `Read More` or `DOWNLOAD`."""

    def __init__(self) -> None:
        super().__init__()
        self.href = ""
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_data(self, data: str) -> None:
        if data in ("Read More", "DOWNLOAD"):
            self.found.append(unquote(self.href))


def test_listing_page_links_held_files_and_two_that_are_not() -> None:
    page = (CORPUS / "resource-library.html").read_text(encoding="utf-8")
    links = _Links()
    links.feed(page)
    missing = [href for href in links.found if not (CORPUS / href).is_file()]
    assert missing == ["asia/asean-convention-2015.pdf", "global/un-global-plan-of-action-2010.pdf"]
    assert len(links.found) == page.count("TAGS: ") == 13


def test_page_in_an_old_encoding_says_so() -> None:
    data = (CORPUS / "europe/traite-en-france.html").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    text = data.decode("windows-1252")
    assert "charset=windows-1252" in text
    assert "150 000 € d’amende" in text


def test_sidecars_lie_beside_a_pdf_and_can_be_read() -> None:
    sidecars = sorted(CORPUS.rglob("*.toml"))
    assert len(sidecars) == 3
    for sidecar in sidecars:
        assert sidecar.with_suffix("").is_file()
        values = tomllib.loads(sidecar.read_text(encoding="utf-8"))
        assert set(values) <= {"title", "summary", "publisher", "published", "language", "tags", "regions"}
        assert values["tags"]
        assert values["regions"]


def test_library_stays_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 3_000_000
