"""The verbs `detect` and `explain`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from shell import CLEAN, COMMAND, ENVIRONMENT, RESTORED, SPUN, complaints, run

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


def test_a_text_that_is_named_twice_is_told_once(folder: Path) -> None:
    (folder / "link.txt").symlink_to("spun.txt")
    names = ["spun.txt", "./spun.txt", "folder/../spun.txt", ".", str(folder / "spun.txt"), "link.txt"]
    for verb in ("detect", "explain"):
        reports = json.loads(run(verb, "--format", "json", *names, cwd=folder).stdout)
        told = [os.path.normpath(folder / report["path"]) for report in reports]
        assert len(told) == len({*told}) and {str(folder / "spun.txt"), str(folder / "link.txt")} <= {*told}
    assert run("spun.txt", "./spun.txt", cwd=folder).stdout.decode() == 2 * RESTORED  # as `cat` does


def test_counts_and_a_format_are_one_or_the_other(folder: Path) -> None:
    done = run("detect", "--statistics", "--format", "sarif", "spun.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done)[0].startswith("spinfix: --statistics: does not go together with --format sarif")
    (folder / "spinfix.toml").write_text("statistics = true\n")
    assert json.loads(run("detect", "--json", "spun.txt", cwd=folder).stdout)["findings"]
    (folder / "spinfix.toml").write_text("format = 'json'\n")
    assert b" findings in 1 text " in run("detect", "--statistics", "spun.txt", cwd=folder).stdout
