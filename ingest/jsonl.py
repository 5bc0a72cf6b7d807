"""Documents from JSON Lines files: one JSON object a line, one document each.

Rule: a line is a document like a file is; its hash is that of the line's bytes, its path `FILE.jsonl#ID` with the
`_id` (or `id`) the line gives, else its line number. A line that cannot be read is reported with its number and
left out; it never stops the others, and one without an end is not read into memory. What a line says about its
document is trusted like a sidecar: whoever made the collection wrote it. Halves of surrogate pairs, which JSON can
write and Unicode text cannot hold, become U+FFFD.

Keys: `_id`, `title`, `text` or `pages` (a list of texts, or of {"text", "label"}), `summary`, `publisher`,
`authors`, `published` (or `year`), `language`, `tags`, `regions`, `url` (or `source_url`), `media_type`. Other
keys are not read. Format: https://jsonlines.org.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ingest.document import Claim, Extraction, Page, Source, Status
from ingest.opening import open_regular

ENGINE = "jsonl 1"
MEDIA_TYPE = "application/json"
#: Bytes of a line, and characters of an id, above which it is no record of a document.
LONGEST_LINE, LONGEST_ID = 64 * 2**20, 1_000
_CHUNK = 2**20
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Record:
    """One line: the id it has in its file, the SHA-256 of its bytes, and what it holds (None where the caller
    has said that it knows this hash)."""

    id: str
    sha256: str
    extraction: Extraction | None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line (counted from 1) that is no document, and why."""

    line: int
    reason: str


def read_records(path: Path, known: Collection[str] = frozenset()) -> Iterator[Record | BadLine]:
    """The documents of a JSON Lines file, in order; empty lines are passed over. Raises OSError."""
    seen: set[str] = set()
    with open_regular(path) as lines:
        for number, raw in enumerate(iter(lambda: lines.readline(LONGEST_LINE + 1), b""), start=1):
            if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
                _pass_over(lines)
                yield BadLine(number, f"the line has more than {LONGEST_LINE / 2**20:.0f} MiB")
                continue
            line = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if not line:
                continue
            try:
                values = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield BadLine(number, f"not JSON ({error})")
                continue
            if not isinstance(values, dict):
                yield BadLine(number, "not a JSON object")
                continue
            given = values.get("_id", values.get("id", number))
            id_ = "" if isinstance(given, dict | list) else _unicode(str(given))
            if not id_ or len(id_) > LONGEST_ID:
                yield BadLine(number, f"the _id is not a text of up to {LONGEST_ID:,} characters")
                continue
            if id_ in seen:
                yield BadLine(number, f"the _id {id_!r} stands on an earlier line too")
                continue
            sha256 = hashlib.sha256(line).hexdigest()
            try:
                extraction = None if sha256 in known else _extraction(values)
            except ValueError as error:
                yield BadLine(number, str(error))
                continue
            seen.add(id_)
            yield Record(id_, sha256, extraction)


def _pass_over(lines: BinaryIO) -> None:
    """Go on to the next line without holding this one."""
    while (part := lines.readline(_CHUNK)) and not part.endswith(b"\n"):
        pass


def _extraction(values: dict[str, Any]) -> Extraction:
    texts = _pages(values)
    claims = tuple(_claims(values))
    empty = not any(text.strip() for text, _ in texts) and not any(claim.field == "title" for claim in claims)
    return Extraction(
        status=Status.EMPTY if empty else Status.OK,
        reason="the record holds neither text nor title" if empty else "",
        media_type=_media_type(values),
        pages=tuple(Page(number, text, label) for number, (text, label) in enumerate(texts, start=1)),
        claims=claims,
        engine=ENGINE,
    )


def _pages(values: dict[str, Any]) -> list[tuple[str, str | None]]:
    pages = values.get("pages")
    if not isinstance(pages, list):  # an exported record may carry the number of its pages here
        return [(_text(values, "text") or "", None)]
    texts: list[tuple[str, str | None]] = []
    for page in pages:
        if isinstance(page, str):
            texts.append((_unicode(page), None))
        elif isinstance(page, dict) and isinstance(page.get("text"), str):
            texts.append((_unicode(page["text"]), _text(page, "label")))
        else:
            raise ValueError('pages holds something that is neither a text nor {"text": ...}')
    return texts


def _claims(values: dict[str, Any]) -> Iterator[Claim]:
    singles = {
        "title": ("title",),
        "summary": ("summary",),
        "publisher": ("publisher",),
        "published": ("published", "year"),
        "language": ("language",),
        "source_url": ("source_url", "url"),
    }
    for field, keys in singles.items():
        value = next((found for key in keys if (found := _text(values, key))), None)
        if value:
            yield Claim(field, value, Source.SIDECAR)
    for field, key in (("author", "authors"), ("tag", "tags"), ("region", "regions")):
        listed = values.get(key) or []
        for item in [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []:
            if not isinstance(item, str | int | float):
                raise ValueError(f"{key} holds something that is not a text")
            yield Claim(field, _unicode(str(item)), Source.SIDECAR)


def _text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{key} is not a text")
    return _unicode(str(value))


def _media_type(values: dict[str, Any]) -> str:
    given = _text(values, "media_type")
    if given is not None and not _MEDIA_TYPE.fullmatch(given):
        raise ValueError("media_type is not a media type such as text/html")
    return given or MEDIA_TYPE


def _unicode(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
