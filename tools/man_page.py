"""Write docs/dossier.1, the manual page, from the definitions of the commands.

    python tools/man_page.py

Rule: what the page says of a command is what its `--help` says; only the sections that no help has (exit status,
environment, files) are written here. The format is man(7).
"""

from __future__ import annotations

import argparse
import inspect
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli import SECTIONS, dossier  # noqa: E402

PAGE = ROOT / "docs" / "dossier.1"

#: (what, meaning) of the sections that no help has; docs/output.md and docs/configuration.md have the whole of it.
EXIT_STATUS = (
    ("0", "Something was found; the work is done."),
    ("1", "Nothing was found, nothing is new, nothing had to be changed."),
    ("2", "An error, also one that concerns only some files or some queries; it is named on standard error."),
    ("75", "Another process is writing the library: try again later."),
    ("130", "Interrupted with Ctrl-C."),
)
ENVIRONMENT = (
    ("DOSSIER_DATA", "The library's data folder. --data is stronger, dossier.toml weaker."),
    ("DOSSIER_ALLOW_SHARED", "1: open a data folder that others can write to."),
    ("DOSSIER_PDF_PASSWORDS", "Passwords to try on encrypted PDFs, one a line."),
    ("NO_COLOR, TERM=dumb", "No colours, unless --color always is given."),
    ("PAGER, LESS", "What shows long text on a terminal; an empty PAGER shows it directly."),
)
FILES = (
    ("dossier.toml", "Settings, in the current folder or the nearest one above it."),
    ("tags.toml", "The vocabulary of tags, beside the data folder."),
    ("index_data/", "The data folder: the catalogue and the search index."),
)


def page() -> str:
    """The whole page as man(7) source."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    lines = [
        '.\\" Written by tools/man_page.py; do not edit.',
        f'.TH DOSSIER 1 "" "dossier {version}" "User Commands"',
        ".SH NAME",
        _text("dossier - full-text search for a library of PDF reports and web pages"),
        ".SH SYNOPSIS",
        _text("dossier [OPTIONS] COMMAND [ARGUMENTS]"),
        ".SH DESCRIPTION",
        *_described(dossier),
        ".SH OPTIONS",
        "These stand before the command.",
        *_options(dossier),
    ]
    group = click.Context(dossier, info_name="dossier")
    for heading, names in SECTIONS.items():
        lines.append(f".SH {_text(heading.upper())}")
        for name in names:
            command = dossier.get_command(group, name)
            assert command is not None
            lines += _command(command, name, group)
    for heading, pairs in (("EXIT STATUS", EXIT_STATUS), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        lines += [f".SH {heading}", *_pairs(pairs)]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    yield f'.SS "{_text(context.command_path)}"'
    yield _text(command.get_usage(context).removeprefix("Usage: ").replace("\n", " "))
    yield ".PP"
    yield from _described(command)
    yield from _options(command)
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            inner = command.get_command(context, sub)
            assert inner is not None
            yield from _command(inner, sub, context)


def _described(command: click.Command) -> Iterator[str]:
    """The text of a help: paragraphs, of which those that begin with \\b are set as they are."""
    for place, paragraph in enumerate(inspect.cleandoc(command.help or "").split("\n\n")):
        if place:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", ".RS 4", *map(_text, paragraph.strip("\b\n").splitlines()), ".RE", ".fi")
        else:
            yield from (_text(line.strip()) for line in paragraph.splitlines())


def _options(command: click.Command) -> list[str]:
    """The options but --help, which all have. Not by click's `get_help_record`, which versions of it differ in."""
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    return _pairs([(_term(option), _meaning(option)) for option in options if "--help" not in option.opts])


def _term(option: click.Option) -> str:
    if option.is_flag:
        return ", ".join(option.opts)
    value = option.metavar or option.type.name.upper().removesuffix(" RANGE")
    if isinstance(option.type, click.Choice):
        value = "|".join(map(str, option.type.choices))
    return f"{', '.join(option.opts)} {value}"


def _meaning(option: click.Option) -> str:
    return f"{option.help or ''}{f' Default: {option.default}.' if option.show_default else ''}".strip()


def _pairs(pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> list[str]:
    """Terms in bold, each with its text indented below it."""
    return [line for term, said in pairs for line in (".TP", f".B {_text(term)}", _text(said))]


def _text(text: str) -> str:
    """A line of text with what troff would take for its own escaped."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("`", "\\(ga")
    escaped = escaped.replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    escaped = "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in escaped)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def main() -> None:
    """Write the page."""
    argparse.ArgumentParser(description="Write docs/dossier.1 from the definitions of the commands.").parse_args()
    PAGE.write_text(page(), encoding="ascii")


if __name__ == "__main__":
    main()
