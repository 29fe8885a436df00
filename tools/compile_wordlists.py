"""Compile ``wordlists/`` into ``substitutions.tsv``, ``substitutions.bin`` and ``known_names.tsv`` in ``src/spinfix/data/``.

The lines of the first are described in ``spinfix.wordlists``, the columns of the second, which is made from these lines and the language
model, in ``spinfix.templates``, the parts of the third in ``spinfix.known_names``.

    python tools/compile_wordlists.py [--check]

With ``--check`` nothing is written; exit 1 if a compiled file is not what the sources give.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path

from package_data import put

from spinfix.arrays import packed
from spinfix.known_names import compiled as compiled_names
from spinfix.known_names import of_several, words_in
from spinfix.language_model import default_model
from spinfix.list_files import list_files
from spinfix.templates import made as made_from
from spinfix.templates import opinion
from spinfix.wordlists import COLUMNS, DATA, Index, compiled_lines, read_list

SOURCES = Path(__file__).parent.parent / "wordlists"
NAMES = SOURCES / "names" / "known_names.txt"


def table_file(compiled: bytes) -> bytes:
    """The columns of the lines, with the model's opinion on the words in them."""
    model = default_model()
    columns = made_from(Index(compiled), words_in(of_several(known_names())))
    words = columns["words"].tobytes().decode().split("\n")
    return packed({**columns, **opinion(words, model)}, {"size": len(compiled), "model": model.digest})


def known_names() -> frozenset[str]:
    """Every name of ``NAMES``, as it is written."""
    names: set[str] = set()
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            template, _, rest = line.partition(":") if "{}" in line else ("{}", ":", line)
            names.update(template.replace("{}", name.strip()) for name in rest.split(";") if name.strip())
    return frozenset(names)


def main() -> int:
    """Compile, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    compiled = "\n".join(compiled_lines(map(read_list, list_files(SOURCES)), cache(default_model().knows))).encode()
    made = {"substitutions.tsv": compiled, COLUMNS: table_file(compiled), "known_names.tsv": compiled_names(known_names()).encode()}
    if args.check:
        return int(not all((DATA / name).exists() and (DATA / name).read_bytes() == data for name, data in made.items()))
    for name, data in made.items():
        put(name, data)
    print(f"{compiled.count(10) + 1:,} pairs of forms, {len(compiled) / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
