"""`dossier show`: a document's record and its text."""

from __future__ import annotations

from dataclasses import replace

import click

from commands.completing import document as complete_document
from commands.options import format_option
from commands.session import FOUND, NOTHING, Session
from commands.talk import say
from ingest.catalogue import Catalogue
from ingest.document import Document
from ingest.errors import DossierError
from output.printer import Cell, Report, Table


@click.command()
@click.argument("document", shell_complete=complete_document)
@click.option("--page", type=click.IntRange(min=1), help="Only this page's text.")
@click.option("--no-text", is_flag=True, help="Only the record.")
@click.option("--provenance", is_flag=True, help="Who says each value, and the values that lost.")
@click.option("--no-pager", is_flag=True, help="Do not page the text on a terminal.")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(
    session: Session,
    document: str,
    page: int | None,
    no_text: bool,
    provenance: bool,
    no_pager: bool,
    format_: str,
) -> int:
    """Print a document's record and its text.

    \b
    dossier show 9f2c41d0
    dossier show corpus/asia/report.pdf --page 12

    DOCUMENT is an id, the beginning of one, or a path.
    """
    with Catalogue.open(session.data_dir()) as catalogue:
        found = catalogue.document(document, pages=not (no_text or provenance))
        who = _provenance(catalogue, found) if provenance and found is not None else None
    if found is None:
        say(f"dossier: no document has the id or path {document!r}; `dossier search` prints ids")
        return NOTHING
    if who is not None:
        with session.printer(format_, pager=not no_pager) as printer:
            printer.report(who)
        return FOUND
    if page is not None:
        pages = tuple(item for item in found.pages if item.number == page)
        if not pages:
            raise DossierError(f"{found.title} has no page {page}: it has {found.page_count}")
        found = replace(found, pages=pages)
    with session.printer(format_, pager=not no_pager) as printer:
        printer.document(found)
    return FOUND


def _provenance(catalogue: Catalogue, document: Document) -> Report:
    from ingest.provenance import provenance

    values: dict[str, Cell] = {"id": document.id, "title": document.title, "path": document.paths}
    columns = ("field", "value", "source", "origin", "pages", "outcome")
    rows = [(*row[:2], row.source.value, *row[3:]) for row in provenance(catalogue, document)]
    return Report(values, Table("provenance", columns, rows))
