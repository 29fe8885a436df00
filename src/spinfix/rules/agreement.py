"""Agreement that a spinner broke because it swaps words without looking at their neighbours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from ..inflection import indefinite_article
from ..records import Candidate
from ..text import Document
from .engine import candidate, guard, in_a_spun_text, rule, trigger

# A word was swapped next to the article, and the swap is one that no list undoes.
LIKELY: Final = math.log(0.3)


@guard
def is_no_abbreviation(word: str) -> bool:
    """What follows is not all in capitals: who says *an SQL server* and who *a SQL server* cannot be told."""
    return not word.isupper()


@rule(
    "agreement",
    restores=in_a_spun_text(
        {
            "It was an warning to the neighbors.": "It was a warning to the neighbors.",
            "They signed an treaty in May.": "They signed a treaty in May.",
            "It was a honest mistake.": "It was an honest mistake.",
            "He gave an speech in the park.": "He gave a speech in the park.",
        }
    ),
    keeps=["It took an hour.", "A European idea.", "She wrote a one-page note.", "An X-ray was taken.", "It is an NATO plan."],
    trigger=trigger(pattern=r"\b[Aa](?:n\s+[^aeioAEIO\W]|\s+(?:[aeiouAEIOUFHLMNRSX18]|ho[nu]|heir))"),
    guards=(is_no_abbreviation,),
)
def article_agreement(document: Document) -> Iterator[Candidate]:
    """Write *a* or *an* as the next word asks for it, where a spinner left the article of the word it replaced."""
    for k in range(len(document) - 1):
        article = document.forms[k]
        following = document.surfaces[k + 1]
        if article in ("a", "an") and following[0].isalpha() and k + 1 not in document.breaks:
            needed = indefinite_article(following)
            if needed != article and is_no_abbreviation(following):
                yield candidate(document, k, k + 1, needed, (needed,), LIKELY, "agreement/article-agreement")
