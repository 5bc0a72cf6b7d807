"""Whoever opens a data folder that somebody else has made runs none of their code: nothing in it is unpickled,
whatever it is called and whichever command looks at it."""

from __future__ import annotations

import builtins
import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import run
from libraries import library, put, record

from ingest.catalogue_schema import FILE_NAME
from searchidx import manifest
from searchidx.index import update

#: Every command, in the forms that look into the data folder.
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("search", "kiln", "--facets", "--explain"),
    ("search", "nothing-like-it"),
    ("show", "a.pdf", "--provenance"),
    ("batch", "queries.txt", "--output", "out.csv"),
    ("facets", "kiln"),
    ("similar", "a.pdf"),
    ("saved", "add", "mine", "kiln"),
    ("saved", "run", "mine"),
    ("status", "--all"),
    ("tag", "add", "seen", "a.pdf"),
    ("tags",),
    ("region", "add", "Nepal", "a.pdf"),
    ("regions",),
    ("export",),
    ("verify",),
    ("config",),
    ("evaluate", "--queries", "queries.jsonl", "--qrels", "judged.tsv"),
    ("index", "corpus"),
    ("index", "corpus", "--rebuild"),
    ("rebuild",),
    ("forget", "b.pdf", "--yes"),
    ("verify",),
)
LOOKING = (("search", "kiln"), ("verify",), ("rebuild",), ("status",))
#: What Whoosh calls the files of its own formats, of which most are or hold pickles; and names like those of
#: temporary and lock files.
WHOOSH = "seg trm pst vps dcz fld vec col dci ccz fst pos lps tix tiz dwk dawg stored toc pickle tmp lock".split()


class _Opens:
    """A pickle of this makes a file when it is read."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return builtins.open, (str(self.marker), "w")


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of two segments, with a file to be indexed beside it; the folder above is the current one."""
    data_dir = tmp_path / "index_data"
    library(
        data_dir, {"a.pdf": record("a brick kiln", title="Kilns", tags=["work"]), "c.pdf": record("kiln again")}
    )
    put(data_dir, {"b.pdf": record("another kiln")}, removed=["c.pdf"])
    update(data_dir)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "new.txt").write_text("a new text on kilns", encoding="utf-8")
    (tmp_path / "queries.txt").write_text("kiln\nwork\n", encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "1", "text": "kiln"}\n', encoding="utf-8")
    (tmp_path / "judged.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta.pdf\t1\n", encoding="utf-8")
    return data_dir


def _plant(data_dir: Path, payload: bytes) -> None:
    """Put a pickle wherever something could be read as one."""
    folder = data_dir / manifest.FOLDER
    pointer = manifest.read(folder)
    assert pointer is not None
    stems = [entry.name for entry in pointer.segments] + ["MAIN", "_MAIN", "MAIN_WRITELOCK", "manifest"]
    temporary = folder / "MAIN.tmp"  # the folder of a writer that was killed
    temporary.mkdir(exist_ok=True)
    (temporary / "0.run").write_bytes(payload)
    for stem in stems:
        for ending in WHOOSH:
            path = folder / f"{stem}.{ending}"
            if not path.exists():
                path.write_bytes(payload)
    for name in ("MAIN_WRITELOCK", "_MAIN_LOCK", "MAIN.0.tmp", "temp.run", f"{FILE_NAME}.pickle"):
        (folder / name).write_bytes(payload)
        (data_dir / name).write_bytes(payload)
    (data_dir / "write.lock").write_bytes(payload)
    for generation in range(pointer.generation + 4):
        (folder / f"_MAIN_{generation}.toc").write_bytes(_table_of_contents(payload, generation))


def _table_of_contents(payload: bytes, generation: int) -> bytes:
    """A file in the form of Whoosh's own table of contents, in which the pickle stands twice: as its schema and
    as its segments (`whoosh.index.TOC.read`)."""
    head = bytes((4, 8, 4)) + (-12345).to_bytes(4, "big", signed=True) + (-111).to_bytes(4, "big", signed=True)
    length, size = [], len(payload)
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    return head + bytes(3) + bytes((*length, size)) + payload + generation.to_bytes(4, "big") + bytes(4) + payload


def test_no_command_reads_a_pickle(capsys: pytest.CaptureFixture[str], data_dir: Path, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    payload = pickle.dumps(_Opens(marker))
    pickle.loads(payload).close()
    assert marker.exists()
    marker.unlink()
    for command in COMMANDS:
        _plant(data_dir, payload)
        ran = run(capsys, data_dir, *command)
        assert not marker.exists(), command
        assert ran.status in (0, 1), (command, ran.err)


@pytest.mark.parametrize("commands", [LOOKING, pytest.param(COMMANDS, marks=pytest.mark.slow)], ids=["few", "all"])
def test_a_pickle_in_the_place_of_a_file_is_not_read(
    capsys: pytest.CaptureFixture[str], data_dir: Path, tmp_path: Path, commands: tuple[tuple[str, ...], ...]
) -> None:
    marker = tmp_path / "it ran"
    payload = pickle.dumps(_Opens(marker))
    sound = shutil.move(data_dir, tmp_path / "sound")
    for name in [path.relative_to(sound) for path in sound.rglob("*") if path.is_file()]:
        for command in commands:
            shutil.copytree(sound, data_dir)
            (data_dir / name).write_bytes(payload)
            ran = run(capsys, data_dir, *command)
            assert not marker.exists(), (name, command)
            assert ran.status in (0, 1, 2), (name, command)
            assert ran.status != 2 or ran.err.count("\n") == 1, (name, command)
            shutil.rmtree(data_dir)


def test_whoosh_itself_would_have_run_it(data_dir: Path, tmp_path: Path) -> None:
    """The planted files are what they are meant to be."""
    index = pytest.importorskip("whoosh.index")
    marker = tmp_path / "it ran"
    _plant(data_dir, pickle.dumps(_Opens(marker)))
    with pytest.raises(Exception):  # noqa: B017 - whatever it makes of the rest
        index.open_dir(str(data_dir / manifest.FOLDER), indexname="MAIN")
    assert marker.exists()


_watched: list[str] | None = None


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is None or event not in ("pickle.find_class", "marshal.loads", "marshal.load"):
        return
    frame = sys._getframe(1)
    places = set()
    while frame is not None:
        places.add(frame.f_code.co_filename.replace("\\", "/"))
        frame = frame.f_back  # type: ignore[assignment]
    # Python's own modules are compiled code in marshal's form; answers of worker processes come through a pipe.
    if not any("importlib" in place or place.endswith("ingest/workers.py") for place in places):
        _watched.append(f"{event}{arguments[:2]}")


@contextmanager
def _watching() -> Iterator[list[str]]:
    """What is unpickled in the block."""
    global _watched  # noqa: PLW0603 - a hook can never be taken away again
    if not hasattr(sys, "_dossier_pickle_hook"):
        sys.addaudithook(_hook)
        sys._dossier_pickle_hook = True  # type: ignore[attr-defined]
    _watched = []
    try:
        yield _watched
    finally:
        _watched = None


def test_nothing_is_unpickled_at_all(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    for command in COMMANDS:
        with _watching() as seen:
            ran = run(capsys, data_dir, *command)
            assert ran.status in (0, 1), (command, ran.err)
            assert seen == [], command


def test_the_watch_sees_an_unpickling() -> None:
    with _watching() as seen:
        pickle.loads(pickle.dumps(Path("x")))
    assert seen
