"""The commands add, remove and rename, which `dossier tag` and `dossier region` share.

Rule: the value comes first and is one argument, everything after it is a document; one name that leads to no
document, and nothing is changed. Everything happens under the library's lock and ends with the index brought up
to date, so that the next search sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from commands.completing import document, values
from commands.completing import query as complete_query
from commands.options import format_option, wait_option
from commands.session import FOUND, NOTHING, Session
from commands.talk import say

if TYPE_CHECKING:
    from ingest.catalogue import Catalogue
    from ingest.curation import Change, Field
    from ingest.document import Document


def add_commands(group: click.Group, field: Field, examples: tuple[str, str]) -> None:
    """Give a group its commands add, remove and rename. examples: two values to show in the help."""
    for make in (_add, _remove, _rename):
        group.add_command(make(field, *examples))


def _add(field: Field, one: str, _: str) -> click.Command:
    def run(session: Session, value: str, documents: tuple[str, ...], query: str | None, **options: Any) -> int:
        from ingest import curation

        wanted = _wanted(session, field, value)
        with _opened(session, dry_run=options["dry_run"]) as catalogue:
            chosen = _chosen(session, catalogue, documents, query)
            change = curation.add(catalogue, chosen, field, wanted, dry_run=options["dry_run"])
        return _report(session, {field: wanted}, change, **options)

    return _command(
        "add",
        f"""Give documents a {field}.

        \b
        dossier {field} add {one} 9f2c41d0 corpus/asia/report.pdf
        dossier {field} add {one} --query 'kiln* AND region:asia'

        DOCUMENTS are ids, beginnings of ids, or paths; --query adds all that match a search. What you add stays
        when files are moved, copied, changed or indexed again.

        Exit status: 0 done, 1 no document matched, 2 error.
        """,
        _documents(field, run),
    )


def _remove(field: Field, one: str, _: str) -> click.Command:
    def run(session: Session, value: str, documents: tuple[str, ...], query: str | None, **options: Any) -> int:
        from ingest import curation

        with _opened(session, dry_run=options["dry_run"]) as catalogue:
            chosen = _chosen(session, catalogue, documents, query)
            change = curation.remove(catalogue, chosen, field, value, dry_run=options["dry_run"])
            if not change.matched and not curation.having(catalogue, field, value):
                say(f"dossier: {_none_has(catalogue, field, value)}")
        return _report(session, {field: curation.value_of(field, value)}, change, **options)

    return _command(
        "remove",
        f"""Take a {field} from documents, also one that a file or a listing gives them.

        \b
        dossier {field} remove {one} 9f2c41d0
        dossier {field} remove {one} --query '*'

        DOCUMENTS are ids, beginnings of ids, or paths; --query adds all that match a search ('*': all documents).

        Exit status: 0 done, 1 no document had it, 2 error.
        """,
        _documents(field, run),
    )


def _rename(field: Field, one: str, other: str) -> click.Command:
    @click.argument("old", shell_complete=values(field))
    @click.argument("new", shell_complete=values(field))
    @_common
    def run(session: Session, old: str, new: str, **options: Any) -> int:
        from ingest import curation

        wanted = _wanted(session, field, new)
        with _opened(session, dry_run=options["dry_run"]) as catalogue:
            change = curation.rename(catalogue, field, old, wanted, dry_run=options["dry_run"])
            if not change.matched:
                say(f"dossier: {_none_has(catalogue, field, old)}")
        return _report(session, {field: curation.value_of(field, old), "to": wanted}, change, **options)

    return _command(
        "rename",
        f"""Put one {field} in the place of another, in every document that has it.

        \b
        dossier {field} rename {one} {other} --dry-run
        dossier {field} rename {one} {other}

        It does not matter whether you, a file or a listing gave it; the new one is yours. Files are not changed.

        Exit status: 0 done, 1 no document had it, 2 error.
        """,
        run,
    )


def _command(name: str, help_: str, run: Callable[..., int]) -> click.Command:
    return click.command(name, help=help_, short_help=help_.partition(",")[0].partition(".")[0])(
        click.pass_obj(run)
    )


def _documents(field: Field, run: Callable[..., int]) -> Callable[..., int]:
    run = _common(run)
    run = click.option(
        "--query", metavar="QUERY", shell_complete=complete_query, help="All documents that match this search."
    )(run)
    run = click.argument("documents", nargs=-1, metavar="[DOCUMENT]...", shell_complete=document)(run)
    return click.argument("value", metavar=field.upper(), shell_complete=values(field))(run)


def _common(run: Callable[..., int]) -> Callable[..., int]:
    run = format_option("text", "json", "jsonl", "csv")(run)
    return click.option("--dry-run", is_flag=True, help="Show which documents; change nothing.")(wait_option(run))


@contextmanager
def _opened(session: Session, *, dry_run: bool) -> Iterator[Catalogue]:
    """The catalogue: to look at, or to change it and have the index follow."""
    from ingest.catalogue import Catalogue

    data_dir = session.data_dir()
    if dry_run:
        with Catalogue.open(data_dir) as catalogue:
            yield catalogue
        return
    from commands.updating import update_index
    from ingest.lock import write_lock

    Catalogue.open(data_dir).close()  # where there is no library, the lock must not make its folder
    with write_lock(data_dir):
        with Catalogue.open(data_dir, write=True) as catalogue:
            yield catalogue
        # Also where nothing changed: a run before this one may have been ended before it came to the index.
        update_index(session, data_dir)


def _chosen(session: Session, catalogue: Catalogue, names: tuple[str, ...], query: str | None) -> list[Document]:
    """The documents that are named and those that a search finds, each once."""
    from ingest.curation import find

    if not names and query is None:
        raise click.UsageError("name the documents by id or path, or with --query; --query '*' is all of them")
    found = {document.id: document for document in find(catalogue, names)}
    if query is not None:
        with session.library() as library:
            result = library.search(query, limit=None, snippets=0)
        for warning in result.warnings:
            say(f"dossier: {warning}")
        found |= catalogue.documents([hit.id for hit in result if catalogue.has_paths(hit.id)])
    return list(found.values())


def _wanted(session: Session, field: Field, value: str) -> str:
    """The value to give, under the vocabulary's name where that knows it; says where it does not."""
    from ingest.curation import value_of

    value = value_of(field, value)
    name, near, other = value, "", ""
    if field == "region":
        from ingest.regions import resolve, suggest

        if resolve(value) is None:
            near, other = " or ".join(suggest(value)), "is no region of the vocabulary"
    else:
        from ingest.vocabulary import FILE_NAME, library_vocabulary

        vocabulary = library_vocabulary(session.data_dir())
        if vocabulary is not None:
            name = vocabulary.label(value) or value
            if vocabulary.label(value) is None:
                near, other = " or ".join(vocabulary.near(value)), f"is not in {FILE_NAME}"
    if other:
        hint = f"; did you mean {near}?" if near else "."
        say(f"dossier: {value!r} {other} and is kept as written{hint}")
    elif field == "tag" and name != value and session.notes:
        say(f"{value!r} is called {name!r} in {FILE_NAME}")
    return name


def _none_has(catalogue: Catalogue, field: Field, value: str) -> str:
    from difflib import get_close_matches

    from ingest.values_in_use import values_in_use

    used = [item.value for item in values_in_use(catalogue, field)]
    near = get_close_matches(value, used, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; `dossier {field}s` lists those in use."
    return f"no document has the {field} {value!r}{hint}"


def _report(session: Session, values: dict[str, str], change: Change, *, dry_run: bool, format_: str) -> int:
    from output.printer import Report, Table

    rows = [
        (document.id, document.title, ", ".join(document.paths[:1]), document.tags, document.regions)
        for document in change.changed
    ]
    table = Table("documents", ("id", "title", "path", "tags", "regions"), rows, title="documents")
    shown = dry_run or session.verbose or format_ != "text"
    report = Report(
        {**values, "matched": len(change.matched), "would change" if dry_run else "changed": len(change.changed)},
        table if shown and (rows or format_ != "text") else None,
    )
    with session.printer(format_, pager=dry_run) as printer:
        printer.report(report)
    return FOUND if change.matched else NOTHING
