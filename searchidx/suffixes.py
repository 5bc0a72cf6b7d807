"""Endings: what a folded word needs before, or instead of, Snowball's stemmer in languages other than English.

Rule: the stemmers for French, Spanish and Portuguese look for accents that folding removed, and take the plurals
of -es, -ões, -ns for verb forms. `prepare` gives back the accents an ending must have had and makes such plurals
singular; the stemmer does the rest. Arabic has a light stemmer of its own, made for text without vowel signs
and with one alef: prefixes and suffixes are cut off, roots are not looked for.
"""

from __future__ import annotations

import re

# Per language: (pattern at the end of the word, replacement). The first that matches is applied, and no other.
_ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "fr": (
        ("ee(s?)$", r"ée\1"),  # exploitée, exploitées; so armée stays apart from arme
        ("((?:f|ug)i)e(s?)$", r"\1é\2"),  # réfugié, identifiés
        ("(?<=..)ite(s?)$", r"ité\1"),  # égalité
        ("ifications?$", "ifié"),
        ("ifs?$", "ive"),  # actif, actives
        ("iere(s?)$", r"ière\1"),  # policière
        ("(?<=[^aeiou])aux$", "al"),  # légaux, nationaux, égaux
        ("((?:^l|^r|pl|nv)oi)s$", r"\1"),  # lois, emplois
        ("([dn]u)s$", r"\1"),  # détenus
    ),
    "es": (
        ("([aeiou])ces$", r"\1z"),  # jueces, veces
        ("([aeiou][dlnry]|^pais|^mes|interes)es$", r"\1"),  # mujeres, jóvenes, leyes, países
    ),
    "pt": (
        ("^maes$", "mae"),
        ("coes$", "ção"),  # explorações
        ("cao$", "ção"),
        ("(?:oes|aes|aos)$", "ao"),  # órgãos, alemães, pensões
        (r"^(?!(?:|ja|de|ade)mais$|pais$)(.+)ais$", r"\1al"),  # criminais
        ("(?<=..)ens$", "em"),  # homens, jovens
        ("tis$", "til"),  # infantis
        ("(?<=[aeiou][rsz])es$", ""),  # mulheres, juízes, portugueses
    ),
    "de": (
        ("(?<=..)(ant|av|ent|er|ist|ling|og)in(?:nen)?$", r"\1"),  # Migrantinnen, Arbeiterin
    ),
}


# Folding turned Persian yeh and kaf into the Arabic ones; the stemmer knows its own.
_PERSIAN = str.maketrans("يك", "یک")


def prepare(term: str, language: str) -> str:
    """Return the folded `term` as the stemmer of `language` (ISO 639-1) wants it."""
    if language == "fa":
        return term.translate(_PERSIAN)
    for pattern, replacement in _ENDINGS.get(language, ()):
        term, changed = re.subn(pattern, replacement, term)
        if changed:
            break
    return term


_ARABIC_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
_ARABIC_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")


def light_arabic(term: str) -> str:
    """Return the folded Arabic `term` without conjunction, article, and endings of number, gender and possession.

    The affixes are those of the "light10" stemmer of Larkey, Ballesteros and Connell, Light Stemming for Arabic
    Information Retrieval (2007): a word keeps at least two letters, three after the conjunction.
    """
    if term.startswith("و") and len(term) > 3:
        term = term[1:]
    for article in _ARABIC_ARTICLES:
        if term.startswith(article) and len(term) >= len(article) + 2:
            term = term[len(article) :]
            break
    for suffix in _ARABIC_SUFFIXES:
        if term.endswith(suffix) and len(term) >= len(suffix) + 2:
            term = term[: -len(suffix)]
    return term
