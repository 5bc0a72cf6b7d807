"""`dossier rebuild`: the index anew from the catalogue, without reading any document again."""

from __future__ import annotations

import click

from commands.session import FOUND, Session


@click.command()
@click.pass_obj
def command(session: Session) -> int:
    """Make the index anew from the catalogue.

    \b
    dossier rebuild

    No PDF or web page is read again; until it is done, searches use the previous index.
    """
    from commands.updating import update_index
    from ingest.lock import write_lock

    data_dir = session.data_dir()
    with write_lock(data_dir):
        done = update_index(session, data_dir, rebuild=True)
    if session.notes:
        click.echo(f"{done.documents:,} documents indexed in {done.seconds:.1f} s", err=True)
    return FOUND
