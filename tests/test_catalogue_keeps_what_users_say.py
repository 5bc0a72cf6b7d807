"""What a user sets or takes away wins over every file, and the user learns whether it was news."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Claim, Document, Extraction, Page, Source, Status

CLAIMS = (
    Claim("title", "Title in the file", Source.FILE),
    Claim("tag", "Child labour", Source.PAGE),
    Claim("region", "Bangladesh", Source.PAGE),
    Claim("region", "India", Source.DETECTED),
)


@pytest.fixture
def catalogue(tmp_path: Path):
    with Catalogue.open(tmp_path / "data", create=True) as opened:
        store(opened)
        yield opened


def store(catalogue: Catalogue, text: str = "text") -> None:
    with catalogue.transaction():
        extraction = Extraction(Status.OK, media_type="text/plain", pages=(Page(1, text),), claims=CLAIMS)
        catalogue.attach_path("a.txt", catalogue.put_document(extraction, "a" * 64))


def change(catalogue: Catalogue, method: str, field: str, value: str) -> bool:
    with catalogue.transaction():
        news: bool = getattr(catalogue, method)("a" * 16, field, value)
        return news


def document(catalogue: Catalogue) -> Document:
    found = catalogue.document("a" * 16)
    assert found is not None
    return found


def test_adding_a_value_once(catalogue: Catalogue) -> None:
    assert change(catalogue, "add_user_value", "tag", "Debt bondage") is True
    assert change(catalogue, "add_user_value", "tag", "debt  bondage") is False
    assert document(catalogue).tags == ("Debt bondage", "Child labour")
    assert catalogue.revision == 2


def test_a_single_field_is_replaced(catalogue: Catalogue) -> None:
    assert change(catalogue, "add_user_value", "title", "Mine") is True
    assert change(catalogue, "add_user_value", "title", "Mine, corrected") is True
    assert change(catalogue, "add_user_value", "title", "Mine, corrected") is False
    assert document(catalogue).title == "Mine, corrected"
    assert change(catalogue, "remove_user_value", "title", "Mine, corrected") is True
    assert document(catalogue).title == "Title in the file"


def test_taking_away_what_a_file_says_and_giving_it_back(catalogue: Catalogue) -> None:
    assert change(catalogue, "remove_user_value", "tag", "CHILD LABOUR") is True
    assert change(catalogue, "remove_user_value", "tag", "Child labour") is False
    assert document(catalogue).tags == ()
    store(catalogue, "the same file, read again")
    assert document(catalogue).tags == ()
    assert change(catalogue, "add_user_value", "tag", "Child labour") is True
    assert document(catalogue).tags == ("Child labour",)


def test_regions_are_known_by_all_their_names(catalogue: Catalogue) -> None:
    assert change(catalogue, "add_user_value", "region", "DRC") is True
    assert document(catalogue).regions == ("Democratic Republic of the Congo", "Bangladesh")
    assert change(catalogue, "remove_user_value", "region", "Democratic Republic of the Congo") is True
    assert document(catalogue).regions == ("Bangladesh",)


def test_a_detected_region_is_not_the_documents_to_take_away(catalogue: Catalogue) -> None:
    assert change(catalogue, "remove_user_value", "region", "India") is False
    assert document(catalogue).region_mentions == ("India",)


def test_an_unknown_value_or_field(catalogue: Catalogue) -> None:
    assert change(catalogue, "remove_user_value", "tag", "never there") is False
    assert catalogue.revision == 1
    with pytest.raises(ValueError, match="no metadata field is called 'colour'"):
        change(catalogue, "add_user_value", "colour", "red")
