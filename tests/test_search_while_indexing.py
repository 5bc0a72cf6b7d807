"""A library that is open goes on answering from its snapshot, whatever is committed meanwhile; one that is being
opened while a commit replaces the segments gets the new ones."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from libraries import library, put, record

from commands.session import Session
from commands.updating import update_index
from ingest.catalogue import Catalogue
from ingest.errors import IndexDamaged
from searchidx import manifest as pointer
from searchidx.index import update, verify
from searchidx.library import Library
from searchidx.manifest import Manifest
from searchidx.snapshot import Snapshot

OLD = {f"old {n}.pdf": record(f"kiln number {n}", title=f"Old {n}") for n in range(12)}


def _answers(opened: Library) -> list[tuple[str, str, float]]:
    return [(hit.title, hit.snippet, hit.score) for hit in opened.search("kiln", limit=None)]


def test_an_open_library_answers_as_before(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    with Library.open(data_dir) as opened:
        before = _answers(opened)
        assert len(before) == 12
        put(data_dir, {"new.pdf": record("a new kiln", title="New")}, removed=list(OLD)[:4])
        update(data_dir)
        assert _answers(opened) == before  # with the passages of the documents that were removed
        with Library.open(data_dir) as fresh:
            assert len(_answers(fresh)) == 9
        for number in range(9):  # so many commits that segments are merged and the old files removed
            put(data_dir, {f"{number}.pdf": record(f"another kiln {number}")})
            update(data_dir)
        put(data_dir, {}, removed=list(OLD)[4:])
        update(data_dir)
        update(data_dir, rebuild=True)
        assert _answers(opened) == before
    with Library.open(data_dir) as fresh:
        assert len(_answers(fresh)) == 10


def test_what_the_previous_index_had_is_kept_by_the_purge_that_follows_an_update(tmp_path: Path) -> None:
    """The commands purge up to the previous index: a search that was under way still reads the removed texts."""
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    with Library.open(data_dir) as opened:
        before = _answers(opened)
        put(data_dir, {}, removed=list(OLD)[:4])
        done = update(data_dir)
        with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
            catalogue.purge(done.previous)
        assert _answers(opened) == before


def test_an_update_after_a_purge_goes_on_and_one_before_it_starts_anew(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    old_index = {path.name: path.read_bytes() for path in (data_dir / "index").iterdir()}
    put(data_dir, {}, removed=list(OLD)[:4])
    done = update(data_dir)
    assert not done.rebuilt
    with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
        assert catalogue.purge(done.revision) == 4
    assert not update(data_dir).rebuilt
    # An index from before the purge no longer learns what was removed, so it is not continued.
    for path in (data_dir / "index").iterdir():
        path.unlink()
    for name, content in old_index.items():
        (data_dir / "index" / name).write_bytes(content)
    assert update(data_dir).rebuilt
    with Library.open(data_dir) as opened:
        assert len(_answers(opened)) == 8


def test_opening_while_a_commit_replaces_the_segments_retries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    read = pointer.read
    turns = 0

    def slow(directory: Path) -> Manifest | None:
        """Reads the manifest, and before the segments are opened somebody replaces them all."""
        nonlocal turns
        found = read(directory)
        turns += 1
        if turns == 1:
            put(data_dir, {"new.pdf": record("a new kiln")})
            monkeypatch.setattr(pointer, "read", read)
            update(data_dir, rebuild=True)
            monkeypatch.setattr(pointer, "read", slow)
        return found

    monkeypatch.setattr(pointer, "read", slow)
    with Snapshot.open(data_dir) as snapshot:
        assert snapshot.doc_count == 13
    assert turns == 2


def test_a_segment_that_stays_missing_is_damage_not_a_loop(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    next((data_dir / "index").glob("*.seg")).unlink()
    with pytest.raises(IndexDamaged, match="is missing: run `dossier rebuild`"):
        Snapshot.open(data_dir)


def test_readers_beside_a_writer_never_see_half_a_commit(tmp_path: Path) -> None:
    """Each commit replaces all documents of one generation by those of the next."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {f"{n}.pdf": record(f"kiln generation0 {n}") for n in range(5)})
    done = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            try:
                with Library.open(data_dir) as opened:
                    texts = {hit.snippet.split()[1] for hit in opened.search("kiln")}
                    if opened.search("kiln").total != 5 or len(texts) != 1:
                        wrong.append(texts)
            except Exception as error:  # the test reports it
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for generation in range(1, 12):
            put(data_dir, {f"{n}.pdf": record(f"kiln generation{generation} {n}") for n in range(5)})
            update(data_dir)
    finally:
        done.set()
        reader.join()
    assert not wrong


def test_verify_beside_a_commit_does_not_take_replaced_segments_for_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    read = pointer.read
    turns = 0

    def slow(directory: Path) -> Manifest | None:
        nonlocal turns
        found = read(directory)
        turns += 1
        if turns == 1:
            monkeypatch.setattr(pointer, "read", read)
            update(data_dir, rebuild=True)
            monkeypatch.setattr(pointer, "read", slow)
        return found

    monkeypatch.setattr(pointer, "read", slow)
    assert verify(data_dir) == []


def test_a_command_that_changes_nothing_forgets_nothing(tmp_path: Path) -> None:
    """`dossier index` twice: the second must not take away the texts that a search from before still shows."""
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    with Library.open(data_dir) as opened:
        before = _answers(opened)
        put(data_dir, {}, removed=list(OLD)[:4])
        for _ in range(3):
            update_index(Session(quiet=True), data_dir)
        assert _answers(opened) == before


def test_a_long_search_outlives_any_number_of_commits_and_purges(tmp_path: Path) -> None:
    """An open library sees the catalogue of its time, so texts that are purged by later commands stay."""
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    with Library.open(data_dir) as opened:
        before = _answers(opened)
        for number, path in enumerate(OLD):
            put(data_dir, {f"new {number}.pdf": record("kiln", title="New")}, removed=[path])
            update_index(Session(quiet=True), data_dir)
        assert _answers(opened) == before
    with Library.open(data_dir) as fresh:
        assert {title for title, _, _ in _answers(fresh)} == {"New"}


def test_opening_while_the_texts_are_purged_takes_the_new_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, OLD)
    open_snapshot = Snapshot.open

    def slow(folder: Path) -> Snapshot:
        """Two commits, the second of which purges, come between the opening of the index and of the catalogue."""
        found = open_snapshot(folder)
        monkeypatch.setattr(Snapshot, "open", open_snapshot)
        for path in list(OLD)[:2]:
            put(data_dir, {}, removed=[path])
            update_index(Session(quiet=True), data_dir)
        return found

    monkeypatch.setattr(Snapshot, "open", slow)
    with Library.open(data_dir) as opened:
        assert len(_answers(opened)) == 10
