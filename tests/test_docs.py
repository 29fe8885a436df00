"""README.md and docs/ say what is so: their commands and their Python examples run, their links lead somewhere.

A ``console`` block holds commands after ``$ `` (further lines of one after ``> ``) and what they print, standard error included;
``...`` stands for anything.  A ``python`` block is a doctest.  Both run in a folder that looks like the checkout, block after
block, so that a later block may use what an earlier one made.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")

# Commands that are not run here, each with its reason.
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/spinfix examples/spun-article.txt": "sets the project up",
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest -q": "sets the project up",
    "python3 tools/build_language_model.py CORPORA english.lm": "needs the corpora, and minutes",
    "pip install -e '.[test,engines]' && python -m pytest -m engines tests/test_recipes.py": "installs the engines",
    "python3 tools/compile_wordlists.py": "writes into the package",
}

by_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a console block and what it is said to print."""

    script: str
    output: str
    line: int  # 1-based, in the document


def blocks(document: Path, language: str) -> Iterator[tuple[str, int]]:
    """The code blocks of one language, each with the line of its first line."""
    text = document.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        if match[1] == language:
            yield match[2], text.count("\n", 0, match.start(2)) + 1


def commands(document: Path) -> Iterator[Command]:
    """All commands of the console blocks of ``document``."""
    for block, start in blocks(document, "console"):
        script: list[str] = []
        output: list[str] = []
        at = start
        for number, line in enumerate(block.splitlines(), start):
            if line.startswith("$ "):
                if script:
                    yield Command("\n".join(script), "".join(output), at)
                script, output, at = [line[2:]], [], number
            elif line.startswith("> ") and not output:
                script.append(line[2:])
            else:
                output.append(f"{line}\n")
        assert script, f"{document.name}:{start}: a console block without a command"
        yield Command("\n".join(script), "".join(output), at)


def is_as_said(said: str, found: str) -> bool:
    """Whether ``found`` is what the document says, ``...`` standing for anything."""
    return doctest.OutputChecker().check_output(said, found, doctest.ELLIPSIS)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the documents' commands need, the current one while the test runs."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "examples", folder / "examples")
    for name in ("benchmarks", "tools", "wordlists"):
        (folder / name).symlink_to(ROOT / name)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, start in (("spinfix", f"'{sys.executable}' -m spinfix"), ("python3", f"'{sys.executable}'")):
        (programs / name).write_text(f'#!/bin/sh\nexec {start} "$@"\n')
        (programs / name).chmod(0o755)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("PYTHONUTF8", "1")
    return folder


@by_document
def test_commands_print_what_the_document_says(document: Path, checkout: Path) -> None:
    status = 0
    for command in commands(document):
        if command.script in NOT_RUN:
            continue
        script = f"(exit {status})\n{command.script}\n"  # so that `echo $?` tells of the command before
        done = subprocess.run(
            ["sh", "-c", script], cwd=checkout, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120
        )
        found = done.stdout.decode()
        where = f"{document.name}:{command.line}: $ {command.script}"
        assert is_as_said(command.output, found), f"{where}\nsaid:\n{command.output}\nfound (exit {done.returncode}):\n{found}"
        assert done.returncode < 2 or "spinfix: " in command.output, f"{where}\nexit {done.returncode}, and the document does not say so"
        status = done.returncode


@by_document
def test_python_examples_run(document: Path, checkout: Path) -> None:
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    for block, line in blocks(document, "python"):
        test = doctest.DocTestParser().get_doctest(block, names, document.name, str(document), line - 1)
        assert test.examples, f"{document.name}:{line}: a python block without >>>"
        runner.run(test, out=said.append, clear_globs=False)
        names = test.globs
    assert runner.failures == 0, "".join(said)


def test_the_check_of_outputs_can_fail() -> None:
    assert is_as_said("a\n...\nd\n", "a\nb\nc\nd\n")
    assert is_as_said("a → b  ...  list\n", "a → b  0.97  list\n")
    assert not is_as_said("a\n", "a\nb\n")
    assert not is_as_said("...\nb\n", "a\nc\n")


@by_document
def test_outputs_say_something(document: Path) -> None:
    for command in commands(document):
        assert not command.output or command.output.replace("...", "").strip(), f"{document.name}:{command.line}: all of it left out"


def test_every_command_that_is_not_run_stands_in_a_document() -> None:
    standing = {command.script for document in DOCUMENTS for command in commands(document)}
    assert NOT_RUN.keys() <= standing


@by_document
def test_every_block_is_of_a_known_language(document: Path) -> None:
    languages = {match[1] for match in BLOCK.finditer(document.read_text(encoding="utf-8"))}
    assert languages <= {"console", "python", "text", "toml", "tsv", "yaml"}, "a block in another language would not be tested"


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "CHANGELOG.md"], ids=lambda file: file.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, section = target.partition("#")
        file = document.parent / path if path else document
        assert file.exists(), f"{document.name}: {target} leads nowhere"
        if section:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert section in anchors, f"{document.name}: {target} names no heading of {file.name}"


def test_each_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    groups = [project["build-system"]["requires"], project["project"]["dependencies"], *extras]
    declared = {re.split(r"[^\w.-]", requirement)[0] for group in groups for requirement in group}
    explained = re.findall(r"^\| `([\w.-]+)` \|", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(declared)
