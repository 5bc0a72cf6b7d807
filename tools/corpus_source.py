"""The text sources of the sample library's PDFs: TOML front matter between `+++` lines, then marked-up text.

Rule: this module alone knows the markup. `#`, `##`, `###` head sections, `- ` is a list item, `> ` a note in
small print, `|` a table row (its first row is the head), `---` a page break, `[contents]` the table of contents;
anything else is a paragraph that runs to the next blank line. `*word*` is emphasis.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["h1", "h2", "h3", "text", "item", "note", "table", "break", "contents"]
Layout = Literal["plain", "two-column", "hyphenated", "image"]

_HEADS: dict[str, Kind] = {"#": "h1", "##": "h2", "###": "h3"}


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a text; `rows` is filled for tables only, `text` for everything that is not one."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One PDF to build: where it goes (relative to the corpus), how it looks, what it says about itself."""

    file: str
    blocks: tuple[Block, ...]
    layout: Layout = "plain"
    font: str = "times"  # a key of corpus_layout.FONTS
    language: str = "en"
    running_head: str = ""
    info: dict[str, str] = field(default_factory=dict)  # title, author, subject, keywords, creator, date
    xmp: dict[str, str] = field(default_factory=dict)  # title, creator, publisher, date, subject (";" between)
    outline: bool = False
    roman_pages: int = 0  # pages numbered i, ii, ... before page 1
    password: str = ""
    keep_bytes: float = 1.0  # below 1: the file is cut off after this share of its bytes


def read_source(path: Path) -> Source:
    """Reads one source file.

    Raises:
        ValueError: the front matter is missing, or has a key that `Source` lacks.
    """
    parts = path.read_text(encoding="utf-8").split("+++\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ValueError(f"{path}: no front matter; start the file with TOML between two lines of +++")
    try:
        return Source(blocks=tuple(_blocks(parts[2])), **tomllib.loads(parts[1]))
    except TypeError as error:
        raise ValueError(f"{path}: the front matter does not fit: {error}") from None


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = chunk.splitlines()
        mark = lines[0].split(" ", 1)[0]
        if mark in _HEADS:
            blocks.append(Block(_HEADS[mark], chunk.removeprefix(mark).strip()))
        elif mark == "-":
            items = re.split(r"(?m)^- ", chunk)[1:]
            blocks.extend(Block("item", " ".join(item.split())) for item in items)
        elif mark == ">":
            blocks.append(Block("note", " ".join(line.removeprefix(">").strip() for line in lines)))
        elif mark == "|":
            rows = tuple(tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in lines)
            blocks.append(Block("table", rows=rows))
        elif chunk == "---":
            blocks.append(Block("break"))
        elif chunk == "[contents]":
            blocks.append(Block("contents"))
        else:
            blocks.append(Block("text", " ".join(chunk.split())))
    return blocks
