"""What is in the folders: every file once, with one look at each, and what is passed over and why.

Rules: names that begin with a dot and what a .dossierignore says are passed over and counted; nothing else is.
Links are followed where they stay in the folders that were named, or in the library's but not in what is hidden
there; one that leads elsewhere is reported, and followed only when it is named itself. No folder is walked twice
(real folders come first, so that a file is known by the path it really has). The library's own data folder is
never walked, and no link leads into it. What cannot be read is listed, because the files behind it must not be
taken for deleted. Sidecars (`NAME.toml` beside the document NAME, `metadata.csv`) are told from documents by name;
nothing is opened here.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ingest import ignore
from ingest.catalogue_files import FileRow, in_library, library_root, path_key
from ingest.document import Status
from ingest.extractors import has_known_suffix
from ingest.ignore import IgnoreRules
from ingest.opening import NO_FILE, leads_out, read_regular
from ingest.settings import FILE_NAME as SETTINGS_FILE
from ingest.sidecar import METADATA_TABLE, SIDECAR_SUFFIX
from ingest.standard_input import FILE_NAME as STANDARD_INPUT

_MOST_RULES = 2**20  # bytes of a .dossierignore


class Found(NamedTuple):
    """A file: where it is, its size in bytes and modification time; `problem` where it cannot be read."""

    path: Path
    size: int
    mtime_ns: int
    raw: bytes | None = None
    sidecar: bool = False
    problem: str = ""


@dataclass(slots=True)
class Scan:
    """Everything found, by catalogue path.

    scopes: catalogue paths of the files and folders that were asked for; unseen: those of folders (and roots)
    whose content could not be looked at, with the reason; absent: those of roots that do not exist. hidden,
    ignored: files and folders passed over.
    """

    files: dict[str, Found] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)
    unseen: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    hidden: int = 0
    ignored: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Diff:
    """How what was found differs from what the catalogue knows (all are catalogue paths).

    changed: known with another size or time, or to be tried again. missing: rows of files that are gone, among
    them those that will turn out to have moved. unseen: how many rows could not be judged.
    """

    unchanged: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    missing: dict[str, FileRow] = field(default_factory=dict)
    unseen: int = 0


def scan(paths: Sequence[Path], data_dir: Path) -> Scan:
    """Look at all files under `paths` (files or folders) for the library whose data is in `data_dir`."""
    walk = _Walk(paths, data_dir)
    for path in paths:
        walk.start(path)
    walk.finish()
    kept = Path(os.path.abspath(data_dir)) / STANDARD_INPUT
    if kept.is_file() and path_key(kept, library_root(data_dir))[0] not in walk.result.files:
        walk.start(kept)  # no walk comes into the data folder, and what is kept there is not gone
    return walk.result


def compare(result: Scan, rows: Sequence[FileRow], *, retry: bool, conditions: str) -> Diff:
    """Hold a scan against the catalogue's rows. A file that failed is to be tried again if `retry` is set or the
    `conditions` are not those it failed under. Only rows within the scan's scopes are judged missing."""
    diff = Diff()
    known: set[str] = set()
    for row in rows:
        known.add(row.path)
        place = row.container or row.path
        found = result.files.get(place)
        if found is None:
            if _within(place, result.scopes):
                if _within(place, result.unseen):
                    diff.unseen += 1
                else:
                    diff.missing[row.path] = row
        elif row.container is None:
            same = (row.size, row.mtime_ns) == (found.size, found.mtime_ns) and not found.problem
            again = row.status is Status.UNREADABLE or (
                row.status is not Status.OK and (retry or row.engine != conditions)
            )
            (diff.unchanged if same and not again else diff.changed).append(row.path)
    whole = set(diff.unchanged)
    diff.unchanged += [row.path for row in rows if row.container in whole]
    diff.added = [path for path in result.files if path not in known]
    return diff


def _within(path: str, scopes: Iterable[str]) -> bool:
    return any(
        scope in (".", path) or path.startswith(scope if scope.endswith("/") else scope + "/") for scope in scopes
    )


