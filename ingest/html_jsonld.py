"""schema.org metadata in JSON-LD blocks: what the page's main item says of itself.

Rule: the main item is the first of the most specific type (a report or scholarly work, then an article, then a
document, then the page); where several items of one type stand side by side, the one that the page's URL or
titles confirm, or none. `@graph`, lists, and references by `@id` are followed; JSON with raw line breaks, trailing
commas or comment marks around it is read all the same; what still does not read is named in a warning.
Vocabulary: https://schema.org.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.html_labels import split_values
from ingest.html_tree import Tag

Value = tuple[str, str]
Node = dict[str, Any]

_RANKS: tuple[frozenset[str], ...] = (
    frozenset(("report", "scholarlyarticle", "thesis", "book", "chapter", "techarticle", "legislation")),
    frozenset(
        (
            "article",
            "newsarticle",
            "reportagenewsarticle",
            "analysisnewsarticle",
            "opinionnewsarticle",
            "blogposting",
        )
    ),
    frozenset(
        ("digitaldocument", "textdigitaldocument", "presentationdigitaldocument", "creativework", "dataset")
    ),
    frozenset(("webpage", "itempage", "aboutpage", "faqpage", "collectionpage", "searchresultspage")),
)
MAX_NODES = 5000
_CDATA_START = re.compile(r"^/?/?\*?\s*<!\[CDATA\[\s*\*?/?")
_CDATA_END = re.compile(r"/?/?\*?\s*\]\]>\s*\*?/?$")
_CDATA_WINDOW = 200  # characters at the end in which it is sought, because seeking takes their square


def jsonld_values(page: Tag, canonical: str, titles: Sequence[str]) -> tuple[list[Value], list[str]]:
    """(field, value) pairs of the page's main item, and warnings about blocks that do not read."""
    nodes: list[Node] = []
    broken = 0
    for script in page.find_all("script"):
        if not script.get("type").strip().lower().startswith("application/ld+json"):
            continue
        data = _load(script.text())
        if data is None:
            broken += 1
        else:
            nodes.extend(_nodes(data))
    by_id = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    warnings = [f"{broken} JSON-LD blocks do not read and were left out"] if broken else []
    for rank in _RANKS:
        items = [node for node in nodes if _types(node) & rank]
        item = items[0] if len(items) == 1 else _confirmed(items, canonical, titles)
        if item is not None:
            return list(_values(item, by_id)), warnings
    return [], warnings


def _load(text: str) -> Any | None:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = _CDATA_START.sub("", text)
    text = (text[:-_CDATA_WINDOW] + _CDATA_END.sub("", text[-_CDATA_WINDOW:])).strip().rstrip(";")
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text), html.unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(data: Any) -> Iterator[Node]:
    """The items at the top: of a list, of `@graph`, and what they name as their main entity."""
    queue = [data]
    for _ in range(MAX_NODES):
        if not queue:
            return
        item = queue.pop(0)
        if isinstance(item, list):
            queue[:0] = item
        elif isinstance(item, dict):
            yield item
            queue.extend(item[key] for key in ("@graph", "mainEntity") if isinstance(item.get(key), (list, dict)))


def _types(node: Node) -> set[str]:
    return {str(name).rpartition("/")[2].lower() for name in _list(node.get("@type"))}


def _confirmed(items: list[Node], canonical: str, titles: Sequence[str]) -> Node | None:
    for item in items:
        about = item.get("mainEntityOfPage")
        urls = {
            item.get("url") if isinstance(item.get("url"), str) else None,
            item.get("@id") if isinstance(item.get("@id"), str) else None,
        }
        urls |= {text for text in _texts(about, {}) if text}
        name = _first(item.get("headline"), {}) or _first(item.get("name"), {})
        if (canonical and canonical in urls) or (name and any(_same(name, title) for title in titles)):
            return item
    return None


def _same(name: str, title: str) -> bool:
    return bool(title) and " ".join(title.split()).casefold().startswith(" ".join(name.split()).casefold())


def _values(item: Node, by_id: dict[str, Node]) -> Iterator[Value]:
    for field, keys in (
        ("title", ("headline", "name")),
        ("summary", ("abstract", "description")),
        ("publisher", ("publisher", "sourceOrganization")),
        ("published", ("datePublished", "dateCreated")),
        ("language", ("inLanguage",)),
        ("source_url", ("url",)),
    ):
        for key in keys:
            if value := _first(item.get(key), by_id):
                yield field, value
    for author in _texts(item.get("author") or item.get("creator"), by_id):
        yield "author", author
    for text in _texts(item.get("keywords"), by_id):
        yield from (("tag", tag) for tag in split_values(text))
    for key in ("spatialCoverage", "contentLocation", "locationCreated"):
        for text in _texts(item.get(key), by_id):
            yield from (("region", region) for region in split_values(text, commas=False))


def _first(value: Any, by_id: dict[str, Node]) -> str:
    return next(iter(_texts(value, by_id)), "")


def _texts(value: Any, by_id: dict[str, Node]) -> list[str]:
    """The readable names of a value: a string, a thing with a name, a reference to one, or a list of those."""
    names = (_name(item, by_id) if isinstance(item, dict) else item for item in _list(value))
    return [text for name in names if isinstance(name, (str, int)) and (text := html.unescape(str(name)).strip())]


def _name(thing: Node, by_id: dict[str, Node]) -> Any:
    if "name" not in thing and isinstance(thing.get("@id"), str):
        thing = by_id.get(thing["@id"], thing)
    for key in ("name", "@value", "alternateName"):
        if names := _list(thing.get(key)):
            return names[0].get("@value") if isinstance(names[0], dict) else names[0]
    address = thing.get("address")
    country = address.get("addressCountry") if isinstance(address, dict) else address
    return country.get("name") if isinstance(country, dict) else country


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
