"""What the index takes for granted of Whoosh: a new release that behaves otherwise fails here first."""

from __future__ import annotations

import inspect
import pickle
import random
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest
from libraries import library, put, record
from whoosh import fields, writing
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, FileIndex

from searchidx.codec import PackedCodec
from searchidx.index import update, verify
from searchidx.library import Library
from searchidx.schema import PositionField, ValueField, schema


def test_the_release_is_the_one_we_know() -> None:
    assert version("whoosh3") == "3.54.0"
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert '"whoosh3==3.54.0"' in text


def test_the_hooks_we_override_are_where_they_were() -> None:
    assert list(inspect.signature(writing.SegmentWriter._commit_toc).parameters) == ["self", "segments"]
    assert list(inspect.signature(FileIndex._read_toc).parameters) == ["self"]
    assert "self._commit_toc(finalsegments)" in inspect.getsource(writing.SegmentWriter.commit)
    assert "ix._read_toc()" in inspect.getsource(writing.SegmentWriter.__init__)
    wanted = {"_lk", "limitmb", "codec"}
    assert wanted <= set(inspect.signature(writing.SegmentWriter.__init__).parameters)
    assert "mergetype" in inspect.signature(writing.SegmentWriter.commit).parameters
    assert TOC._filename("MAIN", 7) == "_MAIN_7.toc"


def test_a_writer_without_its_lock_takes_none() -> None:
    storage = RamStorage()
    index = storage.create_index(fields.Schema(id=fields.ID))
    with_lock = index.writer()
    without = writing.SegmentWriter(index, _lk=False)
    assert without.writelock is None
    without.cancel()
    with_lock.cancel()


def test_a_field_gives_terms_as_bytes_with_their_values() -> None:
    """FieldType.index is what add_document calls: (term, frequency, weight, value)."""
    assert list(PositionField().index({"é": [1, 300]})) == [("é".encode(), 2, 2.0, b"\1\0\0\0\x2c\1\0\0")]
    assert list(ValueField().index(["a", "b", "a"])) == [(b"a", 1, 1.0, b""), (b"b", 1, 1.0, b"")]
    assert PositionField().scorable  # else the writer would not count lengths
    assert not ValueField().scorable


def test_postings_come_sorted_by_field_term_and_document_also_from_disk() -> None:
    """The codec groups postings without sorting them: the pool has to, across its runs on disk too."""
    with tempfile.TemporaryDirectory() as folder:
        pool = writing.PostingPool(FileStorage(folder), None, limitmb=0.001)
        rng = random.Random(1)
        items = [
            (field, f"t{rng.randrange(30)}".encode(), doc, 1.0, b"")
            for doc in range(100)
            for field in ("x", "tag")
        ]
        for item in items:
            pool.add(item)
        assert pool.runs
        assert list(pool.iter_postings()) == sorted(items)


def test_a_small_pool_makes_the_same_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spilling to disk changes nothing: the segment files are the same, byte for byte."""
    documents = {f"{n}.pdf": record(f"w{n % 7} common w{n} " * 20, title=f"T{n}") for n in range(30)}
    library(tmp_path / "a" / "index_data", documents)
    monkeypatch.setattr("searchidx.index.POOL_MIB", 0.01)
    library(tmp_path / "b" / "index_data", documents)

    def contents(folder: str) -> list[bytes]:
        directory = tmp_path / folder / "index_data" / "index"
        return [
            directory.joinpath(path.name).read_bytes()
            for s in (".doc", ".pst")
            for path in directory.glob(f"*{s}")
        ]

    assert contents("a") == contents("b")
    assert len(contents("a")) == 2


def test_the_merge_hook_is_called_with_the_segments_and_keeps_exact_lengths(tmp_path: Path) -> None:
    """Whoosh's own codec rounds lengths to a byte when it merges; through ours they stay what they were."""
    data_dir = tmp_path / "index_data"
    lengths = [1, 17, 255, 256, 1000, 4097, 70_000, 3, 5, 9, 11]
    for number, length in enumerate(lengths):
        put(data_dir, {f"{number}.pdf": record("w " * length, title=f"T{number}")})
        update(data_dir)
    with Library.open(data_dir) as opened:
        segments = opened.snapshot.segments
        assert len(segments) < len(lengths)  # there was a merge
        found = [length for segment in segments for length in segment.data.lengths("text")]
    assert sorted(found) == sorted(lengths)


def test_a_document_changed_twice_before_one_commit_is_indexed_once(tmp_path: Path) -> None:
    """Whoosh's update_document would keep both of one batch; we delete by hand and add each id once."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("first")})
    put(data_dir, {"a.pdf": record("second")})
    put(data_dir, {"a.pdf": record("third")})
    put(data_dir, {"a.pdf": record("first")})  # back to what is indexed already
    update(data_dir)
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert [opened.search(word).total for word in ("first", "second", "third")] == [1, 0, 0]


def test_the_table_of_contents_is_written_but_no_pickle_is_ever_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("first")})
    assert list((data_dir / "index").glob("_MAIN_*.toc"))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pickle was read")

    monkeypatch.setattr(pickle, "loads", refuse)
    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "Unpickler", refuse)
    put(data_dir, {f"{n}.pdf": record(f"more {n}") for n in range(5)}, removed=["a.pdf"])
    update(data_dir)
    for number in range(5, 14):  # as many commits as it takes to merge
        put(data_dir, {f"{number}.pdf": record("more")})
        update(data_dir)
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert opened.search("more").total == 14
    update(data_dir, rebuild=True)


def test_a_foreign_table_of_contents_is_neither_read_nor_kept(tmp_path: Path) -> None:
    """Somebody puts a pickle that runs code where Whoosh would look for it."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("first")})

    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "exploded",))

    for generation in (1, 2, 99):
        (data_dir / "index" / f"_MAIN_{generation}.toc").write_bytes(pickle.dumps(Bomb()))
    put(data_dir, {"b.pdf": record("second")})
    update(data_dir)
    with Library.open(data_dir) as opened:
        assert opened.search("second").total == 1
    assert not (tmp_path / "exploded").exists()
    assert [path.name for path in (data_dir / "index").glob("*.toc")] == ["_MAIN_2.toc"]


def test_the_codec_needs_no_lengths_while_postings_are_written() -> None:
    assert PackedCodec.length_stats is False
    assert "if self.codec.length_stats" in inspect.getsource(writing.SegmentWriter._flush_segment)
    assert "pages" in schema().names()
