"""The command line as a shell sees it: arguments and bytes in; bytes, one-line messages and exit codes out."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import spinfix

ROOT = Path(__file__).parent.parent
SPUN = "The analyst works at a suppose tank in the Center East, officers mentioned.\n"
RESTORED = "The analyst works at a think tank in the Middle East, officials said.\n"
CLEAN = "It rained all day, and the children stayed at home.\n"
HEAVY = ("numpy", "wordfreq", "rapidfuzz", "regex")
COMMAND = (sys.executable, "-m", "spinfix")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | {"PYTHONPATH": str(ROOT / "src")}

Completed: TypeAlias = subprocess.CompletedProcess[bytes]


def run(*arguments: str, stdin: bytes = b"", cwd: Path | None = None, command: tuple[str, ...] = COMMAND, **more: Any) -> Completed:
    return subprocess.run(
        [*command, *arguments], input=stdin, capture_output=True, cwd=cwd, env=more.pop("env", ENVIRONMENT), timeout=120, **more
    )


def complaints(done: Completed) -> list[str]:
    """The lines on standard error; every one of them a message of the form that users can rely on."""
    lines = done.stderr.decode().splitlines()
    assert all(line.startswith("spinfix: ") for line in lines), done.stderr.decode()
    return lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spun.txt").write_text(SPUN)
    (tmp_path / "clean.txt").write_text(CLEAN)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary").write_bytes(b"suppose tank\0\xff\n")
    (tmp_path / "folder").mkdir()
    return tmp_path


# --- the filter --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (SPUN, RESTORED),
        (CLEAN, CLEAN),
        ("", ""),
        (SPUN.rstrip("\n"), RESTORED.rstrip("\n")),
        ("\ufeff" + SPUN.replace("\n", "\r\n") * 2, "\ufeff" + RESTORED.replace("\n", "\r\n") * 2),
        ("\ufeff \r\n\r\n\n\t\r", "\ufeff \r\n\r\n\n\t\r"),
    ],
    ids=["spun", "clean", "empty", "no-final-newline", "bom-crlf", "blanks"],
)
def test_the_filter_writes_the_restored_text_and_nothing_else(given: str, expected: str) -> None:
    done = run(stdin=given.encode())
    assert (done.stdout.decode(), done.stderr, done.returncode) == (expected, b"", 0)


def test_files_are_restored_in_order_and_a_dash_is_standard_input(folder: Path) -> None:
    for verb in ([], ["restore"]):
        done = run(*verb, "clean.txt", "-", "empty.txt", "spun.txt", stdin=b"From the pipe.\r\n", cwd=folder)
        assert (done.stdout.decode(), done.stderr, done.returncode) == (CLEAN + "From the pipe.\r\n" + RESTORED, b"", 0)


def test_a_file_that_is_called_like_a_verb_or_an_option(folder: Path) -> None:
    (folder / "detect").write_text("Named like a verb.\n")
    (folder / "--json").write_text("Named like an option.\n")
    expected = {
        ("./detect",): "Named like a verb.\n",
        ("--", "detect"): "Named like a verb.\n",
        ("clean.txt", "detect"): CLEAN + "Named like a verb.\n",
        ("restore", "clean.txt", "--", "--json", "-"): CLEAN + "Named like an option.\nfrom the pipe",
    }
    for arguments, text in expected.items():
        done = run(*arguments, stdin=b"from the pipe", cwd=folder)
        assert (done.stdout.decode(), done.stderr, done.returncode) == (text, b"", 0), arguments


def test_bytes_that_are_not_utf8_survive_and_are_told(folder: Path) -> None:
    (folder / "latin.txt").write_bytes(b"Caf\xe9 talk.\nHe works at a suppose tank, \xab\xc3 in Beirut.\r\n")
    done = run("latin.txt", cwd=folder)
    assert done.stdout == b"Caf\xe9 talk.\nHe works at a think tank, \xab\xc3 in Beirut.\r\n"
    assert complaints(done) == [
        "spinfix: latin.txt: byte offset 3 (line 1): 0xe9 is not UTF-8 text, and 2 more such bytes; left as they are",
    ]
    assert done.returncode == 0

    done = run(stdin=b"\xef\xbb\xbfone\nbad byte: \xc3(\n")
    assert done.stdout == b"\xef\xbb\xbfone\nbad byte: \xc3(\n"
    assert complaints(done) == ["spinfix: standard input: byte offset 17 (line 2): 0xc3 is not UTF-8 text; left as it is"]
    assert done.returncode == 0


def test_what_is_no_text_goes_through_a_pipe_unchanged(folder: Path) -> None:
    binary = b"suppose tank\0\xff\n"
    done = run(stdin=binary)
    assert (done.stdout, done.returncode) == (binary, 2)
    assert re.search(r"standard input: .*NUL byte at byte offset 12 .*unchanged", complaints(done)[0])

    done = run(stdin=SPUN.encode("utf-16"))
    assert (done.stdout, done.returncode) == (SPUN.encode("utf-16"), 2)
    assert "UTF-16" in complaints(done)[0]


def test_of_a_named_file_that_is_no_text_nothing_is_written(folder: Path) -> None:
    done = run("binary", "spun.txt", cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (RESTORED, 2)
    assert [line.split(",")[0] for line in complaints(done)] == ["spinfix: binary: expected text"]


def test_what_cannot_be_read_is_told_and_the_rest_is_done(folder: Path) -> None:
    done = run("missing.txt", "folder", "clean.txt", cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (CLEAN, 2)
    assert complaints(done) == [
        "spinfix: missing.txt: No such file or directory",
        "spinfix: folder: Is a directory; name the files in it",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(folder: Path) -> None:
    (folder / "clean.txt").chmod(0)
    done = run("clean.txt", cwd=folder)
    assert (done.stdout, complaints(done), done.returncode) == (b"", ["spinfix: clean.txt: Permission denied"], 2)


def test_a_mistyped_verb_is_named(folder: Path) -> None:
    done = run("detct", "clean.txt", cwd=folder)
    assert complaints(done) == ["spinfix: detct: No such file or directory; if the verb is meant: spinfix detect ..."]
    assert done.returncode == 2


# --- when things go wrong ----------------------------------------------------------------------------------------------------------

_BROKEN = (
    "import sys, spinfix.cli as c\ndef f(*a, **k): raise ZeroDivisionError('two\\nlines')\nc.detect = c.explain = f\nsys.exit(c.main())"
)


def test_where_spinfix_fails_inside_the_input_goes_through_unchanged(folder: Path) -> None:
    broken = (sys.executable, "-c", _BROKEN)
    given = b"\xef\xbb\xbfsuppose tank \xe9\r\n"
    done = run(stdin=given, command=broken)
    assert (done.stdout, done.returncode) == (given, 2)
    assert complaints(done)[1:] == ["spinfix: standard input: unexpected ZeroDivisionError: two lines; the text goes through unchanged"]

    done = run("restore", "--patch", "p.json", "spun.txt", command=broken, cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    assert not (folder / "p.json").exists()

    for verb in ("detect", "explain"):
        done = run(verb, "spun.txt", "clean.txt", command=broken, cwd=folder)
        assert (done.stdout, done.returncode) == (b"", 2)
        assert [line.split(": ")[1] for line in complaints(done)] == ["spun.txt", "clean.txt"]


def test_a_list_that_cannot_be_used_is_named_and_the_text_goes_through(folder: Path) -> None:
    (folder / "bad.tsv").write_text("no list at all\n")
    done = run("--lists", "bad.tsv", "spun.txt", cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    assert complaints(done)[0].startswith("spinfix: spun.txt: bad.tsv:1: ")


@pytest.mark.parametrize("unbuffered", [False, True])
def test_a_reader_that_goes_away_ends_it_quietly(unbuffered: bool) -> None:
    environment = ENVIRONMENT | ({"PYTHONUNBUFFERED": "1"} if unbuffered else {})
    for arguments in ((), ("detect",), ("--help",)):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = subprocess.run(
                [*COMMAND, *arguments], input=SPUN.encode(), stdout=writing, stderr=subprocess.PIPE, env=environment, timeout=60
            )
        finally:
            os.close(writing)
        assert done.stderr == b"", arguments
        # argparse swallows the failure where it happens at once; there is nothing to lose then
        assert done.returncode == 141 or (unbuffered and arguments == ("--help",) and done.returncode == 0)


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
    # without a standard error the talk must not end up in the text
    done = shell("missing.txt clean.txt 2>&-")
    assert (done.stdout.decode(), done.returncode) == (CLEAN, 2)


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background has it ignored, and children inherit that


def test_an_interrupt_ends_it_quietly(folder: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "clean.txt", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT,
        preexec_fn=_interruptible,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        alarm = threading.Timer(60, process.kill)  # or a text that is held back would hold the test
        alarm.start()
        assert process.stdout.readline().decode() == CLEAN  # a text is out before the next is read
        process.send_signal(signal.SIGINT)
        assert (process.stderr.read(), process.wait(60)) == (b"", 130)
        alarm.cancel()


# --- detect, explain ---------------------------------------------------------------------------------------------------------------

_FINDING = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<observed>.+) → (?P<intended>.+)  [01]\.\d\d  [\w-]+/[\w-]+(  \(suggestion\))?"
)
_SUMMARY = re.compile(r"(?P<path>[^:]+): spun [01]\.\d\d(, looks like [\w-]+)?, (?P<words>\d+) words, [\d.]+% changed")


def test_detect_writes_a_line_a_finding_and_a_summary(folder: Path) -> None:
    (folder / "spun.txt").write_text(CLEAN + SPUN)
    done = run("detect", "spun.txt", cwd=folder)
    *findings, last = done.stdout.decode().splitlines()
    matches = [_FINDING.fullmatch(line) for line in findings]
    assert all(matches), findings
    places = {(m["path"], m["line"], int(m["column"]), m["observed"]) for m in matches if m}
    assert ("spun.txt", "2", SPUN.index("suppose") + 1, "suppose") in places or (
        "spun.txt", "2", SPUN.index("suppose") + 1, "suppose tank") in places  # fmt: skip
    summary = _SUMMARY.fullmatch(last)
    assert summary and (summary["path"], summary["words"]) == ("spun.txt", "23")
    assert (done.stderr, done.returncode) == (b"", 1)


def test_detect_says_by_its_exit_code_what_it_found(folder: Path) -> None:
    for arguments, code in (
        (["clean.txt", "empty.txt"], 0),
        (["spun.txt", "clean.txt"], 1),
        (["--exit-zero", "spun.txt"], 0),
        (["spun.txt", "missing.txt"], 2),
        (["--exit-zero", "binary", "spun.txt"], 2),
    ):
        done = run("detect", *arguments, cwd=folder)
        assert done.returncode == code, arguments
        summaries = [m["path"] for line in done.stdout.decode().splitlines() if (m := _SUMMARY.fullmatch(line))]
        assert summaries == [name for name in arguments if name.endswith(".txt") and name != "missing.txt"]
        assert len(complaints(done)) == (code == 2)


def test_suggestions_are_findings_too(folder: Path) -> None:
    done = run("detect", "--threshold", "0.9999999999", "spun.txt", cwd=folder)
    assert b"(suggestion)" in done.stdout and done.returncode == 1
    done = run("--threshold", "0.9999999999", "spun.txt", cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 0)
    done = run("detect", "spun.txt", "--threshold", "0.9999999999", "--suggest", "0.9999999999", "clean.txt", cwd=folder)
    assert b"(suggestion)" not in done.stdout and done.returncode == 0


@pytest.mark.parametrize("verb", ["detect", "explain"])
def test_json_is_one_object_a_text_on_a_line_of_its_own(folder: Path, verb: str) -> None:
    done = run(verb, "clean.txt", "--json", "-", cwd=folder, stdin=("\ufeff“Hello.”\r\n\r\n" + SPUN).encode())
    clean, spun = map(json.loads, done.stdout.decode().splitlines())
    assert (clean["version"], clean["path"], spun["path"]) == (1, "clean.txt", "-")
    text = "\ufeff“Hello.”\r\n\r\n" + SPUN
    assert spun["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert len(spun["findings"]) >= 2
    assert all(text[f["start"] : f["end"]] == f["observed"] for f in spun["findings"])
    assert {f["line"] for f in spun["findings"] if f["verdict"] == "restore"} == {3}
    assert done.returncode == (1 if verb == "detect" else 0)


def test_json_stays_json_where_a_name_is_not_utf8(folder: Path) -> None:
    name = b"caf\xe9.txt"
    (folder / os.fsdecode(name)).write_text(CLEAN)
    done = subprocess.run([*COMMAND, "detect", "--json", name], capture_output=True, cwd=folder, env=ENVIRONMENT, timeout=60)
    assert os.fsencode(json.loads(done.stdout.decode("utf-8"))["path"]) == name
    done = subprocess.run([*COMMAND, "detect", name], capture_output=True, cwd=folder, env=ENVIRONMENT, timeout=60)
    assert done.stdout.startswith(b"caf\xe9.txt: spun ")


def test_explain_shows_also_what_is_left_alone(folder: Path) -> None:
    done = run("explain", "spun.txt", cwd=folder)
    lines = done.stdout.decode().splitlines()
    assert any(line.startswith("spun.txt:1:") and line.endswith("[restore]") for line in lines)
    assert any(line.endswith("[keep]") for line in lines)
    assert any(re.fullmatch(r" +[+-]\d+\.\d\d  language-model: .+", line) for line in lines)
    assert _SUMMARY.fullmatch(lines[-1])
    assert (done.stderr, done.returncode) == (b"", 0)


@pytest.mark.parametrize("verb", ["detect", "explain"])
def test_reports_read_standard_input_and_refuse_what_is_no_text(verb: str) -> None:
    done = run(verb, stdin=b"")
    assert done.stdout.decode().startswith("-: spun 0.00, 0 words") and done.returncode == 0
    done = run(verb, stdin=b"a\0b")
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done) == ["spinfix: standard input: expected text, found a NUL byte at byte offset 1 (a binary file?)"]


# --- patches -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "original",
    [SPUN.encode(), b"\xef\xbb\xbf" + SPUN.encode().replace(b"\n", b"\r\n"), b"\xe9\xff suppose tank\xc3\r" + SPUN.encode().strip(), b""],
    ids=["plain", "bom-crlf", "not-utf8", "empty"],
)
def test_a_patch_leads_back_to_the_byte(folder: Path, original: bytes) -> None:
    (folder / "in.txt").write_bytes(original)
    restored = run("restore", "in.txt", "--patch", "p.json", cwd=folder)
    assert restored.returncode == 0 and (restored.stdout != original or not original)
    (folder / "out.txt").write_bytes(restored.stdout)
    ways: list[tuple[tuple[str, ...], bytes]] = [
        (("p.json",), restored.stdout),
        (("p.json", "out.txt"), b""),
        (("-", "out.txt"), (folder / "p.json").read_bytes()),
    ]
    for arguments, stdin in ways if original == SPUN.encode() else ways[:1]:
        back = run("revert", *arguments, stdin=stdin, cwd=folder)
        assert (back.stdout, back.stderr, back.returncode) == (original, b"", 0), arguments


def test_a_patch_from_a_pipe_and_nothing_else_left_behind(folder: Path) -> None:
    before = {p.name for p in folder.iterdir()}
    done = run("restore", "--patch", "p.json", stdin=SPUN.encode(), cwd=folder)
    assert done.stdout.decode() == RESTORED
    assert {p.name for p in folder.iterdir()} - before == {"p.json"}
    patch = spinfix.Patch.from_json((folder / "p.json").read_text())
    assert patch.apply(SPUN) == RESTORED
    umask = os.umask(0)
    os.umask(umask)
    assert (folder / "p.json").stat().st_mode & 0o777 == 0o666 & ~umask


def test_revert_refuses_a_foreign_text_and_a_damaged_patch(folder: Path) -> None:
    run("restore", "spun.txt", "--patch", "p.json", cwd=folder)
    done = run("revert", "p.json", "clean.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert "p.json: this patch was made for another text" in complaints(done)[0]

    (folder / "cut.json").write_bytes((folder / "p.json").read_bytes()[:-20])
    done = run("revert", "cut.json", stdin=RESTORED.encode(), cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert "cut.json: expected a spinfix patch in JSON" in complaints(done)[0]

    for arguments, start in ((("nowhere.json",), "nowhere.json: No such file"), (("p.json", "nowhere.txt"), "nowhere.txt: No such file")):
        done = run("revert", *arguments, cwd=folder)
        assert (done.stdout, done.returncode) == (b"", 2)
        assert complaints(done)[0].startswith(f"spinfix: {start}")


def test_without_the_way_back_there_is_no_way_there(folder: Path) -> None:
    for target, reason in (("folder", "Is a directory"), ("nowhere/p.json", "No such file or directory")):
        done = run("restore", "--patch", target, stdin=SPUN.encode(), cwd=folder)
        assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
        assert complaints(done) == [
            f"spinfix: standard input: cannot write the patch to {target}: {reason}; the input goes through unchanged"
        ]
    done = run("restore", "--patch", "nowhere/p.json", "spun.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)


def test_the_patch_is_there_before_the_text(folder: Path) -> None:
    command = [*COMMAND, "restore", "--patch", "p.json", "spun.txt"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=folder, env=ENVIRONMENT, timeout=60)
    assert done.returncode == 2
    assert spinfix.Patch.from_json((folder / "p.json").read_text()).apply(SPUN) == RESTORED


def test_a_patch_that_cannot_be_written_whole_leaves_the_old_one(folder: Path) -> None:
    (folder / "p.json").write_text("old")
    before = {p.name for p in folder.iterdir()}
    environment = ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = run("restore", "--patch", "p.json", "spun.txt", cwd=folder, env=environment, preexec_fn=_small_files)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done) == ["spinfix: spun.txt: cannot write the patch to p.json: File too large"]
    assert (folder / "p.json").read_text() == "old" and {p.name for p in folder.iterdir()} == before


def test_a_patch_may_go_to_a_link_or_a_device(folder: Path) -> None:
    (folder / "link.json").symlink_to("p.json")
    run("restore", "--patch", "link.json", "spun.txt", cwd=folder)
    assert (folder / "link.json").is_symlink() and (folder / "p.json").read_text().startswith("{")
    done = run("restore", "--patch", "/dev/stderr", "spun.txt", cwd=folder)
    assert done.stderr == (folder / "p.json").read_bytes() and done.stdout.decode() == RESTORED


# --- usage -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["restore", "--patch", "p.json", "spun.txt", "clean.txt"], "--patch: a patch belongs to one text, found 2"),
        (["restore", "--patch", "-", "spun.txt"], "--patch: expected the name of a file"),
        (["restore", "--patch", "./spun.txt", "spun.txt"], "--patch: ./spun.txt is the text itself"),
        (["--threshold", "1.5", "spun.txt"], "--threshold: expected a probability between 0 and 1, found 1.5"),
        (["detect", "--suggest", "nan", "spun.txt"], "--suggest: expected a probability between 0 and 1, found nan"),
        (["explain", "--threshold", "high"], "argument --threshold: invalid float value: 'high'"),
        (["--lists", "nowhere", "spun.txt"], "--lists: nowhere: No such file or directory"),
        (["--bogus", "spun.txt"], "unrecognized arguments: --bogus"),
        (["revert"], "the following arguments are required: PATCH"),
        (["revert", "-"], "the patch and the text cannot both come from standard input"),
        (["--patch", "p.json", "spun.txt"], "unrecognized arguments: --patch"),
    ],
)
def test_wrong_usage_is_one_line_and_does_nothing(folder: Path, arguments: list[str], message: str) -> None:
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    done = run(*arguments, stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    [line] = complaints(done)
    assert line.startswith(f"spinfix: {message}") and "--help)" in line
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_lists_of_ones_own_are_used(folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "words.tsv").write_text(
        "# title: Words\n# source: this test\n# license: MIT\n# status: stable\n"
        "# + He works at a zorbled tank. => He works at a think tank.\n# - He works at a bank.\nzorbled\tthink\tp=0.9\n"
    )
    given = "The analyst works at a zorbled tank in London.\n"
    assert run(stdin=given.encode()).stdout.decode() == given
    for where in (".", "mine/words.tsv"):
        done = run("--lists", where, stdin=given.encode(), cwd=folder)
        assert (done.stdout.decode(), done.stderr, done.returncode) == (given.replace("zorbled", "think"), b"", 0)


def test_version_and_help() -> None:
    done = run("--version")
    assert (done.stdout.decode(), done.stderr, done.returncode) == (f"spinfix {spinfix.__version__}\n", b"", 0)
    for verb, words in {
        "": ["spinfix detect", "spinfix < article.txt", "spinfix -- detect", "exit code", "--threshold", "--lists"],
        "restore": ["--patch", "examples:"],
        "detect": ["--json", "--exit-zero", "--suggest", "1 findings"],
        "explain": ["--json", "examples:"],
        "revert": ["PATCH", "examples:"],
    }.items():
        done = run(*([verb] if verb else []), "--help")
        assert (done.stderr, done.returncode) == (b"", 0)
        shown = done.stdout.decode("ascii")  # help must not fail where the terminal knows no more than that
        assert all(word in shown for word in words), (verb, shown)


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
    done = run(command=(sys.executable, "-c", _WATCH.format(action=action)), stdin=SPUN.encode())
    loaded = done.stderr.decode().split()
    data = [name for name in loaded if "/data/" in name]
    assert "spinfix" in loaded and done.returncode == 0
    if light:
        assert not data and not set(HEAVY) & set(loaded)
    else:  # the same watch sees what a restoration loads, so it would see it above
        assert data and "numpy" in loaded
