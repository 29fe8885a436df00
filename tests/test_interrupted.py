"""Writing in place: killed, interrupted, or without room at any point, a text is there whole, and so is the way back from it."""

from __future__ import annotations

import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from shell import SPUN, complaints, files_in, run, run_process

from spinfix import detect, revert
from spinfix.cli import files, in_place
from spinfix.patch import Patch, digest
from spinfix.records import Correction, Span

ORIGINAL = "The analyst works at a suppose tank in the Center East.\n" + "It rained. " * 40 + "\n"
BETWEEN = ORIGINAL.replace("Center", "Middle")


def restored(text: str) -> str:
    return text.replace("suppose", "think")


def patch_of(before: str, word: str, after: str) -> Patch:
    at = before.index(word)
    return Patch.between(before, [Correction(Span(at, at + len(word)), word, after)])


def put_in_place(path: Path) -> None:
    """One restoration of what stands at ``path`` by now: what the verb does with a file, but for the reading of it."""
    text = path.read_text()
    if "suppose" in text:
        in_place.put(str(path), text.encode(), patch_of(text, "suppose", "think"))


@pytest.fixture(params=["first", "second"])
def text(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file that was never restored, or one that was before, with the way back from that beside it."""
    path = tmp_path / "a.txt"
    path.write_text(ORIGINAL if request.param == "first" else BETWEEN)
    if request.param == "second":
        Path(f"{path}.spinfix.json").write_text(patch_of(ORIGINAL, "Center", "Middle").to_json())
    return path


def in_a_fork(work: Callable[[], object]) -> int:
    """The exit status of a copy of this process that does ``work``: 0 where it comes to its end, 1 where that raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forks where there are threads, which do not matter here
        child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def traced(at_line: Callable[[int], None], path: Path) -> Callable[[], None]:
    """A restoration that calls ``at_line`` with its number before each line of ``files`` and ``in_place`` that it comes to."""
    passed = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal passed
        if frame.f_code.co_filename not in (files.__file__, in_place.__file__):
            return None
        if event == "line":
            passed += 1
            at_line(passed)
        return trace

    def work() -> None:
        sys.settrace(trace)
        put_in_place(path)

    return work


def stopped_at(step: int, stop: Callable[[], None], path: Path) -> int:
    """The status of a restoration that is stopped before its line number ``step``."""
    return in_a_fork(traced(lambda passed: stop() if passed == step else None, path))


def steps(path: Path, *, everyone: bool) -> list[int]:
    """The lines before which the files are others than before the line before, as a kill would leave them; or all lines."""
    log = path.parent / "log"

    def note(passed: int) -> None:
        now = repr(files_in(path.parent))
        if now != seen[-1] or everyone:
            seen.append(now)
            numbers.append(passed)

    seen, numbers = [""], list[int]()

    def work() -> None:
        traced(note, path)()
        sys.settrace(None)
        log.write_text(" ".join(map(str, numbers)))

    assert in_a_fork(work) == 0
    found = [*map(int, log.read_text().split())]
    log.unlink()
    return found


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


def ways_back(path: Path) -> Iterator[Patch]:
    for suffix in (in_place.PATCH_SUFFIX, in_place.PATCH_SUFFIX + in_place.EARLIER_SUFFIX):
        if (beside := Path(f"{path}{suffix}")).exists():
            yield Patch.from_json(beside.read_text())


def check(path: Path, before: str) -> None:
    """A whole text, a way back from it to the very first, and nothing that keeps the next restoration from its work."""
    text = path.read_text()
    assert text in (before, restored(before))
    if text != ORIGINAL:
        assert ORIGINAL in [revert(text, way) for way in ways_back(path) if way.sha256_after == digest(text)]
    put_in_place(path)
    assert path.read_text() == restored(before)
    assert revert(restored(before), Patch.from_json(Path(f"{path}.spinfix.json").read_text())) == ORIGINAL


@pytest.mark.parametrize(("stop", "status"), [(kill, -signal.SIGKILL), (interrupt, 1)])
def test_stopped_at_any_point(text: Path, stop: Callable[[], None], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed whenever something has changed on the disk; interrupted, which runs what cleans up, before any line."""
    before, there = text.read_text(), files_in(text.parent)
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # a kill is no power cut, and waiting for the disk takes most of the time

    def set_back() -> None:
        for name in files_in(text.parent):
            (text.parent / name).unlink()
        for name, data in there.items():
            (text.parent / name).write_bytes(data)

    numbers = steps(text, everyone=stop is interrupt)
    assert len(numbers) >= (6 if stop is kill else 40)
    seen = set()
    for step in numbers:
        set_back()
        assert stopped_at(step, stop, text) == status
        seen.add(text.read_text())
        check(text, before)
    assert seen == {before, restored(before)}


def test_what_a_killed_process_leaves_behind_is_in_nobodys_way(text: Path) -> None:
    before = text.read_text()
    for leftover in (f"{text}.{os.getpid()}.tmp", f"{text}.spinfix.json.{os.getpid()}.tmp"):
        Path(leftover).write_text("half a te")
    put_in_place(text)
    assert text.read_text() == restored(before)


def test_no_room_on_the_disk(text: Path) -> None:
    before, there = text.read_text(), files_in(text.parent)

    def work_within(size: int) -> Callable[[], None]:
        def work() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            put_in_place(text)

        return work

    size = 0
    while (found := in_a_fork(work_within(size))) != 0:
        assert found == 1 and files_in(text.parent) == there, f"with room for {size} bytes all is as it was"
        size += 50
    assert size > len(before) - 50 and text.read_text() == restored(before)


def test_the_way_back_is_on_the_disk_before_the_text_is_replaced(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []
    replace, fsync = os.replace, os.fsync

    def logged_replace(old: str, new: str) -> None:
        log.append(f"replace {Path(new).name}")
        replace(old, new)

    def logged_fsync(handle: int) -> None:
        name = os.readlink(f"/proc/self/fd/{handle}")
        log.append("sync folder" if os.path.isdir(name) else f"sync {Path(name).name.split('.txt')[1]}")
        fsync(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("open files have no names here")
    monkeypatch.setattr(os, "replace", logged_replace)
    monkeypatch.setattr(os, "fsync", logged_fsync)
    put_in_place(text)
    log = [line.partition(".tmp")[0].rpartition(".")[0] if line.startswith("sync .") else line for line in log]
    way = ["sync .spinfix.json", "replace a.txt.spinfix.json", "sync folder"]
    assert log[-6:] == [*way, "sync ", "replace a.txt", "sync folder"]


def test_a_read_only_file_is_told_and_left(folder: Path) -> None:
    (folder / "spun.txt").chmod(0o444)
    before = files_in(folder)
    done = run("restore", "--write", "spun.txt", cwd=folder)
    if os.access(folder / "spun.txt", os.W_OK):
        pytest.skip("nothing is read-only to this user")
    assert complaints(done) == ["spinfix: spun.txt: cannot be written: Permission denied"] and done.returncode == 2
    assert files_in(folder) == before


@pytest.mark.parametrize("leads_somewhere", [True, False])
def test_a_link_in_the_place_of_the_way_back_is_not_followed(folder: Path, leads_somewhere: bool) -> None:
    """Who gives away a folder could lay a link there, and have something written where it leads."""
    target = folder / "target"
    if leads_somewhere:
        target.write_text(patch_of(SPUN, "suppose", "think").to_json())
    (folder / "spun.txt.spinfix.json").symlink_to(target)
    before = files_in(folder)
    done = run("restore", "--write", "spun.txt", cwd=folder)
    assert complaints(done)[0].startswith("spinfix: spun.txt: spun.txt.spinfix.json is in the way: expected a spinfix patch, found a link")
    assert done.returncode == 2 and files_in(folder) == before


def test_a_file_that_changes_between_reading_and_writing_is_left(text: Path) -> None:
    text.write_text("Somebody else wrote this.\n")
    there = files_in(text.parent)
    with pytest.raises(Exception, match="changed meanwhile"):
        in_place.put(str(text), ORIGINAL.encode(), detect(ORIGINAL).patch)
    assert files_in(text.parent) == there


def test_a_link_that_leads_out_of_a_folder_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "notes.txt"
    outside.write_text(SPUN)
    (folder / "notes.txt").symlink_to(outside)
    (folder / "inner.txt").symlink_to("spun.txt")
    done = run("restore", "--write", ".", cwd=folder)
    assert done.returncode == 0 and outside.read_text() == SPUN
    assert "suppose" not in (folder / "inner.txt").read_text(), "within the folder a link is a name like others"
    run("restore", "--write", "notes.txt", cwd=folder)
    assert "suppose" not in outside.read_text(), "who names the link means the file"


_TOLD_TO_END = """
import os, signal, sys
signal.signal({number}, signal.SIG_DFL)  # which who runs the tests may have ignored
from spinfix.cli import files, main
replace = os.replace
def told(old, new):
    if new.endswith("spun.txt"):
        os.kill(os.getpid(), {number})
    replace(old, new)
os.replace = told
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_it_writes_it_leaves_all_as_it_was(folder: Path, number: int) -> None:
    """As `timeout` and a closed terminal do: what was half written lay about in the folder."""
    before = files_in(folder)
    told = (sys.executable, "-c", _TOLD_TO_END.format(number=int(number)))
    done = run_process("restore", "--write", "spun.txt", command=told, cwd=folder)
    assert (done.returncode, done.stderr) == (128 + number, b"")
    assert files_in(folder) == before
