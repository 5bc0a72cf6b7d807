"""Of a whole document, the pages that name a region are counted, so that a repeated line weighs no more."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mentions import count_mentions, mentions
from ingest.regions import all_regions

DATA = Path(__file__).resolve().parent.parent / "ingest" / "data" / "region_names.json"


def test_pages_not_occurrences() -> None:
    pages = ["Nepal. Nepal. Nepal. Nepali workers in Qatar.", "Qatar", "Qatar and Kuwait", ""]
    assert mentions(pages, "en") == {"qatar": 3, "kuwait": 1, "nepal": 1}
    assert list(mentions(pages, "en")) == ["qatar", "nepal", "kuwait"]  # of equal pages, the one named more often


def test_no_pages_no_mentions() -> None:
    assert mentions([], None) == {}


@settings(deadline=None)  # the names of all languages are loaded by the first call
@given(st.text(), st.sampled_from(["en", "fr", "es", "ar", "ru", "zh", "de", "", None]))
def test_any_text_is_read_and_only_known_regions_come_out(text: str, language: str | None) -> None:
    known = {region.key for region in all_regions()}
    found = count_mentions(text, language)
    assert set(found) <= known
    assert all(count > 0 for count in found.values())


@given(
    st.lists(st.sampled_from(["Kenya", "Guinea", "New", "Papua", "US", "Georgia,", "USA", "ABOUT", "في", "苏丹"]))
)
def test_any_order_of_tricky_words_is_read(words: list[str]) -> None:
    text = " ".join(words)
    assert sum(count_mentions(text, None).values()) <= len(words)


def test_every_name_looked_for_belongs_to_a_region() -> None:
    names = json.loads(DATA.read_text("utf-8"))
    known = {region.key for region in all_regions()} | {""}  # "" holds the look-alikes
    for by_key in names.values():
        assert set(by_key) <= known


def test_every_country_is_found_by_its_display_name() -> None:
    not_read = {"saint-martin", "reunion", "pitcairn"}  # a church, a meeting, a surname: see docs/regions.md
    for region in all_regions():
        if region.kind == "country" and region.key not in not_read:
            assert region.key in count_mentions(f"Children in {region.name} work.", "en"), region.name
