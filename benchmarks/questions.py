"""The questions that the benchmarks of speed ask: drawn from a collection by a rule and a seed.

Rule. Words are of three to fifteen letters a-z, no stop words, and known by how many of the first passages they
occur in: common ones (in 5 to 30 in 100), middling (0.5 to 5) and rare ones (0.05 to 0.5). A word is common,
middling or rare with chances 1:2:1. Words of an OR, and single ones, are drawn apart; those of an AND from one
passage, so that all have an answer, as have phrases (two or three words that follow one another, no stop word
among them), beginnings (a middling word less its last letters, four at least), filters (AND of two words of a
passage, and its tag or country) and mixed questions (a word of a passage, one of two others, without a fourth,
every second one with a tag). Questions for nothing are two words, in one of which two letters have changed places
so that no passage has it: Dossier then looks for what may have been meant, the others do not. All are drawn from
the first passages: collections of any size are asked the same.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

from engines import Question

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from searchidx.stopwords import stop_words

#: How many passages the questions are drawn from.
FIRST = 10_000
KINDS = ("word", "or", "and", "phrase", "prefix", "filter", "mixed", "nothing")
_BANDS = ((0.05, 0.3), (0.005, 0.05), (0.0005, 0.005))
_CHANCES = (1, 2, 1)
_TOKEN = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[a-z]{3,15}")


class Questions:
    """Draws questions from the first passages of a collection."""

    def __init__(self, collection: Path, seed: int = 7) -> None:
        with collection.open(encoding="utf-8") as lines:
            self.records = [json.loads(line) for line in islice(lines, FIRST)]
        self.draw = random.Random(seed)
        self.words = [_TOKEN.findall(record["text"].lower()) for record in self.records]
        frequency: Counter[str] = Counter()
        for words in self.words:
            frequency.update(set(words))
        stop = stop_words("en")
        self.vocabulary = frozenset(frequency)
        known = sorted((word, df) for word, df in frequency.items() if _PLAIN.fullmatch(word) and word not in stop)
        count = len(self.records)
        self.bands = [[word for word, df in known if low <= df / count < high] for low, high in _BANDS]
        self.bands = [band or [word for word, _ in known] for band in self.bands]
        self.band_of = {word: number for number, band in enumerate(self.bands) for word in band}

    def many(self, kind: str, count: int) -> list[Question]:
        """So many questions of a kind."""
        return [{"kind": kind} | getattr(self, f"_{kind}")(number) for number in range(count)]

    def _a_word(self) -> str:
        return self.draw.choice(self.draw.choices(self.bands, _CHANCES)[0])

    def _of_passage(self, at: int, count: int) -> list[str]:
        """Words of one passage, by the same chances for bands."""
        words = sorted({word for word in self.words[at] if word in self.band_of})
        if len(words) < count:
            return self._of_passage(self.draw.randrange(len(self.words)), count)
        inside = Counter(self.band_of[word] for word in words)
        chosen: list[str] = []
        while len(chosen) < count:
            weights = [_CHANCES[self.band_of[word]] / inside[self.band_of[word]] for word in words]
            chosen.append(words.pop(words.index(self.draw.choices(words, weights)[0])))
        return chosen

    def _passage(self) -> int:
        return self.draw.randrange(len(self.words))

    def _word(self, number: int) -> Question:
        return {"any": [self._a_word()]}

    def _or(self, number: int) -> Question:
        words: set[str] = set()
        while len(words) < 2 + number % 3:
            words.add(self._a_word())
        return {"any": sorted(words)}

    def _and(self, number: int) -> Question:
        return {"all": self._of_passage(self._passage(), 2 + number % 3)}

    def _phrase(self, number: int) -> Question:
        while True:
            words = self.words[self._passage()]
            start = self.draw.randrange(max(1, len(words) - 3))
            phrase = words[start : start + 2 + number % 2]
            if all(word in self.band_of for word in phrase):
                return {"phrase": phrase}

    def _prefix(self, number: int) -> Question:
        word = self.draw.choice(self.bands[1])
        return {"prefix": word[: max(4, len(word) - 2 - number % 3)]}

    def _filter(self, number: int) -> Question:
        at = self._passage()
        field, values = ("tag", "tags") if number % 2 else ("region", "regions")
        return {"all": self._of_passage(at, 2), field: self.draw.choice(self.records[at][values])}

    def _mixed(self, number: int) -> Question:
        at = self._passage()
        first, second = self._of_passage(at, 2)
        others = {self._a_word(), self._a_word()} - {first, second}
        question: Question = {"all": [first], "any": [second, *sorted(others)[:1]], "none": sorted(others)[1:]}
        if number % 2:
            question["tag"] = self.draw.choice(self.records[at]["tags"])
        return question

    def _nothing(self, number: int) -> Question:
        while True:
            word, other = self._of_passage(self._passage(), 2)
            at = self.draw.randrange(len(word) - 1)
            wrong = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if wrong not in self.vocabulary:
                return {"all": [wrong, other]}
