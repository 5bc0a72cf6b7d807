"""What commands say on standard error, and paths alone on standard output.

Rule: a sentence may hold a path, a title or a query, so it is cleaned like all that is shown; commands say nothing
there in any other way. Paths that cannot be written line by line are never left out without a word.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from commands.session import ERROR
from output.plain_text import clean

if TYPE_CHECKING:
    from searchidx.results import Hit


def say(text: str) -> None:
    """One line on standard error."""
    click.echo(clean(text), err=True)


def write_files(hits: Iterable[Hit], *, nul: bool) -> int:
    """The paths of results on standard output, each on its line or (nul) ended by NUL. The exit status where some
    had to be left out, else 0."""
    from output.paths import write_paths

    left_out = write_paths((path for hit in hits for path in hit.paths), sys.stdout.buffer, nul=nul)
    if not left_out:
        return 0
    say(f"dossier: {left_out:,} path(s) left out, because the names hold a line end: ask for them with -0")
    return ERROR
