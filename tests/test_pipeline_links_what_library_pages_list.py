"""A library page that lists a document says things about it, for as long as both are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import writing
from ingest.catalogue import Catalogue
from ingest.document import Document, Source
from ingest.pipeline import ingest

PAGE = """<!doctype html><html lang="en"><head><title>Library of reports</title></head><body><main>
<h1>Library</h1>
<article class="resource"><h2><a href="files/kilns.txt">Leaving the kilns</a></h2>
<p>How families leave debt bondage in brick making, and what keeps them from it.</p>
<p>Publisher: A Union, 2003</p><p>TAGS: Asia, Child protection</p></article>
<article class="resource"><h2><a href="files/absent.pdf">A report that is not here</a></h2>
<p>Something else that is only listed, with a summary of its own.</p>
<p>Publisher: Somebody, 2004</p><p>TAGS: Europe, Trafficking</p></article>
</main></body></html>"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "corpus" / "files").mkdir(parents=True)
    (tmp_path / "corpus" / "files" / "kilns.txt").write_text("Brick kilns and debt.", encoding="utf-8")
    (tmp_path / "corpus" / "library.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def index(root: Path) -> int:
    """Bring the library up to date; how many contents were read."""
    return ingest([root / "corpus"], root / "data", jobs=1).extracted


def kilns(root: Path) -> Document:
    with Catalogue.open(root / "data") as catalogue:
        found = catalogue.document("corpus/files/kilns.txt")
        assert found is not None
        return found


def test_an_entry_whose_link_leads_to_a_file_speaks_for_it(root: Path) -> None:
    index(root)
    document = kilns(root)
    assert document.title == "Leaving the kilns"
    assert document.year == 2003
    assert "Asia" in document.regions
    assert "Child protection" in document.tags
    assert {claim.source for claim in document.claims if claim.field == "title"} == {Source.LISTING}
    with Catalogue.open(root / "data") as catalogue:
        (listing,) = catalogue.listings()
        held = {entry.title: id_ for entry, id_ in catalogue.entries(listing)}
    assert held == {"Leaving the kilns": document.id, "A report that is not here": None}


def test_a_document_that_comes_later_is_linked_and_a_changed_page_is_followed(root: Path) -> None:
    file = root / "corpus" / "files" / "kilns.txt"
    file.rename(root / "kilns.txt")
    index(root)
    (root / "kilns.txt").rename(file)
    assert index(root) == 1
    assert kilns(root).title == "Leaving the kilns"
    (root / "corpus" / "library.html").write_text(PAGE.replace("Leaving the kilns", "Out of the kilns"), "utf-8")
    assert index(root) == 1
    assert kilns(root).title == "Out of the kilns"


def test_a_page_that_goes_takes_what_it_said_along(root: Path) -> None:
    index(root)
    (root / "corpus" / "library.html").unlink()
    assert index(root) == 0
    document = kilns(root)
    assert (document.title, document.tags, document.regions) == ("kilns", (), ())


def test_what_a_broken_run_left_open_is_done_by_the_next(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(catalogue: Catalogue) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as power_cut:
        power_cut.setattr(writing, "BATCH_FILES", 1)
        power_cut.setattr(writing, "link_listings", broken)
        with pytest.raises(RuntimeError):
            index(root)
    assert kilns(root).title == "kilns"
    assert index(root) == 0
    assert kilns(root).title == "Leaving the kilns"


def test_a_link_into_the_web_leads_to_the_one_file_of_its_name_nearby(root: Path) -> None:
    page = PAGE.replace("files/kilns.txt", "https://example.org/reports/kilns.txt?download=1")
    (root / "corpus" / "library.html").write_text(page, encoding="utf-8")
    index(root)
    assert kilns(root).title == "Leaving the kilns"
    (root / "corpus" / "kilns.txt").write_text("another text of the same name", encoding="utf-8")
    index(root)
    assert kilns(root).title == "kilns"  # which of the two was meant cannot be known
