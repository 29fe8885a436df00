"""The command line for tests: in this process, which is quick, or in one of its own, where streams, signals and exit codes are real."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from spinfix import configuration
from spinfix.cli import main

ROOT = Path(__file__).parent.parent
SPUN = "The analyst works at a suppose tank in the Center East, officers mentioned.\n"
RESTORED = "The analyst works at a think tank in the Middle East, officials said.\n"
CLEAN = "It rained all day, and the children stayed at home.\n"
COMMAND = (sys.executable, "-m", "spinfix")
QUIET = ("PYTHONUNBUFFERED", "NO_COLOR", "FORCE_COLOR")  # what of the environment would change the output
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in QUIET} | {"PYTHONPATH": str(ROOT / "src")}

Completed: TypeAlias = subprocess.CompletedProcess[bytes]


def run_process(*arguments: str, stdin: bytes = b"", cwd: Path | None = None, command: tuple[str, ...] = COMMAND, **more: Any) -> Completed:
    """The command in a process of its own."""
    return subprocess.run(
        [*command, *arguments], input=stdin, capture_output=True, cwd=cwd, env=more.pop("env", ENVIRONMENT), timeout=120, **more
    )


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def run(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, env: Mapping[str, str] | None = None, terminal: bool = False
) -> Completed:
    """The command in this process; with ``terminal`` its output and its standard error say that they are one."""
    kind = _Terminal if terminal else io.TextIOWrapper
    out, err = io.BytesIO(), io.BytesIO()
    streams = (
        io.TextIOWrapper(io.BytesIO(stdin)),
        kind(out, encoding="utf-8", errors="surrogateescape", write_through=True),
        kind(err, encoding="utf-8", errors="backslashreplace", write_through=True),
    )
    configuration._NEAREST.clear()
    with _changed_world(cwd or Path(), env or {}, streams):
        code = main(arguments)
    return Completed(["spinfix", *arguments], code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _changed_world(cwd: Path, env: Mapping[str, str], streams: tuple[Any, Any, Any]) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    environment = dict(os.environ)
    try:
        sys.stdin, sys.stdout, sys.stderr = streams
        for name in QUIET:
            os.environ.pop(name, None)
        os.environ.update(env)
        with contextlib.chdir(cwd):
            yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        os.environ.clear()
        os.environ.update(environment)


def complaints(done: Completed) -> list[str]:
    """The lines on standard error; every one of them a message of the form that users can rely on."""
    lines = done.stderr.decode().splitlines()
    assert all(line.startswith("spinfix: ") for line in lines), done.stderr.decode()
    return lines


def files_in(folder: Path) -> dict[str, bytes]:
    """The files in and below ``folder`` with what they hold."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
