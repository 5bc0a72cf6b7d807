"""The words of many texts as numbers.

Rule: a text becomes the same terms in the same order as by `searchidx.analysis.index_tokens`; each is replaced by
the number of its entry, a pair of the term and its stem in the document's language (docs/index-format.md). What
was met before is looked up in a table of the language; only what is new, or is several terms, goes through the
analysis.
"""

from __future__ import annotations

from array import array

from searchidx.analysis import stem, stretches, terms_of

#: Together the tables forget what they know beyond so many stretches of text (some 100 MB).
MOST_KNOWN = 300_000
#: Longer stretches seldom come again.
_LONGEST_KNOWN = 48


class Entries:
    """The entries met so far: `words` and `stems` by their numbers, as UTF-8."""

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.stems: list[bytes] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._languages: dict[str | None, Language] = {}

    def language(self, language: str | None) -> Language:
        """The table of the texts in a language (ISO 639-1, None where it is not known)."""
        found = self._languages.get(language)
        if found is None:
            found = self._languages[language] = Language(self, language)
        return found

    def number(self, term: str, root: str) -> int:
        """The number of an entry."""
        found = self._numbers.get((term, root))
        if found is None:
            found = self._numbers[term, root] = len(self.words)
            self.words.append(term.encode())
            self.stems.append(root.encode())
        return found

    @property
    def full(self) -> bool:
        """Whether it is time to begin anew."""
        return sum(map(len, self._languages.values())) + len(self.words) > MOST_KNOWN


class Language(dict[str, int | tuple[int, ...]]):
    """Stretches of text in one language (`analysis.stretches`) -> the number of their entry, or their numbers."""

    def __init__(self, entries: Entries, language: str | None) -> None:
        super().__init__()
        self._entries = entries
        self._language = language
        self._terms: dict[str, int] = {}

    def tokens(self, text: str) -> array[int]:
        """The numbers of the terms of a text, in order."""
        found = list(map(self.__getitem__, stretches(text)))
        try:
            return array("I", found)  # type: ignore[arg-type]
        except TypeError:  # some are several
            flat: list[int] = []
            for numbers in found:
                if isinstance(numbers, int):
                    flat.append(numbers)
                else:
                    flat += numbers
            return array("I", flat)

    def __missing__(self, stretch: str) -> int | tuple[int, ...]:
        numbers = tuple(map(self._number, terms_of(stretch)))
        if len(numbers) != 1:
            return numbers
        if len(stretch) <= _LONGEST_KNOWN:
            self[stretch] = numbers[0]
        return numbers[0]

    def _number(self, term: str) -> int:
        found = self._terms.get(term)
        if found is None:
            found = self._terms[term] = self._entries.number(term, stem(term, self._language))
        return found
