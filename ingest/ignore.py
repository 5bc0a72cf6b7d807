"""Path patterns as .gitignore writes them, for .dossierignore files and folder rules.

Rules (the format of gitignore(5)): one pattern a line, `#` starts a comment, `!` takes files back in, the last
pattern that matches decides. A pattern with a "/" before its end is anchored at the folder of its file, any other
matches a name at any depth. A "/" at the end means folders only. `*`, `?` and `[...]` stop at "/"; `**` does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

FILE_NAME = ".dossierignore"


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns of one .dossierignore file, in order: (matches, folders only, ignores rather than keeps)."""

    patterns: tuple[tuple[re.Pattern[str], bool, bool], ...]

    @classmethod
    def parse(cls, text: str) -> IgnoreRules:
        """The rules that the text of a .dossierignore file holds."""
        patterns = []
        for written in text.splitlines():
            line = re.sub(r"(?<!\\)\s+$", "", written)
            if not line or line.startswith("#"):
                continue
            ignores = not line.startswith("!")
            pattern = line if ignores else line[1:]
            folders_only = pattern.endswith("/")
            pattern = pattern.rstrip("/")
            if pattern:
                patterns.append((path_pattern(pattern), folders_only, ignores))
        return cls(tuple(patterns))

    def verdict(self, path: str, *, folder: bool) -> bool | None:
        """Whether a path (relative to the rules' folder, with "/") is ignored; None where no pattern matches."""
        for pattern, folders_only, ignores in reversed(self.patterns):
            if (folder or not folders_only) and pattern.fullmatch(path):
                return ignores
        return None


@cache
def path_pattern(pattern: str) -> re.Pattern[str]:
    """A regular expression that matches the whole of the relative paths a pattern (without final "/") means."""
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    # Parts with any number of folders between them; of each its names; of each what stands between its stars.
    parts = [[[""]]] if anchored else [[[""]], [[""]]]
    position = 0
    while position < len(pattern):
        rest = pattern[position:]
        name = parts[-1][-1]
        start_of_name = position == 0 or pattern[position - 1] == "/"
        if start_of_name and rest.startswith("**/"):
            parts.append([[""]])
            position += 3
        elif start_of_name and rest == "**":
            name[-1] += ".+"
            position += 2
        elif rest[0] == "*":
            name.append("")
            position += len(rest) - len(rest.lstrip("*"))
        elif rest[0] == "/":
            parts[-1].append([""])
            position += 1
        elif rest[0] == "?":
            name[-1] += "[^/]"
            position += 1
        elif rest[0] == "[" and (found := re.match(r"\[([!^]?)(\]?[^\]/]*)\]", rest)):
            inside = re.sub(r"([\\\[\]&~|^])", r"\\\1", found.group(2))
            name[-1] += f"(?!/)[{'^' if found.group(1) else ''}{inside}]"
            position += found.end()
        else:
            escaped = rest[0] == "\\" and len(rest) > 1
            name[-1] += re.escape(rest[1] if escaped else rest[0])
            position += 2 if escaped else 1
    first, *others = ["/".join(map(_name, part)) for part in parts]
    between = "".join(f"(?>(?:.*?/)??{part})" for part in others[:-1])
    expression = first + between + "".join(f"(?:.*/)?{part}" for part in others[-1:])
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def _name(between: list[str]) -> str:
    """A name's expression. What stands between two stars is sought at its first place and nowhere else, which
    finds every match and takes no time that grows with a power of the number of stars."""
    first, *others = between
    return (
        first
        + "".join(f"(?>[^/]*?{text})" for text in others[:-1])
        + "".join(f"[^/]*{text}" for text in others[-1:])
    )
