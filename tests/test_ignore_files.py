"""Paths left out by `.gitignore` and `.spinfixignore`: git itself is the oracle."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from spinfix import ignore_files
from spinfix.errors import InputError
from spinfix.ignore_files import is_ignored

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
    ignore_files._top.cache_clear()
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
