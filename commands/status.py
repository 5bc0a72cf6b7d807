"""`dossier status`: what is in the library, what could not be read, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from commands.options import format_option
from commands.session import FOUND, Session
from ingest.catalogue import Catalogue
from ingest.errors import SettingsError
from ingest.forgetting import unfinished
from output.printer import Cell, Report, Table

#: Documents with pages that read badly in the text format; the others list all.
_WORST = 20


@click.command()
@click.option("--all", "all_files", is_flag=True, help="List every file, not only those with a problem.")
@click.option("--missing", is_flag=True, help="List what library pages name and you do not hold, with links.")
@click.option("--quality", is_flag=True, help="List documents with pages whose text reads badly.")
@click.option("--duplicates", is_flag=True, help="List documents that say nearly the same, in groups.")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(
    session: Session, all_files: bool, missing: bool, quality: bool, duplicates: bool, format_: str
) -> int:
    """Say what is in the library, what could not be read, why, and what to do.

    \b
    dossier status
    dossier status --format csv > files.csv
    dossier status --missing --format csv > to-fetch.csv
    """
    from searchidx import manifest

    if all_files + missing + quality + duplicates > 1:
        raise SettingsError("--all, --missing, --quality and --duplicates each print a list: ask for one of them.")
    with Catalogue.open(session.data_dir()) as catalogue:
        index = manifest.read(session.data_dir() / manifest.FOLDER)
        listed = len(catalogue.listed_ids())
        low = list(_low_quality(catalogue))
        twins = catalogue.twins()
        values: dict[str, Cell] = {
            "library": str(catalogue.data_dir),
            "documents": sum(1 for _ in catalogue.live_ids()) - listed,
            "listed, not held": listed,
            "with pages that read badly": len(low),
            "nearly the same as another": len(twins) - len(set(twins.values())),
            "searchable": index.documents if index else 0,
            "index": _index_state(index.revision if index else None, catalogue.revision),
        }
        if unfinished(catalogue):
            values["forgetting"] = "was ended before its end: run `dossier forget --removed`"
        for status, count in catalogue.status_counts().items():
            values[f"files {status.value}"] = count
        if missing:
            table = _missing(catalogue)
        elif duplicates:
            table = _duplicates(catalogue, twins)
        elif quality:
            shown = low[:_WORST] if format_ == "text" else low
            title = "pages that read badly" + (f" (the worst {_WORST} documents)" if len(shown) < len(low) else "")
            columns = ("path", "id", "pages", "low_pages", "worst_page", "worst_quality", "next_step")
            table = Table("low_quality", columns, shown, title=title)
        else:
            table = _files(catalogue, all_files)
    with session.printer(format_) as printer:
        printer.report(Report(values, table if list(table.rows) or format_ != "text" else None))
    return FOUND


def _files(catalogue: Catalogue, all_files: bool) -> Table:
    found = catalogue.files() if all_files else catalogue.problems()
    rows = [(row.path, row.status.value, row.reason, row.next_step) for row in found]
    title = "files" if all_files else "problems"
    return Table("files", ("path", "status", "reason", "next_step"), rows, title=title)


def _missing(catalogue: Catalogue) -> Table:
    columns = ("title", "link", "publisher", "year", "listed_in", "id")
    documents = catalogue.documents(catalogue.listed_ids()).values()
    rows: list[Sequence[Cell]] = [
        (document.title, document.source_url, document.publisher, document.year, document.paths, document.id)
        for document in documents
    ]
    return Table("missing", columns, rows, title="listed, not held")


def _duplicates(catalogue: Catalogue, twins: dict[str, str]) -> Table:
    """A row for each document of a group, which is named by its first one."""
    documents = catalogue.documents(sorted(twins, key=lambda id_: (twins[id_], id_ != twins[id_], id_)))
    rows: list[Sequence[Cell]] = [
        (twins[document.id], document.id, document.title, document.paths) for document in documents.values()
    ]
    return Table("duplicates", ("group", "id", "title", "paths"), rows, title="nearly the same text")


def _low_quality(catalogue: Catalogue) -> Iterable[Sequence[Cell]]:
    """A row for each document with pages that read badly, the most of them first."""
    found = catalogue.low_quality()
    documents = catalogue.documents([low.document_id for low in found])
    for low in found:
        document = documents[low.document_id]
        step = (
            "look at the page; read it from its picture with `dossier index --ocr`, or fetch a better copy"
            if document.type == "pdf"
            else "look at the page; save it anew, or fetch a better copy"
        )
        path = document.paths[0] if document.paths else ""
        yield (path, document.id, document.page_count, low.pages, low.worst, low.quality, step)


def _index_state(indexed: int | None, revision: int) -> str:
    if indexed is None:
        return "none yet: run `dossier index`"
    return "up to date" if indexed == revision else "behind the catalogue: run `dossier index`"
