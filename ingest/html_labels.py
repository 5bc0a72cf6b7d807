"""Labelled lines in a page's text: "TAGS: Asia, Child protection", "Region: Global", "Published by: ILO".

Rule: a line speaks of metadata where it begins with one of the labels below and a colon, whatever its case, and
what follows is short. Several values are parted by commas, semicolons or bars; where each value is a link, by the
links. A label alone on its line speaks of the list or the definition below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.html_blocks import Block
from ingest.regions import resolve

Value = tuple[str, str]

MAX_VALUE = 80
MAX_VALUES = 40

_LABELS = {
    "tag": "tags?|topics?|key ?words?|subjects?|themes?|issues?|categor(?:y|ies)|thématiques?|mots[- ]clés?"
    "|sujets?|etiquetas?|temas?|palabras clave|темы?|теги|метки",
    "region": "(?:world )?regions?|countr(?:y|ies)|geographic(?:al)? (?:area|focus|coverage)"
    "|régions?|pays|region(?:es|e|en)?|región|país(?:es)?|paises|регионы?|страны?",
    "publisher": "publishers?|published by|publishing organi[sz]ation|organi[sz]ations?|institutions?|source"
    "|éditeurs?|publié par|editorial|publicado por|editor(?:es)?|издатель",
    "published": "published|publication (?:date|year)|date(?: of publication)?|date published|published on|year"
    "|année|publié le|fecha|año|publicado|год|дата",
    "author": "authors?(?:\\(s\\))?|written by|auteurs?|autor(?:es)?|авторы?",
    "language": "languages?|langues?|idiomas?|язык",
    "summary": "summary|abstract|description|résumé|resumen",
    "title": "title|titre|título",
}
_LABEL = re.compile(
    r"^\W{0,3}(?:" + "|".join(f"(?P<{field}>{words})" for field, words in _LABELS.items()) + r")\s*"
    r"(?P<colon>[:：]|(?=\|)|$)[\s|]*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)


def split_values(text: str, *, commas: bool = True) -> list[str]:
    """The values of a list in a line. commas: whether they part values, too."""
    parts = re.split(r"[,;|،、\n]" if commas else r"[;|\n]", text)
    tidy = (" ".join(part.split()).strip(" .#•·") for part in parts)
    return [part for part in tidy if part and len(part) <= MAX_VALUE][:MAX_VALUES]


def read_label(line: str) -> tuple[str, str] | None:
    """(field, what follows the label) of a labelled line, or None."""
    found = _LABEL.match(line)
    if found is None or not found.lastgroup:
        return None
    field = next(name for name in _LABELS if found[name])
    if not found["colon"] and "|" not in line and found["rest"]:
        return None
    return field, found["rest"].strip()


def field_values(field: str, text: str, links: Sequence[str] = ()) -> list[Value]:
    """(field, value) pairs out of what follows a label; `links` are the texts of the links in it."""
    if field in ("tag", "region"):
        together = re.sub(r"[\W_]+", "", text)
        linked = together and re.sub(r"[\W_]+", "", "".join(links)) == together
        return [(field, value) for value in (links if linked else _values(field, text))]
    if field == "author":
        return [(field, author) for author in re.split(r"\s*(?:;|\||,| and | & )\s*", text) if author]
    return [(field, text)] if text else []


def labelled_values(blocks: Sequence[Block]) -> list[Value]:
    """What the labelled lines of a page say of tags and regions: others are too uncertain in running text."""
    found: list[Value] = []
    for index, block in enumerate(blocks):
        for line in block.text.split("\n"):
            label = read_label(line)
            if label is None or label[0] not in ("tag", "region"):
                continue
            field, rest = label
            if rest:
                if len(rest) <= 3 * MAX_VALUE or block.links:
                    found += field_values(field, rest, [text for text, _ in block.links if text in rest])
            elif line.rstrip().endswith((":", "：")) or block.tag == "dt":
                below = _below(blocks, index)
                found += [(field, value) for text in below for value in _values(field, text)]
    return found


def _values(field: str, text: str) -> list[str]:
    whole = field == "region" and "," in text and resolve(text) is not None
    return [text] if whole else split_values(text)


def _below(blocks: Sequence[Block], index: int) -> list[str]:
    """The texts of the list items or definitions right below a label."""
    texts = []
    for block in blocks[index + 1 : index + 1 + MAX_VALUES]:
        if (
            not block.line
            or block.level
            or block.tag == "dt"
            or len(block.text) > MAX_VALUE
            or read_label(block.text)
        ):
            break
        texts.append(block.text)
    return texts
