"""Writing, rebuilding and verifying the index.

Rule: the index follows the catalogue. A commit writes a new segment, makes it durable, and only then replaces the
manifest; files that no manifest names are removed last. A crash at any point leaves the previous index searchable,
and the next `update` finishes the work: the manifest says up to which revision of the catalogue it answers. The
caller holds the library's lock.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.durable import make_directory, sync_directory
from ingest.errors import IndexDamaged
from searchidx import manifest as pointer
from searchidx.build import build_runs, merged_runs
from searchidx.fingerprint import fingerprint
from searchidx.manifest import FOLDER, Manifest, SegmentEntry
from searchidx.segment import SUFFIX, SegmentData, footer_of
from searchidx.segment_writer import Source
from searchidx.snapshot import OpenSegment

#: What Whoosh calls the index: with it begin the names of the segments and of its table of contents.
INDEX_NAME = "MAIN"
#: Folders of files that come before a segment; what an interrupted update left is removed by the next.
RUNS = "runs-"
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
    data_dir: Path,
    *,
    rebuild: bool = False,
    progress: Callable[[int, int], None] | None = None,
    jobs: int | None = None,
) -> IndexUpdate:
    """Bring the index up to the catalogue's revision; makes it anew where it is absent, foreign or outdated.

    rebuild: make it anew in any case. progress is called with (documents written, documents to write). jobs:
    processes for many documents (default: one for each processor); the files are the same whatever their number.
    Raises NoLibrary where there is no catalogue, OSError where the index cannot be written.
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
            return _summary(directory, current, since, 0, 0, started, rebuilt=False, listed=listed)
        make_directory(directory)
        base = current or Manifest(_last_generation(directory), uuid, 0, fingerprint())
        segments, dropped = _without(directory, base.segments, [*changed, *removed])
        kept, merged = _merge_like_sizes(segments)
        done = 0

        def written(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress(done, len(changed))

        with _runs(directory) as folder:
            runs = build_runs(catalogue, changed, folder, jobs=jobs, progress=written)
            sources = [
                Source(directory, entry.name, entry.documents, frozenset(entry.deleted)) for entry in merged
            ] + runs
            if sources:
                whole, documents = merged_runs(sources, folder)
                # Not from Python's `random`, which repeats itself for whoever seeds it: a new segment would then
                # overwrite an old one.
                name = f"{INDEX_NAME}_{secrets.token_hex(8)}"
                os.replace(whole, directory / f"{name}{SUFFIX}")
                kept.append(SegmentEntry(name, documents, footer_of(directory, name)))
        published = Manifest(base.generation + 1, uuid, revision, fingerprint(), tuple(kept))
        _publish(directory, published)
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
                segment.close()
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
            OpenSegment(directory, entry).close()
    except (OSError, IndexDamaged):
        return None
    return found


def _last_generation(directory: Path) -> int:
    """The generation of the index that is replaced, 0 for none: numbers are not used twice."""
    try:
        found = pointer.read(directory)
    except IndexDamaged:
        names = (re.fullmatch(rf"_{INDEX_NAME}_(\d+)\.toc", path.name) for path in directory.iterdir())
        return max((int(name[1]) for name in names if name), default=0)
    return found.generation if found else 0


def _without(
    directory: Path, segments: Sequence[SegmentEntry], ids: Iterable[str]
) -> tuple[list[SegmentEntry], int]:
    """The segments with these documents marked as deleted, and how many of them there were."""
    wanted = sorted(set(ids)) if segments else []
    found = []
    count = 0
    for entry in segments:
        data = SegmentData(directory, entry.name)
        try:
            having = {doc for document_id in wanted for doc in data.postings("id", document_id).docs}
        finally:
            data.close()
        having -= set(entry.deleted)
        count += len(having)
        found.append(replace(entry, deleted=tuple(sorted([*entry.deleted, *having]))))
    return found, count


def _merge_like_sizes(segments: Sequence[SegmentEntry]) -> tuple[list[SegmentEntry], list[SegmentEntry]]:
    """(segments that stay, segments that are merged into the new one).

    MERGE_FACTOR segments of one order of size become one, so that each document is rewritten a logarithmic number
    of times; one that is more than half deleted is rewritten at once; one without documents goes.
    """
    tiers: dict[int, list[SegmentEntry]] = {}
    for entry in segments:
        live = entry.documents - len(entry.deleted)
        if live:
            sound = len(entry.deleted) <= live
            tiers.setdefault(live.bit_length() // MERGE_FACTOR.bit_length() if sound else -1, []).append(entry)
    chosen = [
        entry for tier, members in tiers.items() if tier < 0 or len(members) >= MERGE_FACTOR for entry in members
    ]
    kept = [entry for members in tiers.values() for entry in members if entry not in chosen]
    return sorted(kept, key=segments.index), sorted(chosen, key=segments.index)


@contextmanager
def _runs(directory: Path) -> Iterator[Path]:
    """A new folder for files that come before a segment."""
    for left in directory.glob(f"{RUNS}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = directory / f"{RUNS}{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(directory: Path, manifest: Manifest) -> None:
    """Make a manifest whose files are durable the index."""
    from searchidx.codec import write_toc  # Whoosh takes longer to import than a small update

    sync_directory(directory)
    # One with this number can only be what an update left that died before it published.
    (directory / _toc_name(manifest.generation)).unlink(missing_ok=True)
    write_toc(directory, manifest, INDEX_NAME)
    pointer.publish(directory, manifest)
    _remove_orphans(directory, manifest)


def _toc_name(generation: int) -> str:
    """The name of Whoosh's table of contents."""
    return f"_{INDEX_NAME}_{generation}.toc"


def _remove_orphans(directory: Path, manifest: Manifest) -> None:
    """Remove files of older generations and of interrupted updates; one that is still held open stays for the next
    update."""
    kept = {pointer.FILE_NAME, _toc_name(manifest.generation)}
    kept |= {f"{entry.name}{SUFFIX}" for entry in manifest.segments}
    for path in directory.iterdir():
        if path.name not in kept and path.is_file():
            with suppress(OSError):
                path.unlink()
        elif path.name.startswith(RUNS):
            shutil.rmtree(path, ignore_errors=True)


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
