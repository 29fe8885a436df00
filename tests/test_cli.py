"""The command line as a filter, and its usage: arguments and bytes in; bytes, one-line messages and exit codes out."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest
from shell import CLEAN, RESTORED, SPUN, complaints, run

import spinfix
from spinfix.language_model import default_model
from spinfix.wordlists import DATA

LISTS_DIGEST = hashlib.sha256((DATA / "substitutions.tsv").read_bytes()).hexdigest()



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
    no_texts, missing = complaints(done)
    assert no_texts.startswith("spinfix: folder: no texts found: ") and missing == "spinfix: missing.txt: No such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(folder: Path) -> None:
    (folder / "clean.txt").chmod(0)
    done = run("clean.txt", cwd=folder)
    assert (done.stdout, complaints(done), done.returncode) == (b"", ["spinfix: clean.txt: Permission denied"], 2)


def test_a_mistyped_verb_is_named(folder: Path) -> None:
    done = run("detct", "clean.txt", cwd=folder)
    assert complaints(done) == ["spinfix: detct: No such file or directory; if the verb is meant: spinfix detect ..."]
    for word in ("help", "version"):
        assert complaints(run(word, cwd=folder)) == [f"spinfix: {word}: No such file or directory; if no file is meant: spinfix --{word}"]
    assert done.returncode == 2


# --- usage -------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["restore", "--patch", "p.json", "spun.txt", "clean.txt"], "--patch: a patch belongs to one text, found 2"),
        (["restore", "--patch", "-", "spun.txt"], "--patch: expected the name of a file"),
        (["restore", "--patch", "./spun.txt", "spun.txt"], "--patch: ./spun.txt is the text itself"),
        (["--threshold", "1.5", "spun.txt"], "--threshold: expected a probability above 0 and below 1, found 1.5"),
        (["detect", "--suggest", "nan", "spun.txt"], "--suggest: expected a probability above 0 and below 1, found nan"),
        (["explain", "--threshold", "high"], "argument --threshold: expected a probability above 0 and below 1, found 'high'"),
        (["--lists", "nowhere", "spun.txt"], "--lists: nowhere: No such file or directory"),
        (["--bogus", "spun.txt"], "unrecognized arguments: --bogus (see"),
        (["detect", "clean.txt", "--bogus", "spun.txt", "--worse=1"], "unrecognized arguments: --bogus --worse=1 (see"),
        (["review", "clean.txt", "spun.txt"], "unrecognized arguments: spun.txt (see"),
        (["revert"], "the following arguments are required: PATCH"),
        (["revert", "-"], "the patch and the text cannot both come from standard input"),
        (["--patch", "p.json", "spun.txt", "clean.txt"], "--patch: a patch belongs to one text, found 2"),
    ],
)
def test_wrong_usage_is_one_line_and_does_nothing(folder: Path, arguments: list[str], message: str) -> None:
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    done = run(*arguments, stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    [line] = complaints(done)
    assert line.startswith(f"spinfix: {message}") and "--help)" in line
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_a_file_whose_name_begins_with_a_dash_is_pointed_out(folder: Path) -> None:
    (folder / "-dash.txt").write_text(SPUN)
    done = run("detect", "-dash.txt", "spun.txt", cwd=folder)
    assert complaints(done) == [
        "spinfix: unrecognized arguments: -dash.txt; the file of this name is ./-dash.txt (see: spinfix detect --help)"
    ]
    for arguments in (["./-dash.txt"], ["--", "-dash.txt"]):
        assert run(*arguments, cwd=folder).stdout.decode() == RESTORED


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
    said = f"spinfix {spinfix.__version__}\nlanguage model {default_model().digest[:12]}\nlists {LISTS_DIGEST[:12]}\n"
    assert (done.stdout.decode(), done.stderr, done.returncode) == (said, b"", 0)
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
