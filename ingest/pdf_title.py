"""Which text is the title of a PDF.

Rules: a title written in the file's metadata counts unless it is a file name, a program's default or garbage
(`written_title`). Otherwise the largest text of page 1 is taken, its lines joined where they follow one another
(`largest_text`): it must be larger than the page's ordinary text, hold at least two words or eight letters, and
not be a letterhead; if the largest text is none of that, the next smaller size is tried.
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
_LINES_JOINED = 6

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
#: Names that stand large on the first page of many reports and say nothing about one of them.
_LETTERHEADS = frozenset(
    name.casefold()
    for name in (
        "United Nations", "General Assembly", "Security Council", "Economic and Social Council",
        "Human Rights Council", "Executive Board", "United Nations General Assembly", "Distr.: General",
        "United Nations Security Council", "United Nations Economic and Social Council",
        "Nations Unies", "Assemblée générale", "Conseil de sécurité", "Conseil économique et social",
        "Naciones Unidas", "Asamblea General", "Consejo de Seguridad", "Consejo Económico y Social",
        "Организация Объединенных Наций", "Генеральная Ассамблея", "Совет Безопасности",
        "Экономический и Социальный Совет", "الأمم المتحدة", "الجمعية العامة", "مجلس الأمن",
        "联合国", "大会", "安全理事会", "经济及社会理事会",
        "Table of contents", "Contents", "Executive summary", "Report", "Annual report", "Press release",
        "Draft", "Confidential", "Introduction", "Foreword", "Abstract", "Summary",
    )
)  # fmt: skip
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
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    if not sizes:
        return None
    body = sizes.most_common(1)[0][0]
    large = sorted((size for size in sizes if size > body * _LARGER_THAN_BODY), reverse=True)
    tried = 0
    taken: float | None = None
    for size in large:
        if taken is not None and size > taken * 0.95:
            continue  # belongs to the size tried just before
        taken = size
        tried += 1
        if tried > _SIZES_TRIED:
            break
        for block in _blocks(lines, size):
            title = " ".join(clean_characters(block).split())
            if len(title) <= MAX_TITLE and _reads_like_title(title) and _long_enough(title):
                return title
    return None


def _blocks(lines: Sequence[SizedLine], size: float) -> list[str]:
    """The texts of up to six following lines each whose size is within five per cent of `size`."""
    blocks: list[list[str]] = []
    previous = -2
    for number, line in enumerate(lines):
        if size * 0.95 <= line.size <= size * 1.001:
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
        and title.casefold().strip(" *:.") not in _LETTERHEADS
        and text_quality(title) >= 0.8
    )


def _long_enough(title: str) -> bool:
    if _UNSPACED_SCRIPT.search(title):
        return len(title) >= 4
    letters = sum(character.isalpha() for character in title)
    return letters >= 8 or len(_WORD.findall(title)) >= 2
