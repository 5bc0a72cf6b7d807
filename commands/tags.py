"""`dossier tags`: the tags in use, with counts and who gave them."""

from __future__ import annotations

import click

from commands.options import format_option
from commands.session import FOUND, NOTHING, Session
from ingest.errors import SettingsError
from output.printer import Cell, Report, Table


@click.command()
@click.option("--unmapped", is_flag=True, help="Only tags that are not in the vocabulary, tags.toml.")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(session: Session, unmapped: bool, format_: str) -> int:
    """List the tags in use, with the number of documents and who gave them.

    \b
    dossier tags
    dossier tags --unmapped --format csv

    Where there is a vocabulary (tags.toml beside the data folder), each tag's label in it is shown as well.
    Exit status: 0 some, 1 none.
    """
    from ingest.catalogue import Catalogue
    from ingest.catalogue_files import library_root
    from ingest.values_in_use import values_in_use
    from ingest.vocabulary import FILE_NAME, library_vocabulary

    vocabulary = library_vocabulary(session.data_dir())
    if unmapped and vocabulary is None:
        raise SettingsError(
            f"there is no vocabulary: write {library_root(session.data_dir()) / FILE_NAME} (docs/tags.md says how)"
        )
    with Catalogue.open(session.data_dir()) as catalogue:
        used = values_in_use(catalogue, "tag")
    columns: tuple[str, ...] = ("tag", "documents", "sources", "spellings")
    rows: list[tuple[Cell, ...]] = []
    for item in used:
        row: tuple[Cell, ...] = (item.value, item.documents, [str(who) for who in item.sources], item.spellings)
        if vocabulary is not None:
            label = vocabulary.label(item.value)
            if unmapped and label is not None:
                continue
            row += (vocabulary.near(item.value),) if unmapped else (label,)
        rows.append(row)
    if vocabulary is not None:
        columns += ("near" if unmapped else "label",)
    with session.printer(format_) as printer:
        printer.report(Report({}, Table("tags", columns, rows)))
    return FOUND if rows else NOTHING
