"""Libraries to be ended in the midst of things: made once, copied for each trial, and compared afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import crash_collection as collection
from command_line import command
from crash_collection import STORIES, Story

from ingest.catalogue import Catalogue
from ingest.catalogue_schema import FILE_NAME as CATALOGUE
from ingest.errors import NoLibrary
from ingest.export import export_records
from ingest.lock import FILE_NAME as LOCK
from ingest.standard_input import FILE_NAME as STANDARD_INPUT
from searchidx import manifest as pointer
from searchidx.index import verify
from searchidx.library import Library

QUERIES = (
    "kiln",
    "debt bondage",
    '"labour inspector"',
    "wage OR passport",
    "refugee -camp",
    "tag:kilns",
    'tag:"seen by Ana"',
    "tag:brickworks",
    "region:asia",
    "year:2005..2012",
    "title:report",
    "case",
)
#: A run that takes longer than this is taken for one that hangs.
PATIENCE = 120


#: For each query its hits: id and score.
Answers = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


@dataclass(frozen=True, slots=True)
class State:
    """What a person can see of a library: its documents and files, the answers (see `answers`), and how documents
    are shown."""

    documents: tuple[str, ...]
    found: Answers
    shown: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A library as it was before a story, with the files as they are after it: `place` holds `files` and
    `index_data`. before, after: what a person saw before, and sees when nothing interferes. seconds: how long
    that took."""

    story: Story
    place: Path
    before: State | None
    after: State
    seconds: float


def start(place: Path, story: Story, **environment: str) -> subprocess.Popen[bytes]:
    """The story's command as a user would run it, in the folder `place`. What readers unpack lies beside that."""
    environment["TMPDIR"] = str(place.parent)
    return subprocess.Popen(
        command("--data", str(place / "index_data"), *story.command),
        cwd=place,
        env={name: value for name, value in os.environ.items() if not name.startswith("DOSSIER_")} | environment,
        stdin=(place / "given.jsonl").open("rb") if story.given is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def dossier(place: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A command run to its end in the folder `place`."""
    return _finished(start(place, Story(lambda _: None, arguments)))


@cache
def prepare(folder: Path, name: str) -> Prepared:
    """Make a library in `folder` and let the story of this name happen to its files; find out what an undisturbed
    run comes to. Done once for each story."""
    story = STORIES[name]
    place = folder / name.replace(" ", "-")
    if story.first:
        collection.make(place / "files")
    else:
        copy(_begun(folder), place)
    before = state(place)
    story.happens(place / "files")
    if story.given is not None:
        collection.write_records(place / "given.jsonl", story.given)
    undisturbed = copy(place, place.with_name(place.name + "-undisturbed"))
    began = time.monotonic()
    ended = _finished(start(undisturbed, story))
    seconds = time.monotonic() - began
    assert ended.returncode == 0, ended.stderr
    after = state(undisturbed)
    assert after is not None
    assert (after != before) == (story.command != ("rebuild",))
    return Prepared(story, place, before, after, seconds)


@cache
def _begun(folder: Path) -> Path:
    """A library of the collection as it is in the beginning."""
    place = folder / "begun"
    collection.make(place / "files")
    assert dossier(place, "index", "files").returncode == 0
    assert dossier(place, "tag", "add", "kilns", "--query", "quarry OR raid").returncode == 0
    return place


def copy(place: Path, to: Path) -> Path:
    """A copy to work in. Times of files are kept: they tell which files are unchanged."""
    return Path(shutil.copytree(place, to))


def state(place: Path) -> State | None:
    """What a person can see of the library; None where it is not searchable yet."""
    found = answers(place)
    if found is None:
        return None
    with Library.open(place / "index_data") as library:
        shown = tuple((hit.id, hit.title, hit.tags, hit.regions) for hit in library.search("*", limit=None))
    return State(documents(place) or (), found, shown)


def answers(place: Path) -> Answers | None:
    """Which documents are found, in which order and with which scores; None where it is not searchable yet."""
    try:
        with Library.open(place / "index_data") as library:
            return tuple(
                (query, tuple((hit.id, hit.score) for hit in library.search(query, limit=None, snippets=0)))
                for query in QUERIES
            )
    except NoLibrary:
        return None


def documents(place: Path) -> tuple[str, ...] | None:
    """What the catalogue holds: every document whole, and every file; None where there is no catalogue."""
    try:
        with Catalogue.open(place / "index_data") as catalogue:
            held = [repr(record) for record in export_records(catalogue)]
            return (*held, *sorted(f"{row.path} {row.status} {row.document_id}" for row in catalogue.files()))
    except NoLibrary:
        return None


def finish(place: Path, story: Story, wanted: State) -> None:
    """What a person does after an interruption: the same command again, which comes to what it would have come to,
    and where that was not indexing, the next indexing as well."""
    again = _finished(start(place, story))
    # The tag to be renamed may have its new name already, the document to be forgotten may be so: then none matches.
    status = 1 if "rename" in story.command else 2 if story.then else 0
    assert again.returncode in (0, status), again.stderr
    if story.then:
        ended = dossier(place, *story.then)
        assert ended.returncode == 0, ended.stderr
    assert answers(place) == wanted.found
    if story.command[0] != "index":
        ended = dossier(place, "index", "files")
        assert ended.returncode == 0, ended.stderr


def check_whole(place: Path, story: Story, wanted: State) -> None:
    """The library has come to the state that it should, `verify` finds nothing, and nothing is left behind."""
    data_dir = place / "index_data"
    for path in data_dir.rglob("*") if story.erased else ():
        assert path.is_dir() or story.erased not in path.read_bytes(), path
    assert verify(data_dir) == []
    assert state(place) == wanted
    assert strays(data_dir) == []
    assert (data_dir / LOCK).read_bytes() == b""


def strays(data_dir: Path) -> list[str]:
    """Files in the data folder that belong to nothing. What the index consists of is its own affair: its files are
    those that a rebuild would be missing, so that one that no manifest names is found by its age in generations."""
    # Whoever only reads the catalogue cannot take away what SQLite makes for that.
    known = {LOCK, STANDARD_INPUT, CATALOGUE, f"{CATALOGUE}-wal", f"{CATALOGUE}-shm", pointer.FOLDER}
    left = [path.name for path in data_dir.iterdir() if path.name not in known]
    index = data_dir / pointer.FOLDER
    published = (index / pointer.FILE_NAME).read_text("utf-8")
    manifest = pointer.read(index)
    assert manifest is not None
    named = [entry.name for entry in manifest.segments]
    for path in index.iterdir():
        stem = path.name.partition(".")[0]
        current = path.name == pointer.FILE_NAME or stem in named or path.name in published
        if not current and path.name != f"_MAIN_{manifest.generation}.toc":
            left.append(f"{pointer.FOLDER}/{path.name}")
    return left


def _finished(process: subprocess.Popen[bytes]) -> subprocess.CompletedProcess[bytes]:
    out, err = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


if sys.platform == "linux":

    def readers_of(mark: str) -> list[int]:
        """The processes whose environment holds `mark`: a run and the readers that it started."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and int(folder.name) != os.getpid():
                try:
                    if mark.encode() in (folder / "environ").read_bytes():
                        found.append(int(folder.name))
                except OSError:  # it has ended, or is another user's
                    continue
        return found
