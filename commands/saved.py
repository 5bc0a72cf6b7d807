"""`dossier saved`: searches kept under a name, and what is new in them.

Rule: `run --new` notes what it told only when all of it is written; where anything goes wrong before, the next
run tells it again.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from commands.completing import query, saved_name
from commands.groups import Group
from commands.options import filter_options, format_option, number_or_all, request
from commands.session import ERROR, FOUND, NOTHING, Session
from commands.talk import say, write_files
from ingest.errors import DossierError, IndexDamaged, LibraryBusy, NoLibrary

if TYPE_CHECKING:
    from ingest.catalogue import Catalogue
    from ingest.saved import SavedSearch
    from searchidx.library import Library
    from searchidx.results import SearchRequest, SearchResult


def _kept(function: Any) -> Any:
    """The options that are saved with a query."""
    order = click.option(
        "--sort", type=click.Choice(["relevance", "newest", "oldest", "title"]), help="The order."
    )
    return filter_options(order(function))


@click.command()
@_kept
def _options() -> None:
    """Never run: it knows the names and defaults of what is saved."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a saved search found; result is None where it could not be run, for the reason in error."""

    search: SavedSearch
    result: SearchResult | None = None
    error: str | None = None


@click.group(cls=Group)
def command() -> None:
    """Keep searches under a name, and see what is new in them.

    \b
    dossier saved add "brick kilns" 'kiln* AND "debt bondage"' --region asia
    dossier saved run "brick kilns"
    dossier -q saved run --all-saved --new

    docs/saved.md has more, such as how to get a mail when something new comes in.
    """


@command.command("add")
@click.argument("name")
@click.argument("words", nargs=-1, metavar="[QUERY]...", shell_complete=query)
@_kept
@click.pass_obj
def add_command(session: Session, /, name: str, words: tuple[str, ...], **options: Any) -> int:
    """Save a search under a name.

    \b
    dossier saved add "brick kilns" 'kiln* AND "debt bondage"' --region asia
    dossier saved add fishing --tag fishing --year 2020..
    dossier saved add trade -- slavery -trade

    It is run once, so that a mistake in the query shows now. Capitals in NAME make no difference.
    """
    from ingest import saved
    from output.printer import Report
    from output.remarks import write_remarks

    query = " ".join(words)
    filters = {key: list(value) if isinstance(value, tuple) else value for key, value in options.items() if value}
    with session.library() as library:
        result = library.search(replace(_request(saved.SavedSearch(name, query, filters)), limit=0, snippets=0))
    with _writable(session) as catalogue, catalogue.transaction():
        search = saved.add(catalogue, name, query, filters)
    with session.printer() as printer:
        printer.report(Report({"saved": search.name, "search": _as_typed(search), "matches now": result.total}))
    write_remarks(result, session.notes)
    return FOUND


@command.command("list")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def list_command(session: Session, format_: str) -> int:
    """List the saved searches.

    \b
    dossier saved list
    dossier saved list --format csv

    `told` is when `run --new` last told what was new. Exit status: 0 some, 1 none.
    """
    from ingest.catalogue import Catalogue
    from ingest.saved import saved_searches
    from output.printer import Report, Table

    with Catalogue.open(session.data_dir()) as catalogue:
        searches = saved_searches(catalogue)
    rows = [(search.name, search.added, search.seen_at, _as_typed(search)) for search in searches]
    with session.printer(format_) as printer:
        printer.report(Report({}, Table("saved", ("name", "added", "told", "search"), rows)))
    return FOUND if rows else NOTHING


@command.command("run")
@click.argument("name", required=False, shell_complete=saved_name)
@click.option("--new", is_flag=True, help="Only documents added or changed since the last run with --new.")
@click.option("--all-saved", is_flag=True, help="All saved searches, one after the other.")
@click.option("--limit", callback=lambda c, p, v: None if v is None else (number_or_all(c, p, v),),
              help="How many results, or `all`. Default: 10; with --new always all.")  # fmt: skip
