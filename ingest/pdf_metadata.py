"""What a PDF says about itself: the Info dictionary and XMP, turned into claims.

Rules (all claims have Source.FILE):
- XMP (ISO 16684-1, with the Dublin Core and PRISM names) goes before Info (ISO 32000-1, 14.3.3) where both say
  something; authors and keywords of both are united.
- title: only if `pdf_title.written_title` believes it. author: split at ";" and "and"; names of accounts
  (one small-letter word, "admin") are left out. tag: keywords and dc:subject, split at ";" or else ",".
- published: prism:publicationDate, dc:date, else the creation date, which for a report made with a computer is
  usually right to the year; only the date, and only from 1900 to next year.
- language: ISO 639-1. summary: dc:description or Subject, only if it is a sentence (at least eight words).
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from xml.etree import ElementTree

from ingest.document import Claim, Source
from ingest.pagetext import clean_characters
from ingest.pdf_title import written_title

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PDF = "{http://ns.adobe.com/pdf/1.3/}"
#: PRISM's namespace ends in its version (".../basic/2.0/").
_PRISM = "{http://prismstandard.org/namespaces/basic/"

_NO_AUTHOR = frozenset(
    (
        "admin",
        "administrator",
        "administrador",
        "user",
        "usuario",
        "utilisateur",
        "owner",
        "author",
        "auteur",
        "unknown",
        "anonymous",
        "default",
        "microsoft",
        "root",
        "guest",
        "none",
    )
)
_BODY_WORD = re.compile(
    r"\b(?:department|ministr|office|bureau|agency|council|committee|commission|centre|center|institut|universit|"
    r"organi[sz]ation|fund|association|programme|archive|secretariat|national|international|foundation|alliance)",
    re.IGNORECASE,
)
_MAX_TAG = 80
_MAX_TAGS = 50
_SUMMARY_WORDS = 8
_DATE = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?!\d)")


def metadata_claims(info: dict[str, str], xmp: bytes, stem: str, first_page: str) -> list[Claim]:
    """Turn the Info dictionary and the XMP packet (may be empty) of a file into claims.

    stem: the file's name without ending; first_page: cleaned text of page 1 (both to judge the title).
    """
    packet = parse_xmp(xmp)
    claims: list[Claim] = []

    def claim(field: str, value: str | None) -> None:
        if value:
            found = Claim(field, value, Source.FILE)
            if found not in claims:
                claims.append(found)

    titles = (written_title(value, stem, first_page) for value in [*packet["title"], info.get("Title", "")])
    claim("title", next(filter(None, titles), None))
    for written in packet["creator"] or [info.get("Author", "")]:
        for name in split_authors(written):
            claim("author", name)
    for tag in split_tags([*packet["subject"], *packet["keywords"], info.get("Keywords", "")]):
        claim("tag", tag)
    dates = [*packet["publicationDate"], *packet["date"], info.get("CreationDate", "").removeprefix("D:")]
    claim("published", next(filter(None, map(plain_date, dates)), None))
    claim("language", next(filter(None, map(language_code, packet["language"])), None))
    claim("publisher", next((tidy(value) for value in packet["publisher"] if len(tidy(value)) > 1), None))
    summaries = map(tidy, [*packet["description"], info.get("Subject", "")])
    claim("summary", next((text for text in summaries if _is_sentence(text)), None))
    return claims


def parse_xmp(packet: bytes) -> defaultdict[str, list[str]]:
    """The values of Dublin Core, PRISM and PDF properties by local name; nothing from a packet that is not XML.

    Of language alternatives the default one comes first. A packet that declares entities is not read.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    start, end = packet.find(b"<"), packet.rfind(b">")
    if start < 0 or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return found
    try:
        root = ElementTree.fromstring(packet[start : end + 1].decode("utf-8", "replace"))
    except (ElementTree.ParseError, ValueError, RecursionError):
        return found
    for description in root.iter(f"{_RDF}Description"):
        for name, value in description.attrib.items():
            if wanted := _local_name(name):
                found[wanted].append(value)
        for element in description:
            if wanted := _local_name(element.tag):
                items = sorted(element.iter(f"{_RDF}li"), key=lambda item: item.get(_XML_LANG) != "x-default")
                values = [item.text for item in items] if items else [element.text]
                found[wanted].extend(value.strip() for value in values if value and value.strip())
    return found


