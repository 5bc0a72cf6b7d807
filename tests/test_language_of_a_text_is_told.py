"""The language of a report is told from its text, and not guessed where there is too little of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.language import MINIMUM_LETTERS, detect

# Article 1 of the Universal Declaration of Human Rights, in the United Nations' translations (beginnings).
ARTICLE_1 = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with reason",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا",
    "fa": "تمام افراد بشر آزاد بدنیا میایند و از لحاظ حیثیت و حقوق با هم برابرند. همه دارای عقل و وجدان میباشند",
    "ur": "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔ انہیں ضمیر اور عقل ودیعت ہوئی ہے",
    "zh": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "ja": "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है",
    "sw": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler",
}


@pytest.mark.parametrize("language", ARTICLE_1)
def test_two_sentences_are_enough(language: str) -> None:
    found = detect(ARTICLE_1[language])
    assert found is not None
    assert found[0] == language
    assert 0.0 < found[1] <= 1.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "2014/36/EU",
        "Report 2024",
        "x" * (MINIMUM_LETTERS - 1),
        "https://example.org/" * 9,
        "abc def " * 50,
    ],
)
def test_too_little_text_has_no_language(text: str) -> None:
    assert detect(text) is None


def test_a_long_text_is_judged_by_all_its_parts_and_a_mixed_one_with_less_confidence() -> None:
    english, french = ARTICLE_1["en"] + ". ", ARTICLE_1["fr"] + ". "
    whole = detect(english * 200)
    mixed = detect(english * 120 + french * 80)
    assert whole is not None
    assert mixed is not None
    assert whole[0] == mixed[0] == "en"
    assert mixed[1] < 0.75 < whole[1]


def test_names_and_addresses_in_latin_letters_do_not_hide_the_language() -> None:
    found = detect(
        ARTICLE_1["zh"] + " UNHCR ILO https://www.example.org/a/very/long/path/with/many/english/words/in/it"
    )
    assert found is not None
    assert found[0] == "zh"


@pytest.mark.parametrize("language", ["en", "es", "ru", "ar", "zh"])
def test_real_paragraphs_are_told(corpora: Path, language: str) -> None:
    lines = (corpora / "judged" / f"xquad-{language}" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    found = [detect(json.loads(line)["text"][:300]) for line in lines[:60]]
    assert sum(1 for answer in found if answer is not None and answer[0] == language) >= 59
