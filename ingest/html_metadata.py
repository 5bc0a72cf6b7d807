"""What a web page says about itself, as claims.

Rule, from the most to the least trusted: `citation_*` (Highwire), Dublin Core (`dc.*`, `dcterms.*`), JSON-LD of
the page's main item, Open Graph and `article:*`, plain `<meta>`, the page's heading, its `<title>` without the
site's name, labelled lines in the text ("TAGS: Asia, Child protection"). The first claim of a single field within
a source wins, so the order of the claims is the order of trust. Names of the fields: schema.org, the Dublin Core
terms, the Open Graph protocol, and the Highwire tags as Google Scholar documents them. A date found in the text by
htmldate is only detected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ingest.document import SINGLE_FIELDS, Claim, Source
from ingest.html_blocks import Block
from ingest.html_chrome import is_chrome
from ingest.html_dates import read_date
from ingest.html_jsonld import jsonld_values
from ingest.html_labels import labelled_values, split_values
from ingest.html_tree import Tag
from ingest.language_codes import iso639_1

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Value = tuple[str, str]

#: The name of a meta element -> the field it claims, most trusted first.
_META = {
    "citation_title": "title",
    "citation_author": "author",
    "citation_authors": "author",
    "citation_publication_date": "published",
    "citation_date": "published",
    "citation_online_date": "published",
    "citation_publisher": "publisher",
    "citation_technical_report_institution": "publisher",
    "citation_language": "language",
    "citation_keywords": "tag",
    "citation_abstract": "summary",
    **{
        f"{prefix}.{name}": field
        for prefix in ("dcterms", "dc")
        for name, field in {
            "title": "title",
            "creator": "author",
            "publisher": "publisher",
            "issued": "published",
            "date.issued": "published",
            "date": "published",
            "created": "published",
            "subject": "tag",
            "abstract": "summary",
            "description.abstract": "summary",
            "description": "summary",
            "language": "language",
            "spatial": "region",
            "coverage": "region",
            "coverage.spatial": "region",
        }.items()
    },
}
_SOCIAL = {
    "og:title": "title",
    "og:description": "summary",
    "og:site_name": "publisher",
    "og:url": "source_url",
    "article:published_time": "published",
    "article:tag": "tag",
    "og:article:published_time": "published",
    "book:release_date": "published",
}
_PLAIN = {
    "description": "summary",
    "author": "author",
    "keywords": "tag",
    "news_keywords": "tag",
    "shareaholic:keywords": "tag",
    "parsely-tags": "tag",
    "parsely-pub-date": "published",
    "datepublished": "published",
    "pubdate": "published",
    "date": "published",
    "language": "language",
    "inlanguage": "language",
}
_SEPARATOR = re.compile(r"\s+[|»«·•:–—-]+\s+|\s*\|\s*|\s+::\s+")
_SPACES = re.compile(r"\s+")


def page_claims(page: Tag, blocks: Sequence[Block], *, labels: bool) -> tuple[list[Claim], list[str]]:
    """The page's claims about itself, and warnings about metadata that does not read.

    blocks: the visible blocks of the page. labels: whether labelled lines in them speak of this page (in a page
    that lists resources they speak of those).
    """
    metas = _metas(page)
    heading, title_element = _heading(page), _text(page.find("title"))
    social_title = next((value for name, value in metas if name == "og:title"), "")
    structured, warnings = jsonld_values(page, _canonical(page), (heading, social_title, title_element))
    site = next((value for name, value in metas if name == "og:site_name"), "")
    site = site or next((value for field, value in structured if field == "publisher"), "")
    values: list[Value] = []
    values += _from_metas(metas, _META)
    values += structured
    values += _from_metas(metas, _SOCIAL)
    values += _from_metas(metas, _PLAIN)
    values.append(("title", heading))
    values.append(("title", title_element))
    html = page.find("html")
    values.append(("language", html.get("lang") or html.get("xml:lang") if html is not None else ""))
    values.insert(0, ("source_url", _canonical(page)))
    if labels:
        values += labelled_values(blocks)
    tidy = _tidy(values, confirmations=(heading, social_title), site=site)
    return [Claim(field, value, Source.PAGE) for field, value in tidy], warnings


def detected_date(tree: HtmlElement | None, url: str | None) -> list[Claim]:
    """The date that htmldate finds in the page (`ingest.html_content.library_tree`), as a detected claim, or
    nothing."""
    if tree is None:
        return []
    from htmldate import find_date

    try:
        found = find_date(tree, url=url, extensive_search=False, original_date=True)
    except Exception:  # a guess that fails is no guess; the library documents no set of errors
        found = None
    return [Claim("published", found, Source.DETECTED)] if found else []


def clean_title(title: str, *, confirmations: Sequence[str], site: str) -> str:
    """`<title>` without the site's name before or after it.

    A part is the title where a confirmation (the page's heading, og:title) says the same; a part is dropped where
    it is the site's name. Otherwise the title stays as it is: "Slavery - A history" is one title.
    """
    places = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
    parts = [title[:start] for start, _ in places] + [title[end:] for _, end in places]
    known = {_fold(text) for text in confirmations if text}
    for part in parts:
        if _fold(part) in known:
            return part.strip()
    if site:
        for start, end in places:
            if _fold(title[end:]) == _fold(site):
                return title[:start].strip()
            if _fold(title[:start]) == _fold(site):
                return title[end:].strip()
    return title


def _metas(page: Tag) -> list[Value]:
    """(name in lower case, content) of every meta element that has both."""
    found = []
    for meta in page.find_all("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop")).strip().lower()
        content = _SPACES.sub(" ", meta.get("content")).strip()
        if name and content:
            found.append((name.replace("dc:", "dc.").replace("dcterms:", "dcterms."), content))
    return found


def _from_metas(metas: list[Value], table: dict[str, str]) -> Iterator[Value]:
    for wanted, field in table.items():
        for name, content in metas:
            if name != wanted:
                continue
            if field == "tag":
                yield from (("tag", tag) for tag in split_values(content))
            elif name == "citation_authors":
                yield from (("author", author.strip()) for author in content.split(";"))
            elif field == "region":
                yield from (("region", region) for region in split_values(content, commas=False))
            else:
                yield field, content


def _tidy(values: list[Value], *, confirmations: Sequence[str], site: str) -> Iterator[Value]:
    """Values in their normal form, without empty ones and repetitions."""
    seen: set[tuple[str, str]] = set()
    for field, raw in values:
        value = _SPACES.sub(" ", raw).strip()
        tidied: str | None = value
        if field == "title":
            tidied = clean_title(value, confirmations=confirmations, site=site)
            tidied = tidied if any(ch.isalpha() for ch in tidied) else None
        elif field == "published":
            tidied = read_date(value)
        elif field == "language":
            tidied = iso639_1(value)
        elif field == "source_url":
            tidied = value if _is_url(value) else None
        elif field == "author" and (value.lower().startswith(("http:", "https:")) or len(value) > 100):
            tidied = None
        if not tidied:
            continue
        key = (field, tidied if field in SINGLE_FIELDS else _fold(tidied))
        if key not in seen:
            seen.add(key)
            yield field, tidied


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def base_of(page: Tag) -> str | None:
    """The href of the page's `<base>`, or None."""
    hrefs = (base.attrs["href"].strip() for base in page.find_all("base") if "href" in base.attrs)
    return next(hrefs, None) or None


def resolved(href: str, base: str | None) -> str:
    """The href against the page's `<base>`; as written where there is none or it does not join."""
    if not base:
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def _canonical(page: Tag) -> str:
    links = (link for link in page.find_all("link") if "href" in link.attrs)
    link = next((link for link in links if "canonical" in link.get("rel").split()), None)
    return resolved(link.attrs["href"].strip(), base_of(page)) if link is not None else ""


def _heading(page: Tag) -> str:
    """The text of the page's only first-level heading, or ""."""
    headings = [heading for heading in islice(page.find_all("h1"), 50) if not is_chrome(heading)]
    texts = {text for heading in headings if (text := _text(heading))}
    text = texts.pop() if len(texts) == 1 else ""
    return text if len(text) <= 300 else ""


def _text(tag: Tag | None) -> str:
    return " ".join(tag.text(" ").split()) if tag is not None else ""


def _fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
