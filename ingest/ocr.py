"""Text of scanned pages, read by Tesseract after everything else has been read: the parent's side.

Rules: only PDFs already in the catalogue are looked at, and of these only pages that show no text or noise. What
a page gives is kept at once, by the hash of its file's content, so that a run that is ended loses one page and a
second run reads none; a page is read again only for another version of Tesseract, other languages, or where
`retry` asks for what failed. Languages are, in this order, those of the settings; the one that a person, a sidecar
or the file itself gives the document; the one detected in its other pages; else `ingest.ocr_pages` finds out. Text
read from a picture replaces none that is better, its quality is below 1, and the document says which pages it is.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.catalogue_ocr import NOISE_BELOW, Kept, OcrPages, Scanned
from ingest.document import Document, Extraction, Page, Status
from ingest.lock import write_lock
from ingest.ocr_engine import Engine
from ingest.ocr_languages import data_name, data_names
from ingest.ocr_pages import Recognised, no_data
from ingest.pagetext import clean_pages
from ingest.pdf import PICTURES, ranges
from ingest.report import IngestReport, Problem
from ingest.settings import Settings
from ingest.textquality import text_quality
from ingest.worker_process import Done, Options, Task, enriched
from ingest.workers import Pool

#: Pages of a document that one worker reads in a row: a long scan is shared among the workers, and the language of
#: a short one has to be found out only once.
_PAGES_AT_ONCE = 16
#: Never more than this, however sure Tesseract is: what it read has not been read by a person.
_BEST_QUALITY = 0.95
_TESSERACT = "; tesseract"
_BY = "were read from pictures by"
_NOT = "could not be read from their pictures"


@dataclass(frozen=True, slots=True)
class OcrReport:
    """What a run did: pages given to Tesseract (blank ones too), documents that got another text, pages that
    could not be read, what a person should know."""

    pages: int = 0
    documents: int = 0
    failed: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OcrProgress:
    """Pages done of those to read, and the path of the document just read from."""

    done: int
    total: int
    path: str


def recognise(
    data_dir: Path,
    engine: Engine,
    *,
    settings: Settings,
    jobs: int,
    retry: bool = False,
    progress: Callable[[OcrProgress], None] | None = None,
) -> OcrReport:
    """Read what scanned pages in the library say, and put it into their documents; the index is not touched.

    jobs: worker processes. retry: pages that failed are tried once more. The limit on seconds holds for each page,
    that on memory for each worker. Raises LibraryBusy where another process writes the library.
    """
    started = time.monotonic()
    with write_lock(data_dir), Catalogue.open(data_dir, write=True) as catalogue:
        run = _Run(catalogue, engine, settings, retry=retry)
        with catalogue.transaction():
            run.prepare()
        run.read(jobs, progress)
        return run.report(time.monotonic() - started)


def restore(data_dir: Path) -> int:
    """Put what is kept of scanned pages back into documents whose files were read anew since; the number of these.

    To be called after every run of the ingestion; it costs nothing where nothing was ever read from pictures.
    """
    with Catalogue.open(data_dir) as catalogue:
        pages = OcrPages(catalogue)
        if not pages.exist() or not pages.unshown():
            return 0
    with write_lock(data_dir), Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
        pages = OcrPages(catalogue)
        found = pages.unshown()
        for document_id, sha256 in found:
            show(catalogue, pages, document_id, sha256)
        return len(found)


def updated(report: IngestReport, data_dir: Path) -> IngestReport:
    """The report of the ingestion before, with how its files fare since their scanned pages were read."""
    statuses = Counter(report.statuses)
    problems = []
    with Catalogue.open(data_dir) as catalogue:
        for problem in report.problems:
            row = catalogue.file(problem.path)
            if row is not None and row.status is not problem.status:
                statuses[problem.status] -= 1
                statuses[row.status] += 1
            if row is None:
                problems.append(problem)
            elif row.status is not Status.OK:
                problems.append(Problem(row.path, row.status, row.reason, row.next_step))
    counts = {status: statuses[status] for status in Status if statuses[status] > 0}
    return replace(report, statuses=counts, problems=tuple(problems))


class _Run:
    """One run: which pages are to be read, by whom and in which languages."""

    def __init__(self, catalogue: Catalogue, engine: Engine, settings: Settings, *, retry: bool) -> None:
        self._catalogue, self._engine, self._settings, self._retry = catalogue, engine, settings, retry
        self._store = OcrPages(catalogue)
        self._todo: deque[tuple[Scanned, tuple[int, ...], str]] = deque()
        self._reading: dict[tuple[frozenset[str], tuple[int, ...]], tuple[Scanned, list[int], str]] = {}
        self._left: dict[str, int] = defaultdict(int)  # pages of a document that are still to be told
        self._missing: dict[str, set[str]] = defaultdict(set)
        self._total = self._done = self._documents = self._failed = 0
        self._warnings: list[str] = []

    def prepare(self) -> None:
        """Find out what is to be read."""
        self._store.prepare()
        for document in self._store.scanned():
            languages, binding = self._languages(document.id)
            kept = self._store.kept(document.sha256)
            pages = [
                page for page in document.pages if not self._fits(kept.get(page), languages if binding else "")
            ]
            if pages and (missing := self._engine.missing(languages)):
                self._note_missing(document, missing)
                continue
            for start in range(0, len(pages), _PAGES_AT_ONCE):
                self._todo.append((document, tuple(pages[start : start + _PAGES_AT_ONCE]), languages))
            self._left[document.id] += len(pages)
            self._total += len(pages)

    def _languages(self, document_id: str) -> tuple[str, bool]:
        """The languages to read a document in, "" for unknown, and whether somebody has said so."""
        if self._settings.ocr_languages:
            return data_names(self._settings.ocr_languages), True
        language, detected = self._store.language(document_id)
        return (data_name(language) if language else ""), language is not None and not detected

    def _fits(self, kept: Kept | None, wanted: str) -> bool:
        """Whether a page need not be read again. wanted: languages that somebody has asked for."""
        if kept is None or kept.engine != self._engine.name:
            return False
        if kept.missing and not self._engine.missing(kept.languages):
            return False
        if kept.failed and self._retry:
            return False
        return not wanted or kept.languages == wanted

    def read(self, jobs: int, progress: Callable[[OcrProgress], None] | None) -> None:
        """Read the pages, keep what they give, and show it once all pages of a document are there."""
        if not self._todo:
            return
        limits = self._settings.limits
        options = Options(limits, pdf_passwords=self._settings.pdf_passwords, ocr=self._engine)
        with Pool(jobs, options) as pool:
            for answer in pool.run(self._next_task):
                if answer is None:
                    continue
                task, message = answer
                document, untold, languages = self._reading[task.known, task.pages]
                if isinstance(message, Recognised):
                    self._keep(document, message)
                    untold.remove(message.page)
                    if progress is not None:
                        progress(OcrProgress(self._done, self._total, document.path))
                elif isinstance(message, Done):
                    del self._reading[task.known, task.pages]
                    self._end(document, untold, languages, message)

    def _next_task(self) -> Task | None:
        if not self._todo:
            return None
        document, pages, languages = self._todo.popleft()
        path = self._catalogue.file_path(document.path)
        known = frozenset({document.sha256})
        member = document.path.removeprefix(document.container + "/") if document.container else ""
        self._reading[known, pages] = (document, list(pages), languages)
        return Task(path, 0, known, pages, languages, member)

    def _end(self, document: Scanned, untold: list[int], languages: str, done: Done) -> None:
        """A worker is done with some pages of a document, or was ended over one of them."""
        if not untold:
            return
        reason = done.extraction.reason if done.extraction is not None else "its reader stopped"
        if done.extraction is not None and done.extraction.status is Status.UNREADABLE:
            self._warnings.append(f"{document.path}: pages {ranges(untold)} were not read ({reason}).")
            self._failed += len(untold)
            self._done += len(untold)
            return
        self._keep(document, Recognised(untold[0], languages, failed=reason))
        if untold[1:]:
            self._todo.appendleft((document, tuple(untold[1:]), languages))

    def _keep(self, document: Scanned, page: Recognised) -> None:
        self._done += 1
        self._failed += bool(page.failed)
        self._left[document.id] -= 1
        if page.missing:
            self._note_missing(document, self._engine.missing(page.languages))
        kept = Kept(
            page.page,
            self._engine.name,
            page.languages,
            page.text,
            page.confidence,
            page.failed,
            page.missing,
            False,
        )
        with self._catalogue.transaction():
            self._store.keep(document.sha256, kept)
            if not self._left[document.id]:
                self._show(document)

    def _show(self, document: Scanned) -> None:
        show(self._catalogue, self._store, document.id, document.sha256)
        self._documents += 1

    def _note_missing(self, document: Scanned, missing: list[str]) -> None:
        for language in missing:
            self._missing[language].add(document.id)

    def report(self, seconds: float) -> OcrReport:
        """What was done."""
        lacking = [
            f"{len(ids)} document(s) with scanned pages were not read: {no_data([language])}, or say under [ocr] "
            "languages in dossier.toml what to read them in."
            for language, ids in sorted(self._missing.items())
        ]
        return OcrReport(self._done, self._documents, self._failed, seconds, (*self._warnings, *lacking))


def show(catalogue: Catalogue, store: OcrPages, document_id: str, sha256: str) -> None:
    """Put what is kept of a content's pages into its document, in a transaction of the caller's."""
    document = catalogue.document(document_id)
    if document is None:
        return
    kept = store.kept(sha256)
    pages, shown = _pages(document, store.pages(document_id), kept)
    failed = [page for page in kept.values() if page.failed and page.page not in shown]
    status, reason = _status(document, pages, failed)
    before = catalogue.warnings(document_id)
    warnings = [text for text in before if PICTURES not in text and _BY not in text]
    total = len(pages)
    unread = [page.number for page in pages if not page.text and page.number not in kept]
    if unread and (document.status is Status.IMAGE_ONLY or any(PICTURES in text for text in before)):
        # The run was ended before it came to them.
        warnings.append(f"Page(s) {ranges(unread)} of {total} {PICTURES}; `dossier index --ocr` goes on reading.")
    if shown:
        readers = ", ".join(sorted({f"{kept[page].engine} ({kept[page].languages})" for page in shown}))
        warnings.append(f"Page(s) {ranges(sorted(shown))} of {total} {_BY} {readers}: letters may be wrong.")
    if failed and status is Status.OK:
        warnings.append(
            f"Page(s) {ranges([page.page for page in failed])} of {total} {PICTURES}, and {_NOT}: "
            f"{failed[0].failed}."
        )
    read = [page.engine for page in kept.values() if not page.failed]
    engine = document.extraction.partition(_TESSERACT)[0]
    if read:
        engine += f"; {read[-1]} ({'page(s) ' + ranges(sorted(shown)) if shown else 'no page'})"
    reading = Extraction(status, reason, document.media_type, pages, engine=engine, warnings=tuple(warnings))
    store.put(document_id, enriched(reading), shown)


def _pages(document: Document, pages: Sequence[Page], kept: dict[int, Kept]) -> tuple[tuple[Page, ...], set[int]]:
    """The pages with the better of both texts, and the numbers of those whose text is from their picture."""
    raw = [kept[page.number].text if page.number in kept else "" for page in pages]
    again = _TESSERACT in document.extraction
    shown: set[int] = set()
    result = []
    for page, before, text in zip(pages, raw, clean_pages(raw), strict=True):
        if text:
            source = kept[page.number]
            quality = round(min(_BEST_QUALITY, source.confidence) * text_quality(before), 3)
            noise = page.quality < NOISE_BELOW and quality > page.quality
            if not page.text or noise or (again and source.shown):
                shown.add(page.number)
                result.append(replace(page, text=text, quality=quality))
                continue
        result.append(page)
    return tuple(result), shown


def _status(document: Document, pages: Sequence[Page], failed: Sequence[Kept]) -> tuple[Status, str]:
    """Status and reason of a document after its scanned pages were read."""
    total = len(pages)
    if not any(page.text for page in pages):
        why = f"{failed[0].failed}" if failed else "Tesseract finds none in their pictures either"
        return Status.IMAGE_ONLY, f"None of the {total} page(s) has readable text: {why}."
    if document.status is Status.IMAGE_ONLY or _NOT in document.reason:
        if failed:
            named = ranges([page.page for page in failed])
            return Status.PARTIAL, f"Page(s) {named} of {total} {_NOT}: {failed[0].failed}."
        return Status.OK, ""
    return document.status, document.reason
