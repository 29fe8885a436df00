"""Which texts: folders, what is left out of them, names for standard input, several processes, streams, progress."""

from __future__ import annotations

import errno
import io
import json
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from shell import CLEAN, COMMAND, ENVIRONMENT, RESTORED, SPUN, complaints, files_in, run

from spinfix.api import report_on
from spinfix.cli import files, streaming, talk


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with texts and what is none, on two levels."""
    for name in ("b.md", "a.txt", "sub/c.html", "sub/deep/d.rst", "skip/e.txt", ".hidden/f.txt", "code.py", "data.json", "README"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(SPUN)
    (tmp_path / "noise.txt").write_bytes(b"suppose tank\0")
    return tmp_path


def reported(stdout: bytes) -> list[str]:
    """The paths that a report has a last line on."""
    return re.findall(r"^([^:\n]+): spun ", stdout.decode(), re.MULTILINE)


def test_folders_are_walked_in_order_for_texts(tree: Path) -> None:
    done = run("detect", ".", cwd=tree)
    assert reported(done.stdout) == ["README", "a.txt", "b.md", "skip/e.txt", "sub/c.html", "sub/deep/d.rst"]
    assert complaints(done) == ["spinfix: noise.txt: skipped: a binary file"]
    assert done.returncode == 1
    done = run("detect", "sub", "code.py", cwd=tree)
    assert reported(done.stdout) == ["sub/c.html", "sub/deep/d.rst", "code.py"]


def test_a_text_in_utf_16_is_told_with_what_to_do(tree: Path) -> None:
    (tree / "noise.txt").write_bytes(SPUN.encode("utf-16"))
    done = run("detect", "--exit-zero", ".", cwd=tree)
    assert complaints(done) == ["spinfix: noise.txt: skipped: a binary file, or UTF-16? convert it to UTF-8"]
    done = run("noise.txt", cwd=tree)
    assert complaints(done)[0].endswith("found a NUL byte at byte offset 3 (a binary file, or UTF-16? convert it to UTF-8)")


def test_what_is_excluded_is_left_out(tree: Path) -> None:
    done = run("detect", "--exclude", "skip/", "--exclude", "*.md,c.*", ".", cwd=tree)
    assert reported(done.stdout) == ["README", "a.txt", "sub/deep/d.rst"]
    done = run("detect", "--exclude", "/sub/deep", "--include", "*.rst,*.py", ".", cwd=tree)
    assert reported(done.stdout) == ["code.py"]
    assert complaints(done) == []


def test_a_folder_without_texts_is_told(tree: Path) -> None:
    (tree / "sub" / "none").mkdir()
    for arguments in (["sub/none", "a.txt"], ["--exclude", "sub/", "sub", "a.txt"]):
        done = run("detect", *arguments, cwd=tree)
        assert reported(done.stdout) == ["a.txt"] and done.returncode == 1
        assert complaints(done)[0].startswith(f"spinfix: {arguments[-2]}: no texts found: ")


def test_ignore_files_are_respected_in_walks(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / ".gitignore").write_text("skip/\n*.html\n")
    (tree / "sub" / ".spinfixignore").write_text("deep/*.rst\n!c.html\n")
    assert reported(run("detect", ".", cwd=tree).stdout) == ["README", "a.txt", "b.md", "sub/c.html"]
    # a named file is in the walk of nobody; with --force-exclude our own file holds, but not git's, for git knows the file
    named = ["detect", "skip/e.txt", "sub/deep/d.rst"]
    assert reported(run(*named, cwd=tree).stdout) == ["skip/e.txt", "sub/deep/d.rst"]
    assert reported(run(*named, "--force-exclude", cwd=tree).stdout) == ["skip/e.txt"]


def test_patterns_that_are_none_are_told_and_lose_no_text(tree: Path) -> None:
    (tree / "sub" / ".spinfixignore").write_text("!\n")
    done = run("detect", "sub", "a.txt", cwd=tree)
    assert reported(done.stdout) == ["a.txt"] and done.returncode == 2
    assert all("expected patterns as in .gitignore" in line for line in complaints(done)) and complaints(done)
    done = run("restore", "--exclude", "!", "--force-exclude", stdin=SPUN.encode(), cwd=tree)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)


def test_nothing_comes_back_from_a_folder_that_is_left_out_be_it_named_or_found(tree: Path) -> None:
    (tree / "spinfix.toml").write_text("exclude = ['sub/', '!d.rst', '!sub/c.html', '!a.txt']\n")
    assert reported(run("detect", ".", cwd=tree).stdout) == ["README", "a.txt", "b.md", "skip/e.txt"]
    done = run("detect", "--force-exclude", "sub/c.html", "sub/deep/d.rst", "a.txt", cwd=tree)
    assert reported(done.stdout) == ["a.txt"]


def test_a_folder_that_is_left_out_may_have_a_configuration_of_its_own(tree: Path) -> None:
    """It is not asked: a walk does not come there, and so a file that is named is left out, too."""
    (tree / "spinfix.toml").write_text("exclude = ['sub/']\n")
    (tree / "sub" / "spinfix.toml").write_text("exclude = []\n")
    names = ["sub/c.html", "sub/deep/d.rst", str(tree / "sub" / "c.html"), "a.txt"]
    assert reported(run("detect", "--force-exclude", *names, cwd=tree).stdout) == ["a.txt"]
    assert reported(run("detect", "--force-exclude", "sub", "c.html", cwd=tree / "sub").stdout) == ["c.html"]  # here it begins


def test_patterns_of_options_start_at_the_current_folder(tree: Path) -> None:
    (tree / "spinfix.toml").write_text("threshold = 0.5\n")
    for pattern in ("/deep", "deep/d.rst", "deep/"):
        assert reported(run("detect", "--exclude", pattern, ".", cwd=tree / "sub").stdout) == ["c.html"], pattern
    assert reported(run("detect", "--exclude", "/sub/deep", ".", cwd=tree / "sub").stdout) == ["c.html", "deep/d.rst"]
    found = run("detect", "--per-file-ignores", "/c.html:names,getting-to-know,news-blog", "c.html", cwd=tree / "sub").stdout
    assert b"getting-to-know" not in found and b"getting-to-know" in run("detect", "c.html", cwd=tree / "sub").stdout


def test_a_named_file_is_left_out_with_force_exclude_only(tree: Path) -> None:
    arguments = ["detect", "--exclude", "skip", "skip/e.txt", "a.txt"]
    assert reported(run(*arguments, cwd=tree).stdout) == ["skip/e.txt", "a.txt"]
    assert reported(run(*arguments, "--force-exclude", cwd=tree).stdout) == ["a.txt"]
    before = files_in(tree)
    done = run("restore", "--write", "--force-exclude", "--exclude", "skip", "skip/e.txt", cwd=tree)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0) and files_in(tree) == before


def test_standard_input_goes_by_a_name(tree: Path) -> None:
    done = run("detect", "--json", "--stdin-filename", "sub/page.html", stdin=SPUN.encode(), cwd=tree)
    assert json.loads(done.stdout)["path"] == "sub/page.html"
    # what is left out goes through a pipe unchanged, and is not reported on
    left_out = ["--stdin-filename", "skip/x.txt", "--exclude", "skip", "--force-exclude"]
    done = run("restore", *left_out, stdin=SPUN.encode(), cwd=tree)
    assert (done.stdout.decode(), done.stderr, done.returncode) == (SPUN, b"", 0)
    done = run("detect", *left_out, stdin=SPUN.encode(), cwd=tree)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def test_several_processes_give_the_same_in_the_same_order(tree: Path) -> None:
    for number in range(12):
        (tree / f"n{number:02}.txt").write_text((SPUN if number % 3 else CLEAN) * (1 + number % 4))
    (tree / "n05.txt").write_bytes(b"caf\xe9 suppose tank\n")
    arguments = (".", "missing.txt")
    for verb in (("detect",), ("detect", "--json"), ("restore",), ("restore", "--diff")):
        alone, together = run(*verb, *arguments, cwd=tree), run(*verb, "-j", "3", *arguments, cwd=tree)
        assert together.stdout == alone.stdout and together.returncode == alone.returncode == 2, verb
        assert sorted(complaints(together)) == sorted(complaints(alone))


def test_a_finding_may_be_selected_or_ignored_by_its_source(folder: Path) -> None:
    every = json.loads(run("detect", "--json", "spun.txt", cwd=folder).stdout)["findings"]
    families = {f["source"].split("/")[0] for f in every}
    assert "names" in families and len(families) > 1
    chosen = json.loads(run("detect", "--json", "--ignore", "names", "spun.txt", cwd=folder).stdout)["findings"]
    assert "names" not in {f["source"].split("/")[0] for f in chosen}
    done = run("detect", "--ignore", "nams", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: --ignore: no list, rule or family is called 'nams'; did you mean 'names'?")
    assert done.returncode == 2


def test_words_and_patterns_are_left_alone(folder: Path) -> None:
    done = run("--ignore-words", "Suppose  Tank,folks", "spun.txt", cwd=folder)
    assert done.stdout.decode() == RESTORED.replace("think tank", "suppose tank")
    done = run("--ignore-words", "tan,uppos", "spun.txt", cwd=folder)  # whole words only
    assert done.stdout.decode() == RESTORED
    done = run("--ignore-patterns", "[Cc]enter.{1,3}East", "spun.txt", cwd=folder)
    assert done.stdout.decode() == RESTORED.replace("Middle", "Center")
    done = run("--ignore-patterns", "(", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: --ignore-patterns: expected a regular expression, found '('")


@pytest.mark.parametrize(
    ("fail_on", "codes"), [("suggest", (1, 1)), ("restore", (1, 0)), ("spun", (1, 1)), ("never", (0, 0))]
)
def test_from_what_on_the_exit_code_is_one(folder: Path, fail_on: str, codes: tuple[int, int]) -> None:
    restored, suggested = codes
    assert run("detect", "--fail-on", fail_on, "spun.txt", "clean.txt", cwd=folder).returncode == restored
    assert run("detect", "--fail-on", fail_on, "--threshold", "0.9999999", "spun.txt", cwd=folder).returncode == suggested
    assert run("detect", "--fail-on", fail_on, "clean.txt", cwd=folder).returncode == 0


# --- streams -----------------------------------------------------------------------------------------------------------------------

PARAGRAPHS = [f"{SPUN}{SPUN}\r\n\n", CLEAN + "\n", "\n\nThe folks misplaced their houses, mentioned the officers.\n", "\n", SPUN.rstrip()]


def test_a_stream_is_restored_and_what_is_fine_stays(folder: Path) -> None:
    text = "".join(PARAGRAPHS)
    done = run("restore", "--stream", stdin=text.encode())
    assert (done.stderr, done.returncode) == (b"", 0)
    out = done.stdout.decode()
    assert out.startswith(RESTORED) and out.endswith(RESTORED.rstrip()) and CLEAN + "\n\n\n" in out
    assert "The people lost their homes, said the officials." in out  # alone it says too little: the text before tells
    assert run("restore", "--stream", stdin=b"The folks misplaced their houses, mentioned the officers.\n").stdout != out.encode()
    clean = (CLEAN + "\r\n" + CLEAN).encode()
    assert run("restore", "--stream", stdin=clean).stdout == clean
    assert run("restore", "--stream", "spun.txt", "clean.txt", cwd=folder).stdout.decode() == RESTORED + CLEAN
    assert run("restore", "--stream", "missing.txt", cwd=folder).returncode == 2


def test_a_stream_has_the_markup_of_its_name() -> None:
    text = f"{SPUN}\n```\nsuppose tank\n\nsuppose tank\n```\n\n{SPUN}"
    expected = f"{RESTORED}\n```\nsuppose tank\n\nsuppose tank\n```\n\n{RESTORED}"
    done = run("restore", "--stream", "--stdin-filename", "a.md", stdin=text.encode())
    assert (done.stdout.decode(), done.returncode) == (expected, 0)


def test_a_paragraph_is_out_before_the_next_is_in() -> None:
    with subprocess.Popen(
        [*COMMAND, "restore", "--stream"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        alarm = threading.Timer(60, process.kill)
        alarm.start()
        for _ in range(2):
            process.stdin.write(f"{SPUN}\n".encode())
            process.stdin.flush()
            assert process.stdout.readline().decode() == RESTORED
            assert process.stdout.readline() == b"\n"
        process.stdin.close()
        assert (process.stderr.read(), process.wait(60)) == (b"", 0)
        alarm.cancel()


def test_a_stream_into_a_file_is_there_as_it_comes(tmp_path: Path) -> None:
    command, pipe = [*COMMAND, "restore", "--stream", "--output", "out.txt"], subprocess.PIPE
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which who runs the tests may have ignored
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, cwd=tmp_path, env=ENVIRONMENT, preexec_fn=heard) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(f"{SPUN}\n".encode())
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not ((tmp_path / "out.txt").exists() and (tmp_path / "out.txt").read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (tmp_path / "out.txt").read_text() == f"{RESTORED}\n"  # and the input has no end yet
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stderr.read()) == (130, b"")
    assert (tmp_path / "out.txt").read_text() == f"{RESTORED}\n"


def test_a_stream_into_a_file_that_cannot_be_written_is_told(folder: Path) -> None:
    for target, reason in (("nowhere/x", "cannot be written: No such file or directory"), ("/dev/full", "No space left on device")):
        done = run("restore", "--stream", "--output", target, stdin=SPUN.encode(), cwd=folder)
        assert (complaints(done), done.stdout, done.returncode) == ([f"spinfix: {target}: {reason}"], b"", 2)
    assert run("restore", "--stream", "--output", "new.txt", "spun.txt", "clean.txt", cwd=folder).stdout == b""
    assert (folder / "new.txt").read_text() == RESTORED + CLEAN


@pytest.mark.parametrize("part", ["is_excluded", "matches"])
def test_nothing_is_lost_where_names_and_patterns_fail(folder: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    def fails(path: str, *_: object) -> bool:
        if path in ("-", "spun.txt"):
            raise PermissionError(errno.EACCES, "Permission denied", "/somewhere")
        return False

    monkeypatch.setattr(f"spinfix.cli.walk.{part}", fails)
    options = ["--force-exclude", "--per-file-ignores", "*.txt:names"]
    reason = "unexpected PermissionError: [Errno 13] Permission denied: '/somewhere'"
    for stream in ([], ["--stream"]):
        done = run("restore", *options, *stream, stdin=SPUN.encode(), cwd=folder)
        assert complaints(done) == [f"spinfix: standard input: {reason}; the input goes through unchanged"]
        assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    done = run("restore", *options, "spun.txt", "clean.txt", cwd=folder)
    assert (complaints(done), done.stdout.decode(), done.returncode) == ([f"spinfix: spun.txt: {reason}"], CLEAN, 2)


@pytest.mark.parametrize("key", ["baseline", "output", "lists", "rules", "language_model", "stdin_filename"])
def test_nothing_is_lost_where_a_configuration_names_what_is_no_file(tmp_path: Path, key: str) -> None:
    value = '["a\\u0000b"]' if key in ("lists", "rules") else '"a\\u0000b"'
    (tmp_path / "spinfix.toml").write_text(f"{key} = {value}\nforce_exclude = true\n")
    done = run(stdin=SPUN.encode(), cwd=tmp_path)
    assert b"please report" not in done.stderr and b"unexpected" not in done.stderr
    if key == "output":  # nothing may be written elsewhere
        assert complaints(done) == [f"spinfix: {tmp_path}/a␀b: cannot be written: embedded null byte"] and done.returncode == 2
    else:
        assert (done.stdout.decode(), done.returncode) == ((RESTORED, 0) if key == "stdin_filename" else (SPUN, 2))


def test_a_stream_that_is_no_text_goes_through_from_there_on() -> None:
    data = SPUN.encode() + b"\n" + b"noise \0 suppose tank\n\n" + SPUN.encode()
    done = run("restore", "--stream", stdin=data)
    assert done.stdout == RESTORED.encode() + b"\n" + b"noise \0 suppose tank\n\n" + SPUN.encode()
    assert "from here on the input goes through unchanged" in complaints(done)[0] and done.returncode == 2


def test_a_paragraph_that_fails_goes_through_and_the_next_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def brittle(text: str, *arguments: object, **named: object) -> object:
        if text.endswith("Fail here.\n\n"):
            raise ZeroDivisionError("inside")
        return report_on(text, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(streaming, "report_on", brittle)
    done = run("restore", "--stream", stdin=f"Fail here.\n\n{SPUN}".encode())
    assert (done.stdout.decode(), done.returncode) == (f"Fail here.\n\n{RESTORED}", 2)
    assert complaints(done) == ["spinfix: standard input: unexpected ZeroDivisionError: inside; the paragraph goes through unchanged"]


def test_the_window_of_a_stream_is_bounded() -> None:
    _, window = streaming._window("word " * 10_000 + "\n\n" + "last words " * 700)
    assert len(window) <= streaming.WINDOW and window.endswith("last words ")
    assert streaming._window("short") == ("", "short")
    unbroken = b"a line that nobody broke to fit a width " * 6 + b"\n"
    lines = [unbroken, unbroken, b"a line that was broken\n", b"and its end\n", b"\n", unbroken, b"\n", b"the end"]
    assert list(streaming._paragraphs(io.BytesIO(b"".join(lines)))) == [
        unbroken, unbroken, b"a line that was broken\nand its end\n\n", unbroken, b"\nthe end",
    ]  # fmt: skip
    pieces = list(streaming._paragraphs(io.BytesIO(b"line without a blank one\n" * 5000)))
    assert len(pieces) > 1 and max(map(len, pieces)) <= streaming.LONGEST + 100


@pytest.mark.parametrize(
    ("name", "opening", "indent", "closing"),
    [
        ("a.txt", "# spinfix: off\n", "", "# spinfix: on\n"),
        ("a.md", "- A list.\n\n  ~~~~ text\n", "  ", "  ~~~~\n"),
        ("a.md", "<!-- spinfix: off -->\n\n```\n", "", "```\n\n<!-- spinfix: on -->\n"),
        ("a.html", "<p>Code:</p>\n<script>\n", "", "</script>\n"),
        ("a.rst", "Code::\n\n", "   ", "The code ends.\n"),
        ("a.tex", "\\begin{verbatim}\n", "", "\\end{verbatim}\n"),
    ],
)
def test_what_is_kept_is_kept_in_a_stream_however_long(name: str, opening: str, indent: str, closing: str) -> None:
    line = f"{indent}The folks misplaced their houses within the West Financial institution.\n\n"
    code = opening + line * (streaming.WINDOW * 5 // 4 // len(line)) + closing + "\n"
    done = run("restore", "--stream", "--stdin-filename", name, stdin=f"{code}{SPUN * 6}".encode())
    assert (done.stderr, done.returncode) == (b"", 0)
    assert done.stdout.decode().startswith(code) and "think tank" in done.stdout.decode()[len(code) :]


def test_what_opens_a_long_block_is_kept_before_the_window() -> None:
    text = "Some words.\n\n```\n" + "code\n\n" * 2000
    opened, tail = streaming._window(text, "markdown")
    assert opened == "```\n" and len(tail) <= streaming.WINDOW
    assert streaming._window(opened + tail + "more code\n\n", "markdown", opened)[0] == opened
    assert streaming._window(f"{opened}{tail}```\n\n" + "Some more words.\n\n" * 500, "markdown", opened)[0] == ""


def test_a_stream_tells_where_it_is_and_says_it_once() -> None:
    data = b"It rained.\n\nA caf\xe9.\n\nAnother caf\xe9.\n\nnoise \0\n"
    done = run("restore", "--stream", stdin=data)
    assert (done.stdout, done.returncode) == (data, 2)
    first, second = complaints(done)
    assert "byte offset 17 (line 3): 0xe9 is not UTF-8" in first and "found a NUL byte at byte offset 42" in second


def test_a_stream_leaves_out_what_is_excluded_or_accepted(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("exclude = ['spun.txt']\n")
    done = run("restore", "--stream", "--force-exclude", "--stdin-filename", "spun.txt", stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout.decode(), done.stderr, done.returncode) == (SPUN, b"", 0)
    assert run("restore", "--stream", "--force-exclude", "spun.txt", cwd=folder).stdout == b""
    run("detect", "--baseline", "accepted.json", "--write-baseline", "spun.txt", cwd=folder)
    (folder / "spun.txt").write_text(f"{SPUN}\n{SPUN}")
    done = run("restore", "--stream", "--baseline", "accepted.json", "spun.txt", cwd=folder)
    assert done.stdout.decode() == f"{SPUN}\n{RESTORED}"
    (folder / "spinfix.toml").write_text("nonsense = 1\n")
    (folder / "sub").mkdir()
    done = run("restore", "--stream", "--stdin-filename", str(folder / "name.txt"), stdin=SPUN.encode(), cwd=folder / "sub" / "..")
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2) and complaints(done)[0].endswith("; the input goes through unchanged")


# --- terminals ---------------------------------------------------------------------------------------------------------------------


def test_colour_is_for_terminals_and_as_one_wishes(folder: Path) -> None:
    def colored(*arguments: str, terminal: bool = False, **env: str) -> bool:
        done = run("detect", *arguments, "spun.txt", cwd=folder, env=env, terminal=terminal)
        return b"\x1b[31msuppose\x1b[0m" in done.stdout

    assert not colored() and colored(terminal=True) and colored("--color", "always") and not colored("--color", "never", terminal=True)
    assert not colored(terminal=True, NO_COLOR="1") and colored(FORCE_COLOR="1") and not colored(FORCE_COLOR="1", NO_COLOR="1")
    assert colored("--color", "always", NO_COLOR="1") and not colored(terminal=True, TERM="dumb")
    assert not colored("--json", "--color", "always")


def test_progress_is_shown_on_a_terminal_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "_PATIENCE", 0.0)
    monkeypatch.setattr(talk, "_BETWEEN", 0.0)
    done = run("detect", "--json", "sub", "a.txt", cwd=tree, terminal=True)
    assert re.search(r"\r\x1b\[K1 of 3 files, \d+ findings, \d+ s left", done.stderr.decode())
    assert done.stderr.endswith(b"\r\x1b[K")  # gone when the work is done
    assert run("detect", "--json", "sub", "a.txt", cwd=tree).stderr == b""
    assert run("detect", "--json", "a.txt", cwd=tree, terminal=True).stderr == b""


def test_progress_stands_while_the_output_goes_into_a_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(talk, "_PATIENCE", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shown = "\r\x1b[K1 of 3 files, 2 findings, "
    progress = talk.Progress()
    progress.start(3)
    progress.step(2)
    assert capsys.readouterr().err.startswith(shown)
    monkeypatch.setattr(talk, "progress", progress)
    monkeypatch.setattr(files, "progress", progress)
    files.write(b"a report\n")
    assert capsys.readouterr().err == ""
    talk.tell("a remark")
    told = capsys.readouterr().err
    assert told.startswith("\r\x1b[Ka remark\n" + shown)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    files.write(b"a report\n")
    assert capsys.readouterr().err.startswith("\r\x1b[K" + shown)  # away while the terminal is written to, and back
    progress.stop()
    assert capsys.readouterr().err == "\r\x1b[K"


def test_time_left_reads_well() -> None:
    assert [talk._duration(seconds) for seconds in (0.4, 59, 61, 3599, 7300)] == ["0 s", "59 s", "1 min", "59 min", "2 h 1 min"]
