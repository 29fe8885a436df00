"""The hooks under the real pre-commit, on a repository made here; pre-commit installs nothing, it runs this checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shell import CLEAN, ENVIRONMENT, RESTORED, ROOT, SPUN

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
pytest.importorskip("pre_commit", reason="the hooks are tested with the real pre-commit; it is in the extra 'test'")
if shutil.which("git") is None:
    pytest.skip("the hooks are tested on a git repository, and there is no git", allow_module_level=True)
if not MANIFEST.exists():
    pytest.skip("the hooks are those of a checkout", allow_module_level=True)


class Repository:
    """A git repository with the hooks of the manifest in its configuration, ``language: python`` read as the Python that is here."""

    def __init__(self, folder: Path, hook: str) -> None:
        self.folder = folder / "repository"
        self.folder.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        (programs / "spinfix").write_text(f"#!/bin/sh\nexec '{sys.executable}' -m spinfix \"$@\"\n")
        (programs / "spinfix").chmod(0o755)
        self._environment = ENVIRONMENT | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(folder / "cache"),
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        (chosen,) = (h for h in hooks() if h["id"] == hook)
        config = {"repos": [{"repo": "local", "hooks": [chosen | {"language": "system"}]}]}
        (self.folder / ".pre-commit-config.yaml").write_text(json.dumps(config))  # JSON is YAML
        self.git("init", "-q", "-b", "main")
        self.pre_commit("install")

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("git", *arguments)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run(sys.executable, "-m", "pre_commit", *arguments)

    def commit(self, **files: str) -> subprocess.CompletedProcess[str]:
        """Write ``files`` (their names with _ for the dot) and commit everything, as a user would."""
        for name, text in files.items():
            (self.folder / name.replace("_", ".")).write_text(text)
        self.git("add", "-A")
        return self.git("commit", "-q", "-m", "a commit")

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(command, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=120)
        return subprocess.CompletedProcess(command, done.returncode, done.stdout + done.stderr, "")


def hooks() -> list[dict[str, object]]:
    from pre_commit.clientlib import load_manifest

    found: list[dict[str, object]] = load_manifest(MANIFEST)
    return found


def test_the_manifest_is_one_and_says_what_users_expect() -> None:
    report, restore = hooks()
    assert (report["id"], report["entry"], report["args"]) == ("spinfix", "spinfix detect --force-exclude", [])
    assert (restore["id"], restore["entry"], restore["args"]) == ("spinfix-restore", "spinfix restore", ["--write", "--force-exclude"])
    for hook in (report, restore):
        assert hook["language"] == "python" and hook["require_serial"] is False
        assert hook["types_or"] == ["markdown", "plain-text", "html", "rst", "tex"]
        assert hook["stages"] == ["pre-commit", "pre-merge-commit", "pre-push", "manual"]


def test_a_clean_repository_is_quiet_and_a_spun_file_is_caught(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "spinfix")
    done = repository.commit(clean_txt=CLEAN, clean_md=f"# Rain\n\n{CLEAN}", data_json=json.dumps({"text": SPUN}))
    assert done.returncode == 0 and "spun" not in done.stdout
    done = repository.commit(spun_md=f"# News\n\n{SPUN}")
    assert done.returncode == 1
    assert "spun.md:3:24: suppose → think" in done.stdout and "clean" not in done.stdout
    assert (repository.folder / "spun.md").read_text() == f"# News\n\n{SPUN}"  # reports only
    # what is excluded is excluded though pre-commit names it
    done = repository.commit(pyproject_toml="[tool.spinfix]\nexclude = ['spun.md']\n")
    assert done.returncode == 0, done.stdout


def test_a_spun_file_is_restored_then_quiet_and_may_be_reverted(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "spinfix-restore")
    assert repository.commit(clean_txt=CLEAN).returncode == 0
    done = repository.commit(spun_txt=SPUN)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout and "spun.txt:1:24: suppose → think" in done.stdout
    assert (repository.folder / "spun.txt").read_text() == RESTORED
    assert (repository.folder / "clean.txt").read_text() == CLEAN

    repository.git("add", "spun.txt")
    done = repository.git("commit", "-q", "-m", "restored")
    assert done.returncode == 0 and "suppose" not in done.stdout
    done = repository.pre_commit("run", "--all-files")
    assert done.returncode == 0 and "Passed" in done.stdout

    done = repository._run("spinfix", "revert", "--write", "spun.txt.spinfix.json", "spun.txt")
    assert "spun.txt:1:24: think → suppose" in done.stdout and done.returncode == 0
    assert (repository.folder / "spun.txt").read_text() == SPUN
