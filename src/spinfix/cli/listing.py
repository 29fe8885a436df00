"""The verbs ``rules``, ``lists`` and ``config``: what there is, and what is in force."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Sequence

from ..errors import InputError, SpinfixError
from . import files
from .arguments import Parser
from .run import Run
from .talk import DONE, FINDINGS, STDIN, TROUBLE, complain, say


def config(options: argparse.Namespace, parser: Parser) -> int:
    """Print the settings for a text, or for the current folder."""
    run = Run(options, parser)
    path = options.file or run.settings["stdin_filename"] or "."
    settings = run.settings_in(path) if os.path.isdir(path) else run.settings_for(path)
    where = settings.configuration.path
    _write([f"# settings for {path}; configuration: {where or 'none'}", *settings.lines()])
    return DONE


def sources(verb: str, options: argparse.Namespace, parser: Parser) -> int:
    """Print what rules or lists there are, or pages of them; check some of one's own; make a list."""
    run = Run(options, parser)
    if getattr(options, "export", None):
        return _imported(options.export, options.date, parser)
    if getattr(options, "date", None):
        parser.error("--date: goes with --import only")
    if options.asked[:1] == ["check"]:  # `spinfix rules check FILE`: no rule and no list has a name without a stroke
        if not options.asked[1:]:
            parser.error(f"{verb} check: expected the name of a file with {verb} of your own")
        return _checked(verb, [*(options.check or ()), *options.asked[1:]])
    if options.check:
        return _checked(verb, options.check)
    own_rules, own_lists = run.settings["rules"], run.settings["lists"]
    try:
        if options.asked:
            _write(_pages(options.asked, own_rules, own_lists))
        else:
            _write(_rules(own_rules) if verb == "rules" else _lists(own_lists))
    except SpinfixError as error:
        say(str(error))
        return TROUBLE
    return DONE


def _write(lines: Iterable[str]) -> None:
    files.write(files.encode("".join(f"{line}\n" for line in lines)))


def _rules(own: Sequence[str]) -> list[str]:
    from ..rulebook import rule_catalogue
    from ..unlisted import PAGES

    facts = sorted([*((each.name, each.summary) for each in rule_catalogue(own)), *((name, PAGES[name][0]) for name in PAGES)])
    width = max(len(name) for name, _ in facts)
    return [f"{name:{width}}  {summary}" for name, summary in facts]


def _lists(own: Sequence[str]) -> list[str]:
    from ..catalogue import list_catalogue

    facts = list_catalogue(own)
    width = max(len(each.name) for each in facts)
    return [f"{each.name:{width}}  {each.rows:5} rows  {each.status:7}  {each.digest[:12]}  {each.title}" for each in facts]


def _pages(names: Sequence[str], own_rules: Sequence[str], own_lists: Sequence[str]) -> Iterable[str]:
    from ..rulebook import page

    families: dict[str, list[str]] = {}
    if not all("/" in name for name in names):
        for line in [*_rules(own_rules), *_lists(own_lists)]:
            families.setdefault(line.split("/")[0], []).append(line)
    pages = []
    for name in names:  # all of them, before one is written
        pages.append("\n".join(families[name]) if name in families else page(name, rules=own_rules, lists=own_lists).rstrip("\n"))
    return "\n\n".join(pages).split("\n")


def _checked(verb: str, paths: Sequence[str]) -> int:
    if verb == "rules":
        from ..rulebook import check_rules

        check: Callable[[str], tuple[str, ...]] = check_rules
    else:
        from ..catalogue import check_list

        check = check_list
    code = DONE
    for path in paths:
        try:
            if path == STDIN:
                raise InputError(f"expected the name of a file; {verb} are told by it")
            files.opened(path).close()
        except InputError as error:  # no fault of what it says
            code = complain(path, error)
            continue
        faults = check(path)
        _write(faults)
        code = max(code, FINDINGS if faults else DONE)
    return code


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text  # which takes other ways to write one, too
    except ValueError:
        return False


def _imported(path: str, date: str | None, parser: Parser) -> int:
    """Write the list that an export of the Screener makes; what is not taken over to the letter is told."""
    if not date:
        parser.error("--import: expected --date YYYY-MM-DD, too: the day the export was fetched, for the list's source")
    if not _is_day(date):
        parser.error(f"--date: expected a day as YYYY-MM-DD, found {date!r}")
    from ..screener import import_screener

    try:
        data = files.read(path)
    except InputError as error:
        return complain(path, error)
    try:
        made = import_screener(data, name=os.path.basename(path) if path != STDIN else "standard input", date=date)
    except SpinfixError as error:  # which names it, and the line
        say(str(error))
        return TROUBLE
    for remark in made.remarks:
        say(f"{'standard input' if path == STDIN else path}:{remark}")
    say(path, f"{made.rows} rows from {made.records} records")
    files.write(made.text.encode())
    return DONE
