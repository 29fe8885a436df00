"""The command line: bytes in, bytes out, exit codes.  The only module that touches ``sys``, files or ``print``.

Three promises hold everything together:

* Standard output carries the text (or the report) and nothing else; all talk goes to standard error, one line each.
* Bytes that need no change pass through unchanged: line ends, BOM, a missing final newline, what is not UTF-8.
* Nothing is lost in a pipe: where something fails inside, the input goes through as it came and the exit code says so.

Exit codes: 0 done, 1 findings (``detect`` only), 2 trouble; 130 after an interrupt, 141 where the reader of the pipe went away.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NoReturn

from . import __version__
from .api import OPTIONS, Policy, detect, explain, revert
from .errors import InputError, PolicyError, SpinfixError
from .patch import Patch
from .records import Verdict
from .report import Report

DONE: Final = 0
FINDINGS: Final = 1
TROUBLE: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as a shell reports it
READER_GONE: Final = 141  # 128 + SIGPIPE: what `cat` would end with

STDIN: Final = "-"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (``sys.argv`` by default) and return the exit code."""
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a failure can still be told; not at the interpreter's exit
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return READER_GONE
    except OSError as error:  # of writing the output: all others are dealt with where they happen
        _abandon_output()
        _say("standard output", error.strerror or str(error))
        return TROUBLE


def _run(arguments: list[str]) -> int:
    # The verb is the first argument or there is none: so a file may be called like a verb (`./detect`, `-- detect`).
    verb = arguments.pop(0) if arguments and arguments[0] in _VERBS else ""
    parser = _parser(verb)
    try:
        options = parser.parse_intermixed_args(_names_only_after_dashes(arguments))
        return _VERBS.get(verb, _restore)(options, parser)
    except SystemExit as leaving:  # argparse has said what there is to say: --help, --version, wrong usage
        return leaving.code if isinstance(leaving.code, int) else DONE


def _names_only_after_dashes(arguments: list[str]) -> list[str]:
    # `./-x` for `-- -x`: argparse loses sight of `--` where files and options may stand in any order
    at = arguments.index("--") if "--" in arguments else len(arguments)
    names = (f"./{name}" if name.startswith("-") and name != STDIN else name for name in arguments[at + 1 :])
    return [*arguments[:at], *names]


# --- the verbs ---------------------------------------------------------------------------------------------------------------------


