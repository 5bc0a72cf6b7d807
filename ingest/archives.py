"""Zip archives, walked like folders: each member is a document at the path `x.zip/inner/name.pdf`.

Rules: nothing is written but to a temporary folder, one member at a time, which goes at once; a member's name only
names it; links, devices and pipes are not made. What a member may unpack to is limited by itself, against its
packed size, and together with the others, by the bytes that really come out, not by those that the archive says.
Members whose name, or a folder of it, begins with a dot, and what macOS adds (`__MACOSX`), are passed over as in
folders. An archive in an archive and JSON Lines in one are not read: unpack them. Format: PKWARE's APPNOTE.TXT;
encryption: its section 4.4.4, bit 0.
"""

from __future__ import annotations

import lzma
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from ingest.closing import Closing
from ingest.document import Extraction, Status
from ingest.extractors import is_archive, is_json_lines
from ingest.settings import Limits

#: All members together may unpack to this many times the limit on a file's size.
TOTAL = 8
#: A member of more than so many bytes may unpack to this many times its packed size: documents never do, while
#: what was made to fill a disk does (deflate itself ends at 1,032).
RATIO, RATIO_FROM = 200, 2**20
MOST_MEMBERS = 10_000
_CHUNK = 2**18
_MAC = "__MACOSX"
_UNIX = 3  # "version made by", APPNOTE.TXT 4.4.2
_LONGEST_NAME, _LONGEST_SUFFIX = 160, 40  # bytes of a temporary file's name
_BAD_PACKING = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, struct.error)

T = TypeVar("T")


class BadArchive(Exception):
    """The archive as a whole cannot be read; `extraction` says why."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Member:
    """How a member fared: its name (parts joined by "/"), bytes unpacked, SHA-256 where it could be unpacked, and
    what was extracted; None where the content is known."""

    name: str
    size: int
    sha256: str | None
    extraction: Extraction | None


@dataclass(frozen=True, slots=True)
class Opening:
    """Said before a member is read: should the reader end over it, this one is to blame."""

    name: str


class Archive(Closing):
    """An open archive; use it as a context manager. Raises BadArchive, and OSError, when it is opened."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._total = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except (*_BAD_PACKING, NotImplementedError) as error:
            raise BadArchive(Status.CORRUPT, f"the archive cannot be opened ({error})") from error
        # Of two members with one name the last one counts, as it does for programs that unpack them.
        self._members = {
            name: info
            for info in self._zip.infolist()
            if info.filename and not info.is_dir() and (name := member_name(info.filename)) is not None
        }
        if len(self._members) > MOST_MEMBERS:
            self.close()
            reason = f"the archive has {len(self._members):,} files, more than the limit of {MOST_MEMBERS:,}"
            raise BadArchive(Status.TOO_LARGE, reason)
        if self._members and all(_is_encrypted(info) for info in self._members.values()):
            self.close()
            raise BadArchive(Status.ENCRYPTED, "the archive is protected by a password; unpack it beside itself")

    def close(self) -> None:
        """Release the file."""
        self._zip.close()

    def names(self) -> list[str]:
        """The members, as the archive lists them."""
        return list(self._members)

    @contextmanager
    def unpacked(self, name: str) -> Iterator[Path]:
        """The member as a file of its own, which is gone afterwards. Raises BadArchive where that cannot be."""
        info = self._members[name]
        if refused := self._refused(name, info):
            raise refused
        with tempfile.TemporaryDirectory(prefix="dossier-", ignore_cleanup_errors=True) as folder:
            place = Path(folder) / _file_name(name)
            try:
                self._unpack(info, place)
            except NotImplementedError as error:
                raise BadArchive(
                    Status.UNSUPPORTED, f"it is packed in a way that is not read ({error})"
                ) from error
            except _BAD_PACKING as error:
                why = str(error) or "it ends too early"
                raise BadArchive(Status.CORRUPT, f"it cannot be unpacked ({why})") from error
            except MemoryError as error:
                raise BadArchive(Status.OUT_OF_MEMORY, "unpacking it takes more memory than the limit") from error
            yield place

    def _refused(self, name: str, info: zipfile.ZipInfo) -> BadArchive | None:
        if _is_encrypted(info):
            return BadArchive(Status.ENCRYPTED, "it is protected by a password; unpack the archive beside itself")
        if not _is_file(info):
            return BadArchive(Status.UNSUPPORTED, "a link, device or pipe, which is not made from an archive")
        if is_archive(name):
            return BadArchive(Status.UNSUPPORTED, "an archive in an archive: unpack the outer one to have it read")
        if is_json_lines(name):
            return BadArchive(Status.UNSUPPORTED, "JSON Lines in an archive: unpack it to have it read")
        if info.file_size > self._limits.file:
            return BadArchive(Status.TOO_LARGE, _too_large(info.file_size, self._limits.file))
        return None

    def _unpack(self, info: zipfile.ZipInfo, place: Path) -> None:
        written = 0
        with _its_fault(lambda: self._zip.open(info)) as packed, place.open("wb") as file:
            while chunk := _its_fault(lambda: packed.read(_CHUNK)):
                written += len(chunk)
                self._total += len(chunk)
                if written > self._limits.file:
                    raise BadArchive(Status.TOO_LARGE, _too_large(written, self._limits.file))
                if written > RATIO_FROM and written > RATIO * max(info.compress_size, 1):
                    reason = f"it unpacks to more than {RATIO} times its size, which no document does"
                    raise BadArchive(Status.TOO_LARGE, reason)
                if self._total > TOTAL * self._limits.file:
                    limit = TOTAL * self._limits.file / 2**20
                    raise BadArchive(Status.TOO_LARGE, f"the archive unpacks to more than {limit:.0f} MiB in all")
                file.write(chunk)


def member_name(name: str) -> str | None:
    """The name of a member as it stands in paths of the catalogue; None for one that is passed over."""
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")]
    if not parts or any(part.startswith(".") or part == _MAC for part in parts):
        return None
    return "/".join(parts)


def _its_fault(read: Callable[[], T]) -> T:
    """What `read` gives; an OSError of it is one of the archive: bad bzip2 data, a member before the beginning."""
    try:
        return read()
    except OSError as error:
        raise zipfile.BadZipFile(error.strerror or str(error)) from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Whether the archive says that it is a file, or nothing about it (the upper half of the external attributes
    is the mode where the archive was made on Unix)."""
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
    return kind in (0, stat.S_IFREG)


def _is_encrypted(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & 1)


def _too_large(size: int, limit: int) -> str:
    return f"{size / 2**20:.0f} MiB unpacked, more than the limit of {limit / 2**20:.0f} MiB"


def _file_name(name: str) -> str:
    """A name for the file system that keeps stem and suffix, from which titles and kinds are told."""
    last = PurePosixPath(re.sub(r'[\x00-\x1f<>:"|?*]', "_", name))
    stem = last.name.removesuffix(last.suffix)
    return _cut(stem, _LONGEST_NAME) + _cut(last.suffix, _LONGEST_SUFFIX)


def _cut(text: str, most: int) -> str:
    """The beginning of a text that has at most so many bytes."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
