"""What a library page lists and the library does not hold is found with its link, until it arrives or goes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from dossier_command import dossier

from ingest.catalogue import Catalogue
from ingest.document import ListingEntry
from ingest.listed import address, name_of
from searchidx.index import verify

ENTRY = """<article class="resource"><h2><a href="{href}">{title}</a></h2>
<p>How families leave debt bondage in brick making, and what keeps them from it.</p>
<p>Publisher: A Union, 2003</p><p>TAGS: Nepal, Child protection</p></article>"""
KILNS = ENTRY.format(href="https://example.org/reports/kilns.txt", title="Leaving the kilns")
CAMPS = ENTRY.format(href="files/camps.pdf", title="Camps and shelters")


def page(*entries: str) -> str:
    return f"""<!doctype html><html lang="en"><head><title>Library of reports</title></head><body><main>
<h1>Library</h1>{"".join(entries)}</main></body></html>"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "library.html").write_text(page(KILNS, CAMPS), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert dossier("-q", "index").status == 0
    return tmp_path


def found(*query: str) -> list[dict[str, Any]]:
    hits: list[dict[str, Any]] = json.loads(dossier("search", *query, "--format", "json").out)["hits"]
    return hits


def index() -> None:
    assert dossier("-q", "index").status == 0
    assert verify(Path("index_data")) == []


def test_it_is_found_by_all_that_its_entry_says(root: Path) -> None:
    (hit,) = found("families leave kiln", 'tag:"child protection"', "region:asia", "year:2003", "type:listed")
    assert (hit["title"], hit["status"], hit["page"]) == ("Leaving the kilns", "listed", None)
    assert (hit["paths"], hit["source_url"]) == (["corpus/library.html"], "https://example.org/reports/kilns.txt")
    text = dossier("search", "title:kilns", "type:listed").out
    assert "corpus/library.html [listed, not held]\n    https://example.org/reports/kilns.txt\n" in text
    assert [hit["title"] for hit in found("library NOT type:listed")] == ["Library"]


def test_status_counts_it_apart_and_lists_it_with_its_link(root: Path) -> None:
    values = json.loads(dossier("status", "--format", "json").out)
    assert (values["documents"], values["listed, not held"], values["files ok"], values["files"]) == (1, 2, 1, [])
    ran = dossier("status", "--missing", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(row["title"], row["link"], row["listed_in"]) for row in rows] == [
        ("Leaving the kilns", "https://example.org/reports/kilns.txt", "corpus/library.html"),
        ("Camps and shelters", "files/camps.pdf", "corpus/library.html"),
    ]
    assert dossier("export").err == "1 document written\n"
    assert dossier("status", "--missing", "--quality").status == 2


def test_the_document_takes_over_when_it_arrives(root: Path) -> None:
    (listed,) = found("kilns", "type:listed")
    assert dossier("tag", "add", "to read", listed["id"]).status == 0
    (root / "corpus" / "kilns.txt").write_text("Brick kilns and debt.", encoding="utf-8")
    index()
    (hit,) = found("title:kilns")
    assert (hit["title"], hit["paths"], hit["type"]) == ("Leaving the kilns", ["corpus/kilns.txt"], "text")
    assert hit["tags"] == ["to read", "Nepal", "Child protection"]
    (root / "corpus" / "kilns.txt").unlink()
    index()
    (hit,) = found("title:kilns")
    assert (hit["id"], hit["status"]) == (listed["id"], "listed")


def test_it_goes_with_its_entry_or_its_page(root: Path) -> None:
    (root / "corpus" / "library.html").write_text(page(KILNS, KILNS.replace("kilns.txt", "2.txt")), "utf-8")
    index()
    assert found("camps") == []
    assert len(found("title:kilns")) == 2
    (root / "corpus" / "library.html").rename(root / "corpus" / "shelf.html")
    index()
    assert {hit["path"] for hit in found("title:kilns")} == {"corpus/shelf.html"}
    (root / "corpus" / "shelf.html").unlink()
    assert dossier("-q", "index", "--yes").status in (0, 2)
    assert found("kilns") == []
    assert verify(Path("index_data")) == []


def test_several_pages_that_name_one_link_make_one_record(root: Path) -> None:
    other = KILNS.replace("https://example.org/", "http://EXAMPLE.org:80/").replace("Child protection", "Bricks")
    (root / "corpus" / "shelf.html").write_text(page(other, CAMPS.replace("files", "elsewhere")), "utf-8")
    index()
    (hit,) = found("title:kilns")
    assert hit["paths"] == ["corpus/library.html", "corpus/shelf.html"]
    assert set(hit["tags"]) == {"Nepal", "Child protection", "Bricks"}
    assert len(found("title:camps")) == 2  # each page names a place of its own
    (root / "corpus" / "library.html").unlink()
    index()
    (hit,) = found("title:kilns")
    assert (hit["paths"], set(hit["tags"])) == (["corpus/shelf.html"], {"Nepal", "Bricks"})


def test_a_run_that_finds_nothing_new_changes_nothing(root: Path) -> None:
    with Catalogue.open(root / "index_data") as catalogue:
        before = catalogue.revision
    (root / "corpus" / "library.html").touch()
    index()
    with Catalogue.open(root / "index_data") as catalogue:
        assert catalogue.revision == before


@pytest.mark.parametrize(
    ("href", "page_url", "expected"),
    [
        ("https://example.org/a.pdf#page=2", None, "https://example.org/a.pdf#page=2"),
        ("files/a.pdf", "https://example.org/library/", "https://example.org/library/files/a.pdf"),
        ("files/a.pdf", None, "files/a.pdf"),
        ("mailto:someone@example.org", None, None),
        ("javascript:open(1)", "https://example.org/", None),
        ("http://[broken", None, None),
        (None, None, None),
    ],
)
def test_where_a_link_leads(href: str | None, page_url: str | None, expected: str | None) -> None:
    assert address(href, page_url) == expected


def test_what_makes_two_entries_one() -> None:
    def name(link: str | None, title: str = "Kilns", page: str = "corpus/library.html") -> str:
        return name_of(ListingEntry(link, title), link, [page])

    assert name("https://www.example.org/a%20b/") == name("HTTP://example.org:80/a b#top")
    assert name("https://example.org/a?x=1") != name("https://example.org/a?x=2")
    assert name("a/../b.pdf") == name("b.pdf") != name("b.pdf", page="corpus/asia/library.html")
    assert name(None) == name(None, "kilns ") != name(None, "camps")


def test_a_jump_within_the_page_is_no_document_that_is_missing(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "page.html").write_text(
        page(KILNS.replace("https://example.org/reports/kilns.txt", "#k"), CAMPS), "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    index()
    assert [hit["title"] for hit in found("type:listed")] == ["Camps and shelters"]
