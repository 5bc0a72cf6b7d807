"""`dossier rebuild`: the index anew from the catalogue, without reading any document again."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import wait_option
from commands.session import FOUND, Session
from commands.talk import say
from ingest.errors import DossierError


@click.command()
@wait_option
@click.option("--salvage", is_flag=True, help="First save what still reads of a damaged catalogue.")
@click.pass_obj
def command(session: Session, salvage: bool) -> int:
    """Make the index anew from the catalogue.

    \b
    dossier rebuild
    dossier rebuild --salvage

    No PDF or web page is read again; until it is done, searches use the previous index. With --salvage a damaged
    catalogue is replaced by one that holds all that still reads of it, and is kept beside it; the next `dossier
    index` reads again what was lost of files.
    """
    from commands.updating import update_index
    from ingest.catalogue import Catalogue
    from ingest.lock import write_lock

    data_dir = session.data_dir()
    with write_lock(data_dir):
        if salvage:
            _salvage(data_dir)
        Catalogue.open(data_dir, write=True).close()  # which brings an older one up to date
        done = update_index(session, data_dir, rebuild=True)
    if session.notes:
        say(f"{done.documents:,} documents indexed in {done.seconds:.1f} s")
    return FOUND


def _salvage(data_dir: Path) -> None:
    """Save what reads of a damaged catalogue, and say in numbers what that is, and what is lost."""
    from ingest.catalogue_check import check
    from ingest.salvage import salvage

    if not check(data_dir):
        raise DossierError(
            f"the catalogue in {data_dir} reads well, so there is nothing to save: `dossier rebuild` alone makes "
            "the index anew"
        )
    done = salvage(data_dir)
    kept = ", ".join(f"{done.kept.get(name, 0):,} {name}" for name in ("documents", "pages", "files"))
    lost = f"lost: {done.pages_lost:,} pages, {done.said_lost:,} values that people gave"
    if done.said_again:
        lost += f" (in their place {done.said_again:,} tags and regions were taken over from records)"
    said = [
        f"kept: {kept}, {done.said_kept:,} values that people gave",
        f"{lost}; {done.unreadable:,} places in the file do not read",
        f"the damaged catalogue is kept as {done.damaged}",
    ]
    if done.again:
        said.append(
            f"{done.again:,} files are incomplete: run `dossier index` with their folder to read them again"
        )
    for line in said:
        say(line)
