"""Hearing of changes in folders: which parts of them have to be looked at again, and when.

Rules: what is said here is only where to look; what has happened is found out by the ingestion, which compares
what is on disk with what the catalogue knows, so that nothing depends on the events being complete or in order.
Changes are told when nothing has happened for `QUIET` seconds, or `LONGEST` seconds after the first one. The
library's own data folder and names that begin with a dot are passed over, as in a walk. A folder that vanishes and
comes back (a drive) is watched again when it is there. Events come from the operating system by watchfiles, which
is optional; it says where it cannot get them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest import ignore
from ingest.errors import DossierError

QUIET = 0.7
LONGEST = 5.0
_TICK = 0.5  # seconds between two looks at whether the roots are still there

#: A folder or file to be looked at anew, as a path below one of the roots.
Places = tuple[Path, ...]


def follow(roots: Sequence[Path], data_dir: Path) -> Iterator[Places]:
    """What to look at: first all `roots`, once they are watched; then, for good, the folders in which something
    has changed; and an empty tuple about twice a second while there is nothing.

    Raises DossierError where watchfiles is not installed or the system gives no events.
    """
    while True:
        seen = {root: _identity(root) for root in roots}
        yield from _while_they_stay(roots, seen, data_dir)


def _while_they_stay(
    roots: Sequence[Path], seen: dict[Path, tuple[int, int] | None], data_dir: Path
) -> Iterator[Places]:
    """As `follow`, for as long as each root is what it was."""
    began = False
    for changed in _events([root for root in roots if seen[root] is not None], data_dir):
        if any(_identity(root) != identity for root, identity in seen.items()):
            return
        if not began:
            began = True
            yield tuple(roots)
        else:
            yield places(changed, roots)


def _events(roots: Sequence[Path], data_dir: Path) -> Iterator[list[Path]]:
    """Paths that changed; empty lists while nothing does."""
    try:
        from watchfiles import watch
    except ImportError as error:
        raise DossierError(
            "To follow folders, Dossier needs the package watchfiles: `pip install 'dossier-search[watch]'` "
            f"({error})."
        ) from error
    if not roots:
        from time import sleep

        while True:
            yield []
            sleep(_TICK)
    wanted = _filter(roots, data_dir)
    try:
        for changes in watch(
            # A file is watched by way of its folder: many programs save by putting a new file in its place.
            *{root if root.is_dir() else root.parent for root in roots},
            watch_filter=lambda _, path: wanted(Path(path)),
            debounce=round(LONGEST * 1000),
            step=round(QUIET * 1000),
            rust_timeout=round(_TICK * 1000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield [Path(path) for _, path in changes]
    except (OSError, RuntimeError) as error:
        raise DossierError(
            f"The folders cannot be followed ({error}): raise the system's limit (on Linux "
            "fs.inotify.max_user_watches) or set WATCHFILES_FORCE_POLLING=1, to look at all files again and again."
        ) from error


def _filter(roots: Sequence[Path], data_dir: Path) -> Callable[[Path], bool]:
    """Whether a changed path is one that a walk over `roots` would look at."""
    data_dirs = {Path(os.path.abspath(data_dir)), Path(os.path.realpath(data_dir))}

    def wanted(path: Path) -> bool:
        path = Path(os.path.abspath(path))
        if any(path.is_relative_to(data) for data in data_dirs):
            return False
        root = _root_of(path, roots)
        if root is None:
            return False
        inner = path.relative_to(root).parts
        return not any(part.startswith(".") and part != ignore.FILE_NAME for part in inner)

    return wanted


def places(changed: Sequence[Path], roots: Sequence[Path]) -> Places:
    """The folders to look at, none below another: of each changed path the nearest folder above it that is still
    there (a file alone would not tell what was deleted or moved beside it), at the most its root."""
    found: set[Path] = set()
    for path in map(Path, map(os.path.abspath, changed)):
        root = _root_of(path, roots)
        if root is None:
            continue
        folder = path if path == root else path.parent
        while folder != root and not folder.is_dir():
            folder = folder.parent
        found.add(folder)
    return tuple(sorted(place for place in found if not any(above in found for above in place.parents)))


def _root_of(path: Path, roots: Sequence[Path]) -> Path | None:
    absolute = (Path(os.path.abspath(root)) for root in roots)
    return next((root for root in absolute if path.is_relative_to(root)), None)


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except OSError:
        return None
    # A file that is put in the place of another one is a change like any other.
    return (status.st_dev, status.st_ino) if root.is_dir() else (0, 0)
