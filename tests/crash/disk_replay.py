"""What is on a disk after a power cut, at any moment of a run.

Rule: a run is recorded call by call with `disk_shim.c`; from the record, what POSIX promises is applied and nothing
more. What was written to a file is only sure to be there after an `fsync` of that file, a name (new, moved or
removed) only after an `fsync` of its folder; what was not made sure may be there, or not, or in part (whole sectors
of a write), in any order and mix (POSIX.1-2017, `fsync`, `rename`; Pillai et al., "All File Systems Are Not Created
Equal", OSDI 2014, for what file systems really do with that licence). A rename alone is all or nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_SOURCE = Path(__file__).with_name("disk_shim.c")
_SECTOR = 512


def build_shim(folder: Path) -> Path | None:
    """The shim as a library to be loaded with LD_PRELOAD; None where there is no compiler."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None or not Path("/proc/self/fd").is_dir():
        return None
    made = folder / "disk_shim.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", str(made), str(_SOURCE), "-lpthread"],
        check=True,
    )
    return made


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changed something: create, truncate (where: the new size), write (where: offset), fsync,
    rename (path to other), unlink or mkdir. inode: of the file."""

    name: str
    inode: int
    where: int
    path: str
    other: str
    data: bytes


def read_log(log: Path) -> list[Call]:
    """The calls that the shim wrote down, in order. Paths are absolute."""
    raw = log.read_bytes()
    calls, at = [], 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        name, *numbers = raw[at:end].decode("ascii").split(" ")
        inode, where, path, other, size = map(int, numbers)
        parts, at = [], end + 1
        for length in (path, other, size):
            parts.append(raw[at : at + length])
            at += length
        calls.append(Call(name, inode, where, os.fsdecode(parts[0]), os.fsdecode(parts[1]), parts[2]))
    return calls


@dataclass(eq=False, slots=True)
class _File:
    """A file: what is surely on the disk, and the writes since (offset, data), or (size, None) for truncations."""

    sure: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    folder: bool = False

    def content(self, choose: Callable[[int, bytes], Iterator[tuple[int, bytes]]] | None = None) -> bytes:
        """What it holds when `choose` says which parts of each write came through (default: all)."""
        held = bytearray(self.sure)
        for where, data in self.since:
            if data is None:
                del held[where:]
                held.extend(bytes(where - len(held)))
                continue
            for start, part in [(where, data)] if choose is None else choose(where, data):
                held.extend(bytes(max(0, start - len(held))))
                held[start : start + len(part)] = part
        return bytes(held)


#: One change of names: the path that goes (or None), the path that comes (or None), and the file.
_Naming = tuple[str | None, str | None, _File]


class Disk:
    """The disk below one folder, to which the calls of a run are applied one after the other."""

    def __init__(self, root: Path, before: Path) -> None:
        """root: where the run was; before: a copy of that folder as it was then, which is surely on the disk."""
        self._root = str(root)
        self._names: dict[str, _File] = {self._root: _File(folder=True)}
        self._inodes: dict[int, _File] = {}
        for path in sorted(before.rglob("*")):
            file = _File(b"" if path.is_dir() else path.read_bytes(), folder=path.is_dir())
            self._names[str(root / path.relative_to(before))] = file
        self._sure = dict(self._names)
        self._renamed: dict[str, list[_Naming]] = defaultdict(list)  # by folder, since its last fsync

    def apply(self, call: Call) -> None:
        """Let a call happen."""
        file = self._inodes.get(call.inode) or self._names.get(call.path)
        if call.name in ("create", "mkdir"):
            file = _File(folder=call.name == "mkdir")
            self._name((None, call.path, file))
            self._inodes[call.inode] = file
        elif call.name == "unlink":
            self._name((call.path, None, self._names[call.path]))
        elif call.name == "rename":
            self._name((call.path, call.other, self._names[call.path]))
        elif file is None:
            raise ValueError(f"{call.name} of {call.path}, which nobody made")
        elif call.name == "write":
            file.since.append((call.where, call.data))
        elif call.name == "truncate":
            file.since.append((call.where, None))
        elif file.folder:
            for naming in self._renamed.pop(call.path, []):
                _rename(self._sure, naming)
        else:
            file.sure, file.since = file.content(), []
        if file is not None and call.inode:
            self._inodes[call.inode] = file

    def _name(self, naming: _Naming) -> None:
        _rename(self._names, naming)
        self._renamed[os.path.dirname(naming[1] or naming[0] or "")].append(naming)

    def everything(self) -> dict[str, bytes | None]:
        """What a reader sees while the power is on: {path: content, None for a folder}."""
        return self._seen(self._names, _File.content)

    def cut(self, how: str) -> dict[str, bytes | None]:
        """What a reader finds after a power cut now. how: "nothing" of what is not sure came through; all "names"
        but no data; all names and "sizes" but zeros for data; all "data" but no names; of the names only the "last"
        of each folder, with all data; or any text: each naming and each sector by lot, the same for the same text."""
        lots = random.Random(how)

        def sectors(where: int, data: bytes) -> Iterator[tuple[int, bytes]]:
            at = where
            while at < where + len(data):
                end = min(where + len(data), (at // _SECTOR + 1) * _SECTOR)
                if lots.random() < share:
                    yield at, data[at - where : end - where]
                at = end

        def zeros(where: int, data: bytes) -> Iterator[tuple[int, bytes]]:
            yield where, bytes(len(data))

        if how in ("names", "sizes"):
            names = self._names
        else:
            names = dict(self._sure)
            for folder in sorted(self._renamed) if how not in ("nothing", "data") else ():
                for naming in self._renamed[folder][-1:] if how == "last" else self._renamed[folder]:
                    if how == "last" or lots.random() < 0.5:
                        _rename(names, naming)
        if how in ("nothing", "names"):
            return self._seen(names, lambda file: file.sure)
        if how in ("data", "last"):
            return self._seen(names, _File.content)
        if how == "sizes":
            return self._seen(names, lambda file: file.content(zeros))
        share = lots.choice((0.2, 0.5, 0.9))
        return self._seen(names, lambda file: file.content(sectors))

    def _seen(self, names: dict[str, _File], content: Callable[[_File], bytes]) -> dict[str, bytes | None]:
        seen: dict[str, bytes | None] = {}
        for path in sorted(names):  # a folder before what is in it
            if path == self._root or os.path.dirname(path) in seen:
                seen[path] = None if names[path].folder else content(names[path])
        return seen


def _rename(names: dict[str, _File], naming: _Naming) -> None:
    old, new, file = naming
    if old is not None and (new is None or names.get(old) is file):
        names.pop(old, None)
    if new is not None:
        names[new] = file


def write_out(seen: dict[str, bytes | None], root: Path, to: Path) -> None:
    """Make the folder `to` hold what was seen below `root`."""
    for path, content in seen.items():
        place = to / Path(path).relative_to(root)
        if content is None:
            place.mkdir(exist_ok=True)
        else:
            place.write_bytes(content)
