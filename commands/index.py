"""`dossier index`: new and changed files into the catalogue, then into the index."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import format_option, wait_option
from commands.progress import ProgressLine
from commands.recognising import look_for_engine, read_scans
from commands.session import ERROR, FOUND, Session
from commands.talk import say
from commands.updating import searchable, update_index
from output.printer import Cell, Report, Table

if TYPE_CHECKING:
    from ingest.ocr import OcrReport
    from ingest.ocr_engine import Engine
    from ingest.report import IngestReport, Progress
    from searchidx.index import IndexUpdate

DEFAULT_FOLDER = Path("corpus")
STANDARD_INPUT = Path("-")
#: In the order of the summary; those that are 0 are left out of the text.
COUNTS = ("added", "changed", "moved", "copied", "touched", "removed", "unchanged", "unreadable")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would be done; read and write nothing.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes (default: one a processor).")
@click.option("--pdf-engine", type=click.Choice(["auto", "pdfminer", "pdfium"]), help="Who reads PDFs.")
@click.option("--ocr", is_flag=True, help="Read scanned pages, too (needs Tesseract; docs/ocr.md).")
@click.option("--watch", is_flag=True, help="Go on, and follow the folders until Ctrl-C.")
@click.option("--rebuild", is_flag=True, help="Make the search index anew from the catalogue.")
@click.option("--retry", is_flag=True, help="Try files again that could not be read.")
@click.option("--yes", is_flag=True, help="Accept that a large part of the files is gone.")
@wait_option
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(
    session: Session,
    paths: tuple[Path, ...],
    dry_run: bool,
    jobs: int | None,
    pdf_engine: str | None,
    ocr: bool,
    watch: bool,
    rebuild: bool,
    retry: bool,
    yes: bool,
    format_: str,
) -> int:
    """Read new and changed files into the library.

    \b
    dossier index corpus
    dossier index /media/reports --jobs 4 --dry-run
    dossier export | dossier --data copy index -

    PATHS are files and folders (default: corpus); - is JSON Lines from standard input. Only what is new or changed
    is read; files that are gone leave the library. Exit status 2 when some file could not be read: `dossier
    status` lists these.
    """
    data_dir = session.data_dir()
    if watch and (dry_run or rebuild or STANDARD_INPUT in paths or format_ != "text"):
        raise click.UsageError("--watch follows folders: without --dry-run, --rebuild, --format and -")
    engine = look_for_engine() if ocr else None
    if STANDARD_INPUT in paths:
        if dry_run:
            raise click.UsageError("--dry-run cannot look at standard input, which can be read only once")
        from ingest.standard_input import keep

        kept = keep(sys.stdin.buffer, data_dir)
        paths = tuple(kept if path == STANDARD_INPUT else path for path in paths)

    def run(places: Sequence[Path]) -> Ran:
        return _run(
            session,
            data_dir,
            places,
            engine=engine,
            jobs=jobs,
            dry_run=dry_run,
            pdf_engine=pdf_engine,
            rebuild=rebuild,
            retry=retry,
            yes=yes,
        )

    places = paths or (DEFAULT_FOLDER,)
    if watch:
        from commands.watching import watch as follow

        return follow(session, places, data_dir, run)
    ran = run(places)
    for warning in ran.warnings:
        say(f"dossier: {warning}")
    if session.notes:
        say(_summary(ran.report, ran.done, ran.scans))
    with session.printer(format_, pager=False) as printer:
        printer.report(_report(ran.report, ran.done, ran.scans))
    undone = (ocr and engine is None) or (ran.scans is not None and ran.scans.failed)
    return ERROR if ran.report.problems or ran.report.refused or ran.warnings or undone else FOUND


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run did: to the catalogue, to the index, and with scanned pages."""

    report: IngestReport
    done: IndexUpdate | None = None
    scans: OcrReport | None = None

    @property
    def warnings(self) -> list[str]:
        """What a person should know."""
        return [*self.report.warnings, *(self.scans.warnings if self.scans is not None else ())]

    def counts(self) -> dict[str, int]:
        """The numbers of the summary, by name."""
        counts = {name: getattr(self.report, name) for name in COUNTS}
        return counts | ({"scanned pages": self.scans.pages} if self.scans is not None else {})


