"""Which text is the title of a PDF.

Rules: a title written in the file's metadata counts unless it is a file name, a program's default or garbage
(`written_title`). Otherwise the largest text of page 1 is taken, its lines joined where they follow one another
(`largest_text`): it must be larger than the page's ordinary text (on a cover, its smallest), hold at least eight
letters (or be one word nearly twice as large, but not an acronym), and not be a letterhead; if
the largest text is none of that, the next smaller size is tried.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.pagetext import clean_characters
from ingest.pdf_reader import SizedLine
from ingest.textquality import text_quality

MAX_TITLE = 300
_LARGER_THAN_BODY = 1.12
_SIZES_TRIED = 4
_LINES_JOINED = 8
_SAME_SIZE = 0.95
_RUNNING_LINE = 45  # characters
_RUNNING_TEXT = 300
_ONE_WORD_LARGER = 1.8

_FILE_NAME = re.compile(
    r"\.(?:docx?|odt|rtf|pdf|indd?|indb|qxd|qxp|pptx?|xlsx?|xls|wpd|wpf|tex|dvi|ps|eps|ai|html?|txt|pub|p65|pmd|fm|cdr|"
    r"tiff?|jpe?g|png)$",
    re.IGNORECASE,
)
_PROGRAM_DEFAULT = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel|publisher)|powerpoint[- ]pr[eé]s|pr[eé]sentation ?powerpoint|untitled|"
    r"sans titre|sin t[ií]tulo|unbenannt|ohne titel|без названия|no title|title|titre|titel|document ?\d*|"
    r"slide ?\d+|diapositive ?\d+|page ?\d+|layout \d+|blank|print|scan(?:ned)?\b.{0,20}|new document|"
    r"template|cover|doc\d*|\(?anonymous\)?|unspecified|none|null|n/?a|test)\b[\W\d]*$|microsoft \w+ - ",
    re.IGNORECASE,
)
#: What stands large on the first page of many reports and says nothing about one of them. A line that begins
#: with the name of a body and goes on for a few characters ("General Assembly  A/71/353") counts as well.
_BODIES = (
    "united nations", "general assembly", "security council", "economic and social council",
    "human rights council", "international human rights instruments", "nations unies", "assemblée générale",
    "conseil de sécurité", "conseil économique et social", "conseil economique et soci",
    "conseil des droits de l’homme", "naciones unidas", "asamblea general", "consejo de seguridad",
    "consejo económico y social", "consejo de derechos humanos", "организация объединенных наций",
    "объединенных наций", "генеральная ассамблея", "совет безопасности", "экономический и социальный совет",
    "совет по правам человека", "الأمم المتحدة", "الجمعية العامة", "مجلس الأمن",
    "المجلس الاقتصادي والاجتماعي", "联合国", "大会", "安全理事会", "经济及社会理事会",
)  # fmt: skip
_AFTER_BODY = 26
_GENERIC = frozenset(
    (
        "table of contents", "contents", "executive summary", "report", "annual report", "press release",
        "fact sheet", "draft", "confidential", "introduction", "foreword", "abstract", "summary", "nations",
        "table des matières", "sommaire", "résumé", "rapport", "índice", "resumen", "informe", "содержание",
        "доклад",
    )
)  # fmt: skip
_LETTERHEAD = re.compile(r"executive board of the|distr\b|original ?:", re.IGNORECASE)
_SECTION = re.compile(r"(?:[IVX]{1,5}|\d{1,2})\.\s")
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")


def written_title(value: str, stem: str, first_page: str) -> str | None:
    """The title that the metadata gives, tidied, or None where it is not one.

    stem: the file's name without its ending. first_page: cleaned text of page 1, where a title of one word must
    occur to be believed (it is otherwise a user name or a code).
    """
    title = " ".join(clean_characters(value).split())
    if not title or len(title) > MAX_TITLE or not _reads_like_title(title):
        return None
    if _FILE_NAME.search(title) or _PROGRAM_DEFAULT.match(title):
        return None
    if " " not in title and not _UNSPACED_SCRIPT.search(title):
        looks_like_file = bool(re.search(r"[_\d]|[a-z][A-Z]|-.*-", title))
        if looks_like_file or title.casefold() not in f"{first_page} {stem}".casefold():
            return None
    return title


def largest_text(lines: Sequence[SizedLine]) -> str | None:
    """The largest text of page 1 that can be a title, or None."""
    lines = [line for line in lines if any(map(str.isalpha, line.text)) and not _is_letterhead(line.text)]
    if not lines:
        return None
    body = _body_size(lines)
    tried: list[float] = []
    for size in sorted({line.size for line in lines if line.size > body * _LARGER_THAN_BODY}, reverse=True):
        if tried and size >= tried[-1] * _SAME_SIZE:
            continue  # belongs to the size tried just before
        tried.append(size)
        if len(tried) > _SIZES_TRIED:
            break
        for block in _blocks(lines, size):
            title = " ".join(clean_characters(block).split()).rstrip("* ")
            if len(title) <= MAX_TITLE and _reads_like_title(title) and _long_enough(title, size / body):
                return title
    return None


def _body_size(lines: Sequence[SizedLine]) -> float:
    """The size of most of the running text; of the smallest line where there is hardly any (a cover)."""
    running: Counter[float] = Counter()
    for line in lines:
        if len(line.text) >= _RUNNING_LINE:
            running[line.size] += len(line.text)
    if sum(running.values()) < _RUNNING_TEXT:
        return min(line.size for line in lines)
    return running.most_common(1)[0][0]


def _is_letterhead(text: str) -> bool:
    line = " ".join(text.casefold().replace("'", "’").split())
    after = (len(line) - len(name) for name in _BODIES if line.startswith(name))
    return bool(_LETTERHEAD.match(line)) or any(length <= _AFTER_BODY for length in after)


def _blocks(lines: Sequence[SizedLine], size: float) -> list[str]:
    """The texts of a few following lines each whose size is within five per cent of `size`."""
    blocks: list[list[str]] = []
    previous = -2
    for number, line in enumerate(lines):
        if size * _SAME_SIZE <= line.size <= size:
            if number == previous + 1 and len(blocks[-1]) < _LINES_JOINED:
                blocks[-1].append(line.text)
            else:
                blocks.append([line.text])
            previous = number
    return [" ".join(block) for block in blocks]


def _reads_like_title(title: str) -> bool:
    letters = sum(character.isalpha() for character in title)
    visible = sum(not character.isspace() for character in title)
    return (
        letters >= 3 - bool(_UNSPACED_SCRIPT.search(title))
        and letters >= 0.5 * visible
        and title.casefold().strip(" *:.") not in _GENERIC
        and not _is_letterhead(title)
        and not _SECTION.match(title)
        and text_quality(title) >= 0.8
    )


def _long_enough(title: str, larger: float) -> bool:
    """Whether a text `larger` times as large as the running text is more than a logo or a number."""
    if _UNSPACED_SCRIPT.search(title):
        return len(title) >= 4
    words = _WORD.findall(title)
    if sum(map(str.isalpha, title)) >= 8:
        return True
    return len(words) == 1 and len(words[0]) >= 4 and larger >= _ONE_WORD_LARGER and not title.isupper()
