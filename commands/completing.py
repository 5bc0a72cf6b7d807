"""What a shell may put at the cursor: fields and values of the query, filters, documents, saved names.

Rules: only what the library holds is proposed, and what is said of it is cleaned, because shells take it line by
line. Completion never says a word: where there is no library, or anything is wrong with it, there is nothing to
propose. The functions here are the `shell_complete` of options and arguments, and load what they need only when
they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from searchidx.library import Library

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

#: More would not be read, and takes time.
_MOST = 200
_MOST_DOCUMENTS = 40

#: The index field with the values of a query field, as people wrote them.
_VALUES = {
    "tag": "tag_shown",
    "region": "region",
    "region~": "region_mention",
    "publisher": "publisher_shown",
    "lang": "lang",
    "type": "type",
    "year": "year",
}
# The end of a query: a field with the beginning of its value, in quotes or not, or the beginning of a word.
_QUOTED = r'(?s)((?:.*[\s(])?[-+]?)([A-Za-z]+~?):(=?)"([^"]*)$'
_PLAIN = r'(?s)((?:.*[\s(])?[-+]?)([A-Za-z]+~?):(=?)([^\s"()]*)$'
_WORD = r"(?s)((?:.*[\s(])?[-+]?)([A-Za-z]+)$"


def values(field: str) -> Completer:
    """Completes a value of a query field."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        exact = "=" if field == "region" and incomplete.startswith("=") else ""
        found = _values(ctx, field, incomplete.removeprefix("=") if exact else incomplete)
        return [CompletionItem(exact + value, help=help_) for value, help_ in found]

    return complete


def query(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the end of a query: a field's name, or the value of one."""
    from click.shell_completion import CompletionItem

    from searchidx.scanner import ALIASES, FIELDS

    started = re.match(_QUOTED, incomplete) or re.match(_PLAIN, incomplete)
    if started is not None:
        before, field, exact, value = started.groups()
        found = _values(ctx, ALIASES.get(field.lower(), field.lower()), value)
        return [CompletionItem(f"{before}{field}:{exact}{_quoted(text)}", help=help_) for text, help_ in found]
    word = re.match(_WORD, incomplete)
    if word is None:
        return []
    before, beginning = word.groups()
    return [CompletionItem(f"{before}{name}:") for name in FIELDS if name.startswith(beginning.lower())]


def document(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the id of a document, once a digit is typed, or a file's name."""
    from click.shell_completion import CompletionItem

    items = []
    if re.fullmatch(r"[0-9a-fA-F]{1,16}", incomplete):
        items = [CompletionItem(id_, help=title) for id_, title in _quietly(ctx, _documents, incomplete.lower())]
    return [*items, CompletionItem(incomplete, type="file")]


def saved_name(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the name of a saved search."""
    from click.shell_completion import CompletionItem

    def find(library: Library, beginning: str) -> Iterator[tuple[str, str | None]]:
        from ingest.saved import saved_searches

        for search in saved_searches(library.catalogue):
            if _begins(search.name, beginning):
                yield search.name, search.query

    return [CompletionItem(name, help=help_ or None) for name, help_ in _quietly(ctx, find, incomplete)]


def _values(ctx: click.Context, field: str, beginning: str) -> list[tuple[str, str | None]]:
    """(value, what it means or None)."""
    if field not in _VALUES:
        return []

    def find(library: Library, beginning: str) -> Iterator[tuple[str, str | None]]:
        held: dict[str, None] = {}
        for segment in library.snapshot.segments:
            held.update(dict.fromkeys(segment.lexicon(_VALUES[field])))
        for value in sorted(held):
            name = _region_name(value) if field.startswith("region") else None
            if _begins(value, beginning) or (name is not None and _begins(name, beginning)):
                yield value, name

    return _quietly(ctx, find, beginning)


def _documents(library: Library, beginning: str) -> Iterator[tuple[str, str | None]]:
    ids: dict[str, None] = {}
    for segment in library.snapshot.segments:
        ids.update(dict.fromkeys(id_ for id_ in segment.lexicon("id") if id_.startswith(beginning)))
    shown = sorted(ids)[:_MOST_DOCUMENTS]
    for id_, found in library.catalogue.documents(shown).items():
        yield id_, found.title


def _quietly(
    ctx: click.Context, find: Callable[[Library, str], Iterable[tuple[str, str | None]]], beginning: str
) -> list[tuple[str, str | None]]:
    """What `find` finds in the library that the command line names; nothing where that goes wrong."""
    from itertools import islice

    try:
        from ingest.settings import data_dir
        from output.plain_text import clean
        from searchidx.library import Library

        flag = ctx.find_root().params.get("data")
        with Library.open(data_dir(None if flag is None else Path(flag), Path.cwd())) as library:
            return [
                (value, help_ and clean(help_))
                for value, help_ in islice(find(library, beginning), _MOST)
                if value.isprintable()
            ]
    except Exception:  # a person who presses Tab is typing, and must not be told of anything
        return []


def _begins(value: str, beginning: str) -> bool:
    from ingest.text import fold

    return fold(value).startswith(fold(beginning))


def _region_name(key: str) -> str | None:
    from ingest.regions import get

    try:
        return get(key).name
    except KeyError:  # a region by the user that the vocabulary does not know
        return None


def _quoted(value: str) -> str:
    """A value as it stands in a query."""
    if re.fullmatch(r"[\w.\-/]+", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
