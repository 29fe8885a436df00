"""What shows in a process of its own only: streams, signals, failures inside, and what is loaded."""

from __future__ import annotations

import errno
import os
import resource
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from shell import CLEAN, COMMAND, ENVIRONMENT, RESTORED, SPUN, Completed, complaints, run, run_process

HEAVY = ("numpy", "wordfreq", "rapidfuzz", "regex")

_BROKEN = """
import sys, spinfix.cli, spinfix.cli.run as run
def f(*a, **k): raise ZeroDivisionError("two\\nlines")
run.report_on = f
sys.exit(spinfix.cli.main())
"""


def test_where_spinfix_fails_inside_the_input_goes_through_unchanged(folder: Path) -> None:
    broken = (sys.executable, "-c", _BROKEN)
    given = b"\xef\xbb\xbfsuppose tank \xe9\r\n"
    done = run_process(stdin=given, command=broken)
    assert (done.stdout, done.returncode) == (given, 2)
    assert complaints(done)[1:] == ["spinfix: standard input: unexpected ZeroDivisionError: two lines; the text goes through unchanged"]

    done = run_process("restore", "--patch", "p.json", "spun.txt", command=broken, cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    assert not (folder / "p.json").exists()

    for verb in ("detect", "explain"):
        done = run_process(verb, "spun.txt", "clean.txt", command=broken, cwd=folder)
        assert (done.stdout, done.returncode) == (b"", 2)
        assert [line.split(": ")[1] for line in complaints(done)] == ["spun.txt", "clean.txt"]


_ALONE = """
import sys
def watch(event, arguments):
    if event.startswith("socket.") and event not in ("socket.gethostname", "socket.__new__"):
        print("network:", event, arguments, file=sys.stderr)
sys.addaudithook(watch)
import spinfix.cli
code = spinfix.cli.main()
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "spun.txt"), ("detect", "-j", "2", "--html", "page.html", "spun.txt", "clean.txt"), ("explain", "spun.txt"),
        ("survey", "spun.txt"), ("rules",), ("lists",), ("--version",), ("--completion", "bash"),
    ],
)  # fmt: skip
def test_the_network_is_never_asked(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run_process(*arguments, command=(sys.executable, "-c", _ALONE), cwd=folder)
    assert (done.stderr, done.returncode) == (b"", 1 if arguments[0] == "detect" else 0)


def test_nothing_is_lost_where_python_leaves_its_assertions_out(folder: Path) -> None:
    environment = ENVIRONMENT | {"PYTHONOPTIMIZE": "1"}
    done = run_process("--baseline", "clean.txt", stdin=SPUN.encode(), cwd=folder, env=environment)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    done = run_process("spun.txt", cwd=folder, env=environment | {"PYTHONOPTIMIZE": "2"})  # without docstrings, too
    assert (done.stdout.decode(), done.stderr, done.returncode) == (RESTORED, b"", 0)
    done = run_process("detect", "--baseline", "clean.txt", "--write-baseline", "spun.txt", cwd=folder, env=environment)
    assert done.returncode == 2 and (folder / "clean.txt").read_text() == CLEAN


def test_a_folder_that_is_gone_loses_no_text(folder: Path) -> None:
    command = f"cd folder && rmdir ../folder && {' '.join(COMMAND)}"
    for arguments, out, code in (("", RESTORED, 0), ("--isolated", RESTORED, 0), (f"--diff {folder}/clean.txt", "", 0)):
        (folder / "folder").mkdir(exist_ok=True)
        done = subprocess.run(["sh", "-c", f"{command} {arguments}"], input=SPUN.encode(), capture_output=True, cwd=folder, env=ENVIRONMENT)
        assert (done.stdout.decode(), done.stderr, done.returncode) == (out, b"", code)


def test_what_the_system_lacks_is_not_laid_to_the_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("spinfix.cli.restoring.restore", failing)
    for number, where in ((errno.EMFILE, ""), (errno.ENOSPC, "standard output: ")):
        done = run("spun.txt", cwd=folder)
        assert complaints(done) == [f"spinfix: {where}{os.strerror(number)}"] and done.returncode == 2


def test_a_list_that_cannot_be_used_is_named_and_the_text_goes_through(folder: Path) -> None:
    (folder / "bad.tsv").write_text("no list at all\n")
    done = run_process("--lists", "bad.tsv", "spun.txt", cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    assert complaints(done)[0].startswith("spinfix: spun.txt: bad.tsv:1: ")


@pytest.mark.parametrize("unbuffered", [False, True])
def test_a_reader_that_goes_away_ends_it_quietly(unbuffered: bool) -> None:
    environment = ENVIRONMENT | ({"PYTHONUNBUFFERED": "1"} if unbuffered else {})
    for arguments in ((), ("detect",), ("--help",), ("detect", "--help"), ("--version",), ("--completion", "bash")):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = subprocess.run(
                [*COMMAND, *arguments], input=SPUN.encode(), stdout=writing, stderr=subprocess.PIPE, env=environment, timeout=60
            )
        finally:
            os.close(writing)
        assert done.stderr == b"", arguments
        assert done.returncode == 141, arguments


def test_a_reader_that_leaves_early_has_what_it_read(folder: Path) -> None:
    (folder / "long.txt").write_text(CLEAN * 2000)  # more than a pipe holds
    with subprocess.Popen(
        [*COMMAND, "long.txt", "spun.txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(10) == CLEAN[:10].encode()
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == (b"", 141)


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_whole_is_told(folder: Path, unbuffered: str) -> None:
    environment = ENVIRONMENT | {"PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"}
    with open(folder / "out.txt", "wb") as out:
        done = subprocess.run(
            [*COMMAND, "clean.txt"], stdout=out, stderr=subprocess.PIPE, cwd=folder, env=environment, preexec_fn=_small_files, timeout=60
        )
    assert complaints(done) == ["spinfix: standard output: File too large"]
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/dev/../dev/stdin"])
def test_a_stream_by_its_name_is_not_written_in_place(folder: Path, name: str) -> None:
    """The way back would lie beside that name, and not beside the file."""
    if not os.path.exists(name):
        pytest.skip(f"there is no {name} here")
    with open(folder / "spun.txt", "rb") as file:
        done = subprocess.run([*COMMAND, "restore", "--write", name], stdin=file, capture_output=True, env=ENVIRONMENT, timeout=60)
    reason = "expected a file that can be replaced, found a device or a pipe"
    assert (complaints(done), done.stdout, done.returncode) == ([f"spinfix: {name}: {reason}"], b"", 2)
    assert (folder / "spun.txt").read_text() == SPUN and not os.path.exists(f"{name}.spinfix.json")


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("asked", ["--help", "lists --help", "--version", "--completion fish"])
def test_what_is_asked_for_and_cannot_be_written_is_trouble(asked: str, unbuffered: bool) -> None:
    environment = ENVIRONMENT | ({"PYTHONUNBUFFERED": "1"} if unbuffered else {})
    for where, reason in ((">/dev/full", b"No space left on device"), (">&-", b"Bad file descriptor")):
        done = subprocess.run(f"{shlex.join(COMMAND)} {asked} {where}", shell=True, capture_output=True, env=environment, timeout=60)
        assert (done.stderr, done.returncode) == (b"spinfix: standard output: " + reason + b"\n", 2), (asked, where)


def test_a_closed_standard_stream_is_no_crash(folder: Path) -> None:
    def shell(arguments: str) -> Completed:
        command = f"{' '.join(COMMAND)} {arguments}"
        return subprocess.run(["sh", "-c", command], capture_output=True, cwd=folder, env=ENVIRONMENT, timeout=60)

    for redirection, message in (
        (">&-", b"spinfix: standard output: Bad file descriptor\n"),
        ("<&- -", b"spinfix: standard input: it is closed; name a FILE or write to it\n"),
    ):
        done = shell(f"{redirection} clean.txt")
        assert (done.stderr, done.returncode) == (message, 2)
    done = shell("review spun.txt <&-")
    assert (done.stderr, done.returncode) == (b"spinfix: standard input is closed, but the answers come from there\n", 2)
    # without a standard error the talk must not end up in the text
    done = shell("missing.txt clean.txt 2>&-")
    assert (done.stdout.decode(), done.returncode) == (CLEAN, 2)


_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interruptible() -> None:
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_DFL)  # a test run in the background has it ignored, and children inherit that


@pytest.mark.parametrize("number", _ENDINGS)
def test_an_interrupt_ends_it_quietly(folder: Path, number: int) -> None:
    with subprocess.Popen(
        [*COMMAND, "clean.txt", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT,
        preexec_fn=_interruptible,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        alarm = threading.Timer(60, process.kill)  # or a text that is held back would hold the test
        alarm.start()
        assert process.stdout.readline().decode() == CLEAN  # a text is out before the next is read
        process.send_signal(number)
        assert (process.stderr.read(), process.wait(60)) == (b"", 128 + number)
        alarm.cancel()


# --- start -------------------------------------------------------------------------------------------------------------------------

_WATCH = """
import sys
opened = []
sys.addaudithook(lambda event, a: opened.append(str(a[0])) if event == "open" else None)
{action}
print(*sorted(set(m.split(".")[0] for m in sys.modules)), *(f for f in opened if "data" in f.split("/")[-2:]), file=sys.stderr)
"""
_RUN = "from spinfix.cli import main\nmain({!r})"


@pytest.mark.parametrize(
    ("action", "light"),
    [("import spinfix", True), (_RUN.format(["--version"]), True), (_RUN.format(["--help"]), True), (_RUN.format(["-"]), False)],
    ids=["import", "version", "help", "restore"],
)
def test_what_is_loaded_before_it_is_needed(action: str, light: bool) -> None:
    done = run_process(command=(sys.executable, "-c", _WATCH.format(action=action)), stdin=SPUN.encode())
    loaded = done.stderr.decode().split()
    data = [name for name in loaded if "/data/" in name]
    assert "spinfix" in loaded and done.returncode == 0
    if light:
        assert (not data or "--version" in action) and not set(HEAVY) & set(loaded)
    else:  # the same watch sees what a restoration loads, so it would see it above
        assert data and "numpy" in loaded


def test_a_mistake_of_ours_is_one_line(folder: Path) -> None:
    script = "import sys, spinfix.cli, spinfix.cli.reporting as r\nr.statistics = None\nsys.exit(spinfix.cli.main())"
    done = run_process("detect", "--statistics", "spun.txt", command=(sys.executable, "-c", script), cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done) == ["spinfix: unexpected TypeError: 'NoneType' object is not callable; please report it"]


def test_another_c_library_has_no_say_in_what_is_handed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    from spinfix.cli.run import hand_memory_back

    asked: list[object] = []

    def none_such(name: object) -> object:
        asked.append(name)
        raise OSError("no such library")

    hand_memory_back()
    monkeypatch.setattr(ctypes, "CDLL", none_such)
    hand_memory_back()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    hand_memory_back()
    assert asked == [None]
