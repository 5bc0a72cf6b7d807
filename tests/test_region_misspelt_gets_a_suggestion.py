"""A region nobody knows is answered with names that are near, so that a slip of the keyboard costs no search."""

import pytest

from ingest.regions import suggest


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Bangladsh", "Bangladesh"),
        ("Kazakstan", "Kazakhstan"),
        ("Soth Asia", "Southern Asia"),
        ("Phillipines", "Philippines"),
        ("Philip", "Philippines"),
        ("Бангладещ", "Bangladesh"),
    ],
)
def test_the_right_name_is_offered(value: str, wanted: str) -> None:
    assert wanted in suggest(value)


def test_no_more_than_asked_and_no_name_twice() -> None:
    names = suggest("guinea", limit=3)
    assert len(names) == len(set(names)) == 3


def test_nothing_is_offered_for_nonsense() -> None:
    assert suggest("xqzwv") == []
    assert suggest("") == []
