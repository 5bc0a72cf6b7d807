"""A search that was saved is run by its name, with its filters, in the formats of a search."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from command_line import lines, run
from libraries import library, record


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    data_dir = tmp_path / "index_data"
    library(
        data_dir,
        {
            "a.pdf": record("forced labour in kilns", title="Kilns", regions=["India"], published="2016"),
            "b.pdf": record("kilns of Peru", title="Andes", regions=["Peru"], published="2019"),
            "c.pdf": record("fishing at sea", title="Boats", tags=["fishing"]),
        },
    )
    return data_dir


def test_it_is_the_same_search(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    asked = ["kiln*", "OR", "fishing", "--region", "asia", "--tag", "fishing", "--year", "..2030", "--any"]
    for words in (["kiln*"], asked[:3], ["labour", "kilns", "--region", "asia"], ["--sort", "oldest"], asked):
        assert run(capsys, data_dir, "saved", "add", "mine", *words).status == 0
        plain = run(capsys, data_dir, "search", *words, "--format", "csv")
        kept = run(capsys, data_dir, "saved", "run", "MINE", "--format", "csv")
        assert (kept.status, kept.out) == (plain.status, plain.out)
        assert run(capsys, data_dir, "saved", "remove", "mine").status == 0
    assert run(capsys, data_dir, "saved", "list").status == 1


def test_limits_and_paths(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    run(capsys, data_dir, "saved", "add", "all kilns", "kilns", "--sort", "newest")
    assert json.loads(run(capsys, data_dir, "saved", "run", "all kilns", "--limit", "1", "--format", "json").out)[
        "hits"
    ][0]["title"].startswith("Andes")
    paths = run(capsys, data_dir, "saved", "run", "all kilns", "--files", "-0").out.split("\0")
    assert [Path(path).name for path in paths] == ["b.pdf", "a.pdf", ""]


def test_the_list_shows_what_was_typed(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    run(capsys, data_dir, "saved", "add", "one", "--region", "south america", "--any", "--", "-fishing kilns")
    (row,) = json.loads(run(capsys, data_dir, "saved", "list", "--format", "json").out)["saved"]
    assert row["search"] == "--region 'south america' --any -- '-fishing kilns'"
    assert row["told"] is None


def test_all_of_them(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    run(capsys, data_dir, "saved", "add", "kilns", "kilns")
    run(capsys, data_dir, "saved", "add", "boats", "fishing")
    run(capsys, data_dir, "saved", "add", "nothing", "elephants")
    done = run(capsys, data_dir, "saved", "run", "--all-saved", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert done.status == 0
    assert [(row["query_id"], row["title"]) for row in rows[:1]] == [("boats", "Boats")]
    assert {row["title"] for row in rows if row["query_id"] == "kilns"} == {"Kilns", "Andes"}
    assert [row["total"] for row in rows if row["query_id"] == "nothing"] == ["0"]
    text = run(capsys, data_dir, "saved", "run", "--all-saved").out
    assert [text.index(name) for name in ("boats", "kilns", "nothing")] == sorted(
        text.index(name) for name in ("boats", "kilns", "nothing")
    )
    trec = run(capsys, data_dir, "saved", "run", "kilns", "--format", "trec")
    assert [line.split()[0] for line in lines(trec.out)] == ["kilns", "kilns"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["saved", "run", "brik kilns"], "did you mean 'Brick kilns'?"),
        (["saved", "run", "kiln"], "did you mean 'Brick kilns'?"),
        (["saved", "remove", "xyz"], "dossier saved list"),
        (["saved", "add", "BRICK  Kilns", "x"], "already a saved search 'Brick kilns'"),
        (["saved", "add", "new", '"open'], "quote is not closed"),
        (["saved", "add", " ", "x"], "cannot name"),
        (["saved", "add", "a\nb\x1b", "x"], "cannot name"),
        (["saved", "run"], "--all-saved"),
        (["saved", "run", "a", "--all-saved"], "--all-saved"),
        (["saved", "run", "--all-saved", "--format", "json"], "one search"),
        (["saved", "run", "brick kilns", "--new", "--limit", "3"], "takes no --limit"),
        (["saved", "run", "brick kilns", "--limit", "x"], "neither a number nor"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], data_dir: Path, arguments: list[str], said: str
) -> None:
    run(capsys, data_dir, "saved", "add", "Brick kilns", "kilns")
    done = run(capsys, data_dir, *arguments)
    assert (done.status, done.out) == (2, "")
    (line,) = lines(done.err)
    assert said in line


def test_a_name_may_be_in_any_script(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    run(capsys, data_dir, "saved", "add", "Fours à briques", "kilns")
    assert run(capsys, data_dir, "saved", "run", "FOURS A  BRIQUES").status == 0
