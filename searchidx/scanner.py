"""The letters of the query language: a query text cut into tokens.

Rule: this module knows spaces, quotes, brackets, operators and field names, and nothing of how they combine.
It reads from left to right, each character once, and yields a token before it looks at the next, so the first
error in reading order is the one reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from searchidx.syntax_error import QuerySyntaxError, shown

TEXT_FIELDS = ("title", "summary", "text")
FILTER_FIELDS = ("tag", "region", "region~", "lang", "type", "publisher", "path", "id")
RANGE_FIELDS = ("year",)
FIELDS = TEXT_FIELDS + FILTER_FIELDS + RANGE_FIELDS
ALIASES = {"language": "lang", "tags": "tag", "regions": "region", "regions~": "region~", "filetype": "type"}

# What people call a field elsewhere; only for the suggestion in an error.
_OTHER_NAMES = {
    "abstract": "summary",
    "body": "text",
    "content": "text",
    "country": "region",
    "date": "year",
    "file": "path",
    "filename": "path",
    "folder": "path",
    "format": "type",
    "keyword": "tag",
    "name": "title",
    "organisation": "publisher",
    "organization": "publisher",
    "source": "publisher",
    "subject": "tag",
    "topic": "tag",
}
# Schemes whose addresses are written without `//`.
_SCHEMES = frozenset({"http", "https", "ftp", "mailto", "doi", "urn"})

OPERATORS = frozenset({"AND", "OR", "NOT"})
OPEN_BRACKETS = "(（"
CLOSE_BRACKETS = ")）"
# Each quote that may open, with those that close it: English, German, Polish, Swedish, French, Danish, CJK.
QUOTES = {
    '"': '"',
    "“": '”"',
    "„": '“”"',
    "‟": '”"',
    "”": "”",
    "«": "»",
    "»": "«»",
    "「": "」",
    "『": "』",
    "《": "》",
    "＂": "＂",
}
_CLOSING_ONLY = "」』》"
_QUOTE_CHARS = frozenset(QUOTES).union(_CLOSING_ONLY)
# Marks that come along with pasted text and belong to no word: zero-width space, byte order mark, directions.
_INVISIBLE = "\u200b\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CJK_STOPS = "、，。"  # written without a space after them
_SEPARATORS = frozenset(_INVISIBLE + _CJK_STOPS)
_WORD_END = _SEPARATORS | _QUOTE_CHARS | frozenset(OPEN_BRACKETS + CLOSE_BRACKETS)
_SENTENCE_MARKS = ",;.:!?"
MAX_SLOP = 1000


class Token(NamedTuple):
    """One piece of the query, `query[start:end]`.

    kind: "word", "quoted", "field", "(", ")", "AND", "OR", "NOT", "-", "+", "=", or "end".
    text: the word as typed, the quoted text without quotes and escapes, or the field's own name.
    slop: the number after `"..."~`, else None.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    slop: int | None = None


def scan(query: str) -> Iterator[Token]:
    """Yield the tokens of the query; the last has the kind "end".

    Raises QuerySyntaxError for an open quote, empty quotes, an unknown field, a field without a value, a bad
    number after `~`, or an operator glued to a closing quote or bracket.
    """
    place = 0
    length = len(query)
    value_of: Token | None = None  # the field whose value must come next, without a space
    while True:
        if value_of is None:
            place = _skip_space(query, place)
            space = query.find(" ", place)
            end = length if space < 0 else space
            word = query[place:end]
            if word.isalnum() and word not in OPERATORS:  # most are, and it cannot name a field
                yield Token("word", place, end, word)
                place = end
                continue
        else:
            _require_value(query, place, value_of)
        if place == length:
            yield Token("end", place, place)
            return
        token = _token(query, place, value_of)
        yield token
        place = token.end
        if token.kind in (")", "quoted"):
            place = _after_closing(query, place)
        # `=` between a field and its value leaves the value still to come.
        value_of = token if token.kind == "field" else value_of if token.kind == "=" else None


