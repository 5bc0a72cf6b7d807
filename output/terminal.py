"""What the stream at the other end can show: colours, links, a width, a pager.

Rule: a pipe or a file gets plain text. Colours follow `--color`, then NO_COLOR (https://no-color.org) and
TERM=dumb; each stream is judged by itself. Links are OSC 8 escapes, only for terminals known to have them. A
pager starts for a terminal only, and only when the text is longer than the screen.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, TextIO

from ingest.frozen import Frozen

#: Longer lines are hard to read, however wide the window is.
WIDEST = 100
_NARROWEST = 20


class Look(Frozen):
    """How text is set. width: cells per line, None for no wrapping."""

    color: bool = False
    links: bool = False
    width: int | None = None


def look_for(stream: TextIO, color: str = "auto", environ: Mapping[str, str] | None = None) -> Look:
    """The look for a stream. color: auto | always | never, as the option says; `always` beats NO_COLOR."""
    env = os.environ if environ is None else environ
    terminal = is_terminal(stream)
    dumb = env.get("TERM") == "dumb"
    colored = color == "always" or (color == "auto" and terminal and not dumb and not env.get("NO_COLOR"))
    return Look(
        color=colored,
        links=colored and terminal and _has_links(env),
        width=max(_NARROWEST, min(_columns(stream, env), WIDEST)) if terminal else None,
    )


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person looks at the stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # a closed or foreign stream
        return False


def _columns(stream: TextIO, env: Mapping[str, str]) -> int:
    said = env.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _rows(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).lines or 24
    except (OSError, ValueError):
        return 24


def _has_links(env: Mapping[str, str]) -> bool:
    """Terminals that announce themselves and are known to follow OSC 8; a multiplexer may swallow it."""
    if env.get("TMUX") or env.get("STY") or env.get("TERM", "").startswith(("screen", "tmux")):
        return False
    vte = env.get("VTE_VERSION", "")
    return bool(
        env.get("TERM_PROGRAM") in {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"}
        or env.get("TERM", "").startswith(("xterm-kitty", "foot", "alacritty", "xterm-ghostty"))
        or (vte.isdecimal() and int(vte) >= 5000)
        or env.get("WT_SESSION")
        or env.get("KONSOLE_VERSION")
    )


def standard_output(*, machine: bool) -> TextIO:
    """sys.stdout made ready: UTF-8 with the line ends as written for machine formats, else as the locale has
    it, where a character it cannot show is escaped and does not end the program."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        if machine:
            out.reconfigure(encoding="utf-8", newline="")
        else:
            out.reconfigure(errors="backslashreplace")
    return out


@contextmanager
def paged(stream: TextIO, *, enabled: bool = True) -> Iterator[TextIO]:
    """A stream to write to; what was written goes through a pager if `stream` is a terminal it overflows.

    The pager is $PAGER, by default `less` (with LESS=FIRX where LESS is not set); PAGER="" or `cat` is none.
    """
    command = os.environ.get("PAGER", "less").strip()
    if not enabled or command in {"", "cat"} or not is_terminal(stream):
        yield stream
        return
    held = io.StringIO()
    try:
        yield held
    finally:
        text = held.getvalue()
        if text.count("\n") < _rows(stream) or not _page(text, command):
            stream.write(text)


def _page(text: str, command: str) -> bool:
    """Show the text in the pager; False if it could not be started."""
    import shlex
    import subprocess

    try:
        words = shlex.split(command)
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, env={**os.environ, "LESS": os.environ.get("LESS", "FIRX")}
        )
    except (OSError, ValueError):
        return False
    try:
        process.communicate(text.encode("utf-8", "replace"))
    except KeyboardInterrupt:
        process.wait()  # the pager has the terminal until it is left
    return True
