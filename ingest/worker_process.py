"""The inside of a worker: reads one file at a time, for as long as its parent wants.

Rules: it talks to the parent in pickles, tasks on standard input, messages on standard output, and to nobody else;
whatever a library prints goes nowhere. All that can be done without the catalogue is done here: telling the kind
of file, hashing, extraction, language, mentions of regions. It ends when its input ends, and the kernel ends it
if it overstays its time (should the parent be gone), computes for longer than that, or grows to twice its memory
limit; it writes no file larger than a document may be, and no picture of its memory. It has no descriptors but
its two pipes, no network, and no other program (`ingest.confinement`).
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import signal
import sys
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from ingest.archives import Archive, BadArchive, Member, Opening
from ingest.bounds import bounded
from ingest.catalogue_files import ZIP
from ingest.confinement import confine
from ingest.document import INDEXED, Claim, Extraction, Source, Status
from ingest.extractors import HEAD_BYTES, JSON_LINES, load_extractor, media_type_of, unsupported_reason
from ingest.jsonl import BadLine, Record, read_records
from ingest.ocr_engine import Engine
from ingest.ocr_pages import Recognised, recognise_pages
from ingest.opening import open_regular
from ingest.settings import Limits

_RECORDS_AT_ONCE = 200
_MAJORITY = 0.5  # of the letters, by the detector's measure
_GRACE = 15  # seconds the kernel waits longer than the parent does
#: When Python looks for cycles among objects: so seldom that it does not go through the language model and the
#: names of regions again and again, often enough that a page's tree is freed after a few more.
_COLLECT = (20_000, 10, 10)
_PICTURES = 256 * 2**20  # bytes that a picture of a page, written for recognition, may have


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: the same for every task of a run. `extractors` replaces extractors by media type. `ocr`: who
    reads pictures of pages."""

    limits: Limits = field(default_factory=Limits)
    pdf_engine: str = "auto"
    pdf_passwords: tuple[str, ...] = ()
    extractors: dict[str, str] = field(default_factory=dict)
    ocr: Engine | None = None

    def conditions(self) -> str:
        """All that decides whether a file that failed would fail again (of the passwords hardly more than that
        they differ: the catalogue must not help anyone to guess them)."""
        digest = hashlib.sha256("\n".join(self.pdf_passwords).encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.limits}; {self.pdf_engine}; passwords {len(self.pdf_passwords)}-{digest[:2]}"


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. `known`: hashes of contents that need no extraction.

    pages: where there are any, only these pages (numbers from 1) of the PDF are read, and from their pictures, in
    `languages` ("eng+fra", or "" to find out); the content must be one that is known. member: it is this member of
    the archive at `path`. told: members of an archive that were told before, and are passed over.
    """

    path: Path
    size: int
    known: frozenset[str] = frozenset()
    pages: tuple[int, ...] = ()
    languages: str = ""
    member: str = ""
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hashed:
    """The file's hash, sent before the extraction starts, so that it is known whatever happens then."""

    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Records:
    """Some of the lines of a JSON Lines file."""

    lines: tuple[Record | BadLine, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a task; extraction None: the content is known."""

    sha256: str | None
    extraction: Extraction | None


Message = Hashed | Records | Opening | Member | Recognised | Done


def work(task: Task, options: Options) -> Iterator[Message]:
    """What there is to say about one file; never raises for what a file or an extractor does."""
    sha256 = None
    try:
        if task.pages:
            yield from _recognised(task, options)
            return
        with open_regular(task.path) as file:
            before = os.fstat(file.fileno())
            head = file.read(HEAD_BYTES)
            media_type = media_type_of(head, task.path.name)
            if media_type is None:
                reason = unsupported_reason(head, task.path.name)
                yield Done(None, Extraction(Status.UNSUPPORTED, reason))
                return
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        yield Hashed(sha256, media_type)
        if media_type == JSON_LINES:
            yield from _records(task, options.limits.pages)
            yield Done(sha256, Extraction(Status.OK, media_type=JSON_LINES))
        elif media_type == ZIP:
            yield from _members(task, options)
            yield Done(sha256, Extraction(Status.OK, media_type=ZIP))
        elif sha256 in task.known:
            yield Done(sha256, None)
        elif not head:
            yield Done(sha256, Extraction(Status.EMPTY, "the file has no content (0 bytes)", media_type))
        else:
            extraction = _extracted(task.path, media_type, options)
            if _is_another(task.path, before):  # then the hash and the text may be those of two contents
                yield Done(None, Extraction(Status.UNREADABLE, "the file was changed while it was read"))
            else:
                yield Done(sha256, extraction)
    except BadArchive as refusal:
        yield Done(sha256, Extraction(refusal.status, refusal.reason, ZIP))
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror or error})"
        yield Done(None, Extraction(Status.UNREADABLE, reason))
    except MemoryError:
        yield Done(sha256, Extraction(Status.OUT_OF_MEMORY, "reading it takes more memory than the limit"))
    except Exception as error:  # as with extractors: what holds documents must not end the process either
        yield Done(sha256, Extraction(Status.CORRUPT, f"reading it failed ({type(error).__name__}: {error})"))


def _is_another(path: Path, before: os.stat_result) -> bool:
    """Whether a file is no longer as it was when it was opened."""
    now = os.stat(path)
    return (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns)


def _members(task: Task, options: Options) -> Iterator[Opening | Member]:
    """Each member of an archive, read like a file."""
    with Archive(task.path, options.limits) as archive:
        for name in archive.names():
            if name in task.told:
                continue
            yield Opening(name)
            try:
                with archive.unpacked(name) as path:
                    size = path.stat().st_size
                    *_, done = work(Task(path, size, task.known), options)
            except BadArchive as refusal:
                yield Member(name, 0, None, Extraction(refusal.status, refusal.reason))
            else:
                assert isinstance(done, Done)
                yield Member(name, size, done.sha256, done.extraction)


def _recognised(task: Task, options: Options) -> Iterator[Recognised | Done]:
    if task.member:
        with Archive(task.path, options.limits) as archive, archive.unpacked(task.member) as path:
            yield from _recognised(replace(task, path=path, member=""), options)
        return
    with open_regular(task.path) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 not in task.known or options.ocr is None:
        yield Done(None, Extraction(Status.UNREADABLE, "the file was changed since it was read"))
        return
    yield from recognise_pages(
        task.path,
        task.pages,
        task.languages,
        engine=options.ocr,
        passwords=options.pdf_passwords,
        seconds=options.limits.seconds,
    )
    yield Done(sha256, None)


def _extracted(path: Path, media_type: str, options: Options) -> Extraction:
    arguments: dict[str, object] = {}
    if media_type == "application/pdf" and media_type not in options.extractors:
        arguments = {
            "engine": options.pdf_engine,
            "max_pages": options.limits.pages,
            "passwords": options.pdf_passwords,
        }
    try:
        extraction = bounded(
            load_extractor(media_type, options.extractors)(path, **arguments), options.limits.pages
        )
        return enriched(replace(extraction, media_type=extraction.media_type or media_type))
    except MemoryError:
        return Extraction(Status.OUT_OF_MEMORY, "reading it takes more memory than the limit", media_type)
    except OSError:
        raise
    except ImportError as error:
        reason = f"a part of Dossier is not installed ({error}): install Dossier anew, then index again"
        return Extraction(Status.UNREADABLE, reason, media_type)
    except Exception as error:  # an extractor must not raise; where one does, this file alone pays for it
        reason = f"reading it failed ({type(error).__name__}: {error})"
        return Extraction(Status.CORRUPT, reason, media_type)


def _records(task: Task, most_pages: int) -> Iterator[Records]:
    lines: list[Record | BadLine] = []
    for line in read_records(task.path, task.known):
        if isinstance(line, Record) and line.extraction is not None:
            lines.append(replace(line, extraction=enriched(bounded(line.extraction, most_pages))))
        else:
            lines.append(line)
        if len(lines) == _RECORDS_AT_ONCE:
            yield Records(tuple(lines))
            lines.clear()
    yield Records(tuple(lines))


def enriched(extraction: Extraction) -> Extraction:
    """An extraction with what its text tells: as detected claims the language it is in and the regions it mentions
    (most mentioned first), and its sketch."""
    if extraction.status not in INDEXED or not extraction.pages:
        return extraction
    from ingest.mentions import mentions
    from ingest.regions import get
    from ingest.sketch import sketch

    texts = [page.text for page in extraction.pages]
    language = _language("\n".join(texts))
    claims = [] if language is None else [Claim("language", language, Source.DETECTED)]
    claims += [
        Claim("region", get(key).name, Source.DETECTED, pages) for key, pages in mentions(texts, language).items()
    ]
    own = array("Q", sketch(texts)).tobytes()
    return replace(extraction, claims=(*extraction.claims, *claims), sketch=own)


def _language(text: str) -> str | None:
    """The language that most of the text is in; None where there is too little text or no such language."""
    from ingest.language import MINIMUM_LETTERS, detect

    # No script packs more evidence into a character than this: the model need not be loaded to say no.
    letters = sum(3 if character > "\u2e80" else 1 for character in text[:MINIMUM_LETTERS] if character.isalpha())
    detected = detect(text) if letters >= MINIMUM_LETTERS or len(text) > MINIMUM_LETTERS else None
    return detected[0] if detected is not None and detected[1] >= _MAJORITY else None


def main() -> None:
    """Serve tasks until the input ends. The first pickle is the Options."""
    source, sink = _private_channel()
    options: Options = pickle.load(source)
    _limit_resources(options.limits)
    gc.set_threshold(*_COLLECT)
    confine(programs=options.ocr is not None)
    while True:
        try:
            task: Task = pickle.load(source)
        except EOFError:
            return
        _expire(options.limits.seconds)
        for message in work(task, options):
            pickle.dump(message, sink, protocol=pickle.HIGHEST_PROTOCOL)
            sink.flush()
            _expire(options.limits.seconds)
        _expire(None)


def _private_channel() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for us alone: libraries that print or read get an empty device instead."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _die_with_parent()
    return source, sink


def _die_with_parent() -> None:
    """On Linux, have the kernel end this process when the parent ends without a word (prctl(2),
    PR_SET_PDEATHSIG); elsewhere the end of its input, or of its time, does it."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _limit_resources(limits: Limits) -> None:
    # The parent watches resident memory; the limit on data catches what grows faster than it looks. Not RLIMIT_AS,
    # which counts mapped files and reserved address space that nobody uses.
    with suppress(ImportError):
        import resource

        _lower(resource.RLIMIT_DATA, 2 * limits.memory)
        _lower(resource.RLIMIT_FSIZE, max(limits.file, _PICTURES))
        _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, limit: int) -> None:
    """Set what the kernel allows, where it allows more (getrlimit(2))."""
    import resource

    hardest = resource.getrlimit(kind)[1]
    if hardest == resource.RLIM_INFINITY or limit < hardest:
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (limit, hardest))


def _expire(seconds: float | None) -> None:
    """Have the kernel end this process if it goes on, or computes, for longer without a word; None: no limit."""
    if sys.platform == "win32":
        return
    signal.alarm(0 if seconds is None else int(seconds) + _GRACE)
    if seconds is not None:
        import resource

        spent = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime + seconds) + _GRACE)


if __name__ == "__main__":
    main()
