"""Words that look like a country and are a person, a bird, an American state or a sea count for nothing."""

import pytest

from ingest.mentions import count_mentions


@pytest.mark.parametrize(
    "text",
    [
        "moved from Atlanta, Georgia to Savannah, Georgia",
        "in Georgia, USA",
        "the State of Georgia and Georgia Tech",
        "in Florida, Georgia and Texas",
        "in Alabama and Georgia",
        "South Georgia",
        "Michael Jordan",
        "Dr. Jordan",
        "Jordan Smith said that",
        "Chad Wilson and Mr Chad",
        "roast turkey and a turkey sandwich",
        "a guinea pig, Guinea pigs, Guinea Pigs and guinea fowl",
        "Brazil nuts",
        "New Mexico, New Jersey, New England and New South Wales",
        "the South China Sea, the Indian Ocean, the Gulf of Guinea, Lake Chad",
        "Latin American States, Inter-American, African American and Native American",
        "Lebanon, Pennsylvania",
        "Rohingya, Kurdish and Roma families",
        "five million US$ and two million US dollars",
        "please contact us, CONTACT US, ABOUT US",
        "Arabic, English, French, Russian and Spanish",
        "Original: French",
        "published in French and in Spanish.",
        "the Russian version, the Chinese language",
        "it is a polish we can, and a china cup",
        "the SAMOA Pathway",
        "Family Reunion",
    ],
)
def test_nothing_is_counted(text: str) -> None:
    assert count_mentions(text, "en") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in Tbilisi, Georgia", {"georgia": 1}),
        ("Armenia, Azerbaijan, Georgia and Türkiye", {"armenia": 1, "azerbaijan": 1, "georgia": 1, "turkiye": 1}),
        ("the Jordan Valley; refugees in Jordan", {"jordan": 2}),
        ("the representative of Chad said", {"chad": 1}),
        ("Turkey; TURKEY", {"turkiye": 2}),
        ("the French authorities; France", {"france": 2}),
        ("in the US, in the U.S. and in the UK", {"united-states": 2, "united-kingdom": 1}),
        ("American soldiers in Latin America", {"latin-america-and-the-caribbean": 1, "united-states": 1}),
        ("Latin American and Caribbean States", {"latin-america-and-the-caribbean": 1}),
        ("Benin City", {"nigeria": 1}),
        ("Mali, Togo and Oman", {"mali": 1, "oman": 1, "togo": 1}),
    ],
)
def test_the_real_one_still_is(text: str, expected: dict[str, int]) -> None:
    assert count_mentions(text, "en") == expected


def test_iso_codes_are_no_mentions() -> None:
    assert count_mentions("BD, NG and TD; IT, NO, IN; DE facto", "en") == {}


def test_peoples_count_for_their_country() -> None:
    text = "Bangladeshi workers, two Nigerians, one Nigerien and Vietnamese women"
    assert count_mentions(text, "en") == {"bangladesh": 1, "niger": 1, "nigeria": 1, "vietnam": 1}


def test_a_people_of_two_countries_counts_for_neither() -> None:
    assert count_mentions("Congolese and Dominican families; Korean films", "en") == {}
