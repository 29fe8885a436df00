"""Which texts of a folder are meant, in which order, and that no depth is too deep."""

from __future__ import annotations

import errno
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spinfix.cli.walk import texts_in
from spinfix.configuration import Settings, nearest


@pytest.fixture
def _few_calls() -> Iterator[None]:
    """Let calls be nested not much deeper than they are: making folders a thousand deep is no fun for who clears them away."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    yield
    sys.setrecursionlimit(usual)


def paths(folder: Path) -> list[str]:
    found = [*texts_in(str(folder), lambda folder: Settings({}, nearest(Path(folder))))]
    assert all(place.walked and place.trouble is None for place in found)
    return [Path(place.path).relative_to(folder).as_posix() for place in found]


def test_texts_come_in_the_order_of_their_names_folders_among_them(tmp_path: Path) -> None:
    for path in ("b.txt", "a/z.txt", "a/b/c.md", "c/a.txt", "c/.hidden.txt", ".git/a.txt", "d/x.bin", "a/a.txt", "left/out.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("It rained.")
    (tmp_path / ".spinfixignore").write_text("left/\n")
    assert paths(tmp_path) == ["a/a.txt", "a/b/c.md", "a/z.txt", "b.txt", "c/a.txt"]


def test_folders_may_lie_deeper_than_calls_can(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.log\n")
    assert paths(tmp_path) == []  # loads what is loaded on first use
    deep = tmp_path / "/".join("d" * 200)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("It rained.")
    (tmp_path / "z.txt").write_text("It rained.")
    request.getfixturevalue("_few_calls")
    assert paths(tmp_path) == [(deep / "a.txt").relative_to(tmp_path).as_posix(), "z.txt"]


def test_the_configuration_far_above_is_found(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "spinfix.toml").write_text("threshold = 0.75\n")
    (tmp_path / "d/d/e").mkdir(parents=True)
    (tmp_path / "d/d/e/spinfix.toml").write_text("threshold = 0.8\n")
    request.getfixturevalue("_few_calls")
    deep = tmp_path / "/".join("d" * 400)
    assert nearest(deep).values == {"threshold": 0.75} and nearest(deep).path == tmp_path / "spinfix.toml"
    assert nearest(tmp_path / "d/d/e/f").values == {"threshold": 0.8}
    assert nearest(tmp_path / "d/d").values == {"threshold": 0.75}


def test_links_that_lead_to_one_another_keep_nothing_from_being_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c.txt").symlink_to("gone.txt")
    (tmp_path / "d.txt").symlink_to("e.txt")
    (tmp_path / "e.txt").write_text("It rained.")
    (tmp_path / "here").symlink_to(".")
    assert paths(tmp_path) == ["d.txt", "e.txt"]


def test_an_ignore_file_that_leads_to_itself_is_none(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").symlink_to(".gitignore")
    (tmp_path / "a.txt").write_text("It rained.")
    assert paths(tmp_path) == ["a.txt"]


def test_a_link_whose_end_may_not_be_seen_is_told_and_the_others_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").write_text("It rained.")

    where = os.path.realpath

    def refused(path: str, *, strict: bool = False) -> str:
        if str(path).endswith("a.txt"):  # not by its permissions, which root may pass over
            raise PermissionError(errno.EACCES, "Permission denied")
        return where(path, strict=strict)

    monkeypatch.setattr("os.path.realpath", refused)
    first, second = texts_in(str(tmp_path), lambda folder: Settings({}, nearest(Path(folder))))
    assert (Path(first.path).name, str(first.trouble)) == ("a.txt", "Permission denied")
    assert (Path(second.path).name, second.trouble) == ("b.txt", None)
