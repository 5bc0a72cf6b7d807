"""Bombs, circles, lies and depths: each file ends with a status and a reason, within its limits, and reaches nothing.

All are put into one folder and indexed by the command line in a process of its own, with every file, socket and
program that Python touches noted down, in the workers too. Outside of the folder lies a file with a word that the
hostile files try to get at in every way they have; it must not be found anywhere in the library.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import hostile_pages as pages
import hostile_pdfs as pdfs
import pytest
from conftest import ROOT

from ingest.catalogue import Catalogue
from ingest.document import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is watched, and processes noted, on Linux")

SECRET = "pomegranatesecret"
MEMORY = 400  # MiB
Maker = Callable[[], bytes]

#: What costs seconds is for the slow test: by name, all else is for the quick one.
SLOW = {
    "flate-bomb", "forms-billion", "huge-picture", "page-tree-billion", "page-tree-deep", "pages-declared-9999",
    "graphics-state", "contents-million", "word-without", "arrays-deep", "dictionaries-deep", "xmp-deep",
    "xref-stream-lies", "pages-listed", "nested-", "attribute", "listing-long", "class-huge", "style-huge", "charset-punycode",
    "json-ld-deep", "json-ld-list", "json-ld-commas", "keywords", "title-huge", "one-word", "comment-open",
    "cdata-open", "processing", "angle", "ampersand", "breaks", "labels", "digits", "links-many", "parts.mhtml",
    "headers.mhtml", "boundary.mhtml", "deep.mhtml", "line-huge", "line-unended", "deep.jsonl", "pages-million", "tags-million",
    "empty-lines", "one-line", "form-feeds", "headings.md", "bomb-nested", "bomb-ratio", "bomb-overlapping", "members-many",
}  # fmt: skip

#: Statuses that are not a matter of the machine's speed.
EXPECTED = {
    "page-tree-circle.pdf": Status.OK,
    "pages-declared-million.pdf": Status.TOO_MANY_PAGES,
    "reference-circle.pdf": Status.EMPTY,
    "font-without-map.pdf": Status.OK,
    "xref-circle.pdf": Status.OK,
    "locked-unknown-handler.pdf": Status.ENCRYPTED,
    "does-things.pdf": Status.OK,
    "xmp-entity-bomb.pdf": Status.OK,
    "xmp-reads-a-file.pdf": Status.OK,
    "bookmarks-circle.pdf": Status.OK,
    "entity-bomb.html": Status.OK,
    "listing-leads-out.html": Status.OK,
    "refresh.html": Status.EMPTY,
    "frames.html": Status.EMPTY,
    "charset-utf7.html": Status.OK,
    "charset-idna.html": Status.OK,
    "charset-undefined.html": Status.OK,
    "surrogates.jsonl": Status.OK,
    "surrogates.jsonl#good": Status.OK,
    "deep-id.jsonl": Status.PARTIAL,
    "numbers.jsonl": Status.PARTIAL,
    "climbs.zip": Status.OK,
    "links.zip": Status.OK,
    "links.zip/link.txt": Status.UNSUPPORTED,
    "links.zip/device.txt": Status.UNSUPPORTED,
    "links.zip/b.txt": Status.OK,
    "names.zip": Status.OK,
    "lzma-dictionary.zip/b.txt": Status.OK,
    "directory-cut.zip": Status.CORRUPT,
}
#: On a busy machine the time may be up before.
EXPECTED_OR_TIMEOUT = {
    "deep.mhtml": Status.CORRUPT,
    "flate-bomb-page.pdf": Status.OUT_OF_MEMORY,
    "pages-declared-9999.pdf": Status.PARTIAL,
    "bomb-ratio.zip/bomb.txt": Status.TOO_LARGE,
    "bomb-ratio.zip/b.txt": Status.OK,
    "members-many.zip": Status.TOO_LARGE,
    "line-huge.jsonl": Status.PARTIAL,
    "line-huge.jsonl#after": Status.OK,
    "deep.jsonl#after": Status.OK,
}

WATCH = """
import os, sys
_log = os.open(os.environ["DOSSIER_TEST_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_noted = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "os.exec", "os.system",
    "os.posix_spawn", "urllib.Request", "ftplib.connect", "http.client.connect", "webbrowser.open")
def _note(event, arguments):
    if event in _noted or event == "open":
        os.write(_log, ascii((event, arguments[0])).encode() + b"\\n")
sys.addaudithook(_note)
"""


class Outcome(NamedTuple):
    """What a run left: (status, reason) by path below the folder, what was noted, bytes of the library, MiB."""

    rows: dict[str, tuple[Status, str]]
    noted: list[str]
    kept: bytes
    peak: int


def makers() -> dict[str, Maker]:
    """Every hostile file by its name."""
    made: dict[str, Maker] = {f"{name}.pdf": maker for name, maker in pdfs.PDFS.items()}
    return made | pages.PAGES | pages.RECORDS | pages.TEXTS | pages.ARCHIVES


#: Runs a command and notes the largest memory, in MiB, of it and what it starts. In a process of its own: the
#: tests' own process has had other children, and its size counts for what it starts.
MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as peak:
    peak.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10))
sys.exit(status)
"""


def index(root: Path, files: dict[str, Maker], seconds: float) -> Outcome:
    """Index these files through the command line."""
    secret = root / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    files = files | {
        "does-things.pdf": partial(pdfs.does_things, os.fsencode(secret)),
        "xmp-reads-a-file.pdf": partial(pdfs.metadata_that_reads_a_file, os.fsencode(secret)),
        "good.txt": lambda: b"a good report on kilns",
    }
    folder = root / "library" / "in"
    folder.mkdir(parents=True)
    for name, make in files.items():
        data = make()
        for place in (b"/etc/passwd", b"/etc/hostname"):
            data = data.replace(b"file://" + place, b"file://" + os.fsencode(secret))
        (folder / name).write_bytes(data)
    (root / "library" / "dossier.toml").write_text(
        f'[limits]\nseconds = {seconds}\nmemory = "{MEMORY} MiB"\n', encoding="utf-8"
    )
    (root / "watch").mkdir()
    (root / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(root / "watch"), str(ROOT))),
        "DOSSIER_TEST_LOG": str(root / "log"),
    }
    command = [
        sys.executable,
        "-c",
        MEASURE,
        str(root / "peak"),
        sys.executable,
        "-c",
        "from cli import main; main()",
    ]
    run = subprocess.run(
        [*command, "index", "in", "--jobs", "2"],
        cwd=root / "library",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 2), run.stderr[-2000:]
    assert "Traceback" not in run.stderr
    with Catalogue.open(root / "library" / "index_data") as catalogue:
        rows = {row.path.removeprefix("in/"): (row.status, row.reason) for row in catalogue.files()}
    kept = b"".join(path.read_bytes() for path in (root / "library" / "index_data").rglob("*") if path.is_file())
    noted = (root / "log").read_text(encoding="utf-8").splitlines()
    return Outcome(rows, noted, kept, int((root / "peak").read_text(encoding="utf-8")))


