"""What commands say on standard error.

Rule: a sentence may hold a path, a title or a query, so it is cleaned like all that is shown; commands say nothing
there in any other way.
"""

from __future__ import annotations

import click

from output.plain_text import clean


def say(text: str) -> None:
    """One line on standard error."""
    click.echo(clean(text), err=True)
