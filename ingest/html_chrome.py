"""What on a web page is not content: scripts, controls, navigation, page header and footer, banners, hidden parts.

Rule: an element is chrome by its name, its ARIA role, `hidden`, `aria-hidden`, an inline style that hides it, or
a class or id that is wholly the name of page furniture ("nav", "site-footer", "cookie-banner"); a class that
only contains such a word ("menu-of-rights") is content.
"""

from __future__ import annotations

import re

from ingest.html_tree import Tag

#: Elements that hold no text a reader sees.
UNSEEN_NAMES = (
    "script style template noscript head svg math canvas object embed iframe audio video map select "
    "datalist button textarea input noframes"
)
UNSEEN = frozenset(UNSEEN_NAMES.split())
_CHROME = frozenset(("nav", "header", "footer", "aside", "search"))
_CHROME_ROLES = frozenset(
    ("navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "alertdialog")
)
_CHROME_NAMES = re.compile(
    r"(?:^|\s)(?:(?:cookies?|consent|gdpr|onetrust|skip|breadcrumbs?|sharing|share|social|newsletter)(?:[-_]+"
    r"(?:bar|banner|notice|consent|message|popup|modal|overlay|law|policy|info|link|links|to-content|nav|media"
    r"|icons|buttons?|container|wrapper|sdk|signup|list))*"
    r"|(?:(?:site|page|main|global|primary|secondary|top|bottom|left|right)[-_]*)?"
    r"(?:nav|navbar|navigation|menu|footer|sidebar|masthead)|site-?header|page-?header|modal|popup|pagination|pager"
    r"|sr-only|screen-reader-text|visually-?hidden)(?=$|\s)",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def is_chrome(tag: Tag) -> bool:
    """Whether the element is page furniture: navigation, page header or footer, banner, or hidden."""
    if tag.chrome is None:
        tag.chrome = _is_chrome(tag)
    return tag.chrome


def _is_chrome(tag: Tag) -> bool:
    if tag.name in _CHROME:
        # A header or footer within an article belongs to it: it holds the title or the notes.
        return tag.name not in ("header", "footer") or tag.find_parent("article", "main", "section") is None
    attributes = tag.attrs
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if attributes.get("role", "").lower() in _CHROME_ROLES:
        return True
    if _HIDDEN_STYLE.search(attributes.get("style", "")):
        return True
    names = class_names(tag)
    return tag.name not in ("body", "main", "article", "html") and bool(
        _CHROME_NAMES.search(f"{names} {attributes.get('id', '')}")
    )


def class_names(tag: Tag) -> str:
    """The class attribute, its names parted by one space."""
    return " ".join(tag.get("class").split())
