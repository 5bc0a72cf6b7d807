"""Every command in the documentation does what the page shows."""

import shutil
from pathlib import Path

import docs_runner as docs
import pytest

PAGES = [page for page in docs.pages() if page.exists()]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return docs.make_library(tmp_path_factory.getbasetemp() / "sample")


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_blocks_of_a_page_run_as_shown(page: Path, library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(library, folder)  # each page starts anew, so that none depends on another
    for block in docs.blocks(page):
        if block.not_run is None and (block.file or block.kind in docs.RUNNABLE):
            docs.check(block, folder)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    silent = [block.place for block in docs.blocks(page) if block.not_run == ""]
    assert not silent


@pytest.mark.parametrize(
    ("shown", "printed", "alike"),
    [
        (["one", "two"], ["one", "two", ""], True),
        (["one"], ["one", "two"], False),
        (["one", "..."], ["one", "two", "three"], True),
        (["one", "...", "three"], ["one", "three"], True),
        (["1. A ...  [9f2c41d07aa1b2c3]"], ["1. A title  [0000000000000000]"], True),
        (["took 3.1 ms"], ["took 12 ms"], True),
        (["a.c"], ["abc"], False),
    ],
)
def test_shown_output_is_compared_loosely_and_no_looser(shown: list[str], printed: list[str], alike: bool) -> None:
    assert docs.matches(shown, printed) is alike
