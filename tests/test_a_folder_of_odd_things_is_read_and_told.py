"""Names, links, pipes and depths that nobody expects in a folder: all is told, nothing hangs, nothing else is read."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import run

from ingest.catalogue import Catalogue
from ingest.discover import scan
from ingest.document import Status
from ingest.opening import open_regular
from ingest.pipeline import ingest
from ingest.worker_process import Done, Options, Task, work

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such names and files there")


def rows(root: Path) -> dict[str, tuple[Status, str]]:
    with Catalogue.open(root / "library" / "data") as catalogue:
        return {row.path: (row.status, row.reason) for row in catalogue.files()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "library" / "in").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.txt").write_text("a secret word: pomegranate", encoding="utf-8")
    return tmp_path


def index(root: Path, *folders: str) -> list[str]:
    """Index "in", or these folders of the library; the warnings."""
    library = root / "library"
    report = ingest([library / folder for folder in folders or ("in",)], library / "data", jobs=1)
    return list(report.warnings)


def test_names_of_every_kind_are_found_and_shown_without_harm(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = root / "library" / "in"
    names = [
        b"line\nbreak.txt", b"escape\x1b[2J\x1b]8;;http:x\x07.txt", b"bell\x07.txt", b"tab\t.txt", b"latin-\xe9.txt",
        "\u202etxt.fdp".encode() + b".txt", "zero\u200bwidth.txt".encode(), b"-rf.txt", b"'; DROP TABLE files;.txt",
        b"x" * 251 + b".txt", b"back\\slash.txt", b" .txt", b"%2e%2e%2f.txt", b"a#b?c.txt", "e\u0301.txt".encode(),
        "\u00e9.txt".encode(), b"hash.jsonl#1.txt", b"CON.txt", b"$(touch x).txt", b"\xff\xfe\xfd.txt",
    ]  # fmt: skip
    for number, name in enumerate(names):
        (folder / os.fsdecode(name)).write_text(f"pomelo number {number}", encoding="utf-8")
    assert index(root) == []
    found = rows(root)
    assert len(found) == len(names)
    assert set(found.values()) == {(Status.OK, "")}
    assert run(capsys, root / "library" / "data", "index", str(folder)).status == 0
    shown = run(capsys, root / "library" / "data", "search", "pomelo", "--limit", "50")
    assert shown.status == 0
    assert [line for line in shown.out.split("\n") if not line.replace("\u00a0", " ").isprintable()] == []
    assert "\nbreak" not in shown.out
    with Catalogue.open(root / "library" / "data") as catalogue:
        for row in catalogue.files():
            assert catalogue.file_path(row.path).read_text(encoding="utf-8").startswith("pomelo")


def test_links_lead_nowhere_that_was_not_named(root: Path) -> None:
    folder = root / "library" / "in"
    (folder / "good.txt").write_text("good words", encoding="utf-8")
    (folder / "secret.txt").symlink_to(root / "elsewhere" / "secret.txt")
    (folder / "climbs.txt").symlink_to("../../elsewhere/secret.txt")
    (folder / "chain.txt").symlink_to("climbs.txt")
    (folder / "shelf").symlink_to(root / "elsewhere")
    (folder / "circle.txt").symlink_to("circle.txt")
    (folder / "round").symlink_to(".")
    (root / "library" / ".hidden").mkdir()
    (root / "library" / ".hidden" / "key.txt").write_text("hidden words", encoding="utf-8")
    (folder / "key.txt").symlink_to("../.hidden/key.txt")
    warnings = index(root)
    (folder / "own.sqlite.txt").symlink_to("../data/catalogue.sqlite")
    warnings = index(root)
    found = rows(root)
    assert {path for path, (status, _) in found.items() if status is Status.OK} == {"in/good.txt"}
    for name in ("secret.txt", "climbs.txt", "chain.txt"):
        assert found[f"in/{name}"][0] is Status.UNREADABLE
        assert "leads out" in found[f"in/{name}"][1]
    assert "hidden" in found["in/key.txt"][1]
    assert "own data" in found["in/own.sqlite.txt"][1]
    assert "leads to nothing" in found["in/circle.txt"][1]
    assert len([warning for warning in warnings if "in/shelf" in warning and "name it itself" in warning]) == 1

    index(root, "in", "in/shelf")  # a link that is named is followed
    assert rows(root)["in/shelf/secret.txt"] == (Status.OK, "")
    index(root)  # and what was read through it is not taken for deleted when it is not named
    assert rows(root)["in/shelf/secret.txt"] == (Status.OK, "")


def test_hard_links_are_one_document(root: Path) -> None:
    folder = root / "library" / "in"
    (folder / "a.txt").write_text("words", encoding="utf-8")
    (folder / "b.txt").hardlink_to(folder / "a.txt")
    index(root)
    with Catalogue.open(root / "library" / "data") as catalogue:
        document = catalogue.document("in/a.txt")
        assert document is not None
        assert document.paths == ("in/a.txt", "in/b.txt")


def test_folders_may_lie_deep_in_one_another(root: Path) -> None:
    place = root / "library" / "in"
    for _ in range(200):
        place = place / "deep"
    place.mkdir(parents=True)
    (place / "a.txt").write_text("words", encoding="utf-8")
    index(root)
    assert [status for status, _ in rows(root).values()] == [Status.OK]


def test_folders_too_deep_for_a_path_are_told(root: Path) -> None:
    here = os.open(root / "library" / "in", os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (root / "library" / "in" / "a.txt").write_text("words", encoding="utf-8")
    warnings = index(root)
    assert len(warnings) == 1
    assert "cannot be looked at" in warnings[0]
    assert rows(root)["in/a.txt"][0] is Status.OK


def test_pipes_sockets_and_devices_are_not_opened(root: Path) -> None:
    folder = root / "library" / "in"
    os.mkfifo(folder / "pipe.pdf")
    os.mkfifo(folder / "a.pdf.toml")
    os.mkfifo(folder / "metadata.csv")
    os.mkfifo(folder / ".dossierignore")
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "good.txt").write_text("good words", encoding="utf-8")
    with short_socket(folder / "s.html"):
        started = time.monotonic()
        warnings = index(root)
        assert time.monotonic() - started < 20
    found = rows(root)
    assert found["in/good.txt"] == (Status.OK, "")
    assert {path for path, (status, _) in found.items() if status is Status.UNREADABLE} >= {
        "in/pipe.pdf",
        "in/s.html",
        "in/zero.txt",
    }
    assert any(".dossierignore cannot be read" in warning for warning in warnings)


@contextmanager
def short_socket(path: Path) -> Iterator[None]:
    """A socket in the file system, whose path may be longer than one can be bound to."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
            yield
    finally:
        os.chdir(before)


