"""Organisations and named areas count the members they have, and lend their own place to none of them."""

import pytest

from ingest.regions import ancestors, descendants, get

SIZES = {
    "osce": 57,
    "eu": 27,
    "council-of-europe": 46,
    "asean": 11,
    "saarc": 8,
    "gcc": 6,
    "african-union": 55,
    "ecowas": 12,
    "eac": 8,
    "sadc": 16,
    "arab-states": 22,
    "caricom": 15,
    "commonwealth": 56,
    "oecd": 38,
    "greater-mekong": 6,
    "western-balkans": 6,
    "cis": 9,
    "central-and-eastern-europe": 12,
    "eastern-europe-and-central-asia": 17,
    "former-yugoslavia": 7,
    "former-soviet-union": 15,
    "middle-east": 16,
    "sahel": 10,
    "horn-of-africa": 4,
}


@pytest.mark.parametrize(("group", "size"), SIZES.items())
def test_a_group_has_as_many_countries_as_it_says_of_itself(group: str, size: int) -> None:
    assert len([key for key in descendants(group) if get(key).kind == "country"]) == size


@pytest.mark.parametrize(
    ("country", "group"),
    [
        ("timor-leste", "asean"),
        ("mongolia", "osce"),
        ("vatican-city", "osce"),
        ("western-sahara", "african-union"),
        ("mexico", "north-america"),
        ("united-states", "north-america"),
        ("haiti", "latin-america-and-the-caribbean"),
        ("morocco", "mena"),
        ("iran", "mena"),
        ("kosovo", "balkans"),
        ("kosovo", "southern-europe"),
        ("fiji", "pacific-islands"),
        ("georgia", "europe-and-central-asia"),
    ],
)
def test_members_that_are_easily_forgotten(country: str, group: str) -> None:
    assert country in descendants(group)


@pytest.mark.parametrize(
    ("country", "group"),
    [("united-kingdom", "eu"), ("russia", "council-of-europe"), ("mali", "ecowas"), ("haiti", "north-america")],
)
def test_those_who_left_or_never_were_members(country: str, group: str) -> None:
    assert country not in descendants(group)


def test_a_group_is_found_by_the_region_it_lies_in() -> None:
    assert "eu" in descendants("europe")
    assert "middle-east" in descendants("asia")
    assert "saarc" in descendants("southern-asia")


def test_a_member_is_not_found_by_a_region_only_its_group_lies_in() -> None:
    assert "egypt" in descendants("middle-east")
    assert "egypt" not in descendants("asia")
    assert "cyprus" in descendants("eu")
    assert "cyprus" not in descendants("europe")


def test_a_group_within_a_group_passes_its_members_on() -> None:
    assert ancestors("western-balkans")[:3] == ("balkans", "europe", "world")
    assert {"western-balkans", "balkans"} <= set(ancestors("albania"))
    assert {"middle-east", "mena"} <= set(ancestors("yemen"))
