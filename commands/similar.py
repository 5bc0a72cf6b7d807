"""`dossier similar`: documents like a given one."""

from __future__ import annotations

from typing import Any

import click

from commands.completing import document as complete_document
from commands.options import filter_options, format_option, number_or_all, request
from commands.session import FOUND, NOTHING, Session
from commands.talk import say


@click.command()
@click.argument("document", shell_complete=complete_document)
@filter_options
@click.option(
    "--limit", default="10", callback=number_or_all, help="How many results, or `all`.", show_default=True
)
@click.option("--offset", default=0, type=click.IntRange(min=0), help="Leave out so many of the first results.")
@click.option("--snippets", default=1, type=click.IntRange(0, 10), help="Passages per result.", show_default=True)
@click.option("--no-pager", is_flag=True, help="Do not page the results on a terminal.")
@format_option("text", "json", "jsonl", "csv", "trec")
@click.pass_obj
def command(session: Session, /, document: str, format_: str, no_pager: bool, **options: Any) -> int:
    """Find documents like a given one.

    \b
    dossier similar 9f2c41d0
    dossier similar corpus/asia/report.pdf --region europe --limit 5

    DOCUMENT is an id, the beginning of one, or a path. Its most telling words are searched for as alternatives;
    with -v (dossier -v similar ...) they are listed. Exit status: 0 found, 1 nothing found, 2 error.
    """
    from searchidx.similar import similar, telling_words

    with session.library() as library:
        found = library.document(document)
        if found is None:
            say(f"dossier: no document has the id or path {document!r}; `dossier search` prints ids")
            return NOTHING
        if session.verbose:
            for item in telling_words(library, found):
                note = f"{item.word}  {item.times:g} times, in {item.documents:,} documents, {item.weight:.2f}"
                say(note)
        result = similar(library, found, request((), any_word=False, no_synonyms=True, **options))
    with session.printer(format_, pager=not no_pager) as printer:
        printer.search(result)
    return FOUND if result.total else NOTHING


# A document is compared by words that are alternatives as they stand.
command.params = [option for option in command.params if option.name not in ("any_word", "no_synonyms")]
