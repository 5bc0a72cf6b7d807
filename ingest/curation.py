"""What a librarian says about documents: tags and regions given, taken away and renamed.

Rules: what the user says is a claim of the user, so it goes before what files, pages and listings say, and it
stays when a document is read anew, moved, copied or replaced by a new version at its path. A value is compared
like all tags and regions (`ingest.metadata.same_value`): case, accents and the many names of a region make no
difference. Whether a document has a value is asked of its resolved record, never of single claims. The caller
holds the library's lock and brings the index up to date afterwards.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.catalogue import Catalogue
from ingest.document import Document
from ingest.errors import DossierError, SettingsError
from ingest.metadata import region_name, same_value
from ingest.text import fold

#: The fields of a document that this module changes.
Field = Literal["tag", "region"]


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, or with dry_run would be.

    matched: the documents that were asked for (add) or had the value (remove, rename), as they were before;
    changed: those of them whose tags or regions differ now.
    """

    matched: tuple[Document, ...]
    changed: tuple[Document, ...]


def value_of(field: Field, value: str) -> str:
    """The value as it is stored: on one line, a region by its name in the vocabulary where that has it.

    Raises SettingsError for a value that no search could ask for.
    """
    shown = " ".join(value.split())
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in shown):
        raise SettingsError(f"the {field} {value!a} holds characters that are no text: type it anew.")
    if not fold(shown).strip() or shown == "*":
        raise SettingsError(
            f"{value!r} cannot be a {field}: write at least one letter, digit or sign other than *."
        )
    return region_name(shown) if field == "region" else shown


def values(document: Document, field: Field) -> tuple[str, ...]:
    """The tags or the (curated) regions of a document."""
    return document.tags if field == "tag" else document.regions


def find(catalogue: Catalogue, names: Iterable[str]) -> list[Document]:
    """The documents with these ids, beginnings of ids, or paths, each once.

    Raises DossierError, which names every one that leads to no document.
    """
    found: dict[str, Document] = {}
    unknown = []
    for name in names:
        document = catalogue.document(name)
        if document is None or not catalogue.has_paths(document.id):
            unknown.append(name)
        else:
            found[document.id] = document
    if unknown:
        hint = (
            f"--query 'path:{unknown[0]}' asks for a folder"
            if os.path.isdir(unknown[0])
            else "a value of several words goes in quotes, and `dossier search` prints ids and paths"
        )
        raise DossierError(
            f"no document has the id or path {' or '.join(map(repr, unknown))}, so nothing was done; {hint}."
        )
    return list(found.values())


def having(catalogue: Catalogue, field: Field, value: str) -> list[Document]:
    """The documents that have the value, in the order they were first added."""
    everything = catalogue.documents(list(catalogue.live_ids()))
    return [document for document in everything.values() if _held(document, field, value) is not None]


def add(
    catalogue: Catalogue, documents: Sequence[Document], field: Field, value: str, *, dry_run: bool = False
) -> Change:
    """Give documents a value. One that has it from a file gets it from the user too, and so keeps it when the
    file says it no longer."""
    value = value_of(field, value)
    changed = [document for document in documents if _held(document, field, value) is None]
    if not dry_run:
        with catalogue.transaction():
            for document in documents:
                catalogue.add_user_value(document.id, field, value)
    return Change(tuple(documents), tuple(changed))


def remove(
    catalogue: Catalogue, documents: Sequence[Document], field: Field, value: str, *, dry_run: bool = False
) -> Change:
    """Take a value from documents, also one that a file or a listing gives them."""
    value = value_of(field, value)
    matched = tuple(document for document in documents if _held(document, field, value) is not None)
    if not dry_run:
        with catalogue.transaction():
            for document in matched:
                catalogue.remove_user_value(document.id, field, value)
    return Change(matched, matched)


def rename(catalogue: Catalogue, field: Field, old: str, new: str, *, dry_run: bool = False) -> Change:
    """Put the value `new` in the place of `old` in every document that has it, whoever says it.

    Where they differ in case or accents only, this changes how the value is written.
    """
    old, new = value_of(field, old), value_of(field, new)
    matched = having(catalogue, field, old)
    changed = [document for document in matched if _held(document, field, old) != new]
    if not dry_run:
        with catalogue.transaction():
            for document in changed:
                catalogue.remove_user_value(document.id, field, old)
                catalogue.add_user_value(document.id, field, new)
    return Change(tuple(matched), tuple(changed))


def _held(document: Document, field: Field, value: str) -> str | None:
    """The value as the document has it."""
    return next((held for held in values(document, field) if same_value(field, held, value)), None)
