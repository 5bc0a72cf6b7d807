"""docs/dossier.1 says what the commands' help says, and troff reads it without a complaint."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from types import ModuleType

import pytest
from conftest import ROOT

from cli import COMMANDS

PAGE = ROOT / "docs" / "dossier.1"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("man_page", ROOT / "tools" / "man_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_what_the_tool_writes(tool: ModuleType) -> None:
    assert PAGE.read_text(encoding="ascii") == tool.page(), "run: python tools/man_page.py"


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
def test_groff_takes_it_and_shows_every_command() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-c", str(PAGE)], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    shown = re.sub(".\b", "", done.stdout)
    for name in COMMANDS:
        assert re.search(rf"^ +dossier {name}$", shown, re.MULTILINE)
    for text in ("""dossier search '"debt bondage" -kiln' --year 2015..""", "dossier search -- slavery -trade",
                 "dossier saved run", "--all-saved", "dossier region suggest", "DOSSIER_DATA"):  # fmt: skip
        assert text in shown


@pytest.mark.skipif(shutil.which("man") is None, reason="there is no man here")
def test_man_shows_it() -> None:
    done = subprocess.run(
        ["man", "--warnings", "-l", str(PAGE)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={"PATH": "/usr/bin:/bin", "MANPAGER": "cat", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "full-text search" in done.stdout


def test_signs_that_troff_would_take_for_its_own(tool: ModuleType) -> None:
    assert tool._text(".dot \\n -x 'a' ~é") == "\\&.dot \\en \\-x \\(aqa\\(aq \\(ti\\[u00E9]"
