"""While one process changes the library all the time, eight others search it: each of their answers is that of a
state that was committed, none ends in an error, and none of them grows.

The long form runs for DOSSIER_SOAK_SECONDS (600).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dossier_command import dossier
from soak_reader import QUERIES, answer, digest, state_of

from ingest.catalogue import Catalogue
from ingest.errors import NoLibrary
from searchidx import manifest as pointer
from searchidx.index import verify
from searchidx.library import Library
from searchidx.manifest import Manifest
from searchidx.results import SearchRequest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and file handles are read from /proc")

WORDS = ("kiln", "wage", "camp", "mica", "gold", "boat", "raid", "loan")
#: How long each of the readers keeps a library open, in seconds, and with which engine it searches.
READERS = ((0, ""), (0, ""), (0, "python"), (0, ""), (3, ""), (3, "python"), (0, ""), (15, ""))
#: A reader may hold so much more memory (KiB) in the last quarter than in the second one, in which all caches are
#: warm: far less than a leak of one snapshot a visit would come to.
GROWTH = 2048


class Writer:
    """Changes a folder and has `dossier` follow; knows by itself which documents must be found."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._lots = folder, random.Random(seed)
        self._number = 0
        self.texts: dict[str, str] = {}  # by file name
        self.tagged: set[str] = set()
        self.done: Counter[str] = Counter()
        self.busy = 0
        self.log_bytes = 0
        folder.mkdir()
        for _ in range(40):
            self._write()
        self._run("index")

    def step(self) -> None:
        """One command."""
        ways: tuple[tuple[Callable[[], None], int], ...] = (
            (self._change, 60),
            (self._tag, 20),
            (self._move, 6),
            (self._forget, 4),
            (self._rebuild, 5),
            (self._nothing, 5),
        )
        self._lots.choices([way for way, _ in ways], [weight for _, weight in ways])[0]()

    def expected(self, query: str) -> set[str]:
        """The names of the files that match, found by looking at each."""
        return {name for name in self.texts if self._matches(name, query)}

    def _matches(self, name: str, query: str) -> bool:
        words = self.texts[name].split()
        if query.startswith("tag:checked"):
            return name in self.tagged and ("loan" not in query or "loan" in words)
        match query:
            case "*":
                return True
            case '"gold mica"':
                return "gold mica" in self.texts[name]
            case "camp OR mica":
                return "camp" in words or "mica" in words
            case "boat -raid":
                return "boat" in words and "raid" not in words
        return all(word in words for word in query.split())

    def _write(self, name: str | None = None) -> None:
        self._number += 1
        text = f"n{self._number} {' '.join(self._lots.choices(WORDS, k=6))}"
        name = name or f"note{self._number}.txt"
        (self._folder / name).write_text(text, encoding="utf-8")
        self.texts[name] = text

    def _change(self) -> None:
        for _ in range(self._lots.randint(1, 5)):
            self._write()
        for name in self._some(self._lots.randint(0, 2)):
            self._write(name)  # what the user said of it goes over to the new content
        for name in self._some(min(4, max(0, len(self.texts) - 60))):
            (self._folder / name).unlink()
            del self.texts[name]
            self.tagged.discard(name)
        self._run("index")

    def _tag(self) -> None:
        names = self._some(3)
        if self._lots.random() < 0.5:
            self._run("tag", "add", "checked", *(f"files/{name}" for name in names))
            self.tagged.update(names)
        else:
            self._run("tag", "remove", "checked", *(f"files/{name}" for name in names), statuses=(0, 1))
            self.tagged.difference_update(names)

    def _move(self) -> None:
        (name,) = self._some(1)
        self._number += 1
        moved = f"moved{self._number}.txt"
        (self._folder / name).rename(self._folder / moved)
        self.texts[moved] = self.texts.pop(name)
        if name in self.tagged:
            self.tagged.remove(name)
            self.tagged.add(moved)
        self._run("index")

    def _forget(self) -> None:
        (name,) = self._some(1)
        # 75: it is out of the library, and a search that goes on has its text; the next one erases it.
        status = self._run("forget", f"files/{name}", "--yes", statuses=(0, 75))
        self.busy += status == 75
        (self._folder / name).unlink()
        del self.texts[name]
        self.tagged.discard(name)

    def _rebuild(self) -> None:
        self._run("rebuild")

    def _nothing(self) -> None:
        self._run("index")

    def _some(self, count: int) -> list[str]:
        return self._lots.sample(sorted(self.texts), count)

    def _run(self, *arguments: str, statuses: tuple[int, ...] = (0,)) -> int:
        if arguments == ("index",):
            arguments = ("index", "files", "--jobs", "1")
        ran = dossier(*arguments)
        assert ran.status in statuses, (arguments, ran)
        self.done[arguments[0]] += 1
        log = Path("index_data/catalogue.sqlite-wal")
        self.log_bytes = max(self.log_bytes, log.stat().st_size if log.exists() else 0)
        return ran.status


