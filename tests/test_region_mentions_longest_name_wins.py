"""A country whose name is part of another's is not counted where the other is meant."""

import pytest

from ingest.mentions import count_mentions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Papua New Guinea", {"papua-new-guinea"}),
        ("Guinea-Bissau and Equatorial Guinea", {"guinea-bissau", "equatorial-guinea"}),
        ("the Republic of Guinea", {"guinea"}),
        ("South Sudan", {"south-sudan"}),
        ("Niger's border", {"niger"}),
        ("Nigeria's border", {"nigeria"}),
        ("the Democratic Republic of the Congo", {"democratic-republic-of-the-congo"}),
        ("the Congo", {"republic-of-the-congo"}),
        ("the Dominican Republic", {"dominican-republic"}),
        ("Dominica", {"dominica"}),
        ("North Korea", {"north-korea"}),
        ("the Democratic People's Republic of Korea", {"north-korea"}),
        ("the Republic of Korea", {"south-korea"}),
        ("American Samoa", {"american-samoa"}),
        ("South Africa", {"south-africa"}),
        ("the Central African Republic", {"central-african-republic"}),
        ("French Guiana", {"french-guiana"}),
        ("Northern Ireland", {"northern-ireland"}),
        ("the Council of Europe", {"council-of-europe"}),
        ("South-East Asia", {"south-eastern-asia"}),
        ("Sub-Saharan Africa", {"sub-saharan-africa"}),
        ("Trinidad and Tobago", {"trinidad-and-tobago"}),
        ("the British Virgin Islands", {"british-virgin-islands"}),
        ("Papua New Guineans and Bissau-Guineans", {"papua-new-guinea", "guinea-bissau"}),
    ],
)
def test_only_the_longest(text: str, expected: set[str]) -> None:
    assert set(count_mentions(f"Children in {text}.", "en")) == expected


def test_each_is_counted_where_both_are_named() -> None:
    text = "From Sudan to South Sudan, and from South Sudan to Uganda; Sudan; SOUTH\nSUDAN"
    assert count_mentions(text, "en") == {"south-sudan": 3, "sudan": 2, "uganda": 1}


def test_a_name_broken_over_two_lines_is_one_name() -> None:
    assert count_mentions("the Islamic Republic of\n  Iran and Papua\nNew Guinea", "en") == {
        "iran": 1,
        "papua-new-guinea": 1,
    }


def test_a_name_inside_a_word_is_none() -> None:
    assert count_mentions("Omanyala, Malians-like, Chadwick, Indiana, Jordanstown, Perugia", "en") == {"mali": 1}
