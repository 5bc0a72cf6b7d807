"""`dossier config` shows the value that is in force and who set it: flag, environment, dossier.toml, default."""

from __future__ import annotations

import csv
import io
import itertools
import json
import tomllib
from pathlib import Path
from typing import Any

import docs_runner
import pytest
from conftest import ROOT
from dossier_command import dossier

from ingest.settings import Limits, data_dir, load_settings


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOSSIER_DATA", "DOSSIER_PDF_PASSWORDS", "NO_COLOR", "PAGER", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def _config(*arguments: str) -> dict[str, tuple[Any, str]]:
    ran = dossier(*arguments, "config", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    return {row["setting"]: (row["value"], row["source"]) for row in json.loads(ran.out)["settings"]}


@pytest.mark.parametrize(("flag", "environment", "toml"), [*itertools.product([False, True], repeat=3)])
def test_the_strongest_says_where_the_library_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: bool, environment: bool, toml: bool
) -> None:
    if environment:
        monkeypatch.setenv("DOSSIER_DATA", "by_environment")
    if toml:
        (tmp_path / "dossier.toml").write_text('data = "by_file"\n')
    value, source = _config(*(["--data", "by_flag"] if flag else []))["data"]
    if flag:
        expected = ("by_flag", "flag --data")
    elif environment:
        expected = ("by_environment", "environment DOSSIER_DATA")
    elif toml:
        expected = ("by_file", str(tmp_path / "dossier.toml"))
    else:
        expected = ("index_data", "default")
    assert (value, source) == (str(tmp_path / expected[0]), expected[1])
    assert Path(value) == data_dir(Path("by_flag") if flag else None, tmp_path)


def test_without_a_file_everything_is_default() -> None:
    settings = _config()
    assert {source for _, source in settings.values()} == {"default"}
    assert settings["limits.seconds"][0] == Limits().seconds
    assert settings["limits.pages"][0] == Limits().pages


#: Each key of dossier.toml, how it is written, and how it is shown.
KEYS = {
    "limits.seconds": ("limits", "seconds = 30", 30),
    "limits.memory": ("limits", 'memory = "1.5 GiB"', "1536 MiB"),
    "limits.pages": ("limits", "pages = 7", 7),
    "limits.file": ("limits", 'file = "20 MB"', "20 MB"),
    "pdf.engine": ("pdf", 'engine = "pdfium"', "pdfium"),
    "index.jobs": ("index", "jobs = 3", 3),
    "pdf.passwords": ("pdf", 'passwords = ["hush"]', "1 (not shown)"),
}


@pytest.mark.parametrize("key", KEYS)
def test_only_what_the_file_sets_comes_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    table, line, value = KEYS[key]
    file = tmp_path / "dossier.toml"
    file.write_text(f"[{table}]\n{line}\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    settings = _config()
    assert settings.pop(key) == (value, str(file))
    assert settings.pop("data") == (str(tmp_path / "index_data"), f"default: index_data beside {file}")
    assert {source for _, source in settings.values()} == {"default"}


@pytest.mark.parametrize("size", ["1 B", "999 B", "1 kB", "1 KiB", "1500000 B", "3 GB", "2 GiB", "1000000 MiB"])
def test_a_size_is_shown_so_that_the_file_takes_it(tmp_path: Path, size: str) -> None:
    file = tmp_path / "dossier.toml"
    file.write_text(f'[limits]\nmemory = "{size}"\n')
    before = load_settings(tmp_path).limits.memory
    file.write_text(f'[limits]\nmemory = "{_config()["limits.memory"][0]}"\n')
    assert load_settings(tmp_path).limits.memory == before


def test_passwords_are_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dossier.toml").write_text('[pdf]\npasswords = ["hush", "quiet"]\n')
    monkeypatch.setenv("DOSSIER_PDF_PASSWORDS", "silence\n")
    for format_ in ("text", "json", "jsonl", "csv"):
        ran = dossier("config", "--format", format_)
        assert "3 (not shown)" in ran.out
        assert not any(word in ran.out + ran.err for word in ("hush", "quiet", "silence"))
    source = _config()["pdf.passwords"][1]
    assert source == f"{tmp_path / 'dossier.toml'} and environment DOSSIER_PDF_PASSWORDS"


def test_rules_of_folders_and_files_beside_the_library(tmp_path: Path) -> None:
    (tmp_path / "dossier.toml").write_text('[[folders]]\nmatch = "a/**"\nregions = ["Asia"]\ntags = ["x", "y"]\n')
    (tmp_path / "tags.toml").write_text("")
    settings = _config()
    assert settings["folders a/**"] == ("regions: Asia; tags: x, y", str(tmp_path / "dossier.toml"))
    assert settings["vocabulary of tags"] == (str(tmp_path / "tags.toml"), "file")


def test_colour_and_pager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PAGER", "")
    settings = _config()
    assert settings["color"] == ("never", "environment NO_COLOR")
    assert settings["pager"] == ("none", "environment PAGER")
    assert _config("--color", "always")["color"] == ("always", "flag --color")


def test_as_csv(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(dossier("--data", "x", "config", "--format", "csv").out)))
    assert rows[:2] == [["setting", "value", "source"], ["data", str(tmp_path / "x"), "flag --data"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[limits]\nsecond = 300\n", "line 2: 'second' is no key of [limits]; did you mean 'seconds'?"),
        ("[limit]\n", "line 1: 'limit' is no key of this file; did you mean 'limits'?"),
        ('[pdf]\n\nengin = "auto"\n', "line 3: 'engin' is no key of [pdf]; did you mean 'engine'?"),
    ],
)
def test_an_unknown_key_stops_it_with_a_suggestion(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "dossier.toml").write_text(text)
    ran = dossier("config")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"dossier: {tmp_path / 'dossier.toml'}, {said}\n"


def test_no_key_of_the_described_file_is_left_out(tmp_path: Path) -> None:
    page = ROOT / "docs" / "configuration.md"
    block = next(block for block in docs_runner.blocks(page) if block.file == "dossier.toml")
    (tmp_path / "dossier.toml").write_text(block.text)
    described = tomllib.loads(block.text)
    keys = {
        f"{table}.{key}" for table in described if isinstance(described[table], dict) for key in described[table]
    }
    shown = _config()
    assert keys
    assert keys <= set(shown)
