"""Write an n-gram model as ARPA text, which KenLM, SRILM and others read: to compare it with theirs, or to look at it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from kneser_ney import Pruned

NEVER = -90.0  # nats: what is never predicted (the begin mark) has -99 in ARPA files


def arpa_lines(words: Sequence[str], model: Sequence[Pruned]) -> Iterator[str]:
    """The lines of ``model`` over the vocabulary ``words``: logarithms to base 10, seven digits."""
    yield "\\data\\"
    for n, order in enumerate(model, 1):
        yield f"ngram {n}={len(order.log_prob)}"
    for n, order in enumerate(model, 1):
        yield ""
        yield f"\\{n}-grams:"
        for ngram, log_prob, log_backoff in zip(order.ngrams.tolist(), order.log_prob.tolist(), order.log_backoff.tolist(), strict=True):
            probability = "-99" if log_prob < NEVER else f"{log_prob / math.log(10):.7f}"
            backoff = "" if n == len(model) else f"\t{log_backoff / math.log(10):.7f}"
            yield f"{probability}\t{' '.join([words[k] for k in ngram])}{backoff}"
    yield ""
    yield "\\end\\"


def write_arpa(path: Path, words: Sequence[str], model: Sequence[Pruned]) -> None:
    """Write ``model`` at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in arpa_lines(words, model))
