"""`dossier verify`: whether catalogue and index agree and every segment reads."""

from __future__ import annotations

import click

from commands.session import FOUND, NOTHING, Session


@click.command()
@click.pass_obj
def command(session: Session) -> int:
    """Check that catalogue and index agree and that every segment reads.

    \b
    dossier verify && echo fine

    Exit status 1 with the findings where something is wrong.
    """
    from searchidx.index import verify

    findings = verify(session.data_dir())
    for finding in findings:
        click.echo(finding)
    if not findings and session.notes:
        click.echo("catalogue and index agree, and every segment reads", err=True)
    return NOTHING if findings else FOUND
