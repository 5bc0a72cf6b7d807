"""The pointer: which segments make up the index, and which catalogue revision they answer for.

Rules: `manifest.json` is the index. It is replaced atomically, after every file it names is safely on disk; what
it does not name does not belong to the index, and the next commit removes it. Reading it runs no code (Whoosh's
own table of contents is a pickle, which is written for Whoosh's tools but never read by Dossier).

It is one JSON object that begins with `"crc"`, the CRC-32 (8 hexadecimal digits) of all bytes after that member:
a changed digit in the list of deleted documents would else be a wrong answer. Since a library may come from
anybody, nothing in it is believed before its type and range are looked at, and a segment's name is a plain name
that leads nowhere else.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from ingest.durable import sync_directory
from ingest.errors import IndexDamaged
from ingest.frozen import Frozen

#: The index's folder in the data folder, and the pointer in it.
FOLDER = "index"
FILE_NAME = "manifest.json"

#: More bytes than this are no manifest: a million deleted documents take 8 MB.
_LARGEST = 1 << 26
_DIGITS = frozenset(b"0123456789abcdef")
_LONGEST_NAME = 100
_MOST_DOCUMENTS = 1 << 32
_LARGEST_NUMBER = 1 << 63


class SegmentEntry(Frozen):
    """One segment: the stem of its file's name, its documents (deleted ones included), the checksum of the file's
    footer (so that another file in its place is seen), and the deleted numbers."""

    name: str
    documents: int
    footer: int
    deleted: tuple[int, ...] = ()


class Manifest(Frozen):
    """generation counts commits; catalogue is the catalogue's uuid and revision the state that was indexed;
    fingerprint stands for schema, analysis and layout: another one means the index must be rebuilt."""

    generation: int
    catalogue: str
    revision: int
    fingerprint: str
    segments: tuple[SegmentEntry, ...] = ()

    @property
    def documents(self) -> int:
        """How many documents a search sees."""
        return sum(entry.documents - len(entry.deleted) for entry in self.segments)


def read(directory: Path) -> Manifest | None:
    """The manifest of an index directory, None where there is none. Raises IndexDamaged."""
    path = directory / FILE_NAME
    try:
        with open(path, "rb") as stream:
            data = stream.read(_LARGEST + 1)
        return _manifest(_unsealed(data))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be read ({error.strerror}): check that you may read it") from error
    except (ValueError, RecursionError) as error:
        raise IndexDamaged(
            f"{path} does not read ({error}): run `dossier rebuild` to make the index anew"
        ) from error


def sealed(facts: Mapping[str, object]) -> bytes:
    """The bytes of a manifest that holds these facts, with their checksum."""
    rest = json.dumps(facts, separators=(",", ":")).encode()[1:]
    return b'{"crc":"%08x",' % zlib.crc32(rest) + rest


def publish(directory: Path, manifest: Manifest) -> None:
    """Replace the pointer; a crash before, in or after this call leaves the old or the new state, whole."""
    from dataclasses import asdict

    path = directory / FILE_NAME
    partial = path.with_suffix(".tmp")
    with open(partial, "wb") as stream:
        stream.write(sealed(asdict(manifest)))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)
    sync_directory(directory)


# -- reading what anybody may have written: each of these raises ValueError with the reason


def _unsealed(data: bytes) -> dict[str, Any]:
    if len(data) > _LARGEST:
        raise ValueError(f"it has more than {_LARGEST >> 20} MiB")
    crc, rest = data[8:16], data[18:]
    if data[:8] != b'{"crc":"' or not _DIGITS.issuperset(crc) or data[16:18] != b'",':
        raise ValueError("it is damaged, or was written by an earlier Dossier")
    if zlib.crc32(rest) != int(crc, 16):
        raise ValueError("it does not match its checksum")
    found = json.loads(b"{" + rest, object_pairs_hook=_once, parse_constant=_no_number)
    assert isinstance(found, dict)  # it begins with a brace
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("it says the same thing twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _manifest(facts: dict[str, Any]) -> Manifest:
    entries = facts.get("segments")
    if not isinstance(entries, list):
        raise ValueError("it has no list of segments")
    segments = tuple(map(_segment, entries))
    if len({entry.name for entry in segments}) != len(segments):
        raise ValueError("it names a segment twice")
    return Manifest(
        _count(facts, "generation", _LARGEST_NUMBER),
        _text(facts, "catalogue"),
        _count(facts, "revision", _LARGEST_NUMBER),
        _text(facts, "fingerprint"),
        segments,
    )


def _segment(entry: object) -> SegmentEntry:
    if not isinstance(entry, dict):
        raise ValueError("a segment is not described")
    name = _text(entry, "name")
    signs = name[1:].replace("_", "a").replace("-", "a")
    if len(name) > _LONGEST_NAME or not name.isascii() or not (name[:1] + signs).isalnum():
        raise ValueError("a segment has a name that Dossier does not give")
    documents = _count(entry, "documents", _MOST_DOCUMENTS)
    deleted = entry.get("deleted")
    if not isinstance(deleted, list) or not all(type(number) is int for number in deleted):
        raise ValueError(f"it has no list of deleted documents of {name}")
    if any(one >= other for one, other in pairwise((-1, *deleted, documents))):
        raise ValueError(f"its list of deleted documents does not fit {name}")
    return SegmentEntry(name, documents, _count(entry, "footer", 1 << 32), tuple(deleted))


def _count(facts: dict[str, Any], key: str, end: int) -> int:
    value = facts.get(key)
    if type(value) is not int or not 0 <= value < end:  # True is an int, too
        raise ValueError(f"its {key} is no number that Dossier writes")
    return value


def _text(facts: dict[str, Any], key: str) -> str:
    value = facts.get(key)
    if not isinstance(value, str):
        raise ValueError(f"its {key} is no text")
    return value
