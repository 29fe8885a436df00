"""The verbs `rules`, `lists`, `apply --only`, the page of `detect --html`, completion, and the reference in the docs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from shell import RESTORED, ROOT, SPUN, complaints, files_in, run

import spinfix
from spinfix.cli.arguments import VERBS, parsed
from spinfix.cli.help import DESCRIPTIONS, EXAMPLES
from spinfix.configuration import checked

LIST = (
    "# title: Words\n# source: this test\n# license: MIT\n# status: stable\n"
    "# + He works at a zorbled tank. => He works at a {} tank.\n# - He works at a bank.\nzorbled\tthink\tp=0.9\n"
)


# --- rules, lists ------------------------------------------------------------------------------------------------------------------


def test_rules_are_listed_and_shown(folder: Path) -> None:
    done = run("rules", cwd=folder)
    names = [line.split()[0] for line in done.stdout.decode().splitlines()]
    assert (done.stderr, done.returncode) == (b"", 0)
    assert names == sorted(names) and "numbers/spelled-decade" in names
    done = run("rules", "numbers/spelled-decade", "names/names", cwd=folder)
    text = done.stdout.decode()
    assert text.startswith("numbers/spelled-decade\n") and "\n\nnames/names\n" in text and "restores:" in text and "leaves alone:" in text
    done = run("rules", "numbers/spelled-decade", "numbers/speled-decade", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done) == ["spinfix: no rule or list is called 'numbers/speled-decade'; did you mean 'numbers/spelled-decade'?"]


def test_lists_are_listed_with_their_digests(folder: Path) -> None:
    done = run("lists", cwd=folder)
    row = re.compile(r"([\w-]+/[\w-]+) +(\d+) rows  (stable|preview) +[0-9a-f]{12}  \S.*")
    rows = [row.fullmatch(line) for line in done.stdout.decode().splitlines()]
    assert all(rows) and "names/names" in {match[1] for match in rows if match}
    (folder / "mine").mkdir()
    (folder / "mine" / "words.tsv").write_text(LIST.format("think"))
    (folder / "spinfix.toml").write_text("lists = ['mine']\n")
    assert "mine/words" in run("lists", cwd=folder).stdout.decode()
    assert "mine/words" not in run("lists", "--isolated", cwd=folder).stdout.decode()
    assert run("lists", "mine/words", cwd=folder).stdout.decode().startswith("mine/words\n\nWords.\n")


def test_a_list_of_ones_own_is_checked(folder: Path) -> None:
    (folder / "good.tsv").write_text(LIST.format("think"))
    (folder / "bad.tsv").write_text(LIST.format("thinking"))
    done = run("lists", "--check", "good.tsv", cwd=folder)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    done = run("lists", "--check", "good.tsv", "--check", "bad.tsv", cwd=folder)
    assert done.stdout.decode().startswith("bad.tsv:5: expected the example to come back as 'He works at a thinking tank.'")
    assert (done.stderr, done.returncode) == (b"", 1)
    (folder / "rules.toml").write_text("[[rule]]\nname = 'a/b'\n")
    for check in ("--check", "check"):
        done = run("rules", check, "rules.toml", cwd=folder)
        assert done.stdout.startswith(b"rules.toml:1: ") and done.returncode == 1
    assert run("rules", "check", cwd=folder).returncode == 2
    for verb in ("rules", "lists"):
        done = run(verb, "check", "-", cwd=folder, stdin=b"")
        assert (done.stdout, done.returncode) == (b"", 2)
        assert complaints(done) == [f"spinfix: standard input: expected the name of a file; {verb} are told by it"]


def test_a_list_is_made_from_an_export(folder: Path) -> None:
    (folder / "export.csv").write_text('Fingerprint,Expected Text\n"profound learning",deep learning?\n"bosom peril",breast cancer\n')
    done = run("lists", "--import", "export.csv", "--date", "2026-11-25", cwd=folder)
    assert done.returncode == 0 and b"profound learning\tdeep learning\tp=0.1\n" in done.stdout
    assert complaints(done) == [
        "spinfix: export.csv:2: profound learning: changed: the answer has a question mark, so the row weighs little",
        "spinfix: export.csv: 2 rows from 2 records",
    ]
    (folder / "made.tsv").write_bytes(done.stdout)
    assert run("lists", "--lists", "made.tsv", cwd=folder).returncode == 0
    assert complaints(run("lists", "--import", "export.csv", cwd=folder))[0].startswith("spinfix: --import: expected --date")
    done = run("lists", "--import", "clean.txt", "--date", "2026-11-25", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: clean.txt:1: expected columns ") and done.returncode == 2
    done = run("lists", "--import", "-", "--date", "2026-11-25", cwd=folder, stdin=b"a,b\n")
    assert complaints(done)[0].startswith("spinfix: standard input:1: expected columns ") and done.returncode == 2
    for day in ("yesterday", "20261125", "2026-13-01"):
        done = run("lists", "--import", "export.csv", "--date", day, cwd=folder)
        assert complaints(done)[0].startswith(f"spinfix: --date: expected a day as YYYY-MM-DD, found '{day}'") and done.stdout == b""
    assert complaints(run("lists", "--date", "2026-11-25"))[0].startswith("spinfix: --date: goes with --import only")


# --- apply -------------------------------------------------------------------------------------------------------------------------


def test_a_part_of_a_patch_is_applied(folder: Path) -> None:
    run("restore", "spun.txt", "--patch", "p.json", cwd=folder)
    ids = {c.before: c.id for c in spinfix.Patch.from_json((folder / "p.json").read_text()).corrections}
    assert run("apply", "p.json", "spun.txt", cwd=folder).stdout.decode() == RESTORED
    done = run("apply", "p.json", "--only", ids["suppose"], "spun.txt", cwd=folder)
    assert (done.stdout.decode(), done.stderr) == (SPUN.replace("suppose", "think"), b"")
    first, *_, last = ids.values()
    both = run("apply", "p.json", "--only", f"{first},{last}", "spun.txt", cwd=folder)
    assert both.stdout == run("apply", "p.json", "--only", first, "--only", last, "spun.txt", cwd=folder).stdout
    done = run("apply", "p.json", "--only", "zzz", "spun.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2) and "no correction has the id 'zzz'" in complaints(done)[0]
    done = run("apply", "p.json", "clean.txt", cwd=folder)
    assert (done.stdout, done.returncode) == (b"", 2) and "made for another text" in complaints(done)[0]


def test_apply_and_revert_write_only_files(folder: Path) -> None:
    run("restore", "spun.txt", "--patch", "p.json", cwd=folder)
    before = files_in(folder)
    for verb in ("apply", "revert"):
        done = run(verb, "--write", "p.json", cwd=folder, stdin=SPUN.encode())
        assert complaints(done)[0].startswith("spinfix: --write: standard input cannot be written") and done.returncode == 2
    assert files_in(folder) == before


# --- formats -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["json", "sarif", "junit", "github", "gitlab", "rdjson", "diff", "word-diff", "criticmarkup", "html"])
def test_every_format_can_be_asked_for(folder: Path, style: str) -> None:
    from spinfix.report.formats import FORMATS

    reports = [spinfix.detect((folder / name).read_text(), path=name) for name in ("spun.txt", "clean.txt")]
    done = run("detect", "--format", style, "spun.txt", "clean.txt", cwd=folder)
    assert done.stdout.decode() == "".join(FORMATS[style](reports))
    assert (done.stderr, done.returncode) == (b"", 1)


def test_a_page_is_written_beside_the_report(folder: Path) -> None:
    done = run("detect", "--html", "page.html", "spun.txt", "clean.txt", cwd=folder)
    assert done.stdout == run("detect", "spun.txt", "clean.txt", cwd=folder).stdout and done.returncode == 1
    page = (folder / "page.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and "think" in page and "clean.txt" in page


def test_explain_gives_reasons_in_every_format(folder: Path) -> None:
    every = json.loads(run("explain", "--json", "spun.txt", cwd=folder).stdout)["findings"]
    some = json.loads(run("detect", "--json", "spun.txt", cwd=folder).stdout)["findings"]
    assert len(every) > len(some) and {f["verdict"] for f in every} >= {"keep", "restore"}


# --- what the docs say -------------------------------------------------------------------------------------------------------------


def test_the_reference_is_up_to_date() -> None:
    import command_reference

    assert command_reference.PAGE.read_text(encoding="utf-8") == command_reference.page(), "run tools/command_reference.py"


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_is_short_of_no_verb_and_its_examples_are_arguments(verb: str) -> None:
    done = run(*([verb] if verb else []), "--help")
    assert (done.stderr, done.returncode) == (b"", 0) and b"examples:" in done.stdout
    lines = [line.strip() for line in EXAMPLES[verb].splitlines() if line.startswith("  ") and "spinfix" in line]
    assert lines
    for line in lines:
        command = re.split(r"\s{3,}| > | < ", line.rpartition("| ")[2])[0]
        _, *arguments = shlex.split(command)
        named = arguments.pop(0) if arguments and arguments[0] in VERBS else ""
        parsed(named, arguments)  # SystemExit for an option that does not exist


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, verb: str, columns: int) -> None:
    monkeypatch.setattr("spinfix.cli.arguments._columns", lambda: columns)
    lines = run(*([verb] if verb else []), "--help").stdout.decode().splitlines()
    examples = [line for line in (DESCRIPTIONS[verb] + EXAMPLES[verb]).split("\n") if line.startswith(" ")]
    assert set(examples) <= {*lines}  # in one piece, to be copied
    assert [line for line in lines if len(line) > (80 if line in examples or line.startswith("usage") else columns)] == []
    assert not [word for line in lines for word in line.split() if re.fullmatch(r"-*\w.*-", word)]  # nor is an option broken at a hyphen
    if verb in ("detect", "explain"):
        assert {"json-lines,", "word-diff,"} <= {word for line in lines for word in line.split()}


def test_the_snippets_of_the_docs_are_what_they_say() -> None:
    import tomllib

    blocks = re.findall(r"^```toml\n(.*?)^```$", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        table = tomllib.loads(block)
        for key, value in table.get("tool", {}).get("spinfix", table).items():
            checked(key, value, Path("spinfix.toml"))
    yaml = pytest.importorskip("yaml", reason="the snippets for CI are in YAML; it comes with pre-commit")
    text = (ROOT / "docs/pre-commit.md").read_text()
    snippets = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    commands = [c for block in snippets for c in _commands(yaml.safe_load(block)) if c.startswith("spinfix ")]
    assert len(commands) == 4
    for command in commands:
        _, verb, *arguments = shlex.split(command.partition(" | ")[0])
        parsed(verb, arguments)
    ids = {hook["id"] for block in snippets for hook in _hooks(yaml.safe_load(block))}
    assert ids == {"spinfix"}


def _commands(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [c for v in value.values() for c in _commands(v)]
    if isinstance(value, list):
        return [c for v in value for c in _commands(v)]
    return [value] if isinstance(value, str) else []


def _hooks(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [*value.get("hooks", []), *(h for repo in value.get("repos", []) for h in repo["hooks"])]
    return []
