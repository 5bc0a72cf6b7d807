"""Whoosh's side of our segments: a codec that writes and reads the layout of `searchidx.segment`.

Rule: Whoosh drives (it collects and sorts postings, merges segments, and its own searcher can read the result);
this codec only translates between Whoosh's interfaces and the layout. Field lengths are exact through merges,
where Whoosh's own codec rounds them to a byte and thereby reorders results.
"""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from searchidx.fields import POSITION_FIELDS
from searchidx.segment import (
    DOCUMENTS,
    POSTINGS,
    PostingList,
    SectionWriter,
    SegmentData,
    encode_postings,
    packed,
    unpacked,
)

_Item = tuple[str, bytes, int, float, bytes]


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
        """The two files stay as they are."""
        return False

    def set_doc_count(self, count: int) -> None:
        """Called by the writer when the segment is complete."""
        self._documents = count

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._documents

    def deleted_count(self) -> int:
        """Deleted documents that the next merge will drop."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Their numbers."""
        return iter(sorted(self._deleted))

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark (or unmark) a document as deleted."""
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        """Whether the document is marked as deleted."""
        return docnum in self._deleted


class DocumentWriter(base.PerDocumentWriter):  # type: ignore[misc]
    """Collects ids, lengths and page tables, and writes the `.doc` file when closed."""

    def __init__(self, storage: FileStorage, segment: PackedSegment) -> None:
        self._path = Path(storage.folder) / segment.make_filename(DOCUMENTS)
        self._ids = bytearray()
        self._lengths = {name: array("I") for name in POSITION_FIELDS}
        self._page_index = array("I", [0])
        self._page_starts = array("I")
        self._page_numbers = array("I")
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        """Begin the next document; numbers come in order."""
        self._id = ""
        self._doc_lengths = dict.fromkeys(POSITION_FIELDS, 0)
        self._pages: tuple[Iterable[int], Iterable[int]] = ((), ())

    def add_field(self, fieldname: str, fieldobj: object, value: Any, length: int | None) -> None:
        """Take what the `.doc` file needs of a field."""
        if fieldname == "id":
            self._id = value[0]
        elif fieldname == "pages" and value is not None:
            self._pages = value
        elif fieldname in self._doc_lengths and length:
            self._doc_lengths[fieldname] = length

    def finish_doc(self) -> None:
        """Append the document's row."""
        self._ids += bytes.fromhex(self._id)
        for name, length in self._doc_lengths.items():
            self._lengths[name].append(length)
        starts, numbers = self._pages
        self._page_starts.extend(starts)
        self._page_numbers.extend(numbers)
        self._page_index.append(len(self._page_starts))

    def cancel_doc(self) -> None:
        """Nothing of an unfinished document has been kept."""

    def close(self) -> None:
        """Write the file."""
        with open(self._path, "wb") as stream:
            out = SectionWriter(stream)
            out.section("ids", bytes(self._ids))
            for name, lengths in self._lengths.items():
                out.section(f"len:{name}", packed(lengths))
            out.section("page_index", packed(self._page_index))
            out.section("page_start", packed(self._page_starts))
            out.section("page_number", packed(self._page_numbers))
            out.finish(documents=len(self._page_index) - 1)
        self.is_closed = True


