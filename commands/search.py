"""`dossier search`: ranked documents with snippets and page numbers."""

from __future__ import annotations

from typing import Any

import click

from commands.completing import query
from commands.groups import help_option
from commands.options import filter_options, format_option, number_or_all, request, timeout_option
from commands.session import FOUND, NOTHING, Session
from commands.talk import write_files
from searchidx.time_limit import time_limit


class _SearchCommand(click.Command):
    """Says what to do when a query word begins with a dash."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.NoSuchOption as error:
            if error.option_name.startswith("--"):
                raise
            raise click.UsageError(
                f"no option {error.option_name}; to exclude a word, put -- before the query: "
                "dossier search -- slavery -trade",
                error.ctx,
            ) from error


@click.command(cls=_SearchCommand, add_help_option=False)
@click.argument("words", nargs=-1, shell_complete=query)
@filter_options
@click.option(
    "--limit",
    default="10",
    metavar="N",
    callback=number_or_all,
    help="How many results, or `all`.",
    show_default=True,
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "title"]),
    default="relevance",
    help="The order of results.",
    show_default=True,
)
@format_option("text", "json", "jsonl", "csv", "trec")
@click.option("--files", is_flag=True, help="Print only the paths, one a line.")
@click.option("-0", "nul", is_flag=True, help="With --files: end each path with NUL, for xargs -0.")
@click.option("--facets", is_flag=True, help="Count the results by region, tag, year, language, type, publisher.")
@click.option(
    "--snippets",
    default=1,
    metavar="N",
    type=click.IntRange(0, 10),
    help="Passages per result.",
    show_default=True,
)
@click.option(
    "--offset", default=0, metavar="N", type=click.IntRange(min=0), help="Leave out the first N results."
)
@click.option("--show-duplicates", is_flag=True, help="Near-identical documents as results of their own.")
@click.option("--explain", is_flag=True, help="Say how the query was read and each score made.")
@timeout_option
@click.option("--no-pager", is_flag=True, help="Do not page the results on a terminal.")
@help_option
@click.pass_obj
def command(session: Session, /, words: tuple[str, ...], **options: Any) -> int:
    """Find documents by words, phrases, tags, regions and years.

    \b
    dossier search forced labour --region asia --tag "supply chains"
    dossier search '"debt bondage" OR kiln*' --year 2015..2020
    dossier search -- slavery -trade

    All words must occur, in any inflection; `docs/query-language.md` has the whole language.
    Exit status: 0 found, 1 nothing found, 2 error.
    """
    names = ("format_", "files", "nul", "no_pager", "timeout")
    format_, files, nul, no_pager, timeout = (options.pop(name) for name in names)
    if files or nul:
        options["snippets"] = 0
    # A format that has no place for the others of a group lists them as results.
    names_others = format_ in ("text", "json", "jsonl") and not (files or nul)
    options["collapse"] = not options.pop("show_duplicates") and names_others
    with session.library() as library, time_limit(timeout):
        result = library.search(request(words, **options))
    if files or nul:
        if left_out := write_files(result, nul=nul):
            return left_out
    else:
        with session.printer(format_, pager=not no_pager) as printer:
            printer.search(result)
    return FOUND if result.total else NOTHING