def test_a_file_that_became_a_pipe_since_it_was_listed_is_not_waited_for(root: Path) -> None:
    path = root / "library" / "in" / "a.pdf"
    path.write_text("%PDF-1.4 words", encoding="utf-8")
    found = scan([path.parent], root / "library" / "data").files["in/a.pdf"]
    path.unlink()
    os.mkfifo(path)
    started = time.monotonic()
    (done,) = work(Task(found.path, found.size), Options())
    assert time.monotonic() - started < 5
    assert isinstance(done, Done)
    assert done.extraction is not None
    assert (done.extraction.status, "not a file" in done.extraction.reason) == (Status.UNREADABLE, True)


def test_no_moment_to_swap_a_file_for_a_pipe_makes_one_wait(tmp_path: Path) -> None:
    """Opening races with somebody who swaps the two all the time, and always comes back with a file or an error."""
    path, spare = tmp_path / "a.txt", tmp_path / "spare"
    path.write_text("words", encoding="utf-8")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            os.mkfifo(spare)
            os.replace(spare, path)
            spare.write_text("words", encoding="utf-8")
            os.replace(spare, path)

    swapping = threading.Thread(target=swap)
    swapping.start()
    opened = refused = 0
    told: set[str | None] = set()
    try:
        until = time.monotonic() + 30
        while min(opened, refused) < 50 and time.monotonic() < until:
            try:
                with open_regular(path) as file:
                    assert file.read() in (b"words", b"")
                opened += 1
            except OSError as error:
                told.add(error.strerror)
                refused += 1
    finally:
        stop.set()
        swapping.join()
    assert min(opened, refused) >= 50
    assert told <= {"not a file but a device, pipe or socket"}


@pytest.mark.parametrize("what", ["grows", "shrinks", "vanishes", "becomes another"])
def test_a_file_that_changes_while_it_is_read_is_not_taken_for_what_it_was(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("words of the first version", encoding="utf-8")
    messages = work(Task(path, path.stat().st_size), Options())
    next(messages)  # it has been hashed
    if what == "grows":
        with path.open("a", encoding="utf-8") as file:
            file.write(" and more")
    elif what == "shrinks":
        os.truncate(path, 5)
    elif what == "vanishes":
        path.unlink()
    else:
        (tmp_path / "b.txt").write_text("words of another version.", encoding="utf-8")
        os.replace(tmp_path / "b.txt", path)
    done = list(messages)[-1]
    assert isinstance(done, Done)
    assert done.sha256 is None  # its text is not kept under the hash of another content
    assert done.extraction is not None
    assert done.extraction.status is Status.UNREADABLE
    assert done.extraction.reason