def _restore(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    paths = options.files or [STDIN]
    if options.patch is not None:
        _check_patch_target(options.patch, paths, parser)
    policy = _policy(options, parser)
    return max([_restore_one(path, policy, options.patch) for path in paths])


def _restore_one(path: str, policy: Policy, patch_path: str | None) -> int:
    try:
        data = _read(path)
    except InputError as error:
        return _complain(path, error)
    try:
        text = _decode(path, data)
    except InputError as error:
        return _hand_back(path, data, error)
    try:
        patch = detect(text, policy, path=path).patch
        restored = _encode(patch.apply(text))
    except Exception as error:  # whatever it is, nothing may be lost in a pipe
        _complain(path, error, "; the text goes through unchanged")
        _write(data)
        return TROUBLE
    if patch_path is not None:
        try:
            _write_whole(patch_path, patch.to_json().encode())
        except OSError as error:  # without the way back there is no way there
            return _hand_back(path, data, InputError(f"cannot write the patch to {patch_path}: {error.strerror or error}"))
    _write(restored)
    return DONE


def _detect(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    code = _report(options, parser, detect, Report.lines)
    return DONE if options.exit_zero and code == FINDINGS else code


def _explain(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    code = _report(options, parser, explain, Report.explanation)
    return DONE if code == FINDINGS else code  # it was asked for reasons, not for a verdict


def _report(
    options: argparse.Namespace, parser: argparse.ArgumentParser, examine: Callable[..., Report], lines: Callable[[Report], Iterable[str]]
) -> int:
    policy = _policy(options, parser)
    code = DONE
    for path in options.files or [STDIN]:
        try:
            report = examine(_decode(path, _read(path)), policy, path=path)
            output = _json_line(report) if options.json else _encode("".join(f"{line}\n" for line in lines(report)))
        except Exception as error:
            code = max(code, _complain(path, error))
            continue
        _write(output)
        if any(finding.verdict is not Verdict.KEEP for finding in report.findings):
            code = max(code, FINDINGS)
    return code


def _json_line(report: Report) -> bytes:
    # JSON has an escape for a byte that is no text (in a file's name, say), where plain lines show it as it came
    return f"{report.to_json()}\n".encode("utf-8", "backslashreplace")


def _revert(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if options.patch == options.file == STDIN:
        parser.error("the patch and the text cannot both come from standard input; name a file for one of them")
    path = options.patch
    try:
        patch = Patch.from_json(_as_text(_read(path)))
        path = options.file
        text = _as_text(_read(path))
        path = options.patch
        original = _encode(revert(text, patch))
    except Exception as error:
        return _complain(path, error)
    _write(original)
    return DONE


_VERBS: Final[dict[str, Callable[[argparse.Namespace, argparse.ArgumentParser], int]]] = {
    "restore": _restore,
    "detect": _detect,
    "explain": _explain,
    "revert": _revert,
}


# --- arguments ---------------------------------------------------------------------------------------------------------------------

_MAIN_HELP: Final = """\
Find synonym-spun text and restore what was meant.

  spinfix [FILE...]                   restore: text in, restored text out, nothing else
  spinfix restore [FILE...]           the same; --patch keeps the way back
  spinfix detect [FILE...]            report what was changed and what was meant
  spinfix explain [FILE...]           every place that was considered, and why
  spinfix revert PATCH [FILE]         take a restoration back, to the byte

FILE - (or none) is standard input.  `spinfix VERB --help` says more.
"""
_MAIN_EXAMPLES: Final = """\
examples:
  spinfix < article.txt > restored.txt
  spinfix detect *.txt
  spinfix restore article.txt --patch way-back.json > restored.txt
  spinfix revert way-back.json < restored.txt > article.txt
  spinfix ./detect                    a file that is called like a verb (or: spinfix -- detect)

exit code: 0 done, 1 findings (detect), 2 trouble
"""
_DESCRIPTIONS: Final = {
    "": _MAIN_HELP,
    "restore": "Write the texts, with what was meant put back, to standard output.",
    "detect": "Report what was changed and what was meant, and change nothing.\n\n"
    "A line a finding: path:line:column, observed, intended, posterior, source;\nthen a line on the whole text.",
    "explain": "Report every place that was considered, with its candidates and its evidence,\nalso what is left alone.  Changes nothing.",
    "revert": "Take a restoration back: the text before the patch, to the byte.\nRefuses any other text than the one that the patch made.",
}
_EXAMPLES: Final = {
    "": _MAIN_EXAMPLES,
    "restore": "examples:\n  spinfix restore article.txt > restored.txt\n"
    "  spinfix restore article.txt --patch way-back.json > restored.txt\n\nexit code: 0 done, 2 trouble\n",
    "detect": "examples:\n  spinfix detect article.txt\n  spinfix detect --json *.txt > reports.jsonl\n"
    "  curl -s https://example.org/ | spinfix detect\n\nexit code: 0 nothing found, 1 findings, 2 trouble\n",
    "explain": "examples:\n  spinfix explain article.txt\n  spinfix explain --json article.txt\n\nexit code: 0 done, 2 trouble\n",
    "revert": "examples:\n  spinfix revert way-back.json < restored.txt > article.txt\n"
    "  spinfix revert way-back.json restored.txt > article.txt\n\nexit code: 0 done, 2 trouble\n",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, like every other message, in place of the usage and the message."""
        _say(f"{message} (see: {self.prog} --help)")
        raise SystemExit(TROUBLE)


def _parser(verb: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"spinfix {verb}".rstrip(),
        usage="spinfix [VERB] [OPTION...] [FILE...]" if not verb else None,
        description=_DESCRIPTIONS[verb],
        epilog=_EXAMPLES[verb],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"spinfix {__version__}", help="print the version and leave")
    if verb == "revert":
        parser.add_argument("patch", metavar="PATCH", help="what `spinfix restore --patch` wrote")
        parser.add_argument("file", metavar="FILE", nargs="?", default=STDIN, help="the restored text (standard input)")
        return parser
    parser.add_argument("files", metavar="FILE", nargs="*", help="texts; - is standard input, as is no FILE at all")
    if verb in ("detect", "explain"):
        parser.add_argument("--json", action="store_true", help="one JSON object a text, on a line of its own")
    if verb == "detect":
        parser.add_argument("--exit-zero", action="store_true", help="exit 0 also where there are findings")
    if verb == "restore":
        parser.add_argument("--patch", metavar="P.json", help="also write the patch that leads back (one FILE only)")
    parser.set_defaults(patch=None)
    _add_policy_options(parser)
    return parser


def _add_policy_options(parser: argparse.ArgumentParser) -> None:
    default = Policy()
    settings = parser.add_argument_group("settings")
    settings.add_argument("--threshold", type=float, metavar="P", help=f"restore from this posterior on ({default.threshold})")
    settings.add_argument("--suggest", type=float, metavar="P", help=f"list as a suggestion from this posterior on ({default.suggest})")
    settings.add_argument("--language-model", metavar="PATH", help="use this model: a packed one, or a KenLM file (spinfix[kenlm])")
    settings.add_argument("--no-gate", dest="gate", action="store_false", default=None, help="no first look that lets clean text through")
    settings.add_argument("--lists", action="append", metavar="DIR", help="also use the word lists in DIR; may be repeated")


def _policy(options: argparse.Namespace, parser: argparse.ArgumentParser) -> Policy:
    given = {name: value for name in OPTIONS if (value := getattr(options, name, None)) is not None}
    if "lists" in given:
        given["lists"] = tuple(given["lists"])
        for path in given["lists"]:
            if not os.path.exists(path):
                parser.error(f"--lists: {path}: {os.strerror(errno.ENOENT)}")
    try:
        return Policy(**given)
    except PolicyError as error:
        parser.error(f"--{error}")


def _check_patch_target(patch_path: str, paths: Sequence[str], parser: argparse.ArgumentParser) -> None:
    if len(paths) > 1:
        parser.error(f"--patch: a patch belongs to one text, found {len(paths)}; restore them one by one")
    if patch_path == STDIN:
        parser.error("--patch: expected the name of a file, for standard output carries the text")
    with contextlib.suppress(OSError):  # what cannot be compared is not the same, or does not exist yet
        if os.path.samefile(patch_path, paths[0]):
            parser.error(f"--patch: {patch_path} is the text itself; name another file")


# --- bytes -------------------------------------------------------------------------------------------------------------------------


def _read(path: str) -> bytes:
    """The bytes of a file or of standard input; ``InputError`` says why not."""
    try:
        if path != STDIN:
            with open(path, "rb") as file:
                return file.read()
        if sys.stdin is None:
            raise InputError("it is closed; name a FILE or write to it")
        return sys.stdin.buffer.read()
    except FileNotFoundError as error:
        raise InputError(f"{error.strerror}{_verb_hint(path)}") from None
    except IsADirectoryError as error:
        raise InputError(f"{error.strerror}; name the files in it") from None
    except OSError as error:
        raise InputError(error.strerror or str(error)) from None


def _verb_hint(path: str) -> str:
    from difflib import get_close_matches  # only on the way to an error

    near = get_close_matches(path, _VERBS, 1, 0.75)
    return f"; if the verb is meant: spinfix {near[0]} ..." if near else ""


def _decode(path: str, data: bytes) -> str:
    """The text of ``data``; what is not UTF-8 is told and kept as lone surrogates.  ``InputError`` for what is no text."""
    nul = data.find(b"\0")
    if nul >= 0:
        advice = "UTF-16? convert it to UTF-8" if data.startswith(_UTF16_MARKS) else "a binary file?"
        raise InputError(f"expected text, found a NUL byte at byte offset {nul} ({advice})")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        text = _as_text(data)
        count = sum("\udc80" <= character <= "\udcff" for character in text)
        others = f", and {count - 1} more such bytes" if count > 2 else ", and 1 more such byte" if count == 2 else ""
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte offset {error.start} (line {line}): 0x{data[error.start]:02x} is not UTF-8 text{others}"
        _say(path, f"{what}; left as {'they are' if others else 'it is'}")
        return text


def _as_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _write(data: bytes) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    left = memoryview(data)
    while left:  # with PYTHONUNBUFFERED a write may take a part only (a full disk), and would not say so
        left = left[sys.stdout.buffer.write(left) :]
    sys.stdout.buffer.flush()  # a text at a time: who reads the pipe need not wait for the next


def _hand_back(path: str, data: bytes, error: InputError) -> int:
    """Refuse to treat an input: a pipe gets back what it gave, for a named file nothing is written."""
    piped = path == STDIN
    _complain(path, error, "; the input goes through unchanged" if piped else "")
    if piped:
        _write(data)
    return TROUBLE


def _write_whole(path: str, data: bytes) -> None:
    """Write a file all or not at all; ``OSError`` where that fails."""
    special = path.startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path))
    if special:  # a device, a named pipe, /dev/stderr (which may lead to a file): written to, never replaced
        with open(path, "wb") as file:
            file.write(data)
        return
    target = os.path.realpath(path)  # a link stays a link
    temporary = f"{target}.{os.getpid()}.tmp"
    with open(temporary, "xb") as file:  # not `tempfile`: the file gets the permissions that the user's umask gives
        try:
            file.write(data)
            file.close()
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _abandon_output() -> None:
    """Send what is still buffered nowhere, or the interpreter would try, and complain, once more at its exit."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# --- talk --------------------------------------------------------------------------------------------------------------------------


def _complain(path: str, error: Exception, remark: str = "") -> int:
    reason = str(error) if isinstance(error, SpinfixError) else f"unexpected {type(error).__name__}: {error}".rstrip(": ")
    _say(path, reason + remark)
    return TROUBLE


def _say(*parts: str) -> None:
    """One line on standard error: ``spinfix: PATH: message``."""
    line = ": ".join(("spinfix", *("standard input" if part == STDIN else part for part in parts)))
    if sys.stderr is not None:  # print(file=None) would write into the text
        with contextlib.suppress(OSError):
            print(" ".join(line.splitlines()), file=sys.stderr)
