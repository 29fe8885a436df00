"""The verb ``restore``: to standard output, into the files, or as a difference."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from ..errors import ConfigurationError, InputError
from ..patch import Patch
from ..records import Detail, Verdict
from ..report import Report
from . import files, in_place
from .arguments import Parser
from .output import Output
from .reporting import Count
from .run import WAYS, Input, Run, is_same_file
from .talk import DONE, FINDINGS, STDIN, TROUBLE, complain, many, reason, say, tell, wants_color


def restore(options: argparse.Namespace, parser: Parser) -> int:
    """Restore the texts, one after the other; after trouble with one the others are still done."""
    try:
        run = Run(options, parser)
        run.read_baseline()  # before any text is
        _check_ways(run, parser)
    except Exception as error:  # whatever it is, nothing may be lost in a pipe
        return _not_begun(options.files or [STDIN], error)
    _check(run, options.patch, parser)
    if run.settings["stream"]:
        from .streaming import stream

        return stream(run)
    if run.settings["write"] and STDIN not in run.paths:
        return _in_place(run)
    if run.settings["diff"] or run.settings["word_diff"]:
        return _difference(run)
    code, count = DONE, Count(Verdict.RESTORE)
    with Output(run.settings["output"]) as output:
        for given, result in run.reports(Detail.CHANGES):
            code = max(code, _restored(given, result, options.patch, output))
            _add(count, given, result)
    _tell_statistics(run, count)
    return code


def _add(count: Count, given: Input, result: Report | Exception) -> None:
    if isinstance(result, Report) and not given.left_out:
        count.add(result)


def _tell_statistics(run: Run, count: Count) -> None:
    if run.settings["statistics"] and count.texts:
        tell(*count.lines())


def _not_begun(paths: Sequence[str], error: Exception) -> int:
    say(reason(error) + "; the input goes through unchanged" * (STDIN in paths))
    if STDIN in paths:  # a pipe gets back what it gave
        with contextlib.suppress(InputError):
            files.write(files.read(STDIN))
    return TROUBLE


def _check_ways(run: Run, parser: Parser) -> None:
    """Wrong usage, or ``ConfigurationError``, where there is more than one way of restoring."""
    ways = [name for name in WAYS if run.settings[name]]
    origin = run.settings.value(ways[0])[1] if ways else ""
    if len(ways) > 1 and origin.startswith("--"):
        parser.error(" and ".join(f"--{way.replace('_', '-')}" for way in ways) + ": expected one of them")
    if len(ways) > 1:
        raise ConfigurationError(f"{origin}: {' and '.join(ways)}: expected one of them")


def _check(run: Run, patch_path: str | None, parser: Parser) -> None:
    settings = run.settings
    if patch_path is not None:
        _check_patch_target(patch_path, run.paths, parser)
    ways = [name for name in WAYS if settings[name]]
    if settings["write"] and settings.value("output")[1] == "--output":
        parser.error("--write and --output: expected one of them")
    if patch_path is not None and ways:
        parser.error(f"--patch: does not go together with --{ways[0].replace('_', '-')}")
    if settings["stream"] and settings["statistics"] and settings.value("statistics")[1] == "--statistics":
        parser.error("--statistics: does not go together with --stream, which may have no end")
    if settings["write"] and STDIN in run.paths and settings.value("write")[1] == "--write":
        parser.error("--write: standard input cannot be written; name a FILE")


def _check_patch_target(patch_path: str, paths: Sequence[str], parser: Parser) -> None:
    if len(paths) > 1 or os.path.isdir(paths[0]):
        parser.error(f"--patch: a patch belongs to one text, found {len(paths) if len(paths) > 1 else 'a folder'}; restore them one by one")
    if patch_path in (STDIN, ""):
        parser.error("--patch: expected the name of a file, for standard output carries the text")
    if is_same_file(patch_path, paths[0]):
        parser.error(f"--patch: {patch_path} is the text itself; name another file")


def _restored(given: Input, result: Report | Exception, patch_path: str | None, output: Output) -> int:
    """Write one restored text, its patch first."""
    restored = _tried(given, result)
    if isinstance(restored, Exception):
        return _refused(given, restored, output)
    patch, data = restored
    if patch_path is not None:
        try:
            files.write_whole(patch_path, patch.to_json().encode())
        except OSError as error:  # without the way back there is no way there
            trouble = InputError(f"cannot write the patch to {patch_path}: {error.strerror or error}")
            return _refused(Input(given.path, given.name, given.data, trouble=trouble), trouble, output)
    output.write(data)
    return DONE


def _tried(given: Input, result: Report | Exception) -> tuple[Patch, bytes] | Exception:
    if given.left_out:
        assert given.data is not None
        return Patch.between("", ()), given.data
    if isinstance(result, Exception):
        return result
    try:
        patch = result.patch
        if not patch.corrections and given.data is not None:  # a large text has no second copy that says the same
            return patch, given.data
        return patch, b"".join(map(files.encode, patch.pieces(given.text)))
    except Exception as error:  # whatever it is, nothing may be lost in a pipe
        return error


def _refused(given: Input, error: Exception, output: Output) -> int:
    """Say why a text is not restored; a pipe gets back what it gave, as does whoever waits for a text that spinfix fails on."""
    if given.data is None:
        return complain(given.path, error)
    piped = given.path == STDIN
    if given.trouble is None:  # the text was fine
        complain(given.path, error, "; the text goes through unchanged")
        output.write(given.data)
        return TROUBLE
    complain(given.path, error, "; the input goes through unchanged" if piped else "")
    if piped:
        output.write(given.data)
    return TROUBLE


def _difference(run: Run) -> int:
    """Write what a restoration would change."""
    from ..report.formats import rendered

    style = "diff" if run.settings["diff"] else "word-diff"
    code, count = DONE, Count(Verdict.RESTORE)
    with Output(run.settings["output"]) as output:
        color = wants_color(run.settings["color"], output.terminal)
        for given, result in run.reports(Detail.CHANGES):
            _add(count, given, result)
            if isinstance(result, Exception):
                code = max(code, complain(given.path, result))
            elif result.patch.corrections:
                output.write(files.encode("".join(rendered(style, [result], color=color))))
                code = max(code, DONE if run.settings["exit_zero"] else FINDINGS)
    _tell_statistics(run, count)
    return code


def _in_place(run: Run) -> int:
    """Put the restored texts in the place of their files, and say what was changed."""
    code, restored = DONE, Count(Verdict.RESTORE)
    color = wants_color(run.settings["color"], sys.stderr)
    for given, result in run.reports(Detail.CHANGES):
        if isinstance(result, Exception):
            code = max(code, complain(given.path, result))
            continue
        try:
            patch = result.patch
            if not patch.corrections:
                continue
            assert given.data is not None
            in_place.put(given.path, given.data, patch, keep_patch=not run.settings["no_patch"])
        except Exception as error:
            code = max(code, complain(given.path, error))
            continue
        restored.add(result)
        if not run.settings["statistics"]:
            result = replace(result, findings=tuple(f for f in result.findings if f.verdict is Verdict.RESTORE))
            tell(*[*result.lines(color=color)][:-1])
    if restored.texts:
        _tell_statistics(run, restored)
        back = "" if run.settings["no_patch"] else f"; the way back lies beside each as FILE{in_place.PATCH_SUFFIX}"
        say(f"restored {many(restored.findings, 'place')} in {many(restored.texts, 'file')}{back}")
    return code
