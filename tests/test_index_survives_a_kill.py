"""An update that is killed, at whatever moment, leaves the previous index searchable; the next update finishes the
work and leaves no file behind."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT
from libraries import library, put, record

from searchidx import manifest
from searchidx.index import update, verify
from searchidx.library import Library

OLD, NEW = 60, 90

#: Dies, as by SIGKILL, when the named function is about to be called (or has just returned) for the n-th time.
_DIE = """
import os, sys
from pathlib import Path
from importlib import import_module
module, owner, name, when, turn = sys.argv[2:]
target = import_module(module)
for part in owner.split():
    target = getattr(target, part)
inner = getattr(target, name)
calls = 0
def outer(*args, **kwargs):
    global calls
    calls += 1
    if when == "before" and calls == int(turn):
        os._exit(9)
    result = inner(*args, **kwargs)
    if when == "after" and calls == int(turn):
        os._exit(9)
    return result
setattr(target, name, outer)
from searchidx import build, index
build.CHUNK_PAGES = 20  # several runs, which are merged
index.update(Path(sys.argv[1]), jobs=JOBS)
"""

POINTS = {
    "a document is read": ("searchidx.build_chunk", "Chunk", "add", "before", 50),
    "the segments are chosen": ("searchidx.index", "", "_merge_like_sizes", "before", 1),
    "the words are written": ("searchidx.build_chunk", "Chunk", "words", "after", 1),
    "a run is whole": ("searchidx.build_chunk", "Chunk", "write", "after", 2),
    "the runs are merged": ("searchidx.build", "", "merge_segments", "after", 1),
    "the segment takes its place": ("searchidx.index", "os", "replace", "after", 1),
    "the table of contents is written": ("searchidx.codec", "TOC", "write", "after", 1),
    "the manifest takes its place": ("searchidx.manifest", "os", "replace", "before", 2),
    "the manifest took its place": ("searchidx.manifest", "os", "replace", "after", 2),
    "what is left is removed": ("searchidx.index", "", "_remove_orphans", "before", 1),
}


def _text(number: int) -> str:
    rng = random.Random(number)
    return f"report w{number} " + " ".join(f"w{rng.randrange(3000)}" for _ in range(60))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with an index of the first documents, whose catalogue has moved on: more, and some removed."""
    data_dir = tmp_path_factory.mktemp("prepared") / "index_data"
    library(data_dir, {f"{n}.pdf": record(_text(n), title=f"Old {n}") for n in range(OLD)})
    put(
        data_dir,
        {f"{n}.pdf": record(_text(n), title=f"New {n}") for n in range(OLD, OLD + NEW)},
        removed=[f"{n}.pdf" for n in range(20)],
    )
    return data_dir


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    """A copy to work in."""
    return Path(shutil.copytree(prepared, tmp_path / "index_data"))


def _start(data_dir: Path, *arguments: str, jobs: int = 1) -> subprocess.Popen[bytes]:
    code = _DIE.replace("JOBS", str(jobs))
    return subprocess.Popen([sys.executable, "-c", code, str(data_dir), *arguments], cwd=ROOT)


def _check(data_dir: Path) -> None:
    """The old or the new state is there, whole; afterwards the new one, and nothing else."""
    with Library.open(data_dir) as opened:
        assert opened.search("report").total in (OLD, OLD + NEW - 20)
        assert opened.search("title:old", limit=None).total == len(opened.search("old", limit=None).hits)
    update(data_dir)
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert opened.search("report").total == OLD + NEW - 20
        assert opened.search("title:old").total == OLD - 20
    published = manifest.read(data_dir / "index")
    assert published is not None
    named = {f"{entry.name}.seg" for entry in published.segments}
    left = {path.name for path in (data_dir / "index").iterdir()} - named
    assert left == {"manifest.json", f"_MAIN_{published.generation}.toc"}


@pytest.mark.parametrize("point", POINTS)
def test_killed_when(data_dir: Path, point: str) -> None:
    module, owner, name, when, turn = POINTS[point]
    assert _start(data_dir, module, owner, name, when, str(turn)).wait() == 9
    _check(data_dir)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_any_moment(data_dir: Path, prepared: Path, jobs: int) -> None:
    rng = random.Random(3)
    never = ("searchidx.index", "", "update", "after", "99")
    started = time.monotonic()
    assert _start(data_dir, *never, jobs=jobs).wait() == 0
    whole = time.monotonic() - started
    for _ in range(3):
        shutil.rmtree(data_dir)
        shutil.copytree(prepared, data_dir)
        process = _start(data_dir, *never, jobs=jobs)
        time.sleep(whole * rng.uniform(0.3, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        _check(data_dir)
