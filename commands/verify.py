"""`dossier verify`: whether catalogue and index read, whole, and agree."""

from __future__ import annotations

import click

from commands.session import FOUND, NOTHING, Session
from commands.talk import say
from output.plain_text import clean


@click.command()
@click.pass_obj
def command(session: Session) -> int:
    """Check that catalogue and index read, whole, and agree.

    \b
    dossier verify && echo fine

    Exit status 1 with the findings where something is wrong.
    """
    from ingest.catalogue_check import check
    from searchidx.index import verify

    data_dir = session.data_dir()
    findings = check(data_dir) or verify(data_dir)  # an index is as good as the catalogue it was made from
    for finding in findings:
        click.echo(clean(finding))
    if not findings and session.notes:
        say("catalogue and index agree, and every segment reads")
    return NOTHING if findings else FOUND
