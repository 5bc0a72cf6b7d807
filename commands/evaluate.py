"""`dossier evaluate`: measures of the ranking with judged queries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from commands.options import format_option
from commands.session import FOUND, Session
from commands.talk import say
from output.printer import Cell, Report, Table


@click.command()
@click.option("--queries", required=True, type=click.Path(path_type=Path), help='JSON Lines: {"_id", "text"}.')
@click.option("--qrels", required=True, type=click.Path(path_type=Path), help="Query, document, gain; with tabs.")
@click.option("--run", "run_file", type=click.Path(path_type=Path), help="Measure this TREC run, search nothing.")
@click.option("--measure", "measures", multiple=True, help="A measure of ir-measures; repeatable.")
@click.option("--all-words", is_flag=True, help="Read the texts as queries; default: a bag of words.")
@click.option("--per-query", is_flag=True, help="List the values of each query too.")
@format_option("text", "json", "jsonl", "csv")
@click.pass_obj
def command(
    session: Session,
    queries: Path,
    qrels: Path,
    run_file: Path | None,
    measures: tuple[str, ...],
    all_words: bool,
    per_query: bool,
    format_: str,
) -> int:
    """Measure the ranking with judged queries.

    \b
    dossier evaluate --queries corpus/queries.jsonl --qrels corpus/qrels.tsv

    Judgements name documents by the end of their path or by the _id of their JSON Lines record. Needs
    pip install 'dossier-search[evaluate]'.
    """
    from searchidx.evaluate import MEASURES, measure, read_judged_queries, read_qrels, read_run, run, unjudged

    judged = read_judged_queries(queries)
    gains = read_qrels(qrels)
    without = unjudged(gains, judged)
    if without and session.notes:
        say(f"not judged, so left out: {', '.join(without)}")
    asked = [query for query in judged if query.id in gains]
    if run_file is not None:
        ranked = read_run(run_file)
    else:
        names = {name for known in gains.values() for name in known}
        with session.library() as library:
            ranked = list(run(library, asked, names, any_word=not all_words))
    means, values = measure(gains, ranked, measures or MEASURES)
    table = None
    if per_query:
        texts = {query.id: query.text for query in judged}
        rows: list[Sequence[Cell]] = [
            (
                query_id,
                *(round(values.get(query_id, {}).get(name, 0.0), 4) for name in means),
                texts.get(query_id, ""),
            )
            for query_id in gains
        ]
        table = Table("queries", ("query_id", *means, "query"), rows)
    with session.printer(format_) as printer:
        report: dict[str, Cell] = {"queries": len(asked)}
        report |= {name: round(value, 4) for name, value in means.items()}
        printer.report(Report(report, table))
    return FOUND
