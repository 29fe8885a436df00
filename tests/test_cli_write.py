"""`restore --write`, `--diff`, `--word-diff`, `--statistics`: files in place, and what would change."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from pathlib import Path

import pytest
from shell import CLEAN, RESTORED, SPUN, complaints, files_in, run, run_process

import spinfix
from spinfix.cli import files

TWICE = SPUN + "\nThe folks in the Center East misplaced their houses, in response to officers.\n"


def test_files_are_restored_in_place_and_every_change_is_told(folder: Path) -> None:
    done = run("restore", "--write", "spun.txt", "clean.txt", "empty.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 0)
    *changes, last = done.stderr.decode().splitlines()
    assert len(changes) >= 3
    assert all(re.fullmatch(r"spun\.txt:1:\d+: \S.* → \S.*  [01]\.\d\d  [\w-]+/[\w-]+", line) for line in changes), changes
    assert last == f"spinfix: restored {len(changes)} places in 1 file; the way back lies beside each as FILE.spinfix.json"
    assert (folder / "spun.txt").read_text() == RESTORED
    assert (folder / "clean.txt").read_text() == CLEAN
    assert sorted(files_in(folder)) == ["binary", "clean.txt", "empty.txt", "spun.txt", "spun.txt.spinfix.json"]


def test_the_way_back_leads_back_in_place(folder: Path) -> None:
    run("restore", "--write", "spun.txt", cwd=folder)
    done = run("revert", "--write", "spun.txt.spinfix.json", "spun.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 0) and "think → suppose" in done.stderr.decode()
    assert (folder / "spun.txt").read_text() == SPUN
    done = run("apply", "--write", "spun.txt.spinfix.json", "spun.txt", cwd=folder)
    assert done.returncode == 0 and "suppose → think" in done.stderr.decode()
    assert (folder / "spun.txt").read_text() == RESTORED


def test_a_part_that_is_applied_in_place_leaves_its_way_back(folder: Path) -> None:
    run("restore", "--output", "out.txt", "--patch", "p.json", "spun.txt", cwd=folder)
    first = spinfix.Patch.from_json((folder / "p.json").read_text()).corrections[0]
    done = run("apply", "--write", "--only", first.id, "p.json", "spun.txt", cwd=folder)
    assert done.stderr.decode().splitlines() == [
        "spun.txt:1:24: suppose → think",
        "spinfix: spun.txt: restored 1 place; the way back lies in spun.txt.spinfix.json",
    ]
    assert (folder / "spun.txt").read_text() == SPUN.replace("suppose", "think")
    assert run("revert", "--write", "spun.txt.spinfix.json", "spun.txt", cwd=folder).returncode == 0
    assert (folder / "spun.txt").read_text() == SPUN
    (folder / "spun.txt.spinfix.json").write_bytes((folder / "p.json").read_bytes())
    before = files_in(folder)
    done = run("apply", "--write", "--only", first.id, "spun.txt.spinfix.json", "spun.txt", cwd=folder)
    assert "--only: the way back would be written over spun.txt.spinfix.json" in complaints(done)[0] and done.returncode == 2
    assert files_in(folder) == before


def test_a_second_run_is_quiet_and_leaves_the_way_back(folder: Path) -> None:
    run("restore", "--write", "spun.txt", cwd=folder)
    before = files_in(folder)
    done = run("restore", "--write", "spun.txt", cwd=folder)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    assert files_in(folder) == before


def test_a_restoration_on_top_of_another_leads_all_the_way_back(folder: Path) -> None:
    (folder / "spun.txt").write_text(TWICE)
    run("restore", "--write", "--threshold", "0.99", "spun.txt", cwd=folder)
    between = (folder / "spun.txt").read_text()
    run("restore", "--write", "--threshold", "0.3", "--spun-prior", "0.9", "spun.txt", cwd=folder)
    assert (folder / "spun.txt").read_text() not in (TWICE, between) and between != TWICE
    run("revert", "--write", "spun.txt.spinfix.json", "spun.txt", cwd=folder)
    assert (folder / "spun.txt").read_text() == TWICE


def test_a_way_back_that_no_longer_fits_is_replaced_and_another_file_is_not(folder: Path) -> None:
    run("restore", "--write", "spun.txt", cwd=folder)
    (folder / "spun.txt").write_text(TWICE)
    assert run("restore", "--write", "spun.txt", cwd=folder).returncode == 0
    patch = spinfix.Patch.from_json((folder / "spun.txt.spinfix.json").read_text())
    assert spinfix.revert((folder / "spun.txt").read_text(), patch) == TWICE

    (folder / "spun.txt").write_text(SPUN)
    (folder / "spun.txt.spinfix.json").write_text("precious")
    before = files_in(folder)
    done = run("restore", "--write", "spun.txt", cwd=folder)
    assert done.returncode == 2 and files_in(folder) == before
    assert complaints(done)[0].startswith("spinfix: spun.txt: spun.txt.spinfix.json is in the way: expected a spinfix patch")


def test_no_patch_leaves_no_file_behind(folder: Path) -> None:
    done = run("restore", "--write", "--no-patch", "spun.txt", cwd=folder)
    assert done.returncode == 0 and b"way back" not in done.stderr
    assert (folder / "spun.txt").read_text() == RESTORED
    assert sorted(files_in(folder)) == ["binary", "clean.txt", "empty.txt", "spun.txt"]


def test_mode_and_times_stay_and_a_link_stays_a_link(folder: Path) -> None:
    target = folder / "spun.txt"
    target.chmod(0o640)
    os.utime(target, ns=(1_500_000_000_123_000_000, 1_600_000_000_456_000_000))
    (folder / "link.txt").symlink_to("spun.txt")
    assert run("restore", "--write", "link.txt", cwd=folder).returncode == 0
    assert (folder / "link.txt").is_symlink() and target.read_text() == RESTORED
    now = target.stat()
    assert (stat.S_IMODE(now.st_mode), now.st_mtime_ns) == (0o640, 1_600_000_000_456_000_000)
    assert (folder / "link.txt.spinfix.json").exists()


def test_who_may_not_read_the_text_may_not_read_its_way_back(folder: Path) -> None:
    (folder / "spun.txt").chmod(0o600)
    run("restore", "--write", "spun.txt", cwd=folder)
    assert stat.S_IMODE((folder / "spun.txt.spinfix.json").stat().st_mode) == 0o600
    run("revert", "--write", "spun.txt.spinfix.json", "spun.txt", cwd=folder)
    run("review", "spun.txt", stdin=b"a\nq\n", cwd=folder)
    assert stat.S_IMODE((folder / "spun.txt.patch.json").stat().st_mode) == 0o600


def test_a_file_that_is_written_over_keeps_its_mode(folder: Path) -> None:
    for name in ("out.txt", "p.json"):
        (folder / name).write_text("old")
        (folder / name).chmod(0o600)
    run("restore", "--output", "out.txt", "spun.txt", cwd=folder)
    run("restore", "--patch", "p.json", "spun.txt", cwd=folder)
    assert (folder / "out.txt").read_text() == RESTORED and (folder / "p.json").read_text() != "old"
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("out.txt", "p.json")} == {0o600}


def test_a_pipe_with_a_name_is_not_waited_for_and_nothing_is_left(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    writer = threading.Thread(target=(folder / "pipe.txt").write_text, args=(SPUN,))
    writer.start()
    done = run_process("restore", "--write", "pipe.txt", cwd=folder)
    writer.join()
    assert complaints(done) == ["spinfix: pipe.txt: expected a file that can be replaced, found a device or a pipe"]
    assert done.returncode == 2 and not [*folder.glob("*.json*")]


def test_a_file_that_is_named_twice_is_restored_once(folder: Path) -> None:
    (folder / "link.txt").symlink_to("spun.txt")
    done = run("restore", "--write", "-j", "2", "spun.txt", ".", "./spun.txt", "link.txt", cwd=folder)
    assert done.returncode == 0 and b" in 1 file;" in done.stderr
    assert (folder / "spun.txt").read_text() == RESTORED


def test_a_pipe_stays_a_pipe_where_a_configuration_says_write(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("write = true\n")
    done = run(stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout.decode(), done.stderr, done.returncode) == (RESTORED, b"", 0)
    run("spun.txt", cwd=folder)
    assert (folder / "spun.txt").read_text() == RESTORED


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite = files.rewrite

    def slow(path: str, data: bytes, expected: bytes) -> None:
        (folder / "spun.txt").write_text("Somebody wrote this meanwhile.\n")
        rewrite(path, data, expected)

    monkeypatch.setattr(files, "rewrite", slow)
    done = run("restore", "--write", "spun.txt", "clean.txt", cwd=folder)
    assert complaints(done) == ["spinfix: spun.txt: the file was changed meanwhile; it is left as it is now"]
    assert done.returncode == 2
    assert (folder / "spun.txt").read_text() == "Somebody wrote this meanwhile.\n"
    assert sorted(files_in(folder)) == ["binary", "clean.txt", "empty.txt", "spun.txt"]


def test_the_way_back_is_there_before_the_text_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def watched(path: str, data: bytes, expected: bytes) -> None:
        patch = spinfix.Patch.from_json((folder / "spun.txt.spinfix.json").read_text())
        seen.append(patch.apply((folder / "spun.txt").read_text()) == RESTORED)

    monkeypatch.setattr(files, "rewrite", watched)
    run("restore", "--write", "spun.txt", cwd=folder)
    assert seen == [True]


def test_bytes_that_are_not_utf8_survive_in_place(folder: Path) -> None:
    (folder / "spun.txt").write_bytes(b"\xef\xbb\xbfCaf\xe9.\r\nHe works at a suppose tank in Beirut.\r\n")
    assert run("restore", "--write", "spun.txt", cwd=folder).returncode == 0
    assert (folder / "spun.txt").read_bytes() == b"\xef\xbb\xbfCaf\xe9.\r\nHe works at a think tank in Beirut.\r\n"


def test_what_is_no_text_or_missing_is_told_and_the_rest_is_done(folder: Path) -> None:
    done = run("restore", "--write", "binary", "missing.txt", "spun.txt", cwd=folder)
    lines = done.stderr.decode().splitlines()
    assert lines[0].startswith("spinfix: binary: expected text, found a NUL byte") and lines[1] == (
        "spinfix: missing.txt: No such file or directory"
    )
    assert done.returncode == 2 and (folder / "spun.txt").read_text() == RESTORED


def test_a_difference_is_shown_and_makes_the_exit_code(folder: Path) -> None:
    before = files_in(folder)
    done = run("restore", "--diff", "spun.txt", "clean.txt", cwd=folder)
    assert done.stdout.decode() == f"--- spun.txt\n+++ spun.txt\n@@ -1 +1 @@\n-{SPUN}+{RESTORED}"
    assert (done.stderr, done.returncode) == (b"", 1)
    done = run("restore", "--word-diff", "spun.txt", cwd=folder)
    assert "[-suppose-]{+think+} tank" in done.stdout.decode() and done.returncode == 1
    done = run("restore", "--word-diff", "--color", "always", "spun.txt", cwd=folder)
    assert "\x1b[31msuppose\x1b[0m\x1b[32mthink\x1b[0m tank" in done.stdout.decode()
    for style in ("--diff", "--word-diff"):
        done = run("restore", style, "clean.txt", cwd=folder)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
        assert run("restore", style, "--exit-zero", "spun.txt", cwd=folder).returncode == 0
    assert run("restore", "--diff", stdin=SPUN.encode()).returncode == 1
    assert files_in(folder) == before


def test_changes_are_counted_by_source(folder: Path) -> None:
    done = run("restore", "--write", "--statistics", "spun.txt", "clean.txt", cwd=folder)
    *counts, total, last = done.stderr.decode().splitlines()
    assert all(re.fullmatch(r" +\d+  [\w-]+/[\w-]+", line) for line in counts) and counts
    assert re.fullmatch(r" +\d+  findings in 1 text of \d+ words; 1 of 1 look spun", total)
    assert int(total.split()[0]) == sum(int(line.split()[0]) for line in counts)
    assert last.startswith("spinfix: restored ") and (folder / "spun.txt").read_text() == RESTORED
    for options, text in ((["--no-diff"], RESTORED + CLEAN), (["--diff"], run("--diff", stdin=SPUN.encode()).stdout.decode())):
        done = run("--statistics", *options, "-", "clean.txt", stdin=SPUN.encode(), cwd=folder)
        assert done.stdout.decode() == text
        *same, all_texts = done.stderr.decode().splitlines()
        assert same == counts and re.fullmatch(r" +\d+  findings in 2 texts of \d+ words; 1 of 2 look spun", all_texts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--write"], "--write: standard input cannot be written"),
        (["--write", "spun.txt", "-"], "--write: standard input cannot be written"),
        (["--write", "--diff", "spun.txt"], "--write and --diff: expected one of them"),
        (["--diff", "--patch", "p.json", "spun.txt"], "--patch: does not go together with --diff"),
        (["--patch", "p.json", "."], "--patch: a patch belongs to one text, found a folder"),
        (["--write", "--output", "o.txt", "spun.txt"], "--write and --output: expected one of them"),
        (["--config", "c.toml", "--isolated", "spun.txt"], "--config and --isolated: expected one of them"),
        (["--stream", "--statistics"], "--statistics: does not go together with --stream"),
        (["--jobs", "-1", "spun.txt"], "argument -j/--jobs: expected a whole number from 0 up"),
        (["--treshold", "0.5", "spun.txt"], "unrecognized arguments: --treshold; did you mean --threshold?"),
    ],
)
def test_what_does_not_go_together(folder: Path, arguments: list[str], message: str) -> None:
    before = files_in(folder)
    done = run("restore", *arguments, stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done)[0].startswith(f"spinfix: {message}")
    assert files_in(folder) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["review", "--output", "spun.txt", "./spun.txt"],
        ["restore", "--output", "./spun.txt", "clean.txt", "spun.txt"],
        ["detect", "--output", "spun.txt", "spun.txt"],
        ["detect", "--html", "spun.txt", "clean.txt", "spun.txt"],
    ],
)
def test_no_text_is_written_over_by_what_is_made_of_it(folder: Path, arguments: list[str]) -> None:
    before = files_in(folder)
    done = run(*arguments, stdin=b"y\n" * 10, cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2) and files_in(folder) == before
    target = arguments[2]
    assert complaints(done)[0].startswith(f"spinfix: {arguments[1]}: {target} is a text that is read; name another file")


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        (["restore", "--output", "new.json", "--patch", "./new.json"], "--output and --patch"),
        (["detect", "--output", "new.json", "--html", "new.json"], "--output and --html"),
        (["detect", "--html", "b.json", "--baseline", "b.json"], "--html and --baseline"),
        (["restore", "--output", "b.json", "--baseline", "folder/../b.json"], "--output and --baseline"),
    ],
)
def test_nothing_is_written_over_something_else_that_is_written_or_read(folder: Path, arguments: list[str], flags: str) -> None:
    (folder / "b.json").write_text('{"spinfix_baseline": 1, "accepted": {}}')
    before = files_in(folder)
    done = run(*arguments, "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith(f"spinfix: {flags}: expected two files, found ") and done.returncode == 2
    assert files_in(folder) == before


def test_a_name_may_be_as_long_as_the_system_allows(folder: Path) -> None:
    long, longer = f"{'a' * 230}.txt", "\u00e9" * 120 + ".txt"
    for name in (long, longer):
        (folder / name).write_text(SPUN)
        done = run("restore", "--write", "--no-patch", name, cwd=folder)
        assert done.returncode == 0 and (folder / name).read_text() == RESTORED
    (folder / longer).write_text(SPUN)
    before = files_in(folder)
    done = run("restore", "--write", longer, cwd=folder)  # the way back has a longer one
    assert done.returncode == 2 and complaints(done)[0].endswith(".txt.spinfix.json: cannot be read: File name too long")
    assert files_in(folder) == before


@pytest.mark.parametrize(("option", "reason"), [("--config", "expected the name of a file"), ("--patch", "expected the name of a file")])
def test_a_name_that_is_empty_is_told(folder: Path, option: str, reason: str) -> None:
    """As a variable of a script that was never set."""
    done = run("restore", option, "", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith(f"spinfix: {option}: {reason}") and (done.stdout, done.returncode) == (b"", 2)
    done = run("", "spun.txt", cwd=folder)
    assert complaints(done) == ["spinfix: '': No such file or directory"] and (done.stdout.decode(), done.returncode) == (RESTORED, 2)


def test_a_dash_is_standard_output_and_no_file(folder: Path) -> None:
    before = files_in(folder)
    assert run("--output", "-", "spun.txt", cwd=folder).stdout.decode() == RESTORED
    done = run("review", "--output", "-", "spun.txt", stdin=b"y\nq\n", cwd=folder)
    assert len(spinfix.Patch.from_json(done.stdout.decode()).corrections) == 1 and b"apply --write" not in done.stderr
    for option in ("--html", "--baseline"):
        done = run("detect", option, "-", "spun.txt", cwd=folder)
        assert (done.stdout, done.returncode) == (b"", 2)
        assert complaints(done)[0].startswith(f"spinfix: {option}: expected the name of a file, found -")
    assert files_in(folder) == before


def test_a_way_that_is_asked_for_wins_over_one_of_a_configuration(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("write = true\n")
    before = files_in(folder)
    assert run("--diff", "spun.txt", cwd=folder).returncode == 1 and files_in(folder) == before
    assert run("--output", "out.txt", "spun.txt", cwd=folder).returncode == 0
    assert run("--patch", "p.json", "spun.txt", cwd=folder).stdout.decode() == RESTORED == (folder / "out.txt").read_text()
    assert (folder / "spun.txt").read_bytes() == before["spun.txt"] and (folder / "p.json").exists()
    (folder / "spinfix.toml").write_text("word_diff = true\n")
    assert run("--write", "spun.txt", cwd=folder).returncode == 0
    assert (folder / "spun.txt").read_text() == RESTORED


def test_output_goes_into_a_file_when_it_is_whole(folder: Path) -> None:
    done = run("restore", "--output", "out.txt", "spun.txt", "clean.txt", cwd=folder)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    assert (folder / "out.txt").read_text() == RESTORED + CLEAN
    done = run("detect", "--json", "--output", "out.json", "spun.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 1)
    assert json.loads((folder / "out.json").read_text())["path"] == "spun.txt"
    done = run("detect", "--output", "nowhere/out.json", "spun.txt", cwd=folder)
    assert complaints(done) == ["spinfix: nowhere/out.json: cannot be written: No such file or directory"] and done.returncode == 2
