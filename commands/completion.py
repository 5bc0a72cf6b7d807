"""`dossier completion`: the script that makes a shell complete `dossier`."""

from __future__ import annotations

import click

from commands.session import FOUND


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the script that lets a shell complete commands, fields and values.

    \b
    dossier completion bash > ~/.local/share/bash-completion/completions/dossier
    dossier completion zsh > ~/.zfunc/_dossier
    dossier completion fish > ~/.config/fish/completions/dossier.fish

    \b
    bash 4.4 or newer looks there by itself where the package bash-completion
    is installed; else put into ~/.bashrc:   eval "$(dossier completion bash)"
    zsh looks where fpath says; in ~/.zshrc, before compinit:
                                             fpath+=(~/.zfunc)
    """
    from click.shell_completion import get_completion_class

    from commands.shells import VARIABLE

    shell_class = get_completion_class(shell)
    assert shell_class is not None
    click.echo(shell_class(ctx.find_root().command, {}, "dossier", VARIABLE).source(), nl=False)
    return FOUND
