"""`dossier forget`: documents erased for good, and kept out.

Rule: it says what goes, what stays and why before it does anything, and asks; where nobody can be asked it does
nothing without --yes.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from commands.completing import document
from commands.options import format_option, wait_option
from commands.progress import ProgressLine
from commands.session import FOUND, NOTHING, Session
from commands.talk import say

if TYPE_CHECKING:
    from ingest.forgetting import Leaving


@click.command()
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...", shell_complete=document)
@click.option("--removed", is_flag=True, help="Erase what is left of documents whose files are gone.")
@click.option("--allow-again", is_flag=True, help="Let forgotten documents in again.")
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(
    session: Session,
    documents: tuple[str, ...],
    removed: bool,
    allow_again: bool,
    dry_run: bool,
    yes: bool,
    format_: str,
) -> int:
    """Erase documents from the library for good.

    \b
    dossier forget 9f2c41d0
    dossier forget corpus/asia/interview.pdf --yes
    dossier forget --removed
    dossier forget --allow-again corpus/asia/interview.pdf

    DOCUMENTS are ids, beginnings of ids, or paths. Text, metadata and what you said of them go from catalogue and
    index; files of yours are never touched. A hash is kept, so that the same file is not taken in again.
    """
    if allow_again:
        if removed or not documents:
            raise click.UsageError("--allow-again goes with the paths, ids or hashes of forgotten documents")
        return _allow_again(session, documents, dry_run, format_)
    if removed == bool(documents):
        raise click.UsageError("name documents by id or path, or give --removed for those whose files are gone")
    return _forget(session, documents, dry_run, yes, format_)


def _forget(session: Session, names: tuple[str, ...], dry_run: bool, yes: bool, format_: str) -> int:
    from ingest.catalogue import Catalogue
    from ingest.errors import SettingsError
    from ingest.forgetting import leaving
    from output.printer import Report, Table
    from searchidx.forget import forget

    with Catalogue.open(session.data_dir()) as catalogue:
        going = leaving(catalogue, names)
    if session.notes is not None or not yes:
        for item in going:
            _tell(item)
    rows = [(item.document.id, item.document.title, [path for path, _ in item.files]) for item in going]
    table = Table("documents", ("id", "title", "paths"), rows, title="would go" if dry_run else "forgotten")
    if dry_run:
        with session.printer(format_, pager=False) as printer:
            printer.report(Report({"would forget": len(going)}, table))
        return FOUND
    if not yes:
        if not sys.stdin.isatty():
            raise SettingsError("this cannot be undone, and nobody is here to be asked: say --yes")
        what = f"Forget {len(going):,} document(s)" if going else "Erase what is left of removed documents"
        if not click.confirm(f"{what}? This cannot be undone", err=True):
            say("nothing was changed")
            return NOTHING
    with ProgressLine(session.notes) as line:
        done = forget(
            session.data_dir(),
            names,
            progress=lambda at, all_: line.show(f"indexing {at:,} of {all_:,} documents"),
        )
    for path in done.files if session.notes is not None else ():
        say(f"{path} still lies there; it is passed over from now on. Delete it yourself.")
    if done.unknown:
        say(f"not looked into, because Dossier does not write it: {', '.join(done.unknown)} in the data folder")
    with session.printer(format_, pager=False) as printer:
        values = {"forgotten": len(done.ids), "erased": done.erased, "files still there": len(done.files)}
        printer.report(Report(values, table if rows else None))
    return FOUND


def _tell(item: Leaving) -> None:
    """What goes with a document, and what stays."""
    found = item.document
    copies = f" in {len(item.files)} files" if len(item.files) > 1 else ""
    say(f"{found.title} [{found.id}], {found.page_count:,} page(s){copies}: text and all that is known of it go")
    if item.said:
        say("  with the tags, regions and other values that you gave it")
    if item.lists:
        say(f"  with the {item.lists:,} resources that it lists, as far as no other page lists them")
    for twin in item.twins:
        say(f"  stays, though it says nearly the same: {twin.title} [{twin.id}]")
    for listing in item.listings:
        say(f"  stays, though it tells of it, perhaps with a summary: {listing}")


def _allow_again(session: Session, names: tuple[str, ...], dry_run: bool, format_: str) -> int:
    from ingest.catalogue import Catalogue
    from ingest.forgetting import allow_again
    from ingest.lock import write_lock
    from output.printer import Report, Table

    if dry_run:
        raise click.UsageError("--allow-again has nothing to rehearse")
    Catalogue.open(session.data_dir()).close()  # where there is no library, the lock must not make its folder
    with (
        write_lock(session.data_dir()),
        Catalogue.open(session.data_dir(), write=True) as catalogue,
        catalogue.transaction(),
    ):
        paths = [path for name in names for path in allow_again(catalogue, name)]
    if session.notes is not None:
        say("allowed again: `dossier index` reads it anew where its file lies")
    with session.printer(format_, pager=False) as printer:
        table = Table("files", ("path",), [(path,) for path in paths], title="files that were passed over")
        printer.report(Report({"allowed again": len(names)}, table if paths else None))
    return FOUND