class _Walk:
    """One walk over all roots: what was visited is remembered across them."""

    def __init__(self, paths: Sequence[Path], data_dir: Path) -> None:
        self.result = Scan()
        self._root = library_root(data_dir)
        self._data = os.path.realpath(data_dir)
        self._named = [os.path.realpath(path) for path in paths]
        self._visited: set[tuple[int, int]] = set()
        self._linked: deque[tuple[Path, list[tuple[str, IgnoreRules]]]] = deque()
        try:
            data = data_dir.stat()
            self._visited.add((data.st_dev, data.st_ino))
        except OSError:
            pass  # no library yet

    def start(self, root: Path) -> None:
        root = in_library(root, self._root)
        key, raw = path_key(root, self._root)
        self.result.scopes.append(key)
        try:
            status = root.stat()
        except OSError as error:
            self.result.unseen[key] = error.strerror or str(error)
            if isinstance(error, FileNotFoundError | NotADirectoryError):
                self.result.absent.add(key)
            return
        if stat.S_ISDIR(status.st_mode):
            self._folders(root, self._outer_rules(root))
        else:
            self._file(root, status, key, raw, {root.name})

    def finish(self) -> None:
        while self._linked:
            self._folders(*self._linked.popleft())

    def _folders(self, top: Path, rules: list[tuple[str, IgnoreRules]]) -> None:
        pending = [(top, rules)]
        while pending:
            folder, above = pending.pop()
            try:
                status = folder.stat()
                if (status.st_dev, status.st_ino) in self._visited:
                    continue
                self._visited.add((status.st_dev, status.st_ino))
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self.result.unseen[path_key(folder, self._root)[0]] = error.strerror or str(error)
                continue
            names = {entry.name for entry in entries}
            here = [*above, *self._rules(folder)] if ignore.FILE_NAME in names else above
            below = [child for entry in entries if (child := self._entry(folder, entry, names, here)) is not None]
            pending.extend((child, here) for child in reversed(below))

    def _entry(
        self, folder: Path, entry: os.DirEntry[str], names: set[str], rules: list[tuple[str, IgnoreRules]]
    ) -> Path | None:
        """Note one directory entry; the path of a folder to walk next."""
        if entry.name in (SETTINGS_FILE, ignore.FILE_NAME):
            return None
        if entry.name.startswith("."):
            self.result.hidden += 1
            return None
        path = folder / entry.name
        try:
            is_folder = entry.is_dir()
        except OSError:
            is_folder = False
        if rules and _ignored(str(path), rules, folder=is_folder):
            self.result.ignored += 1
            return None
        if entry.is_symlink() and (elsewhere := self._leads_out(path)):
            key, raw = path_key(path, self._root)
            if is_folder:
                self.result.unseen[key] = elsewhere
            else:
                self.result.files[key] = Found(path, 0, 0, raw, problem=elsewhere)
            return None
        if is_folder:
            if entry.is_symlink():
                self._linked.append((path, rules))
                return None
            return path
        key, raw = path_key(path, self._root)
        try:
            self._file(path, entry.stat(), key, raw, names)
        except OSError as error:
            if entry.is_symlink():
                problem = f"the link leads to nothing that can be read ({error.strerror or error})"
                self.result.files[key] = Found(path, 0, 0, raw, problem=problem)
            # Any other file was deleted since the folder was listed: it is not there.
        return None

    def _leads_out(self, link: Path) -> str:
        """Why a link is not followed; empty where it is."""
        real = leads_out(link, [self._data])
        if real is None:
            return "a link into the library's own data"
        if leads_out(link, self._named) is None:
            return ""
        library = os.path.realpath(self._root)
        if leads_out(link, [library]) is None:
            inside = os.path.relpath(real, library).split(os.sep)
            if not any(part.startswith(".") and part != "." for part in inside):
                return ""
            return "the link leads to what is hidden; name it itself to have it read"
        return f"the link leads out of the folders that are indexed, to {real}; name it itself to have it read"

    def _file(self, path: Path, status: os.stat_result, key: str, raw: bytes | None, names: set[str]) -> None:
        if key in self.result.files:
            if self.result.files[key].path != path:
                self.result.warnings.append(
                    f"Two files have names that are written alike: {key}; one is left out."
                )
            return
        problem = "" if stat.S_ISREG(status.st_mode) else NO_FILE
        document = path.name.removesuffix(SIDECAR_SUFFIX)
        sidecar = path.name == METADATA_TABLE or (
            document != path.name and (document in names or has_known_suffix(document))
        )
        self.result.files[key] = Found(path, status.st_size, status.st_mtime_ns, raw, sidecar, problem)

    def _rules(self, folder: Path) -> list[tuple[str, IgnoreRules]]:
        file = folder / ignore.FILE_NAME
        try:
            text = read_regular(file, _MOST_RULES).decode("utf-8-sig", "replace")
            return [(str(folder), IgnoreRules.parse(text))]
        except OSError as error:
            self.result.warnings.append(f"{file} cannot be read ({error.strerror or error}): nothing is left out.")
            return []

    def _outer_rules(self, root: Path) -> list[tuple[str, IgnoreRules]]:
        """The rules of the folders above a root, up to the library's, which hold for a part of it too."""
        if not root.is_relative_to(self._root):
            return []
        above = [folder for folder in reversed(root.parents) if folder.is_relative_to(self._root)]
        return [rule for folder in above if (folder / ignore.FILE_NAME).is_file() for rule in self._rules(folder)]


def _ignored(path: str, rules: list[tuple[str, IgnoreRules]], *, folder: bool) -> bool:
    for base, patterns in reversed(rules):
        verdict = patterns.verdict(path[len(base.rstrip(os.sep)) + 1 :].replace(os.sep, "/"), folder=folder)
        if verdict is not None:
            return verdict
    return False
