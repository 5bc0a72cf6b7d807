"""What librarians write beside a file is its metadata, and follows every change without a new reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Document
from ingest.pipeline import ingest
from ingest.report import IngestReport
from ingest.settings import FolderRule, Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "corpus" / "asia").mkdir(parents=True)
    (tmp_path / "corpus" / "report.txt").write_text("Brick kilns and debt.", encoding="utf-8")
    (tmp_path / "corpus" / "asia" / "other.txt").write_text("Fishing vessels.", encoding="utf-8")
    return tmp_path


def index(root: Path, *rules: FolderRule) -> IngestReport:
    return ingest([root / "corpus"], root / "data", jobs=1, settings=Settings(folders=rules))


def document(root: Path, name: str) -> Document:
    with Catalogue.open(root / "data") as catalogue:
        found = catalogue.document(f"corpus/{name}")
        assert found is not None
        return found


def test_a_toml_file_beside_the_document(root: Path) -> None:
    (root / "corpus" / "report.txt.toml").write_text(
        'title = "Kilns, and how to leave them"\nyear = 2003\nlanguage = "English"\npublisher = "A Union"\n'
        'tags = ["debt, bonded", "kilns"]\nregions = ["bangladesh", "Atlantis"]\nauthors = "N. N."\n',
        encoding="utf-8",
    )
    report = index(root)
    assert (report.added, report.warnings) == (2, ())
    found = document(root, "report.txt")
    assert found.title == "Kilns, and how to leave them"
    assert (found.published, found.year, found.language, found.publisher) == ("2003", 2003, "en", "A Union")
    assert found.tags == ("debt, bonded", "kilns")  # a comma inside a TOML text is the text's
    assert found.regions == ("Bangladesh", "Atlantis")  # the vocabulary's name; what it does not know stays
    assert found.authors == ("N. N.",)


def test_a_sidecar_that_changes_or_goes_changes_the_document_without_reading_it(root: Path) -> None:
    index(root)
    sidecar = root / "corpus" / "report.txt.toml"
    sidecar.write_text("published = 2003-05-21", encoding="utf-8")
    assert index(root).extracted == 0
    assert document(root, "report.txt").published == "2003-05-21"
    sidecar.write_text("published = 2004-05-21\ntitle = 'Later'", encoding="utf-8")
    assert index(root).extracted == 0
    assert (document(root, "report.txt").year, document(root, "report.txt").title) == (2004, "Later")
    with Catalogue.open(root / "data") as catalogue:
        assert catalogue.revision == 3
    sidecar.unlink()
    assert index(root).extracted == 0
    assert document(root, "report.txt").published is None
    assert document(root, "report.txt").title == "Brick kilns and debt."


def test_a_table_for_a_folder_and_the_folders_below(root: Path) -> None:
    (root / "corpus" / "metadata.csv").write_text(
        "File,Title,Tags,Regions,Year\nreport.txt,Kilns,debt; kilns,Asia,2003\n"
        'asia/other.txt,"Fish, boats",vessels,,\n',
        encoding="utf-8-sig",
    )
    (root / "corpus" / "asia" / "metadata.csv").write_text(
        "path;title;tags\nother.txt;The nearer title;sea\n", encoding="cp1252"
    )
    assert index(root).warnings == ()
    assert document(root, "report.txt").tags == ("debt", "kilns")
    assert document(root, "report.txt").regions == ("Asia",)
    other = document(root, "asia/other.txt")
    assert other.title == "The nearer title"
    assert other.tags == ("sea", "vessels")


def test_what_is_wrong_is_told_with_its_line_and_the_rest_is_used(root: Path) -> None:
    toml = root / "corpus" / "report.txt.toml"
    toml.write_text('title = "Kilns"\ntag = "debt"\nregoin = "Asia"\nyear = [2003]\n', encoding="utf-8")
    table = root / "corpus" / "asia" / "metadata.csv"
    table.write_text("file,title,colour\nother.txt,Boats,red\nnobody.txt,Ghost,\n", encoding="utf-8")
    report = index(root)
    said = "\n".join(report.warnings)
    assert f"{toml}, line 3: 'regoin' is no key of this file; did you mean 'region'?" in said
    assert f"{toml}, line 4: year is a text, a number or a date" in said
    assert f"{table}, line 1: unknown column(s) colour" in said
    assert f"{table}, line 3: there is no file 'nobody.txt' here" in said
    assert (document(root, "report.txt").title, document(root, "report.txt").tags) == ("Kilns", ("debt",))
    assert document(root, "asia/other.txt").title == "Boats"
    with Catalogue.open(root / "data") as catalogue:
        assert [row.path for row in catalogue.problems()] == [
            "corpus/asia/metadata.csv",
            "corpus/report.txt.toml",
        ]

    toml.write_text("this is no TOML", encoding="utf-8")
    report = index(root)
    assert any(f"{toml}, line 1" in warning for warning in report.warnings)
    assert document(root, "report.txt").title == "Brick kilns and debt."


def test_a_problem_that_is_solved_elsewhere_goes_away(root: Path) -> None:
    (root / "corpus" / "metadata.csv").write_text("file,title\nnew.txt,New\n", encoding="utf-8")
    assert len(index(root).warnings) == 1
    (root / "corpus" / "new.txt").write_text("it has come", encoding="utf-8")
    assert index(root).warnings == ()
    assert document(root, "new.txt").title == "New"
    with Catalogue.open(root / "data") as catalogue:
        assert list(catalogue.problems()) == []


def test_rules_for_folders_and_their_changes(root: Path) -> None:
    index(root, FolderRule("corpus/asia/**", regions=("Asia",), tags=("regional",)))
    assert document(root, "asia/other.txt").regions == ("Asia",)
    assert document(root, "report.txt").regions == ()
    report = index(root, FolderRule("corpus", regions=("Global",)))
    assert report.extracted == 0
    assert document(root, "asia/other.txt").tags == ()
    assert document(root, "report.txt").regions == document(root, "asia/other.txt").regions != ()


def test_a_moved_file_leaves_what_its_old_folder_said_behind(root: Path) -> None:
    rule = FolderRule("corpus/asia/**", regions=("Asia",))
    (root / "corpus" / "asia" / "other.txt.toml").write_text("tags = ['here']", encoding="utf-8")
    index(root, rule)
    (root / "corpus" / "asia" / "other.txt").rename(root / "corpus" / "other.txt")
    assert index(root, rule).moved == 1
    assert (document(root, "other.txt").regions, document(root, "other.txt").tags) == ((), ())
