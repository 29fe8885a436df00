"""Completion in the real shells, each in a terminal of its own: a stub called spinfix tells what the line was completed to."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import CLEAN, SPUN, run

from spinfix.cli.arguments import SHELLS, VERBS

pytest.importorskip("shtab", reason="it makes the scripts")

INTERACTIVE = {  # how to start each without anybody's configuration, and how it takes the script
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source ./script"),
    "zsh": (["zsh", "-f", "-i"], "fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D"),
    "fish": (["fish", "--private", "--no-config", "-i"], "source ./script"),
    "tcsh": (["tcsh", "-f", "-i"], "source ./script"),
}
LINES = [  # what is typed before the tabulator, and the arguments that the command then gets
    ("det", "detect"),
    ("detect --form", "detect --format"),
    ("detect --format js", "detect --format json"),
    ("restore sp", "restore spun.txt"),
    ("revert cl", "revert clean.txt"),
    ("--completion z", "--completion zsh"),
    ("--thr", "--threshold"),
    ("sp", "spun.txt"),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_verbs_and_options(shell: str) -> None:
    done = run("--completion", shell)
    assert (done.stderr, done.returncode) == (b"", 0)
    assert all(word in done.stdout.decode() for word in (*VERBS, "threshold", "fail-on", "criticmarkup"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_completes(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not there")
    script = run("--completion", shell).stdout
    (tmp_path / "script").write_bytes(script)
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "_spinfix").write_bytes(script)
    (tmp_path / "spun.txt").write_text(SPUN)
    (tmp_path / "clean.txt").write_text(CLEAN)
    stub = tmp_path / "bin" / "spinfix"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\necho "got <$*>"\n')
    stub.chmod(0o755)
    command, setup = INTERACTIVE[shell]
    with _terminal(command, tmp_path) as terminal:
        terminal.ask(setup + "; spinfix ready", "got <ready>")
        for typed, expected in LINES:
            if shell == "tcsh" and typed == "sp":
                continue  # tcsh gives one list for the first word, and that is of verbs
            found = terminal.ask(f"spinfix {typed}\t", f"got <{expected}>")
            assert f"got <{expected}>" in found, (typed, found)


class _Terminal:
    def __init__(self, file: int) -> None:
        self._file = file

    def ask(self, line: str, answer: str) -> str:
        """Type ``line`` at the prompt, wait for its completion, end it; what is seen until ``answer`` comes.

        A shell that was not ready, which happens on a busy machine, is asked again: a completion that is wrong stays wrong.
        """
        seen = ""
        for wait in (5.0, 20.0):
            self._until_quiet()
            os.write(self._file, line.encode())
            self._until_quiet()
            os.write(self._file, b"\r")
            seen = self._read(wait, answer)
            if answer in seen:
                break
            os.write(self._file, b"\x03")
        return seen

    def _until_quiet(self) -> None:
        while self._read(0.4, ""):
            pass

    def _read(self, seconds: float, until: str) -> str:
        seen, end = "", time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in seen):
            if select.select([self._file], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    seen += os.read(self._file, 65536).decode("utf-8", "replace")
        return seen


@contextlib.contextmanager
def _terminal(command: list[str], folder: Path) -> Iterator[_Terminal]:
    """An interactive shell in ``folder``; it is ended with the block."""
    child, file = pty.fork()
    if child == 0:
        os.chdir(folder)
        environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8"}
        os.execvpe(command[0], command, environment)
    try:
        yield _Terminal(file)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(file)
