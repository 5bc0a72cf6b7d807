"""One state of the index, opened for reading.

Rule: a snapshot sees the segments of one manifest and nothing that is committed later; a batch of queries uses
one snapshot. Counts and lengths leave deleted documents out, so that a score never depends on when segments were
merged.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Any

from ingest.closing import Closing
from ingest.errors import IndexDamaged, NoLibrary
from searchidx import manifest as pointer
from searchidx.fields import TEXT_FIELD_NAMES, TEXT_FIELD_NUMBERS, stem_field
from searchidx.fingerprint import fingerprint
from searchidx.kernel import open_kernel
from searchidx.lexicon import within_edits
from searchidx.manifest import FOLDER, Manifest, SegmentEntry
from searchidx.postings import NO_POSTINGS, PostingList
from searchidx.segment import SegmentData

#: Sets of documents with a value that are kept for the next query.
_KEPT_FILTERS = 64
#: Longer words are compared in plain Python.
_LONGEST_COMPARED = 64


class OpenSegment:
    """A segment with its deletions applied; document numbers are those of the segment."""

    def __init__(self, directory: Path, entry: SegmentEntry) -> None:
        self.data = SegmentData(directory, entry.name)
        self.deleted = frozenset(entry.deleted)
        if self.data.file.footer != entry.footer or entry.documents != self.data.doc_count:
            self.data.close()
            raise self.data.file.damaged("it is not the file that the manifest names")
        self.doc_count = entry.documents - len(self.deleted)
        self._postings: dict[tuple[str, str], PostingList] = {}
        self._bits: dict[tuple[str, tuple[str, ...]], bytes] = {}
        #: The compiled search of this segment, None where only plain Python is at hand.
        try:
            self.kernel = open_kernel(self.data, self.deleted)
        except BaseException:
            self.data.close()
            raise

    def everything(self) -> set[int]:
        """The numbers of all documents."""
        return set(range(self.data.doc_count)) - self.deleted

    def postings(self, field: str, term: str) -> PostingList:
        """The postings of a term in live documents."""
        key = (field, term)
        found = self._postings.get(key)
        if found is None:
            found = self._live(self.data.postings(field, term))
            self._postings[key] = found
        return found

    def having(self, field: str, values: Iterable[str]) -> set[int]:
        """The live documents that have one of the values of a filter field."""
        found: set[int] = set()
        for value in values:
            found.update(self.postings(field, value).docs)
        return found

    def bits(self, field: str, values: Iterable[str]) -> bytes:
        """A bit for each document that has one of the values of a filter field; for the kernel, which leaves the
        deleted ones out."""
        assert self.kernel is not None
        key = (field, tuple(values))
        found = self._bits.get(key)
        if found is None:
            find = self.data.terms(field).find
            ordinals = (find(value.encode("utf-8", "surrogatepass")) for value in key[1])
            known = tuple(ordinal for ordinal in ordinals if ordinal >= 0)
            if len(self._bits) == _KEPT_FILTERS:
                self._bits.clear()
            found = self._bits[key] = self.kernel.values(*self.data.value_tables(field), known)
        return found

    def value_counts(self, field: str, among: Container[int] | bytes | None = None) -> Iterator[tuple[str, int]]:
        """(value, how many live documents have it) of a filter field, in order; among: only of these documents."""
        values = self.lexicon(field)
        if among is None and not self.deleted:
            return zip(values, self.data.document_frequencies(field), strict=True)
        if self.kernel is not None and isinstance(among, bytes):
            number = len(self.data.terms(field))
            counts = self.kernel.counts(*self.data.value_tables(field), number, among)
            return zip(values, counts, strict=True)
        assert not isinstance(among, bytes)
        having = (self.postings(field, value).docs for value in self.lexicon(field))
        if among is None:
            return ((value, len(docs)) for value, docs in zip(values, having, strict=True))
        return ((value, sum(map(among.__contains__, docs))) for value, docs in zip(values, having, strict=True))

    def lexicon(self, field: str) -> Iterator[str]:
        """All terms of a field, in order, those of deleted documents included."""
        terms = self.data.terms(field)
        return map(terms.text, range(len(terms)))

    def within_edits(self, fields: Iterable[str], word: str, edits: int) -> set[str]:
        """The words of some text fields at most so many edits away, as `lexicon.within_edits` finds them."""
        names = tuple(fields)
        data = word.encode("utf-8", "surrogatepass")
        if self.kernel is not None and len(word) <= _LONGEST_COMPARED:
            bits = sum(1 << TEXT_FIELD_NUMBERS[name] for name in names)
            return {str(found, "utf-8", "replace") for found, _ in self.kernel.within(data, edits, bits)}
        return {found for name in names for found, _ in within_edits(self.data.terms(name), word, edits)}

    def stems(self, prefix: str) -> Iterator[str]:
        """The stems of text fields that begin so, in order, those of deleted documents included."""
        data = prefix.encode("utf-8", "surrogatepass")
        if self.kernel is not None:
            return (str(stem, "utf-8", "replace") for stem in self.kernel.stems(data))
        terms = self.data.terms(stem_field("text"))
        return (terms.text(ordinal) for ordinal in terms.starting_with(data))

    def total_length(self, field: str) -> tuple[int, int]:
        """(tokens, documents that have any) of a text field, over live documents."""
        total, having = self.data.totals(field)
        for doc in self.deleted:
            length = self.data.length(field, doc)
            total -= length
            having -= length > 0
        return total, having

    def close(self) -> None:
        """Release the file."""
        if self.kernel is not None:
            self.kernel.close()
        self.data.close()

    def forget(self) -> None:
        """Drop decoded postings, so that a long batch does not keep every list it has read."""
        self._postings.clear()

    def _live(self, postings: PostingList) -> PostingList:
        if not self.deleted or not self.deleted.intersection(postings.docs):
            return postings
        keep = [doc not in self.deleted for doc in postings.docs]
        docs = list(compress(postings.docs, keep))
        if not docs:
            return NO_POSTINGS
        freqs = list(compress(postings.freqs, keep))
        return PostingList.of(docs, freqs, compress(postings.runs(), keep))


class Snapshot(Closing):
    """The open index; use it as a context manager."""

    def __init__(self, manifest: Manifest, segments: list[OpenSegment]) -> None:
        self.manifest = manifest
        self.segments = segments
        self.doc_count = sum(segment.doc_count for segment in segments)
        #: Whether every segment can be searched with the compiled kernel.
        self.compiled = all(segment.kernel is not None for segment in segments)
        #: What one query found out that holds for the next ones, kept by the modules that use it. In plain Python
        #: words hold all their postings, so there they are not kept.
        self.known_words: dict[object, Any] | None = {} if self.compiled else None

    @classmethod
    def open(cls, data_dir: Path) -> Snapshot:
        """Open what the manifest names.

        Raises NoLibrary where nothing was indexed yet and IndexDamaged where the index does not read or was made
        by another version (searching it would silently miss documents).
        """
        directory = data_dir / FOLDER
        previous = None
        while True:
            manifest = pointer.read(directory)
            if manifest is None:
                raise NoLibrary(
                    f"there is no index ({directory / pointer.FILE_NAME} is missing): run `dossier rebuild` to "
                    "make it from the catalogue"
                )
            if manifest.fingerprint != fingerprint():
                raise IndexDamaged(
                    f"the index in {directory} was made with another version of the text analysis: "
                    "run `dossier rebuild`, which needs no PDF to be read again"
                )
            opened: list[OpenSegment] = []
            try:
                for entry in manifest.segments:
                    opened.append(OpenSegment(directory, entry))
                return cls(manifest, opened)
            except BaseException as error:
                for segment in opened:
                    segment.close()
                if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                    raise IndexDamaged(
                        f"{error.filename} cannot be read ({error.strerror}): check that you may read it"
                    ) from error
                if not isinstance(error, FileNotFoundError):
                    raise
                # A commit may have replaced the manifest, and removed its segments, while we opened them: then
                # there is another manifest now.
                if manifest == previous:
                    raise IndexDamaged(f"{error.filename} is missing: run `dossier rebuild`") from error
                previous = manifest

    @cached_property
    def average_lengths(self) -> tuple[float, ...]:
        """Of each text field the mean number of tokens over the documents that have any, at least 1."""
        return tuple(map(self._average_length, TEXT_FIELD_NAMES))

    def _average_length(self, field: str) -> float:
        pairs = [segment.total_length(field) for segment in self.segments]
        total, having = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
        return max(1.0, total / having) if having else 1.0

    @cached_property
    def language_counts(self) -> dict[str | None, int]:
        """{language: its documents}, the most frequent first; None stands for an unknown one."""
        counts: dict[str | None, int] = {}
        for segment in self.segments:
            for language, number in segment.value_counts("lang"):
                counts[language] = counts.get(language, 0) + number
        counts[None] = self.doc_count - sum(counts.values())
        found = [name for name in counts if counts[name]]
        return {name: counts[name] for name in sorted(found, key=lambda name: (-counts[name], name or ""))}

    @cached_property
    def languages(self) -> tuple[str | None, ...]:
        """The languages of the documents, the most frequent first; None stands for an unknown one."""
        return tuple(self.language_counts)

    @cached_property
    def main_languages(self) -> tuple[str | None, ...]:
        """Those of at least a fifth of the documents, and the most frequent one in any case."""
        counts = self.language_counts
        return tuple(name for place, name in enumerate(counts) if not place or counts[name] * 5 >= self.doc_count)

    def close(self) -> None:
        """Release all files."""
        for segment in self.segments:
            segment.close()
