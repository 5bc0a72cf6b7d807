"""`dossier status`: what is in the library, what could not be read, and what to do about it."""

from __future__ import annotations

import click

from commands.options import format_option
from commands.session import FOUND, Session
from ingest.catalogue import Catalogue
from output.printer import Cell, Report, Table


@click.command()
@click.option("--all", "all_files", is_flag=True, help="List every file, not only those with a problem.")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(session: Session, all_files: bool, format_: str) -> int:
    """Say what is in the library, what could not be read, why, and what to do.

    \b
    dossier status
    dossier status --format csv > files.csv
    """
    from searchidx import manifest
    from searchidx.snapshot import FOLDER

    with Catalogue.open(session.data_dir()) as catalogue:
        index = manifest.read(session.data_dir() / FOLDER)
        values: dict[str, Cell] = {
            "library": str(catalogue.data_dir),
            "documents": sum(1 for _ in catalogue.live_ids()),
            "searchable": index.documents if index else 0,
            "index": _index_state(index.revision if index else None, catalogue.revision),
        }
        for status, count in catalogue.status_counts().items():
            values[f"files {status.value}"] = count
        found = catalogue.files() if all_files else catalogue.problems()
        rows = [(row.path, row.status.value, row.reason, row.next_step) for row in found]
    table = Table(
        "files", ("path", "status", "reason", "next_step"), rows, title="files" if all_files else "problems"
    )
    with session.printer(format_) as printer:
        printer.report(Report(values, table if rows or format_ != "text" else None))
    return FOUND


def _index_state(indexed: int | None, revision: int) -> str:
    if indexed is None:
        return "none yet: run `dossier index`"
    return "up to date" if indexed == revision else "behind the catalogue: run `dossier index`"
