"""The command line: bytes in, bytes out, exit codes.  The only folder that touches ``sys``, files or ``print``.

Three promises hold everything together:

* Standard output carries the text (or the report) and nothing else; all talk goes to standard error, one line each.
* Bytes that need no change pass through unchanged: line ends, BOM, a missing final newline, what is not UTF-8.
* Nothing is lost in a pipe: where something fails inside, the input goes through as it came and the exit code says so.

Exit codes: 0 done, 1 findings (``detect``) or a difference (``restore --diff``), 2 trouble; 130 after an interrupt, 129 and 143 where it
was told to end, 141 where the reader of the pipe went away.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from ..errors import ConfigurationError, InputError
from .talk import DONE, INTERRUPTED, READER_GONE, TROUBLE, progress, say

__all__ = ["main"]

# New objects after which Python looks for unreachable ones.  With its own 700, a run that lists a few thousand candidates and ends spends
# a fourteenth of its time on that, and finds nothing.
GARBAGE: Final = 500_000


_ENDS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))  # what tells a process to end
_LACKING: Final = (errno.ENOENT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)  # what no writing ends in


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (``sys.argv`` by default) and return the exit code."""
    _spare_a_short_run()
    try:
        with _ended_in_order():
            code = _run(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a failure can still be told; not at the interpreter's exit
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon()
        return READER_GONE
    except OSError as error:  # of writing the output, most likely: nearly all others are dealt with where they happen
        _abandon()
        where = [error.filename] if isinstance(error.filename, str) else [] if error.errno in _LACKING else ["standard output"]
        say(*where, error.strerror or str(error))
        return TROUBLE
    except Exception as error:  # a mistake of ours that no text can be blamed for
        say(f"unexpected {type(error).__name__}: {error}; please report it")
        return TROUBLE
    finally:
        progress.stop()


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """While this lasts, what would end the process at once ends it as an interrupt does: half-written files go, and so do workers."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    mine = [number for number in _ENDS if signal.getsignal(number) is signal.SIG_DFL]  # `nohup` has hang-ups ignored
    try:
        for number in mine:
            signal.signal(number, leave)
    except ValueError:  # not in the main thread
        mine = []
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _spare_a_short_run() -> None:
    """Leave out what pays in long runs only."""
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # what is left at the end goes with the process: no need to look through all of it once more
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts a thread a processor for large matrices, and there are none here


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:  # what scripts ask for, without making the parsers
        from .version import tell_versions

        tell_versions()
        return DONE
    from . import arguments as known

    # The verb is the first argument or there is none: so a file may be called like a verb (`./detect`, `-- detect`).
    verb = arguments.pop(0) if arguments and arguments[0] in known.VERBS else ""
    try:
        options, parser = known.parsed(verb, arguments)
    except SystemExit as leaving:  # argparse has said what there is to say: --help, --version, wrong usage
        return leaving.code if isinstance(leaving.code, int) else DONE
    try:
        match verb:
            case "detect" | "explain":
                from .reporting import report

                return report(verb, options, parser)
            case "revert" | "apply":
                from .patching import patched

                return patched(verb, options, parser)
            case "review":
                from .reviewing import review

                return review(options, parser)
            case "rules" | "lists":
                from .listing import sources

                return sources(verb, options, parser)
            case "config":
                from .listing import config

                return config(options, parser)
            case "survey":
                from .surveying import survey

                return survey(options, parser)
        from .restoring import restore

        return restore(options, parser)
    except (ConfigurationError, InputError) as error:  # what bears on all texts; of one text it is told where it happens
        say(str(error))
        return TROUBLE
    except SystemExit as leaving:  # wrong usage that shows only when options are looked at together
        return leaving.code if isinstance(leaving.code, int) else DONE


def _abandon() -> None:
    from .files import abandon_output

    abandon_output()
