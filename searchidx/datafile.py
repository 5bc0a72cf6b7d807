"""The data files of the analysis: plain text, `#` begins a comment line, empty lines mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


def data_path(name: str) -> Path:
    """Return where the file `name` of the package's data lies."""
    return _FOLDER / name


def data_lines(name: str) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, stripped line) for each line of the file `name` that says something."""
    for number, line in enumerate(data_path(name).read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text
