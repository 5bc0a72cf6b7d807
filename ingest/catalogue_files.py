"""A row of `files`, and how a path is written in the catalogue.

Rules: a file inside the library's root (the folder that holds the data folder) is stored relative to it, so
that the whole library can be moved; any other file by its absolute path; always with "/". A name that is not
UTF-8 is stored readable, its odd bytes as "\\xNN", with the exact bytes beside it in `raw`. A record of a JSON
Lines file has the path `FILE.jsonl#ID`.
"""

from __future__ import annotations

import os
from pathlib import Path

from ingest.document import Status
from ingest.frozen import Frozen

#: What a person can do about a file of this status.
NEXT_STEPS: dict[Status, str] = {
    Status.OK: "",
    Status.PARTIAL: "look at the pages named; a repaired copy (`qpdf in.pdf out.pdf`) often reads whole",
    Status.IMAGE_ONLY: "read it with `dossier index --ocr`, or add a text layer (`ocrmypdf in.pdf out.pdf`)",
    Status.EMPTY: "check whether the file is what it should be",
    Status.ENCRYPTED: "put its password under [pdf] passwords in dossier.toml and index again",
    Status.CORRUPT: "fetch the file again or repair it (`qpdf in.pdf out.pdf`), then index again",
    Status.TIMEOUT: "raise [limits] seconds in dossier.toml and index again",
    Status.OUT_OF_MEMORY: "raise [limits] memory in dossier.toml and index again",
    Status.TOO_LARGE: "raise [limits] file in dossier.toml and index again, or split the file",
    Status.TOO_MANY_PAGES: "raise [limits] pages in dossier.toml and index again, or split the file",
    Status.UNSUPPORTED: "convert it to PDF, HTML or text if its content matters, or list it in .dossierignore",
    Status.UNREADABLE: "check that the file is still there and that you may read it",
    Status.FORGOTTEN: "delete the file, or let it in again with `dossier forget --allow-again PATH`",
    Status.LISTED: "fetch it from its link, put it beside the page that lists it, then index again",
}
#: The same for a zip archive, and for a file in one that could not be unpacked.
ZIP = "application/zip"
_ZIP_STEPS: dict[Status, str] = {
    Status.PARTIAL: "see what is said of the files named",
    Status.ENCRYPTED: "unpack the archive with its password, then index again",
    Status.CORRUPT: "fetch the archive again or repair it (`zip -FF in.zip --out out.zip`), then index again",
    Status.TOO_LARGE: "raise [limits] file in dossier.toml and index again, or unpack the archive",
}


class FileRow(Frozen):
    """A file as the catalogue knows it.

    kind: "document", "record" (one line of a JSON Lines file), "container" (such a file) or "sidecar".
    container: path of the file a record is in. size in bytes. raw: the exact bytes of a path that is not UTF-8.
    engine: the readers and limits under which a file failed. first_seen, last_seen: UTC, ISO 8601.
    """

    path: str
    size: int
    mtime_ns: int
    status: Status
    reason: str = ""
    sha256: str | None = None
    document_id: str | None = None
    media_type: str = ""
    kind: str = "document"
    container: str | None = None
    raw: bytes | None = None
    engine: str = ""
    first_seen: str = ""
    last_seen: str = ""

    @property
    def next_step(self) -> str:
        """What a person can do about it; empty where nothing is wrong."""
        if self.media_type == ZIP or (self.container is not None and self.sha256 is None):  # what a zip file holds
            return _ZIP_STEPS.get(self.status, NEXT_STEPS[self.status])
        if self.status is Status.PARTIAL and self.kind in ("sidecar", "container"):
            return "correct the lines named, then index again"
        return NEXT_STEPS[self.status]


def library_root(data_dir: Path) -> Path:
    """The folder that catalogue paths are relative to."""
    return Path(os.path.abspath(data_dir)).parent


def in_library(path: Path, root: Path) -> Path:
    """`path` made absolute, and by way of `root` where it leads into the library through a link elsewhere: a
    file has one catalogue path, from wherever it is named."""
    path = Path(os.path.abspath(path))
    if path.is_relative_to(root):
        return path
    real, real_root = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    return root / real.relative_to(real_root) if real.is_relative_to(real_root) else path


def path_key(path: Path, root: Path) -> tuple[str, bytes | None]:
    """How `path` (absolute, not resolved) is written in the catalogue of the library at `root`, and its raw
    bytes where its name is not UTF-8."""
    try:
        text = path.relative_to(root).as_posix()
    except ValueError:
        text = path.as_posix()
    try:
        text.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(text)
        return raw.decode("utf-8", "backslashreplace"), raw
    return text, None


def file_path(key: str, root: Path, raw: bytes | None = None) -> Path:
    """Where in the file system the file with this catalogue path lies (`path_key` the other way round)."""
    return root / (key if raw is None else os.fsdecode(raw))
