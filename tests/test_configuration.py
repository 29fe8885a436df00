"""Configuration files: found, checked, over the defaults and under the flags; `spinfix config`; the baseline."""

from __future__ import annotations

import errno
import json
import os
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from shell import CLEAN, RESTORED, ROOT, SPUN, complaints, files_in, run

from spinfix import Policy
from spinfix.baseline import Baseline
from spinfix.cli.arguments import VERBS, parser_of
from spinfix.configuration import BY_NAME, NAMES, SETTINGS, Configuration, Settings
from spinfix.report.formats import FORMATS

FILES = (  # how the same setting looks in each kind of file
    ("pyproject.toml", "[project]\nname = 'x'\n[tool.spinfix]\n"),
    ("spinfix.toml", ""),
    (".spinfix.toml", ""),
)
NO_KEY = {  # of one call only: what is asked for, which configuration, one certain patch, one certain file
    "help", "version", "completion", "config", "isolated", "patch", "write_baseline", "only", "check", "export", "date",
}  # fmt: skip


@pytest.mark.parametrize(("name", "head"), FILES)
def test_a_configuration_holds_for_what_lies_below_it(folder: Path, name: str, head: str) -> None:
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "sub" / name).write_text(f"{head}ignore_words = ['suppose tank']\n")
    (folder / "sub" / "deep" / "text.txt").write_text(SPUN)
    spared = RESTORED.replace("think", "suppose")
    done = run("sub/deep/text.txt", "spun.txt", cwd=folder)
    assert (done.stdout.decode(), done.stderr, done.returncode) == (spared + RESTORED, b"", 0)
    # the name of a pipe gives it a configuration, too
    done = run("--stdin-filename", "sub/x.txt", stdin=SPUN.encode(), cwd=folder)
    assert done.stdout.decode() == spared
    assert run("--isolated", "sub/deep/text.txt", cwd=folder).stdout.decode() == RESTORED
    assert run("--config", f"sub/{name}", "spun.txt", cwd=folder).stdout.decode() == spared


