# Two commands for people: `make demo` and `make test`. They set up what they need in .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# `make test` is everything that takes seconds; `make test-slow` the rest: kills, soaks, damage, large collections.
.PHONY: demo test test-slow lint corpus picture clean

demo: $(STAMP)
	@sh tools/demo.sh "$(BIN)/dossier"

test: $(STAMP)
	$(BIN)/python -m pytest -m "not slow" --numprocesses auto

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow --numprocesses auto

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Rewrites the built files of the sample library from its sources.
corpus: $(STAMP)
	$(BIN)/python tools/build_corpus.py

# Takes the README's picture of a terminal anew, from the library that `make demo` made.
picture: $(STAMP)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python tools/terminal_picture.py -o docs/terminal.svg -- \
		dossier search debt bondage --limit 3

$(STAMP): pyproject.toml $(wildcard native/*)
	@$(PYTHON) -c 'import sys; sys.exit("dossier needs Python 3.11 or newer, this is %d.%d: try make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV), once; this takes a minute."
	@$(PYTHON) -m venv $(VENV)
	@# The pip that comes with Python 3.11 does not find lxml's extra `html_clean`, which trafilatura asks for.
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