def _local_name(tag: str) -> str | None:
    if tag.startswith(_DC):
        return tag.removeprefix(_DC)
    if tag == f"{_PDF}Keywords":
        return "keywords"
    if tag.startswith(_PRISM) and tag.endswith("}publicationDate"):
        return "publicationDate"
    return None


def tidy(value: str) -> str:
    """One line of clean characters."""
    return " ".join(clean_characters(value).split())


def split_authors(value: str) -> list[str]:
    """The names in an author field, without accounts and placeholders.

    A comma separates names only where every part is itself a name of two words ("Ann Lee, Bo Chan", but not
    "Lee, Ann").
    """
    names = [
        name for part in re.split(r"[;\n|]", value) for name in re.split(r"\s(?:and|&|et|y|und)\s", tidy(part))
    ]
    if len(names) == 1 and "," in names[0]:
        parts = [part.strip() for part in names[0].split(",")]
        if all(len(part.split()) >= 2 for part in parts):
            names = parts
    # "Department of Labor and Employment" is one name: the word, or a part of one word, shows that.
    if ";" not in value and (_BODY_WORD.search(value) or any(len(name.split()) == 1 for name in names)):
        names = [tidy(value)]
    return [name for name in (name.strip(" ,") for name in names) if _is_author(name)]


def _is_author(name: str) -> bool:
    if not 2 <= len(name) <= 150 or name.casefold() in _NO_AUTHOR or not any(map(str.isalpha, name)):
        return False
    return " " in name or not (name.islower() or re.search(r"[._\d@\\:/]", name))


def split_tags(values: list[str]) -> list[str]:
    """The keywords in all values, each once (whatever its case), in order."""
    tags: dict[str, str] = {}
    for value in values:
        separator = ";" if ";" in value else ","
        for part in value.split(separator):
            tag = tidy(part).strip(" .,;\"'")
            if 2 <= len(tag) <= _MAX_TAG and any(map(str.isalpha, tag)):
                tags.setdefault(tag.casefold(), tag)
    return list(tags.values())[:_MAX_TAGS]


def plain_date(value: str) -> str | None:
    """'2016', '2016-08' or '2016-08-23' from an ISO 8601 or PDF date ('20160823...'), None if not plausible."""
    match = _DATE.match(value.strip())
    if match is None:
        compact = re.match(r"(\d{4})(\d{2})(\d{2})\d*", value.strip())
        if compact is None:
            return None
        match = compact
    year, month, day = match.groups()
    if not 1900 <= int(year) <= datetime.date.today().year + 1:
        return None
    if month is None or not 1 <= int(month) <= 12:
        return year
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat() if day else f"{year}-{month}"
    except ValueError:
        return f"{year}-{month}"


#: ISO 639-2 codes of languages that reports are written in -> ISO 639-1; others are left out.
_THREE_LETTERS = {
    "eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "ara": "ar", "rus": "ru", "zho": "zh", "chi": "zh",
    "deu": "de", "ger": "de", "por": "pt", "ita": "it", "nld": "nl", "dut": "nl", "fas": "fa", "per": "fa",
    "tur": "tr", "ukr": "uk", "pol": "pl", "ron": "ro", "rum": "ro", "hin": "hi", "urd": "ur", "ben": "bn",
    "vie": "vi", "tha": "th", "ind": "id", "swa": "sw", "amh": "am", "jpn": "ja", "kor": "ko", "ell": "el",
    "gre": "el", "bul": "bg", "hun": "hu", "srp": "sr", "sqi": "sq", "alb": "sq",
}  # fmt: skip


def language_code(value: str) -> str | None:
    """'en' from 'en-GB', 'eng' or 'EN'; None for 'x-unknown' and the like."""
    code = re.split(r"[-_]", value.strip().casefold())[0]
    if re.fullmatch(r"[a-z]{2}", code):
        return code
    return _THREE_LETTERS.get(code)


def _is_sentence(text: str) -> bool:
    words = text.split()
    return len(words) >= _SUMMARY_WORDS and len(text) <= 4_000 and sum(map(str.isalpha, text)) > 0.6 * len(text)