class States:
    """What a search is told in each state that was ever committed, looked up right after each commit, be it of the
    catalogue or of the index."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self.answers: dict[str, tuple[str, ...]] = {}
        self.texts: dict[str, str] = {}

    def look(self) -> None:
        """Note the present state."""
        try:
            with Library.open(self._data_dir) as library:
                texts = [answer(library, query) for query in QUERIES]
                told = tuple(map(digest, texts))
                assert self.answers.setdefault(state_of(library), told) == told
                self.texts |= dict(zip(told, texts, strict=True))
        except NoLibrary:  # before the first index
            pass

    @contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Have every commit looked at."""
        commit, publish = Catalogue._commit, pointer.publish

        def committed(catalogue: Catalogue) -> None:
            commit(catalogue)
            self.look()

        def published(directory: Path, manifest: Manifest) -> None:
            publish(directory, manifest)
            self.look()

        with monkeypatch.context() as patched:
            patched.setattr(Catalogue, "_commit", committed)
            patched.setattr(pointer, "publish", published)
            yield


def _start(data_dir: Path, notes: Path, number: int) -> subprocess.Popen[bytes]:
    longest, engine = READERS[number]
    return subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("soak_reader.py")),
            str(data_dir),
            str(notes),
            str(number),
            str(longest),
        ],
        env={**os.environ, "DOSSIER_ENGINE": engine},
        stderr=(notes / f"reader{number}.err").open("wb"),
    )


def _check_model(data_dir: Path, writer: Writer) -> None:
    """The library has what the writer put there."""
    with Library.open(data_dir) as library:
        for query in QUERIES:
            total, found = library.rank(SearchRequest(query=query, limit=None))
            paths = library.catalogue.documents([id_ for id_, _ in found]).values()
            assert total == len(found)
            assert {Path(path).name for document in paths for path in document.paths} == writer.expected(query)


@pytest.mark.parametrize(
    ("seconds", "readers"),
    [(2.0, 2), pytest.param(float(os.environ.get("DOSSIER_SOAK_SECONDS", "600")), 8, marks=pytest.mark.slow)],
    ids=["seconds", "minutes"],
)
def test_every_answer_is_that_of_a_committed_state(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    seconds: float,
    readers: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    data_dir, notes = Path("index_data"), Path("notes")
    (notes / "answers").mkdir(parents=True)
    states = States(data_dir)
    with states.watched(monkeypatch):
        writer = Writer(Path("files"), seed=int(seconds))
        processes = [_start(data_dir, notes, number) for number in range(readers)]
        try:
            until = None
            while until is None or time.monotonic() < until:
                writer.step()
                _check_model(data_dir, writer)
                assert [process.poll() for process in processes] == [None] * readers, _errors(notes)
                logs = [notes / f"reader{number}.log" for number in range(readers)]
                if until is None and all(log.exists() and log.stat().st_size for log in logs):
                    until = time.monotonic() + seconds  # all of them have begun
        finally:
            (notes / "stop").touch()
            ended = [process.wait(timeout=60) for process in processes]
    assert ended == [0] * readers, _errors(notes)
    assert _errors(notes) == ""
    told: Counter[str] = Counter()
    grown, opened = [], set()
    for number in range(readers):
        held = []
        for line in (notes / f"reader{number}.log").read_text("ascii").splitlines():
            first, second, third = line.split()
            if first == "held":
                held.append((int(second), int(third)))
                continue
            told[first] += 1
            wanted = states.answers.get(first)
            assert wanted is not None, f"nobody committed the state {first}"
            if wanted[int(second)] != third:
                pytest.fail(
                    f"reader {number}, state {first}, {QUERIES[int(second)]}: told\n"
                    f"{(notes / 'answers' / third).read_text('utf-8')}\nnot\n{states.texts[wanted[int(second)]]}"
                )
        opened.add(len({count for _, count in held}))
        quarter = len(held) // 4
        if quarter >= 3:
            early, late = (
                statistics.median(kib for kib, _ in part)
                for part in (held[quarter : 2 * quarter], held[-quarter:])
            )
            grown.append(late - early)
    assert opened <= {0, 1}  # as many files are open after the last visit as after the first
    assert all(kib < GROWTH for kib in grown), grown
    assert verify(data_dir) == []
    measured = {
        "answers": told.total(),
        "states seen": len(told),
        "states committed": len(states.answers),
        "commands": dict(writer.done),
        "forget refused": writer.busy,
        "grown KiB": grown,
        "largest log KiB": writer.log_bytes // 1024,
    }
    record_property("soak", json.dumps(measured))
    print(measured)
    assert len(told) > 1


def _errors(notes: Path) -> str:
    return "".join(path.read_text("utf-8", "replace") for path in sorted(notes.glob("*.err")))
