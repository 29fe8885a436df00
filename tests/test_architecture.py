"""The floors of the house: data flows one way, and every outside thing has one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "spinfix"

# A module imports only from modules above it in this list.
FLOORS = (
    "errors",
    "ignore_files",
    "list_files",
    "records",
    "patch",
    "text",
    "markup",
    "suppression",
    "inflection",
    "fuse",
    "page_words",
    "arrays",
    "wordlists",
    "known_names",
    "screener",
    "composed",
    "first_look",
    "language_model",
    "broken_words",
    "standing",
    "kenlm_model",
    "channel",
    "terms",
    "confusions",
    "word_channel",
    "beam",
    "unlisted",
    "lattice",
    "rules",
    "selection",
    "candidates",
    "templates",
    "proposals",
    "decoder",
    "detection",
    "glance",
    "regions",
    "calibration",
    "adaptation",
    "struck",
    "scoring",
    "exemptions",
    "report",
    "review",
    "reading",
    "workers",
    "parallel",
    "sections",
    "loaded",
    "api",
    "identity",
    "batch",
    "datatrove",
    "survey",
    "catalogue",
    "rulebook",
    "baseline",
    "configuration",
    "spacy_component",
    "cli",
    "__main__",
)
FACE = "__init__"  # what users import: everything that is public, from any floor but the shell's
ONE_IMPORTER = ("regex", "wordfreq", "msgpack", "rapidfuzz", "pathspec", "shtab")
OUTSIDE = {"numpy", "markdown_it", "pylatexenc", "tree_sitter", "tree_sitter_rst", *ONE_IMPORTER, "kenlm", "spacy"}  # two extras
OUTSIDE |= {"datatrove", "tldextract", "pyarrow", "zstandard", "matplotlib"}  # two more
WORLD = {"sys", "os", "subprocess", "logging"}
ASKED = {"sched_getaffinity"}  # of the world, what changes nothing in it
SHELL = {"cli", "__main__"}
READERS_OF_PACKAGE_DATA = {"wordlists", "language_model", "standing", "report", "identity"}


def floor_of(file: Path) -> str:
    """The module, or the folder, that ``file`` is or lies in."""
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


SOURCES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}
by_file = pytest.mark.parametrize("file", SOURCES, ids=lambda f: f.relative_to(PACKAGE).as_posix())


def imports(file: Path) -> Iterator[tuple[str, int]]:
    """Dotted names of what ``file`` imports, absolute, with their lines; lazy imports too."""
    package = ("spinfix", *file.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(SOURCES[file]):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:  # `from . import rules` imports a module, `from .text import fit` a name in one
                yield f"{start}.{alias.name}", node.lineno


def own(dotted: str) -> str | None:
    """The floor that ``dotted`` leads to, or None for what lies outside the package."""
    head, *rest = dotted.split(".")
    if head != "spinfix":
        return None
    return rest[0] if rest and (rest[0] in FLOORS) else FACE


def test_the_floors_are_those_that_stand() -> None:
    standing = {floor_of(file) for file in SOURCES} - {FACE}
    assert standing <= set(FLOORS), "a new module needs its place in FLOORS"
    assert len(standing) >= 15


@by_file
def test_a_module_imports_only_from_floors_above_it(file: Path) -> None:
    here = floor_of(file)
    for dotted, line in imports(file):
        there = own(dotted)
        if there is None or there == here:
            continue
        if here == FACE:
            assert there not in SHELL, f"{file}:{line}: the library does not import the shell"
        else:
            # the face is built from all floors, so importing from it would close a circle; the shell stands outside
            assert there != FACE or here in SHELL, f"{file}:{line}: import {dotted} from the module that owns it"
            if there != FACE:
                assert FLOORS.index(there) < FLOORS.index(here), f"{file}:{line}: {here} stands above or beside {there}"


def test_outside_packages_come_in_by_one_door_each() -> None:
    for package in ONE_IMPORTER:
        doors = {floor_of(file) for file in SOURCES for dotted, _ in imports(file) if dotted.split(".")[0] == package}
        assert len(doors) <= 1, f"{package} has {len(doors)} importers: {sorted(doors)}"


@by_file
def test_nothing_undeclared_is_imported(file: Path) -> None:
    for dotted, line in imports(file):
        head = dotted.split(".")[0]
        assert head in {"spinfix", *OUTSIDE} or head in sys.stdlib_module_names, f"{file}:{line}: {head} is no declared dependency"


def named(node: ast.expr) -> str:
    """The last name of what is called."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def opens_for_writing(call: ast.Call) -> bool:
    """Whether a call of ``open`` may write; a mode that is no constant counts as one that may."""
    at = 1 if isinstance(call.func, ast.Name) else 0  # open(path, mode), path.open(mode)
    modes = [*call.args[at : at + 1], *(k.value for k in call.keywords if k.arg == "mode")]
    texts = [m.value if isinstance(m, ast.Constant) and isinstance(m.value, str) else "w" for m in modes]
    return any(set("wax+") & set(mode) for mode in texts)


def is_a_model(function: ast.expr) -> bool:
    """Whether this is ``PackedModel.open``, which has the name only."""
    return isinstance(function, ast.Attribute) and named(function.value) == "PackedModel"


def world_touches(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """What in ``tree`` reaches for the world outside: streams, printing, writing files, the environment, processes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((f"import {a.name}", node.lineno) for a in node.names if a.name.split(".")[0] in WORLD)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module in WORLD:
            yield from ((f"from {node.module}", node.lineno) for a in node.names if a.name not in ASKED)
        elif isinstance(node, ast.Call):
            name = named(node.func)
            if name in ("print", "input", "breakpoint", "write_text", "write_bytes", "unlink", "mkdir"):
                yield name, node.lineno
            elif name == "open" and not is_a_model(node.func) and opens_for_writing(node):
                yield "open for writing", node.lineno


@by_file
def test_only_the_shell_touches_the_world(file: Path) -> None:
    if floor_of(file) not in SHELL:
        assert not list(world_touches(SOURCES[file]))


@pytest.mark.parametrize(
    "source",
    [
        "import sys", "from sys import stdout", "import os.path", "print('x')", "open('x', 'w')", "open('x', mode='ab')", "open('x', how)",
        "path.open('x')", "path.write_text('x')", "f(lambda: print(1))", "from os import sched_getaffinity, unlink",
    ],
)  # fmt: skip
def test_the_search_for_touches_finds_them(source: str) -> None:
    assert list(world_touches(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "open('x')", "open('x', 'rb')", "path.open()", "PackedModel.open(path)", "path.read_text()", "pprint(1)",
        "from os import sched_getaffinity",
    ],
)  # fmt: skip
def test_the_search_for_touches_finds_nothing_else(source: str) -> None:
    assert not list(world_touches(ast.parse(source)))


def test_package_data_has_its_readers() -> None:
    names = ((file, node) for file, tree in SOURCES.items() for node in ast.walk(tree) if isinstance(node, ast.Name))
    readers = {floor_of(file) for file, node in names if node.id == "__file__"}
    assert readers <= READERS_OF_PACKAGE_DATA


@by_file
def test_no_file_has_two_owners(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 500, "over 500 lines: cut it"
    assert file.stem not in ("utils", "util", "helpers", "misc", "common")


@by_file
def test_every_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(SOURCES[file])
