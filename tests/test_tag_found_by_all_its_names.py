"""With a vocabulary, a search for a tag finds its aliases and what lies below it; without one, what was typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

TOML = """
["Modern slavery"]

["Forced labour"]
aliases = ["forced labor", "travail forcé"]
parent = "Modern slavery"
"""


@pytest.fixture(autouse=True)
def _library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    documents = {"us.pdf": "Forced Labor", "fr.pdf": "Travail forcé", "top.pdf": "modern slavery", "x.pdf": "Law"}
    library(tmp_path / "index_data", {path: record("text", tags=[tag]) for path, tag in documents.items()})


def found(*arguments: str) -> set[str]:
    return set(dossier("search", *arguments, "--files").out.split())


def test_names_and_children() -> None:
    assert found("--tag", "forced labour") == set()
    Path("tags.toml").write_text(TOML, encoding="utf-8")
    for name in ("forced labour", "FORCED LABOR", "travail force"):
        assert found("--tag", name) == {"us.pdf", "fr.pdf"}
        assert found(f'text tag:"{name}"') == {"us.pdf", "fr.pdf"}
    assert found('tag:"modern slavery"') == {"us.pdf", "fr.pdf", "top.pdf"}
    assert found('NOT tag:"modern slavery"') == {"x.pdf"}
    assert found('tag:law OR (tag:"forced labour" -tag:law)') == {"us.pdf", "fr.pdf", "x.pdf"}
    assert found("tag:*") == {"us.pdf", "fr.pdf", "top.pdf", "x.pdf"}


def test_a_change_of_the_file_holds_at_once() -> None:
    file = Path("tags.toml")
    file.write_text(TOML, encoding="utf-8")
    assert found("--tag", "modern slavery") == {"us.pdf", "fr.pdf", "top.pdf"}
    file.write_text(TOML.replace("parent", "#"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert found("--tag", "modern slavery") == {"top.pdf"}


def test_a_file_that_cannot_be_used_is_told() -> None:
    Path("tags.toml").write_text("[A\n", encoding="utf-8")
    ran = dossier("search", "--tag", "law")
    assert ran.status == 2
    assert "tags.toml, line 1" in ran.err
    assert found("text") == {"us.pdf", "fr.pdf", "top.pdf", "x.pdf"}