def check(outcome: Outcome, files: dict[str, Maker], expected: dict[str, Status]) -> None:
    """What holds of every run."""
    assert set(files) <= set(outcome.rows)
    assert outcome.rows["good.txt"] == (Status.OK, "")
    for name, (status, reason) in outcome.rows.items():
        assert bool(reason) != (status is Status.OK), name
        assert "\n" not in reason, name
        assert "reading it failed" not in reason, name  # that is for what nobody had thought of
    told = {name: outcome.rows[name][0] for name in expected}
    assert told == expected
    assert SECRET.encode() not in outcome.kept
    opened = [line for line in outcome.noted if line.startswith("('open'")]
    assert len(opened) > len(files)  # it was watched
    assert [line for line in outcome.noted if not line.startswith("('open'")] == []
    assert [line for line in opened if "secret.txt" in line or "/etc/passwd" in line] == []
    json.dumps({name: reason for name, (_, reason) in outcome.rows.items()}, ensure_ascii=False).encode()


def test_small_ones(tmp_path: Path) -> None:
    files = {name: maker for name, maker in makers().items() if not name.startswith(tuple(SLOW))}
    started = time.monotonic()
    outcome = index(tmp_path, files, seconds=30)
    assert time.monotonic() - started < 200
    check(outcome, files, EXPECTED)


@pytest.mark.slow
def test_all_of_them(tmp_path: Path) -> None:
    files = makers()
    seconds = 15
    started = time.monotonic()
    outcome = index(tmp_path, files, seconds=seconds)
    # Two at a time; the limit is looked at ten times a second, and a file of several parts has it for each of them.
    assert time.monotonic() - started < len(files) * seconds
    check(outcome, files, EXPECTED)
    for name, status in EXPECTED_OR_TIMEOUT.items():
        container = name.partition("#")[0]
        if outcome.rows[container][0] is not Status.TIMEOUT:
            assert outcome.rows[name][0] in (status, Status.TIMEOUT), name
    # The parent looks ten times a second, and the kernel ends what grows to twice the limit in between.
    assert outcome.peak < 2 * MEMORY + 100
