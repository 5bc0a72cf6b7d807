"""Options that several commands take, defined once.

Rule: a decorator here adds options; the function beside it turns their values into the library's request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from commands.completing import values
from ingest.errors import SettingsError
from searchidx.results import SearchRequest

F = TypeVar("F", bound=Callable[..., Any])


def years(text: str | None) -> tuple[int | None, int | None] | None:
    """'2015', '2015..2020', '2015..', '..2020' and what else `year:` takes, as (low, high)."""
    if text is None:
        return None
    from searchidx.grammar import QuerySyntaxError, parse
    from searchidx.query import Range

    try:
        tree = parse(f"year:{text}").tree
    except QuerySyntaxError as error:
        raise SettingsError(f"--year {text}: {error}") from error
    if not isinstance(tree, Range):
        raise SettingsError(f"--year {text}: write a year or a range such as 2015..2020, 2015.. or ..2020")
    return tree.low, tree.high


def wait_option(run: F) -> F:
    """--wait, for commands that write."""

    def set_patience(_: click.Context, __: click.Parameter, value: float) -> None:
        from ingest import lock

        lock.patience = value

    return click.option(
        "--wait",
        type=click.FloatRange(min=0),
        metavar="[SECONDS]",
        is_flag=False,
        flag_value=float("inf"),
        default=0.0,
        envvar="DOSSIER_WAIT",
        expose_value=False,
        callback=set_patience,
        help="Wait while another process writes (for so long).",
    )(run)


def number_or_all(_: click.Context, __: click.Parameter, value: str) -> int | None:
    """The value of --limit: a number, or `all` for no limit."""
    if value == "all":
        return None
    if not value.isdecimal():
        raise click.BadParameter(f"{value!r} is neither a number nor `all`")
    return int(value)


def timeout_option(function: F) -> F:
    """--timeout."""
    return click.option(
        "--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True),
        help="Stop a query that takes longer (no limit otherwise).",
    )(function)  # fmt: skip


def filter_options(function: F) -> F:
    """--region, --region-mentions, --tag, --lang, --year, --type and --any."""
    for option in reversed(
        [
            click.option("--region", "regions", multiple=True, metavar="R", shell_complete=values("region"),
                         help="Only this region and what lies in it (=R: only R itself). Repeatable."),
            click.option("--tag", "tags", multiple=True, metavar="T", shell_complete=values("tag"),
                         help="Only this tag."),
            click.option("--lang", "languages", multiple=True, metavar="L", shell_complete=values("lang"),
                         help="Only this language (en, fr)."),
            click.option("--year", metavar="Y", shell_complete=values("year"),
                         help="2015, 2015..2020, 2015.. or ..2020."),
            click.option("--type", "types", multiple=True, metavar="T", shell_complete=values("type"),
                         help="Only this type (pdf, html, ...)."),
            click.option("--region-mentions", multiple=True, metavar="R", shell_complete=values("region~"),
                         help="Only documents whose text names R or a place in it."),
            click.option("--any", "any_word", is_flag=True, help="Any of the words instead of all."),
            click.option("--no-synonyms", is_flag=True, help="Leave out the synonyms of the field."),
        ]
    ):  # fmt: skip
        function = option(function)
    return function


def request(
    words: tuple[str, ...] = (),
    *,
    regions: tuple[str, ...],
    region_mentions: tuple[str, ...],
    tags: tuple[str, ...],
    languages: tuple[str, ...],
    year: str | None,
    types: tuple[str, ...],
    any_word: bool,
    no_synonyms: bool,
    **others: Any,
) -> SearchRequest:
    """The request that the options of `filter_options` (and others named like its fields) make."""
    return SearchRequest(
        query=" ".join(words),
        regions=regions,
        region_mentions=region_mentions,
        tags=tags,
        languages=languages,
        years=years(year),
        types=types,
        any_word=any_word,
        synonyms=not no_synonyms,
        **others,
    )


def format_option(*formats: str) -> Callable[[F], F]:
    """--format with the given names, the first being the default."""
    return click.option(
        "--format", "format_", type=click.Choice(formats), default=formats[0], help="Output format.",
        show_default=True,
    )  # fmt: skip
