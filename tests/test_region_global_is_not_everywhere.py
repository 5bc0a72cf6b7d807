"""`Global` says that a document is about the whole world: it finds those documents, and no country's."""

import pytest

from ingest.regions import GLOBAL, ancestors, descendants, resolve


@pytest.mark.parametrize(
    "value",
    [
        "Global",
        "global",
        "GLOBAL",
        "Worldwide",
        "International",
        "World",
        "Mondial",
        "Mundial",
        "全球",
        "Весь мир",
        "عالمي",
    ],
)
def test_what_people_write_for_it(value: str) -> None:
    region = resolve(value)
    assert region is not None
    assert region.key == GLOBAL
    assert region.kind == "label"


def test_asking_for_global_finds_no_single_country() -> None:
    assert descendants(GLOBAL) == frozenset()


def test_asking_for_a_region_does_not_find_what_is_only_global() -> None:
    assert ancestors(GLOBAL) == ("world",)
    assert GLOBAL not in descendants("asia")


def test_all_regions_holds_the_countries_and_global() -> None:
    region = resolve("All regions")
    assert region is not None
    assert {GLOBAL, "bangladesh", "osce"} <= descendants(region.key)
