"""How Dossier talks with the completion of bash, zsh and fish; click has the other half.

Rules: bash is given the words as the person would type them, quoted as the word at the cursor is, and only the
part behind the last character at which bash breaks words (`region:asia` are three words to it). Whatever goes
wrong, nothing is printed.
"""

from __future__ import annotations

import os
import re

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

VARIABLE = "_DOSSIER_COMPLETE"

_BASH = """\
# Completion of `dossier` in bash 4.4 or newer.
%(complete_func)s() {
    local line type value
    COMPREPLY=()
    while IFS= read -r line; do
        type=${line%%%%,*}
        value=${line#*,}
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                COMPREPLY+=("$value")
                [[ $value == *: ]] && compopt -o nospace
                ;;
        esac
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s
# Completion of `dossier` in zsh.
%(complete_func)s() {
    local -a response described plain fields
    local type key descr
    (( $+commands[%(prog_name)s] )) || return 1
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")
    for type key descr in "${response[@]}"; do
        case $type in
            plain)
                if [[ $descr != _ ]]; then
                    described+=("$key:$descr")
                elif [[ $key == *: ]]; then
                    fields+=("$key")
                else
                    plain+=("$key")
                fi
                ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#fields )) && compadd -U -S '' -V unsorted -a fields
    (( $#plain )) && compadd -U -V unsorted -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
# Completion of `dossier` in fish.
function %(complete_func)s
    for line in (COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) \\
            %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null)
        set -l item (string split -m 1 "," -- $line)
        switch $item[1]
            case dir
                __fish_complete_directories $item[2]
            case file
                __fish_complete_path $item[2]
            case plain
                echo $item[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""

_END = "\x1f"  # marks the cursor, also behind a blank or in an open quote


class _Silent(ShellComplete):
    """Proposes nothing where anything goes wrong."""

    def complete(self) -> str:
        try:
            return super().complete()
        except Exception:  # a person who presses Tab is typing, and must not be told of anything
            return ""


@add_completion_class
class DossierBash(_Silent, BashComplete):
    """bash: the words and the quoting are worked out here from the line up to the cursor."""

    source_template = _BASH

    def source(self) -> str:
        return ShellComplete.source(self)  # it runs where bash is not, as when a package is built

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line + _END)
        while words and re.match(r"\w+=", words[0]):  # DOSSIER_DATA=x dossier ...
            del words[0]
        args, incomplete = words[1:-1], words[-1].removesuffix(_END)
        self._quote = _open_quote(line)
        self._cut = self._kept(line, incomplete)
        return args, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        return f"{item.type},{_as_typed(str(item.value)[self._cut :], self._quote)}"

    def _kept(self, line: str, incomplete: str) -> int:
        """How many characters of a proposal stand on the line already and are left alone by bash."""
        if self._quote:
            start = len(split_arg_string(line[: line.rindex(self._quote)] + _END)[-1]) - len(_END)
        else:
            breaks = set(os.environ.get("COMP_WORDBREAKS", "")) & set(":=@")
            start = max((place + 1 for place, letter in enumerate(incomplete) if letter in breaks), default=0)
        # click hands `--tag=chi` on as `chi`.
        option = incomplete.index("=") + 1 if re.match(r"--?[\w-]+=", incomplete) else 0
        return max(start - option, 0)


@add_completion_class
class DossierZsh(_Silent, ZshComplete):
    """zsh: with no blank behind the name of a field; `_describe` takes a value up to its first bare colon."""

    source_template = _ZSH

    def format_completion(self, item: CompletionItem[str]) -> str:
        value = str(item.value).replace(":", "\\:") if item.help else item.value
        return f"{item.type}\n{value}\n{item.help or '_'}"


@add_completion_class
class DossierFish(_Silent, FishComplete):
    """fish: click's, with values that hold commas left whole."""

    source_template = _FISH


def _open_quote(line: str) -> str:
    """The quote that is not closed at the end of a line of shell: ', " or nothing."""
    quote = ""
    escaped = False
    for letter in line:
        if escaped:
            escaped = False
        elif letter == "\\" and quote != "'":
            escaped = True
        elif letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
    return quote


def _as_typed(value: str, quote: str) -> str:
    """A word with what its shell quoting asks for; the shell closes an open quote itself."""
    if quote == "'":
        return value.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'([\\"$`])', r"\\\1", value)
    return re.sub(r"([^\w@%+=:,./~-])", r"\\\1", value)
