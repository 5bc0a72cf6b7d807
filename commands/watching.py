"""`dossier index --watch`: the folders are followed, and what changes is searchable a second or two later.

Rules: each batch of changes is one ordinary run of `dossier index` over the folders concerned, and gives one line
on stderr; a warning is told when it is new, not with every batch. While another process writes the library, the
batch waits. Ctrl-C (or SIGTERM) ends it: with status 0 between two batches, because that is how it is meant to
end, and with 130 in the midst of one, which the next run completes.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commands.session import FOUND, Session
from commands.talk import say
from commands.updating import searchable
from ingest.errors import DossierError, LibraryBusy

if TYPE_CHECKING:
    from commands.index import Ran

INTERRUPTED = 130


def watch(session: Session, roots: Sequence[Path], data_dir: Path, run: Callable[[Sequence[Path]], Ran]) -> int:
    """Follow `roots` until interrupted; `run` indexes the places it is given. The exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    following = _Following(session, run)
    try:
        from ingest.watch import follow

        for places in follow(roots, data_dir):
            following.take(places)
    except KeyboardInterrupt:
        following.say(
            "stopped" if following.idle else "stopped in the midst of reading; the next run goes on from there"
        )
        return FOUND if following.idle else INTERRUPTED
    return FOUND


class _Following:
    """The batches of one watch: what waits to be looked at, and what was said already."""

    def __init__(self, session: Session, run: Callable[[Sequence[Path]], Ran]) -> None:
        self._session, self._run = session, run
        self._waiting: dict[Path, None] = {}
        self._first = True
        self._busy = ""
        self._warned: set[str] = set()
        self.idle = True

    def take(self, places: Sequence[Path]) -> None:
        """Look at these places, and at those that had to wait."""
        self._waiting.update(dict.fromkeys(places))
        if not self._waiting:
            return
        self.idle = False
        started = time.monotonic()
        try:
            ran = self._run(list(self._waiting))
        except LibraryBusy as error:
            if str(error) != self._busy:
                self._busy = str(error)
                say(f"dossier: waiting: {error}")
            self.idle = True
            return
        except DossierError as error:
            if self._first:
                raise
            say(f"dossier: {error}")
        else:
            self._tell(ran, time.monotonic() - started)
        self._busy = ""
        self._waiting.clear()
        self._first = False
        self.idle = True

    def _tell(self, ran: Ran, seconds: float) -> None:
        problems = [f"{problem.path}: {problem.status.value}: {problem.reason}" for problem in ran.report.problems]
        for warning in [*ran.warnings, *problems]:
            alike = re.sub(r"\d+", "#", warning)  # what differs in numbers only was said
            if alike not in self._warned:
                self._warned.add(alike)
                say(f"dossier: {warning}")
        if not ran.warnings:
            self._warned.clear()
        done = [f"{count:,} {name}" for name, count in ran.counts().items() if count and name != "unchanged"]
        if done or self._first:
            what = ", ".join(done) or "nothing is new"
            total = f"; {searchable(ran.done)}" if ran.done is not None else ""
            self.say(f"{what}{total} ({seconds:.1f} s){'; watching' if self._first else ''}")

    def say(self, text: str) -> None:
        """One line with the time, unless --quiet."""
        if self._session.notes is not None:
            say(f"{time.strftime('%H:%M:%S')} {text}")
