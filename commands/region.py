"""`dossier region`: regions given to documents, taken away, renamed, and suggested from the text."""

from __future__ import annotations

import click

from commands.completing import document
from commands.curating import add_commands
from commands.groups import Group
from commands.options import format_option
from commands.session import FOUND, NOTHING, Session


@click.group(cls=Group)
def command() -> None:
    """Add regions to documents, remove, rename or suggest them.

    \b
    dossier region add Bangladesh 9f2c41d0 corpus/asia/report.pdf
    dossier region rename "South East Asia" "South-eastern Asia"
    dossier region suggest

    `dossier regions` prints the vocabulary; docs/tags.md has the rest.
    """


add_commands(command, "region", ("Bangladesh", '"Southern Asia"'))


@command.command()
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...", shell_complete=document)
@click.option(
    "--least", default=3, type=click.IntRange(min=1), help="How often the text must name it.", show_default=True
)
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def suggest(session: Session, documents: tuple[str, ...], least: int, format_: str) -> int:
    """List documents without a region whose text names one often.

    \b
    dossier region suggest
    dossier region suggest 9f2c41d0 --least 10

    Without DOCUMENTS, all that have no region. Nothing is changed: `dossier region add` takes up a suggestion.
    Exit status: 0 something to suggest, 1 nothing.
    """
    from ingest.catalogue import Catalogue
    from ingest.curation import find
    from ingest.region_suggestions import suggestions
    from output.printer import Report, Table

    with Catalogue.open(session.data_dir()) as catalogue:
        chosen = find(catalogue, documents) if documents else None
        found = list(suggestions(catalogue, chosen, least=least))
    rows = [
        (item.document.id, item.region, item.times, item.pages, item.document.page_count, item.document.title)
        for item in found
    ]
    table = Table("suggestions", ("id", "region", "times", "pages", "of", "title"), rows)
    with session.printer(format_) as printer:
        printer.report(Report({}, table))
    return FOUND if found else NOTHING
