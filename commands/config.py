"""`dossier config`: each setting in force, and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from commands.options import format_option
from commands.session import FOUND, Session
from ingest.effective import DEFAULT, Setting, effective
from output.printer import Report, Table


@click.command()
@format_option("text", "json", "jsonl", "csv")
@click.pass_context
def command(ctx: click.Context, format_: str) -> int:
    """Print each setting in force, and where it comes from.

    \b
    dossier config
    dossier --data /srv/library/index_data config --format json

    A flag is stronger than the environment, the environment than dossier.toml, dossier.toml than the default.
    docs/configuration.md has what each setting is for. Passwords are counted, not shown.
    """
    session: Session = ctx.obj
    flags = ctx.parent
    assert flags is not None
    by_flag = flags.get_parameter_source("color") is click.core.ParameterSource.COMMANDLINE
    rows = [*effective(session.data, Path.cwd()), *_files(session), _color(session.color, by_flag), _pager()]
    file = session.settings().file
    values = {"dossier.toml": "none, here or above" if file is None else str(file)}
    with session.printer(format_) as printer:
        printer.report(Report(values, Table("settings", ("setting", "value", "source"), rows)))
    return FOUND


def _files(session: Session) -> Iterator[Setting]:
    """The files beside and in the data folder that change how documents are tagged and words understood."""
    from ingest.catalogue_files import library_root
    from ingest.vocabulary import FILE_NAME
    from searchidx.library import SYNONYMS_FILE

    data_dir = session.data_dir()
    for name, file, otherwise in (
        ("vocabulary of tags", library_root(data_dir) / FILE_NAME, "none"),
        ("synonyms", data_dir / SYNONYMS_FILE, "Dossier's own"),
    ):
        there = file.exists()
        yield Setting(name, str(file) if there else otherwise, "file" if there else DEFAULT)


def _color(said: str, by_flag: bool) -> Setting:
    if by_flag:
        return Setting("color", said, "flag --color")
    if os.environ.get("NO_COLOR"):
        return Setting("color", "never", "environment NO_COLOR")
    if os.environ.get("TERM") == "dumb":
        return Setting("color", "never", "environment TERM")
    return Setting("color", said, DEFAULT)


def _pager() -> Setting:
    said = os.environ.get("PAGER")
    return Setting(
        "pager", "less" if said is None else said or "none", DEFAULT if said is None else "environment PAGER"
    )
