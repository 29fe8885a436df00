"""The command is killed, told to end, cut off and left without room at times that nobody chose: what is then on the disk?

    python benchmarks/faults.py [--rounds 40] [--seed 0] [--small DIR]

* ``in place``: a folder of texts is restored with one process or two, and at a drawn moment a signal comes.
* ``pipe``: a long text goes through the filter, and a signal comes, or the reader goes away.
* ``changed``: somebody appends a line to a text of the folder again and again while it is restored.
* ``at once``: three commands restore the same folder in place at the same time.
* ``full``: the same folder on a disk that has not room for all of it (``--small``: the folder of a small one, made with
  ``mount -t tmpfs -o size=64k tmpfs DIR``), and every other way to write a file there.

What must hold: each text is there whole, as it was or restored; whatever was restored has a way back that leads to the text of before;
nothing half-written is left but by a kill that cannot be caught; no process is left; standard error has no traceback; and the next run
does the rest.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from spinfix import Patch, restore, revert

EXAMPLE: Final = Path(__file__).parent.parent / "examples" / "spun-article.txt"
COMMAND: Final = (sys.executable, "-m", "spinfix")
SIGNALS: Final = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ENVIRONMENT: Final = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}


def texts(count: int) -> dict[str, str]:
    """Texts of different lengths, by their names, each with something to restore."""
    paragraphs = EXAMPLE.read_text(encoding="utf-8").split("\n\n")
    return {f"{k}.txt": "\n\n".join(paragraphs[: 2 + k % 5] * (1 + k % 3)) + "\n" for k in range(count)}


def put(folder: Path, given: dict[str, str]) -> None:
    """The texts, and nothing else, into the folder."""
    for path in folder.iterdir():
        path.unlink()
    for name, text in given.items():
        (folder / name).write_text(text, encoding="utf-8")


def _deaf_to_nothing() -> None:
    for number in SIGNALS[1:]:
        signal.signal(number, signal.SIG_DFL)


def started(*arguments: str, cwd: Path, stdin: int | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """The command in a session of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, stdin=stdin, stdout=pipe, stderr=pipe, env=ENVIRONMENT, start_new_session=True,
        preexec_fn=_deaf_to_nothing,
    )  # fmt: skip


def is_left(process: subprocess.Popen[bytes]) -> bool:
    """Whether anything of the session of ``process``, which has ended, is still there after some seconds."""
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    return True


def unsound(folder: Path, given: dict[str, str], wanted: dict[str, str], *, may_leave: bool) -> Iterator[str]:
    """What is wrong with the folder after a run that was disturbed."""
    for name, text in given.items():
        path = folder / name
        found = path.read_text(encoding="utf-8")
        if found not in (text, wanted[name]):
            yield f"{name} is neither the old text nor the new"
        if found != text:
            beside = Path(f"{path}.spinfix.json")
            if not beside.exists() or revert(found, Patch.from_json(beside.read_text(encoding="utf-8"))) != text:
                yield f"{name} has no way back"
    for path in folder.iterdir():
        if not may_leave and not path.name.endswith((".txt", ".txt.spinfix.json")):
            yield f"{path.name} is left"


def of_the_end(process: subprocess.Popen[bytes], stderr: bytes, expected: Sequence[int]) -> Iterator[str]:
    """What is wrong with how the command ended."""
    if process.returncode not in expected:
        yield f"ended with {process.returncode}"
    if b"Traceback" in stderr or b"unexpected" in stderr or b"Exception ignored" in stderr:
        yield f"said {stderr[-300:]!r}"
    if is_left(process):
        yield "left a process"


def in_place(draw: random.Random, rounds: int) -> Iterator[str]:
    """Signals while texts are restored in place."""
    given = texts(6)
    wanted = {name: restore(text) for name, text in given.items()}
    twice = {name: restore(text) for name, text in wanted.items()}  # what is restored may show what was not seen before
    usual: dict[int, float] = {}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            folder, jobs = Path(scratch), 1 + number % 2
            put(folder, given)
            arguments = ("restore", "--write", "--jobs", str(jobs), ".")
            if jobs not in usual:
                begun = time.monotonic()
                started(*arguments, cwd=folder).communicate()
                usual[jobs] = time.monotonic() - begun
                put(folder, given)
            sent, after = draw.choice(SIGNALS), draw.uniform(0.3, 1.0) * usual[jobs]
            process = started(*arguments, cwd=folder)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(after)
            process.send_signal(sent)
            _, stderr = process.communicate()
            is_kill = sent == signal.SIGKILL
            yield from of_the_end(process, stderr, (0, -sent if is_kill else 128 + sent, -sent))
            yield from unsound(folder, given, wanted, may_leave=is_kill)
            again = started(*arguments, cwd=folder)
            _, stderr = again.communicate()
            yield from of_the_end(again, stderr, (0,))
            for name, text in given.items():
                if (folder / name).read_text(encoding="utf-8") not in (wanted[name], twice[name]):
                    yield "the next run does not do the rest"
                if revert((folder / name).read_text(), Patch.from_json((folder / f"{name}.spinfix.json").read_text())) != text:
                    yield "the next run loses the way back"