class PostingsWriter(base.FieldWriter):  # type: ignore[misc]
    """Writes the `.pst` file from postings sorted by field, term and document."""

    def __init__(self, storage: FileStorage, segment: PackedSegment) -> None:
        # The stream outlives this method: Whoosh calls close().
        self._stream = open(Path(storage.folder) / segment.make_filename(POSTINGS), "wb")  # noqa: SIM115
        self._out = SectionWriter(self._stream)
        self._postings_start = self._out.offset
        self._tables: list[tuple[str, bytes]] = []
        self.is_closed = False

    def add_postings(self, schema: object, lengths: object, items: Iterable[_Item]) -> None:
        """Take all postings of the segment, in order."""
        for field, of_field in groupby(items, key=itemgetter(0)):
            self._add_field(field, of_field)

    def _add_field(self, field: str, items: Iterable[_Item]) -> None:
        has_positions = field in POSITION_FIELDS
        blob = bytearray()
        ends, dfs, cfs = array("I"), array("I"), array("I")
        at = array("Q")
        for term, postings in groupby(items, key=itemgetter(1)):
            docs: list[int] = []
            values: list[bytes] = []
            for _, _, doc, _, value in postings:
                docs.append(doc)
                values.append(value)
            if has_positions:
                freqs = [len(value) // 4 for value in values]
                data = encode_postings(docs, freqs, [unpacked(value) for value in values])
            else:
                freqs = [1] * len(docs)
                data = encode_postings(docs, freqs, ())
            blob += term
            ends.append(len(blob))
            dfs.append(len(docs))
            cfs.append(sum(freqs))
            at.append(self._out.offset - self._postings_start)
            self._out.write(data)
        at.append(self._out.offset - self._postings_start)
        self._tables += [
            (f"{field}:blob", bytes(blob)),
            (f"{field}:ends", packed(ends)),
            (f"{field}:df", packed(dfs)),
            (f"{field}:cf", packed(cfs)),
            (f"{field}:at", b"".join(offset.to_bytes(8, "little") for offset in at)),
        ]

    def close(self) -> None:
        """Write the term tables behind the postings."""
        self._out.note("postings", self._postings_start)
        for name, data in self._tables:
            self._out.section(name, data)
        self._out.finish()
        self._stream.close()
        self.is_closed = True


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings of a segment as Whoosh's searcher and merger ask for them."""

    def __init__(self, data: SegmentData) -> None:
        self._data = data

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._data.terms(term[0]).find(term[1]) >= 0

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
        for ordinal in range(terms.starting_with(prefix).start, len(terms)):
            yield fieldname, terms[ordinal]

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
        terms = self._data.terms(fieldname)
        ordinal = terms.find(text)
        if ordinal < 0:
            raise KeyError((fieldname, text))
        return terms.postings(ordinal)

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
        if fieldname not in POSITION_FIELDS:
            return default
        return self._data.lengths(fieldname)[docnum]

    def field_length(self, fieldname: str) -> int:
        """The tokens of all documents."""
        return sum(self._data.lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        """The smallest length of the field in any document."""
        return min(self._data.lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        """The largest length of the field in any document."""
        return max(self._data.lengths(fieldname), default=0)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The id (as a one-value field) and the page table: what a merge must carry over."""
        return {"id": (self._data.document_id(docnum),), "pages": self._data.pages(docnum)}

    def close(self) -> None:
        """Release the files."""
        self._data.close()


class PackedCodec(base.Codec):  # type: ignore[misc]
    """The codec. It needs no length statistics while writing postings, so Whoosh does not open the `.doc` file."""

    length_stats = False

    def new_segment(self, storage: object, indexname: str) -> PackedSegment:
        """A segment with a new name. Not from Python's `random`, which repeats itself for whoever seeds it: a new
        segment would then overwrite an old one."""
        return PackedSegment(indexname, secrets.token_hex(8))

    def per_document_writer(self, storage: FileStorage, segment: PackedSegment) -> DocumentWriter:
        """The writer of the `.doc` file."""
        return DocumentWriter(storage, segment)

    def field_writer(self, storage: FileStorage, segment: PackedSegment) -> PostingsWriter:
        """The writer of the `.pst` file."""
        return PostingsWriter(storage, segment)

    def terms_reader(self, storage: FileStorage, segment: PackedSegment) -> TermsReader:
        """The reader of terms and postings."""
        return TermsReader(SegmentData(Path(storage.folder), segment.segment_id()))

    def per_document_reader(self, storage: FileStorage, segment: PackedSegment) -> DocumentReader:
        """The reader of everything kept per document."""
        return DocumentReader(SegmentData(Path(storage.folder), segment.segment_id()), segment)
