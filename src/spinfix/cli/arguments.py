"""The arguments of each verb.  The options that are settings come from ``configuration.SETTINGS``, so each has its key."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, NoReturn

from ..configuration import BY_NAME, CHOICE, NUMBER, PROBABILITY, SETTINGS, TABLE, TEXT, TEXTS, Setting
from .help import DESCRIPTIONS, EXAMPLES
from .talk import STDIN, TROUBLE, say

VERBS: Final = ("restore", "detect", "explain", "revert", "apply", "review", "rules", "lists", "config", "survey")
OPERANDS: Final = {
    "revert": "PATCH [FILE]", "apply": "PATCH [FILE]", "review": "FILE",
    "rules": "[NAME...]", "lists": "[NAME...]", "config": "[FILE]", "survey": "PATH...",
}  # fmt: skip
FEW: Final = 4  # choices that are shown beside an option
SHELLS: Final = ("bash", "zsh", "fish", "tcsh")  # that completion is made for
_GROUPS: Final = {  # in the help, by the first setting of each group
    "threshold": "how to decide",
    "include": "which texts",
    "jobs": "how to work",
    "format": "what to write",
    "field": "what to read, and what to tell",
}


class _Formatter(argparse.HelpFormatter):
    """As wide as the terminal; found out without ``shutil``, which takes longer to load than all parsers to make.

    Of descriptions and examples the lines that begin with a blank stay as they are: they are to be copied.
    """

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, width=more.pop("width", None) or max(_columns() - 2, 20), **more)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        blocks = ([line] if line[:1] in ("", " ") else self._split_lines(line, width) for line in text.split("\n"))
        return "\n".join(line for block in blocks for line in block)

    def _split_lines(self, text: str, width: int) -> list[str]:
        from textwrap import wrap  # argparse loads it in any case

        return wrap(text, width, break_on_hyphens=False)  # an option or a format stays in one piece

    def _metavar_formatter(self, action: argparse.Action, default_metavar: str) -> Callable[[int], tuple[str, ...]]:
        if _has_many_choices(action):
            return lambda count: (action.dest.upper(),) * count
        return super()._metavar_formatter(action, default_metavar)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return f"{action.help}; one of {', '.join(action.choices or ())}" if _has_many_choices(action) else action.help


def _has_many_choices(action: argparse.Action) -> bool:
    """Whether what ``action`` may be is too much to be shown beside its name."""
    return action.metavar is None and len([*(action.choices or ())]) > FEW


@cache
def _columns() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80 if sys.__stdout__ else 80
    except (AttributeError, ValueError, OSError):
        return 80


class Parser(argparse.ArgumentParser):
    """An ``argparse`` parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        """One line, like every other message, in place of the usage and the message."""
        say(f"{message} (see: {self.prog} --help)")
        raise SystemExit(TROUBLE)

    def parsed(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The options among ``arguments``; of those that are none only the unknown options are told, not the files after them."""
        options, more = self.parse_known_intermixed_args(arguments)
        if more:
            unknown = [word for word in more if word.startswith("-")] or more
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._hint(unknown[0])}")
        return options

    def _hint(self, unknown: str) -> str:
        if unknown.startswith("-") and os.path.lexists(unknown):
            return f"; the file of this name is ./{unknown}"
        return did_you_mean(unknown.partition("=")[0], self._option_string_actions, 0.75)

    def _print_message(self, message: str, file: object = None) -> None:
        if message:
            from .files import write

            write(message.encode())  # argparse would keep silent where a disk is full

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [*map(str, action.choices or ())]
        if choices and value not in choices:
            hint = did_you_mean(str(value), choices, 0.6)
            raise argparse.ArgumentError(action, f"expected one of {', '.join(choices)}, found {value!r}{hint}")


def did_you_mean(word: str, known: Iterable[str], likeness: float) -> str:
    """The end of a complaint about ``word``: which of the ``known`` ones was meant, if one is that much alike (0 to 1)."""
    from difflib import get_close_matches  # only on the way to an error

    near = get_close_matches(word, known, 1, likeness)
    return f"; did you mean {near[0]}?" if near else ""


def parsed(verb: str, arguments: Sequence[str]) -> tuple[argparse.Namespace, Parser]:
    """The options among the ``arguments`` of ``verb`` ("" where none was named), and the parser, for complaints."""
    parser = parser_of(verb)
    return parser.parsed(_names_only_after_dashes(list(arguments))), parser


def flags(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given as options."""
    given = {name: value for name, value in vars(options).items() if name in BY_NAME and value is not None}
    for name, value in given.items():
        setting = BY_NAME[name]
        if setting.kind == TEXTS:
            texts = (text for item in value for text in (item.split(",") if setting.commas else [item]))
            given[name] = tuple(text.strip() if setting.commas else text for text in texts if text.strip())
        elif setting.kind == TABLE:
            given[name] = _table(value)
    return given


def _table(items: Sequence[tuple[str, list[str]]]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pattern, sources in items:
        table.setdefault(pattern, []).extend(sources)
    return table


def _names_only_after_dashes(arguments: list[str]) -> list[str]:
    # `./-x` for `-- -x`: argparse loses sight of `--` where files and options may stand in any order
    at = arguments.index("--") if "--" in arguments else len(arguments)
    names = (f"./{name}" if name.startswith("-") and name != STDIN else name for name in arguments[at + 1 :])
    return [*arguments[:at], *names]


def parser_of(verb: str) -> Parser:
    """The parser of ``verb``, or of the bare command."""
    parser = Parser(
        prog=f"spinfix {verb}".rstrip(),
        usage=f"spinfix {verb or '[VERB]'} [OPTION...] {OPERANDS.get(verb, '[FILE...]')}",
        description=DESCRIPTIONS[verb],
        epilog=EXAMPLES[verb],
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the versions of spinfix, its model and its lists, and leave")
    if not verb:
        parser.add_argument("--completion", choices=SHELLS, action=_Completion, help="print a script that completes the command line")
    if verb in ("revert", "apply"):
        _add_patch_arguments(parser, verb)
    elif verb in ("rules", "lists"):
        _add_showing_arguments(parser, verb)
    elif verb == "review":
        parser.add_argument("file", metavar="FILE", help="the text; standard input is for the answers")
        parser.add_argument("--write", action="store_true", help="restore FILE accordingly, in place of writing a patch")
    elif verb == "config":
        parser.add_argument("file", metavar="FILE", nargs="?", help="the settings for this text (or folder)")
    elif verb == "survey":
        _add_survey_arguments(parser)
    else:
        parser.add_argument("files", metavar="FILE", nargs="*", help="texts; - is standard input, as is no FILE at all")
    if verb in ("detect", "explain"):
        parser.add_argument("--json", action="store_const", const="json-lines", dest="format", help="short for --format json-lines")
    if verb == "detect":
        parser.add_argument("--write-baseline", action="store_true", help="accept all findings: write them to the file of --baseline")
    if verb in ("restore", ""):
        parser.add_argument("--patch", metavar="P.json", help="also write the patch that leads back (one FILE only)")
    if verb not in ("revert", "apply"):
        parser.set_defaults(patch=None)
        _add_settings(parser, verb or "restore")
    return parser


def _add_patch_arguments(parser: argparse.ArgumentParser, verb: str) -> None:
    made, text = ("`spinfix restore --patch` or `--write`", "restored") if verb == "revert" else ("`spinfix restore --patch`", "original")
    parser.add_argument("patch", metavar="PATCH", help=f"what {made} wrote")
    parser.add_argument("file", metavar="FILE", nargs="?", default=STDIN, help=f"the {text} text (standard input)")
    parser.add_argument("--write", action="store_true", help="put the result in the place of FILE")
    if verb == "apply":
        parser.add_argument("--only", action="append", metavar="ID,...", help="these corrections only; `spinfix explain` shows the ids")


def _add_showing_arguments(parser: argparse.ArgumentParser, verb: str) -> None:
    one = verb.removesuffix("s")
    parser.add_argument("asked", metavar="NAME", nargs="*", help=f"show the page of this {one}, or list this family")
    parser.add_argument("--check", metavar="FILE", action="append", help=f"check a {one} file of your own against its examples")
    if verb == "lists":
        made = "make a list from an export of the Problematic Paper Screener"
        parser.add_argument("--import", metavar="EXPORT.csv", dest="export", help=made)
        parser.add_argument("--date", metavar="DATE", help="with --import: the day it was fetched (YYYY-MM-DD)")


def _add_survey_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="PATH", nargs="+", help="texts, JSON lines (.gz, .zst) or Parquet, or folders of them")
    parser.add_argument("--format", choices=("text", "json"), help="how to write the counts: in words, or as one JSON object (text)")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="short for --format json")


def _add_settings(parser: argparse.ArgumentParser, verb: str) -> None:
    group = parser.add_argument_group("settings")  # a group without options is not shown
    for setting in SETTINGS:
        if setting.name in _GROUPS:
            group = parser.add_argument_group(_GROUPS[setting.name])
        if verb in setting.verbs:
            _add_setting(group, setting)
    where = parser.add_argument_group("configuration")
    where.add_argument("--config", metavar="FILE", help="the configuration for all texts, in place of the nearest one above each")
    where.add_argument("--isolated", action="store_true", help="use no configuration file")


def _add_setting(group: argparse._ArgumentGroup, setting: Setting) -> None:
    default = setting.default if setting.kind in (PROBABILITY, NUMBER, TEXT, CHOICE) else ""
    help = f"{setting.help} ({default})".replace("%", "%%") if default != "" else setting.help
    metavar = setting.metavar or None
    match setting.kind:
        case "flag":
            for flag, value in ((setting.flag, True), (f"--no-{setting.flag[2:]}", False)):
                if value or not setting.name.startswith("no_"):
                    shown = argparse.SUPPRESS if value is setting.default else help  # what takes back a configuration
                    group.add_argument(flag, action="store_const", const=value, dest=setting.name, help=shown)
        case "choice":
            group.add_argument(setting.flag, choices=setting.choices, help=help)
        case "texts":
            group.add_argument(setting.flag, action="append", metavar=metavar, help=help)
        case "table":
            group.add_argument(setting.flag, action="append", type=_pattern_and_sources, metavar=metavar, help=help)
        case kind:
            names = [setting.short, setting.flag] if setting.short else [setting.flag]
            group.add_argument(*names, type=_TYPES.get(kind, str), metavar=metavar, help=help)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 up, found {text!r}")
    return int(text)


def _probability(text: str) -> float:
    try:
        return float(text)  # what is none is told by the policy, in the same words for a flag and a key
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a probability above 0 and below 1, found {text!r}") from None


def _pattern_and_sources(text: str) -> tuple[str, list[str]]:
    pattern, colon, sources = text.rpartition(":")
    if not colon or not pattern or not sources:
        raise argparse.ArgumentTypeError(f"expected PATTERN:SOURCE, found {text!r}")
    return pattern, sources.split(",")


_TYPES: Final[dict[str, Any]] = {PROBABILITY: _probability, NUMBER: _whole}


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> NoReturn:
        from .version import tell_versions

        tell_versions()
        parser.exit()


class _Completion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, _: object, shell: Any, option: str | None = None) -> NoReturn:
        from .completion import script
        from .files import write

        write(script(shell).encode() + b"\n")
        parser.exit()
