"""Compile ``wordlists/`` into ``src/spinfix/data/substitutions.tsv`` (its format is described in ``spinfix.wordlists``).

    python tools/compile_wordlists.py [--check]

With ``--check`` nothing is written; exit 1 if the compiled file is not what the sources give.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import cache
from pathlib import Path

from spinfix.language_model import default_model
from spinfix.wordlists import DATA, compiled_lines, list_files, read_list

SOURCES = Path(__file__).parent.parent / "wordlists"


def main() -> int:
    """Compile, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    compiled = "\n".join(compiled_lines(map(read_list, list_files(SOURCES)), cache(default_model().knows))).encode()
    target = DATA / "substitutions.tsv"
    if args.check:
        return int(not target.exists() or target.read_bytes() != compiled)
    fresh = target.with_suffix(".new")  # other processes may have the old file mapped
    fresh.write_bytes(compiled)
    os.replace(fresh, target)
    print(f"{compiled.count(10) + 1:,} pairs of forms, {len(compiled) / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
