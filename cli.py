"""The `dossier` command: a group that loads each subcommand's module only when it is called.

Rule: nothing is imported here that a search does not need; errors for people become one line on stderr and the
exit status that the contract gives them (docs/output.md), never a traceback.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.groups import Group, help_option
from commands.session import Session
from ingest.errors import DossierError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: The help's headings with their commands, the common ones first; of each its module in `commands` and its line.
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Search": {
        "search": ("search", "Find documents by words, phrases, tags, regions and years."),
        "show": ("show", "Print a document's record and its text."),
        "batch": ("batch", "Run a list of queries and write the results to one file."),
        "facets": ("facets", "Count matching documents by region, tag, year, language, type."),
        "similar": ("similar", "Find documents like a given one."),
        "saved": ("saved", "Keep searches under a name, and see what is new in them."),
    },
    "Fill and describe the library": {
        "index": ("index", "Read new and changed files of a folder into the library."),
        "status": ("status", "Say what is in the library, what could not be read, and why."),
        "tag": ("tag", "Add tags to documents, remove or rename them."),
        "tags": ("tags", "List the tags in use, with counts."),
        "region": ("region", "Add regions to documents, remove or rename them."),
        "regions": ("regions", "Print the vocabulary of regions as a tree, with counts."),
        "export": ("export", "Write the documents as JSON Lines."),
    },
    "Look after it": {
        "verify": ("verify", "Check that catalogue and index agree and read well."),
        "rebuild": ("rebuild", "Make the index anew from the catalogue."),
        "forget": ("forget", "Erase documents from the library for good."),
        "config": ("config", "Print each setting in force, and where it comes from."),
        "completion": ("completion", "Print the script that lets a shell complete words."),
        "evaluate": ("evaluate", "Measure the ranking with judged queries."),
    },
}
COMMANDS: dict[str, tuple[str, str]] = {name: said for part in SECTIONS.values() for name, said in part.items()}


class _ReaderGone(Exception):
    """Whoever read our output has seen enough and closed it (`dossier search ... | head`)."""


class _Folder(click.ParamType):  # type: ignore[type-arg]  # only later versions of click take one
    """A folder that is there, or may come to be: `click.Path`, which looks for a translation of its name whenever
    one is made, only where there is something to say."""

    name = "directory"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if isinstance(value, str) and os.path.isdir(value) and os.access(value, os.R_OK):
            return Path(value)
        return click.Path(path_type=Path, file_okay=False).convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        return click.Path(file_okay=False).shell_complete(ctx, param, incomplete)


class LazyGroup(Group):
    """Knows its commands by name and loads a command's module only to run it or to print its own help."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click would leave with status 1, which says that nothing was found
            raise _ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"commands.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        items = [
            CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for heading, commands in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), line) for name, (_, line) in commands.items()])
        click.Command.format_options(self, ctx, formatter)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"dossier {version('dossier-search')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    add_help_option=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--data",
    type=_Folder(),
    metavar="FOLDER",
    help="The data folder; see `dossier config`.",
)
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to colour text."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the results and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more, such as each file that was read.")
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
@help_option
@click.pass_context
def dossier(ctx: click.Context, data: Path | None, color: str, quiet: bool, verbose: bool) -> None:
    """Full-text search for a library of PDF reports and web pages.

    \b
    dossier index corpus                      read a folder into the library
    dossier search '"debt bondage" -kiln' --year 2015..
    dossier COMMAND --help                    what a command does, with examples
    """
    ctx.obj = Session(data, color, quiet, verbose)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    # A search makes ten thousands of objects and next to no rings of them. Python would look for some 30 times,
    # and at the end through all that is left, which takes longer than the search.
    usual = gc.get_threshold()
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
    try:
        code = _status(arguments)
    finally:
        gc.set_threshold(*usual)
    sys.exit(code)


def _status(arguments: Sequence[str] | None) -> int:
    """Run the command line; its exit status."""
    if "_DOSSIER_COMPLETE" in os.environ:
        import_module("commands.shells")
    try:
        status = dossier.main(args=arguments, prog_name="dossier", standalone_mode=False)
        code = status if isinstance(status, int) else 0
        sys.stdout.flush()
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        _say(error.format_message(), error.ctx if isinstance(error, click.UsageError) else None)
        code = 2
    except click.Abort:
        code = 130
    except DossierError as error:
        _say(str(error), None)
        code = error.exit_status
    except KeyboardInterrupt:
        code = 130
    except (BrokenPipeError, _ReaderGone):
        # Keep the interpreter from complaining when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        said = error.strerror or str(error)
        if error.filename is None:  # a stream, most often what the command prints
            _say(f"the output cannot be written ({said}): make room or write elsewhere, then try again", None)
        else:
            _say(f"{error.filename}: {said}", None)
        code = 2
    except Exception as error:
        from sqlite3 import Error as DatabaseError

        if not isinstance(error, DatabaseError):
            raise
        _say(f"the catalogue cannot be read ({error}): restore it from a backup, or index into a new one", None)
        code = 2
    return code


def _say(message: str, ctx: click.Context | None) -> None:
    from output.plain_text import clean

    hint = f" (see `{ctx.command_path} --help`)" if ctx is not None else ""
    with suppress(OSError):  # where standard error cannot be written, the exit status still says it
        click.echo(f"dossier: {clean(message)}{hint}", err=True)


if __name__ == "__main__":
    main()
