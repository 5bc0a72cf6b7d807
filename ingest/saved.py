"""Saved searches: a name, a query with its filters, and up to which revision its news were told.

Rules: they live in the catalogue, in one of its notes, so that they move and are backed up with the library and an
older Dossier still opens it. Names are unique; capitals, accents and runs of blanks make no difference. `seen`
only ever grows, and only `mark_seen` moves it: whoever prints news calls that when they are out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from ingest.catalogue import Catalogue, now
from ingest.catalogue_read import CatalogueReader
from ingest.errors import DossierError
from ingest.text import fold

_NOTE = "saved_searches"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search under a name.

    filters: options of the search by name, only those that were given, with lists for those that repeat.
    added: when it was saved, seen_at: when its news were last told (UTC, ISO 8601). seen: the catalogue revision
    up to which they were; None where they never were, and then everything is news.
    """

    name: str
    query: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    added: str = ""
    seen: int | None = None
    seen_at: str | None = None


def saved_searches(catalogue: CatalogueReader) -> list[SavedSearch]:
    """All saved searches, by name."""
    held = _load(catalogue)
    return [held[key] for key in sorted(held)]


def find(catalogue: CatalogueReader, name: str) -> SavedSearch:
    """The saved search of this name. Raises DossierError, with names that are near, where there is none."""
    held = _load(catalogue)
    found = held.get(_key(name))
    if found is None:
        wanted = _key(name)
        keys = [key for key in held if wanted and wanted in key] or get_close_matches(wanted, held, n=3)
        near = [repr(held[key].name) for key in keys[:3]]
        if near:
            hint = f"did you mean {' or '.join(near)}?"
        else:
            hint = (
                "`dossier saved list` lists them." if held else "none was saved yet; `dossier saved add` does it."
            )
        raise DossierError(f"there is no saved search {name!r}: {hint}")
    return found


def add(catalogue: Catalogue, name: str, query: str, filters: Mapping[str, Any]) -> SavedSearch:
    """Save a search, in a transaction of the caller's. Raises DossierError for a name that is taken or no name."""
    shown = " ".join(name.split())
    if not _key(shown) or shown.startswith("-") or not shown.isprintable():
        raise DossierError(f"{name!r} cannot name a saved search: take a word or a few, such as 'brick kilns'")
    held = _load(catalogue)
    taken = held.get(_key(shown))
    if taken is not None:
        raise DossierError(
            f"there is already a saved search {taken.name!r}: choose another name, or take it away first with "
            f'`dossier saved remove "{taken.name}"`'
        )
    held[_key(shown)] = search = SavedSearch(shown, query, dict(filters), added=now())
    _store(catalogue, held)
    return search


def remove(catalogue: Catalogue, name: str) -> SavedSearch:
    """Forget a saved search, in a transaction of the caller's. Raises DossierError where there is none."""
    gone = find(catalogue, name)
    held = _load(catalogue)
    del held[_key(gone.name)]
    _store(catalogue, held)
    return gone


def mark_seen(catalogue: Catalogue, told: Iterable[SavedSearch], revision: int) -> None:
    """Note that the news of these searches up to a revision are told, in a transaction of the caller's.

    One that was removed or saved anew meanwhile is left alone.
    """
    held = _load(catalogue)
    for search in told:
        current = held.get(_key(search.name))
        if current is not None and (current.query, current.filters) == (search.query, search.filters):
            held[_key(search.name)] = replace(
                current, seen=max(revision, -1 if current.seen is None else current.seen), seen_at=now()
            )
    _store(catalogue, held)


def _key(name: str) -> str:
    return " ".join(fold(name).split())


def _load(catalogue: CatalogueReader) -> dict[str, SavedSearch]:
    text = catalogue.note(_NOTE)
    try:
        searches = [_checked(SavedSearch(**item)) for item in json.loads(text)] if text else []
    except (ValueError, TypeError, RecursionError) as error:
        raise DossierError(
            f"the saved searches of {catalogue.data_dir} cannot be read ({error}): update Dossier, or restore the "
            "catalogue from a backup"
        ) from error
    return {_key(search.name): search for search in searches}


def _checked(search: SavedSearch) -> SavedSearch:
    """The search; raises TypeError where a value is not of its type."""
    texts = (search.name, search.query, search.added, search.seen_at or "")
    filters = isinstance(search.filters, dict) and isinstance(search.seen, int | None)
    if not filters or not all(isinstance(text, str) for text in texts):
        raise TypeError("a value is not what Dossier writes there")
    return search


def _store(catalogue: Catalogue, held: Mapping[str, SavedSearch]) -> None:
    # ASCII, because an argument may hold bytes that are no text, which SQLite does not take.
    catalogue.set_note(_NOTE, json.dumps([asdict(held[key]) for key in sorted(held)]) if held else "")
