"""Agreement that a spinner broke because it swaps words without looking at their neighbours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from ..inflection import indefinite_article
from ..records import Candidate
from ..text import Document
from .engine import candidate, rule

# A word was swapped next to the article, and the swap is one that no list undoes.
LIKELY: Final = math.log(0.3)


@rule(
    "agreement",
    restores={
        "The ministry mentioned in an information convention that it was an warning.": (
            "The ministry said in a news conference that it was a warning."
        ),
        "Officers known as it an warning to the suppose tank.": "Officials called it a warning to the think tank.",
        "He mentioned it was a apple tree in the Center East.": "He said it was an apple tree in the Middle East.",
    },
    keeps=["It took an hour.", "A European idea.", "She wrote a one-page note.", "An X-ray was taken."],
)
def article_agreement(document: Document) -> Iterator[Candidate]:
    """Write *a* or *an* as the next word asks for it, where a spinner left the article of the word it replaced."""
    for k in range(len(document) - 1):
        article = document.forms[k]
        following = document.surfaces[k + 1]
        if article in ("a", "an") and following[0].isalpha() and k + 1 not in document.breaks:
            needed = indefinite_article(following)
            if needed != article and not following.isupper():
                yield candidate(document, k, k + 1, needed, (needed,), LIKELY, "agreement/article-agreement")
