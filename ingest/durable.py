"""What has to survive a power cut.

Rule: a file's content is only sure to be on the disk after `fsync` of the file, and its name (new, moved or
removed) only after `fsync` of its folder. Whoever says that something is done has done both. SQLite does so for
the catalogue (`ingest.catalogue_schema`); for folders it is done with what stands here.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """Make new, moved and removed names in a directory survive a power cut, where that can be. Raises OSError."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directory(directory: Path) -> None:
    """Make a directory that is its owner's alone, with the directories above it, where it is absent, so that it
    survives a power cut. Raises OSError."""
    absent = [place for place in (directory, *directory.parents) if not place.exists()]
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in reversed(absent):
        sync_directory(place.parent)
