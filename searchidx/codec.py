"""Whoosh's side of our segments: a codec by which its own searcher reads them, and its table of contents.

Rule: Whoosh writes nothing but that table, and nothing of ours reads it (it is a pickle); this module only
translates between Whoosh's interfaces and `searchidx.segment`. It makes the index open to Whoosh's tools, and
Whoosh to the tests: a second reader that has to find the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from searchidx.fields import FILTER_FIELDS, POSITION_FIELDS, TEXT_FIELD_NAMES
from searchidx.manifest import Manifest
from searchidx.postings import NO_POSTINGS, PostingList
from searchidx.schema import schema
from searchidx.sections import packed
from searchidx.segment import SegmentData


class PackedSegment(base.Segment):  # type: ignore[misc]
    """What Whoosh knows of a segment: its name, how many documents it has and which of them are deleted."""

    def __init__(self, indexname: str, segid: str | None = None, documents: int = 0, deleted: Iterable[int] = ()):
        super().__init__(indexname)
        if segid is not None:
            self.segid = segid
        self._documents = documents
        self._deleted = set(deleted)

    def codec(self) -> PackedCodec:
        """The codec that reads this segment."""
        return PackedCodec()

    def should_assemble(self) -> bool:
        """A segment is one file as it is."""
        return False

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._documents

    def deleted_count(self) -> int:
        """How many are deleted."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Their numbers."""
        return iter(sorted(self._deleted))

    def is_deleted(self, docnum: int) -> bool:
        """Whether the document is marked as deleted."""
        return docnum in self._deleted


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings of a segment as Whoosh's searcher asks for them."""

    def __init__(self, data: SegmentData) -> None:
        self._data = data

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return bool(self._found(*term).docs)

    def indexed_field_names(self) -> list[str]:
        """Fields that have terms here."""
        return self._data.fields()

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All (field, term), sorted."""
        for field in self._data.fields():
            yield from self.terms_from(field, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """(field, term) of one field from `prefix` on."""
        terms = self._data.terms(fieldname)
        for term in terms.among(range(terms.starting_with(prefix).start, len(terms))):
            yield fieldname, term.encode()

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with their statistics."""
        for field, term in self.terms():
            yield (field, term), self.term_info(field, term)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Terms of one field from `prefix` on, with their statistics."""
        for field, term in self.terms_from(fieldname, prefix):
            yield (field, term), self.term_info(field, term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Statistics of a term; raises KeyError for one that is not there."""
        return _term_info(self._postings(fieldname, text))

    def matcher(self, fieldname: str, text: bytes, format_: object, scorer: object = None) -> ListMatcher:
        """The postings of a term as Whoosh's matcher."""
        postings = self._postings(fieldname, text)
        return ListMatcher(
            list(postings.docs),
            [float(freq) for freq in postings.freqs],
            list(_values(postings)),
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=_term_info(postings),
        )

    def _postings(self, fieldname: str, text: bytes) -> PostingList:
        found = self._found(fieldname, text)
        if not found.docs:
            raise KeyError((fieldname, text))
        return found

    def _found(self, fieldname: str, text: bytes) -> PostingList:
        if fieldname not in POSITION_FIELDS and fieldname not in FILTER_FIELDS:
            return NO_POSTINGS
        terms = self._data.terms(fieldname)
        ordinal = terms.find(text)
        return NO_POSTINGS if ordinal < 0 else terms.postings(ordinal)

    def close(self) -> None:
        """Release the files."""
        self._data.close()


def _term_info(postings: PostingList) -> TermInfo:
    cf = sum(postings.freqs)
    return TermInfo(
        weight=cf,
        df=len(postings.docs),
        minlength=1,
        maxlength=1 << 31,
        maxweight=cf,
        minid=postings.docs[0],
        maxid=postings.docs[-1],
    )


def _values(postings: PostingList) -> Iterator[bytes]:
    for index in range(len(postings.docs)):
        yield packed(postings.at(index)) if postings.ends else b""


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """Ids, lengths and page tables of a segment as Whoosh asks for them."""

    def __init__(self, data: SegmentData, segment: PackedSegment) -> None:
        self._data = data
        self._segment = segment

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """All documents."""
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether this one is."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """The deleted ones."""
        return self._segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The exact number of tokens."""
        return self._lengths(fieldname)[docnum] if fieldname in POSITION_FIELDS else default

    def field_length(self, fieldname: str) -> int:
        """The tokens of all documents."""
        return sum(self._lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        """The smallest length of the field in any document."""
        return min(self._lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        """The largest length of the field in any document."""
        return max(self._lengths(fieldname), default=0)

    def _lengths(self, fieldname: str) -> array[int]:
        # A field and its stems have as many tokens.
        return self._data.lengths(TEXT_FIELD_NAMES[POSITION_FIELDS.index(fieldname) // 2])

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The id (as a one-value field)."""
        return {"id": (self._data.document_id(docnum),)}

    def close(self) -> None:
        """Release the files."""
        self._data.close()


class PackedCodec(base.Codec):  # type: ignore[misc]
    """The codec, of which only the reading half exists."""

    def terms_reader(self, storage: FileStorage, segment: PackedSegment) -> TermsReader:
        """The reader of terms and postings."""
        return TermsReader(SegmentData(Path(storage.folder), segment.segment_id()))

    def per_document_reader(self, storage: FileStorage, segment: PackedSegment) -> DocumentReader:
        """The reader of everything kept per document."""
        return DocumentReader(SegmentData(Path(storage.folder), segment.segment_id()), segment)


def write_toc(directory: Path, manifest: Manifest, indexname: str) -> None:
    """Write the table of contents by which Whoosh's tools find the segments of a manifest."""
    segments = [
        PackedSegment(indexname, entry.name.removeprefix(f"{indexname}_"), entry.documents, entry.deleted)
        for entry in manifest.segments
    ]
    TOC(schema(), segments, manifest.generation).write(FileStorage(str(directory)), indexname)