def test_the_nearest_file_holds_and_a_flag_wins(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "text.txt").write_text(SPUN)
    (folder / "pyproject.toml").write_text("[tool.spinfix]\nthreshold = 0.9999999999\n")
    assert run("sub/text.txt", cwd=folder).stdout.decode() == SPUN
    assert run("--threshold", "0.5", "sub/text.txt", cwd=folder).stdout.decode() == RESTORED
    (folder / "sub" / "pyproject.toml").write_text("[project]\nname = 'no word on spinfix'\n")
    assert run("sub/text.txt", cwd=folder).stdout.decode() == SPUN
    (folder / "sub" / "spinfix.toml").write_text("threshold = 0.5\n")
    assert run("sub/text.txt", cwd=folder).stdout.decode() == RESTORED
    (folder / "sub" / ".spinfix.toml").write_text("threshold = 0.9999999999\n")  # in one folder the hidden one comes first
    assert run("sub/text.txt", cwd=folder).stdout.decode() == SPUN


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("treshold = 0.5", "treshold: unknown key; the nearest known one is threshold"),
        ("per-file-ignores = {}", "per-file-ignores: unknown key; the nearest known one is per_file_ignores"),
        ("zzz = 1", "zzz: unknown key; known are threshold, "),
        ("threshold = 2", "threshold: expected a probability above 0 and below 1, found 2"),
        ("threshold = 'high'", "threshold: expected a probability above 0 and below 1, found 'high'"),
        ("threshold = true", "threshold: expected a probability above 0 and below 1, found true"),
        ("threshold = 1", "threshold: expected a probability above 0 and below 1, found 1"),
        ("threshold = 1979-05-27", "threshold: expected a probability above 0 and below 1, found 1979-05-27"),
        ("[tool.spinfix]\nthreshold = 0.5", "[tool.spinfix]: that table is for pyproject.toml; write its keys here without it"),
        ("extend = '../spinfix.toml'", "extend: unknown key; known are threshold, "),
        ("'' = 1", "(an empty text): unknown key; known are threshold, "),
        ("jobs = -1", "jobs: expected a whole number from 0 up, found -1"),
        ("write = 'yes'", "write: expected true or false, found 'yes'"),
        ("color = 'blue'", "color: expected a text in quotes, one of auto, always, never, found 'blue'"),
        ("lists = 'mine'", "lists: expected a list of texts, found 'mine'"),
        ("baseline = 3", "baseline: expected a text in quotes, found 3"),
        ("per_file_ignores = {'*.md' = 'names'}", "per_file_ignores: expected a table of lists: pattern = [source, ...]"),
        ("ignore = ['nams']", "ignore: no list, rule or family is called 'nams'; did you mean 'names'?"),
        ("per_file_ignores = {'*.md' = ['nams']}", "per_file_ignores: *.md: no list, rule or family is called 'nams'; did you mean"),
        ("ignore_patterns = ['(']", "ignore_patterns: expected a regular expression, found '('"),
        ("lists = ['nowhere']", "lists: "),
        ("threshold =", "expected TOML: "),
    ],
)
def test_what_does_not_fit_is_refused_and_a_pipe_goes_through(folder: Path, line: str, complaint: str) -> None:
    (folder / "spinfix.toml").write_text(f"{line}\n")
    start = f"{folder}/spinfix.toml: {complaint}"
    done = run("detect", "spun.txt", cwd=folder)
    assert done.returncode == 2 and done.stdout == b""
    assert start in complaints(done)[0]
    done = run(stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    assert start in complaints(done)[0] and complaints(done)[0].endswith("; the input goes through unchanged")


@pytest.mark.parametrize(("encoding", "byte", "offset"), [("utf-16-le", "e9", 4), ("utf-16", "ff", 0), ("latin-1", "e9", 2)])
def test_a_configuration_in_another_encoding_is_told(folder: Path, encoding: str, byte: str, offset: int) -> None:
    (folder / "spinfix.toml").write_bytes("# \u00e9\nthreshold = 0.5\n".encode(encoding))
    done = run("spun.txt", cwd=folder)
    expected = f"spinfix: {folder}/spinfix.toml: expected UTF-8, found 0x{byte} at byte offset {offset}; save it as UTF-8"
    assert (done.stdout, complaints(done), done.returncode) == (b"", [expected], 2)


def test_a_configuration_that_is_a_link_to_nothing_is_told(folder: Path) -> None:
    (folder / "pyproject.toml").symlink_to("gone.toml")  # of all tools
    assert run("spun.txt", cwd=folder).returncode == 0
    for target in ("gone.toml", "spinfix.toml"):
        (folder / "spinfix.toml").unlink(missing_ok=True)
        (folder / "spinfix.toml").symlink_to(target)
        done = run("spun.txt", cwd=folder)
        assert complaints(done) == [f"spinfix: {folder}/spinfix.toml: cannot be read: a link that leads to nothing"]
        assert done.returncode == 2
    assert run("--isolated", "spun.txt", cwd=folder).returncode == 0


def test_a_configuration_that_contradicts_itself_loses_no_text(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("diff = true\nword_diff = true\n")
    done = run(stdin=SPUN.encode(), cwd=folder)
    reason = f"{folder}/spinfix.toml: diff and word_diff: expected one of them"
    assert complaints(done) == [f"spinfix: {reason}; the input goes through unchanged"]
    assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
    assert run("--diff", "spun.txt", cwd=folder).stdout.startswith(b"--- spun.txt\n")  # an option decides
    assert run("--no-diff", "--no-word-diff", "spun.txt", cwd=folder).stdout.decode() == RESTORED


def test_where_nobody_may_look_there_is_no_configuration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above a folder that somebody else began in, or where paths grow too long; it ended the filter, and the text was lost."""
    look = os.stat

    def refused(path: Any, **more: Any) -> os.stat_result:
        if str(path).startswith(str(folder)) and str(path).endswith((".toml", ".git")):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, **more)

    monkeypatch.setattr("os.stat", refused)
    done = run(stdin=SPUN.encode(), cwd=folder)
    assert (done.stdout.decode(), done.stderr, done.returncode) == (RESTORED, b"", 0)
    done = run("detect", "--exit-zero", ".", cwd=folder)
    assert (done.stderr, done.returncode) == (b"", 0) and b"spun.txt: spun " in done.stdout


def test_trouble_with_one_configuration_is_no_trouble_for_other_texts(folder: Path) -> None:
    (folder / "folder" / "spinfix.toml").write_text("nonsense = 1\n")
    (folder / "folder" / "text.txt").write_text(SPUN)
    for arguments in (["folder/text.txt", "spun.txt"], ["folder", "spun.txt"]):
        done = run(*arguments, cwd=folder)
        assert (done.stdout.decode(), done.returncode) == (RESTORED, 2)
        assert len(complaints(done)) == 1 and "nonsense: unknown key" in complaints(done)[0]
    (folder / "pyproject.toml").write_text("[broken\n")  # somebody else's
    assert run("spun.txt", cwd=folder).returncode == 0


def test_paths_are_those_beside_the_file(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "words.tsv").write_text(
        "# title: Words\n# source: this test\n# license: MIT\n# status: stable\n"
        "# + He works at a zorbled tank. => He works at a think tank.\n# - He works at a bank.\nzorbled\tthink\tp=0.9\n"
    )
    (folder / "sub" / "spinfix.toml").write_text("lists = ['words.tsv']\n")
    text = "The analyst works at a zorbled tank in London.\n"
    (folder / "sub" / "text.txt").write_text(text)
    assert run("sub/text.txt", cwd=folder).stdout.decode() == text.replace("zorbled", "think")
    assert run("--ignore", "sub/words", "text.txt", cwd=folder / "sub").stdout.decode() == text


def test_a_rule_file_that_is_none_is_told_where_sources_are_looked_for(folder: Path) -> None:
    (folder / "bad.toml").write_text("no rules\n")
    (folder / "spinfix.toml").write_text("rules = ['bad.toml']\n")
    for options in (["--ignore", "names"], ["--isolated", "--rules", "bad.toml", "--select", "names"]):
        done = run(*options, stdin=SPUN.encode(), cwd=folder)
        assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
        [line] = complaints(done)
        assert "bad.toml:1:4: no TOML" in line and "please report" not in line and line.endswith("; the input goes through unchanged")


def test_files_of_editors_that_write_a_byte_order_mark_are_read(folder: Path) -> None:
    (folder / "words.tsv").write_text(
        "\ufeff# title: Words\n# source: this test\n# license: MIT\n# status: stable\n"
        "# + He works at a zorbled tank. => He works at a think tank.\n# - He works at a bank.\nzorbled\tthink\tp=0.9\n"
    )
    (folder / "rules.toml").write_text("\ufeff" + (ROOT / "examples" / "own-rules.toml").read_text())
    (folder / "spinfix.toml").write_text("\ufefflists = ['words.tsv']\nrules = ['rules.toml']\n")
    for arguments in (["lists", "check", "words.tsv"], ["rules", "check", "rules.toml"]):
        done = run(*arguments, cwd=folder)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    done = run(stdin=b"The analyst works at a zorbled tank in London.\n", cwd=folder)
    assert (done.stdout, done.returncode) == (b"The analyst works at a think tank in London.\n", 0)


def families(*arguments: str, cwd: Path) -> list[set[str]]:
    """The families of the findings in each text."""
    reports = map(json.loads, run("detect", "--json", *arguments, cwd=cwd).stdout.decode().splitlines())
    return [{finding["source"].split("/")[0] for finding in report["findings"]} for report in reports]


def test_sources_are_ignored_in_files_that_match(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "places.md").write_text(SPUN)
    (folder / "spinfix.toml").write_text("[per_file_ignores]\n'docs/*.md' = ['names']\n'*.rst' = ['news-blog']\n")
    assert [("names" in found) for found in families("docs/places.md", "spun.txt", cwd=folder)] == [False, True]
    options = ("--isolated", "--per-file-ignores", "spun.*:names")
    assert [("names" in found) for found in families(*options, "docs/places.md", "spun.txt", cwd=folder)] == [True, False]
    done = run("--per-file-ignores", "names", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: argument --per-file-ignores: expected PATTERN:SOURCE, found 'names'")
    for pattern in ("*.md", "spun.txt"):
        done = run("--per-file-ignores", f"{pattern}:nams", "spun.txt", cwd=folder)
        assert (done.stdout, done.returncode) == (b"", 2)
        assert complaints(done)[0].startswith(f"spinfix: --per-file-ignores: {pattern}: no list, rule or family is called 'nams'; did you")


def test_settings_of_a_run_come_from_the_current_folder(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("format = 'json-lines'\nexit_zero = true\nexclude = ['clean.*']\njobs = 2\n")
    done = run("detect", ".", cwd=folder)
    assert [json.loads(line)["path"] for line in done.stdout.decode().splitlines()] == ["empty.txt", "spun.txt"]
    assert done.returncode == 0
    assert run("detect", "--no-exit-zero", ".", cwd=folder).returncode == 1


# --- flags and keys ----------------------------------------------------------------------------------------------------------------


def test_every_key_has_its_flag_and_every_flag_its_key() -> None:
    flags = {action.dest for verb in ("", *VERBS) for action in parser_of(verb)._actions if action.option_strings}
    assert flags - NO_KEY == set(BY_NAME) and flags >= NO_KEY
    assert {f.name for f in fields(Policy)} <= set(BY_NAME)


@pytest.mark.parametrize("name", [f.name for f in fields(Policy)])
def test_a_setting_of_the_policy_has_its_default(name: str) -> None:
    assert BY_NAME[name].default == getattr(Policy(), name)


def test_the_formats_are_those_that_there_are() -> None:
    assert set(BY_NAME["format"].choices) == set(FORMATS) - {"explanation"}


def test_config_prints_what_is_in_force_and_from_where(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("threshold = 0.6\nignore = ['names']\nexclude = ['a \"quoted\" name']\n")
    done = run("config", "--suggest", "0.3", "spun.txt", cwd=folder)
    assert (done.stderr, done.returncode) == (b"", 0)
    text = done.stdout.decode()
    said = tomllib.loads(text)
    assert set(said) == {setting.name for setting in SETTINGS}
    assert (said["threshold"], said["suggest"], said["exclude"]) == (0.6, 0.3, ['a "quoted" name'])
    origins = dict(re.findall(r"^(\w+) = .*  # (.+)$", text, re.MULTILINE))
    assert origins["threshold"] == origins["ignore"] == f"{folder}/spinfix.toml"
    assert (origins["suggest"], origins["spun_prior"]) == ("--suggest", "default")
    # what it prints is a configuration
    (folder / "folder" / "spinfix.toml").write_text(text)
    again = run("config", "folder", cwd=folder).stdout.decode()
    assert tomllib.loads(again) == said
    assert "# default" not in again
    assert f"{folder}" not in run("config", "--isolated", cwd=folder).stdout.decode()


def test_defaults_are_those_of_no_configuration() -> None:
    assert Settings({}, Configuration()).policy() == Policy()
    assert len(NAMES) == 3


def test_a_configuration_that_is_named_must_be_there(folder: Path) -> None:
    done = run("--config", "nowhere.toml", "spun.txt", cwd=folder)
    assert complaints(done) == [f"spinfix: {folder}/nowhere.toml: cannot be read: No such file or directory"] and done.returncode == 2


# --- the baseline ------------------------------------------------------------------------------------------------------------------


def test_what_a_baseline_accepts_is_not_told_again(folder: Path) -> None:
    done = run("detect", "--baseline", "accepted.json", "--write-baseline", "spun.txt", "clean.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 0)
    assert re.fullmatch(r"spinfix: accepted\.json: accepted: \d+ findings in 1 text", complaints(done)[0])

    done = run("detect", "--baseline", "accepted.json", "spun.txt", cwd=folder)
    assert (len(done.stdout.splitlines()), done.returncode) == (1, 0)
    assert run("restore", "--baseline", "accepted.json", "spun.txt", cwd=folder).stdout.decode() == SPUN

    (folder / "accepted.json").write_text("\ufeff" + (folder / "accepted.json").read_text())  # as some editors write
    assert run("detect", "--baseline", "accepted.json", "spun.txt", cwd=folder).returncode == 0

    # the same words elsewhere, or once more, are new; a line above moves nothing
    (folder / "spun.txt").write_text(CLEAN + SPUN)
    only_sure = ("--fail-on", "restore", "--suggest", "0.4")
    assert run("detect", *only_sure, "--baseline", "accepted.json", "spun.txt", cwd=folder).returncode == 0
    (folder / "spun.txt").write_text(SPUN + SPUN)
    done = run("detect", *only_sure, "--baseline", "accepted.json", "spun.txt", cwd=folder)
    assert done.returncode == 1 and {line.split(":")[1] for line in done.stdout.decode().splitlines()[:-1]} == {"2"}
    (folder / "other.txt").write_text(SPUN)
    assert run("detect", "--baseline", "accepted.json", "other.txt", cwd=folder).returncode == 1


def test_a_spun_text_that_is_accepted_is_no_failure_until_there_is_more(folder: Path) -> None:
    options = ("--baseline", "accepted.json", "--fail-on", "spun")
    assert run("detect", "--fail-on", "spun", "spun.txt", cwd=folder).returncode == 1
    run("detect", "--baseline", "accepted.json", "--write-baseline", "spun.txt", cwd=folder)
    done = run("detect", *options, "spun.txt", cwd=folder)
    assert done.returncode == 0 and re.search(rb"^spun\.txt: spun (1\.00|0\.9)", done.stdout)
    (folder / "other.txt").write_text(SPUN)
    assert run("detect", *options, "spun.txt", "other.txt", cwd=folder).returncode == 1
    (folder / "spun.txt").write_text(SPUN + SPUN)
    assert run("detect", *options, "spun.txt", cwd=folder).returncode == 1


def test_a_baseline_names_texts_from_its_own_folder(folder: Path) -> None:
    (folder / "spinfix.toml").write_text("baseline = 'folder/accepted.json'\n")
    run("detect", "--write-baseline", "spun.txt", cwd=folder)
    assert list(json.loads((folder / "folder" / "accepted.json").read_text())["accepted"]) == ["../spun.txt"]
    assert run("detect", "../spun.txt", cwd=folder / "folder").returncode == 0
    assert run("detect", "--isolated", "spun.txt", cwd=folder).returncode == 1


def test_trouble_with_a_baseline_is_told_and_a_pipe_goes_through(folder: Path) -> None:
    (folder / "broken.json").write_text("[]")
    for name, reason in (("nowhere.json", "No such file or directory; `spinfix detect"), ("broken.json", "expected a baseline")):
        done = run("--baseline", name, stdin=SPUN.encode(), cwd=folder)
        assert (done.stdout.decode(), done.returncode) == (SPUN, 2)
        assert complaints(done)[0].startswith(f"spinfix: {name}: {reason}")
        assert run("detect", "--baseline", name, "spun.txt", cwd=folder).returncode == 2
    before = files_in(folder)
    done = run("detect", "--write-baseline", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: --write-baseline: expected --baseline FILE") and done.returncode == 2
    assert files_in(folder) == before


def test_what_is_no_baseline_is_not_written_over(folder: Path) -> None:
    done = run("detect", "--write-baseline", "--baseline", "clean.txt", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: clean.txt: expected a baseline in JSON") and done.returncode == 2
    assert (folder / "clean.txt").read_text() == CLEAN
    assert run("detect", "--write-baseline", "--baseline", "empty.txt", "spun.txt", cwd=folder).returncode == 0
    assert run("detect", "--write-baseline", "--baseline", "empty.txt", "clean.txt", cwd=folder).returncode == 0
    assert json.loads((folder / "empty.txt").read_text())["accepted"] == {}


@pytest.mark.parametrize("source", ["nonsense", "{}", '{"spinfix_baseline": 1}', '{"spinfix_baseline": 1, "accepted": {"a": {"b": "c"}}}'])
def test_a_baseline_that_is_none_is_refused(source: str) -> None:
    with pytest.raises(Exception, match=r"^name: expected"):
        Baseline.from_json(source, "name")
