"""Every package that the project asks for stands in docs/dependencies.md with reason and licence, and no other."""

import re
import tomllib

import docs_runner as docs
import pytest

PROJECT = tomllib.loads((docs.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGE = (docs.ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=!~\[;]", requirement, maxsplit=1)[0] for requirement in requirements}


def _table(heading: str) -> dict[str, list[str]]:
    """{package: the other cells} of the table below a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"
    ]
    return {row[0]: row[1:] for row in rows[2:]}


@pytest.mark.parametrize(
    ("heading", "requirements"),
    [
        ("At run time", PROJECT["dependencies"]),
        ("For development", PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_the_page_lists_what_the_project_asks_for(heading: str, requirements: list[str]) -> None:
    table = _table(heading)
    assert set(table) == _names(requirements)
    for package, cells in table.items():
        assert all(cells), f"{package} lacks its reason or licence"
        assert not re.search(r"\bA?GPL", cells[1]), package


def test_whoosh_is_pinned_to_the_version_that_the_page_names() -> None:
    pinned = next(item for item in PROJECT["dependencies"] if item.startswith("whoosh3"))
    assert pinned.replace("==", " ") in PAGE
