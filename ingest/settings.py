"""What a library's dossier.toml says, and where the library's data folder is.

Rules: every key has a default, so no file is needed; a key that is not known, or a value of the wrong kind, is a
SettingsError with file and line. The data folder is, in this order: the `--data` flag, the environment's
DOSSIER_DATA, `data` in the nearest dossier.toml upwards, a folder `index_data` here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.frozen import Frozen

if TYPE_CHECKING:
    from ingest.toml_files import TomlFile

FILE_NAME = "dossier.toml"
DEFAULT_DATA = "index_data"
PDF_ENGINES = ("auto", "pdfminer", "pdfium")

_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


class Limits(Frozen):
    """What one file may cost: wall-clock seconds, bytes of memory, pages, and bytes on disk."""

    seconds: float = 120.0
    memory: int = 2**30
    pages: int = 10_000
    file: int = 512 * 2**20


class FolderRule(Frozen):
    """Regions and tags of all files whose catalogue path matches a pattern ("corpus/asia/**")."""

    match: str
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Settings(Frozen):
    """The settings of a library; `file` is the dossier.toml they come from, if any."""

    limits: Limits = Limits()
    pdf_engine: str = "auto"
    pdf_passwords: tuple[str, ...] = ()
    ocr_languages: tuple[str, ...] = ()
    jobs: int | None = None
    folders: tuple[FolderRule, ...] = ()
    data: Path | None = None
    file: Path | None = None


def load_settings(cwd: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force in the folder `cwd`.

    DOSSIER_PDF_PASSWORDS (one password a line) adds to those of the file. Raises SettingsError.
    """
    passwords = tuple(line for line in environ.get("DOSSIER_PDF_PASSWORDS", "").splitlines() if line)
    file = _find(cwd)
    if file is None:
        return Settings(pdf_passwords=passwords)
    from ingest.toml_files import TomlFile

    toml = TomlFile(file)
    toml.check_keys("", toml.values, ("data", "limits", "pdf", "ocr", "index", "folders"))
    limits = _table(toml, "limits", ("seconds", "memory", "pages", "file"))
    pdf = _table(toml, "pdf", ("engine", "passwords"))
    ocr = _table(toml, "ocr", ("languages",))
    index = _table(toml, "index", ("jobs",))
    engine = pdf.get("engine", "auto")
    if engine not in PDF_ENGINES:
        toml.fail("pdf", "engine", f"the PDF engine is one of {', '.join(PDF_ENGINES)}, not {engine!r}.")
    data = toml.values.get("data")
    if data is not None and not isinstance(data, str):
        toml.fail("", "data", f"data is a folder's name in quotes, not {data!r}.")
    defaults = Limits()
    return Settings(
        limits=Limits(
            seconds=_number(toml, "limits", "seconds", limits, defaults.seconds),
            memory=_size(toml, "limits", "memory", limits, defaults.memory),
            pages=int(_number(toml, "limits", "pages", limits, defaults.pages)),
            file=_size(toml, "limits", "file", limits, defaults.file),
        ),
        pdf_engine=engine,
        pdf_passwords=(*_strings(toml, "pdf", "passwords", pdf), *passwords),
        ocr_languages=_strings(toml, "ocr", "languages", ocr),
        jobs=int(_number(toml, "index", "jobs", index, 0)) or None,
        folders=_folders(toml),
        data=None if data is None else file.parent / data,
        file=file,
    )


def data_dir(flag: Path | None, cwd: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The library's data folder (absolute; it need not exist), by the order that this module's rule gives."""
    if flag is not None:
        return cwd / flag
    if environ.get("DOSSIER_DATA"):
        return cwd / environ["DOSSIER_DATA"]
    file = _find(cwd)
    if file is None:
        return cwd / DEFAULT_DATA
    return load_settings(cwd, environ).data or file.parent / DEFAULT_DATA


def _find(cwd: Path) -> Path | None:
    here = cwd.absolute()
    return next((folder / FILE_NAME for folder in (here, *here.parents) if (folder / FILE_NAME).is_file()), None)


def _table(toml: TomlFile, name: str, known: tuple[str, ...]) -> dict[str, Any]:
    table = toml.values.get(name, {})
    if not isinstance(table, dict):
        toml.fail("", name, f"[{name}] is a table, not a value.")
    toml.check_keys(name, table, known)
    return table


def _folders(toml: TomlFile) -> tuple[FolderRule, ...]:
    tables = toml.values.get("folders", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        toml.fail("", "folders", 'rules for folders are written as [[folders]] with match = "corpus/asia/**".')
    rules = []
    for table in tables:
        toml.check_keys("folders", table, ("match", "regions", "tags"))
        match = table.get("match")
        if not isinstance(match, str) or not match:
            toml.fail("", "folders", 'a [[folders]] rule needs match = "corpus/asia/**" or the like.')
        rules.append(
            FolderRule(
                match, _strings(toml, "folders", "regions", table), _strings(toml, "folders", "tags", table)
            )
        )
    return tuple(rules)


def _strings(toml: TomlFile, table: str, key: str, values: dict[str, Any]) -> tuple[str, ...]:
    value = values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        toml.fail(table, key, f'{key} is a list of texts, like ["one", "two"], not {value!r}.')
    return tuple(value)


def _number(toml: TomlFile, table: str, key: str, values: dict[str, Any], default: float) -> float:
    value = values.get(key, default)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or value < 0
        or (key in values and value == 0)
    ):
        toml.fail(table, key, f"{key} is a number above 0, not {value!r}.")
    return float(value)


def _size(toml: TomlFile, table: str, key: str, values: dict[str, Any], default: int) -> int:
    value = values.get(key, default)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", str(value))
    unit = _UNITS.get(match.group(2).lower()) if match else None
    if match is None or unit is None or float(match.group(1)) <= 0:
        toml.fail(table, key, f'{key} is a size like "512 MiB" or "1 GiB", not {value!r}.')
    return int(float(match.group(1)) * unit)
