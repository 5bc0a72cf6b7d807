"""Writing, rebuilding and verifying the index: the only module that touches Whoosh's index files.

Rule: the index follows the catalogue. A commit writes new segment files, makes them durable, and only then
replaces the manifest; files that no manifest names are removed last. A crash at any point leaves the previous
index searchable, and the next `update` finishes the work, because the manifest says up to which revision of the
catalogue it answers. The caller holds the library's lock.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from ingest.catalogue import Catalogue
from ingest.durable import make_directory, sync_directory
from ingest.errors import IndexDamaged
from searchidx import manifest as pointer
from searchidx.codec import PackedCodec, PackedSegment
from searchidx.document_terms import index_fields
from searchidx.fingerprint import fingerprint
from searchidx.manifest import FOLDER, Manifest, SegmentEntry
from searchidx.schema import schema
from searchidx.segment import SUFFIXES, SegmentData
from searchidx.snapshot import OpenSegment

INDEX_NAME = "MAIN"
#: Where Whoosh spills postings; its writer removes it at the end, unless it is killed.
TEMPORARY = f"{INDEX_NAME}.tmp"
#: Whoosh spills postings to disk beyond this much memory (its own estimate, about half of what Python takes).
POOL_MIB = 64
#: This many segments of a like size are merged into one.
MERGE_FACTOR = 8


@dataclass(frozen=True, slots=True)
class IndexUpdate:
    """What an update did. documents and segments: what the index holds now; listed: those of the documents that
    library pages list and the library does not hold. bytes: the size on disk.

    revision: of the catalogue, up to which the index answers; previous: up to which it did before (0: not at all).
    """

    written: int
    removed: int
    documents: int
    segments: int
    bytes: int
    seconds: float
    rebuilt: bool
    revision: int
    previous: int
    listed: int


def update(
    data_dir: Path, *, rebuild: bool = False, progress: Callable[[int, int], None] | None = None
) -> IndexUpdate:
    """Bring the index up to the catalogue's revision; makes it anew where it is absent, foreign or outdated.

    rebuild: make it anew in any case. progress is called with (documents written, documents to write).
    Raises NoLibrary where there is no catalogue.
    """
    started = time.perf_counter()
    directory = data_dir / FOLDER
    with Catalogue.open(data_dir) as catalogue:
        revision, uuid = catalogue.revision, catalogue.uuid
        listed = len(catalogue.listed_ids())
        current = None if rebuild else _usable(directory, catalogue)
        since = current.revision if current else 0
        changed = list(catalogue.changed_since(since) if current else catalogue.live_ids())
        removed = list(catalogue.removed_since(since)) if current else []
        if current and current.revision == revision:
            _remove_orphans(directory, current)
            shutil.rmtree(directory / TEMPORARY, ignore_errors=True)
            return _summary(directory, current, since, 0, 0, started, rebuilt=False, listed=listed)
        make_directory(directory)
        base = current or Manifest(_last_generation(directory), uuid, 0, fingerprint())
        writer = _Writer(_ManifestIndex(directory, base), base, revision)
        try:
            dropped = _delete(directory, writer.segments, [*changed, *removed])
            for number, document_id in enumerate(changed, 1):
                document = catalogue.document(document_id, pages=True)
                if document is not None:
                    writer.add_document(**index_fields(document))
                if progress:
                    progress(number, len(changed))
            writer.commit(mergetype=_merge_like_sizes)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
    published = pointer.read(directory)
    assert published is not None
    return _summary(
        directory, published, since, len(changed), dropped, started, rebuilt=current is None, listed=listed
    )


def verify(data_dir: Path) -> list[str]:
    """Read every segment and compare with the catalogue; the findings, in sentences, none when all is well."""
    directory = data_dir / FOLDER
    with Catalogue.open(data_dir) as catalogue:
        while True:
            try:
                manifest = pointer.read(directory)
                if manifest is None:
                    return [f"there is no index ({pointer.FILE_NAME} is missing): run `dossier rebuild`"]
                findings = _findings(directory, manifest, catalogue)
                # Where a commit came in between, its segments replaced those that were being read.
                if not findings or pointer.read(directory) == manifest:
                    return findings
            except IndexDamaged as error:
                return [str(error)]


def _findings(directory: Path, manifest: Manifest, catalogue: Catalogue) -> list[str]:
    findings = []
    if manifest.catalogue != catalogue.uuid:
        findings.append("the index belongs to another catalogue: run `dossier rebuild`")
    if manifest.revision != catalogue.revision:
        findings.append(
            f"the index answers for revision {manifest.revision}, the catalogue is at {catalogue.revision}: "
            "run `dossier index` to finish"
        )
    if manifest.fingerprint != fingerprint():
        findings.append("the index was made with another analysis or layout: run `dossier rebuild`")
    indexed: list[str] = []
    for entry in manifest.segments:
        try:
            segment = OpenSegment(directory, entry)
            try:
                segment.data.check()
                indexed += map(segment.data.document_id, segment.everything())
            finally:
                segment.data.close()
        except FileNotFoundError as error:
            findings.append(f"{error.filename} is missing: run `dossier rebuild`")
        except OSError as error:
            findings.append(f"{error.filename} cannot be read ({error.strerror}): check that you may read it")
        except IndexDamaged as error:
            findings.append(str(error))
    return findings or _differences(indexed, set(catalogue.live_ids()))


def _differences(indexed: list[str], live: set[str]) -> list[str]:
    known = Counter(indexed)
    wrong = {
        "indexed more than once": [id_ for id_, times in known.items() if times > 1],
        "not indexed": live - known.keys(),
        "indexed but gone from the catalogue": known.keys() - live,
    }
    return [
        f"{_documents(len(ids))} {what} ({min(ids)} first): run `dossier rebuild`"
        for what, ids in wrong.items()
        if ids
    ]


def _documents(count: int) -> str:
    return "1 document is" if count == 1 else f"{count:,} documents are"


def _usable(directory: Path, catalogue: Catalogue) -> Manifest | None:
    """The present manifest, when its index can be continued; None when it has to be made anew."""
    try:
        found = pointer.read(directory)
    except IndexDamaged:
        return None
    if found is None or found.catalogue != catalogue.uuid or found.fingerprint != fingerprint():
        return None
    if not catalogue.purged_revision <= found.revision <= catalogue.revision:
        return None  # the catalogue no longer knows what was removed since, or was put back from an older copy
    try:
        for entry in found.segments:
            OpenSegment(directory, entry).data.close()
    except (OSError, IndexDamaged):
        return None
    return found


def _last_generation(directory: Path) -> int:
    """The generation of the index that is replaced, 0 for none: numbers are not used twice."""
    try:
        found = pointer.read(directory)
    except IndexDamaged:
        return max(0, int(TOC._latest_generation(FileStorage(str(directory)), INDEX_NAME)))
    return found.generation if found else 0


def _delete(directory: Path, segments: list[PackedSegment], ids: Iterable[str]) -> int:
    """Mark the documents as deleted where they stand; how many there were."""
    wanted = sorted(set(ids))
    count = 0
    for segment in segments:
        data = SegmentData(directory, segment.segment_id())
        try:
            for document_id in wanted:
                for doc in data.postings("id", document_id).docs:
                    if not segment.is_deleted(doc):
                        segment.delete_document(doc)
                        count += 1
        finally:
            data.close()
    return count


def _merge_like_sizes(writer: SegmentWriter, segments: list[PackedSegment]) -> list[PackedSegment]:
    """Whoosh's hook for merging: MERGE_FACTOR segments of one order of size become one, so that each document is
    rewritten a logarithmic number of times; one that is more than half deleted is rewritten at once."""
    tiers: dict[int, list[PackedSegment]] = {}
    for segment in segments:
        live = segment.doc_count()
        if live and segment.deleted_count() <= live:
            tiers.setdefault(live.bit_length() // MERGE_FACTOR.bit_length(), []).append(segment)
        elif live:
            tiers.setdefault(-1, []).append(segment)
    kept: list[PackedSegment] = []
    for tier, members in tiers.items():
        if tier >= 0 and len(members) < MERGE_FACTOR:
            kept += members
            continue
        for segment in members:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            try:
                writer.add_reader(reader)
            finally:
                reader.close()
    return kept


class _ManifestIndex(FileIndex):  # type: ignore[misc]
    """Whoosh's view of the index, made from the manifest: no pickle is read."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.storage = FileStorage(str(directory))
        self.indexname = INDEX_NAME
        self._schema = schema()
        self._manifest = manifest

    def _read_toc(self) -> TOC:
        segments = [
            PackedSegment(INDEX_NAME, entry.name.removeprefix(f"{INDEX_NAME}_"), entry.documents, entry.deleted)
            for entry in self._manifest.segments
        ]
        return TOC(self._schema, segments, self._manifest.generation)


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, whose commit ends with our manifest."""

    def __init__(self, index: _ManifestIndex, base: Manifest, revision: int) -> None:
        super().__init__(index, _lk=False, limitmb=POOL_MIB, codec=PackedCodec())
        self._base = base
        self._revision = revision

    def _commit_toc(self, segments: list[PackedSegment]) -> None:
        directory = Path(self.storage.folder)
        entries = tuple(
            SegmentEntry(segment.segment_id(), segment.doc_count_all(), tuple(segment.deleted_docs()))
            for segment in segments
        )
        for entry in entries:
            for suffix in SUFFIXES:
                _sync(directory / f"{entry.name}{suffix}")
        sync_directory(directory)
        # Whoosh's own table of contents lets its tools and the oracle tests open the index. One with this number
        # can only be what a writer left that died before it published.
        (directory / f"_{INDEX_NAME}_{self.generation}.toc").unlink(missing_ok=True)
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)
        published = Manifest(self.generation, self._base.catalogue, self._revision, fingerprint(), entries)
        pointer.publish(directory, published)
        _remove_orphans(directory, published)


def _sync(path: Path) -> None:
    with open(path, "r+b") as stream:  # Windows syncs only what is open for writing
        os.fsync(stream.fileno())


def _remove_orphans(directory: Path, manifest: Manifest) -> None:
    """Remove files of older generations and of interrupted writers; one that is still held open stays for the
    next update."""
    kept = {pointer.FILE_NAME, f"_{INDEX_NAME}_{manifest.generation}.toc"}
    kept |= {f"{entry.name}{suffix}" for entry in manifest.segments for suffix in SUFFIXES}
    for path in directory.iterdir():
        if path.name not in kept and path.is_file():
            with suppress(OSError):
                path.unlink()


def _summary(
    directory: Path,
    manifest: Manifest,
    previous: int,
    written: int,
    removed: int,
    started: float,
    *,
    rebuilt: bool,
    listed: int,
) -> IndexUpdate:
    size = sum(path.stat().st_size for path in directory.iterdir() if path.is_file())
    return IndexUpdate(
        written=written,
        removed=removed,
        documents=manifest.documents,
        segments=len(manifest.segments),
        bytes=size,
        seconds=time.perf_counter() - started,
        rebuilt=rebuilt,
        revision=manifest.revision,
        previous=previous,
        listed=listed,
    )
