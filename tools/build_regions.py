"""Build `ingest/data/regions.json` and `ingest/data/region_names.json` from published tables.

Rule: the vocabulary is made from three sources and nothing else, and a name that two regions claim stops the
build unless `regions.toml` says who gets it. The sources:

- the countries and territories table in the Python package hdx-python-country (MIT): M49 structure, ISO 3166
  codes, names in the six languages of the United Nations;
- the JSON package cldr-localenames-full of the Unicode CLDR (Unicode License v3): short names of countries and
  of M49 regions, and their variants;
- `tools/regions.toml`, written by hand: groups, further aliases, adjectives, look-alikes.

Run it with the unpacked packages at hand (docs/regions.md says how to get them); `--check` compares with the
committed files and writes nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from russian_names import case_forms  # noqa: E402

from ingest.regions import GLOBAL, WORLD, fold  # noqa: E402

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_HDX_LANGUAGES = {
    "en": "English",
    "fr": "French",
    "es": "Spanish",
    "ar": "Arabic",
    "ru": "Russian",
    "zh": "Chinese",
}
_KOSOVO = ("XK", "XKX", None)  # not in ISO 3166-1: codes that ISO leaves to users, no M49 code


def slug(name: str) -> str:
    """ "Côte d'Ivoire" -> "cote-divoire"."""
    return fold(name).replace(" ", "-")


class Builder:
    """Collects regions and their names by language, then hands out the two files' contents."""

    def __init__(self, hdx: Path, cldr_names: Path) -> None:
        with (ROOT / "tools" / "regions.toml").open("rb") as file:
            self.hand: dict[str, Any] = tomllib.load(file)
        with hdx.open(encoding="utf-8", newline="") as file:
            self.table = list(csv.DictReader(file))
        self.cldr = {language: self._territories(cldr_names, language) for language in LANGUAGES}
        self.key_of: dict[str, str] = {}  # ISO alpha-2, M49 code of a region, or key -> key
        self.rows: dict[str, dict[str, Any]] = {}
        self.names: dict[str, dict[str, list[str]]] = {}  # key -> language -> names as written

    @staticmethod
    def _territories(cldr_names: Path, language: str) -> dict[str, str]:
        path = cldr_names / "main" / language / "territories.json"
        main = json.loads(path.read_text("utf-8"))["main"][language]
        territories: dict[str, str] = main["localeDisplayNames"]["territories"]
        return territories

    def build(self) -> None:
        self._regions_and_countries()
        self._areas_and_groups()
        for language, by_code in self.hand["aliases"].items():
            for code, names in by_code.items():
                self._name(self.key_of[code], language, *names)
        for row in self.rows.values():
            row["parents"] = list(dict.fromkeys(row["parents"]))

    def _add(self, code: str, name: str, kind: str, parent: str | None, codes: tuple[str | None, ...]) -> str:
        key = WORLD if kind == "world" else slug(name)
        if key in self.rows:
            raise SystemExit(f"two regions would have the key {key!r}; give one another name in regions.toml")
        self.key_of[code] = self.key_of[key] = key
        self.rows[key] = {"name": name, "kind": kind, "parents": [parent] if parent else [], "codes": codes}
        self.names[key] = {}
        self._name(key, "en", name)
        return key

    def _name(self, key: str, language: str, *names: str) -> None:
        known = self.names[key].setdefault(language, [])
        for written in names:
            name = written.strip().replace("’", "'")
            if language == "en":
                name = re.sub(r"^the (?=[A-Z])", "", name)
            for variant in (name, *self._variants(name, language)):
                if variant and variant not in known:
                    known.append(variant)

    @staticmethod
    def _variants(name: str, language: str) -> list[str]:
        found = []
        if language == "en":
            if "&" in name:
                found.append(name.replace("&", "and"))
            for saint in ("St. ", "St ", "Saint "):
                if name.startswith(saint):
                    rest = name[len(saint) :].replace("&", "and")
                    found += ["Saint " + rest, "St. " + rest, "St " + rest]
        if language == "ru" and name.startswith(("о-ва ", "Острова ")):
            found.append("Острова " + name.split(" ", 1)[1])
        return found

    def _regions_and_countries(self) -> None:
        overrides = self.hand["names"]
        self._add("001", overrides["001"], "world", None, (None, None, "001"))
        self._area(self.hand["area"][0])  # Global stands first under the root
        for level in ("Region", "Sub-region", "Intermediate Region"):
            above = {"Region": None, "Sub-region": "Region", "Intermediate Region": "Sub-region"}[level]
            found = {(row[f"{level} Code"].zfill(3), row[f"{level} Name"]): row for row in self.table}
            for (code, name), row in sorted(found.items()):
                if not name or self._deprecated(row):
                    continue
                parent = self.key_of[row[f"{above} Code"].zfill(3)] if above else WORLD
                key = self._add(code, overrides.get(code, name), "region", parent, (None, None, code))
                self._name(key, "en", name)
                self._cldr_names(key, code)
        for row in self.table:
            self._country(row)
        ordered = sorted(self.rows, key=lambda key: (self.rows[key]["kind"] == "country", self._place(key)))
        self.rows = {key: self.rows[key] for key in ordered}

    def _place(self, key: str) -> str:
        """Countries stand in the order of their names, the regions before them in the order they came."""
        return fold(self.rows[key]["name"]) if self.rows[key]["kind"] == "country" else ""

    @staticmethod
    def _deprecated(row: dict[str, str]) -> bool:
        return row["Deprecated"] == "Y"

    def _country(self, row: dict[str, str]) -> None:
        iso2, iso3 = row["ISO 3166-1 Alpha 2-Codes"], row["ISO 3166-1 Alpha 3-Codes"]
        codes: tuple[str | None, ...] = (iso2, iso3, row["m49 numerical code"].zfill(3))
        if row["x Alpha2 codes"] == _KOSOVO[0]:
            codes, iso2 = _KOSOVO, "XK"
        if not iso2:
            return  # the Canary Islands and other parts of countries, which the table lists beside them
        parts = ("Intermediate Region Code", "Sub-region Code", "Region Code")
        above = next((row[part].zfill(3) for part in parts if row[part]), "001")
        display = self.hand["names"].get(iso2)
        if display is None:
            display = self.cldr["en"][iso2].replace("&", "and").replace("’", "'")
            display = re.sub(r"^St\. ", "Saint ", display)
        key = self._add(iso2, display, "country", self.key_of[above], codes)
        self._name(key, "en", row["Preferred Term"], row["RW Short Name"], row["English Formal"])
        for language, label in _HDX_LANGUAGES.items():
            self._name(key, language, row[f"M49 {label}"], row[f"{label} Short"])
        self._cldr_names(key, iso2)

    def _cldr_names(self, key: str, code: str) -> None:
        for language, territories in self.cldr.items():
            for suffix in ("", "-alt-short", "-alt-variant"):
                name = territories.get(code + suffix, "")
                if name not in self.hand["drop"].get(language, []):
                    self._name(key, language, name)

    def _area(self, entry: dict[str, Any]) -> None:
        key = self._add(
            entry["key"], entry["name"], entry["kind"], self.key_of[entry["parent"]], (None, None, None)
        )
        for language in LANGUAGES:
            self._name(key, language, *entry.get(language, []))

    def _areas_and_groups(self) -> None:
        for entry in self.hand["area"][1:]:
            self._area(entry)
        for entry in self.hand["group"]:
            key = entry["key"]
            self.rows[key] = {"name": entry["name"], "kind": "group", "parents": [], "codes": (None, None, None)}
            self.key_of[key] = key
            self.names[key] = {}
            self._name(key, "en", entry["name"])
            for language in LANGUAGES:
                self._name(key, language, *entry.get(language, []))
        for entry in self.hand["group"]:
            within = [self.key_of[code] for code in entry.get("within", [])]
            self.rows[entry["key"]]["parents"] += within or [WORLD]
        for entry in self.hand["group"]:
            for code in entry["members"].split():
                self.rows[self.key_of[code]]["parents"].append(entry["key"])

    def folded_names(self) -> dict[str, set[str]]:
        """key -> every folded name that resolves to it. Stops on a name that two regions claim, codes counted."""
        prefer = {fold(name): self.key_of[code] for name, code in self.hand["prefer"].items()}
        claims: dict[str, set[str]] = {}
        for key, by_language in self.names.items():
            for name in (name for names in by_language.values() for name in names):
                claims.setdefault(fold(name), set()).add(key)
            if key != WORLD:
                claims.setdefault(fold(key), set()).add(key)
        result: dict[str, set[str]] = {key: set() for key in self.rows}
        for name, keys in claims.items():
            for key in {prefer[name]} if name in prefer else keys:
                result[key].add(name)
        self._stop_on_disputes(claims, prefer)
        return result

    def _stop_on_disputes(self, claims: dict[str, set[str]], prefer: dict[str, str]) -> None:
        with_codes = {name: set(keys) for name, keys in claims.items()}
        for key, row in self.rows.items():
            for code in filter(None, row["codes"]):
                with_codes.setdefault(code.lower(), set()).add(key)
                with_codes.setdefault(code.lower().lstrip("0"), set()).add(key)
        claimed_twice = {name: keys for name, keys in with_codes.items() if len(keys) > 1}
        disputed = [f"{name!r}: {sorted(keys)}" for name, keys in claimed_twice.items() if name not in prefer]
        unused = sorted(prefer.keys() - claimed_twice.keys())
        if disputed or unused:
            raise SystemExit(
                "\n".join(["names that two regions claim:", *disputed, "preferences unused:", *unused])
            )

    def regions_json(self) -> str:
        """One region a line: key, name, kind, parents, codes, folded names."""
        names = self.folded_names()
        lines = []
        for key, row in self.rows.items():
            cells = [key, row["name"], row["kind"], row["parents"], list(row["codes"]), sorted(names[key])]
            lines.append(json.dumps(cells, ensure_ascii=False, separators=(",", ":")))
        return "[\n" + ",\n".join(lines) + "\n]\n"

    def surfaces(self) -> dict[str, dict[str, list[str]]]:
        """language -> key -> names as they stand in running text; "" holds the phrases that are no mention."""
        text = self.hand["text"]
        owner = {name: key for key, names in self.folded_names().items() for name in names}
        result: dict[str, dict[str, list[str]]] = {}
        for language in LANGUAGES:
            skip = set(text["skip"].get(language, []))
            by_key: dict[str, list[str]] = {"": list(text["not"].get(language, []))}
            for key, names in self.names.items():
                wanted = [n for n in names.get(language, []) if n not in skip and owner[fold(n)] == key]
                wanted = [n for n in wanted if not re.search(r"[(),*/（）]", n) and not n[0].islower()]
                if wanted and key not in (WORLD, GLOBAL):
                    by_key[key] = wanted
            for code, extra in text["extra"].get(language, {}).items():
                known = by_key.setdefault(self.key_of[code], [])
                known += [name for name in extra if name not in known]
            result[language] = by_key
        self._english_adjectives(result["en"])
        result["en"][""] += sorted(self._people_and_towns())
        for key, written in result["ru"].items():
            result["ru"][key] = sorted({form for name in written for form in case_forms(name)})
        return result

    def _english_adjectives(self, english: dict[str, list[str]]) -> None:
        for code, words in self.hand["demonyms"].items():
            for word in words.split(","):
                plural = [] if word.endswith(("ese", "ish", "ch", "ss", "gh")) else [word + "s"]
                english[self.key_of[code]] += [word, *plural]

    def _people_and_towns(self) -> set[str]:
        people = self.hand["text"]["people"]
        found = set()
        for name in people["countries"]:
            found |= {f"{first} {name}" for first in people["given"] + people["titles"]}
            found |= {f"{name} {surname}" for surname in people["surnames"]}
        for place in people["places"]:
            found |= {f"{place}, {state}" for state in people["states"]}
        for state in people["states"]:
            found |= {f"{state}, Georgia", f"{state} and Georgia", f"Georgia and {state}", f"{state}, and Georgia"}
        return found | {f"{town}, Georgia" for town in people["towns"]}

    def region_names_json(self) -> str:
        """One region of one language a line."""
        blocks = []
        for language, by_key in self.surfaces().items():
            lines = [
                f"{json.dumps(key)}:{json.dumps(names, ensure_ascii=False, separators=(',', ':'))}"
                for key, names in by_key.items()
            ]
            blocks.append(f'"{language}":{{\n' + ",\n".join(lines) + "\n}")
        return "{\n" + ",\n".join(blocks) + "\n}\n"


def main() -> int:
    """Write both files, or with --check say which of them differs (exit status 1)."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--hdx", type=Path, required=True, help="the table (CSV) of hdx-python-country")
    parser.add_argument(
        "--cldr-names", type=Path, required=True, help="folder of the unpacked cldr-localenames-full"
    )
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    options = parser.parse_args()
    builder = Builder(options.hdx, options.cldr_names)
    builder.build()
    data = ROOT / "ingest" / "data"
    made = {"regions.json": builder.regions_json(), "region_names.json": builder.region_names_json()}
    differing = 0
    for name, content in made.items():
        if not options.check:
            (data / name).write_text(content, "utf-8")
        elif (data / name).read_text("utf-8") != content:
            print(f"{name} differs from its sources", file=sys.stderr)
            differing += 1
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
