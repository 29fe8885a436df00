"""`spinfix review`: answers in, a patch out."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from shell import CLEAN, COMMAND, ENVIRONMENT, RESTORED, SPUN, complaints, files_in, run

import spinfix


def asked(stderr: bytes) -> int:
    return stderr.decode().count("[y/n/number/a/r/b/q/?] ")


def test_what_is_accepted_becomes_a_patch(folder: Path) -> None:
    findings = [f.observed for f in spinfix.detect(SPUN).findings]
    answers = "".join("n\n" if observed == "suppose" else "y\n" for observed in findings)
    done = run("review", "spun.txt", stdin=answers.encode(), cwd=folder)
    assert (done.stdout, done.returncode, asked(done.stderr)) == (b"", 0, len(findings))
    text = done.stderr.decode()
    assert "spun.txt:1:24" in text and "works at a [suppose] tank" in text and "  1  think  " in text
    last = f"{len(findings) - 1} accepted, 1 rejected; `spinfix apply --write spun.txt.patch.json spun.txt` makes what was accepted"
    assert text.endswith(f"spinfix: spun.txt: {last}\n")
    assert (folder / "spun.txt").read_text() == SPUN
    done = run("apply", "--write", "spun.txt.patch.json", "spun.txt", cwd=folder)
    assert (folder / "spun.txt").read_text() == RESTORED.replace("think", "suppose")


def test_the_command_that_is_told_can_be_copied(folder: Path) -> None:
    (folder / "it's a text.txt").write_text(SPUN)
    done = run("review", "it's a text.txt", stdin=b"y\n" * 9, cwd=folder)
    program, *arguments = shlex.split(done.stderr.decode().rpartition("; `")[2].partition("`")[0])
    assert program == "spinfix" and run(*arguments, cwd=folder).returncode == 0
    assert (folder / "it's a text.txt").read_text() == RESTORED
    done = run("detect", "--baseline", "what's new.json", ".", cwd=folder)
    program, *arguments = shlex.split(done.stderr.decode().rpartition("; `")[2].partition("`")[0])
    assert program == "spinfix" and run(*arguments, ".", cwd=folder).returncode == 0 and (folder / "what's new.json").exists()


def test_answers_end_or_stop_and_those_so_far_are_kept(folder: Path) -> None:
    for answers in (b"y\nq\n", b"y\n", b"\nnonsense\n9\n?\ny\nq\n", b"n\nb\ny\nq\n"):
        done = run("review", "--output", "p.json", "spun.txt", stdin=answers, cwd=folder)
        assert done.returncode == 0, answers
        patch = spinfix.Patch.from_json((folder / "p.json").read_text())
        assert patch.apply(SPUN) == SPUN.replace("suppose", "think"), answers
        (folder / "p.json").unlink()
    helped = run("review", "spun.txt", stdin=b"?\nnonsense\nq\n", cwd=folder).stderr.decode()
    assert "accept all of this kind" in helped and "expected one of y, n, a candidate's number" in helped
    assert helped.endswith("nothing to write\n")


def test_a_review_may_be_written_into_the_file(folder: Path) -> None:
    done = run("review", "--write", "spun.txt", stdin=b"y\n" * 9, cwd=folder)
    assert done.returncode == 0 and (folder / "spun.txt").read_text() == RESTORED
    run("revert", "--write", "spun.txt.spinfix.json", "spun.txt", cwd=folder)
    assert (folder / "spun.txt").read_text() == SPUN


def test_a_review_is_written_in_one_way(folder: Path) -> None:
    before = files_in(folder)
    done = run("review", "--write", "--output", "p.json", "spun.txt", stdin=b"y\n" * 9, cwd=folder)
    assert done.returncode == 2 and files_in(folder) == before
    assert complaints(done)[0].startswith("spinfix: --write and --output: expected one of them")


def test_nothing_to_review_asks_nothing(folder: Path) -> None:
    before = files_in(folder)
    done = run("review", "clean.txt", cwd=folder)
    assert (complaints(done), done.returncode) == (["spinfix: clean.txt: no findings to review"], 0)
    for arguments, message in (
        (["-"], "FILE: standard input is for the answers"),
        (["folder"], "FILE: folder is a folder"),
        (["missing.txt"], "missing.txt: No such file"),
        (["binary"], "binary: expected text"),
    ):
        done = run("review", *arguments, stdin=b"y\n", cwd=folder)
        assert complaints(done)[0].startswith(f"spinfix: {message}") and done.returncode == 2
    assert files_in(folder) == before and (folder / "clean.txt").read_text() == CLEAN


def test_an_interrupt_keeps_the_answers(folder: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "review", "spun.txt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"}, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(b"y\n")
        process.stdin.flush()
        seen = b""
        while asked(seen) < 2:
            seen += os.read(process.stderr.fileno(), 4096)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert spinfix.Patch.from_json((folder / "spun.txt.patch.json").read_text()).apply(SPUN) == SPUN.replace("suppose", "think")


@pytest.mark.parametrize("color", [True, False])
def test_a_terminal_has_colours(folder: Path, color: bool) -> None:
    done = run("review", "--color", "always" if color else "never", "spun.txt", stdin=b"q\n", cwd=folder)
    assert (b"\x1b[31msuppose\x1b[0m" in done.stderr) is color


def test_on_a_terminal_a_key_is_enough(folder: Path) -> None:
    pytest.importorskip("termios", reason="there are no such terminals here")
    ours, theirs = os.openpty()
    with subprocess.Popen([*COMMAND, "review", "spun.txt"], stdin=theirs, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT) as process:
        os.close(theirs)
        assert process.stderr is not None
        seen = b""
        for number, key in enumerate((b"n", b"?", b"\x1b[A", "é".encode(), b"y", b"\x04"), 1):
            while asked(seen) < number:
                seen += os.read(process.stderr.fileno(), 4096)
            os.write(ours, key)
        rest = process.stderr.read()
        assert process.wait(60) == 0
    os.close(ours)
    assert b"1 accepted, 1 rejected, " in rest and b"accept all of this kind" in seen
    # an arrow is one key that is no answer, not three of which the last accepts all of this kind; it does not work on the terminal
    assert seen.count(b"expected one of y, n") == 2 and b"\x1b" not in seen


def test_back_from_a_stop_a_key_is_enough_again(folder: Path) -> None:
    termios = pytest.importorskip("termios", reason="there are no such terminals here")
    ours, theirs = os.openpty()
    usual = termios.tcgetattr(theirs)
    with subprocess.Popen([*COMMAND, "review", "spun.txt"], stdin=theirs, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT) as process:
        assert process.stderr is not None
        alarm = threading.Timer(60, process.kill)
        alarm.start()
        seen = b""

        def wait_for(questions: int) -> None:
            nonlocal seen
            while asked(seen) < questions:
                more = os.read(process.stderr.fileno(), 4096)  # type: ignore[union-attr]
                assert more, "no further question came"
                seen += more

        wait_for(1)
        process.send_signal(signal.SIGSTOP)
        termios.tcsetattr(theirs, termios.TCSANOW, usual)  # as a shell does before it shows its prompt
        process.send_signal(signal.SIGCONT)
        wait_for(2)
        os.write(ours, b"y")  # without a line end
        wait_for(3)
        os.write(ours, b"q")
        assert b"1 accepted, 0 rejected, " in process.stderr.read() and process.wait(60) == 0
        alarm.cancel()
    assert termios.tcgetattr(theirs) == usual
    os.close(ours)
    os.close(theirs)