def _token(query: str, place: int, value_of: Token | None) -> Token:
    char = query[place]
    if char in OPEN_BRACKETS:
        return Token("(", place, place + 1)
    if char in CLOSE_BRACKETS:
        return Token(")", place, place + 1)
    if char in _QUOTE_CHARS:
        return _quoted(query, place)
    end = word_end(query, place)
    if char in "-+=" and _is_prefix(query, place, end):
        return Token(char, place, place + 1)
    raw = query[place:end]
    is_value = value_of is not None or query[place - 1 : place] == "="
    if raw in OPERATORS and not is_value:
        return Token(raw, place, end)
    if raw.isalnum():
        return Token("word", place, end, raw)
    field = _field(query, place, end, is_value=is_value)
    return field or Token("word", place, end, raw)


def is_space(char: str) -> bool:
    """Whether the character only separates: any Unicode space, CJK comma and full stop, invisible marks."""
    return char.isspace() or char in _SEPARATORS


def word_end(query: str, place: int) -> int:
    """The index after the last character of the word that begins at `place`."""
    space = query.find(" ", place)
    # In ASCII, where no quote stands between Hebrew letters, only these three end a word before a space does.
    piece = query[place : len(query) if space < 0 else space]
    piece = piece.partition('"')[0].partition("(")[0].partition(")")[0]
    if piece and piece.isascii() and piece.isprintable():
        return place + len(piece)
    end = place
    while end < len(query):
        char = query[end]
        if char.isspace() or (char in _WORD_END and not _is_gershayim(query, end)):
            break
        end += 1
    return end


def _skip_space(query: str, place: int) -> int:
    length = len(query)
    while place < length and ((char := query[place]).isspace() or char in _SEPARATORS):
        place += 1
    return place


def _is_gershayim(query: str, place: int) -> bool:
    """A double quote between two Hebrew letters is part of the word (UAX #29, rules WB7b and WB7c)."""
    return (
        query[place] == '"'
        and 0 < place < len(query) - 1
        and "\u05d0" <= query[place - 1] <= "\u05ea"
        and "\u05d0" <= query[place + 1] <= "\u05ea"
    )


def _is_prefix(query: str, place: int, end: int) -> bool:
    """Whether `-`, `+` or `=` stands before a term; before a space or punctuation (` - `, `->`) it is text."""
    following = query[place + 1 : place + 2]
    if following and (following.isalnum() or following in OPEN_BRACKETS or following in QUOTES):
        return True
    return any(char.isalnum() or char == "*" for char in query[place + 1 : end])


def _quoted(query: str, place: int) -> Token:
    opening = query[place]
    if opening in _CLOSING_ONLY:
        raise QuerySyntaxError(
            query, place + 1, f"{opening} closes a quote that was not opened", "a quote before it"
        )
    closing = QUOTES[opening]
    letters: list[str] = []
    end = place + 1
    if closing == opening and (plain := query.find(closing, end)) > 0 and "\\" not in query[end:plain]:
        letters.append(query[end:plain])
        end = plain
    while end < len(query):
        char = query[end]
        if char == "\\" and end + 1 < len(query) and (query[end + 1] == "\\" or query[end + 1] in _QUOTE_CHARS):
            letters.append(query[end + 1])
            end += 2
            continue
        if char in closing and not _is_gershayim(query, end):
            break
        letters.append(char)
        end += 1
    text = "".join(letters).strip()
    if end == len(query):
        suggestion = query[place:].rstrip() + closing[0] if text else None
        raise QuerySyntaxError(
            query, place + 1, "this quote is not closed", f"a closing {closing[0]} after the phrase", suggestion
        )
    if not text:
        raise QuerySyntaxError(query, place + 1, "nothing between the quotes", "a word or a phrase")
    end, slop = _slop(query, end + 1)
    return Token("quoted", place, end, text, slop)


