"""Colours, links, width and pager come for a terminal only, and go when they are not wanted."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from output.terminal import Look, look_for, paged

ROOT = Path(__file__).resolve().parent.parent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "color", "environ", "colored"),
    [
        (Terminal(), "auto", {}, True),
        (io.StringIO(), "auto", {}, False),
        (Terminal(), "never", {}, False),
        (io.StringIO(), "always", {}, True),
        (Terminal(), "auto", {"NO_COLOR": "1"}, False),
        (Terminal(), "auto", {"NO_COLOR": ""}, True),
        (Terminal(), "always", {"NO_COLOR": "1"}, True),
        (Terminal(), "auto", {"TERM": "dumb"}, False),
    ],
)
def test_colour(stream: io.StringIO, color: str, environ: dict[str, str], colored: bool) -> None:
    assert look_for(stream, color, environ).color is colored


@pytest.mark.parametrize(
    ("environ", "links"),
    [
        ({}, False),
        ({"TERM_PROGRAM": "WezTerm"}, True),
        ({"VTE_VERSION": "6800"}, True),
        ({"VTE_VERSION": "4600"}, False),
        ({"TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/x"}, False),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, False),
    ],
)
def test_links(environ: dict[str, str], links: bool) -> None:
    assert look_for(Terminal(), "auto", environ).links is links
    assert look_for(io.StringIO(), "always", environ).links is False


def test_only_a_terminal_has_a_width() -> None:
    assert look_for(io.StringIO(), "always", {"COLUMNS": "70"}).width is None
    assert look_for(Terminal(), "auto", {"COLUMNS": "70"}).width == 70
    assert look_for(Terminal(), "auto", {"COLUMNS": "300"}).width == 100
    assert look_for(Terminal(), "auto", {"COLUMNS": "3"}).width == 20


def test_a_closed_stream_is_no_terminal() -> None:
    closed = io.StringIO()
    closed.close()
    assert look_for(closed, "auto", {}) == Look()


def test_a_pipe_is_never_paged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "false")
    stream = io.StringIO()
    with paged(stream) as out:
        assert out is stream


@pytest.mark.parametrize(
    ("pager", "enabled", "lines", "expected"),
    [
        ("sed s/^/paged:/", True, 100, "paged:line\n"),
        ("sed s/^/paged:/", True, 2, "line\n"),
        ("sed s/^/paged:/", False, 100, "line\n"),
        ("cat", True, 100, "line\n"),
        ("no-such-pager-here", True, 100, "line\n"),
        ("'open quote", True, 100, "line\n"),
    ],
)
def test_long_text_on_a_terminal_goes_through_the_pager(
    pager: str, enabled: bool, lines: int, expected: str
) -> None:
    script = (
        "import sys; from output.terminal import paged\n"
        "sys.stdout.isatty = lambda: True\n"
        f"with paged(sys.stdout, enabled={enabled}) as out: out.write('line\\n' * {lines})"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PAGER": pager},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == expected * lines


def test_an_error_half_way_still_shows_what_was_written() -> None:
    stream = Terminal()

    def break_off() -> None:
        with paged(stream) as out:
            out.write("first\n")
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert stream.getvalue() == "first\n"


def test_machine_formats_are_utf8_whatever_the_locale_says() -> None:
    script = (
        "from output.terminal import standard_output\n"
        "out = standard_output(machine=True); out.write('\\u4eba,b\\r\\n')\n"
        "out = standard_output(machine=False)"
    )
    env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    run = subprocess.run([sys.executable, "-c", script], env=env, cwd=ROOT, capture_output=True, check=True)
    assert run.stdout == "人,b\r\n".encode()
    script = "from output.terminal import standard_output\nstandard_output(machine=False).write('\\u4eba é')"
    run = subprocess.run([sys.executable, "-c", script], env=env, cwd=ROOT, capture_output=True, check=True)
    assert run.stdout == rb"\u4eba " + "é".encode("latin-1")


def test_printing_text_loads_little() -> None:
    script = (
        "import sys; import output.text, output.printer, output.terminal\n"
        "heavy = {'json', 'csv', 'click', 'whoosh', 'numpy', 'subprocess', 'shlex', 'urllib.parse', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
