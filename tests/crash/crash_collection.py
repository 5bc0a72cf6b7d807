"""A small collection of every kind of file, and what happens to it between two runs.

Rule: it is made from fixed numbers, once for each story, and then copied: a run that was ended and one that was not
see the same bytes, and can be compared to the last digit of a score.
"""

from __future__ import annotations

import json
import os
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pdf_making import write_pages

_WORDS = (
    "brick kiln labour inspector debt bondage wage recruiter passport border shelter survivor child fishing vessel "
    "cotton harvest domestic worker trafficking court sentence protocol ratified camp refugee asylum interview "
    "village district factory garment sugar mica gold quarry broker loan advance contract police raid rescue"
).split()
_PLACES = ("Nepal", "India", "Bangladesh", "Lebanon", "Ghana", "Thailand", "Peru", "Mauritania")
#: A time that every file of the collection bears, so that two copies of it are alike.
_TIME = 1_600_000_000


def _text(number: int) -> str:
    """A text of its own, so short that no reader loads its model of languages, which takes longer than all else."""
    lots = random.Random(number)
    return f"{lots.choice(_PLACES)} {number} {' '.join(lots.choices(_WORDS, k=4))}"[:40].rpartition(" ")[0]


def _summary(number: int) -> str:
    lots = random.Random(-number)
    return f"In {lots.choice(_PLACES)} the {' '.join(lots.choices(_WORDS, k=60))} of case {number}."


def write_note(path: Path, number: int) -> None:
    """A text file."""
    _write(path, _text(number))


def write_page(path: Path, number: int) -> None:
    """A web page with a title, an author and a summary."""
    _write(
        path,
        f'<html lang="en"><head><title>Page {number} on {_WORDS[number % len(_WORDS)]}</title>'
        f'<meta name="author" content="Office {number % 3}"><meta name="description" content="{_summary(number)}">'
        f"</head><body><article><p>{_text(number)}</p></article></body></html>",
    )


def write_records(path: Path, numbers: range) -> None:
    """A JSON Lines file with a record for each number."""
    records = (
        {
            "_id": f"r{number}",
            "title": f"Record {number}",
            "text": _text(number),
            "summary": _summary(number),
            "tags": [_WORDS[number % 7]],
            "year": 2000 + number % 20,
        }
        for number in numbers
    )
    _write(path, "".join(json.dumps(record) + "\n" for record in records))


def write_report(path: Path, number: int) -> None:
    """A PDF of two pages."""
    write_pages(path, [[_text(number)[:20]], [_text(number + 1)[:18]]], info={"Title": f"Report {number}"})
    _same_time(path)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    _same_time(path)


def _same_time(path: Path) -> None:
    os.utime(path, (_TIME, _TIME))


def make(folder: Path) -> Path:
    """The collection as it is in the beginning; returns `folder`."""
    folder.mkdir(parents=True)
    for number in range(10):
        write_note(folder / "notes" / f"note{number}.txt", number)
    write_page(folder / "page30.html", 30)
    write_records(folder / "records.jsonl", range(100, 130))
    for number in (40, 50):
        write_report(folder / f"report{number}.pdf", number)
    _write(folder / "report40.pdf.toml", 'title = "The fortieth report"\ntags = ["kilns", "wages"]\n')
    archive = folder / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number in (60, 61):
            packed.writestr(zipfile.ZipInfo(f"case{number}.txt"), _text(number))
    _same_time(archive)
    return folder


def _add(folder: Path) -> None:
    for number in range(200, 205):
        write_note(folder / "new" / f"note{number}.txt", number)
    write_records(folder / "new" / "more.jsonl", range(210, 230))
    write_report(folder / "report70.pdf", 70)


def _change(folder: Path) -> None:
    for number in range(3):
        write_note(folder / "notes" / f"note{number}.txt", number + 300)
    write_records(folder / "records.jsonl", range(105, 140))


def _move(folder: Path) -> None:
    (folder / "notes").rename(folder / "moved")


def _delete(folder: Path) -> None:
    for number in range(3):
        (folder / "notes" / f"note{number}.txt").unlink()
    (folder / "bundle.zip").unlink()
    write_records(folder / "records.jsonl", range(100, 120))


def _mixed(folder: Path) -> None:
    _add(folder)
    write_page(folder / "page30.html", 31)
    write_note(folder / "notes" / "note5.txt", 305)
    (folder / "notes" / "note6.txt").rename(folder / "note6.txt")
    (folder / "notes" / "note0.txt").unlink()
    _write(folder / "report40.pdf.toml", 'title = "The fortieth report, again"\ntags = ["quarries"]\n')


def _nothing(_: Path) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to the collection, and the command that makes the library follow. first: into an empty place.
    given: the numbers of records that come through standard input, if any. then: the command that finishes what
    the first has begun, where that cannot be given twice. erased: what is nowhere in the data folder afterwards."""

    happens: Callable[[Path], None]
    command: tuple[str, ...] = ("index", "files", "--jobs", "1")
    first: bool = False
    given: range | None = None
    then: tuple[str, ...] = ()
    erased: bytes = b""


STORIES: dict[str, Story] = {
    "a first run": Story(_nothing, first=True),
    "files are added": Story(_add),
    "files change": Story(_change),
    "a folder is moved": Story(_move),
    "files are deleted": Story(_delete),
    "a bit of everything": Story(_mixed),
    "a tag is given": Story(_nothing, ("tag", "add", "seen by Ana", "--query", "kiln OR wage")),
    "a tag is renamed": Story(_nothing, ("tag", "rename", "kilns", "brickworks")),
    "a document is forgotten": Story(
        _nothing,
        ("forget", "files/notes/note1.txt", "--yes"),
        then=("forget", "--removed", "--yes"),
        erased=_text(1).encode(),
    ),
    "the index is made anew": Story(_nothing, ("rebuild",)),
    "records come through a pipe": Story(_nothing, ("index", "-", "files", "--jobs", "1"), given=range(400, 420)),
}
