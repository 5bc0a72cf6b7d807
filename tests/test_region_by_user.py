"""Regions that a librarian gives, takes away or renames are those of the vocabulary, under any of their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record


@pytest.fixture(autouse=True)
def _library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library(
        tmp_path / "index_data",
        {
            "kilns.pdf": record("brick kilns", title="Kilns", regions=["South Asia"]),
            "boats.pdf": record("boats", title="Boats", regions=["Thailand", "Burma"]),
            "plain.pdf": record("nothing", title="Plain"),
        },
    )


def regions(path: str) -> list[str]:
    found: list[str] = json.loads(dossier("show", path, "--format", "json").out)["regions"]
    return found


def found(query: str) -> set[str]:
    return {json.loads(line)["title"] for line in dossier("search", query, "--format", "jsonl").out.splitlines()}


def test_a_region_given_by_its_code_is_found_above_and_below(tmp_path: Path) -> None:
    ran = dossier("region", "add", "BGD", "plain.pdf")
    assert ran.status == 0
    assert ran.err == ""
    assert regions("plain.pdf") == ["Bangladesh"]
    assert found("region:bangladesh") == {"Plain"}
    assert found('region:"southern asia"') == {"Kilns", "Plain"}
    assert found("region:asia") == {"Kilns", "Boats", "Plain"}


def test_a_region_is_taken_away_under_another_of_its_names() -> None:
    assert dossier("region", "remove", "Myanmar", "boats.pdf").status == 0
    assert regions("boats.pdf") == ["Thailand"]
    assert dossier("region", "remove", "Asia", "boats.pdf").status == 1  # it lies in Asia, but is not tagged so


def test_a_region_is_renamed() -> None:
    assert dossier("region", "rename", "ประเทศไทย", "Cambodia").status == 1  # no name in the six languages
    assert dossier("region", "rename", "Thaïlande", "Camboya").status == 0
    assert set(regions("boats.pdf")) == {"Cambodia", "Myanmar"}
    assert found("region:thailand") == set()
    same = dossier("region", "rename", "Burma", "Myanmar")
    assert same.status == 0
    assert "changed  0" in same.out


def test_a_value_that_is_no_region_is_kept_and_said_to_be_none() -> None:
    ran = dossier("region", "add", "Bangladsh", "plain.pdf")
    assert ran.status == 0
    assert "no region of the vocabulary" in ran.err
    assert "did you mean Bangladesh" in ran.err
    assert regions("plain.pdf") == ["Bangladsh"]
    assert found("region:bangladsh") == {"Plain"}
    assert dossier("region", "rename", "Bangladsh", "Bangladesh").status == 0
    assert regions("plain.pdf") == ["Bangladesh"]
