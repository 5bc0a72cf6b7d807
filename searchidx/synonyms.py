"""Synonyms: other phrases that mean what a query's phrase means.

Rule: a person keeps the groups in one text file (`data/synonyms.txt`, which explains itself); this module finds
which stretches of a query stand in it, the longest first, and names the other members of their groups.
Standard library only: a search from a cold shell imports this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ingest.errors import SettingsError
from searchidx.analysis import query_tokens
from searchidx.datafile import data_path
from searchidx.spelling import american

_SINGULAR = {"children": "child", "women": "woman", "men": "man"}


class Expansion(NamedTuple):
    """The words [start, end) of a query can also be said as each of `alternatives` (folded words in order)."""

    start: int
    end: int
    alternatives: tuple[tuple[str, ...], ...]


class _Member(NamedTuple):
    words: tuple[str, ...]
    only_capitals: bool


class Synonyms:
    """The groups of one file."""

    def __init__(self, groups: Sequence[Sequence[_Member]]) -> None:
        self._groups: dict[tuple[str, ...], tuple[_Member, Sequence[_Member]]] = {}
        for group in groups:
            for member in group:
                self._groups[_key(member.words)] = (member, group)
        # The lengths that phrases have which begin with a word, longest first.
        self._lengths: dict[str, list[int]] = {}
        for key in sorted(self._groups, key=len, reverse=True):
            lengths = self._lengths.setdefault(key[0], [])
            if len(key) not in lengths:
                lengths.append(len(key))

    @classmethod
    def load(cls, path: Path | None = None) -> Synonyms:
        """Read the groups of a file, by default those that come with Dossier.

        Raises SettingsError, with file and line, where the file does not read or contradicts itself.
        """
        path = path or data_path("synonyms.txt")
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SettingsError(f"The synonyms in {path} cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise SettingsError(f"The synonyms in {path} are not UTF-8 text: save the file as UTF-8.") from error
        groups: list[list[_Member]] = []
        seen: dict[tuple[str, ...], int] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            group = [_member(phrase.strip(), path, number) for phrase in line.split("=")]
            if len(group) < 2:
                raise SettingsError(
                    f"{path}, line {number}: a group needs at least two phrases with `=` between them."
                )
            for member in group:
                earlier = seen.setdefault(_key(member.words), number)
                if earlier != number:
                    phrase = " ".join(member.words)
                    raise SettingsError(
                        f"{path}, line {number}: `{phrase}` stands in line {earlier} already; join the two groups"
                        " or take it out of one."
                    )
            groups.append(group)
        return cls(groups)

    def expansions(self, words: Sequence[str]) -> list[Expansion]:
        """Return what stretches of a query's words, as typed and in order, can also be called.

        Stretches do not overlap; the longer counts. A word that analysis splits (`debt-bondage`) counts as its
        parts, and a stretch begins and ends with whole words.
        """
        terms: list[str] = []
        owners: list[int] = []  # terms[i] is of words[owners[i]]
        for place, word in enumerate(words):
            for token in query_tokens(word):
                terms.append(token.term)
                owners.append(place)
        key = _key(terms)
        places = [
            (-length, first)
            for first, word in enumerate(key)
            for length in self._lengths.get(word, ())
            if first + length <= len(key) and key[first : first + length] in self._groups
        ]
        borders = {0, len(terms)} | {i for i in range(1, len(terms)) if owners[i - 1] != owners[i]}
        found: list[Expansion] = []
        for negative, first in sorted(places):
            last = first - negative
            start, end = owners[first], owners[last - 1] + 1
            if first not in borders or last not in borders or any(e.start < end and start < e.end for e in found):
                continue
            member, group = self._groups[key[first:last]]
            if not member.only_capitals or words[start].isupper():
                found.append(Expansion(start, end, _others(member, group)))
        return sorted(expansion for expansion in found if expansion.alternatives)


def _others(member: _Member, group: Sequence[_Member]) -> tuple[tuple[str, ...], ...]:
    same = _key(member.words)
    others = (other.words for other in group if not other.only_capitals and _key(other.words) != same)
    return tuple(dict.fromkeys(others))


def _member(phrase: str, path: Path, number: int) -> _Member:
    only_capitals = phrase.endswith("!")
    text = phrase.removesuffix("!").strip()
    plain = text.isascii() and text.replace(" ", "").isalnum()  # most are, and need no pattern to be taken apart
    words = tuple(text.lower().split() if plain else (token.term for token in query_tokens(text)))
    if not words:
        raise SettingsError(f"{path}, line {number}: there is no word on one side of a `=`.")
    if only_capitals and (len(words) > 1 or not text.isupper()):
        raise SettingsError(f"{path}, line {number}: `{phrase}`: only one word in capitals can end with `!`.")
    return _Member(words, only_capitals)


def _key(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_key_of_word, words))


@cache
def _key_of_word(word: str) -> str:
    """A word without plural -s in American spelling, by which phrases of queries and groups are compared."""
    word = american(word)
    if word in _SINGULAR:
        return _SINGULAR[word]
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
