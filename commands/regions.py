"""`dossier regions`: the vocabulary of regions as a tree, with counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from commands.completing import values
from commands.options import format_option
from commands.session import FOUND, Session
from ingest import regions
from ingest.errors import NoLibrary
from output.printer import Report, Table


@click.command()
@click.argument("names", nargs=-1, shell_complete=values("region"))
@click.option("--used", is_flag=True, help="Only regions that documents have.")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(session: Session, names: tuple[str, ...], used: bool, format_: str) -> int:
    """Print the vocabulary of regions as a tree, with counts of documents.

    \b
    dossier regions --used
    dossier regions asia mena

    With NAMES, only these regions and what lies below them. A document of Bangladesh counts in Southern Asia, Asia
    and the groups that have Bangladesh as a member.
    """
    counts = _counts(session)
    branches: Iterable[regions.Branch] = regions.tree()
    if names:
        branches = [_branch(name, branches) for name in names]
    rows = [
        (
            "  " * level * (format_ == "text") + region.name,
            region.key,
            region.kind,
            region.codes.iso2,
            region.codes.m49,
            counts.get(region.key, 0),
        )
        for branch in branches
        for level, region in _walk(branch, 0)
        if not used or counts.get(region.key)
    ]
    with session.printer(format_) as printer:
        printer.report(Report({}, Table("regions", ("name", "key", "kind", "iso2", "m49", "documents"), rows)))
    return FOUND


def _counts(session: Session) -> dict[str, int]:
    """{key: documents}; empty where there is no library yet, for the vocabulary is of use without one."""
    try:
        with session.library() as library:
            return library.region_counts()
    except NoLibrary:
        return {}


def _branch(name: str, branches: Iterable[regions.Branch]) -> regions.Branch:
    wanted = regions.resolve(name)
    if wanted is None:
        near = regions.suggest(name)
        hint = f": did you mean {' or '.join(near)}?" if near else "; `dossier regions` lists all"
        raise click.UsageError(f"{name!r} is no region of the vocabulary{hint}")
    waiting = list(branches)
    while waiting:
        branch = waiting.pop(0)
        if branch.region.key == wanted.key:
            return branch
        waiting += branch.children
    return regions.Branch(wanted, ())


def _walk(branch: regions.Branch, level: int) -> Iterator[tuple[int, regions.Region]]:
    yield level, branch.region
    for child in branch.children:
        yield from _walk(child, level + 1)
