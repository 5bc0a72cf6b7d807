"""Reading the TOML files people write (dossier.toml and sidecars), with errors that say file and line.

Rule: whatever is wrong in such a file becomes a SettingsError that begins with "FILE, line N:" and, for an
unknown key, names the key that was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

from ingest.errors import SettingsError
from ingest.opening import read_regular

_HEADER = r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$"


class TomlFile:
    """A parsed TOML file that can point at its lines."""

    def __init__(self, path: Path, *, most: int | None = None) -> None:
        """Read `path`, which may have `most` bytes. Raises SettingsError."""
        import tomllib  # here, so that a search in a library without such a file does not load it

        self.path = path
        try:
            self._text = read_regular(path, most).decode("utf-8-sig")
            self.values: dict[str, Any] = tomllib.loads(self._text)
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
        except RecursionError as error:
            raise SettingsError(f"{path}: lists or tables lie too deep in one another to be read.") from error
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise SettingsError(f"{path}, line {line}: not UTF-8; save the file as UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            message = re.sub(r"\s*\(at (?:line (\d+).*|end of document)\)$", "", str(error))
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found.group(1)) if found else self._text.count("\n") + 1
            raise SettingsError(f"{path}, line {line}: {message}.") from error

    def fail(self, table: str, key: str, problem: str) -> NoReturn:
        """Raise a SettingsError about `key` of `table` ("" for the top), at its line where it can be found."""
        line = self._line(table, key)
        raise SettingsError(f"{self.path}{f', line {line}' if line else ''}: {problem}")

    def check_keys(self, table: str, values: Collection[str], known: Collection[str]) -> None:
        """Raise a SettingsError about the first of `values` that is not a known key of this table."""
        for key in values:
            if key not in known:
                import difflib

                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}."
                place = f"[{table}]" if table else "this file"
                self.fail(table, key, f"{key!r} is no key of {place}; {hint}")

    def _line(self, table: str, key: str) -> int | None:
        current = ""
        for number, line in enumerate(self._text.splitlines(), start=1):
            header = re.match(_HEADER, line)
            if header is not None:
                current = header.group(1)
                if not table and current.partition(".")[0] == key:
                    return number
            elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
                return number
        return None
