"""The examples in the documentation run."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"
MODULES = sorted(
    ".".join(file.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
    for file in SRC.rglob("*.py")
    if file.stem != "__main__"  # importing it runs the command
)
EXTRAS = {"spinfix.spacy_component": "spacy", "spinfix.datatrove": "datatrove"}  # what a module needs that may not be installed


def examples_in(name: str) -> list[doctest.DocTest]:
    return [test for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)) if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    if name in EXTRAS and not importlib.util.find_spec(EXTRAS[name]):
        pytest.skip(f"{EXTRAS[name]} is not installed")
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    for test in examples_in(name):
        runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


@pytest.mark.parametrize("name", ["spinfix", "spinfix.api", "spinfix.patch", "spinfix.text", "spinfix.inflection"])
def test_what_users_meet_first_has_examples(name: str) -> None:
    assert examples_in(name)
