"""Files in, catalogue rows out: one run of the ingestion.

Rules: a run compares what is on disk with what the catalogue knows and reads only contents it does not have; a
second run reads nothing. What is read is committed in batches, so a run that is ended, however it is ended, keeps
what it has done and the next one goes on from there. A file that failed is not tried again until it changes, a
reader changes, or the caller says so. A sudden loss of many files is taken for an unmounted drive until the caller
says otherwise. The search index is not touched here.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.catalogue import Catalogue, FileRow
from ingest.catalogue_schema import FILE_NAME as CATALOGUE_FILE
from ingest.changes import Change, Ledger
from ingest.described import describe, link_listings
from ingest.discover import Found, compare, scan
from ingest.document import INDEXED, Extraction, Status
from ingest.errors import DossierError
from ingest.extractors import JSON_LINES, reader_versions
from ingest.jsonl import BadLine, Record, read_records
from ingest.lock import write_lock
from ingest.report import IngestReport, Problem, Progress
from ingest.settings import Settings
from ingest.sidecar import Sidecars
from ingest.worker_process import Done, Hashed, Message, Options, Records, Task, work
from ingest.workers import Pool

_BATCH_FILES = 200
_BATCH_SECONDS = 2.0
#: More files than this, or more than half of more than `_SMALL` documents, do not vanish without a word.
_MANY = 1000
_SMALL = 10
_LINES_NAMED = 10


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
    with ExitStack() as stack:
        catalogue: Catalogue | None = None
        if not dry_run:
            stack.enter_context(write_lock(data_dir))
            catalogue = stack.enter_context(Catalogue.open(data_dir, create=True))
        elif (data_dir / CATALOGUE_FILE).exists():
            catalogue = stack.enter_context(Catalogue.open(data_dir))
        run = _Run(paths, data_dir, catalogue, settings, options, retry=retry, yes=yes, progress=progress)
        if dry_run:
            run.rehearse()
        else:
            run.read(jobs or settings.jobs or _processors())
        return replace(run.report(), seconds=time.monotonic() - started, dry_run=dry_run)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


class _Batches:
    """The transactions of a run: one is open from the first write until it is due."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._open: ExitStack | None = None
        self._files = 0
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.__exit__(kind, error, trace)

    def begin(self) -> None:
        if self._open is None:
            self._open = ExitStack()
            self._open.enter_context(self._catalogue.transaction())
            self._files, self._since = 0, time.monotonic()

    def end_if_due(self, files: int = 0) -> None:
        self._files += files
        if self._open is not None and (
            self._files >= _BATCH_FILES or time.monotonic() - self._since >= _BATCH_SECONDS
        ):
            self._open.close()
            self._open = None


