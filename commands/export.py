"""`dossier export`: the documents as JSON Lines, which `dossier index` reads back."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import click

from commands.completing import query
from commands.options import filter_options, request
from commands.session import FOUND, NOTHING, Session
from commands.talk import say
from searchidx.results import SearchRequest


@click.command()
@click.argument("words", nargs=-1, shell_complete=query)
@filter_options
@click.pass_obj
def command(session: Session, /, words: tuple[str, ...], **options: Any) -> int:
    """Write the documents with their text as JSON Lines, one a line.

    \b
    dossier export > library.jsonl
    dossier export forced labour --region asia > part.jsonl
    dossier --data copy index library.jsonl

    Without words and filters, all documents. Lines are ordered by _id; `docs/tags.md` names their keys.
    Exit status: 0 some document, 1 none.
    """
    from ingest.catalogue import Catalogue
    from ingest.export import export_records
    from output.json_format import encode

    asked = request(words, **options)
    ids: Iterable[str] | None = None
    if asked != SearchRequest(synonyms=asked.synonyms, any_word=asked.any_word):
        with session.library() as library:
            result = library.search(replace(asked, limit=None, snippets=0))
        for warning in result.warnings:
            say(f"dossier: {warning}")
        ids = [hit.id for hit in result]
    written = 0
    with Catalogue.open(session.data_dir()) as catalogue:
        for record in export_records(catalogue, ids):
            sys.stdout.buffer.write(encode(record).encode() + b"\n")
            written += 1
    sys.stdout.buffer.flush()
    if session.notes:
        say(f"{written:,} {'document' if written == 1 else 'documents'} written")
    return FOUND if written else NOTHING
