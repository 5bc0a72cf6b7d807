"""A picture of how time grows with the collection: SVG, from the figures that `search.py --json` wrote.

    python benchmarks/plot.py found.json -o docs/performance.svg --kinds or,and,phrase --way snippets

Both axes are logarithmic: passages from left to right, the middle time of an answer (p50, milliseconds) upwards; a
panel for each kind of question, a line for each engine, with its name at its end. Several JSON files are taken
together: a later one adds to an earlier one, or replaces its figures. Written by hand, so that nothing needs to be
installed; the colours are told apart in light and in dark, and text takes the colour of the page it stands on.
"""

from __future__ import annotations

import argparse
import json
import math
from html import escape
from pathlib import Path
from typing import Any

from questions import KINDS
from tables import p50

#: Of Okabe and Ito's palette for all kinds of colour vision, those with contrast on white and on black alike.
COLOURS = {
    "dossier": "#d55e00",
    "tantivy": "#0a84c6",
    "tantivy-total": "#5a7fb5",
    "fts5": "#009e73",
    "xapian": "#b8860b",
    "whoosh": "#c2569b",
    "bm25s": "#8a8a8a",
}
OTHER = "#8a8a8a"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM, COLUMNS = 300, 240, 52, 34, 92, 40, 2
STYLE = """
svg { color: #1f2328; font: 12px system-ui, sans-serif }
@media (prefers-color-scheme: dark) { svg { color: #e6edf3 } }
text { fill: currentColor } .grid { stroke: currentColor; stroke-opacity: .15 } .title { font-weight: 600 }
.line { fill: none; stroke-width: 2 } .own { stroke-width: 3.5 }
"""
Series = dict[str, list[tuple[int, float]]]


def read(paths: list[Path], way: str) -> dict[str, Series]:
    """{kind: {engine: [(passages, p50 in ms), ...] ascending}} of the files together."""
    found: dict[str, dict[str, dict[int, float]]] = {kind: {} for kind in KINDS}
    for path in paths:
        figures: dict[str, Any] = json.loads(path.read_text())
        for size, report in figures["sizes"].items():
            for engine, ways in report["searched"].items():
                for kind, one in ways[way].items():
                    found[kind].setdefault(engine, {})[int(size)] = p50(one)
    return {
        kind: {engine: sorted(by_size.items()) for engine, by_size in series.items()}
        for kind, series in found.items()
        if series
    }


class Panel:
    """One kind of question: a square of the picture with its axes."""

    def __init__(self, kind: str, series: Series, sizes: tuple[int, int], times: tuple[float, float]) -> None:
        self.kind = kind
        self.series = series
        self.sizes = sizes
        self.low, self.high = math.floor(math.log10(times[0])), math.ceil(math.log10(times[1]))
        self.high = max(self.high, self.low + 1)

    def x(self, size: float) -> float:
        """The place of a number of passages."""
        first, last = (math.log10(bound) for bound in self.sizes)
        share = (math.log10(size) - first) / (last - first) if last > first else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, ms: float) -> float:
        """The place of a time."""
        share = (math.log10(ms) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def drawn(self) -> str:
        """The panel as SVG."""
        parts = [f'<text class="title" x="{LEFT}" y="20">{escape(self.kind)}</text>']
        for power in range(self.low, self.high + 1):
            y = self.y(10.0**power)
            parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{duration(power)}</text>')
        first, last = (round(math.log10(bound)) for bound in self.sizes)
        for power in range(first, last + 1):
            if self.sizes[0] <= 10**power <= self.sizes[1]:
                x = self.x(10**power)
                parts.append(f'<path class="grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
                parts.append(
                    f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{short(10**power)}</text>'
                )
        for engine, points in self.series.items():
            parts.append(self.line(engine, points))
        return "".join(parts + self.names())

    def line(self, engine: str, points: list[tuple[int, float]]) -> str:
        """The line of an engine, with a dot at each size."""
        colour = COLOURS.get(engine, OTHER)
        places = [(self.x(size), self.y(ms)) for size, ms in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        own = " own" if engine == "dossier" else ""
        dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        return f'<polyline class="line{own}" stroke="{colour}" points="{path}"/>{dots}'

    def names(self) -> list[str]:
        """The engines' names beside the ends of their lines, moved apart where they would overlap."""
        ends = sorted((self.y(points[-1][1]), engine) for engine, points in self.series.items())
        places: list[float] = []
        for y, _ in ends:
            places.append(max(y, places[-1] + 14) if places else y)
        over = max(0.0, places[-1] - (HEIGHT - BOTTOM)) if places else 0.0
        parts = []
        for place, (_, engine) in zip(places, ends, strict=True):
            at = f'x="{WIDTH - RIGHT + 10}" y="{place - over + 4:.1f}"'
            parts.append(f'<text {at} style="fill:{COLOURS.get(engine, OTHER)}">{escape(engine)}</text>')
        return parts


def duration(power: int) -> str:
    """10 ** power milliseconds."""
    return f"{10.0**power:g} ms" if power < 3 else f"{10.0 ** (power - 3):g} s"


def short(number: int) -> str:
    """10,000 as 10k, 1,000,000 as 1M."""
    for bound, letter in ((10**6, "M"), (10**3, "k")):
        if number >= bound:
            return f"{number / bound:g}{letter}"
    return str(number)


def picture(found: dict[str, Series], title: str) -> str:
    """The whole picture."""
    points = [point for series in found.values() for line in series.values() for point in line]
    if not points:
        raise SystemExit("there are no figures in these files for this kind and way")
    sizes = (min(size for size, _ in points), max(size for size, _ in points))
    times = (min(ms for _, ms in points), max(ms for _, ms in points))
    panels = [Panel(kind, series, sizes, times).drawn() for kind, series in found.items()]
    columns = min(COLUMNS, len(panels))
    width, height = columns * WIDTH, -(-len(panels) // columns) * HEIGHT + 30
    placed = "".join(
        f'<g transform="translate({at % columns * WIDTH} {at // columns * HEIGHT + 30})">{panel}</g>'
        for at, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{escape(title)}"><style>{STYLE}</style>'
        f'<text x="{LEFT}" y="20" style="font-size:14px">{escape(title)}</text>{placed}</svg>\n'
    )


def main() -> None:
    """Read and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="+", type=Path, help="files that search.py --json wrote")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--kinds", default=",".join(KINDS), help=f"of {', '.join(KINDS)} (default: all)")
    parser.add_argument("--way", choices=("ids", "snippets"), default="snippets")
    args = parser.parse_args()
    found = read(args.figures, args.way)
    what = "ten titles and snippets" if args.way == "snippets" else "ten ids"
    title = f"A query for {what}: time by number of passages"
    args.output.write_text(
        picture({k: found[k] for k in args.kinds.split(",") if k in found}, title), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