class _Run:
    """One run: looks when it is made, then either reads or rehearses, then reports."""

    def __init__(
        self,
        paths: Sequence[Path],
        data_dir: Path,
        catalogue: Catalogue | None,
        settings: Settings,
        options: Options,
        *,
        retry: bool,
        yes: bool,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._options = options
        self._yes = yes
        self._progress = progress
        self._versions = reader_versions()
        self._root = data_dir.absolute().parent

        self._scan = scan(paths, data_dir)
        rows = list(catalogue.files()) if catalogue is not None else []
        self._warnings = list(self._scan.warnings)
        self._judge_roots(rows)
        self._diff = compare(self._scan, rows, retry=retry, versions=self._versions)
        self._ledger = Ledger(rows, self._diff.missing, retry=retry, versions=self._versions)
        found = self._scan.files
        todo = [*self._diff.changed, *self._diff.added]
        self._sidecars = {path for path in todo if found[path].sidecar}
        self._todo = deque(path for path in todo if path not in self._sidecars)
        self._total = len(self._todo)
        self._waiting: dict[int, deque[str]] = defaultdict(deque)  # same size as one that is being read
        self._reading: dict[Path, str] = {}
        self._sizes: Counter[int] = Counter()

        self._counts: Counter[str] = Counter()
        self._statuses: Counter[Status] = Counter()
        self._problems: list[Problem] = []
        self._refused: list[str] = []
        self._fresh: list[FileRow] = []  # rows written in this run
        self._bad_lines: dict[str, list[BadLine]] = defaultdict(list)
        self._lines: dict[str, set[str]] = defaultdict(set)
        self._replaced: list[tuple[str, str]] = []  # (document that was there before, the one there now)

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
                self._warnings.append(text)
            elif self._yes:
                del self._scan.unseen[scope]
            else:
                self._warnings.append(
                    f"{scope} is not there, but documents from it are in the library, and they stay: if it is "
                    "really gone, say so with --yes; if it lies on a drive, connect the drive."
                )
        for folder, reason in self._scan.unseen.items():
            if folder not in absent:
                self._warnings.append(
                    f"The folder {folder} cannot be looked at ({reason}): what is known of it stays."
                )

    # -- reading

    def read(self, jobs: int) -> None:
        """Read what has to be read, write it, and bring everything derived up to date."""
        catalogue = self._written()
        with _Batches(catalogue) as batches, Pool(jobs, self._options) as pool:
            batches.begin()
            catalogue.refresh_records()
            for answer in pool.run(self._next_task):
                batches.begin()
                if answer is not None:
                    task, message = answer
                    self._take(self._reading[task.path], message)
                    if isinstance(message, Done):
                        self._free(task)
                        batches.end_if_due(files=1)
                batches.end_if_due()
            batches.begin()
            self._finish()

    def _written(self) -> Catalogue:
        if self._catalogue is None:
            raise ValueError("a run that writes needs a catalogue")
        return self._catalogue

    def _next_task(self) -> Task | None:
        while self._todo:
            path = self._todo.popleft()
            found = self._scan.files[path]
            refused = self._refusal(found)
            if refused is not None:
                self._take(path, Done(None, refused))
            elif self._sizes[found.size]:
                # It may be the same content as the one that is being read: then it need not be read.
                self._waiting[found.size].append(path)
            else:
                self._sizes[found.size] += 1
                self._reading[found.path] = path
                return Task(found.path, found.size, self._known(path, found))
        return None

    def _free(self, task: Task) -> None:
        del self._reading[task.path]
        self._sizes[task.size] -= 1
        if self._waiting[task.size]:
            self._todo.appendleft(self._waiting[task.size].popleft())

    def _known(self, path: str, found: Found) -> frozenset[str]:
        is_container = path.lower().endswith(".jsonl")
        return self._ledger.known_records() if is_container else self._ledger.known(found.size)

    def _refusal(self, found: Found) -> Extraction | None:
        """Why a file is not even opened."""
        limit = self._settings.limits.file
        if found.problem:
            return Extraction(Status.UNREADABLE, found.problem)
        if found.size > limit:
            return Extraction(
                Status.TOO_LARGE, f"{found.size / 2**20:.0f} MiB, more than the limit of {limit / 2**20:.0f} MiB"
            )
        return None

    def _take(self, path: str, message: Message) -> None:
        """Write what a worker says about the file at `path`."""
        found = self._scan.files[path]
        if isinstance(message, Records):
            for line in message.lines:
                if isinstance(line, BadLine):
                    self._bad_lines[path].append(line)
                else:
                    self._record(path, line)
        elif isinstance(message, Done):
            if message.extraction is not None and message.extraction.media_type == JSON_LINES:
                self._container(path, found, message)
            else:
                row = FileRow(path, found.size, found.mtime_ns, Status.OK, raw=found.raw, sha256=message.sha256)
                self._content(row, message.extraction)
            if self._progress is not None:
                left = len(self._todo) + len(self._reading) + sum(map(len, self._waiting.values()))
                self._progress(Progress(self._total - left, self._total, path))

    def _record(self, container: str, line: Record) -> None:
        path = f"{container}#{line.id}"
        self._lines[container].add(path)
        row = FileRow(path, 0, 0, Status.OK, sha256=line.sha256, kind="record", container=container)
        self._content(row, line.extraction)

    def _container(self, path: str, found: Found, done: Done) -> None:
        """The end of a JSON Lines file: records that it no longer holds are removed."""
        extraction = done.extraction or Extraction(Status.OK)
        bad = self._bad_lines.pop(path, [])
        lines = self._lines.pop(path, set())
        if extraction.status is Status.OK:
            if bad:
                named = "; ".join(f"line {line.line}: {line.reason}" for line in bad[:_LINES_NAMED])
                more = f"; and {len(bad) - _LINES_NAMED} more" if len(bad) > _LINES_NAMED else ""
                extraction = replace(
                    extraction, status=Status.PARTIAL, reason=f"{len(bad)} line(s) not read: {named}{more}"
                )
            for gone in [row.path for row in self._ledger.rows.values() if row.container == path]:
                if gone not in lines:
                    self._written().detach_path(gone)
                    del self._ledger.rows[gone]
                    self._counts["removed"] += 1
        row = FileRow(
            path, found.size, found.mtime_ns, extraction.status, extraction.reason, done.sha256, None, JSON_LINES,
            "container", raw=found.raw, engine=self._engine(extraction.status),
        )  # fmt: skip
        self._put(row)
        self._tell(row)

    def _content(self, row: FileRow, extraction: Extraction | None) -> None:
        """Write one document's file: `row` has its path and hash; `extraction` is None for a known content."""
        catalogue = self._written()
        old = self._ledger.rows.get(row.path)
        if extraction is not None and extraction.status is Status.UNREADABLE and old is not None:
            # What was read of it before stays, until it can be read again or is gone.
            self._put(replace(old, status=Status.UNREADABLE, reason=extraction.reason))
            self._tell(replace(old, status=Status.UNREADABLE, reason=extraction.reason))
            return
        before: FileRow | None = old
        change: Change | None = None
        if row.sha256 is not None:
            change, before = self._ledger.settle(row.path, row.sha256)
        if extraction is None:
            row = self._as_judged(row)
        else:
            indexed = extraction.status in INDEXED and (row.size > 0 or row.kind == "record")
            kept = change is Change.TOUCHED and before is not None and before.document_id is not None
            if not indexed and kept and before is not None:  # a second try went worse than the first
                row = replace(row, status=before.status, reason=before.reason, media_type=before.media_type,
                              document_id=before.document_id)  # fmt: skip
            else:
                document_id = catalogue.put_document(extraction, row.sha256 or "") if indexed else None
                row = replace(row, status=extraction.status, reason=extraction.reason,
                              media_type=extraction.media_type, document_id=document_id)  # fmt: skip
            self._counts["extracted"] += 1
            self._counts["pages"] += len(extraction.pages)
            if old is not None and old.document_id and row.document_id and old.document_id != row.document_id:
                self._replaced.append((old.document_id, row.document_id))
        row = replace(row, engine=self._engine(row.status))
        if change is Change.MOVED and before is not None:
            catalogue.detach_path(before.path)
            row = replace(row, first_seen=before.first_seen)
            self._counts["moved"] += 1
        elif change is Change.TOUCHED:
            self._counts["unchanged" if row.kind == "record" else "touched"] += 1
        elif row.document_id is None:
            self._counts["unreadable"] += row.status is not Status.UNSUPPORTED
        elif change is not None:
            self._counts[change.value] += 1
        self._put(row)
        self._tell(row)

    def _as_judged(self, row: FileRow) -> FileRow:
        judged = self._ledger.judged(row.sha256 or "")
        if judged is None:
            raise ValueError(f"{row.path} was passed over as known, but its content is not")
        return replace(row, status=judged.status, reason=judged.reason, media_type=judged.media_type,
                       document_id=judged.document_id)  # fmt: skip

    def _engine(self, status: Status) -> str:
        return "" if status is Status.OK else self._versions

    def _put(self, row: FileRow) -> None:
        self._written().put_file(row)
        self._ledger.note(row)
        self._fresh.append(row)

    def _tell(self, row: FileRow) -> None:
        self._statuses[row.status] += 1
        if row.status not in (Status.OK, Status.UNSUPPORTED):
            self._problems.append(Problem(row.path, row.status, row.reason, row.next_step))

    # -- what follows from what was read

    def _finish(self) -> None:
        catalogue = self._written()
        self._remove()
        for old_id, new_id in self._replaced:
            if not catalogue.has_paths(old_id):
                catalogue.carry_user_values(old_id, new_id)
        self._describe()
        if self._fresh or self._counts["removed"]:
            link_listings(catalogue)
        catalogue.seen(self._diff.unchanged)

    def _remove(self) -> None:
        catalogue = self._written()
        for row in self._losses():
            catalogue.detach_path(row.path)
            self._counts["removed"] += row.document_id is not None

    def _losses(self) -> list[FileRow]:
        """The rows of files that are gone, or none of them where they are too many to believe it."""
        gone = list(self._ledger.missing.values())
        documents = [row for row in gone if row.document_id is not None]
        total = sum(row.document_id is not None for row in self._ledger.rows.values())
        if not self._yes and (len(documents) > _MANY or (total > _SMALL and 2 * len(documents) > total)):
            self._refused = [row.path for row in documents]
            self._warnings.append(
                f"{len(documents)} of {total} documents are gone from their places, and stay in the library for "
                "now: if they were deleted, say so with --yes; if they lie on a drive, connect the drive."
            )
            return []
        return gone

    def _describe(self) -> None:
        """Make the claims of sidecars and folder rules anew: of all files where one of these changed, else of
        the files of this run."""
        catalogue = self._written()
        rules = repr(self._settings.folders)
        sidecars = Sidecars(self._root)
        check = self._sidecars | {
            row.path
            for row in self._ledger.rows.values()
            if row.kind == "sidecar" and row.status is not Status.OK and row.path in self._scan.files
        }
        lost = any(row.kind == "sidecar" for row in self._ledger.missing.values()) and not self._refused
        if check or lost or catalogue.note("folder_rules") != rules:
            describe(catalogue, list(catalogue.files()), sidecars, self._settings.folders)
            catalogue.set_note("folder_rules", rules)
        else:
            describe(catalogue, self._fresh, sidecars, self._settings.folders)
        for path in sorted(check):
            found = self._scan.files[path]
            problems = sidecars.problems.get(found.path, [])
            status = Status.PARTIAL if problems else Status.OK
            catalogue.put_file(
                FileRow(
                    path,
                    found.size,
                    found.mtime_ns,
                    status,
                    " ".join(problems),
                    kind="sidecar",
                    raw=found.raw,
                    engine=self._engine(status),
                )
            )
        self._warnings += [problem for problems in sidecars.problems.values() for problem in problems]

    # -- saying

    def rehearse(self) -> None:
        """Find out what a run would do; files are hashed, and nothing is written."""
        for path in self._todo:
            found = self._scan.files[path]
            refused = self._refusal(found)
            if refused is not None:
                self._count_status(refused.status)
                continue
            first = next(work(Task(found.path, found.size), self._options))
            if isinstance(first, Done) and first.extraction is not None:
                self._count_status(first.extraction.status)
            elif isinstance(first, Hashed):
                for place, sha256 in self._contents(path, found, first):
                    change, _ = self._ledger.settle(place, sha256)
                    same = change is Change.TOUCHED and place != path
                    self._counts["unchanged" if same else change.value] += 1
        self._counts["removed"] += sum(row.document_id is not None for row in self._losses())

    def _contents(self, path: str, found: Found, hashed: Hashed) -> Iterator[tuple[str, str]]:
        if hashed.media_type != JSON_LINES:
            yield path, hashed.sha256
            return
        gone = {row.path for row in self._ledger.rows.values() if row.container == path}
        for line in read_records(found.path, self._ledger.known_records()):
            if isinstance(line, Record):
                gone.discard(f"{path}#{line.id}")
                yield f"{path}#{line.id}", line.sha256
        self._counts["removed"] += len(gone)

    def _count_status(self, status: Status) -> None:
        self._statuses[status] += 1
        self._counts["unreadable"] += status is not Status.UNSUPPORTED

    def report(self) -> IngestReport:
        """What was done, or would be."""
        return IngestReport(
            added=self._counts["added"],
            changed=self._counts["changed"],
            moved=self._counts["moved"],
            copied=self._counts["copied"],
            touched=self._counts["touched"],
            removed=self._counts["removed"],
            unchanged=len(self._diff.unchanged) + self._counts["unchanged"],
            unreadable=self._counts["unreadable"],
            extracted=self._counts["extracted"],
            pages=self._counts["pages"],
            statuses={status: self._statuses[status] for status in Status if self._statuses[status]},
            problems=tuple(self._problems),
            hidden=self._scan.hidden,
            ignored=self._scan.ignored,
            refused=tuple(self._refused),
            unseen=self._diff.unseen,
            warnings=tuple(self._warnings),
        )
