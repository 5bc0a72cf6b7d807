"""A library's tags.toml says which tags mean the same, and what is wrong in it is told with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.errors import SettingsError
from ingest.vocabulary import Vocabulary

TOML = """
["Modern slavery"]
aliases = ["slavery", "esclavage moderne"]

["Forced labour"]
aliases = ["forced labor", "travail forcé"]
parent = "modern slavery"

[Kilns]
parent = "Forced labour"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tags.toml"
    path.write_text(TOML, encoding="utf-8")
    return path


def test_aliases_stand_for_their_label(file: Path) -> None:
    vocabulary = Vocabulary.load(file)
    for value in ("forced labour", "FORCED  LABOR", "Travail force"):
        assert vocabulary.label(value) == "Forced labour"
    assert vocabulary.label("forced") is None
    assert vocabulary.names("Kilns") == ("Kilns",)
    assert vocabulary.names("forced labor") == ("Forced labour", "forced labor", "travail forcé", "Kilns")
    assert vocabulary.names("SLAVERY") == (
        *("Modern slavery", "slavery", "esclavage moderne"),
        *vocabulary.names("Forced labour"),
    )
    assert vocabulary.names("Bricks") == ("Bricks",)
    assert vocabulary.near("forced labors") == ["Forced labour"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[A]\naliases = ["x"]\n[B]\naliases = ["X"]\n', 4, "'X' already stands for 'A'"),
        ('["A b"]\n\n["a B"]\n', 3, "already stands for"),
        ("[A]\naliases = [1]\n", 2, "list of texts"),
        ('[A]\naliases = "x"\n', 2, "list of texts"),
        ('[A]\nparent = "Bee"\n["Beee"]\n', 2, "did you mean 'Beee'?"),
        ('["A a"]\nparent = "b"\n[b]\nparent = "A a"\n', 4, "below itself"),
        ('[A]\nparent = "a"\n', 2, "below itself"),
        ("[A]\nalias = []\n", 2, "did you mean 'aliases'?"),
        ('A = "x"\n', 1, "as a table"),
        ('[A]\naliases = ["x"\n', 3, ""),
        ("[A]\n[A]\n", 2, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        Vocabulary.load(path)
    assert str(error.value).startswith(f"{path}, line {line}: "), error.value
    assert said in str(error.value)


def test_the_librarian_is_told_what_is_not_in_the_vocabulary(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    library(
        tmp_path / "index_data",
        {
            "a.pdf": record("one", tags=["forced labor", "Forced labours"]),
            "b.pdf": record("two", tags=["kilns"]),
        },
    )
    listed = dossier("tags", "--unmapped", "--format", "json")
    assert listed.status == 0
    assert [(row["tag"], row["near"]) for row in json.loads(listed.out)["tags"]] == [
        ("Forced labours", ["Forced labour"])
    ]
    assert [row["label"] for row in json.loads(dossier("tags", "--format", "json").out)["tags"]] == [
        "Forced labour",
        None,
        "Kilns",
    ]
    assert dossier("tag", "rename", "Forced labours", "travail forcé").status == 0
    assert dossier("tags", "--unmapped").status == 1
    added = dossier("tag", "add", "Brick", "b.pdf")
    assert added.status == 0
    assert "'Brick' is not in tags.toml" in added.err
    assert json.loads(dossier("show", "a.pdf", "--format", "json").out)["tags"] == [
        "Forced labour",
        "forced labor",
    ]


def test_without_a_vocabulary_nothing_can_be_unmapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library(tmp_path / "index_data", {"a.pdf": record("one", tags=["x"])})
    ran = dossier("tags", "--unmapped")
    assert ran.status == 2
    assert "tags.toml" in ran.err
