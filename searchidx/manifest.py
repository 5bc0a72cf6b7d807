"""The pointer: which segments make up the index, and which catalogue revision they answer for.

Rule: `manifest.json` is the index. It is replaced atomically, after every file it names is safely on disk; what
it does not name does not belong to the index, and the next commit removes it. Reading it runs no code (Whoosh's
own table of contents is a pickle, which is written for Whoosh's tools but never read by Dossier).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.errors import IndexDamaged

#: The index's folder in the data folder, and the pointer in it.
FOLDER = "index"
FILE_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment: the stem of its file names, its documents (deleted ones included), the deleted numbers."""

    name: str
    documents: int
    deleted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
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
        raw = json.loads(path.read_text("utf-8"))
        segments = tuple(
            SegmentEntry(item["name"], int(item["documents"]), tuple(map(int, item["deleted"])))
            for item in raw["segments"]
        )
        return Manifest(
            int(raw["generation"]), str(raw["catalogue"]), int(raw["revision"]), str(raw["fingerprint"]), segments
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be read ({error.strerror}): check that you may read it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(
            f"{path} does not read ({error}): run `dossier rebuild` to make the index anew"
        ) from error


def publish(directory: Path, manifest: Manifest) -> None:
    """Replace the pointer; a crash before, in or after this call leaves the old or the new state, whole."""
    path = directory / FILE_NAME
    partial = path.with_suffix(".tmp")
    with open(partial, "w", encoding="utf-8") as stream:
        json.dump(asdict(manifest), stream, separators=(",", ":"))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)
    sync_directory(directory)


def sync_directory(directory: Path) -> None:
    """Make renames and new names in a directory survive a power loss, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
