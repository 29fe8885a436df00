"""How many rows of a list come back where their observed form stands in a sentence with three other changes.

    python benchmarks/rows_in_a_sentence.py wordlists/FAMILY/NAME.tsv [--rows 400] [--seed 1]

The sentence is one of an academic or of a news spinner, by the family of the list; its other changes are known anyway.  To see what a
list brings, run it again on the commit before the list, with the file of now: much comes back word by word without it.
The sentence fits few rows well, so the share compares two states of the lists, and says little of real text.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Final

from spinfix import restore
from spinfix.wordlists import read_list

ACADEMIC: Final = "The comes about of the ponder appear that the fetched was low, and in it they talked of {}, as numerous individuals do."
OTHER: Final = "The president mentioned that the struggle within the Center East, they wrote of {}, could be over by the top of the yr."


def main() -> None:
    """Print the share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rows = list(read_list(arguments.list).rows)
    drawn = random.Random(arguments.seed).sample(rows, min(arguments.rows, len(rows)))
    frame = ACADEMIC if arguments.list.parent.name == "academic" else OTHER
    back = sum(row.intended.lower() in restore(frame.format(row.observed)).lower() for row in drawn)
    print(f"{back} of {len(drawn)} rows restored")


if __name__ == "__main__":
    main()
