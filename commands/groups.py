"""A command with commands below it, and the option that asks a command for its help.

Rule: a name that is mistyped gets the one that was probably meant; without any name the whole help is the error.
"""

from __future__ import annotations

import click


def _show_help(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


#: For commands that must start quickly (`add_help_option=False`): click's own option looks in the folders of the
#: system for a translation of its line, which takes longer than a search.
help_option = click.option(
    "-h",
    "--help",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show this message and exit.",
)


class Group(click.Group):
    """click's group with these two manners, which versions of click differ in."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not ctx.resilient_parsing and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"`{ctx.command_path} --help` lists the commands."
            ctx.fail(f"there is no command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)
