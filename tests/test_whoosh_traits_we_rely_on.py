"""What is taken for granted of Whoosh, and what Dossier does beside it: a new release that behaves otherwise fails
here first."""

from __future__ import annotations

import pickle
from importlib.metadata import version
from pathlib import Path

import pytest
from libraries import library, put, record
from whoosh.index import TOC

from searchidx.index import update, verify
from searchidx.library import Library


def test_the_release_is_the_one_we_know() -> None:
    assert version("whoosh3") == "3.54.0"
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert '"whoosh3==3.54.0"' in text


def test_its_table_of_contents_is_named_as_we_take_it_to_be() -> None:
    assert TOC._filename("MAIN", 7) == "_MAIN_7.toc"


def test_a_document_changed_twice_before_one_commit_is_indexed_once(tmp_path: Path) -> None:
    """Also where it comes back to what is indexed already."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("first")})
    put(data_dir, {"a.pdf": record("second")})
    put(data_dir, {"a.pdf": record("third")})
    put(data_dir, {"a.pdf": record("first")})
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
