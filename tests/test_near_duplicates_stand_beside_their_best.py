"""Of documents that say nearly the same a search shows the best, names the others, and hides none from a filter."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from dossier_command import dossier
from hypothesis import given
from hypothesis import strategies as st

import searchidx
from ingest.sketch import resemblance, sketch
from ingest.twins import SAME, leaders, shared_probes
from searchidx.results import SearchRequest

WORDS = [f"word{number}" for number in range(400)]
KILNS = " ".join(random.Random(1).choices(WORDS, k=300)) + " kilns"
CAMPS = " ".join(random.Random(2).choices(WORDS, k=300)) + " kilns"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four texts about kilns, three of them nearly the same, one of these in a folder with a tag."""
    (tmp_path / "corpus" / "tagged").mkdir(parents=True)
    for name, text in (
        ("a.txt", KILNS),
        ("b.txt", KILNS + " kilns and more"),
        ("tagged/c.txt", "A cover. " + KILNS),
        ("d.txt", CAMPS),
    ):
        (tmp_path / "corpus" / name).write_text(text, encoding="utf-8")
    (tmp_path / "dossier.toml").write_text('[[folders]]\nmatch = "corpus/tagged"\ntags = ["Bricks"]\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert dossier("-q", "index").status == 0
    return tmp_path


def found(*arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(dossier("search", *arguments, "--format", "json").out)
    return result


def test_one_is_shown_and_names_the_others(root: Path) -> None:
    result = found("kilns")
    assert (result["total"], result["collapsed"], len(result["hits"])) == (4, 2, 2)
    (group,) = [hit for hit in result["hits"] if hit["duplicates"]]
    paths = {group["path"], *(other["path"] for other in group["duplicates"])}
    assert paths == {"corpus/a.txt", "corpus/b.txt", "corpus/tagged/c.txt"}
    assert group["path"] == found("kilns", "--show-duplicates")["hits"][0]["path"]
    ran = dossier("search", "kilns")
    assert "4 documents match kilns; 2 nearly the same as another stand beside it (" in ran.err
    assert ran.out.count("    nearly the same: corpus/") == 2


def test_all_are_shown_where_that_is_asked_or_the_others_have_no_place(root: Path) -> None:
    result = found("kilns", "--show-duplicates")
    assert (result["total"], result["collapsed"], len(result["hits"])) == (4, 0, 4)
    assert len(dossier("search", "kilns", "--files").out.splitlines()) == 4
    assert len(dossier("search", "kilns", "--format", "csv").out.splitlines()) == 5
    assert len(dossier("search", "kilns", "--format", "trec").out.splitlines()) == 4
    with searchidx.open("index_data") as library:
        assert len(library.search("kilns")) == 4


def test_a_filter_finds_each(root: Path) -> None:
    for query, path in (("tag:bricks", "corpus/tagged/c.txt"), ("path:b.txt", "corpus/b.txt")):
        (hit,) = found(query)["hits"]
        assert (hit["path"], hit["duplicates"]) == (path, [])


@pytest.mark.parametrize("sort", ["relevance", "title", "newest"])
def test_pages_of_results_join_without_gap_or_repeat(root: Path, sort: str) -> None:
    for number in range(5):
        text = " ".join(random.Random(number + 10).choices(WORDS, k=200)) + " kilns"
        for copy in range(number + 1):
            (root / "corpus" / f"{number}-{copy}.txt").write_text(text + " end" * (copy + 1), "utf-8")
    assert dossier("-q", "index").status == 0
    with searchidx.open("index_data") as library:
        everything = library.search(SearchRequest("kilns", limit=None, collapse=True, sort=sort))
        pages = [
            library.search(SearchRequest("kilns", limit=2, offset=offset, collapse=True, sort=sort))
            for offset in range(0, 10, 2)
        ]
    assert (everything.total, everything.collapsed, len(everything)) == (19, 12, 7)
    hits = [hit for page in pages for hit in page]
    assert [hit.id for hit in hits] == [hit.id for hit in everything]
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5, 6, 7]
    assert sum(1 + len(hit.duplicates) for hit in hits) == 19


def test_a_group_follows_what_happens_to_its_files(root: Path) -> None:
    assert json.loads(dossier("status", "--format", "json").out)["nearly the same as another"] == 2
    rows = json.loads(dossier("status", "--duplicates", "--format", "json").out)["duplicates"]
    assert len({row["group"] for row in rows}) == 1
    assert rows[0]["group"] == rows[0]["id"]
    (root / "corpus" / "a.txt").unlink()
    (root / "corpus" / "b.txt").write_text("kilns " + " ".join(reversed(KILNS.split())), "utf-8")
    assert dossier("-q", "index").status == 0
    assert found("kilns")["collapsed"] == 0
    (root / "corpus" / "e.txt").write_text(CAMPS + ".", encoding="utf-8")
    assert dossier("-q", "index").status == 0
    rows = json.loads(dossier("status", "--duplicates", "--format", "json").out)["duplicates"]
    assert {path for row in rows for path in row["paths"]} == {"corpus/d.txt", "corpus/e.txt"}


@given(st.integers(0, 2**20), st.integers(300, 900), st.floats(0, 1))
def test_the_share_is_estimated_well(seed: int, length: int, kept: float) -> None:
    words = random.Random(seed).choices(WORDS, k=length)
    other = words[: int(length * kept)] + random.Random(seed + 1).choices(WORDS, k=length - int(length * kept))
    one, two = ({tuple(text[at : at + 4]) for at in range(len(text) - 3)} for text in (words, other))
    exact = len(one & two) / len(one | two)
    estimated = resemblance(sketch([" ".join(words)]), sketch([" ".join(other)]))
    assert abs(exact - estimated) < 0.25  # five times the standard error of 128 samples, at most
    assert estimated == 1.0 or exact < 1.0


def test_short_texts_and_chains_are_no_group() -> None:
    assert not sketch(["Survey of Progress, Part One"])
    changed = [KILNS.split()]
    for place in range(0, 300, 6):
        changed.append([*changed[-1][:place], "new", *changed[-1][place + 1 :]])
    sketches = {str(number): sketch([" ".join(words)]) for number, words in enumerate(changed)}
    pairs = list(leaders(sketches.items(), shared_probes(sketches.values())))
    assert {leader for _, leader in pairs} > {"0"}
    assert all(resemblance(sketches[one], sketches[leader]) >= SAME for one, leader in pairs)
    assert resemblance(sketches["0"], sketches[str(len(changed) - 1)]) < SAME
