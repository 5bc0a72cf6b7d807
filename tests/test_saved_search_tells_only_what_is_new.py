"""`saved run --new` tells each document once, and again only when it changed; nothing is lost when a run fails."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from command_line import lines, run, start
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, put, record

from ingest import saved
from ingest.catalogue import Catalogue
from searchidx.index import update
from searchidx.library import Library
from searchidx.news import news
from searchidx.results import SearchRequest


@pytest.fixture
def data_dir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    data_dir = tmp_path / "index_data"
    library(data_dir, {f"{number}.pdf": record(f"kilns {number}", title=f"Kiln {number}") for number in range(3)})
    run(capsys, data_dir, "saved", "add", "kilns", "kilns")
    return data_dir


def _new(capsys: pytest.CaptureFixture[str], data_dir: Path) -> tuple[int, set[str]]:
    done = run(capsys, data_dir, "saved", "run", "kilns", "--new", "--format", "jsonl")
    hits = [json.loads(line) for line in lines(done.out)]
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit["snippets"] for hit in hits)
    return done.status, {hit["title"] for hit in hits}


def test_each_document_is_told_once(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    assert _new(capsys, data_dir) == (0, {"Kiln 0", "Kiln 1", "Kiln 2"})
    assert _new(capsys, data_dir) == (1, set())
    put(data_dir, {"3.pdf": record("kilns 3", title="Kiln 3"), "4.pdf": record("boats", title="Boats")})
    update(data_dir)
    assert _new(capsys, data_dir) == (0, {"Kiln 3"})
    assert _new(capsys, data_dir) == (1, set())


def test_a_changed_document_is_told_again(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    _new(capsys, data_dir)
    assert run(capsys, data_dir, "tag", "add", "bricks", "1.pdf").status == 0
    assert _new(capsys, data_dir) == (0, {"Kiln 1"})


def test_more_than_a_page_of_news_is_told_whole(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    put(data_dir, {f"{number}.pdf": record(f"kilns {number}", title=f"Kiln {number}") for number in range(3, 40)})
    update(data_dir)
    assert _new(capsys, data_dir) == (0, {f"Kiln {number}" for number in range(40)})


def test_a_few_new_ones_far_down_among_many(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    """The new ones stand in the order of the whole search, with the snippets they have there."""
    put(data_dir, {f"old {number}.pdf": record("kilns " * (number + 1) + "x") for number in range(150)})
    update(data_dir)
    with Library.open(data_dir) as opened:
        before = opened.snapshot.manifest.revision
    put(data_dir, {f"new {number}.pdf": record("kilns " * (number + 1) + "y") for number in (0, 1, 70, 149)})
    update(data_dir)
    with Library.open(data_dir) as opened:
        result, matching = news(opened, SearchRequest("kilns"), before)
        everything = opened.search("kilns", limit=None)
    expected = [hit for hit in everything if hit.path.rpartition("/")[2].startswith("new ")]
    assert (matching, result.total, len(expected)) == (157, 4, 4)
    assert [(hit.id, hit.score, hit.snippets) for hit in result] == [
        (hit.id, hit.score, hit.snippets) for hit in expected
    ]
    assert expected[-1].rank - expected[0].rank > 100


def test_what_the_index_does_not_know_yet_is_told_when_it_does(
    capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    put(data_dir, {"3.pdf": record("kilns 3", title="Kiln 3")})  # in the catalogue, not in the index
    assert _new(capsys, data_dir)[1] == {"Kiln 0", "Kiln 1", "Kiln 2"}
    update(data_dir)
    assert _new(capsys, data_dir) == (0, {"Kiln 3"})


def test_a_plain_run_notes_nothing(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    assert run(capsys, data_dir, "saved", "run", "kilns").status == 0
    assert _new(capsys, data_dir)[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="/dev/full is a Unix device")
def test_news_that_could_not_be_written_are_told_again(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = start(data_dir.parent, "saved", "run", "kilns", "--new", stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate()
    assert process.returncode == 2, err
    assert b"Traceback" not in err
    assert _new(capsys, data_dir)[1] == {"Kiln 0", "Kiln 1", "Kiln 2"}


def test_one_that_cannot_run_does_not_stop_the_others(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
        saved.add(catalogue, "broken", "(kilns", {})
        saved.add(catalogue, "of tomorrow", "kilns", {"moons": ["full"]})
    done = run(capsys, data_dir, "--quiet", "saved", "run", "--all-saved", "--new")
    assert done.status == 2
    assert "Kiln 2" in done.out
    assert [line.split(": ")[1] for line in lines(done.err)] == [
        "saved search 'broken'",
        "saved search 'of tomorrow'",
    ]
    with Catalogue.open(data_dir) as catalogue:
        assert {item.name: item.seen is not None for item in saved.saved_searches(catalogue)} == {
            "broken": False,
            "kilns": True,
            "of tomorrow": False,
        }


def test_with_nothing_new_a_quiet_run_is_silent(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    _new(capsys, data_dir)
    done = run(capsys, data_dir, "--quiet", "saved", "run", "--all-saved", "--new")
    assert done == (1, "", "")


def test_the_mark_never_goes_back(data_dir: Path) -> None:
    for revision in (5, 3):
        with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
            saved.mark_seen(catalogue, [saved.find(catalogue, "kilns")], revision)
    with Catalogue.open(data_dir) as catalogue:
        assert saved.find(catalogue, "kilns").seen == 5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.booleans()), max_size=6))
def test_over_any_course_of_events_each_change_is_told_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, bool, bool]]
) -> None:
    """Each event puts a new text at a path; then the index may be brought up to date, and the news be asked for."""
    data_dir = tmp_path_factory.mktemp("course") / "index_data"
    library(data_dir, {"start.pdf": record("boats")})
    seen, told, made = None, [], []
    for step, (path, indexed, asked) in enumerate([*events, (0, True, True)]):
        made += put(data_dir, {f"{path}.pdf": record(f"kilns {step}")}).values()
        if indexed:
            update(data_dir)
        if asked:
            with Library.open(data_dir) as opened:
                result, _ = news(opened, SearchRequest("kilns"), seen)
                told += [hit.id for hit in result]
                seen = opened.snapshot.manifest.revision
    assert len(told) == len(set(told))
    assert set(told) <= set(made)
    with Catalogue.open(data_dir) as catalogue:
        live = set(catalogue.live_ids())
    assert {id_ for id_ in made if id_ in live} <= set(told)
