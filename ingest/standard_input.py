"""JSON Lines from standard input: kept as a file in the library's data folder, and read like any other.

Rules: there is one such file, so what a later stream no longer holds leaves the library, as with every JSON Lines
file that changes; collections that are to stand side by side go into files of their own. The file is replaced
whole or not at all. A stream that holds nothing is an error: it comes from a command that failed, and must not
empty the library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ingest.disk_errors import refusals
from ingest.durable import sync_directory
from ingest.errors import DossierError
from ingest.lock import write_lock

FILE_NAME = "standard-input.jsonl"
_PART_NAME = f"{FILE_NAME}.part"


def keep(stream: BinaryIO, data_dir: Path) -> Path:
    """Read the stream to its end and return the file that holds it now, to be given to `ingest.pipeline.ingest`.

    Raises DossierError where the stream holds nothing but white space or the disk refuses it (the file of an
    earlier stream stays then), LibraryBusy where another process writes the library.
    """
    # In the data folder: a large stream may not fit where temporary files lie, and renaming is all or nothing.
    part = data_dir / _PART_NAME
    with write_lock(data_dir), refusals(data_dir):
        try:
            with part.open("w+b") as file:
                shutil.copyfileobj(stream, file)
                file.seek(0)
                if not any(line.strip() for line in file):
                    raise DossierError("standard input held no document: did the command before the pipe fail?")
                file.flush()
                os.fsync(file.fileno())
            part.replace(data_dir / FILE_NAME)
            sync_directory(data_dir)
        finally:
            drop_part(data_dir)
    return data_dir / FILE_NAME


def drop_part(data_dir: Path) -> None:
    """Remove what a run that was ended has read of a stream. To be called under the library's lock."""
    with suppress(OSError):
        (data_dir / _PART_NAME).unlink(missing_ok=True)


def blank_line(data_dir: Path, sha256: str) -> None:
    """Overwrite with blanks, in their place, the lines of the file whose record has this hash (64 hexadecimal
    digits): the other records keep their line numbers."""
    with (data_dir / FILE_NAME).open("r+b") as file:
        start = 0
        for raw in iter(file.readline, b""):
            line = raw.removeprefix(b"\xef\xbb\xbf").strip() if start == 0 else raw.strip()
            if hashlib.sha256(line).hexdigest() == sha256:
                after = file.tell()
                file.seek(start)
                file.write(b" " * len(raw.rstrip(b"\r\n")))
                file.seek(after)
            start = file.tell()
        file.flush()
        os.fsync(file.fileno())
