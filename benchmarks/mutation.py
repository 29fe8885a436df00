"""Mutation testing: small faults are put into a module, one at a time, and the tests that are to notice are run.

    python benchmarks/mutation.py patch [--every 3] [--from N] [--examples 40]

The operators are those that mutmut and cosmic-ray have in common: comparisons, arithmetic, ``and`` and ``or``, ``not``, numbers, texts,
truth values, ``break`` and ``continue``, an assignment of nothing, a call that is left out.  Texts inside f-strings, docstrings and type
annotations are left alone.  The mutants are run in forks of one process that has the libraries loaded, for most of the time would go into
loading them; a mutant that takes ten times as long as the unchanged module counts as killed.  Survivors go to ``MUTATION.md`` by hand,
each with the reason.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import gc
import importlib
import importlib.machinery
import io
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any, Final

import hypothesis
import pytest

ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Target:
    """A module, the functions of it that are mutated (all, if none is named), and the tests that are run."""

    module: str
    tests: tuple[str, ...]
    functions: tuple[str, ...] = ()


RECORDS: Final = "tests/test_records.py"
TARGETS: Final = {
    "patch": Target("spinfix.patch", (RECORDS, "tests/test_patch.py")),
    "lists": Target(
        "spinfix.wordlists",
        (
            RECORDS,
            "tests/test_list_format.py",
            "tests/test_wordlists.py",
            "tests/test_hostile_data.py",
            "-k",
            "list_format or a_good_list or every_fault or guards_find or all_faults or line_ends or cannot_be_read or keys"
            " or compiled_lines_hold or by_itself or exactly_that_case or likelier_is_kept or each_family or damaged_line or records",
        ),
        ("read_list", "parse_list", "_header_line", "_row", "_guard", "key_of", "list_key", "compiled_lines", "_entry", "own_files"),
    ),
    "rules": Target(
        "spinfix.rules.own",
        ("tests/test_own_rules.py", "tests/test_hostile_data.py"),
        ("parse_rules", "of", "_check_keys", "complain", "_check_pattern", "_guarded", "_filled"),
    ),
    "decoder": Target("spinfix.decoder", (RECORDS, "tests/test_decoder.py")),
    "adaptation": Target(
        "spinfix.adaptation",
        (RECORDS, "tests/test_adaptation.py", "tests/test_scoring.py::test_every_family_of_lists_is_a_kind_of_spinner_or_open_to_all"),
    ),
    "arrays": Target("spinfix.arrays", ("tests/test_arrays.py",), ("packed", "opened", "sparing", "is_memory_short", "let_go")),
    "beam": Target("spinfix.beam", ("tests/test_beam.py",)),
    "broken_words": Target("spinfix.broken_words", ("tests/test_broken_words.py",)),
    "page_words": Target(
        "spinfix.page_words",
        ("tests/test_first_look.py", "tests/test_broken_words.py", "-k", "keys or letter_case or long_words or ligature or printed"),
    ),
    "regions": Target("spinfix.regions", ("tests/test_regions.py", "tests/test_scoring_core.py")),
    "struck": Target("spinfix.struck", ("tests/test_struck.py",)),
    "mentions": Target(
        "spinfix.suppression",
        ("tests/test_suppression.py",),
        ("kept_tokens", "kept_spans", "mentions", "_is_short", "_vouched_for", "_names", "_quoted"),
    ),
    "workers": Target("spinfix.workers", ("tests/test_parallel.py",)),
    "scoring": Target("spinfix.scoring", (RECORDS, "tests/test_scoring_core.py", "tests/test_scoring.py", "-k", "not dictionaries")),
}

_SWAPS: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Div, ast.And: ast.Or, ast.Or: ast.And, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.Break: ast.Continue, ast.Continue: ast.Break, ast.USub: ast.UAdd,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: where, what, and the module with it."""

    line: int
    what: str
    tree: ast.Module


