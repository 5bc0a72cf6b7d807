"""`dossier facets`: counts of matching documents by region, tag, year, language, type and publisher."""

from __future__ import annotations

from typing import Any

import click

from commands.completing import query
from commands.options import filter_options, format_option, request
from commands.session import FOUND, NOTHING, Session


@click.command()
@click.argument("words", nargs=-1, shell_complete=query)
@filter_options
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(session: Session, /, words: tuple[str, ...], format_: str, **options: Any) -> int:
    """Count documents by region, tag, year, language, type and publisher.

    \b
    dossier facets
    dossier facets child labour --year 2015..

    Without words, of the whole library. Regions are a tree; a document counts once in each region it belongs to.
    """
    with session.library() as library:
        result = library.search(request(words, **options, limit=0, snippets=0, facets=True))
    with session.printer(format_) as printer:
        printer.facets(result.facets, query=result.interpreted, total=result.total)
    return FOUND if result.total else NOTHING
