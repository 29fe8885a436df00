"""Build ``src/spinfix/data/glance.json``, by which ``spinfix.glance`` lets clean text through that a first look did not.

    python tools/fit_glance.py CORPORA

Fitted to the clean and the spun texts that the weights of the first look are counted in (``weigh_first_look.py``), those that it does not
let through: clean ones without a finding against spun ones with one.  The threshold lets ``LOST`` of the latter through.  Two minutes.
After the lists or the first look have changed, run it again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from fit_detector import regression
from numpy.typing import NDArray
from package_data import put
from weigh_first_look import FIXED, Page, clean_pages, spun_pages

from spinfix import Policy, detect, loaded
from spinfix.composed import shipped_composed
from spinfix.first_look import USUAL_WORDS, look
from spinfix.glance import figures, is_strong
from spinfix.text import tokenize
from spinfix.unlisted import struck_weights

Floats = NDArray[np.float64]

CLEAN: Final = 9_000
SPUN: Final = 4_000
LOST: Final = 0.01  # of the texts with findings that are let through: nearly all of them have one


def rows(pages: Sequence[Page]) -> Iterator[tuple[Floats, int]]:
    """The figures of each of ``pages`` that are weighed at a glance, and how many findings it has without that."""
    proposer = loaded.proposer((), "")
    for page in pages:
        seen, document = look(page.text), tokenize(page.text)
        if seen.log_odds < 0 or any(struck_weights(document, shipped_composed())):
            continue
        fits = proposer.fits(document)
        if not is_strong(fits):
            yield figures(fits, seen), len(detect(page.text, Policy(gate=False)).findings)


def main() -> int:
    """Fit the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    corpora = parser.parse_args().corpora
    clean = [row for row, found in rows(clean_pages(corpora, CLEAN)) if not found]
    longer = [(FIXED + row[-1] * USUAL_WORDS) / (FIXED + USUAL_WORDS) for row in clean]  # what they cost to read
    spun = [(row, found) for row, found in rows(spun_pages(corpora, SPUN)) if found]
    told = np.array([row for row, _ in spun])
    is_spun, counted = np.concatenate([np.zeros(len(clean)), np.ones(len(told))]), np.concatenate([longer, np.ones(len(told))])
    weights, _ = regression(np.concatenate([clean, told]), is_spun, counted=counted)
    sums = told @ weights
    threshold = float(np.quantile(sums, LOST))
    put("glance.json", (json.dumps({"weights": [round(w, 4) for w in weights.tolist()], "threshold": round(threshold, 4)}) + "\n").encode())
    is_kept = np.array(clean) @ weights >= threshold
    kept, dear = float(is_kept.mean()), float(np.array(longer)[is_kept].sum() / sum(longer))
    lost = [found for (_, found), total in zip(spun, sums.tolist(), strict=True) if total < threshold]
    print(f"{len(clean)} clean texts, of which {kept:.1%} are read at {dear:.1%} of the price", file=sys.stderr)
    print(f"{len(spun)} spun ones, of which {len(lost)} are not", file=sys.stderr)
    print(f"these have {sum(lost)} of {sum(found for _, found in spun)} findings", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
