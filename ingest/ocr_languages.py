"""Languages as Tesseract names them.

Rule: a language is named as the documents are (ISO 639-1, "fr") or as Tesseract's data files are ("fra",
"chi_tra"); what is not in the table is taken for the name of a data file. Source of the names: the manual of
Tesseract, "Languages and scripts supported in different versions", tesseract-ocr.github.io.
"""

from __future__ import annotations

from collections.abc import Iterable

_TABLE = """
    af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng
    eo:epo es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv ht:hat hu:hun
    hy:hye id:ind is:isl it:ita ja:jpn jv:jav ka:kat kk:kaz km:khm kn:kan ko:kor ku:kmr ky:kir la:lat lo:lao
    lt:lit lv:lav mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya nb:nor ne:nep nl:nld nn:nor no:nor or:ori
    pa:pan pl:pol ps:pus pt:por qu:que ro:ron ru:rus si:sin sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam
    te:tel tg:tgk th:tha ti:tir tr:tur ug:uig uk:ukr ur:urd uz:uzb vi:vie yi:yid zh:chi_sim
"""
_DATA = dict(pair.split(":") for pair in _TABLE.split())
#: Scripts as Tesseract's detection calls them -> the language to begin with; the text read tells the right one.
_OF_SCRIPT = {
    "Arabic": "ara",
    "Armenian": "hye",
    "Bengali": "ben",
    "Cyrillic": "rus",
    "Devanagari": "hin",
    "Ethiopic": "amh",
    "Georgian": "kat",
    "Greek": "ell",
    "Gujarati": "guj",
    "Gurmukhi": "pan",
    "Han": "chi_sim",
    "Hangul": "kor",
    "Hebrew": "heb",
    "Japanese": "jpn",
    "Kannada": "kan",
    "Khmer": "khm",
    "Lao": "lao",
    "Malayalam": "mal",
    "Myanmar": "mya",
    "Oriya": "ori",
    "Sinhala": "sin",
    "Tamil": "tam",
    "Telugu": "tel",
    "Thai": "tha",
}
DEFAULT = "eng"


def data_name(language: str) -> str:
    """The name of Tesseract's data for a language: "fr" -> "fra", "fra" -> "fra"."""
    return _DATA.get(language, language)


def data_names(languages: Iterable[str]) -> str:
    """The names of several languages as Tesseract's `-l` takes them: "eng+fra"."""
    return "+".join(dict.fromkeys(map(data_name, languages)))


def of_script(script: str) -> str:
    """The language to begin with for a script ("Cyrillic" -> "rus"); English for Latin and unknown ones."""
    return _OF_SCRIPT.get(script, DEFAULT)
