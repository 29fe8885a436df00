"""What the rules cost and what they touch: candidates and processor time on clean text, edits with and without them.

    python benchmarks/rules.py --corpora DIR --articles DIR [--documents N] [--write]

``DIR`` are as for ``quality.py``.  For every rule: its candidates in 100,000 tokens of clean text, and its processor time a token.  Then
what the rules change that the lists alone do not: in clean text, where every edit is a false alarm, and in the spun articles, as F0.5.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import quality
import results

import spinfix
from spinfix import Policy
from spinfix.rules import declared
from spinfix.text import Document, tokenize
from spinfix.wordlists import shipped_index

RULES_OFF: Final = tuple(rule.name for rule in declared())


def rule_rows(documents: Sequence[Document]) -> Iterator[tuple[str, ...]]:
    """A row a rule: candidates in 100,000 tokens, microseconds a token, with all caches warm."""
    tokens = sum(map(len, documents))
    indexes = [shipped_index()]
    for rule in declared():
        count = sum(1 for document in documents for _ in rule.propose(document, indexes))
        started = time.process_time()
        for document in documents:
            for _ in rule.propose(document, indexes):
                pass
        spent = time.process_time() - started
        yield rule.name, f"{count * 1e5 / tokens:.1f}", f"{spent * 1e6 / tokens:.2f}"


def edits(text: str, policy: Policy) -> list[quality.Edit]:
    """What would be changed in ``text``."""
    corrections = spinfix.detect(text, policy).patch.corrections
    return [quality.Edit(c.span.start, c.span.end, c.after) for c in corrections]


def f_half(samples: Sequence[quality.Sample], policy: Policy) -> list[float]:
    """F0.5 of each spun article."""
    return [quality.score(s.text, s.gold, edits(s.text, policy)).f_half for s in samples if s.gold]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="What the rules cost and what they touch.")
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of clean text, as for quality.py")
    parser.add_argument("--articles", type=Path, required=True, help="the folder of articles, as for quality.py")
    parser.add_argument("--documents", type=int, default=12, help="clean documents of each genre (12)")
    parser.add_argument("--write", action="store_true", help="append the tables to RESULTS.md")
    options = parser.parse_args()
    texts = [sample.text for sample in quality.clean_samples(options.corpora, options.documents)]
    documents = list(map(tokenize, texts))
    rules = results.table(["rule", "candidates in 100,000 tokens", "µs a token"], rule_rows(documents))
    with_rules, without = Policy(gate=False), Policy(gate=False, ignore=RULES_OFF)
    new = sum(len(set(edits(text, with_rules)) - set(edits(text, without))) for text in texts)
    articles = list(quality.article_samples(options.articles))
    rows = []
    for name, policy in (("lists and rules", with_rules), ("lists alone", without)):
        first, *others = f_half(articles, policy)
        rows.append((name, f"{first:.3f}", f"{sum(others) / len(others):.3f}"))
    settings = f"{len(texts)} clean documents, {sum(map(len, documents)):,} tokens; the first look is off."
    blocks = [
        rules,
        f"Edits of the clean documents that the rules bring beside those of the lists: {new}.",
        results.table(["F0.5", "first article", "dev, mean"], rows),
    ]
    text = results.section("rules", settings, blocks)
    print(text)
    if options.write:
        results.record(text)


if __name__ == "__main__":
    main()
