"""Each command has an example in the documentation, and its help begins with one."""

import re

import docs_runner as docs
import pytest
from click.testing import CliRunner

from cli import COMMANDS, dossier

#: `dossier`, global options with their values, and the command.
CALL = r"\bdossier(?: --?[\w-]+(?:[= ](?!{name}\b)[^\s-]\S*)?)* {name}(?![\w-])"


def _code() -> str:
    """All that the pages set as code: fenced, indented or between backticks."""
    text = ""
    for page in docs.pages():
        if page.exists():
            said = page.read_text(encoding="utf-8")
            text += "\n".join(block.text for block in docs.blocks(page)) + "\n"
            text += "\n".join(re.findall(r"^(?: {4}|\t).*$", said, re.MULTILINE)) + "\n"
            text += "\n".join(re.findall(r"`([^`\n]+)`", said)) + "\n"
    return text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_an_example_in_the_documentation(name: str) -> None:
    assert re.search(CALL.format(name=re.escape(name)), _code())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_help_begins_with_an_example(name: str) -> None:
    result = CliRunner().invoke(dossier, [name, "--help"], prog_name="dossier")
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.output.splitlines() if line.strip()]
    assert lines[0].startswith(f"Usage: dossier {name}")
    before_options = lines[1 : lines.index("Options:")]
    examples = [place for place, line in enumerate(before_options) if line.startswith(f"dossier {name}")]
    assert examples, result.output
    assert examples[0] <= 2, "the example comes after the sentence that says what the command does"


def test_the_help_of_dossier_names_every_command() -> None:
    result = CliRunner().invoke(dossier, ["--help"])
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} ", result.output, re.MULTILINE)
        assert line in result.output
