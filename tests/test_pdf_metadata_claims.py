"""What a PDF says about itself is taken where it is worth something, and left where it is a file name."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from pdf_making import PROSE, write_pages

from ingest.document import Claim, Extraction, Source
from ingest.pdf import extract_pdf
from ingest.pdf_metadata import language_code, metadata_claims, plain_date, split_authors, split_tags

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" prism:publicationDate="2019-06-11">
<dc:title><rdf:Alt><rdf:li xml:lang="fr">Le titre</rdf:li>
  <rdf:li xml:lang="x-default">The Hidden Workforce</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ada Mbeki</rdf:li><rdf:li>Luis Soto</rdf:li></rdf:Seq></dc:creator>
<dc:subject><rdf:Bag><rdf:li>forced labour</rdf:li><rdf:li>migration</rdf:li></rdf:Bag></dc:subject>
<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language>
<dc:publisher><rdf:Bag><rdf:li>Institute of Work</rdf:li></rdf:Bag></dc:publisher>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default"
  >This report looks at the conditions of workers in homes.</rdf:li></rdf:Alt></dc:description>
<pdf:Keywords>migration, homes</pdf:Keywords>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def values(extraction: Extraction, field: str) -> list[str]:
    return [claim.value for claim in extraction.claims if claim.field == field]


def test_title_author_keywords_and_date_of_a_file(tmp_path: Path) -> None:
    info = {
        "Title": "Brick Kilns of the North",
        "Author": "Ada Mbeki; Luis Soto",
        "Keywords": "bonded labour; bricks",
    }
    extraction = extract_pdf(write_pages(tmp_path / "r.pdf", [PROSE], info=info))
    assert Claim("title", "Brick Kilns of the North", Source.FILE) in extraction.claims
    assert values(extraction, "author") == ["Ada Mbeki", "Luis Soto"]
    assert values(extraction, "tag") == ["bonded labour", "bricks"]
    assert values(extraction, "published") == [datetime.date.today().isoformat()]


def test_xmp_goes_before_the_info_dictionary() -> None:
    claims = metadata_claims({"Title": "old.doc", "CreationDate": "D:20010101000000Z"}, XMP.encode(), "x", "")
    found = {
        field: [claim.value for claim in claims if claim.field == field] for field in {c.field for c in claims}
    }
    assert found == {
        "title": ["The Hidden Workforce"],
        "author": ["Ada Mbeki", "Luis Soto"],
        "tag": ["forced labour", "migration", "homes"],
        "published": ["2019-06-11"],
        "language": ["en"],
        "publisher": ["Institute of Work"],
        "summary": ["This report looks at the conditions of workers in homes."],
    }


@pytest.mark.parametrize("packet", [b"", b"<x", b"\xff\xfe\x00", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_broken_xmp_packet_is_nothing(packet: bytes) -> None:
    assert metadata_claims({}, packet, "x", "") == []


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ada Mbeki and Luis Soto", ["Ada Mbeki", "Luis Soto"]),
        ("Ada Mbeki, Luis Soto", ["Ada Mbeki", "Luis Soto"]),
        ("Mbeki, Ada", ["Mbeki, Ada"]),
        ("Department of Labor and Social Affairs", ["Department of Labor and Social Affairs"]),
        ("Administrator", []),
        ("sarah.smith", []),
        ("jsmith", []),
        ("UNHCR", ["UNHCR"]),
    ],
)
def test_authors_are_split_into_names(written: str, names: list[str]) -> None:
    assert split_authors(written) == names


def test_keywords_are_split_at_semicolons_or_commas() -> None:
    assert split_tags(["trafficking, sexual exploitation; children"]) == [
        "trafficking, sexual exploitation",
        "children",
    ]
    assert split_tags(["Child labour, bricks", "child labour"]) == ["Child labour", "bricks"]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("20160823103344+02'00'", "2016-08-23"),
        ("2016-08-23T10:33:44Z", "2016-08-23"),
        ("2016-08", "2016-08"),
        ("2016", "2016"),
        ("20161399", "2016"),
        ("18990101", None),
        ("99990101", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_plain_and_plausible(written: str, date: str | None) -> None:
    assert plain_date(written) == date


def test_language_codes_have_two_letters() -> None:
    assert [language_code(code) for code in ("en-GB", "FRA", "spa", "zh_CN", "x-default", "")] == [
        "en",
        "fr",
        "es",
        "zh",
        None,
        None,
    ]
