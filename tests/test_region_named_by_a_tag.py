"""A tag that names a region makes its document found by that region, whoever gave the tag."""

from __future__ import annotations

from pathlib import Path

import pytest
from dossier_command import dossier
from pdf_making import PROSE, write_pages

from ingest.catalogue import Catalogue
from ingest.document import Claim, Source
from ingest.export import export_records
from ingest.metadata import resolve
from ingest.values_in_use import values_in_use

REPORT = "corpus/report.pdf"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of one PDF whose keywords name a country."""
    (tmp_path / "corpus").mkdir()
    write_pages(tmp_path / REPORT, [PROSE], info={"Keywords": "child labor, Lebanon"})
    monkeypatch.chdir(tmp_path)
    assert dossier("-q", "index").status == 0
    return tmp_path


def found(*query: str) -> int:
    """How many documents match."""
    return len(dossier("search", "--files", *query).out.splitlines())


def regions(root: Path) -> tuple[str, ...]:
    with Catalogue.open(root / "index_data") as catalogue:
        document = catalogue.document(REPORT)
        assert document is not None
        return document.regions


def test_the_keywords_of_a_pdf_lead_to_their_region_and_those_above(root: Path) -> None:
    assert regions(root) == ("Lebanon",)
    assert found("region:asia") == found("--region", "MENA") == found("tag:lebanon") == 1
    with Catalogue.open(root / "index_data") as catalogue:
        (lebanon,) = values_in_use(catalogue, "region")
    assert (lebanon.value, lebanon.sources) == ("Lebanon", (Source.FILE,))


def test_a_tag_of_a_sidecar_and_one_of_the_user(root: Path) -> None:
    (root / f"{REPORT}.toml").write_text('tags = ["Côte d\'Ivoire", "Shelter"]', encoding="utf-8")
    assert dossier("-q", "index").status == 0
    assert dossier("tag", "add", "South Asia", REPORT).status == 0
    assert regions(root) == ("Southern Asia", "Côte d'Ivoire", "Lebanon")
    assert found("region:africa", "region:=southern-asia") == 1


@pytest.mark.parametrize("tag", ["IT", "AI", "HR", "ID", "PPE", "422", "usa", "Gender", "Law"])
def test_a_code_or_a_word_is_no_region(tag: str) -> None:
    assert resolve([Claim("tag", tag, Source.FILE)], ["a.pdf"]).regions == ()


@pytest.mark.parametrize(
    ("tag", "region"), [("UK", "United Kingdom"), ("DRC", "Democratic Republic of the Congo")]
)
def test_a_short_name_that_is_nothing_else_is_one(tag: str, region: str) -> None:
    assert resolve([Claim("tag", tag, Source.FILE)], ["a.pdf"]).regions == (region,)


def test_a_region_that_the_user_took_away_stays_away(root: Path) -> None:
    assert dossier("region", "remove", "Lebanon", REPORT).status == 0
    assert (regions(root), found("region:asia"), found("tag:lebanon")) == ((), 0, 1)
    (root / f"{REPORT}.toml").write_text('tags = ["Lebanon"]', encoding="utf-8")
    assert dossier("-q", "index").status == 0
    assert regions(root) == ()
    assert dossier("region", "add", "LB", REPORT).status == 0
    assert (regions(root), found("region:asia")) == (("Lebanon",), 1)


def test_a_tag_that_the_user_took_away_names_nothing(root: Path) -> None:
    assert dossier("tag", "remove", "lebanon", REPORT).status == 0
    assert regions(root) == ()


def test_a_region_given_besides_stays_without_the_tag(root: Path) -> None:
    assert dossier("region", "add", "Lebanon", REPORT).status == 0
    assert dossier("tag", "remove", "Lebanon", REPORT).status == 0
    assert regions(root) == ("Lebanon",)
    with Catalogue.open(root / "index_data") as catalogue:
        (exported,) = export_records(catalogue)
    assert (exported["tags"], exported["regions"]) == (["child labor"], ["Lebanon"])
