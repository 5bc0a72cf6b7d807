"""`dossier tag`: tags given to documents, taken away, renamed."""

from __future__ import annotations

import click

from commands.curating import add_commands
from commands.groups import Group


@click.group(cls=Group)
def command() -> None:
    """Add tags to documents, remove or rename them.

    \b
    dossier tag add "forced labour" 9f2c41d0 corpus/asia/report.pdf
    dossier tag remove draft --query '*'
    dossier tag rename "forced labor" "forced labour"

    `dossier tags` lists the tags in use; docs/tags.md has the rest.
    """


add_commands(command, "tag", ('"forced labour"', '"compulsory labour"'))
