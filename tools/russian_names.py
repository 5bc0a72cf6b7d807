"""The case forms of Russian place names, for finding them in running text.

Rule: a name is a sequence of words that decline together (adjectives with their noun); a word whose ending no
rule knows, and every word after the first noun ("Республика Корея" becomes "Республики Корея"), stays as it is.
The endings are those of any Russian grammar; forms that no one writes do no harm, as they match nothing.
"""

from __future__ import annotations

_SIBILANTS = "гкхжшщч"
# The ending of a nominative, and what stands in its place in the six cases.
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ская", ("ская", "ской", "ской", "скую", "ской", "ской")),
    ("ная", ("ная", "ной", "ной", "ную", "ной", "ной")),
    ("вая", ("вая", "вой", "вой", "вую", "вой", "вой")),
    ("кая", ("кая", "кой", "кой", "кую", "кой", "кой")),
    ("няя", ("няя", "ней", "ней", "нюю", "ней", "ней")),
    ("ский", ("ский", "ского", "скому", "ский", "ским", "ском")),
    ("ний", ("ний", "него", "нему", "ний", "ним", "нем")),
    ("ный", ("ный", "ного", "ному", "ный", "ным", "ном")),
    ("вый", ("вый", "вого", "вому", "вый", "вым", "вом")),
    ("ское", ("ское", "ского", "скому", "ское", "ским", "ском")),
    ("ное", ("ное", "ного", "ному", "ное", "ным", "ном")),
    ("ские", ("ские", "ских", "ским", "ские", "скими", "ских")),
    ("ные", ("ные", "ных", "ным", "ные", "ными", "ных")),
    ("вы", ("вы", "вов", "вам", "вы", "вами", "вах")),
    ("ства", ("ства", "ств", "ствам", "ства", "ствами", "ствах")),
    ("ство", ("ство", "ства", "ству", "ство", "ством", "стве")),
    ("ия", ("ия", "ии", "ии", "ию", "ией", "ии")),
    ("аты", ("аты", "атов", "атам", "аты", "атами", "атах")),
    ("ады", ("ады", "адов", "адам", "ады", "адами", "адах")),
    ("нды", ("нды", "ндов", "ндам", "нды", "ндами", "ндах")),
    ("ины", ("ины", "ин", "инам", "ины", "инами", "инах")),
    ("ова", ("ова", "овов", "овам", "ова", "овами", "овах")),
    ("ны", ("ны", "н", "нам", "ны", "нами", "нах")),
)


def _cases(word: str) -> tuple[str, ...]:
    if word.isupper():
        return (word,) * 6
    head, hyphen, tail = word.rpartition("-")
    if hyphen and len(set(_cases(tail))) == 1:  # "Гвинея-Бисау"
        return tuple(f"{form}-{tail}" for form in _cases(head))
    for ending, forms in _RULES:
        if word.lower().endswith(ending) and len(word) > len(ending):
            return tuple(word[: -len(ending)] + form for form in forms)
    stem, last = word[:-1], word[-1].lower()
    if last == "а":
        genitive = "и" if stem[-1:].lower() in _SIBILANTS else "ы"
        return (word, stem + genitive, stem + "е", stem + "у", stem + "ой", stem + "е")
    if last == "я":
        return (word, stem + "и", stem + "е", stem + "ю", stem + "ей", stem + "е")
    if last == "ь":
        return (word, stem + "и", stem + "и", word, word + "ю", stem + "и")
    if last == "й":
        return (word, stem + "я", stem + "ю", word, stem + "ем", stem + "е")
    if last in "бвгджзклмнпрстфхцчшщ":
        return (word, word + "а", word + "у", word, word + "ом", word + "е")
    return (word,) * 6


def case_forms(name: str) -> set[str]:
    """The name in its six cases, itself included; words after the first noun in the nominative stay."""
    words = name.split(" ")
    declined: list[tuple[str, ...]] = []
    frozen = False
    for word in words:
        adjective = word.lower().endswith(("ая", "яя", "ий", "ый", "ое", "ие", "ые"))
        declined.append((word,) * 6 if frozen else _cases(word))
        frozen = word != "и" and (frozen or not adjective)  # "Босния и Герцеговина" has two nouns
    return {" ".join(forms) for forms in zip(*declined, strict=True)}
