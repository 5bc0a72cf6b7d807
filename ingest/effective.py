"""Each setting in force, and where it comes from.

Rules: the values are those that `ingest.settings` hands to everybody else; here is only found out who set them. A
flag is stronger than the environment, the environment than dossier.toml, dossier.toml than the default. Passwords
are counted, never shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from ingest.settings import DEFAULT_DATA, Settings, data_dir, load_settings
from ingest.toml_files import TomlFile

DEFAULT = "default"


class Setting(NamedTuple):
    """A setting by its name (table and key of dossier.toml), its value as it is written there, and its origin: a
    flag, an environment variable, the path of a dossier.toml, or DEFAULT."""

    name: str
    value: str | int | float
    source: str


def effective(flag: Path | None, cwd: Path, environ: Mapping[str, str] = os.environ) -> list[Setting]:
    """The settings in force in the folder `cwd`, with `flag` as the value of --data.

    Raises SettingsError as `load_settings` does.
    """
    settings = load_settings(cwd, environ)
    given = TomlFile(settings.file).values if settings.file else {}
    return [
        _data(flag, cwd, environ, settings),
        *(Setting(name, value, _source(settings, given, name)) for name, value in _values(settings)),
        _passwords(environ, settings, given),
        *_folders(settings),
    ]


def _data(flag: Path | None, cwd: Path, environ: Mapping[str, str], settings: Settings) -> Setting:
    if flag is not None:
        source = "flag --data"
    elif environ.get("DOSSIER_DATA"):
        source = "environment DOSSIER_DATA"
    elif settings.data is not None:
        source = str(settings.file)
    else:
        source = DEFAULT if settings.file is None else f"{DEFAULT}: {DEFAULT_DATA} beside {settings.file}"
    return Setting("data", str(data_dir(flag, cwd, environ)), source)


def _values(settings: Settings) -> Iterator[tuple[str, str | int | float]]:
    """All but the data folder, passwords and folders; a field `pdf_engine` is the key `engine` of [pdf]."""
    for limit in fields(settings.limits):
        value = getattr(settings.limits, limit.name)
        yield f"limits.{limit.name}", _size(value) if limit.name in ("memory", "file") else _number(value)
    for field in fields(settings):
        if field.name == "jobs":
            yield "index.jobs", settings.jobs or "one for each processor"
        elif "_" in field.name and field.name != "pdf_passwords":
            value = getattr(settings, field.name)
            yield (
                field.name.replace("_", ".", 1),
                (", ".join(value) or "not set") if isinstance(value, tuple) else value,
            )


def _source(settings: Settings, given: Mapping[str, Any], name: str) -> str:
    table, _, key = name.partition(".")
    return str(settings.file) if key in given.get(table, {}) else DEFAULT


def _passwords(environ: Mapping[str, str], settings: Settings, given: Mapping[str, Any]) -> Setting:
    in_file = bool(given.get("pdf", {}).get("passwords"))
    sources = [str(settings.file)] * in_file + ["environment DOSSIER_PDF_PASSWORDS"] * any(
        environ.get("DOSSIER_PDF_PASSWORDS", "").splitlines()
    )
    number = len(settings.pdf_passwords)
    value = f"{number} (not shown)" if number else "none"
    return Setting("pdf.passwords", value, " and ".join(sources) or DEFAULT)


def _folders(settings: Settings) -> Iterator[Setting]:
    for rule in settings.folders:
        given = [f"{name}: {', '.join(held)}" for name, held in (("regions", rule.regions), ("tags", rule.tags))
                 if held]  # fmt: skip
        yield Setting(f"folders {rule.match}", "; ".join(given), str(settings.file))


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _size(size: int) -> str:
    """Bytes with the largest unit that leaves a whole number."""
    for unit, name in (
        (2**30, "GiB"),
        (2**20, "MiB"),
        (10**9, "GB"),
        (10**6, "MB"),
        (2**10, "KiB"),
        (10**3, "kB"),
    ):
        if size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} B"