def mutants(source: str, functions: tuple[str, ...]) -> Iterator[Mutant]:
    """The mutants of a module, in the order of its nodes."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        for field, changed, what in _changes(node):
            if functions and not _is_inside(tree, node, functions):
                continue
            mutated = copy.deepcopy(tree)
            twin = next(other for k, other in enumerate(ast.walk(mutated)) if k == number)
            setattr(twin, field, changed) if field else _replace(mutated, twin, changed)
            yield Mutant(getattr(node, "lineno", 0) or _line(tree, node), what, ast.fix_missing_locations(mutated))


def _changes(node: ast.AST) -> Iterator[tuple[str, Any, str]]:
    if getattr(node, "kept", False):
        return
    match node:
        case ast.FunctionDef() | ast.ClassDef() | ast.Module():
            if ast.get_docstring(node, clean=False) is not None:
                _keep(node.body[0])
            for part in ast.walk(node):
                for name in ("annotation", "returns"):
                    if isinstance(annotation := getattr(part, name, None), ast.AST):
                        _keep(annotation)
        case ast.JoinedStr():
            for value in node.values:
                if isinstance(value, ast.Constant):
                    _keep(value)
            for value in node.values:
                if isinstance(value, ast.FormattedValue) and value.format_spec is not None:
                    _keep(value.format_spec)
        case ast.Compare():
            for k, operator in enumerate(node.ops):
                swapped = _SWAPS[type(operator)]()
                yield "ops", [*node.ops[:k], swapped, *node.ops[k + 1 :]], f"{_name(operator)} → {_name(swapped)}"
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in _SWAPS:
            yield "op", _SWAPS[type(node.op)](), f"{_name(node.op)} → {_name(_SWAPS[type(node.op)]())}"
            if isinstance(node, ast.AugAssign):
                yield "", ast.Pass(), f"without {ast.unparse(node)}"
        case ast.UnaryOp(op=ast.Not()):
            yield "", node.operand, f"without not: {ast.unparse(node)}"
        case ast.UnaryOp(op=ast.USub()):
            yield "", node.operand, f"without minus: {ast.unparse(node)}"
        case ast.Constant(value=bool() as value):
            yield "value", not value, f"{value} → {not value}"
        case ast.Constant(value=int() | float() as number):
            yield "value", number + 1, f"{number} → {number + 1}"
        case ast.Constant(value=str() as text):
            yield "value", f"XX{text}XX", f"{text!r} → {f'XX{text}XX'!r}"
        case ast.Break() | ast.Continue():
            yield "", _SWAPS[type(node)](), f"{_name(node)} → {_name(_SWAPS[type(node)]())}"
        case ast.Assign() if not isinstance(node.value, ast.Constant):
            yield "value", ast.Constant(None), f"{ast.unparse(node)[:50]} → None"
        case ast.Return(value=ast.AST() as value) if not isinstance(value, ast.Constant):
            yield "value", ast.Constant(None), f"return {ast.unparse(value)[:50]} → None"
        case ast.Expr(value=ast.Call() as call):
            yield "", ast.Pass(), f"without {ast.unparse(call)[:60]}"


def _keep(node: ast.AST) -> None:
    for part in ast.walk(node):
        part.kept = True  # type: ignore[attr-defined]


def _name(node: ast.AST) -> str:
    return type(node).__name__


def _replace(tree: ast.AST, node: ast.AST, other: ast.AST) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
            elif isinstance(value, list) and any(item is node for item in value):
                setattr(parent, field, [other if item is node else item for item in value])


def _line(tree: ast.AST, node: ast.AST) -> int:
    return next(getattr(p, "lineno", 0) for p in ast.walk(tree) if any(c is node for c in ast.iter_child_nodes(p)))


def _is_inside(tree: ast.AST, node: ast.AST, functions: tuple[str, ...]) -> bool:
    return any(
        isinstance(parent, ast.FunctionDef) and parent.name in functions and any(part is node for part in ast.walk(parent))
        for parent in ast.walk(tree)
    )


def noticed(target: Target, tree: ast.Module | None, examples: int, seconds: float) -> tuple[bool, float]:
    """Whether the tests fail with this tree in the place of the module, or do not end in time; and how long they took."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        _run(target, tree, examples)
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0, time.monotonic() - started
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True, seconds


def _run(target: Target, tree: ast.Module | None, examples: int) -> None:
    """In a fork: the tests of ``target`` with the tree in the place of its module; the exit status is theirs."""
    code = 70
    try:
        usual = importlib.machinery.SourceFileLoader.get_code

        def get_code(self: Any, name: str) -> CodeType | None:
            return usual(self, name) if name != target.module or tree is None else compile(tree, self.get_filename(name), "exec")

        loader: Any = importlib.machinery.SourceFileLoader
        loader.get_code = get_code
        _fewer_examples(examples)
        if tree is not None:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
        plugins = ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
        options = ["-x", "-q", "--no-header", "--tb=no", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        code = int(pytest.main([*plugins, *options, *target.tests]))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _load_libraries() -> None:
    """All that a run of the tests loads and no fault is put into, so that the forks have it."""
    for library in ("hypothesis.strategies", "numpy"):
        importlib.import_module(library)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        (Path(folder) / "test_nothing.py").write_text("def test(tmp_path, monkeypatch): pass\n")
        pytest.main(["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, folder])


def _fewer_examples(examples: int) -> None:
    """Have properties tried on this many examples at most, the same ones each time."""
    settings: Any = hypothesis.settings
    usual = settings.__init__

    def init(self: Any, parent: Any = None, **given: Any) -> None:
        if "max_examples" in given:
            given["max_examples"] = min(given["max_examples"], examples)
        usual(self, parent, **given)

    settings.__init__ = init
    # the first example that fails is enough: nobody reads a smaller one
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    settings.register_profile("mutants", max_examples=examples, derandomize=True, database=None, deadline=None, phases=phases)
    settings.load_profile("mutants")


def main() -> None:
    """Mutate one module and say which mutants survive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only each K-th mutant")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="N", help="begin with mutant number N")
    parser.add_argument("--examples", type=int, default=40, help="of each property")
    args = parser.parse_args()
    os.chdir(ROOT)
    sys.dont_write_bytecode = False
    target = TARGETS[args.target]
    _load_libraries()
    path = ROOT / "src" / Path(*target.module.split(".")).with_suffix(".py")
    failed, usual = noticed(target, None, args.examples, 600)
    if failed:
        sys.exit(f"{args.target}: the tests fail without any fault")
    found = [*mutants(path.read_text(encoding="utf-8"), target.functions)][args.first :: args.every]
    print(f"{args.target}: {len(found)} mutants, {usual:.1f} s a run", flush=True)
    gc.freeze()  # the forks need not look through all these trees whenever they collect garbage
    alive = 0
    for number, mutant in enumerate(found):
        dead, _ = noticed(target, mutant.tree, args.examples, 10 * usual + 10)
        if not dead:
            alive += 1
            print(f"{path.name}:{mutant.line}: {mutant.what}", flush=True)
        if number % 25 == 24:
            print(f"# {number + 1} done, {alive} alive", flush=True)
    print(f"{args.target}: {len(found) - alive} of {len(found)} killed, {(len(found) - alive) / max(len(found), 1):.1%}")


if __name__ == "__main__":
    main()
