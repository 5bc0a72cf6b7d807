"""The regions of the world as a library names them: what a value means, and what lies above and below it.

Rules: a value resolves by exact name, alias or code in six languages, whatever its case, accents, apostrophes
and punctuation; a value that is not in the vocabulary resolves to None and stays what it is. A country lies
below its UN M49 regions and below the groups that count it as a member. A group lies below the regions its
entry names; it does not lend them to its members: Egypt is in the Middle East, which is found under Asia, and
Egypt is not in Asia. The data are built by `tools/build_regions.py`; this module needs the standard library
only and reads its file on first use.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from ingest.frozen import Frozen

Kind = Literal["world", "region", "country", "group", "label"]

_PLACES: frozenset[str] = frozenset({"world", "region", "country", "label"})
_GROUPS: frozenset[str] = frozenset({"group"})

WORLD = "world"
GLOBAL = "global"

#: Of tags this short only these are taken for regions: "IT" is more often a technology than Italy.
_SHORT_TAGS = frozenset({"UK", "USA", "UAE", "DRC", "EU", "CAR"})

_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "regions.json")

# What NFKD does not take apart, and the Arabic letters that writers use for one another. Apostrophes, full
# stops and the tatweel go away ("Cote d'Ivoire", "U.S."); everything else that is no letter is a space.
_FOLDED = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "ı": "i",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "ة": "ه",
        "ى": "ي",
        "ـ": "",
        "&": " and ",
        **dict.fromkeys(".'’‘‛ʼ`´\u2032\u02bb", ""),
    }
)


class Codes(NamedTuple):
    """ISO 3166-1 alpha-2 and alpha-3 (upper case) and the three digits of UN M49; None where there is none."""

    iso2: str | None
    iso3: str | None
    m49: str | None


class Region(Frozen):
    """A place or a group of places.

    key: stable slug ("bangladesh", "southern-asia", "osce"). name: short English name for display.
    parents: keys one step above; the M49 parent first, then the groups that have it as a member.
    """

    key: str
    name: str
    kind: Kind
    parents: tuple[str, ...]
    codes: Codes


class Branch(NamedTuple):
    """A region and what stands under it in the printed tree."""

    region: Region
    children: tuple[Branch, ...]


class _Vocabulary:
    """The data file in memory: regions by key in file order, folded names to keys, folded codes to keys."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self.regions: dict[str, Region] = {}
        self.names: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        for key, name, kind, parents, (iso2, iso3, m49), names in rows:
            self.regions[key] = Region(key, name, kind, tuple(parents), Codes(iso2, iso3, m49))
            for folded in names:
                self.names[folded] = key
            for code in (iso2, iso3, m49, m49 and m49.lstrip("0")):  # spreadsheets eat leading zeros
                if code:
                    self.codes[code.lower()] = key
        self.children: dict[str, list[str]] = {key: [] for key in self.regions}
        for region in self.regions.values():
            for parent in region.parents:
                self.children[parent].append(region.key)


@cache
def _vocabulary() -> _Vocabulary:
    with open(_DATA, encoding="utf-8") as file:
        return _Vocabulary(json.load(file))


def fold(value: str) -> str:
    """The form names are compared in: no case, accents, apostrophes, full stops or "the" at either end."""
    text = unicodedata.normalize("NFKD", value).casefold().translate(_FOLDED)
    kept = [ch if ch.isalnum() else " " for ch in text if not unicodedata.combining(ch)]
    words = "".join(kept).split()
    if len(words) > 1:
        words = ["saint" if word == "st" else word for word in words]
        if words[0] == "the":
            del words[0]
        if len(words) > 1 and words[-1] == "the":
            del words[-1]
    return " ".join(words)


@lru_cache(maxsize=4096)
def resolve(value: str, *, codes: bool = True) -> Region | None:
    """The region that a name, alias or code in any of the six languages stands for, or None.

    "Congo, Democratic Republic of the" is read as "Democratic Republic of the Congo". codes: ISO 3166-1 and M49
    codes count too, in any case, as is right for the value of a region field; with False they do not, as is
    right for a word that may be no region at all (a tag "HR" is not Croatia). Never raises.
    """
    known = _vocabulary()
    folded = fold(value)
    key = known.names.get(folded) or (known.codes.get(folded) if codes else None)
    if key is None and "," in value:
        last, _, first = value.partition(",")
        key = known.names.get(fold(f"{first} {last}"))
    return None if key is None else known.regions[key]


def named_by_tag(tag: str) -> Region | None:
    """The region that a tag names, or None. A tag may be no region at all, so codes do not count, and of three
    letters or fewer only those that are nothing else."""
    tag = tag.strip()
    return resolve(tag, codes=False) if len(tag) > 3 or tag in _SHORT_TAGS else None


def get(key: str) -> Region:
    """The region with this key. Raises KeyError for a key that is not in the vocabulary."""
    return _vocabulary().regions[key]


def all_regions() -> Sequence[Region]:
    """Every region: the M49 tree from the root down, then the groups, in a fixed order."""
    return tuple(_vocabulary().regions.values())


def _climb(starts: Iterable[str], kinds: frozenset[str], found: dict[str, None]) -> None:
    """Add to `found` what lies above `starts` by steps to parents of these kinds only, nearest first."""
    regions = _vocabulary().regions
    waiting = deque(starts)
    while waiting:
        for parent in regions[waiting.popleft()].parents:
            if regions[parent].kind in kinds and parent not in found:
                found[parent] = None
                waiting.append(parent)


@cache
def ancestors(key: str) -> tuple[str, ...]:
    """Every key above, without itself, nearest first; for a place, its M49 regions stand before its groups.

    Raises KeyError for an unknown key.
    """
    found: dict[str, None] = {}
    if get(key).kind == "group":
        _climb([key], _PLACES | _GROUPS, found)
    else:  # from a group on to further groups only: a group lends its members no place
        _climb([key], _PLACES, found)
        _climb([key, *found], _GROUPS, found)
    return tuple(found)


@cache
def _all_descendants() -> dict[str, frozenset[str]]:
    below: dict[str, set[str]] = {key: set() for key in _vocabulary().regions}
    for key in below:
        for above in ancestors(key):
            below[above].add(key)
    return {key: frozenset(keys) for key, keys in below.items()}


def descendants(key: str) -> frozenset[str]:
    """Every key that has this one among its `ancestors`. Raises KeyError for an unknown key."""
    return _all_descendants()[key]


def tree() -> tuple[Branch, ...]:
    """The M49 tree with Global in front, as one branch, then a branch for each group with its direct members."""
    known = _vocabulary()

    def grow(key: str) -> Branch:
        under = [child for child in known.children[key] if known.regions[child].kind != "group"]
        return Branch(known.regions[key], tuple(grow(child) for child in under))

    def list_members(group: Region) -> Branch:
        members = (known.regions[child] for child in known.children[group.key])
        return Branch(group, tuple(Branch(member, ()) for member in members))

    groups = (region for region in known.regions.values() if region.kind == "group")
    return (grow(WORLD), *(list_members(group) for group in groups))


def suggest(value: str, limit: int = 3) -> list[str]:
    """Display names of the regions whose names are nearest to `value`, best first, for "did you mean"."""
    import difflib

    known = _vocabulary()
    folded = fold(value)
    close = difflib.get_close_matches(folded, known.names, n=12, cutoff=0.72)
    if len(folded) > 2:
        close += sorted(name for name in known.names if name.startswith(folded))
    names = dict.fromkeys(known.regions[known.names[name]].name for name in close)
    return list(names)[:limit]
