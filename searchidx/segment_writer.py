"""Writing a segment: from collected documents, or from other segments.

Rule: both ways write the same sections in the same order, so that a segment depends on its documents and their
order alone: it is the same, byte for byte, whether it was written at once or merged from any pieces. All numbers
about terms are counted anew. The layout is described in docs/index-format.md; `searchidx/inversion.py` and
`native/inverter.c` make the posting lists.
"""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from ingest.errors import IndexDamaged
from searchidx import inverter as engine
from searchidx.fields import FILTER_FIELDS, TEXT_FIELD_NAMES
from searchidx.inversion import DROPPED, Data, Merged, Part, Stems, Write
from searchidx.sections import SectionFile, SectionWriter, packed, unpacked
from searchidx.segment import SUFFIX

#: What is mapped of the files that are merged is given back to the system whenever so many bytes were written.
_HELD = 32 << 20
#: The documents of so many stems are counted at once, for the same reason.
_STEMS_AT_ONCE = 1 << 14


@dataclass(slots=True)
class Documents:
    """What a segment holds of its documents besides postings, in the form of the sections of these names."""

    ids: bytearray = field(default_factory=bytearray)
    lengths: tuple[array[int], ...] = field(default_factory=lambda: tuple(array("I") for _ in TEXT_FIELD_NAMES))
    page_index: array[int] = field(default_factory=lambda: array("I", [0]))
    page_start: array[int] = field(default_factory=lambda: array("I"))
    page_number: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.page_index) - 1


class Words(NamedTuple):
    """The entries of a segment whose lists were written, and the sorted dictionary their stems are numbered in."""

    entries: Merged
    stem_blob: Data
    stem_ends: Data


class Content(Protocol):
    """What a segment is made from."""

    documents: Documents

    def words(self, base: int, write: Write) -> Words:
        """Write the lists of the entries; base: where in the section the first will stand."""

    def values(self, name: str, base: int, write: Write) -> Merged:
        """Write the lists of a filter field."""


def write_segment(path: Path, content: Content) -> None:
    """Write a segment's file, not durable yet. Raises OSError, IndexDamaged where what is merged is damaged."""
    with open(path, "w+b") as stream:
        out = SectionWriter(stream)
        documents = content.documents
        out.section("ids", documents.ids)
        for name, lengths in zip(TEXT_FIELD_NAMES, documents.lengths, strict=True):
            out.section(f"len:{name}", packed(lengths))
        out.section("page_index", packed(documents.page_index))
        out.section("page_start", packed(documents.page_start))
        out.section("page_number", packed(documents.page_number))
        start = out.begin()
        words = content.words(0, out.write)
        end = out.offset
        values = {name: content.values(name, out.offset - start, out.write) for name in FILTER_FIELDS}
        out.note("postings", start)
        stream.flush()
        stems = Stems(*engine.gather_stems(words.entries.stems, words.stem_blob, words.stem_ends))
        stem_df = _stem_df(stream, start, end, stems, words.entries.at, len(documents))
        out.section("blob", words.entries.blob)
        out.section("ends", words.entries.ends)
        out.section("stem", stems.stem)
        out.section("df", words.entries.df)
        out.section("at", words.entries.at)
        out.section("stem_blob", stems.blob)
        out.section("stem_ends", stems.ends)
        out.section("stem_first", stems.first)
        out.section("stem_entries", stems.entries)
        out.section("stem_df", stem_df)
        for name, found in values.items():
            if found.ends:
                out.section(f"{name}:blob", found.blob)
                out.section(f"{name}:ends", found.ends)
                out.section(f"{name}:df", found.df)
                out.section(f"{name}:at", found.at)
        totals = {
            name: [sum(lengths), len(lengths) - lengths.count(0)]
            for name, lengths in zip(TEXT_FIELD_NAMES, documents.lengths, strict=True)
        }
        out.finish(documents=len(documents), tokens=totals)


def _stem_df(stream: BinaryIO, start: int, end: int, stems: Stems, at: bytes, documents: int) -> bytes:
    """The documents of each stem, from the lists that were written from start to end of the stream."""
    found = bytearray()
    count = len(stems.ends) // 4
    with mmap.mmap(stream.fileno(), end, access=mmap.ACCESS_READ) as written:
        for begin in range(0, count, _STEMS_AT_ONCE):
            stop = min(begin + _STEMS_AT_ONCE, count)
            with memoryview(written) as view, view[start:] as lists:
                found += engine.stem_documents(stems.first, stems.entries, at, lists, documents, begin, stop)
            _give_back(written)
    return bytes(found)


class Source(NamedTuple):
    """A segment to be merged: its folder, name and number of documents, and which of these are dropped."""

    folder: Path
    name: str
    documents: int
    deleted: frozenset[int] = frozenset()


