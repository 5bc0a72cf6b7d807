"""Countries are found in the six languages of the vocabulary, as their grammar writes them."""

import pytest

from ingest.mentions import count_mentions


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "fr",
            "l’Inde, d'Haïti, la Côte d’Ivoire et les États-Unis ; COTE D'IVOIRE, EGYPTE",
            {"cote-divoire": 2, "egypt": 1, "haiti": 1, "india": 1, "united-states": 1},
        ),
        ("fr", "Réunion de haut niveau. Dominique et Maurice ont parlé.", {}),
        ("fr", "2 millions de dollars des États-Unis", {}),
        (
            "es",
            "en España, México y la República Democrática del Congo; Perú, PERU",
            {"peru": 2, "democratic-republic-of-the-congo": 1, "mexico": 1, "spain": 1},
        ),
        ("es", "Reunión de Granada con Mauricio", {}),
        (
            "ru",
            "в Бангладеше, из Нигерии, Южного Судана, в Российской Федерации и Боснии и Герцеговине",
            {"bangladesh": 1, "bosnia-and-herzegovina": 1, "nigeria": 1, "russia": 1, "south-sudan": 1},
        ),
        ("ru", "Того же дня выделено 5 млн долл. США. В США", {"united-states": 1}),
        (
            "ar",
            "في لبنان والسودان وبالعراق ولليمن وبنغلاديش للصين",
            {"bangladesh": 1, "china": 1, "iraq": 1, "lebanon": 1, "sudan": 1, "yemen": 1},
        ),
        ("ar", "الدعم المالي وتقرير مالي", {}),
        ("ar", "جنوب السودان وعُمان", {"oman": 1, "south-sudan": 1}),
        (
            "zh",
            "索马里、马里、印度尼西亚和印度、南苏丹",
            {"india": 1, "indonesia": 1, "mali": 1, "somalia": 1, "south-sudan": 1},
        ),
        ("zh", "印度洋和墨西哥湾", {}),
    ],
)
def test_found(language: str, text: str, expected: dict[str, int]) -> None:
    assert count_mentions(text, language) == expected


def test_english_names_count_in_every_language() -> None:
    assert count_mentions("Der Bericht über Ghana und Nepal", "de") == {"ghana": 1, "nepal": 1}
    assert count_mentions("孟加拉国 (Bangladesh)", "zh") == {"bangladesh": 2}


def test_without_a_language_all_are_tried() -> None:
    text = "Allemagne, Alemania, Germany, Германии, ألمانيا, 德国"
    assert count_mentions(text, None) == {"germany": 6}
    assert count_mentions(text, "fr") == {"germany": 2}


def test_accents_typed_as_separate_signs_are_the_same_letters() -> None:
    assert count_mentions("Cote d'Ivoire et E\u0301thiopie", "fr") == {"cote-divoire": 1, "ethiopia": 1}
