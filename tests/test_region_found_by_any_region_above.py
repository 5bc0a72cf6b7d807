"""A document tagged with a country is found by each region and group that holds the country, and by no other."""

import pytest

from ingest.regions import all_regions, ancestors, descendants, get, tree

# The 193 member states of the United Nations (un.org/en/about-us/member-states).
_LISTED = """
AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO KM
CG CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS
IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MH MR MU MX FM MD
MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST SA SN
RS SC SL SG SK SI SB SO ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB US UY UZ VU VE VN
YE ZM ZW
"""
UN_MEMBERS = _LISTED.split()

COUNTRIES = [region for region in all_regions() if region.kind == "country"]


@pytest.mark.parametrize("above", ["asia", "southern-asia", "saarc", "asia-pacific", "commonwealth", "world"])
def test_bangladesh_is_found_by(above: str) -> None:
    assert above in ancestors("bangladesh")
    assert "bangladesh" in descendants(above)


@pytest.mark.parametrize(
    "elsewhere", ["africa", "europe", "western-asia", "asean", "osce", "global", "bangladesh"]
)
def test_bangladesh_is_not_found_by(elsewhere: str) -> None:
    assert elsewhere not in ancestors("bangladesh")


def test_all_members_of_the_united_nations_are_there() -> None:
    assert len(set(UN_MEMBERS)) == 193
    assert set(UN_MEMBERS) <= {country.codes.iso2 for country in COUNTRIES}


def test_every_country_has_its_codes_and_lies_in_the_world() -> None:
    for country in COUNTRIES:
        iso2, iso3, m49 = country.codes
        assert iso2, country
        assert len(iso2) == 2, country
        assert iso3, country
        assert len(iso3) == 3, country
        # Kosovo has no M49 code; its ISO codes are of the range that ISO leaves to users.
        assert (m49 is None) == (country.key == "kosovo"), country
        assert "world" in ancestors(country.key), country


def test_no_two_regions_share_a_code_or_a_name() -> None:
    for values in zip(*(region.codes for region in all_regions()), strict=True):
        present = [value for value in values if value]
        assert len(present) == len(set(present))
    names = [region.name for region in all_regions()]
    assert len(names) == len(set(names))


def test_nearest_regions_come_first() -> None:
    assert ancestors("kenya")[:4] == ("eastern-africa", "sub-saharan-africa", "africa", "world")


def test_above_and_below_are_each_others_inverse_and_nothing_is_its_own_ancestor() -> None:
    for region in all_regions():
        assert region.key not in ancestors(region.key)
        assert len(ancestors(region.key)) == len(set(ancestors(region.key)))
        for below in descendants(region.key):
            assert region.key in ancestors(below)


def test_every_region_but_the_world_has_a_parent_that_exists() -> None:
    for region in all_regions():
        assert bool(region.parents) == (region.key != "world")
        for parent in region.parents:
            assert get(parent).key == parent


def test_the_parts_of_a_country_are_found_with_it() -> None:
    assert ancestors("scotland")[:3] == ("united-kingdom", "northern-europe", "europe")
    assert "scotland" in descendants("osce")


def test_the_printed_tree_holds_every_place_once_and_then_the_groups() -> None:
    world, *groups = tree()
    seen: list[str] = []
    waiting = [world]
    while waiting:
        branch = waiting.pop()
        seen.append(branch.region.key)
        waiting += branch.children
    assert len(seen) == len(set(seen))
    assert set(seen) == {region.key for region in all_regions() if region.kind != "group"}
    assert [child.region.name for child in world.children][:2] == ["Global", "Africa"]
    assert {branch.region.key for branch in groups} == {r.key for r in all_regions() if r.kind == "group"}
    saarc = next(branch for branch in groups if branch.region.key == "saarc")
    assert len(saarc.children) == 8


def test_an_unknown_key_is_an_error_not_an_empty_answer() -> None:
    for ask in (get, ancestors, descendants):
        with pytest.raises(KeyError):
            ask("atlantis")
