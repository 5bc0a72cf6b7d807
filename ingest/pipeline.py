"""Files in, catalogue rows out: one run of the ingestion.

Rules: a run compares what is on disk with what the catalogue knows and reads only contents it does not have; a
second run reads nothing. What is read is committed in batches, so a run that is ended, however it is ended, keeps
what it has done and the next one goes on from there. A file that failed is not tried again until it, a reader, a
limit or the passwords change, or the caller says so. A sudden loss of many files is taken for an unmounted drive
until the caller says otherwise. The search index is not touched here.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ingest.archives import Archive, BadArchive, Member, Opening
from ingest.catalogue import Catalogue, FileRow
from ingest.catalogue_files import ZIP, library_root
from ingest.catalogue_schema import FILE_NAME as CATALOGUE_FILE
from ingest.changes import Change, Ledger
from ingest.described import describe
from ingest.discover import Found, compare, scan
from ingest.document import Extraction, Status
from ingest.errors import DossierError
from ingest.extractors import JSON_LINES, is_archive, is_json_lines, reader_versions
from ingest.forgotten import forgotten
from ingest.jsonl import Record, read_records
from ingest.lock import write_lock
from ingest.report import IngestReport, Progress, Tally
from ingest.settings import Settings
from ingest.sidecar import Sidecars
from ingest.standard_input import drop_part
from ingest.worker_process import Done, Hashed, Options, Records, Task, work
from ingest.workers import Pool
from ingest.writing import Batches, Writer

#: More files than this, or more than half of more than `_SMALL` documents, do not vanish without a word.
_MANY = 1000
_SMALL = 10
#: Bytes of a file that may take so long that it is read before the smaller ones, which are read in order.
_LARGE = 2**18


def ingest(
    paths: Sequence[Path],
    data_dir: Path,
    *,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    jobs: int | None = None,
    dry_run: bool = False,
    yes: bool = False,
    retry: bool = False,
    pdf_engine: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    extractors: Mapping[str, str] | None = None,
) -> IngestReport:
    """Bring the catalogue in `data_dir` up to date with the files and folders `paths`.

    jobs: worker processes (default: the settings', else one for each processor). dry_run: say what would be done
    (files are hashed, nothing is read or written). yes: accept that many files are gone. retry: read files that
    failed once more. pdf_engine: instead of the settings'. extractors: "module:function" by media type, instead
    of the usual ones. Only files below `paths` are judged to be removed.

    Raises DossierError where none of `paths` exists or a setting is wrong, LibraryBusy where another process
    writes the library.
    """
    started = time.monotonic()
    options = Options(
        settings.limits, pdf_engine or settings.pdf_engine, settings.pdf_passwords, dict(extractors or {})
    )
    if dry_run:
        rows: list[FileRow] = []
        unwanted: dict[str, str] = {}
        if (data_dir / CATALOGUE_FILE).exists():
            with Catalogue.open(data_dir) as catalogue:
                rows, unwanted = list(catalogue.files()), forgotten(catalogue)
        run = _Run(paths, data_dir, rows, unwanted, settings, options, retry=retry, yes=yes)
        run.rehearse()
    else:
        with write_lock(data_dir), Catalogue.open(data_dir, create=True) as catalogue:
            drop_part(data_dir)
            rows, unwanted = list(catalogue.files()), forgotten(catalogue)
            run = _Run(paths, data_dir, rows, unwanted, settings, options, retry=retry, yes=yes)
            run.read(catalogue, jobs or settings.jobs or _processors(), progress)
    return run.report(seconds=time.monotonic() - started, dry_run=dry_run)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


class _Run:
    """One run: looks when it is made, then either reads or rehearses, then reports."""

    def __init__(
        self,
        paths: Sequence[Path],
        data_dir: Path,
        rows: list[FileRow],
        unwanted: Mapping[str, str],
        settings: Settings,
        options: Options,
        *,
        retry: bool,
        yes: bool,
    ) -> None:
        self._settings = settings
        self._options = options
        self._yes = yes
        self._tally = Tally()
        self._has_known = bool(rows)
        self._conditions = f"{reader_versions()}; {options.conditions()}"
        self._root = library_root(data_dir)

        self._scan = scan(paths, data_dir)
        self._tally.warnings += self._scan.warnings
        self._judge_roots(rows)
        diff = compare(self._scan, rows, retry=retry, conditions=self._conditions)
        self._tally.counts.update(unchanged=len(diff.unchanged), unseen=diff.unseen)
        self._unchanged = diff.unchanged
        self._ledger = Ledger(rows, diff.missing, retry=retry, conditions=self._conditions, forgotten=unwanted)
        found = self._scan.files
        todo = [*diff.changed, *diff.added]
        self._sidecars = {path for path in todo if found[path].sidecar}
        documents = [path for path in todo if path not in self._sidecars]
        # The large ones first: then no worker goes on for long when the others have nothing left.
        self._todo = deque(sorted(documents, key=lambda path: -max(found[path].size, _LARGE)))
        self._total = len(self._todo)
        self._waiting: dict[int, deque[str]] = defaultdict(deque)  # same size as one that is being read
        self._reading: dict[Path, str] = {}
        self._sizes: Counter[int] = Counter()
        self._opened: dict[str, str] = {}  # archive: the member that is being read
        self._told: dict[str, set[str]] = defaultdict(set)  # archive: members that are done

    def _judge_roots(self, rows: list[FileRow]) -> None:
        """A root that is not there: an error if nothing is, else a loss that needs a yes."""
        absent = [scope for scope in self._scan.scopes if scope in self._scan.absent]
        held = {scope for scope in absent if any(row.path.startswith(scope.rstrip("/") + "/") for row in rows)}
        held |= {scope for scope in absent if any(row.path == scope for row in rows)}
        for scope in absent:
            if scope not in held:
                text = f"There is no file or folder {scope} (below {self._root}): check the path."
                if len(absent) == len(self._scan.scopes) and not held:
                    raise DossierError(text)
                self._tally.warnings.append(text)
            elif self._yes:
                del self._scan.unseen[scope]
            else:
                self._tally.warnings.append(
                    f"{scope} is not there, but documents from it are in the library, and they stay: if it is "
                    "really gone, say so with --yes; if it lies on a drive, connect the drive."
                )
        for folder, reason in self._scan.unseen.items():
            if folder not in absent:
                self._tally.warnings.append(
                    f"The folder {folder} cannot be looked at ({reason}): what is known of it stays."
                )

    # -- reading

    def read(self, catalogue: Catalogue, jobs: int, progress: Callable[[Progress], None] | None) -> None:
        """Read what has to be read, write it, and bring everything derived up to date."""
        sidecars = Sidecars(self._root)
        writer = Writer(catalogue, self._ledger, self._tally, sidecars, self._settings.folders, self._conditions)
        with Batches(catalogue) as batches, Pool(jobs, self._options) as pool:
            batches.begin()
            catalogue.refresh_records(reader_versions())
            for path, refused in self._refusals():
                writer.file(path, self._scan.files[path], Done(None, refused))
            for answer in pool.run(self._next_task):
                batches.begin()
                if answer is not None:
                    task, message = answer
                    path = self._reading[task.path]
                    if isinstance(message, Records):
                        for line in message.lines:
                            writer.line(path, line)
                    elif isinstance(message, Opening):
                        self._opened[path] = message.name
                    elif isinstance(message, Member):
                        del self._opened[path]
                        self._told[path].add(message.name)
                        writer.member(path, message)
                    elif isinstance(message, Done) and path in self._opened:
                        # The reader ended over this member: it alone pays for it, and the archive is read on.
                        culprit = self._opened.pop(path)
                        self._told[path].add(culprit)
                        ended = message.extraction and replace(message.extraction, media_type="")
                        writer.member(path, Member(culprit, 0, None, ended))
                        self._free(task)
                        self._todo.appendleft(path)
                    elif isinstance(message, Done):
                        writer.file(path, self._scan.files[path], message)
                        self._free(task)
                        batches.end_if_due(files=1)
                        if progress is not None:
                            done = self._total - self._left()
                            progress(Progress(done, self._total, path, self._tally.counts["pages"]))
                batches.end_if_due()
            batches.begin()
            for row in self._losses():
                catalogue.detach_path(row.path)
                self._tally.counts["removed"] += row.document_id is not None
            self._describe(catalogue, writer, sidecars)
            writer.finish()
            catalogue.seen(self._unchanged)

    def _refusals(self) -> Iterator[tuple[str, Extraction]]:
        """Files that are not even opened, with the reason; the others stay to be read."""
        limit = self._settings.limits.file
        for _ in range(len(self._todo)):
            path = self._todo.popleft()
            found = self._scan.files[path]
            media_type = JSON_LINES if is_json_lines(path) else ""
            if found.problem:
                yield path, Extraction(Status.UNREADABLE, found.problem, media_type)
            elif found.size > limit:
                sizes = f"{found.size / 2**20:.0f} MiB, more than the limit of {limit / 2**20:.0f} MiB"
                yield path, Extraction(Status.TOO_LARGE, sizes, media_type)
            else:
                self._todo.append(path)

    def _next_task(self) -> Task | None:
        while self._todo:
            path = self._todo.popleft()
            found = self._scan.files[path]
            if self._sizes[found.size]:
                # It may be the same content as the one that is being read: then it need not be read.
                self._waiting[found.size].append(path)
                continue
            self._sizes[found.size] += 1
            self._reading[found.path] = path
            if is_archive(path):
                told = frozenset(self._told[path])
                return Task(found.path, found.size, self._ledger.known_contents(), told=told)
            known = self._ledger.known_records() if is_json_lines(path) else self._ledger.known(found.size)
            return Task(found.path, found.size, known)
        return None

    def _free(self, task: Task) -> None:
        del self._reading[task.path]
        self._sizes[task.size] -= 1
        if self._waiting[task.size]:
            self._todo.appendleft(self._waiting[task.size].popleft())

    def _left(self) -> int:
        return len(self._todo) + len(self._reading) + sum(map(len, self._waiting.values()))

    def _losses(self) -> list[FileRow]:
        """The rows of files that are gone, or none of them where they are too many to believe it."""
        gone = list(self._ledger.missing.values())
        documents = [row for row in gone if row.document_id is not None]
        total = sum(row.document_id is not None for row in self._ledger.rows.values())
        if not self._yes and (len(documents) > _MANY or (total > _SMALL and 2 * len(documents) > total)):
            self._tally.refused = [row.path for row in documents]
            self._tally.warnings.append(
                f"{len(documents)} of {total} documents are gone from their places, and stay in the library for "
                "now: if they were deleted, say so with --yes; if they lie on a drive, connect the drive."
            )
            return []
        return gone

    def _describe(self, catalogue: Catalogue, writer: Writer, sidecars: Sidecars) -> None:
        """Make the claims of sidecars and folder rules anew where one of these changed (those of the files that
        were read in this run were made with them)."""
        rules = repr(self._settings.folders)
        known = [row for row in self._ledger.rows.values() if row.kind == "sidecar"]
        again = {row.path for row in known if row.status is not Status.OK and row.path in self._scan.files}
        lost = not self._tally.refused and any(row.path in self._ledger.missing for row in known)
        new_rules = catalogue.note("folder_rules") != rules
        if self._sidecars or again or lost or (new_rules and self._has_known):
            describe(catalogue, list(catalogue.files()), sidecars, self._settings.folders)
        if new_rules:
            catalogue.set_note("folder_rules", rules)
        for path in sorted(self._sidecars | again):
            writer.sidecar(path, self._scan.files[path])
        self._tally.warnings += [problem for problems in sidecars.problems.values() for problem in problems]

    # -- rehearsing

    def rehearse(self) -> None:
        """Find out what a run would do; files are hashed, and nothing is written."""
        counts, statuses = self._tally.counts, self._tally.statuses
        for _, refused in self._refusals():
            statuses[refused.status] += 1
            counts["unreadable"] += 1
        for path in self._todo:
            found = self._scan.files[path]
            first = next(work(Task(found.path, found.size), self._options))
            if isinstance(first, Hashed):
                for place, sha256 in self._contents(path, found, first):
                    if sha256 in self._ledger.forgotten:
                        statuses[Status.FORGOTTEN] += 1
                        continue
                    change, _ = self._ledger.settle(place, sha256)
                    same_line = change is Change.TOUCHED and place != path
                    counts["unchanged" if same_line else change.value] += 1
            elif isinstance(first, Done) and first.extraction is not None:
                statuses[first.extraction.status] += 1
                counts["unreadable"] += first.extraction.status is not Status.UNSUPPORTED
        counts["removed"] += sum(row.document_id is not None for row in self._losses())

    def _contents(self, path: str, found: Found, hashed: Hashed) -> Iterator[tuple[str, str]]:
        """(path, hash) of each document in a file."""
        if hashed.media_type == ZIP:
            yield from self._members(path, found)
            return
        if hashed.media_type != JSON_LINES:
            yield path, hashed.sha256
            return
        gone = set(self._ledger.records_of(path))
        for line in read_records(found.path, self._ledger.known_records()):
            if isinstance(line, Record):
                gone.discard(f"{path}#{line.id}")
                yield f"{path}#{line.id}", line.sha256
        self._tally.counts["removed"] += len(gone)

    def _members(self, path: str, found: Found) -> Iterator[tuple[str, str]]:
        """(path, hash) of each document in an archive; all are hashed, none is extracted."""
        gone = set(self._ledger.records_of(path))
        with suppress(BadArchive), Archive(found.path, self._settings.limits) as archive:
            for name in archive.names():
                with suppress(BadArchive), archive.unpacked(name) as file:
                    gone.discard(f"{path}/{name}")
                    first = next(work(Task(file, 0), self._options))
                    if isinstance(first, Hashed):
                        yield f"{path}/{name}", first.sha256
            self._tally.counts["removed"] += len(gone)

    def report(self, *, seconds: float, dry_run: bool) -> IngestReport:
        """What was done, or would be."""
        return self._tally.report(
            hidden=self._scan.hidden, ignored=self._scan.ignored, seconds=seconds, dry_run=dry_run
        )
