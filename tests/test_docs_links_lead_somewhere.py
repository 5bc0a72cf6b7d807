"""Links between pages, and the files that the documentation names, exist."""

import re
from pathlib import Path

import docs_runner as docs
import pytest

PAGES = [page for page in docs.pages() if page.exists()]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_within_the_project_lead_to_files(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not lost


def test_the_architecture_names_modules_that_exist() -> None:
    text = (docs.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    room = docs.ROOT
    lost = []
    for line in text.splitlines():
        if heading := re.match(r"`(\w+)/`:", line):  # the table below lists the modules of this room
            room = docs.ROOT / heading.group(1)
        for name in re.findall(r"`([\w/*]+\.py)`", line):
            if not any([*room.glob(name), *docs.ROOT.glob(name), *docs.ROOT.glob(f"searchidx/{name}")]):
                lost.append(name)
    assert not lost


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (docs.ROOT / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", readme))
    assert {page.name for page in (docs.ROOT / "docs").glob("*.md")} <= linked
