"""Names and codes of languages, brought to the two letters of ISO 639-1.

Rule: `iso639_1` accepts what files really say ("en-GB", "eng", "French", "español") and answers a two-letter
code or None. The table holds the languages in which reports are commonly published; a two-letter code that is
not in it is accepted as it stands. Codes: ISO 639-1 and 639-2 (both the B and the T form).
"""

from __future__ import annotations

import re

#: 639-1 code: other codes (639-2, 639-3), the English name, and the language's own name where it differs.
_LANGUAGES = {
    "am": "amh amharic",
    "ar": "ara arb arabic العربية",
    "az": "aze azerbaijani",
    "be": "bel belarusian",
    "bg": "bul bulgarian български",
    "bn": "ben bengali bangla বাংলা",
    "bs": "bos bosnian bosanski",
    "ca": "cat catalan català",
    "cs": "ces cze czech čeština",
    "da": "dan danish dansk",
    "de": "deu ger german deutsch",
    "el": "ell gre greek ελληνικά",
    "en": "eng english",
    "es": "spa spanish castilian español castellano",
    "et": "est estonian eesti",
    "fa": "fas per pes persian farsi dari فارسی",
    "fi": "fin finnish suomi",
    "fr": "fra fre french français",
    "ha": "hau hausa",
    "he": "heb hebrew עברית",
    "hi": "hin hindi हिन्दी",
    "hr": "hrv croatian hrvatski",
    "hu": "hun hungarian magyar",
    "hy": "hye arm armenian",
    "id": "ind indonesian",
    "it": "ita italian italiano",
    "ja": "jpn japanese 日本語",
    "ka": "kat geo georgian",
    "km": "khm khmer",
    "ko": "kor korean 한국어",
    "ku": "kur kurdish kurdî",
    "lo": "lao",
    "lt": "lit lithuanian lietuvių",
    "lv": "lav latvian latviešu",
    "mk": "mkd mac macedonian",
    "mn": "mon mongolian",
    "ms": "msa may malay",
    "my": "mya bur burmese",
    "ne": "nep nepali नेपाली",
    "nl": "nld dut dutch flemish nederlands",
    "no": "nor nb nob nn nno norwegian norsk",
    "pl": "pol polish polski",
    "ps": "pus pashto",
    "pt": "por portuguese português",
    "ro": "ron rum romanian moldovan română",
    "ru": "rus russian русский",
    "rw": "kin kinyarwanda",
    "si": "sin sinhala sinhalese",
    "sk": "slk slo slovak slovenčina",
    "sl": "slv slovenian slovene slovenščina",
    "so": "som somali",
    "sq": "sqi alb albanian shqip",
    "sr": "srp serbian српски srpski",
    "sv": "swe swedish svenska",
    "sw": "swa swh swahili kiswahili",
    "ta": "tam tamil தமிழ்",
    "th": "tha thai ไทย",
    "ti": "tir tigrinya",
    "tl": "tgl fil tagalog filipino",
    "tr": "tur turkish türkçe",
    "uk": "ukr ukrainian українська",
    "ur": "urd urdu اردو",
    "vi": "vie vietnamese",
    "zh": "zho chi cmn chinese mandarin 中文",
}
_BY_NAME = {name: code for code, names in _LANGUAGES.items() for name in (code, *names.split())}
_PRIMARY = re.compile(r"[^\W\d_]+")


def iso639_1(value: str) -> str | None:
    """The ISO 639-1 code of a language tag (BCP 47), a 639-2 code or a language's name; None where unknown.

    Only the first language of a list or phrase counts ("en, fr" is English).
    """
    match = _PRIMARY.search(value)
    if match is None:
        return None
    word = match.group().lower()
    return _BY_NAME.get(word) or (word if len(word) == 2 and word.isascii() else None)
