"""The controlled vocabulary of tags that a library may keep in `tags.toml`, beside its data folder.

    ["Forced labour"]
    aliases = ["forced labor", "travail forcé"]
    parent = "Modern slavery"

    ["Modern slavery"]

Rules: a table's name is the label, the one way in which a tag is written; its aliases mean the same; its parent is
another label. Values compare like tags (case and accents make no difference), and no value may mean two labels.
Whatever is wrong in the file is a SettingsError with file and line.
"""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Self

from ingest.catalogue_files import library_root
from ingest.text import fold
from ingest.toml_files import TomlFile

FILE_NAME = "tags.toml"


class Vocabulary:
    """The labels with their aliases and parents."""

    def __init__(self, labels: dict[str, tuple[str, ...]], parents: dict[str, str]) -> None:
        """labels: aliases by label; parents: label of the parent by label. Both are taken as checked."""
        self._labels = labels
        self._parents = parents
        self._meant = {_key(name): label for label, aliases in labels.items() for name in (label, *aliases)}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file. Raises SettingsError with file and line."""
        toml = TomlFile(path)
        labels: dict[str, tuple[str, ...]] = {}
        owner: dict[str, str] = {}
        for label, table in toml.values.items():
            if not isinstance(table, dict):
                toml.fail("", label, f'write a tag as a table, ["{label}"], with its aliases and parent below it.')
            place = _header(label)
            toml.check_keys(place, table, ("aliases", "parent"))
            aliases = table.get("aliases", [])
            if not isinstance(aliases, list) or not all(isinstance(item, str) for item in aliases):
                toml.fail(place, "aliases", f'aliases are a list of texts, like ["one", "two"], not {aliases!r}.')
            for name in (label, *aliases):
                other = owner.setdefault(_key(name), label)
                if not _key(name):
                    toml.fail(place, "aliases", f"{name!r} cannot be a tag: it holds no letter, digit or sign.")
                if other != label:
                    where = (place, "aliases") if name in aliases else ("", place)
                    toml.fail(*where, f"{name!r} already stands for {other!r}; a tag has one label.")
            labels[label] = tuple(aliases)
        parents: dict[str, str] = {}
        for label, table in toml.values.items():
            parent = table.get("parent")
            if parent is None:
                continue
            above = owner.get(_key(parent)) if isinstance(parent, str) else None
            if above is None:
                near = difflib.get_close_matches(str(parent), labels, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"give it a table of its own, [{parent!r}]."
                toml.fail(_header(label), "parent", f"the parent {parent!r} is no label of this file; {hint}")
            parents[label] = above
            if label in _chain(parents, label):
                toml.fail(_header(label), "parent", f"{label!r} would lie below itself.")
        return cls(labels, parents)

    def label(self, value: str) -> str | None:
        """The label that a tag stands for, None for one that is not in the vocabulary."""
        return self._meant.get(_key(value))

    def names(self, value: str) -> tuple[str, ...]:
        """All names of what a search for this tag has to find: those of its label and of the labels below it, or
        the value alone where the vocabulary does not have it."""
        label = self.label(value)
        if label is None:
            return (value,)
        below = (one for one in self._labels if one == label or label in _chain(self._parents, one))
        return tuple(name for one in below for name in (one, *self._labels[one]))

    def near(self, value: str, limit: int = 3) -> list[str]:
        """Labels whose spelling, or that of an alias, is nearest to a value, best first."""
        close = difflib.get_close_matches(_key(value), self._meant, n=3 * limit, cutoff=0.7)
        return list(dict.fromkeys(self._meant[key] for key in close))[:limit]


def library_vocabulary(data_dir: Path) -> Vocabulary | None:
    """The vocabulary of a library, `tags.toml` in the folder that holds its data folder; None without one."""
    path = library_root(data_dir) / FILE_NAME
    return Vocabulary.load(path) if path.is_file() else None


def _key(value: str) -> str:
    return " ".join(fold(value).split())


def _chain(parents: dict[str, str], label: str) -> list[str]:
    """The labels above one, up to the first that comes again."""
    found: list[str] = []
    while (above := parents.get(label)) is not None and above not in found:
        found.append(above)
        label = above
    return found


def _header(label: str) -> str:
    """A label as the heading of a table, as people write it."""
    return label if re.fullmatch(r"[A-Za-z0-9_-]+", label) else json.dumps(label, ensure_ascii=False)