def piped(draw: random.Random, rounds: int) -> Iterator[str]:
    """Signals, and readers that go away, while a text goes through the filter."""
    text = "".join(texts(6).values()) * 3
    wanted, usual = restore(text).encode(), 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "a.txt").write_text(text, encoding="utf-8")
        for number in range(rounds + 1):
            begun = time.monotonic()
            with open(folder / "a.txt", "rb") as source:
                process = started(*(["--stream"] if number % 3 == 2 else []), cwd=folder, stdin=source.fileno())
            assert process.stdout is not None and process.stderr is not None
            if number and number % 2:
                read = process.stdout.read(draw.randint(1, 5000))
                process.stdout.close()
                stderr, expected = process.stderr.read(), [141, 0]
                process.wait()
            else:
                sent = draw.choice(SIGNALS)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    if number:
                        process.wait(draw.uniform(0.1, 1.0) * usual)
                        process.send_signal(sent)
                    elif process.communicate()[0] == wanted:
                        usual = time.monotonic() - begun
                        continue
                process.send_signal(sent)
                read, stderr = process.communicate()
                expected = [0, -sent, 128 + sent]
            if number % 3 != 2 and not wanted.startswith(read):
                yield "what came out is no beginning of the restored text"
            yield from of_the_end(process, stderr, expected)


def changed(draw: random.Random, rounds: int) -> Iterator[str]:
    """Lines are appended while texts are restored."""
    given = texts(6)
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            put(folder, given)
            appended: Counter[str] = Counter()
            is_over = threading.Event()

            def append(folder: Path = folder, appended: Counter[str] = appended, is_over: threading.Event = is_over) -> None:
                while not is_over.wait(draw.uniform(0.0, 0.02)):
                    name = draw.choice(list(given))
                    with open(folder / name, "a", encoding="utf-8") as file:
                        file.write("It rained.\n")
                    appended[name] += 1

            writer = threading.Thread(target=append)
            writer.start()
            process = started("restore", "--write", "--jobs", str(1 + number % 2), ".", cwd=folder)
            _, stderr = process.communicate()
            is_over.set()
            writer.join()
            yield from of_the_end(process, stderr, (0, 2))
            for name, text in given.items():
                found = (folder / name).read_text(encoding="utf-8")
                lost = appended[name] + text.count("It rained.\n") - found.count("It rained.\n")
                if lost:
                    yield f"{lost} of {appended[name]} appended lines lost"


def at_once(draw: random.Random, rounds: int) -> Iterator[str]:
    """Several commands at work on the same files."""
    given = texts(6)
    wanted = {name: restore(text) for name, text in given.items()}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            put(folder, given)
            processes = []
            for _ in range(3):
                processes.append(started("restore", "--write", "--jobs", "1", ".", cwd=folder))
                time.sleep(draw.uniform(0.0, 0.1))
            for process in processes:
                _, stderr = process.communicate()
                yield from of_the_end(process, stderr, (0, 2))
            yield from unsound(folder, given, wanted, may_leave=False)
            if any((folder / name).read_text(encoding="utf-8") == text for name, text in given.items()):
                yield "a text was restored by none of them"


_WRITING: Final = (
    ("restore", "-o", "out", "0.txt"), ("restore", "--patch", "back", "0.txt"), ("detect", "--html", "page", "0.txt"),
    ("detect", "--baseline", "base", "--write-baseline", "0.txt"),
)  # fmt: skip


def full(folder: Path) -> Iterator[str]:
    """No room, a little more of it each time, until there is enough."""
    given = {name: text[:4000] for name, text in texts(4).items()}
    wanted = {name: restore(text) for name, text in given.items()}
    for taken in range(0, 64, 4):
        put(folder, given)
        with contextlib.suppress(OSError), open(folder / "filler.txt.spinfix.json", "wb") as filler:
            for _ in range(64 - taken):  # the system tells a full disk by the page
                filler.write(bytes(1024))
                filler.flush()
        for arguments in (("restore", "--write", "--jobs", str(1 + taken // 4 % 2), "."), *_WRITING):
            process = started(*arguments, cwd=folder)
            out, stderr = process.communicate()
            yield from of_the_end(process, stderr, (0, 1, 2))
            yield from unsound(folder, given, wanted, may_leave=True)
            left = {path.name for path in folder.iterdir() if path.name.endswith((".tmp", ".earlier"))}
            if left:
                yield f"{' '.join(arguments)}: {', '.join(left)} is left"
            if arguments[1] == "--patch" and bool(out) != (folder / "back").exists():
                yield "a text came out without a way back, or a way back without it"
            for name in ("out", "page", "back", "base"):
                (folder / name).unlink(missing_ok=True)


def main() -> None:
    """Inject faults from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--small", type=Path, help="the folder of a disk of 64 kB, with nothing else on it")
    args = parser.parse_args()
    draw = random.Random(args.seed)
    parts = {"in place": in_place(draw, args.rounds), "pipe": piped(draw, args.rounds), "changed": changed(draw, args.rounds)}
    parts["at once"] = at_once(draw, args.rounds)
    if args.small:
        parts["full"] = full(args.small)
    for name, found in parts.items():
        faults = Counter(found)
        print(
            f"{name}: {sum(faults.values())} faults", *(f"  {count} times: {what}" for what, count in faults.items()), sep="\n", flush=True
        )


if __name__ == "__main__":
    main()