@click.option("--snippets", default=1, type=click.IntRange(0, 10), help="Passages per result.", show_default=True)
@click.option("--files", is_flag=True, help="Print only the paths, one a line.")
@click.option("-0", "nul", is_flag=True, help="With --files: end each path with NUL, for xargs -0.")
@click.option("--no-pager", is_flag=True, help="Do not page the results on a terminal.")
@format_option("text", "json", "jsonl", "csv", "trec")
@click.pass_obj
def run_command(
    session: Session,
    name: str | None,
    new: bool,
    all_saved: bool,
    limit: tuple[int | None] | None,
    snippets: int,
    files: bool,
    nul: bool,
    no_pager: bool,
    format_: str,
) -> int:
    """Run a saved search, or show what is new in it.

    \b
    dossier saved run "brick kilns" --limit 20
    dossier saved run "brick kilns" --new
    dossier -q saved run --all-saved --new --format csv

    With --new, a document is shown when it is added or changed since the last such run; the first run shows all.
    Exit status: 0 found, 1 nothing (nothing new), 2 error.
    """
    from ingest import saved

    if all_saved == (name is not None):
        raise click.UsageError("give the NAME of a saved search, or --all-saved for all of them")
    if new and limit is not None:
        raise click.UsageError("--new shows all that is new and takes no --limit")
    if all_saved and format_ == "json":
        raise click.UsageError("--all-saved prints text, csv, jsonl or trec; json holds one search")
    if files or nul:
        snippets = 0
    if new:
        _writable(session).close()  # where the library cannot be written, say so before anything is told
    with session.library() as library:
        searches = [saved.find(library.catalogue, name)] if name else saved.saved_searches(library.catalogue)
        asked = {"snippets": snippets, "limit": limit[0] if limit else 10}
        answers = [_answer(session, library, search, new, one=not all_saved, **asked) for search in searches]
        revision = library.snapshot.manifest.revision
    shown = [answer for answer in answers if not new or answer.result is None or answer.result.total]
    if files or nul:
        if left_out := write_files((hit for answer in shown if answer.result for hit in answer.result), nul=nul):
            return left_out
    elif (all_saved and format_ != "text") or format_ == "trec":
        _write_rows(shown, format_)
    else:
        _print(session, shown, format_, headed=all_saved, pager=not no_pager)
    sys.stdout.flush()
    if new:
        with _writable(session) as catalogue, catalogue.transaction():
            saved.mark_seen(catalogue, [answer.search for answer in answers if answer.result], revision)
    for answer in answers:
        if answer.error is not None:
            say(f"dossier: saved search {answer.search.name!r}: {answer.error}")
    if any(answer.error is not None for answer in answers):
        return ERROR
    return FOUND if any(answer.result and answer.result.total for answer in answers) else NOTHING


@command.command("remove")
@click.argument("name", shell_complete=saved_name)
@click.pass_obj
def remove_command(session: Session, name: str) -> int:
    """Forget a saved search.

    \b
    dossier saved remove "brick kilns"

    Only the search is forgotten; the documents stay.
    """
    from ingest import saved

    with _writable(session) as catalogue, catalogue.transaction():
        gone = saved.remove(catalogue, name)
    if session.notes is not None:
        say(f"removed {gone.name!r}, which was: {_as_typed(gone)}")
    return FOUND


def _writable(session: Session) -> Catalogue:
    from ingest.catalogue import Catalogue

    return Catalogue.open(session.data_dir(), write=True)


def _request(search: SavedSearch, **others: Any) -> SearchRequest:
    """The search that was saved. Raises DossierError where it has options of a newer Dossier."""
    options = _options.make_context("saved", []).params
    unknown = sorted(set(search.filters) - set(options))
    if unknown:
        raise DossierError(
            f"it was saved by a newer Dossier (with {', '.join(unknown)}): update Dossier to run it"
        )
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in search.filters.items()}
    options = options | given
    return request((search.query,), **options | {"sort": options["sort"] or "relevance"}, **others)


def _as_typed(search: SavedSearch) -> str:
    """A search as its options and query are typed."""
    words = []
    for option in _options.params:
        value = search.filters.get(option.name or "")
        for item in value if isinstance(value, list) else [value] if value else []:
            words += [option.opts[0]] if item is True else [option.opts[0], item]
    if search.query:
        words += ["--", search.query] if search.query.startswith("-") else [search.query]
    return shlex.join(words)


def _answer(
    session: Session, library: Library, search: SavedSearch, new: bool, *, one: bool, **asked: Any
) -> _Answer:
    """What a saved search finds. The error of one among several is its own; one that is run alone raises it."""
    from searchidx.news import news

    try:
        request = _request(search, **asked)
        if not new:
            return _Answer(search, library.search(request))
        result, matching = news(library, request, search.seen)
    except (NoLibrary, IndexDamaged, LibraryBusy):
        raise
    except DossierError as error:
        if one:
            raise DossierError(f"saved search {search.name!r}: {error}") from error
        return _Answer(search, error=str(error))
    if session.notes is not None:
        since = f"new since {search.seen_at}" if search.seen_at else "new, as this is the first run with --new"
        say(f"{search.name}: of {matching:,} documents that match, {result.total:,} are {since}")
    return _Answer(search, result)


def _print(session: Session, answers: Sequence[_Answer], format_: str, *, headed: bool, pager: bool) -> None:
    from output.printer import Report

    with session.printer(format_, pager=pager) as printer:
        for answer in answers:
            if answer.result is not None:
                if headed:
                    printer.report(Report({"saved search": answer.search.name}))
                printer.search(answer.result)


def _write_rows(answers: Sequence[_Answer], format_: str) -> None:
    """The rows of a batch (docs/batch.md), whose query ids are the names."""
    from output.batch_rows import batch_encoder, write_batch
    from searchidx.batch import BatchAnswer
    from searchidx.batch_queries import BatchQuery

    rows = [
        BatchAnswer(BatchQuery(answer.search.name, answer.search.query, number), answer.result, answer.error)
        for number, answer in enumerate(answers, 1)
    ]
    write_batch(rows, batch_encoder(format_, [row.query for row in rows]), sys.stdout.buffer)