def _slop(query: str, place: int) -> tuple[int, int | None]:
    """The end of, and the number in, a `~n` at `place`; (place, None) if there is none."""
    if query[place : place + 1] != "~":
        return place, None
    end = place + 1
    while end < len(query) and query[end] in "0123456789":
        end += 1
    digits = query[place + 1 : end]
    after = _skip_marks(query, end)
    rest = query[after : after + 1]
    if not digits or not (rest == "" or is_space(rest) or rest in CLOSE_BRACKETS):
        problem = "the ~ after a quote takes a whole number"
        raise QuerySyntaxError(query, place + 1, problem, "how many other words may stand between, as in ~5")
    if len(digits) > len(str(MAX_SLOP)) or int(digits) > MAX_SLOP:
        problem = f"~{shown(digits)} is more than the largest distance"
        raise QuerySyntaxError(
            query, place + 1, problem, f"a number up to {MAX_SLOP}; without ~, AND asks for both"
        )
    return end, int(digits)


def _after_closing(query: str, place: int) -> int:
    """The place after the punctuation behind a closing quote or bracket, which must not be an operator."""
    place = _skip_marks(query, place)
    if query[place : place + 1] in tuple("*^~=-+"):
        problem = f"{query[place]} right behind a closing quote or bracket has no meaning"
        raise QuerySyntaxError(query, place + 1, problem, "a space")
    return place


def _skip_marks(query: str, place: int) -> int:
    while place < len(query) and query[place] in _SENTENCE_MARKS:
        place += 1
    return place


def _field(query: str, place: int, end: int, *, is_value: bool) -> Token | None:
    """The field token at `place`, None if what stands there is a word; raises for an unknown field.

    A value that looks like another known field is refused too, so `title:tag:x` is no silent surprise.
    """
    raw = query[place:end]
    colon = raw.replace("：", ":").find(":")
    name = raw[:colon] if colon > 0 else ""
    base = name.removesuffix("~")
    if not (base.isascii() and base.isalpha()):
        return None
    known = ALIASES.get(name.lower(), name.lower())
    if known in FIELDS:
        if is_value:
            problem = f"'{name}:' inside another value"
            raise QuerySyntaxError(
                query, place + 1, problem, "one field before a value, or quotes around the text"
            )
        return Token("field", place, place + colon + 1, known)
    rest = raw[colon + 1 :]
    is_address = rest.startswith(("//", "\\")) or base.lower() in _SCHEMES
    if is_value or is_address or raw[colon] == "：":
        return None
    following = query[end : end + 1]
    if not rest and not (following and (following in QUOTES or following in OPEN_BRACKETS)):
        return None  # "Slavery: a review": a colon that ends a word is punctuation
    note = "Text with a colon goes in quotes" + (f': "{shown(raw)}".' if rest else ".")
    expected = f"one of {', '.join(FIELDS)}."
    problem = f"unknown field '{shown(name)}'"
    raise QuerySyntaxError(query, place + 1, problem, expected, _similar_field(name), note=note)


def _similar_field(name: str) -> str | None:
    from difflib import get_close_matches

    name = name.lower()
    if len(name) > 20:
        return None
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    close = get_close_matches(name, (*FIELDS, *ALIASES), n=1, cutoff=0.7)
    return close[0] if close else None


def _require_value(query: str, place: int, field: Token) -> None:
    """Refuse what cannot begin a field's value: a space, the end, an operator."""
    name = query[field.start : field.end - 1]
    char = query[place : place + 1]
    if char == "" or is_space(char) or char in CLOSE_BRACKETS:
        word_start = _skip_space(query, place)
        word = query[word_start : word_end(query, word_start)]
        suggestion = f"{name}:{word}" if word and word not in OPERATORS else None
        problem = f"no value right after '{name}:'"
        raise QuerySyntaxError(query, field.start + 1, problem, "a word, a quoted phrase or a bracket", suggestion)
    word = query[place : word_end(query, place)]
    if word in OPERATORS:
        problem = f"the operator {word} right after '{name}:'"
        raise QuerySyntaxError(query, place + 1, problem, "a value", f'{name}:"{word}"')
    if char in "-+" and _is_prefix(query, place, place + len(word)):
        problem = f"{char} right after '{name}:'"
        suggestion = f"{char}{name}:{word[1:]}" if len(word) > 1 else None
        raise QuerySyntaxError(query, place + 1, problem, f"{char} before the field", suggestion)
