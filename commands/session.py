"""What all commands share: where the library is and how to talk.

Rule: a command gets its data folder, its settings, its printer and its exit status from here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ingest.frozen import Frozen
from output.printer import Format, Printer, make_printer
from output.terminal import is_terminal, look_for, paged, standard_output

if TYPE_CHECKING:
    from ingest.settings import Settings
    from searchidx.library import Library

#: Exit statuses; an error is 2 (docs/output.md has all of them).
FOUND, NOTHING, ERROR = 0, 1, 2


class Session(Frozen):
    """The global options of one run."""

    data: Path | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False

    def data_dir(self) -> Path:
        """The library's data folder."""
        from ingest.settings import data_dir

        return data_dir(self.data, Path.cwd())

    def settings(self) -> Settings:
        """What dossier.toml and the environment say."""
        from ingest.settings import load_settings

        return load_settings(Path.cwd())

    def library(self) -> Library:
        """The library, opened for searching."""
        from searchidx.library import Library

        return Library.open(self.data_dir())

    @property
    def notes(self) -> TextIO | None:
        """Where remarks go; None with --quiet."""
        return None if self.quiet else sys.stderr

    @contextmanager
    def printer(
        self, format: str = "text", *, pager: bool = True, raw: bool = False, bom: bool = False
    ) -> Iterator[Printer]:
        """The printer of a format on standard output, through a pager where that is a terminal.

        On a terminal the remarks on text stand with it, so that they are not lost behind the pager.
        """
        text = format == Format.TEXT
        out = standard_output(machine=not text)
        look = look_for(out, self.color)
        with paged(out, enabled=text and pager) as stream:
            notes = stream if text and self.notes is not None and is_terminal(out) else self.notes
            yield make_printer(format, stream, notes=notes, look=look, raw=raw, bom=bom)
