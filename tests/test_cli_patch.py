"""Patches: `restore --patch`, `revert`, `apply`."""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

import pytest
from shell import COMMAND, ENVIRONMENT, RESTORED, SPUN, complaints, run, run_process

import spinfix


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


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))


def test_a_patch_that_cannot_be_written_whole_leaves_the_old_one(folder: Path) -> None:
    (folder / "p.json").write_text("old")
    before = {p.name for p in folder.iterdir()}
    environment = ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = run_process("restore", "--patch", "p.json", "spun.txt", cwd=folder, env=environment, preexec_fn=_small_files)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert complaints(done) == ["spinfix: spun.txt: cannot write the patch to p.json: File too large"]
    assert (folder / "p.json").read_text() == "old" and {p.name for p in folder.iterdir()} == before


def test_a_patch_may_go_to_a_link_or_a_device(folder: Path) -> None:
    (folder / "link.json").symlink_to("p.json")
    run("restore", "--patch", "link.json", "spun.txt", cwd=folder)
    assert (folder / "link.json").is_symlink() and (folder / "p.json").read_text().startswith("{")
    done = run_process("restore", "--patch", "/dev/stderr", "spun.txt", cwd=folder)
    assert done.stderr == (folder / "p.json").read_bytes() and done.stdout.decode() == RESTORED
