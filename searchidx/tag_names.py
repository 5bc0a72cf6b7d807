"""A tag in a query stands for all its names in the library's vocabulary, and for the tags below it.

Rule: the vocabulary (tags.toml) is asked when a query is answered, not when documents are indexed, so a change of
the file holds for the next search and costs no reindexing. Without a vocabulary a tag is what was typed.
"""

from __future__ import annotations

import os
import stat
from functools import lru_cache
from pathlib import Path

from searchidx.query import And, Filter, Node, Not, Or, Word


def with_tag_names(tree: Node, data_dir: Path) -> Node:
    """The query with each tag replaced by its names. Raises SettingsError where tags.toml cannot be used."""
    match tree:
        case Word():
            return tree
        case And(children) | Or(children):
            named = tuple([with_tag_names(child, data_dir) for child in children])
            return tree if named == children else type(tree)(named)
        case Not(child):
            return Not(with_tag_names(child, data_dir))
        case Filter("tag", value):
            names = _names(value, data_dir)
            return Or(tuple(Filter("tag", name) for name in names)) if len(names) > 1 else tree
        case _:
            return tree


def _names(value: str, data_dir: Path) -> tuple[str, ...]:
    # Named here, so that a search without tags, or in a library without the file, does not import its reader.
    path = os.path.join(os.path.dirname(os.path.abspath(data_dir)), "tags.toml")
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return (value,)
    return _of_file(path, found.st_mtime_ns, value) if stat.S_ISREG(found.st_mode) else (value,)


@lru_cache(maxsize=64)
def _of_file(path: str, mtime_ns: int, value: str) -> tuple[str, ...]:
    from ingest.vocabulary import Vocabulary

    return Vocabulary.load(Path(path)).names(value)
