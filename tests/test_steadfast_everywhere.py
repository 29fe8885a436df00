"""Hostile bytes through the filter, every verb and every kind of markup: no traceback, and no byte lost outside a correction."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shell import RESTORED, SPUN, complaints, files_in, run
from test_steadfast import GERMAN, hostile, sound
from test_steadfast import as_text as decoded

from spinfix import Policy, detect, explain, restore, revert
from spinfix.cli.files import as_text, encode
from spinfix.markup import KINDS, view_of

SUFFIXES = {"plain": ".txt", "markdown": ".md", "html": ".html", "rst": ".rst", "latex": ".tex"}
LONGEST = 100  # code points of each hostile text that are taken here; in whole they are read in test_steadfast.py


def pieces() -> dict[str, str]:
    return {name: text[:LONGEST] for name, text in hostile().items()}


def heap(*, nul: bool) -> bytes:
    """All hostile texts in one, sentences that were spun between them."""
    text = f"\n\n{SPUN}\n".join(part for part in pieces().values() if nul or "\0" not in part)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_markup(kind: str) -> None:
    text = as_text(heap(nul=True))
    report = sound(text, Policy(gate=False, markup=kind))
    assert report.findings, "what lies between the rubbish is found"
    assert view_of(restore(text, Policy(gate=False, markup=kind)), kind).skeleton() == view_of(text, kind).skeleton()
    assert revert(restore(text), detect(text).patch) == text
    json.loads(explain(text, Policy(markup=kind)).to_json())


@pytest.mark.parametrize("kind", KINDS)
def test_the_filter(kind: str) -> None:
    given = heap(nul=False)
    done = run("--stdin-filename", f"a{SUFFIXES[kind]}", stdin=given)
    assert done.stdout == encode(restore(as_text(given), Policy(markup=kind))) and done.returncode == 0
    assert b"think tank" in done.stdout
    assert all("is not UTF-8 text" in line for line in complaints(done))
    done = run("--stdin-filename", f"a{SUFFIXES[kind]}", stdin=heap(nul=True))
    assert done.stdout == heap(nul=True) and done.returncode == 2, "what is no text goes through as it came"
    assert "found a NUL byte" in complaints(done)[-1]


def test_a_stream_of_it() -> None:
    done = run("--stream", stdin=heap(nul=False))
    assert done.returncode == 0 and b"think tank" in done.stdout
    assert done.stdout.count(b"\n") == heap(nul=False).count(b"\n")
    done = run("--stream", stdin=heap(nul=True))
    assert done.returncode == 2 and done.stdout[-100:] == heap(nul=True)[-100:]


@pytest.fixture(scope="module")
def rubbish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of hostile texts, each under the suffix of another kind of markup."""
    folder = tmp_path_factory.mktemp("rubbish")
    for number, (name, text) in enumerate(pieces().items()):
        suffix = SUFFIXES[KINDS[number % len(KINDS)]]
        (folder / f"{name.replace(' ', '-').replace(',', '')}{suffix}").write_bytes(text.encode("utf-8", "surrogatepass"))
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "--json"], ["restore", "--diff"], ["restore"], ["survey", "--isolated"],
        *(["detect", "--format", name] for name in ("text", "sarif", "junit", "rdjson", "criticmarkup", "html")),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_verb(arguments: list[str], rubbish: Path) -> None:
    before = files_in(rubbish)
    done = run(*arguments, ".", cwd=rubbish)
    assert b"unexpected" not in done.stderr and b"Traceback" not in done.stderr, done.stderr.decode()
    assert files_in(rubbish) == before
    done.stdout.decode("utf-8", "surrogateescape")


def test_in_place_and_back(tmp_path: Path) -> None:
    given = heap(nul=False)
    for suffix in SUFFIXES.values():
        (tmp_path / f"a{suffix}").write_bytes(given)
    assert run("restore", "--write", ".", cwd=tmp_path).returncode == 0
    for suffix in SUFFIXES.values():
        path = tmp_path / f"a{suffix}"
        assert b"think tank" in path.read_bytes()
        done = run("revert", "--write", f"{path.name}.spinfix.json", path.name, cwd=tmp_path)
        assert (done.returncode, path.read_bytes()) == (0, given), suffix
        assert run("apply", f"{path.name}.spinfix.json", path.name, cwd=tmp_path).returncode == 0


def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    for name in ("a\nb.txt", "<script>.txt", "é\udcff.txt", "-v.txt", " .txt", "🙂.txt"):
        (tmp_path / name).write_text(SPUN)
    for arguments in (["detect", "--format", "junit"], ["detect", "--html", "page.html"], ["restore", "--diff"]):
        done = run(*arguments, ".", cwd=tmp_path)
        assert done.returncode == 1 and b"unexpected" not in done.stderr, done.stderr
    page = (tmp_path / "page.html").read_bytes()
    assert b"&lt;script&gt;.txt" in page and b"<script>.txt" not in page
    done = run("restore", "--write", ".", cwd=tmp_path)
    assert done.returncode == 0 and {path.read_text() for path in tmp_path.glob("*.txt")} == {RESTORED}


def test_another_language_in_every_kind_of_markup() -> None:
    for kind in KINDS:
        report = detect(GERMAN * 3, Policy(markup=kind))
        assert not report.findings and "English" in report.notes[0]
    assert decoded(GERMAN.encode()) == GERMAN
