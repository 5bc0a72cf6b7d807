"""A picture of a terminal, as SVG, from what a command really prints.

    python tools/terminal_picture.py -o docs/terminal.svg -- dossier search debt bondage

Rule: the command runs on a pseudo-terminal, so the picture shows the colours and the wrapping that a person sees;
nothing in it is written by hand. Escapes other than colours are left out. Source of the escapes: ECMA-48 (SGR).
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

CELL, LINE, PAD, BAR = 8.4, 19, 16, 30  # pixels: a character, a line, the margin, the title bar
STYLES = {
    "1": "font-weight:bold",
    "2": "fill:#8b949e",
    "1;31": "font-weight:bold;fill:#ff7b72",
    "35": "fill:#d2a8ff",
}
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-ln-z]|\r")


def run(command: list[str], columns: int) -> str:
    """What a command prints on a terminal so many columns wide; leaves where it ends with an error (2 or more)."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 1000, columns, 0, 0))
    env = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "DOSSIER_DATA")
    }
    env |= {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "PAGER": "cat"}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env) as process:
        os.close(slave)
        printed = b""
        while chunk := _read(master):
            printed += chunk
    os.close(master)
    if process.returncode > 1:
        sys.exit(f"`{shlex.join(command)}` ended with status {process.returncode}:\n{printed.decode()}")
    return printed.decode("utf-8")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what Linux says when the other end is closed
        return b""


def _spans(line: str) -> Iterator[tuple[str, str]]:
    """(style, text) of a line with colours."""
    style, at = "", 0
    for found in _SGR.finditer(line):
        if found.start() > at:
            yield style, line[at : found.start()]
        style, at = found.group(1).strip("0"), found.end()
    if at < len(line):
        yield style, line[at:]


def picture(command: list[str], printed: str, columns: int) -> str:
    """The SVG of a terminal in which the command was typed."""
    lines = [f"\x1b[2m$\x1b[0m {shlex.join(command)}", *_OTHER.sub("", printed).rstrip().split("\n")]
    width, height = columns * CELL + 2 * PAD, len(lines) * LINE + BAR + PAD
    rows = []
    for number, line in enumerate(lines, 1):
        spans = "".join(
            f'<tspan style="{STYLES[style]}">{escape(text)}</tspan>' if style else escape(text)
            for style, text in _spans(line)
        )
        rows.append(f'<text x="{PAD}" y="{BAR + number * LINE - 5}">{spans}</text>')
    dots = "".join(
        f'<circle cx="{PAD + 4 + place * 18}" cy="16" r="5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    name = escape(shlex.join(command))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'xml:space="preserve" role="img" aria-label="A terminal after: {name}">\n'
        "<style>text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3;"
        "white-space:pre}</style>\n"
        f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>{dots}\n' + "\n".join(rows) + "\n</svg>\n"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="the SVG file to write")
    parser.add_argument("--columns", type=int, default=96, help="width of the terminal (default: %(default)s)")
    parser.add_argument("command", nargs="+", help="the command, after --")
    options = parser.parse_args()
    printed = run(options.command, options.columns)
    options.output.write_text(picture(options.command, printed, options.columns), encoding="utf-8")


if __name__ == "__main__":
    main()
