"""A tag that a librarian adds or removes shows in the next search; what cannot be done changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, put, record

from ingest.lock import write_lock


@pytest.fixture
def ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return library(
        tmp_path / "index_data",
        {
            "corpus/kilns.pdf": record("brick kilns in Punjab", title="Kilns", tags=["Bonded labour"]),
            "corpus/boats.pdf": record("fishing boats off Thailand", title="Boats", tags=["bonded labour", "Sea"]),
            "corpus/sugar.pdf": record("sugar cane and its brick kilns", title="Sugar"),
        },
    )


def titles(query: str) -> set[str]:
    lines = dossier("search", query, "--format", "jsonl", "--limit", "all").out.splitlines()
    return {json.loads(line)["title"] for line in lines}


def changes(*arguments: str) -> tuple[int, int]:
    """(matched, changed) of a command that ends well."""
    ran = dossier(*arguments, "--format", "json")
    assert ran.status == 0, ran.err
    said = json.loads(ran.out)
    return said["matched"], said["changed"]


def test_by_id_by_path_and_by_the_beginning_of_an_id(ids: dict[str, str]) -> None:
    assert changes("tag", "add", "to read", ids["corpus/kilns.pdf"], "corpus/boats.pdf") == (2, 2)
    assert titles('tag:"To Read"') == {"Kilns", "Boats"}
    assert changes("tag", "add", "to read", ids["corpus/sugar.pdf"][:8], "corpus/boats.pdf") == (2, 1)
    assert titles('tag:"to read"') == {"Kilns", "Boats", "Sugar"}


def test_by_a_search(ids: dict[str, str]) -> None:
    assert changes("tag", "add", "kilns, brick", "--query", "brick kiln") == (2, 2)
    assert titles('tag:"Kilns, Brick"') == {"Kilns", "Sugar"}
    assert changes("tag", "remove", "KILNS, BRICK", "--query", "title:sugar") == (1, 1)
    assert titles('tag:"kilns, brick"') == {"Kilns"}


def test_a_search_finds_more_than_the_ten_it_would_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library(tmp_path / "index_data", {f"{number}.pdf": record(f"report {number}") for number in range(25)})
    assert changes("tag", "add", "reports", "--query", "report") == (25, 25)


def test_a_tag_that_a_file_gives_can_be_removed(ids: dict[str, str]) -> None:
    assert changes("tag", "remove", "bonded labour", "--query", "*") == (2, 2)
    assert titles('tag:"bonded labour"') == set()
    assert titles("tag:sea") == {"Boats"}
    assert changes("tag", "add", "bonded labour", "corpus/boats.pdf") == (1, 1)
    assert titles('tag:"bonded labour"') == {"Boats"}


def test_a_dry_run_names_the_documents_and_changes_nothing(ids: dict[str, str]) -> None:
    ran = dossier("tag", "add", "to read", "--query", "brick", "--dry-run")
    assert ran.status == 0
    assert "would change  2" in ran.out
    assert ids["corpus/kilns.pdf"] in ran.out
    assert ids["corpus/sugar.pdf"] in ran.out
    assert titles('tag:"to read"') == set()
    for action in (("remove", "bonded labour", "corpus/boats.pdf"), ("rename", "bonded labour", "debt")):
        assert dossier("tag", *action, "--dry-run").status == 0
    assert titles('tag:"bonded labour"') == {"Kilns", "Boats"}


def test_a_tag_of_two_words_without_quotes_is_noticed(ids: dict[str, str]) -> None:
    ran = dossier("tag", "add", "forced", "labour", "corpus/boats.pdf")
    assert ran.status == 2
    assert "'labour'" in ran.err
    assert "nothing was done" in ran.err
    assert "quotes" in ran.err
    assert titles("tag:forced") == set()


def test_a_folder_is_no_document(ids: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    ran = dossier("tag", "add", "x", "corpus")
    assert ran.status == 2
    assert "--query 'path:corpus'" in ran.err
    assert changes("tag", "add", "x", "--query", "path:corpus") == (3, 3)


def test_a_document_whose_file_is_gone_is_none(ids: dict[str, str], tmp_path: Path) -> None:
    put(tmp_path / "index_data", {}, removed=["corpus/boats.pdf"])  # the index has not followed yet
    assert dossier("tag", "add", "x", ids["corpus/boats.pdf"]).status == 2
    assert changes("tag", "add", "x", "--query", "*") == (2, 2)
    assert titles("tag:x") == {"Kilns", "Sugar"}


def test_nothing_found_is_status_one(ids: dict[str, str]) -> None:
    assert dossier("tag", "add", "x", "--query", "zebra").status == 1
    assert dossier("tag", "remove", "sea", "corpus/kilns.pdf").status == 1
    misspelt = dossier("tag", "remove", "bonded labor", "--query", "*")
    assert misspelt.status == 1
    assert "did you mean" in misspelt.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "x"), "name the documents"),
        (("remove", "x"), "name the documents"),
        (("add", " ", "corpus/boats.pdf"), "cannot be a tag"),
        (("add", "*", "corpus/boats.pdf"), "cannot be a tag"),
        (("add", "a\x1bb", "corpus/boats.pdf"), "no text"),
        (("add", "a\udcff", "corpus/boats.pdf"), "no text"),
        (("add", "x", "--query", "brick AND ("), "column"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    ids: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    ran = dossier("tag", *arguments)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_while_another_process_writes_nothing_is_changed(ids: dict[str, str], tmp_path: Path) -> None:
    with write_lock(tmp_path / "index_data", "dossier index corpus"):
        ran = dossier("tag", "add", "x", "corpus/boats.pdf")
        assert ran.status == 75
        assert "dossier index corpus" in ran.err
        assert dossier("tag", "add", "x", "corpus/boats.pdf", "--dry-run").status == 0
    assert titles("tag:x") == set()


def test_where_there_is_no_library_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert dossier("tag", "add", "x", "some.pdf").status == 2
    assert not (tmp_path / "index_data").exists()
