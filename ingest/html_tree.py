"""The tree of a web page, as small as the extraction needs it.

Rule: lxml's HTML parser reads the page and says what it meets; the tree is made from that, so that no depth and
no oddity loses text on the way. A tag knows its place in the order of the document, which is how others are found
from it. Strings are plain `str`; those that a reader does not take for the text around them (`script`, `style`,
`template`, and the pronunciation beside ruby text) are `Aside`. Comments are left out. A string of nothing but
ASCII space outside `<pre>` and `<textarea>` is one space, or one line end where it had one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

_ASIDE = frozenset(("script", "style", "template", "rt", "rp"))
_PREFORMATTED = frozenset(("pre", "textarea"))
_SIGNS = frozenset(("a", "td", "th", "dt"))
_ASCII_SPACE = " \n\t\f\r"


class Aside(str):
    """A string that is no part of the text around it."""

    __slots__ = ()


class Tag:
    """An element. contents: its strings and elements in order. chars: how many characters its strings have, those
    of the elements in it too, asides left out. signs: how many links, cells and terms are here (it and those in
    it), and strings with a colon or a bar: without any, nothing here leads anywhere or is labelled. chrome: for
    `ingest.html_chrome`, which looks once."""

    __slots__ = ("_all", "_place", "_stop", "attrs", "chars", "chrome", "contents", "name", "parent", "signs")

    def __init__(self, name: str, attrs: dict[str, str], parent: Tag | None, everything: list[Tag]) -> None:
        self.name, self.attrs, self.parent = name, attrs, parent
        self.contents: list[Tag | str] = []
        self.chars = self.signs = 0
        self.chrome: bool | None = None
        self._all, self._place = everything, len(everything)
        self._stop = self._place + 1
        everything.append(self)

    def get(self, name: str) -> str:
        """An attribute as written; empty where there is none."""
        return self.attrs.get(name, "")

    def find_all(self, *names: str) -> Iterator[Tag]:
        """The elements of these names below this one, in order."""
        for place in range(self._place + 1, self._stop):
            tag = self._all[place]
            if tag.name in names:
                yield tag

    def find(self, *names: str) -> Tag | None:
        """The first of `find_all`."""
        return next(self.find_all(*names), None)

    def find_parent(self, *names: str) -> Tag | None:
        """The nearest element of these names around this one."""
        tag = self.parent
        while tag is not None and tag.name not in names:
            tag = tag.parent
        return tag

    def find_previous(self, name: str) -> Tag | None:
        """The nearest element of this name that began before this one."""
        for place in range(self._place - 1, -1, -1):
            if self._all[place].name == name:
                return self._all[place]
        return None

    def text(self, separator: str = "") -> str:
        """The strings below this element; of an aside its own, of any other none that are asides."""
        kind = Aside if self.name in _ASIDE else str
        found: list[str] = []
        stack = [iter(self.contents)]
        while stack:
            for child in stack[-1]:
                if isinstance(child, Tag):
                    stack.append(iter(child.contents))
                    break
                if type(child) is kind:
                    found.append(child)
            else:
                stack.pop()
        return separator.join(found)


def has_sign(text: str) -> bool:
    """Whether a string counts among the signs of the elements around it."""
    return ":" in text or "|" in text or "：" in text


def parse(text: str) -> Tag:
    """The tree of a page; its root is no element of the page."""
    for written in (text, text.encode("utf-8", "replace")):
        builder = _Builder()
        encoding = None if isinstance(written, str) else "utf-8"
        parser: Any = etree.HTMLParser(target=builder, recover=True, huge_tree=True, encoding=encoding)
        try:
            parser.feed(written.removeprefix("\ufeff") if isinstance(written, str) else written)
            parser.close()
        except (UnicodeDecodeError, LookupError, etree.ParserError):
            continue  # what lxml refuses as text it may read as bytes
        break
    if not builder.root.chars and text.strip("\ufeff" + _ASCII_SPACE):
        again = _read_again(text.removeprefix("\ufeff"))
        if again.chars:
            return again
    return builder.root


def _read_again(text: str) -> Tag:
    """The page as Beautiful Soup reads it with Python's own parser: a comment or a quoted attribute that is never
    closed, behind which lxml finds nothing more, hides no text from these two."""
    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, PreformattedString
    from bs4.element import Tag as Element

    builder = _Builder()
    stack = [iter(BeautifulSoup(text, "html.parser").contents)]
    names: list[str] = []
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            if names:
                builder.end(names.pop())
        elif isinstance(child, Element):
            names.append(child.name)
            builder.start(child.name, {name: child.get_attribute_list(name)[0] or "" for name in child.attrs})
            stack.append(iter(child.contents))
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            builder.data(str(child))
    builder.close()
    return builder.root


class _Builder:
    """What lxml's parser talks to."""

    def __init__(self) -> None:
        self._all: list[Tag] = []
        self.root = self._tag = Tag("", {}, None, self._all)
        self._data: list[str] = []
        self._chars = self._signs = self._asides = self._preformatted = 0

    def start(self, name: str, attributes: Any) -> None:
        self._flush()
        name = name.rpartition("}")[2]
        tag = Tag(name, dict(attributes), self._tag, self._all)
        tag.chars, tag.signs = -self._chars, -self._signs
        self._signs += name in _SIGNS
        self._tag.contents.append(tag)
        self._tag = tag
        self._asides += name in _ASIDE
        self._preformatted += name in _PREFORMATTED

    def end(self, name: str) -> None:
        self._flush()
        name = name.rpartition("}")[2]
        if self._tag.name == name:
            self._leave()
        elif self._tag.find_parent(name) is not None:
            while self._leave() != name:
                pass

    def data(self, text: str) -> None:
        self._data.append(text)

    def comment(self, text: str) -> None:
        self._flush()

    def pi(self, target: str, text: str | None = None) -> None:
        self._flush()

    def doctype(self, name: str, public: str, system: str) -> None:
        self._flush()

    def close(self) -> None:
        self._flush()
        while self._tag is not self.root:
            self._leave()
        self.root.chars, self.root.signs, self.root._stop = self._chars, self._signs, len(self._all)

    def _leave(self) -> str:
        tag = self._tag
        tag.chars += self._chars
        tag.signs += self._signs
        tag._stop = len(self._all)
        self._asides -= tag.name in _ASIDE
        self._preformatted -= tag.name in _PREFORMATTED
        assert tag.parent is not None
        self._tag = tag.parent
        return tag.name

    def _flush(self) -> None:
        if not self._data:
            return
        text = "".join(self._data) if len(self._data) > 1 else self._data[0]
        self._data.clear()
        if not self._preformatted and not text.strip(_ASCII_SPACE):
            text = "\n" if "\n" in text else " "
        if self._asides:
            text = Aside(text)
        else:
            self._chars += len(text)
            self._signs += has_sign(text)
        self._tag.contents.append(text)
