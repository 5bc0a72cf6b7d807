"""No command opens a connection, asks for an address, or writes down what was searched for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import command
from command_line import run as in_process
from conftest import ROOT
from libraries import library, record

#: Loaded by every Python process before anything else, the ones that read documents among them.
HOOK = """
import os, sys
EVENTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
          "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request", "http.client.connect",
          "ftplib.connect", "smtplib.connect", "webbrowser.open")
def watch(event, arguments):
    if event in EVENTS:
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {arguments!r} in {sys.argv}\\n")
sys.addaudithook(watch)
with open(os.environ["STARTED_LOG"], "a") as log:
    log.write("x")
"""
PAGE = """<html><head><title>Kilns</title><link rel="stylesheet" href="http://127.0.0.1:9/a.css">
<script src="http://127.0.0.1:9/a.js"></script></head><body><main><img src="http://127.0.0.1:9/a.png">
<iframe src="http://127.0.0.1:9/b"></iframe><p>Work in the kilns of the north is hard and is not paid for.</p>
<a href="http://127.0.0.1:9/report.pdf">A report</a></main></body></html>"""
QUERY = "Zyxquorvel"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "corpus" / "a.txt").write_text(
        "The kilns of the north, and who works there. " * 30, encoding="utf-8"
    )
    (tmp_path / "queries.txt").write_text(f"kilns\n{QUERY}\n", encoding="utf-8")
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    return tmp_path


def run(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOSSIER_")}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(place / "hook"), str(ROOT)]),
        "NETWORK_LOG": str(place / "network.log"),
        "STARTED_LOG": str(place / "started.log"),
    }
    return subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_no_command_opens_a_connection(place: Path) -> None:
    for arguments in (
        ["index", "corpus", "--jobs", "1"],
        ["search", "kilns", "--explain", "--facets"],
        ["similar", "corpus/a.txt"],
        ["batch", "queries.txt", "--jobs", "2"],
        ["export"],
        ["status", "--missing"],
        ["tag", "add", "work", "corpus/a.txt"],
        ["saved", "add", "mine", "kilns"],
        ["saved", "run", "mine", "--new"],
        ["verify"],
        ["config"],
        ["forget", "corpus/a.txt", "--yes"],
    ):
        done = run(place, *command(*arguments))
        assert done.returncode in (0, 1), done.stderr
    assert not (place / "network.log").exists(), (place / "network.log").read_text()
    assert len((place / "started.log").read_text()) > 14, "the processes that read documents were watched too"


def test_the_watch_sees_a_connection(place: Path) -> None:
    script = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    run(place, sys.executable, "-c", script)
    assert "socket.connect" in (place / "network.log").read_text()


@pytest.mark.slow
def test_no_file_keeps_what_was_searched_for(place: Path) -> None:
    assert run(place, *command("index", "corpus", "--jobs", "1")).returncode == 0
    for options in ([], ["-v"]):
        run(place, *command(*options, "search", QUERY, "--explain"))
        run(place, *command(*options, "batch", "queries.txt"))
        run(place, *command(*options, "tag", "add", "x", "--query", QUERY))
    kept = [
        path
        for path in place.rglob("*")
        if path.is_file() and path.name != "queries.txt" and QUERY.lower().encode() in path.read_bytes().lower()
    ]
    assert kept == []


def test_quiet_says_nothing_of_the_query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library(tmp_path / "index_data", {"a.txt": record("The kilns of the north")})
    assert QUERY.lower() in in_process(capsys, tmp_path / "index_data", "search", QUERY).err.lower()
    for options in (["-q"], ["-q", "-v"]):
        assert in_process(capsys, tmp_path / "index_data", *options, "search", QUERY).err == ""
