"""Throw bytes at what reads files and queries: python tools/fuzz.py TARGET SECONDS

They are guided by the code that they reach. The targets are those of tests/fuzz/targets.py ("all" for each in
turn). Needs atheris (`pip install atheris`), which is for this alone and no dependency. What it finds is put into
tests/fuzz/found/ under the target's name, from where a test replays it ever after; the exit status is 1 if there
was something. Inputs that reached new code are kept in build/fuzz/ and taken up again by the next run.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / "tests" / "fuzz" / "found"
KEPT = ROOT / "build" / "fuzz"
#: Seconds and MiB of one input, above which that is what was found.
TIMEOUT, MEMORY = 10, 2048


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[2].isdigit():
        return sum(_run(target, int(sys.argv[2])) for target in _names(sys.argv[1])) and 1
    if len(sys.argv) > 3 and sys.argv[1] == "--inside":
        _inside(sys.argv[2], sys.argv[3:])
    print(__doc__, file=sys.stderr)
    return 2


def _names(wanted: str) -> list[str]:
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from fuzz.targets import TARGETS

    if wanted != "all" and wanted not in TARGETS:
        sys.exit(f"There is no target {wanted}: choose from all, {', '.join(TARGETS)}.")
    return list(TARGETS) if wanted == "all" else [wanted]


def _run(target: str, seconds: int) -> int:
    """Fuzz one target in a process of its own; how much it has found."""
    from fuzz.targets import seeds

    corpus, crashes = KEPT / target, KEPT / f"{target}-crashes"
    for folder in (corpus, crashes, FOUND):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds(target):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}", "-max_len=4096"]
    options += [f"-artifact_prefix={crashes}/", "-print_final_stats=1"]
    subprocess.run([sys.executable, __file__, "--inside", target, *options, str(corpus)], check=False)
    new = 0
    for crash in crashes.iterdir():
        kept = FOUND / f"{target}-{hashlib.sha256(crash.read_bytes()).hexdigest()[:8]}"
        if not kept.exists():
            crash.replace(kept)
            print(f"{target}: found {kept.relative_to(ROOT)}", file=sys.stderr)
            new += 1
    return new


def _inside(target: str, options: list[str]) -> None:
    """Be the process that libFuzzer drives; it ends the process itself."""
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: pip install atheris")
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    with atheris.instrument_imports(include=["ingest", "searchidx"]):
        from fuzz.targets import TARGETS, seeds

        for seed in seeds(target):  # what is imported at the first call is instrumented too
            TARGETS[target](seed)
    atheris.Setup([sys.argv[0], *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