def _run(
    session: Session,
    data_dir: Path,
    paths: Sequence[Path],
    *,
    engine: Engine | None,
    jobs: int | None,
    dry_run: bool,
    pdf_engine: str | None,
    rebuild: bool,
    retry: bool,
    yes: bool,
) -> Ran:
    """Bring catalogue and index up to date with these files and folders."""
    from ingest.ocr import restore, updated
    from ingest.pipeline import ingest

    with ProgressLine(session.notes) as line:
        report = ingest(
            paths,
            data_dir,
            settings=session.settings(),
            jobs=jobs,
            dry_run=dry_run,
            yes=yes,
            retry=retry,
            pdf_engine=pdf_engine,
            progress=_Meter(line),
        )
    if dry_run:
        return Ran(report)
    if restore(data_dir):
        report = updated(report, data_dir)
    done = _update(session, data_dir, rebuild, jobs)
    if engine is None:
        return Ran(report, done)
    # Only after all else is searchable: it takes longest.
    scans = read_scans(session, data_dir, engine, jobs=jobs, retry=retry)
    return Ran(updated(report, data_dir), _update(session, data_dir, False, jobs), scans)


class _Meter:
    """Turns progress into a line: files, documents a second, time left, and the file just read."""

    def __init__(self, line: ProgressLine) -> None:
        self._line = line
        self._started = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        seconds = time.monotonic() - self._started
        rate = progress.done / seconds if seconds else 0.0
        left = (progress.total - progress.done) / rate if rate else 0.0
        self._line.show(
            f"{progress.done:,} of {progress.total:,} files, {progress.pages:,} pages, {rate:.1f} files/s, "
            f"{int(left) // 60}:{int(left) % 60:02d} left  {progress.path}"
        )


def _update(session: Session, data_dir: Path, rebuild: bool, jobs: int | None) -> IndexUpdate:
    from ingest.lock import write_lock

    with write_lock(data_dir):
        return update_index(session, data_dir, rebuild=rebuild, jobs=jobs)


def _summary(report: IngestReport, done: IndexUpdate | None, scans: OcrReport | None) -> str:
    """What was done, in one or two sentences."""
    if report.dry_run:
        return "nothing was read or written (--dry-run)"
    if scans is not None and scans.pages:
        read = _summary(report, done, None)
        return (
            f"{scans.pages:,} scanned pages of {scans.documents:,} documents read in {scans.seconds:.1f} s; {read}"
        )
    if not report.extracted and done is not None and not done.written and not done.removed:
        return f"nothing is new: {report.unchanged:,} files are unchanged, nothing was extracted"
    text = f"{report.extracted:,} files extracted ({report.pages:,} pages) in {report.seconds:.1f} s"
    if done is not None:
        text += f"; {searchable(done)} ({done.bytes / 1e6:.1f} MB of index)"
    return text


def _report(report: IngestReport, done: IndexUpdate | None, scans: OcrReport | None) -> Report:
    values: dict[str, Cell] = {name: getattr(report, name) for name in COUNTS}
    values |= {f"files {status.value}": count for status, count in report.statuses.items()}
    values |= {"hidden": report.hidden, "ignored": report.ignored}
    if scans is not None:
        values |= {"scanned pages": scans.pages, "scanned pages failed": scans.failed}
    if done is not None:
        values |= {"documents": done.documents - done.listed, "listed": done.listed, "index_bytes": done.bytes}
    rows = [(problem.path, problem.status.value, problem.reason, problem.next_step) for problem in report.problems]
    table = Table(
        "problems", ("path", "status", "reason", "next_step"), rows, title="could not be read, or not whole"
    )
    return Report(values, table if rows else None)
