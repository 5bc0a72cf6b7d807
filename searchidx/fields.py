"""The fields of the index and what each is for.

Rule: this table is the only place that names index fields; the Whoosh schema, the analysis of a document, the
ranking and the filters all read it. Every text field exists twice: with the words as written (folded) and, under
`stem_field(name)`, with their stems. Filter fields hold whole values and no positions.
"""

from __future__ import annotations

from ingest.frozen import Frozen


class TextField(Frozen):
    """A searched field: its name in queries and in the index, and its place in BM25F.

    weight: how much an occurrence counts beside one in the text. b: how strongly the length of the field is
    normalised, 0 (not) to 1 (fully).
    """

    name: str
    weight: float
    b: float


#: In the order in which results name them. `labels` holds the words of tags, regions, publisher and authors.
TEXT_FIELDS: tuple[TextField, ...] = (
    TextField("title", 3.0, 0.5),
    TextField("summary", 1.5, 0.6),
    TextField("labels", 1.0, 0.3),
    TextField("text", 1.0, 0.65),
)

TEXT_FIELD_NAMES = tuple(field.name for field in TEXT_FIELDS)

#: The number of each text field on disk.
TEXT_FIELD_NUMBERS = {name: number for number, name in enumerate(TEXT_FIELD_NAMES)}
#: A bit for each of them.
TEXT_FIELD_BITS = (1 << len(TEXT_FIELDS)) - 1

#: Whole values: id, the folded path, tag, region with all its ancestors, region itself, mentioned region with
#: ancestors, language, type, publisher, year (four digits), and the folded title to sort by. The `_shown` ones are
#: the same values as people wrote them, for facets.
FILTER_FIELDS: tuple[str, ...] = (
    "id",
    "path",
    "tag",
    "region",
    "region_itself",
    "region_mention",
    "lang",
    "type",
    "publisher",
    "year",
    "title_key",
    "tag_shown",
    "region_shown",
    "publisher_shown",
)


def stem_field(name: str) -> str:
    """The index field that holds the stems of a text field."""
    return f"{name}_stem"


#: Every field with positions and lengths, as they stand in the index.
POSITION_FIELDS: tuple[str, ...] = tuple(
    name for field in TEXT_FIELDS for name in (field.name, stem_field(field.name))
)
