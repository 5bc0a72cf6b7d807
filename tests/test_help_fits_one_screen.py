"""`dossier --help` fits a screen, the common commands first; each help has its one sentence, then an example."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from dossier_command import dossier as run

from cli import COMMANDS, SECTIONS, dossier


def _help(*path: str) -> list[str]:
    result = CliRunner().invoke(dossier, [*path, "--help"], prog_name="dossier", terminal_width=80)
    assert result.exit_code == 0
    return result.output.splitlines()


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


def test_the_help_of_dossier() -> None:
    lines = _help()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    shown = [found[1] for line in lines if (found := re.match(r"  ([a-z]+)  +[A-Z]", line))]
    assert shown == list(COMMANDS)
    assert shown[:2] == ["search", "show"]
    assert [line[:-1] for line in lines if re.match(r"[A-Z].*:$", line)] == [*SECTIONS, "Options"]


@pytest.mark.parametrize("path", [*_commands(dossier)], ids=" ".join)
def test_a_sentence_then_an_example(path: tuple[str, ...]) -> None:
    lines = _help(*path)
    assert lines[0].startswith(f"Usage: dossier {' '.join(path)} ")
    start = lines.index("")
    summary, after, example = lines[start + 1], lines[start + 2], lines[start + 3]
    assert re.fullmatch(r"  [A-Z].{10,76}\.", summary)
    assert after == ""
    assert re.match(r"  dossier (-q |--data \S+ )?", example)
    assert " ".join(path) in example


def test_the_common_options_of_search_come_first() -> None:
    options = re.findall(r"^  (--[a-z-]+)", "\n".join(_help("search")), re.MULTILINE)
    assert options[:5] == ["--region", "--tag", "--lang", "--year", "--type"]
    assert [options.index(name) for name in ("--limit", "--sort", "--format")] < [options.index("--explain")] * 3


@pytest.mark.parametrize("path", [(), ("tag",), ("region",), ("saved",)])
def test_a_group_alone_shows_its_help_as_an_error(path: tuple[str, ...]) -> None:
    ran = run(*path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("Usage: dossier")
    assert len(ran.err.splitlines()) > 8


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["serach", "x"], "search"),
        (["statsu"], "status"),
        (["tag", "ad", "x"], "add"),
        (["saved", "lst"], "list"),
        (["search", "--regoin", "asia"], "--region"),
        (["search", "--langs", "fr"], "--lang"),
        (["saved", "run", "x", "--nwe"], "--new"),
        (["--quite", "search"], "--quiet"),
        (["config", "--fromat", "csv"], "--format"),
        (["search", "--sort", "newst"], "newest"),
        (["completion", "bsh"], "bash"),
    ],
)
def test_a_typing_error_gets_a_suggestion_in_one_line(arguments: list[str], meant: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("dossier: ")
    assert ran.err.count("\n") == 1
    assert meant in ran.err