def merge_segments(folder: Path, name: str, sources: Sequence[Source]) -> Source:
    """Write the documents of several segments, in order and without the deleted ones, as one.

    Raises OSError, IndexDamaged where one of them is damaged.
    """
    with ExitStack() as opened:
        files = []
        for source in sources:
            file = SectionFile(source.folder / f"{source.name}{SUFFIX}")
            opened.callback(file.close)
            file.check()
            _give_back(file.map)
            files.append(file)
        merge = _Merge(files, [source.deleted for source in sources])
        write_segment(folder / f"{name}{SUFFIX}", merge)
        return Source(folder, name, len(merge.documents))


class _Merge:
    """The content of several segments."""

    def __init__(self, files: Sequence[SectionFile], deleted: Sequence[frozenset[int]]) -> None:
        self._files = files
        self.documents = Documents()
        self._renumbered = [self._add(file, dropped) for file, dropped in zip(files, deleted, strict=True)]
        self._lengths = [packed(lengths) for lengths in self.documents.lengths]
        self._written = 0

    def _add(self, file: SectionFile, deleted: frozenset[int]) -> bytes:
        """Take over the documents of a segment; their new numbers."""
        into = self.documents
        count = len(file.read("ids")) // 8
        starts, numbers = unpacked(file.read("page_start")), unpacked(file.read("page_number"))
        index = unpacked(file.read("page_index"))
        lengths = [unpacked(file.read(f"len:{name}")) for name in TEXT_FIELD_NAMES]
        kept = [doc for doc in range(count) if doc not in deleted]
        new = array("I", [DROPPED]) * count
        for number, doc in enumerate(kept, len(into)):
            new[doc] = number
        if deleted:
            live = [doc not in deleted for doc in range(count)]
            into.ids += array("Q", compress(array("Q", file.read("ids")), live)).tobytes()
            for to, of in zip(into.lengths, lengths, strict=True):
                to.extend(compress(of, live))
            for doc in kept:
                into.page_start += starts[index[doc] : index[doc + 1]]
                into.page_number += numbers[index[doc] : index[doc + 1]]
                into.page_index.append(len(into.page_start))
        else:  # the same at once
            into.ids += file.read("ids")
            for to, of in zip(into.lengths, lengths, strict=True):
                to.extend(of)
            before = len(into.page_start)
            into.page_start += starts
            into.page_number += numbers
            into.page_index.extend([before + end for end in index[1:]])
        return packed(new)

    def words(self, base: int, write: Write) -> Words:
        with ExitStack() as views:
            dictionaries = [
                (_view(file, "stem_blob", views), _view(file, "stem_ends", views), _view(file, "stem", views))
                for file in self._files
            ]
            with self._readable():
                stem_blob, stem_ends, stems = engine.union(dictionaries)
            parts = [
                self._part(file, "", of, b"", renumbered, views)
                for file, renumbered, of in zip(self._files, self._renumbered, stems, strict=True)
            ]
            found = self._merged(parts, self._lengths, base, write)
        return Words(found, stem_blob, stem_ends)

    def values(self, name: str, base: int, write: Write) -> Merged:
        with ExitStack() as views:
            parts = []
            for file, renumbered in zip(self._files, self._renumbered, strict=True):
                if f"{name}:ends" in file:
                    df = _view(file, f"{name}:df", views)
                    parts.append(self._part(file, f"{name}:", b"", df, renumbered, views))
            return self._merged(parts, [], base, write)

    def _part(
        self, file: SectionFile, prefix: str, stems: Data, df: Data, renumbered: bytes, views: ExitStack
    ) -> Part:
        blob, ends, at, postings = (
            _view(file, name, views) for name in (f"{prefix}blob", f"{prefix}ends", f"{prefix}at", "postings")
        )
        return Part(blob, ends, stems, at, postings, df, renumbered)

    def _merged(self, parts: Sequence[Part], lengths: Sequence[bytes], base: int, write: Write) -> Merged:
        def write_and_give_back(data: bytes) -> None:
            write(data)
            self._written += len(data)
            if self._written > _HELD:
                self._written = 0
                for file in self._files:
                    _give_back(file.map)

        with self._readable():
            return Merged(*engine.merge(parts, lengths, base, write_and_give_back))

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            names = ", ".join(str(file.path) for file in self._files)
            raise IndexDamaged(f"{names}: a posting list does not read: run `dossier rebuild`") from error


def _view(file: SectionFile, name: str, views: ExitStack) -> memoryview:
    """A section without copying it, until `views` closes."""
    start, length = file.place(name)
    whole = views.enter_context(memoryview(file.map))
    return views.enter_context(whole[start : start + length])


def _give_back(mapped: mmap.mmap) -> None:
    """Let the system have the memory in which it keeps pages of a file for this process."""
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
