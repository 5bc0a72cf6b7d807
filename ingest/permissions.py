"""Whether others could plant something in a library.

Rule: a data folder that others than its owner may write to is refused, by those who read it and by those who write
it, because what lies there is believed. Reading by others is nobody's harm. A group that holds the owner alone, as
many systems give each user, is no other. Where permissions are made up (Windows, its drives in WSL, memory sticks,
network drives that keep no modes) there is nothing to judge by. Whoever means it says so in the environment, and
not in dossier.toml, which may lie in the very folder that a stranger can write to. In the usual case, a folder
that only its owner may enter, this costs one `stat`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.errors import DossierError

VARIABLE = "DOSSIER_ALLOW_SHARED"
#: File systems whose modes come from how they were mounted and not from who made a file (mount(8), drvfs of WSL).
_NO_MODES = frozenset(
    {"9p", "drvfs", "v9fs", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "cifs", "smb3", "smbfs",
     "vboxsf", "fuse.sshfs", "fuse.vmhgfs-fuse"}
)  # fmt: skip


def require_private(data_dir: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Raise DossierError, with the command that mends it, where others may write to a data folder or to what is
    read from it first. A folder that is not there, or may not be looked at, is for others to complain about."""
    if os.name != "posix":
        return
    for place, status in _looked_at(data_dir):
        who = _others(status)
        if who and environ.get(VARIABLE, "") in ("", "0") and not _modes_are_made_up(place):
            import shlex

            raise DossierError(
                f"{place} can be written to by {who}, who could put anything into the library: "
                f"`chmod -R go-w {shlex.quote(str(data_dir))}` mends it; where several people are meant to write "
                f"it, set {VARIABLE}=1"
            )


def _looked_at(data_dir: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The folder and, where others can get into it, what a search reads first."""
    index = data_dir / "index"
    for place in (data_dir, data_dir / "catalogue.sqlite", index, index / "manifest.json"):
        try:
            status = place.stat()
        except OSError:
            continue
        yield place, status
        if place == data_dir and not status.st_mode & (stat.S_IXGRP | stat.S_IXOTH):
            return


def _others(status: os.stat_result) -> str:
    """Who else may write; "" for nobody."""
    if status.st_mode & stat.S_IWOTH:
        return "everybody on this machine"
    if not status.st_mode & stat.S_IWGRP:
        return ""
    import grp
    import pwd

    try:
        group = grp.getgrgid(status.st_gid)
    except KeyError:
        return f"the group {status.st_gid}"
    try:
        owner = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        owner = ""
    alone = group.gr_name == owner and set(group.gr_mem) <= {owner}
    return "" if alone else f"the group {group.gr_name}"


def _modes_are_made_up(place: Path) -> bool:
    """Whether a path lies on a file system that keeps no modes; False where the system does not say."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    real = os.path.realpath(place)
    found = ""
    kind = ""
    for line in mounts:
        _, point, type_, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found):  # of two at one place the later one is on top
            found, kind = point, type_
    return kind in _NO_MODES
