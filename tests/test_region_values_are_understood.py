"""A region may be written as people write it: any of six languages, old names, codes, whatever the typing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.regions import all_regions, fold, get, resolve

WRITTEN = {
    "bangladesh": [
        "Bangladesh",
        "BANGLADESH",
        " bangladesh ",
        "BD",
        "bd",
        "BGD",
        "050",
        "50",
        "Бангладеш",
        "孟加拉国",
        "بنغلاديش",
    ],
    "cote-divoire": ["Côte d'Ivoire", "Côte d’Ivoire", "Cote d'Ivoire", "cote divoire", "Ivory Coast", "科特迪瓦"],
    "myanmar": ["Burma", "Myanmar", "Birmanie", "Birmania", "Мьянма", "缅甸"],
    "united-kingdom": [
        "UK",
        "U.K.",
        "Great Britain",
        "GB",
        "Royaume-Uni",
        "Reino Unido",
        "Великобритания",
        "英国",
    ],
    "united-states": [
        "USA",
        "US",
        "U.S.",
        "U.S.A.",
        "The United States",
        "United States of America",
        "États-Unis",
        "EE. UU.",
    ],
    "democratic-republic-of-the-congo": [
        "DRC",
        "Congo, Democratic Republic of the",
        "Congo-Kinshasa",
        "Zaire",
        "RDC",
        "République démocratique du Congo",
    ],
    "republic-of-the-congo": ["Congo", "Congo, Republic of the", "Congo-Brazzaville"],
    "south-korea": ["Republic of Korea", "Korea, Republic of", "South Korea", "KR", "韩国", "Республика Корея"],
    "north-korea": ["DPRK", "North Korea", "Democratic People’s Republic of Korea"],
    "czechia": ["Czech Republic", "Czechia"],
    "netherlands": ["Holland", "The Netherlands", "Netherlands"],
    "eswatini": ["Swaziland", "Eswatini"],
    "north-macedonia": ["Macedonia", "FYROM", "North Macedonia"],
    "kosovo": ["Kosovo", "XK", "Kosovo*", "Косово"],
    "taiwan": ["Taiwan", "TW", "台湾", "Chinese Taipei"],
    "palestine": [
        "Palestine",
        "State of Palestine",
        "West Bank and the Gaza Strip",
        "Palestinian Territories",
        "فلسطين",
    ],
    "vatican-city": ["Holy See", "Vatican"],
    "russia": ["Russian Federation", "Russia", "RU", "Россия"],
    "iran": ["Iran (Islamic Republic of)", "Iran", "Islamic Republic of Iran"],
    "syria": ["Syrian Arab Republic", "سوريا", "Siria"],
    "laos": ["Lao PDR", "Laos", "Lao People's Democratic Republic"],
    "vietnam": ["Viet Nam", "Vietnam"],
    "bolivia": ["Bolivia (Plurinational State of)", "Bolivia"],
    "venezuela": ["Venezuela, Bolivarian Republic of", "Venezuela"],
    "tanzania": ["United Republic of Tanzania", "Tanzania, United Republic of", "Tanzania"],
    "turkiye": ["Turkey", "Türkiye", "turkiye", "TÜRKİYE"],
    "cabo-verde": ["Cape Verde", "Cabo Verde"],
    "timor-leste": ["East Timor", "Timor-Leste", "Timor Leste"],
    "western-sahara": ["Western Sahara", "EH"],
    "gambia": ["Gambia, The", "The Gambia", "Gambia"],
    "saint-lucia": ["St. Lucia", "St Lucia", "Saint Lucia"],
    "sao-tome-and-principe": ["São Tomé and Príncipe", "Sao Tome & Principe"],
    "southern-asia": ["South Asia", "Southern Asia", "south-asia", "034", "Южная Азия", "南亚"],
    "south-eastern-asia": ["Southeast Asia", "South-East Asia", "South East Asia", "Asie du Sud-Est"],
    "latin-america-and-the-caribbean": [
        "Latin America",
        "Latin America & the Caribbean",
        "América Latina",
        "拉丁美洲",
    ],
    "sub-saharan-africa": ["Sub-Saharan Africa", "subsaharan africa"],
    "americas": ["The Americas", "Americas", "Amériques"],
    "middle-east": ["Middle East", "الشرق الأوسط", "Moyen-Orient", "Ближний Восток"],
    "mena": ["MENA", "Middle East & North Africa", "Middle East and North Africa"],
    "gcc": ["GCC", "Gulf States", "Gulf"],
    "asia-pacific": ["Asia-Pacific", "Asia Pacific", "Asia and the Pacific"],
    "osce": ["OSCE", "osce", "OSCE region", "ОБСЕ"],
    "eu": ["EU", "European Union", "Union européenne"],
    "micronesia": ["Micronesia", "Micronesia (Federated States of)"],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRITTEN.items() for value in values])
def test_people_write(key: str, value: str) -> None:
    region = resolve(value)
    assert region is not None
    assert region.key == key


@pytest.mark.parametrize("region", all_regions(), ids=lambda region: region.key)
def test_a_region_is_found_by_its_own_name_key_and_codes(region) -> None:  # type: ignore[no-untyped-def]
    assert resolve(region.name) == region
    assert resolve(region.name.upper()) == region
    for code in filter(None, region.codes):
        assert resolve(code) == region
        assert resolve(code.lower()) == region
    if region.key != "world":  # as a value, "world" is what librarians write for Global
        assert resolve(region.key) == region


@pytest.mark.parametrize(
    "value", ["", "   ", "!?", "Atlantis", "Nairobi, Kenya", "child labour", "2020", ",", "1,2,3", "\udc80"]
)
def test_what_is_no_region_is_none(value: str) -> None:
    assert resolve(value) is None


@pytest.mark.parametrize("tag", ["HR", "AI", "AND", "VAT", "geo", "100", "050", "BD"])
def test_a_code_is_no_region_where_any_word_may_stand(tag: str) -> None:
    assert resolve(tag) is not None
    assert resolve(tag, codes=False) is None


@pytest.mark.parametrize("name", ["UK", "USA", "EU", "Bangladesh", "Gambia, The"])
def test_a_name_is_a_region_anywhere(name: str) -> None:
    assert resolve(name, codes=False) == resolve(name) is not None


@given(st.text())
def test_no_text_is_an_error(value: str) -> None:
    region = resolve(value)
    assert region is None or get(region.key) is region


@given(st.sampled_from([region.name for region in all_regions()]), st.text(alphabet=" .,'’-()\t\n", max_size=3))
def test_stray_punctuation_around_a_name_does_not_matter(name: str, stray: str) -> None:
    assert fold(stray + name + stray) == fold(name)
