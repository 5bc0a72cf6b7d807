"""What a librarian said of a document stays when its file is indexed again, touched, moved, copied or changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dossier_command import dossier

from ingest import curation
from ingest.catalogue import Catalogue
from ingest.pipeline import ingest
from searchidx.index import update


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files; of the first the user changed tags and regions, one of them against its sidecar."""
    monkeypatch.chdir(tmp_path)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "kilns.txt").write_text("brick kilns and debt bondage")
    (corpus / "kilns.txt.toml").write_text('tags = ["Draft", "Kilns"]\nregions = ["Nepal", "India"]\n')
    (corpus / "boats.txt").write_text("fishing boats")
    index()
    with Catalogue.open(tmp_path / "index_data", write=True) as catalogue:
        document = curation.find(catalogue, ["corpus/kilns.txt"])
        curation.add(catalogue, document, "tag", "debt, bonded")
        curation.remove(catalogue, document, "tag", "draft")
        curation.add(catalogue, document, "region", "BGD")
        curation.rename(catalogue, "region", "India", "Pakistan")
    update(tmp_path / "index_data")
    check("corpus/kilns.txt")
    return corpus


def index() -> None:
    ingest([Path("corpus")], Path("index_data").absolute(), jobs=1)
    update(Path("index_data").absolute())


def check(path: str) -> None:
    """The document at this path has what the user said, in the catalogue and in a search."""
    with Catalogue.open(Path("index_data").absolute()) as catalogue:
        document = catalogue.document(path)
    assert document is not None
    assert set(document.tags) == {"debt, bonded", "Kilns"}
    assert set(document.regions) == {"Bangladesh", "Nepal", "Pakistan"}
    found = dossier("search", "--tag", "Debt, Bonded", "--region", "bangladesh", "--files").out.splitlines()
    assert path in found
    assert dossier("search", "tag:draft OR region:india").status == 1


def test_indexed_again(corpus: Path) -> None:
    index()
    check("corpus/kilns.txt")


def test_touched_and_its_sidecar_written_anew(corpus: Path) -> None:
    os.utime(corpus / "kilns.txt", ns=(1, 1))
    sidecar = corpus / "kilns.txt.toml"
    sidecar.write_text(sidecar.read_text() + 'title = "Kilns"\n')
    index()
    check("corpus/kilns.txt")


def test_moved(corpus: Path) -> None:
    (corpus / "asia").mkdir()
    for name in ("kilns.txt", "kilns.txt.toml"):
        (corpus / name).rename(corpus / "asia" / name)
    index()
    check("corpus/asia/kilns.txt")


def test_copied_and_the_first_one_deleted(corpus: Path) -> None:
    for name in ("kilns.txt", "kilns.txt.toml"):
        (corpus / f"copy of {name}").write_bytes((corpus / name).read_bytes())
    index()
    check("corpus/copy of kilns.txt")
    for name in ("kilns.txt", "kilns.txt.toml"):
        (corpus / name).unlink()
    index()
    check("corpus/copy of kilns.txt")


def test_changed(corpus: Path) -> None:
    (corpus / "kilns.txt").write_text("brick kilns and debt bondage, second edition")
    index()
    check("corpus/kilns.txt")
    assert dossier("search", "second edition", "--tag", "debt, bonded").status == 0


def test_gone_for_a_while(corpus: Path) -> None:
    content = {name: (corpus / name).read_bytes() for name in ("kilns.txt", "kilns.txt.toml")}
    for name in content:
        (corpus / name).unlink()
    index()
    assert dossier("search", "--tag", "debt, bonded").status == 1
    assert dossier("tag", "add", "unrelated", "corpus/boats.txt").status == 0  # purges what no index needs
    for name, data in content.items():
        (corpus / name).write_bytes(data)
    index()
    check("corpus/kilns.txt")
