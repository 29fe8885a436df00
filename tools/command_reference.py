"""Write the reference of the command line into docs/command-line.md, below its mark.

python3 tools/command_reference.py            write it
python3 tools/command_reference.py --check    exit 1 where the page is not what would be written

Everything comes from the parsers, so a flag that is added or changed only has to be written there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from spinfix.cli.arguments import VERBS, parser_of
from spinfix.cli.help import DESCRIPTIONS, EXAMPLES
from spinfix.configuration import BY_NAME

PAGE: Final = Path(__file__).parent.parent / "docs" / "command-line.md"
MARK: Final = "<!-- written by tools/command_reference.py from here on -->"


def reference() -> Iterator[str]:
    """The lines of the reference, all verbs, after the mark."""
    for verb in VERBS:
        parser = parser_of(verb)
        yield from ("", f"## `spinfix {verb}`", "", DESCRIPTIONS[verb].replace("\n\n", "\n").replace("\n", " "), "")
        yield from ("```text", parser.format_usage().removeprefix("usage: ").strip(), "```", "")
        yield from ("| option | default | |", "|---|---|---|")
        for action in parser._actions:
            if action.help is not argparse.SUPPRESS:
                yield _row(action)
        yield from ("", "```text", EXAMPLES[verb].rstrip("\n"), "```")


def _row(action: argparse.Action) -> str:
    setting = BY_NAME.get(action.dest) if action.const in (None, True, False) else None  # not `--json`, short for something else
    value = f" {action.metavar or ('' if not action.choices else '{' + ', '.join(action.choices) + '}')}".rstrip()
    if action.nargs == 0:
        value = ""
    spelled = [*action.option_strings[:-1], f"{(action.option_strings or [''])[-1]}{value}".strip()]
    names = ", ".join(f"`{name}`" for name in spelled)
    default = ""
    if setting is not None and setting.default and not isinstance(setting.default, bool):
        default = "names of prose" if isinstance(setting.default, tuple) else f"`{setting.default}`"
    help = (action.help or "").replace("%%", "%").replace("|", "\\|")
    if setting is not None and help.endswith(f" ({setting.default})"):
        help = help.removesuffix(f" ({setting.default})")
    return f"| {names.replace('|', chr(92) + '|')} | {default} | {help} |"


def page() -> str:
    """The whole page: what stands above the mark, and the reference."""
    above = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    return above + MARK + "\n" + "\n".join(reference()) + "\n"


def main() -> int:
    """Write the page, or say whether it is up to date."""
    wanted = page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == wanted else 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
