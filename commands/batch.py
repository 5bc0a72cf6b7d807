"""`dossier batch`: a list of queries in, one file of results out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import filter_options, number_or_all, request, timeout_option
from commands.progress import ProgressLine
from commands.session import ERROR, FOUND, NOTHING, Session
from commands.talk import say

if TYPE_CHECKING:
    from output.batch_rows import BatchEncoder, BatchTotals
    from searchidx.batch import BatchAnswer
    from searchidx.batch_queries import BatchQuery
    from searchidx.results import SearchRequest


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl", "trec"]), default="csv", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not."
)
@click.option("--resume", is_flag=True, help="Go on with -o FILE where an interrupted run stopped.")
@click.option("--kind", type=click.Choice(["text", "csv", "tsv", "jsonl"]), help="How FILE is written.")
@click.option("--column", help="The column or field with the queries.")
@click.option("--template", help="A query with {column} places, filled from each row.")
@click.option("--summary", is_flag=True, help="A row per query instead of a row per document.")
@click.option("--dedupe", is_flag=True, help="Run a query that comes again only once.")
@click.option("--raw", is_flag=True, help="CSV without the guard against spreadsheet formulas.")
@click.option("--bom", is_flag=True, help="CSV with a byte order mark, for spreadsheets.")
@click.option("--run-tag", default="dossier", help="Last column of a TREC run.", show_default=True)
@click.option(
    "--limit", default="10", callback=number_or_all, help="Results per query, or `all`.", show_default=True
)
@click.option(
    "--snippets", default=1, type=click.IntRange(0, 1), help="0 leaves the snippet out.", show_default=True
)
@click.option("--jobs", default=1, type=click.IntRange(1, 64), help="Search processes.", show_default=True)
@timeout_option
@filter_options
@click.pass_obj
def command(session: Session, /, source: Path, **options: Any) -> int:
    """Run a list of queries and write the results.

    \b
    dossier batch queries.txt > results.csv
    dossier batch names.csv --template '"{name}" AND traffic*' --region asia -o results.csv
    dossier batch topics.jsonl --format trec --limit 1000 -o run.trec

    FILE is a query a line, CSV or TSV with a header, or JSON Lines; - is standard input.
    Exit status: 0 some query found something, 1 none did, 2 some query could not be run.
    """  # fmt: skip
    from output.batch_file import batch_to_file
    from output.batch_rows import batch_encoder, write_batch
    from searchidx.batch import without_repeats
    from searchidx.batch_queries import read_queries

    names = ("format_", "output", "resume", "kind", "column", "template", "summary", "dedupe", "raw", "bom",
             "run_tag", "jobs", "timeout")  # fmt: skip
    own = {name: options.pop(name) for name in names}
    if own["resume"] and own["output"] is None:
        raise click.UsageError("--resume goes with -o FILE")
    if own["format_"] == "trec":
        options["snippets"] = 0
    queries = read_queries(
        sys.stdin if str(source) == "-" else source,
        kind=own["kind"],
        column=own["column"],
        template=own["template"],
        note=say if session.notes else None,
    )
    if own["dedupe"]:
        queries = list(without_repeats(queries))
    encoder: BatchEncoder = batch_encoder(
        own["format_"], queries, summary=own["summary"], raw=own["raw"], bom=own["bom"], run_tag=own["run_tag"]
    )
    base = replace(request(**options), suggest=False)  # a row has no place for suggestions
    with ProgressLine(session.notes) as line:
        run = partial(_run, session, base, own["jobs"], own["timeout"], line)
        if own["output"] is None:
            totals = write_batch(run(queries), encoder, sys.stdout.buffer)
        else:
            stamp = f"{base!r} {_index_stamp(session)}"
            totals = batch_to_file(own["output"], queries, run, encoder, resume=own["resume"], stamp=stamp)
    _say(session, totals)
    return ERROR if totals.errors else FOUND if totals.found else NOTHING


def _run(
    session: Session,
    base: SearchRequest,
    jobs: int,
    timeout: float | None,
    line: ProgressLine,
    queries: Sequence[BatchQuery],
) -> Iterator[BatchAnswer]:
    from searchidx.batch import LimitedSearch, run_batch, run_batch_parallel

    open_search = partial(LimitedSearch, session.data_dir(), timeout)
    if jobs > 1:
        answers = run_batch_parallel(open_search, queries, base=base, jobs=jobs)
        yield from _counted(answers, len(queries), line)
        return
    with open_search() as search:
        yield from _counted(run_batch(search, queries, base=base), len(queries), line)


def _counted(answers: Iterator[BatchAnswer], total: int, line: ProgressLine) -> Iterator[BatchAnswer]:
    for number, answer in enumerate(answers, 1):
        line.show(f"{number:,} of {total:,} queries")
        yield answer


def _index_stamp(session: Session) -> str:
    """What must not change between an interrupted run and the one that goes on with it."""
    from searchidx.manifest import FOLDER, read

    manifest = read(session.data_dir() / FOLDER)
    return "" if manifest is None else f"{manifest.catalogue} {manifest.revision}"


def _say(session: Session, totals: BatchTotals) -> None:

    for query_id, error in totals.errors:
        say(f"dossier: query {query_id}: {error}")
    if session.notes is None:
        return
    say(
        f"{totals.queries:,} {'query' if totals.queries == 1 else 'queries'}: {totals.found:,} found something, "
        f"{len(totals.without_results):,} nothing, "
        f"{len(totals.errors):,} with an error"
    )
    for query_id, text in totals.without_results[:20]:
        say(f"  nothing: {query_id}: {text}")
    if len(totals.without_results) > 20:
        say(f"  and {len(totals.without_results) - 20:,} more; --summary lists them all")
