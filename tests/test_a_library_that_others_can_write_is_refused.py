"""Who can write to the data folder can make others believe anything: such a library is refused, with what mends it."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run
from libraries import library, record

from ingest import permissions

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such permissions here")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    place = tmp_path / "my index data"
    library(place, {"a.pdf": record("The kilns of the north")})
    return place


def test_what_dossier_makes_is_its_owners_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("The kilns of the north.", encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115 - it is empty, and the command says so
    before = os.umask(0o002)
    try:
        run(capsys, tmp_path / "one", "index", str(tmp_path / "corpus"), "--jobs", "1")
        run(capsys, tmp_path / "two", "index", "-")
    finally:
        os.umask(before)
    for name in ("one", "one/index", "two"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700
    assert run(capsys, tmp_path / "one", "search", "kilns").status == 0


@pytest.mark.parametrize(
    ("name", "mode"),
    [(".", 0o777), (".", 0o757), ("catalogue.sqlite", 0o666), ("index", 0o777), ("index/manifest.json", 0o646)],
)
def test_it_is_refused_and_the_command_that_is_named_mends_it(
    data_dir: Path, capsys: pytest.CaptureFixture[str], name: str, mode: int
) -> None:
    data_dir.chmod(0o755)
    assert run(capsys, data_dir, "search", "kilns").status == 0
    (data_dir / name).chmod(mode)
    for command in (["search", "kilns"], ["status"], ["index", "."], ["tag", "add", "x", "a.pdf"]):
        refused = run(capsys, data_dir, *command)
        assert (refused.status, refused.out) == (2, "")
        assert "can be written to by everybody on this machine" in refused.err
        assert refused.err.count("\n") == 1
    mends = refused.err.split("`")[1]
    assert shlex.split(mends) == ["chmod", "-R", "go-w", str(data_dir)]
    subprocess.run(shlex.split(mends), check=True)
    assert run(capsys, data_dir, "search", "kilns").status == 0


def test_a_link_that_a_stranger_put_there_is_not_followed(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = data_dir.parent / "precious.txt"
    precious.write_text("keep me", encoding="utf-8")
    data_dir.chmod(0o777)
    (data_dir / "write.lock").unlink(missing_ok=True)
    (data_dir / "write.lock").symlink_to(precious)
    assert run(capsys, data_dir, "rebuild").status == 2
    assert precious.read_text(encoding="utf-8") == "keep me"


def test_a_group_of_several_is_refused_and_ones_own_is_not(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = pwd.getpwuid(os.getuid())
    data_dir.chmod(0o770)

    def group(name: str, members: list[str]) -> None:
        found = grp.struct_group((name, "x", data_dir.stat().st_gid, members))
        monkeypatch.setattr(grp, "getgrgid", lambda _: found)

    for name, members in ((owner.pw_name, []), (owner.pw_name, [owner.pw_name])):
        group(name, members)
        permissions.require_private(data_dir, {})
    for name, members in ((owner.pw_name, ["somebody"]), ("staff", []), ("staff", [owner.pw_name])):
        group(name, members)
        with pytest.raises(permissions.DossierError, match=f"the group {name}, who could"):
            permissions.require_private(data_dir, {})


def test_where_it_is_meant_it_is_said_in_the_environment(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.chmod(0o777)
    monkeypatch.chdir(data_dir.parent)
    assert run(capsys, data_dir, "search", "kilns").status == 2
    monkeypatch.setenv("DOSSIER_ALLOW_SHARED", "1")
    assert run(capsys, data_dir, "search", "kilns").status == 0


def test_what_others_may_only_read_is_searched(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["chmod", "-R", "go+rX", str(data_dir)], check=True)
    assert run(capsys, data_dir, "search", "kilns").status == 0


def test_modes_that_a_file_system_makes_up_say_nothing(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir.chmod(0o777)
    monkeypatch.setattr(permissions, "_NO_MODES", frozenset({_file_system(data_dir)}))
    permissions.require_private(data_dir, {})


def _file_system(place: Path) -> str:
    done = subprocess.run(["stat", "-f", "-c", "%T", str(place)], capture_output=True, text=True, check=False)
    if done.returncode or not Path("/proc/self/mounts").exists():
        pytest.skip("this system does not say what file systems there are")
    found = subprocess.run(["df", "--output=fstype", str(place)], capture_output=True, text=True, check=True)
    return found.stdout.split()[-1]


def test_the_usual_case_costs_one_look(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []
    real = Path.stat

    def counted(self: Path, **options: bool) -> os.stat_result:
        looks.append(self)
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", counted)
    permissions.require_private(data_dir, {})
    assert looks == [data_dir]
