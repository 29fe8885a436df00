"""Paths left out by `.gitignore` and `.spinfixignore`: git itself is the oracle."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from spinfix import ignore_files
from spinfix.errors import InputError
from spinfix.ignore_files import fits, is_ignored, without_detours

PATHS = (
    "a.txt", "b.md", "draft.md", "docs/a.txt", "docs/draft.md", "docs/old/a.txt", "docs/old/keep.txt", "build/x.txt", "build/keep.txt",
    "src/build/y.txt", "deep/er/est/z.log", "deep/er/keep.log", "space name.txt", "#hash", "!bang", "src/tmp", "deep/tmp/a.txt",
)  # fmt: skip
FILES = {
    ".gitignore": "# comment\n*.log\n!keep.log\n/build/\nbuild/*\n!build/keep.txt\ntmp/\ndraft.md\n\\#hash\n\\!bang\n",
    "docs/.gitignore": "old/*\n!old/keep.txt\n!draft.md\n/a.*\n",
    "deep/.gitignore": "**/est\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with files in it and ignore files among them."""
    ignore_files._spec.cache_clear()
    ignore_files._FOLDERS.clear()
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_says_the_same(tree: Path) -> None:
    (tree / ".git").rmdir()
    subprocess.run(["git", "init", "-q", str(tree)], check=True)
    asked = subprocess.run(
        ["git", "-C", str(tree), "check-ignore", "--stdin"], input="\n".join(PATHS), capture_output=True, text=True
    )
    theirs = {line.strip('"') for line in asked.stdout.splitlines()}
    assert {path for path in PATHS if is_ignored(tree / path)} == theirs
    assert 4 < len(theirs) < len(PATHS)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("written", ["utf-8-sig", "crlf", "odd"])
def test_git_says_the_same_of_files_of_other_editors(tmp_path: Path, written: str) -> None:
    ignore_files._spec.cache_clear()
    ignore_files._FOLDERS.clear()
    paths = ["a.txt", "b.txt", "c.txt", "c\x0bd.txt", "d.txt", "e\u2028.txt", ".txt", "f .txt", "g", "[h].txt", "i.txt"]
    text = "a.txt\nb.txt  \nc\x0bd.txt\ne\u2028.txt\ng/\n\\[h].txt\n"
    data = {"utf-8-sig": text.encode("utf-8-sig"), "crlf": text.replace("\n", "\r\n").encode(), "odd": text.rstrip("\n").encode()}[written]
    (tmp_path / ".gitignore").write_bytes(data)
    for path in paths:
        (tmp_path / path).write_text("x")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    command = ["git", "-C", str(tmp_path), "check-ignore", "-z", "--stdin"]
    asked = subprocess.run(command, input="\0".join(paths).encode(), capture_output=True)
    theirs = {*asked.stdout.decode().split("\0")} - {""}
    assert {path for path in paths if is_ignored(tmp_path / path)} == theirs and {"a.txt", "c\x0bd.txt"} <= theirs


def test_our_own_file_decides_over_gits(tree: Path) -> None:
    (tree / ".spinfixignore").write_text("*.md\n!draft.md\nspace name.txt\n")
    ignored = {path for path in PATHS if is_ignored(tree / path)}
    assert "b.md" in ignored and "space name.txt" in ignored
    assert "draft.md" not in ignored
    assert "docs/draft.md" not in ignored, "the file in docs/ takes it back"
    only_ours = {path for path in PATHS if is_ignored(tree / path, names=[".spinfixignore"])}
    assert only_ours == {"b.md", "space name.txt"}


def test_a_folder_is_a_folder(tree: Path) -> None:
    assert is_ignored(tree / "build", is_folder=True)
    assert not is_ignored(tree / "src/tmp")
    assert is_ignored(tree / "src/tmp", is_folder=True)


def test_nothing_above_the_repository_counts(tree: Path) -> None:
    (tree.parent / ".spinfixignore").write_text("*\n")
    try:
        assert not is_ignored(tree / "a.txt")
    finally:
        (tree.parent / ".spinfixignore").unlink()


def test_relative_paths_are_those_of_the_current_folder(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "docs")
    assert is_ignored(Path("a.txt"))
    assert is_ignored(Path("../build/x.txt"))
    assert not is_ignored(Path("../a.txt"))


def test_a_pattern_that_is_none_is_named(tree: Path) -> None:
    (tree / ".spinfixignore").write_text("ok\n/\n!\n")
    with pytest.raises(InputError, match=r"\.spinfixignore: expected patterns"):
        is_ignored(tree / "a.txt")


# no [!a]: in pathspec, and not in git, that stands for a slash as well
PIECES = st.sampled_from(["*", "*", "a", "b", "?", "[ab]", "\\*", "ab"])
SEGMENTS = st.one_of(st.just("**"), st.lists(PIECES, min_size=1, max_size=5).map("".join))
PATTERNS = st.lists(SEGMENTS, min_size=1, max_size=6).map("/".join)
NAMES = st.text("aab*c", min_size=1, max_size=5)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.sampled_from(["", "/"]), st.lists(NAMES, min_size=1, max_size=5).map("/".join))
@example("**/a*b/**/*c*a/**/b", "", "a/b/aab/a/ca/c/cba/b")
@example("a**b*", "", "aab")
def test_without_detours_the_same_is_left_out(pattern: str, end: str, path: str) -> None:
    theirs = GitIgnoreSpec.from_lines([pattern + end])
    for name in (path, path + "/"):
        assert fits(name, (pattern + end,)) == theirs.match_file(name)


def test_no_detours_are_left_where_there_are_many_wildcards() -> None:
    (made,) = GitIgnoreSpec.from_lines(["**/*a*b/**/c*"]).patterns
    assert made.regex is not None
    quick = without_detours(made.regex.pattern)
    assert quick.count("(?>") == 2 and quick != made.regex.pattern, "another pathspec makes other expressions"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 255),
        ("**/*a*a*a/" * 30 + "b", "a/" * 1500),
        ("**/x/" * 40 + "b", "x/" * 1500),
        ("a*/" * 200 + "b", "a/" * 1500),
    ],
    ids=["stars", "stars and folders", "folders", "long"],
)
def test_a_pattern_made_to_take_for_ever_does_not(pattern: str, path: str) -> None:
    assert not fits(path, (pattern,))


def test_a_path_of_many_folders(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("/d/d/left/\n*.log\n")
    (tmp_path / "d/.gitignore").parent.mkdir()
    (tmp_path / "d/.gitignore").write_text("!kept.log\n")
    deep = tmp_path / "/".join("d" * 1200)  # deeper than calls can be nested
    assert not is_ignored(deep / "a.txt") and is_ignored(deep / "a.log") and not is_ignored(deep / "kept.log")
    assert is_ignored(tmp_path / "d/d/left" / "/".join("d" * 1200) / "kept.log"), "nothing inside a folder that is left out is taken back"
