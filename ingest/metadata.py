"""Who says what, in which order of trust: from the claims about a document to the fields people see.

Rules: a single field takes the value of the most trusted source (`ingest.document.TRUST`), the first claim of
that source; a value that cannot be understood (a date without a year, an unknown language) gives way to the next.
The fields that are sets are united, the most trusted value first. Three things differ from the plain order:

- `detected` regions are mentions in the text and never become the document's regions; of these, `region_mentions`
  are the ones that it may be about (`ingest.mentions.strong`);
- a detected language stands right after what a person said (user, sidecar): programs write the language of
  their own menus into files and pages, and the stemmer needs the language the text is in;
- what the user took away stays away, whatever a file says.

Tags that differ in case or accents only are one tag, in the spelling of the most trusted claim. A tag that names
a region (`ingest.regions.named_by_tag`) gives that region too, whoever says it, and stays a tag. A region that the
vocabulary knows is called by its display name; one it does not know is kept as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from ingest.document import TRUST, Claim, Source
from ingest.language_codes import iso639_1

#: Grows with each change of these rules, so that the next run resolves every document anew.
VERSION = 3

_DATE = re.compile(r"(1[5-9]\d\d|20\d\d)(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_RECORD = re.compile(r"\.jsonl#(.+)", re.IGNORECASE | re.DOTALL)
_OPENING_WORDS = 12


@dataclass(frozen=True, slots=True)
class Fields:
    """The resolved metadata of a document; the names are those of `ingest.document.Document`."""

    title: str
    summary: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    region_mentions: tuple[str, ...] = ()
    regions_named: tuple[str, ...] = ()
    source_url: str | None = None


def resolve(
    claims: Sequence[Claim],
    paths: Sequence[str],
    *,
    opening: str = "",
    page_count: int = 0,
    denied: Collection[tuple[str, str]] = (),
) -> Fields:
    """The fields that `claims` (in the order they were made) give a document found at `paths`.

    opening: the beginning of the text, used as a title only where no claim and no readable file name exists.
    page_count: of the document. denied: (field, value) pairs that the user took away; compared like tags.
    """
    from ingest.mentions import strong

    taken_away = {(name, _key(name, value)) for name, value in denied}
    ordered = sorted(claims, key=lambda claim: TRUST[claim.source])  # stable: claim order within a source

    named = {
        claim.value: claim.pages or 0
        for claim in ordered
        if claim.field == "region" and claim.source is Source.DETECTED
    }
    # Of one source the regions it names as such come first, so that what was exported reads back in its order.
    regions_first = sorted(ordered, key=lambda claim: (TRUST[claim.source], claim.field != "region"))

    def values(name: str) -> list[str]:
        return [claim.value for claim in ordered if claim.field == name]

    def is_said(claim: Claim) -> bool:
        return (claim.field, _key(claim.field, claim.value)) not in taken_away

    def united(name: str, found: Iterable[str]) -> tuple[str, ...]:
        return _unique(name, (value for value in found if (name, _key(name, value)) not in taken_away))

    return Fields(
        title=_first(values("title"), _one_line) or readable_title(paths, opening),
        summary=_first(values("summary"), _one_line),
        publisher=_first(values("publisher"), _one_line),
        authors=united("author", values("author")),
        published=_first(values("published"), iso_date),
        language=_first(_language_order(ordered), iso639_1),
        tags=united("tag", values("tag")),
        regions=united("region", filter(None, map(region_of, filter(is_said, regions_first)))),
        region_mentions=_unique("region", map(region_name, strong(named, page_count))),
        regions_named=_unique("region", map(region_name, named)),
        source_url=_first(values("source_url"), _one_line),
    )


def understood(field: str, value: str) -> str | None:
    """A value of a single field in the form it is shown in, or None where it cannot be understood."""
    read: dict[str, Callable[[str], str | None]] = {"published": iso_date, "language": iso639_1}
    return read.get(field, _one_line)(value) or None


def iso_date(value: str) -> str | None:
    """'2003', '2003-05' or '2003-05-21' out of a date as written; only the year where the rest is unclear."""
    value = value.strip()
    match = _DATE.match(value)
    if match is not None:
        return match.group()
    year = _YEAR.search(value)
    return year.group() if year else None


# Most documents share their tags and regions with others: those of the last ones are remembered.
@lru_cache(maxsize=1_024)
def region_name(value: str) -> str:
    """The vocabulary's display name of a region or country, or the value itself where it is not in there."""
    from ingest.regions import resolve as resolve_region

    region = resolve_region(value)
    return region.name if region is not None else _one_line(value)


def region_of(claim: Claim) -> str | None:
    """The region that a claim gives its document, by its display name: that of a region somebody said, or the one
    a tag names."""
    from ingest.regions import named_by_tag

    if claim.field == "region" and claim.source is not Source.DETECTED:
        return region_name(claim.value)
    named = named_by_tag(claim.value) if claim.field == "tag" else None
    return named.name if named is not None else None


def same_value(field: str, one: str, other: str) -> bool:
    """Whether two values of a field that is a set are the same to a reader (case, accents, region aliases)."""
    return _key(field, one) == _key(field, other)


def readable_title(paths: Sequence[str], opening: str = "") -> str:
    """A title for a document that has none: its file name made readable, or the first words of its text where
    the name says nothing ('00417.pdf', 'document (3).pdf')."""
    stems = [_stem(path) for path in sorted(paths, key=lambda path: (path.count("/"), path))]
    for stem in stems:
        words = re.findall(r"[^\W\d_]{3,}", stem)
        if len(words) >= 2 or (words and len(words[0]) >= 5 and words[0].lower() not in _IDLE_NAMES):
            return stem
    first_words = " ".join(opening.split()[:_OPENING_WORDS])
    return first_words or (stems[0] if stems else "Untitled")


_IDLE_NAMES = frozenset({"document", "download", "report", "index", "untitled", "final", "print", "attachment"})


def _stem(path: str) -> str:
    record = _RECORD.search(path)
    if record is not None:
        return record.group(1)
    stem = PurePosixPath(path).stem
    return re.sub(r"[\s_+]+", " ", re.sub(r"(?<=\w)-(?=\w)", " ", stem)).strip() or stem


def _language_order(ordered: Sequence[Claim]) -> list[str]:
    said = (Source.USER, Source.SIDECAR)
    rank = {source: TRUST[source] for source in Source} | {Source.DETECTED: TRUST[Source.SIDECAR]}
    languages = [claim for claim in ordered if claim.field == "language"]
    languages.sort(key=lambda claim: (rank[claim.source], claim.source not in said))
    return [claim.value for claim in languages]


def _first(values: Iterable[str], understood: Callable[[str], str | None]) -> str | None:
    return next((result for result in map(understood, values) if result), None)


def _one_line(value: str) -> str:
    return " ".join(value.split())


@lru_cache(maxsize=1_024)
def _key(field: str, value: str) -> str:
    from ingest.text import fold

    return fold(region_name(value) if field == "region" else _one_line(value)).strip()


def _unique(field: str, values: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for value in values:
        shown = _one_line(value)
        if shown:
            kept.setdefault(_key(field, shown), shown)
    return tuple(kept.values())
