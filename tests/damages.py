"""Damage to files, drawn at random: what disks, memory, copying programs and people do to them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Damage(NamedTuple):
    """What was done: the kind, the files concerned, and where."""

    kind: str
    files: tuple[str, ...]
    place: int = 0
    length: int = 0


def _flip(data: bytearray, rng: random.Random) -> tuple[int, int]:
    place = rng.randrange(len(data))
    data[place] ^= 1 << rng.randrange(8)
    return place, 1


def _overwrite(data: bytearray, rng: random.Random) -> tuple[int, int]:
    """A sector, or a part of one, that holds something else."""
    length = min(len(data), rng.choice([1, 2, 4, 8, 64, 512, 4096]))
    place = rng.randrange(len(data) - length + 1)
    before = bytes(data[place : place + length])
    while data[place : place + length] == before:
        data[place : place + length] = rng.choice([bytes(length), b"\xff" * length, rng.randbytes(length)])
    return place, length


def _cut(data: bytearray, rng: random.Random) -> tuple[int, int]:
    place = rng.randrange(len(data))
    length = len(data) - place
    del data[place:]
    return place, length


def _lose(data: bytearray, rng: random.Random) -> tuple[int, int]:
    """Bytes in the middle are lost, what follows moves up."""
    length = rng.randint(1, min(len(data), 100))
    place = rng.randrange(len(data) - length + 1)
    del data[place : place + length]
    return place, length


def _insert(data: bytearray, rng: random.Random) -> tuple[int, int]:
    place, length = rng.randrange(len(data) + 1), rng.randint(1, 100)
    data[place:place] = rng.randbytes(length)
    return place, length


#: Those that may leave a file's length and ends as they are, and those that do not.
WITHIN: dict[str, Callable[[bytearray, random.Random], tuple[int, int]]] = {"flip": _flip, "overwrite": _overwrite}
WHOLE: dict[str, Callable[[bytearray, random.Random], tuple[int, int]]] = {
    "cut": _cut,
    "lose": _lose,
    "insert": _insert,
}
#: Done to files, not to their bytes.
FILES = ("empty", "delete", "swap", "replace")


def damage(kind: str, paths: Sequence[Path], rng: random.Random) -> Damage:
    """Damage one of the files (with "swap" and "replace" two of them, which must differ)."""
    path = rng.choice(paths)
    if kind in ("swap", "replace"):
        other = rng.choice([one for one in paths if one.read_bytes() != path.read_bytes()])
        one, two = path.read_bytes(), other.read_bytes()
        path.write_bytes(two)
        if kind == "swap":
            other.write_bytes(one)
        return Damage(kind, (path.name, other.name) if kind == "swap" else (path.name,))
    if kind == "delete":
        path.unlink()
        return Damage(kind, (path.name,))
    data = bytearray() if kind == "empty" else bytearray(path.read_bytes())
    place, length = (WITHIN | WHOLE)[kind](data, rng) if data else (0, 0)
    path.write_bytes(data)
    return Damage(kind, (path.name,), place, length)
