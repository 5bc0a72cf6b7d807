"""Whatever happens to the documents, and in whatever order they are committed, purged and rebuilt: after an update
the index holds what the catalogue holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libraries import library, put, record

from ingest.catalogue import Catalogue
from ingest.document import Extraction, Status
from searchidx.index import MERGE_FACTOR, update, verify
from searchidx.library import Library

WORDS = ["kiln", "border", "child", "debt"]
_path = st.integers(0, 9).map(lambda number: f"{number}.pdf")
_content = st.tuples(st.lists(st.sampled_from(WORDS), max_size=3), st.integers(0, 2))
_step = st.one_of(
    st.tuples(st.just("put"), st.dictionaries(_path, _content, min_size=1, max_size=6)),
    st.tuples(st.just("remove"), st.sets(_path, min_size=1, max_size=6)),
    st.tuples(st.just("tag"), _path),
    st.tuples(st.just("update"), st.none()),
    st.tuples(st.just("rebuild"), st.none()),
    st.tuples(st.just("purge"), st.none()),
)


def _record(content: tuple[list[str], int]) -> Extraction:
    words, title = content
    return record(" ".join(words), title=f"Title{title}")


@given(steps=st.lists(_step, min_size=1, max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_after_an_update_both_hold_the_same(steps: list[tuple[str, object]]) -> None:
    with TemporaryDirectory() as folder:
        data_dir = Path(folder) / "index_data"
        held: dict[str, tuple[list[str], int]] = {}
        put(data_dir, {})
        previous = 0
        for name, what in [*steps, ("update", None)]:
            if name == "put":
                assert isinstance(what, dict)
                put(data_dir, {path: _record(content) for path, content in what.items()})
                held |= what
            elif name == "remove":
                assert isinstance(what, set)
                gone = what & set(held)
                put(data_dir, {}, removed=gone)
                held = {path: content for path, content in held.items() if path not in gone}
            elif name == "tag" and what in held:
                with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
                    document = catalogue.document(str(what))
                    assert document
                    catalogue.add_user_value(document.id, "tag", "marked")
            elif name == "purge":
                with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
                    catalogue.purge(previous)
            elif name in ("update", "rebuild"):
                previous = update(data_dir, rebuild=name == "rebuild").previous
                _check(data_dir, held)


def _check(data_dir: Path, held: dict[str, tuple[list[str], int]]) -> None:
    assert verify(data_dir) == []
    with Catalogue.open(data_dir) as catalogue, Library.open(data_dir) as opened:
        assert opened.snapshot.doc_count == len(held)
        for word in WORDS:
            expected = {path for path, (words, _) in held.items() if word in words}
            result = opened.search(word, limit=None)
            assert {path for hit in result for path in hit.paths} == {
                opened.display_path(path) for path in expected
            }
            assert result.total == len(expected)
        titles = Counter(f"title{title}" for _, title in held.values())
        assert {title: opened.search(f"title:{title}").total for title in titles} == titles
        live = [catalogue.document(id_) for id_ in catalogue.live_ids()]
        marked = {document.id for document in live if document and "marked" in document.tags}
        assert {hit.id for hit in opened.search("tag:marked", limit=None)} == marked


def test_a_document_that_turns_out_to_be_unreadable_leaves_the_index(tmp_path: Path) -> None:
    """The same content read anew, by another engine, ends in an error: its old text must not stay findable."""
    data_dir = tmp_path / "index_data"
    ids = library(data_dir, {"a.pdf": record("kiln"), "b.pdf": record("kiln", title="B")})
    with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
        document = catalogue.document("a.pdf")
        assert document
        sha = ids["a.pdf"] + "0" * 48
        catalogue.put_document(Extraction(Status.CORRUPT, "it is damaged", media_type="application/pdf"), sha)
    update(data_dir)
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert [hit.title for hit in opened.search("kiln")] == ["B"]
    put(data_dir, {"a.pdf": record("kiln")})
    update(data_dir)
    assert verify(data_dir) == []


def test_segments_stay_few_and_dead_documents_are_dropped(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    for number in range(30):
        put(data_dir, {f"{number}.pdf": record(f"kiln {number}")})
        done = update(data_dir)
        assert done.segments <= 3 * MERGE_FACTOR
    put(data_dir, {}, removed=[f"{number}.pdf" for number in range(24)])
    update(data_dir)
    put(data_dir, {"new.pdf": record("kiln new")})
    done = update(data_dir)
    assert done.documents == 7
    with Library.open(data_dir) as opened:
        assert sum(len(segment.deleted) for segment in opened.snapshot.segments) <= 7


def test_an_update_with_nothing_to_do_writes_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    before = {path: path.stat().st_mtime_ns for path in (data_dir / "index").iterdir()}
    done = update(data_dir)
    assert (done.written, done.removed, done.rebuilt) == (0, 0, False)
    assert {path: path.stat().st_mtime_ns for path in (data_dir / "index").iterdir()} == before


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize(
    "place",
    [
        "build_chunk.Chunk.add",
        "index._merge_like_sizes",
        "build_chunk.Chunk.words",
        "build.merge_segments",
        "segment_writer.SectionWriter.finish",
        "build.os.fsync",
        "codec.TOC.write",
        "manifest.os.replace",
        "index._remove_orphans",
    ],
)
def test_an_update_that_fails_leaves_the_index_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: BaseException
) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    put(data_dir, {"b.pdf": record("kiln", title="B"), "c.pdf": record("kiln", title="C")})
    monkeypatch.setattr("searchidx.build.CHUNK_PAGES", 1)  # two runs, which are merged

    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"searchidx.{place}", fail)
        with pytest.raises(type(error)):
            update(data_dir, jobs=1)
    with Library.open(data_dir) as opened:
        assert opened.search("kiln").total == (3 if place == "index._remove_orphans" else 1)
    update(data_dir)
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert opened.search("kiln").total == 3
    assert len(list((data_dir / "index").iterdir())) == 4  # two segments, the table of contents, the manifest
