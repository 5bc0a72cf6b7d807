"""What a run of the ingestion says about itself, while it goes and when it is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ingest.catalogue_files import FileRow
from ingest.document import LEFT_ALONE, Status


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: files done of those that have to be read, the one just done (a catalogue path), and the
    pages read so far."""

    done: int
    total: int
    path: str
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read, or not whole: path, what happened, and what a person can do."""

    path: str
    status: Status
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The result of one run.

    added, changed, moved, copied, touched (new time, same content), removed, unchanged: numbers of files (records
    of JSON Lines count one by one). unreadable: new or changed files that gave no document. extracted: contents
    read by an extractor. pages: of these. statuses: of all files read in this run. problems: of this run.
    refused: paths of files that are gone but were kept, because too many vanished at once. unseen: files below
    folders that could not be looked at. dry_run: nothing was written, and contents were not read.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    copied: int = 0
    touched: int = 0
    removed: int = 0
    unchanged: int = 0
    unreadable: int = 0
    extracted: int = 0
    pages: int = 0
    seconds: float = 0.0
    statuses: dict[Status, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    hidden: int = 0
    ignored: int = 0
    refused: tuple[str, ...] = ()
    unseen: int = 0
    warnings: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(slots=True)
class Tally:
    """The numbers of a run while they grow. The keys of `counts` are names of numbers in IngestReport."""

    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[Status] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def tell(self, row: FileRow) -> None:
        """Count how a file fared; what went wrong is a problem, what is left alone is only counted."""
        self.statuses[row.status] += 1
        if row.status is not Status.OK and row.status not in LEFT_ALONE:
            self.problems.append(Problem(row.path, row.status, row.reason, row.next_step))

    def report(self, *, hidden: int, ignored: int, seconds: float, dry_run: bool) -> IngestReport:
        """The report of the run that ends now."""
        count = self.counts
        return IngestReport(
            added=count["added"],
            changed=count["changed"],
            moved=count["moved"],
            copied=count["copied"],
            touched=count["touched"],
            removed=count["removed"],
            unchanged=count["unchanged"],
            unreadable=count["unreadable"],
            extracted=count["extracted"],
            pages=count["pages"],
            seconds=seconds,
            statuses={status: self.statuses[status] for status in Status if self.statuses[status]},
            problems=tuple(self.problems),
            hidden=hidden,
            ignored=ignored,
            refused=tuple(self.refused),
            unseen=count["unseen"],
            warnings=tuple(self.warnings),
            dry_run=dry_run,
        )
