"""Write ``docs/rules.md`` from the declarations of the rules.

    python3 tools/document_rules.py [--check]

With ``--check`` nothing is written; the exit code is 1 where the page is not what the declarations give.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from spinfix.rules import Rule, declared
from spinfix.rules.engine import own_part

PAGE: Final = Path(__file__).parent.parent / "docs" / "rules.md"
INTRODUCTION: Final = """\
# Rules

What a list of words cannot say is said by a rule: it looks for a trace that spinners leave, and proposes what was meant.
Its candidates stand beside those of the lists, and the context decides between them and what stands there.
A finding names its source; the source of a rule is the heading of its entry here, and `spinfix rules NAME` shows the same.
`spinfix rules` lists them all.

`--select` and `--ignore`, and the settings of the same names, choose rules and lists:
by name (`numbers/quarter-hour`) or by family (`numbers`).
[Rules of your own](own-rules.md) need no code.

This page is made from the declarations in `src/spinfix/rules/` by `tools/document_rules.py`, and a test holds it to them.
Every example is one that the tests run.
Where it says so, the examples stand in a text that was spun: honest writers leave that trace, too, so a single sentence is left alone.
"""


def lines() -> Iterator[str]:
    """The lines of the page."""
    yield from INTRODUCTION.splitlines()
    yield from ("", "| rule | what it is for |", "|---|---|")
    for rule in declared():
        yield f"| [{rule.name}](#{rule.name.replace('/', '')}) | {_cell(rule.summary)} |"
    for family, rules in groupby(declared(), key=lambda rule: rule.family):
        yield from ("", f"## {family}")
        for rule in rules:
            yield from _entry(rule)


def _entry(rule: Rule) -> Iterator[str]:
    yield from ("", f"### {rule.name}", "", *rule.description.splitlines(), "")
    in_company = any(own_part(spun) != spun for spun in rule.restores)
    yield from ("| stands there, in a text that was spun | reads then |" if in_company else "| stands there | reads then |", "|---|---|")
    for spun, restored in rule.restores.items():
        yield f"| {_cell(own_part(spun))} | {_cell(own_part(restored))} |"
    yield from ("", "Left alone:", "")
    yield from (f"- {_cell(kept)}" for kept in rule.keeps)
    yield from ("", "Guards, each of which one of these needs:", "")
    yield from (f"- `{guard.name}`: {_cell(guard.summary)}" for guard in rule.guards)


def _cell(text: str) -> str:
    """``text`` as Markdown shows it, in one line."""
    shown = text.replace("\n\n", " ¶ ")
    for mark in ("\\", "|", "<", "`"):
        shown = shown.replace(mark, f"\\{mark}")
    return shown


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description="Write docs/rules.md from the declarations of the rules.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the page is out of date")
    options = parser.parse_args()
    text = "".join(f"{line}\n" for line in lines())
    if options.check:
        return int(PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
