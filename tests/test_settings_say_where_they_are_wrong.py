"""dossier.toml: what it sets, what it refuses and where, and how the data folder is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import FolderRule, Limits, Settings, data_dir, load_settings

FULL = """
data = "my_index"

[limits]
seconds = 30
memory = "1.5 GiB"
pages = 500
file = "20 MB"

[pdf]
engine = "pdfium"
passwords = ["secret", "geheim"]

[index]
jobs = 3

[[folders]]
match = "corpus/asia/**"
regions = ["Asia"]
tags = ["migration", "labour"]
"""


def write(folder: Path, text: str) -> Path:
    (folder / "dossier.toml").write_text(text, encoding="utf-8")
    return folder


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()
    assert Settings().limits == Limits(seconds=120, memory=1 << 30, pages=10_000, file=512 << 20)


def test_every_key_is_read_and_the_file_is_found_upwards(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    (tmp_path / "a" / "b").mkdir(parents=True)
    settings = load_settings(tmp_path / "a" / "b", {"DOSSIER_PDF_PASSWORDS": "from, the environment\n"})
    assert settings == Settings(
        limits=Limits(seconds=30, memory=1536 << 20, pages=500, file=20_000_000),
        pdf_engine="pdfium",
        pdf_passwords=("secret", "geheim", "from, the environment"),
        jobs=3,
        folders=(FolderRule("corpus/asia/**", ("Asia",), ("migration", "labour")),),
        data=tmp_path / "my_index",
        file=tmp_path / "dossier.toml",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[limits]\nsecond = 3", r"line 2: 'second' is no key of \[limits\]; did you mean 'seconds'\?"),
        ("\n[limit]\nseconds = 3", r"line 2: 'limit' is no key of this file; did you mean 'limits'\?"),
        ("[limits]\npages = 1\nseconds = 'ten'", r"line 3: seconds is a number above 0, not 'ten'"),
        ("[limits]\nseconds = 0", r"line 2: seconds is a number above 0"),
        ("[limits]\nmemory = 'a lot'", r'line 2: memory is a size like "512 MiB"'),
        ("[pdf]\n\nengine = 'acrobat'", r"line 3: the PDF engine is one of auto, pdfminer, pdfium, not 'acrobat'"),
        ("[pdf]\npasswords = 'secret'", r"line 2: passwords is a list of texts"),
        ("[index]\njobs = true", r"line 2: jobs is a number above 0, not True"),
        ("[[folders]]\nregions = ['Asia']", r"line 1: a \[\[folders\]\] rule needs match"),
        ("[[folders]]\nmatch = 'a'\nregion = ['Asia']", r"line 3: 'region' is no key of \[folders\].*'regions'"),
        ("data = 3", r"line 1: data is a folder's name"),
        ("ok = \n", r"line 1: Invalid value"),
        ("data = 'x'\ndata = 'y'", r"dossier.toml, line 2: Cannot overwrite"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        load_settings(write(tmp_path, text), {})
    assert str(caught.value).startswith(str(tmp_path / "dossier.toml"))


def test_the_data_folder_is_flag_then_environment_then_file_then_here(tmp_path: Path) -> None:
    here = tmp_path / "a"
    here.mkdir()
    assert data_dir(None, here, {}) == here / "index_data"
    write(tmp_path, "")
    assert data_dir(None, here, {}) == tmp_path / "index_data"
    write(tmp_path, "data = 'elsewhere'")
    assert data_dir(None, here, {}) == tmp_path / "elsewhere"
    assert data_dir(None, here, {"DOSSIER_DATA": "env"}) == here / "env"
    assert data_dir(Path("flag"), here, {"DOSSIER_DATA": "env"}) == here / "flag"
    assert data_dir(Path("/abs"), here, {}) == Path("/abs")
