"""Dates as web pages write them, as "2003", "2003-05" or "2003-05-21".

Rule: only what is certain is kept. ISO 8601 in any length; a day, a month's name and a year in any order, in
English, French, Spanish, German, Portuguese or Italian; of a date in numbers (05/06/2003), which may mean two
days, the year. Years from 1500 to 2099.
"""

from __future__ import annotations

import re

_MONTHS = (
    "jan january janvier janv enero ene januar janeiro gennaio gen",
    "feb february février fevrier févr febrero februar fevereiro fev febbraio",
    "mar march mars marzo märz maerz março",
    "apr april avril avr abril abr aprile",
    "may mai mayo maio maggio",
    "jun june juin junio juni junho giugno",
    "jul july juillet juil julio juli julho luglio",
    "aug august août aout agosto ago",
    "sep sept september septembre septiembre setembro settembre set",
    "oct october octobre octubre oktober okt outubro ottobre",
    "nov november novembre noviembre novembro",
    "dec december décembre decembre diciembre dic dezember dez dezembro dicembre",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_YEAR = r"(?P<y>1[5-9]\d\d|20\d\d)"
_ANY_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DAY = r"(?P<d>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?"
_OF = r"[\s.,/-]*(?:(?:de|del|of)\s+)?"
_ISO = re.compile(
    rf"(?<!\d){_YEAR}(?:[-/.](?P<m>0?[1-9]|1[0-2])(?:[-/.](?P<d>[0-2]?\d|3[01])(?!\d))?(?!\d))?(?!\d)"
)
_COMPACT = re.compile(rf"\s*{_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)")
_WORDS = (
    re.compile(rf"(?<!\w){_DAY}{_OF}(?P<n>{_NAMES})\b{_OF}{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"\b(?P<n>{_NAMES})\b{_OF}{_DAY}(?!\d)[\s,]+{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<!\d){_YEAR}[\s,-]+(?P<n>{_NAMES})\b[\s,-]+{_DAY}(?!\d)", re.IGNORECASE),
    re.compile(rf"\b(?P<n>{_NAMES})\b{_OF}{_YEAR}(?!\d)", re.IGNORECASE),
)


def find_date(text: str) -> tuple[str, tuple[int, int]] | None:
    """The first date in the text with its place as (start, end), or None."""
    if not _ANY_YEAR.search(text):  # most texts; the patterns are slow
        return None
    for pattern in _WORDS:
        if found := pattern.search(text):
            return _date(found["y"], str(_MONTH[found["n"].lower()]), found.groupdict().get("d")), found.span()
    for match in (_COMPACT.match(text), _ISO.search(text)):
        if match:
            return _date(match["y"], match["m"], match["d"]), match.span()
    return None


def read_date(text: str) -> str | None:
    """The date that a value states ("2016-05-24T15:45:45+00:00", "May 2003", "published 2003"), or None."""
    found = find_date(text)
    return found[0] if found else None


def _date(year: str, month: str | None, day: str | None) -> str:
    if not month:
        return year
    if not day or not 1 <= int(day) <= 31:
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}"
