"""Which folders a change makes `--watch` look at, and which changes are none."""

from pathlib import Path

import pytest
from dossier_command import dossier

from ingest.watch import _filter, places


def test_the_folder_of_a_change_is_looked_at_and_none_twice(tmp_path: Path) -> None:
    deep = tmp_path / "in" / "a" / "b"
    deep.mkdir(parents=True)
    roots = [tmp_path / "in"]
    assert places([deep / "x.pdf"], roots) == (deep,)
    assert places([deep / "x.pdf", deep.parent / "y.pdf"], roots) == (deep.parent,)
    assert places([tmp_path / "in" / "gone" / "for" / "good.pdf"], roots) == (tmp_path / "in",)
    assert places([tmp_path / "elsewhere.pdf"], roots) == ()


def test_a_single_file_is_looked_at_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.touch()
    assert places([file], [file]) == (file,)
    assert places([tmp_path / "b.pdf"], [file]) == ()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("in/a.pdf", True),
        ("in/deep/a.pdf", True),
        ("in/.dossierignore", True),
        ("in/.hidden/a.pdf", False),
        ("in/.a.pdf.part", False),
        ("in/index_data/catalogue.sqlite-wal", False),
        ("other/a.pdf", False),
    ],
)
def test_what_a_walk_would_pass_over_is_no_change(tmp_path: Path, path: str, wanted: bool) -> None:
    heard = _filter([tmp_path / "in"], tmp_path / "in" / "index_data")
    assert heard(tmp_path / path) is wanted


def test_options_that_do_not_go_together_are_refused() -> None:
    for option in ("--dry-run", "--rebuild", "--format=json"):
        ran = dossier("index", "--watch", option, "in")
        assert ran.status == 2
        assert "--watch follows folders" in ran.err
