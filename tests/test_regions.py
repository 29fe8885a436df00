"""Mixed documents: the spun part of a clean text is found, and the clean part is left alone."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import pytest

from spinfix import Report, Verdict, detect
from spinfix.api import prepared
from spinfix.detection import Blocks, Profile, blocks_of, changeable_in, first_copies, shipped_detector
from spinfix.regions import ENTERS, LEAVES, MIXED, PARTLY, PER_WORD, WEIGHTS, block_gains, regions
from spinfix.text import tokenize

EXAMPLES = Path(__file__).parent.parent / "examples"
SPUN, CLEAN = ((EXAMPLES / name).read_text(encoding="utf-8") for name in ("spun-article.txt", "original-article.txt"))
PARAGRAPHS = CLEAN.strip().split("\n\n")
QUOTED = max(SPUN.strip().split("\n\n"), key=len)


def edits(report: Report, start: int, end: int) -> tuple[int, int]:
    """How many restorations lie inside ``text[start:end]``, and how many outside."""
    restored = [f for f in report.findings if f.verdict is Verdict.RESTORE]
    inside = sum(start <= f.span.start < end for f in restored)
    return inside, len(restored) - inside


@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_spun_paragraph_that_a_clean_report_quotes_is_found(at: int) -> None:
    text = "\n\n".join([*PARAGRAPHS[:at], QUOTED, *PARAGRAPHS[at:]])
    start = text.index(QUOTED)
    alone = edits(detect(QUOTED), 0, len(QUOTED))[0]
    inside, outside = edits(detect(text), start, start + len(QUOTED))
    assert inside >= 0.7 * alone > 3
    assert outside == 0


def test_one_spun_section_of_a_markdown_page_is_told_from_the_others() -> None:
    text = f"# Notes\n\n{CLEAN}\n## Quoted\n\n{SPUN}\n## Again\n\n{CLEAN}\n"
    start = text.index(SPUN)
    inside, outside = edits(detect(text, path="page.md"), start, start + len(SPUN))
    assert inside > 40
    assert outside <= 1


def test_a_clean_quotation_in_a_spun_page_is_left_alone() -> None:
    text = f"{SPUN}\n{CLEAN}\n{SPUN}"
    start = text.index(CLEAN)
    inside, outside = edits(detect(text), start, start + len(CLEAN))
    assert inside <= 1
    assert outside > 80


def test_a_text_that_is_spun_all_over_has_no_clean_parts() -> None:
    document, lattice = prepared(SPUN)
    found = regions(blocks_of(document, lattice), shipped_detector())
    assert len(found.shares) > 3
    assert found.shares.min() > 0.9


def test_blocks_add_up_to_the_document_and_one_block_is_the_document() -> None:
    document, lattice = prepared(QUOTED)
    blocks = blocks_of(document, lattice)
    assert len(blocks.firsts) == 1
    found = regions(blocks, shipped_detector())
    assert found.log_odds == pytest.approx(shipped_detector().log_odds(blocks.profile))
    assert found.shares == pytest.approx([1.0])
    more = blocks_of(*prepared(SPUN))
    inside, _ = shipped_detector().run_log_odds(more)
    assert inside[0, -1] == pytest.approx(shipped_detector().log_odds(more.profile))


def made_blocks(number: int, seed: int) -> Blocks:
    """Blocks that show this and that."""
    draw, kinds = np.random.default_rng(seed), len(shipped_detector().clean)
    gains = draw.normal(0, 3, (2, number, 4))
    counts = draw.poisson(0.1, (number, kinds)).astype(float)
    return Blocks(np.arange(number) * 60, counts, gains[0], gains[1], draw.integers(10, 60, number), draw.integers(0, 2, number))


def test_the_sums_over_all_runs_are_those_written_out_one_by_one() -> None:
    number, detector = 5, shipped_detector()
    blocks = made_blocks(number, 5)

    def log_odds(kept: list[int]) -> float:
        whole, contexts = (float(rows[kept].sum(0).max()) for rows in (blocks.whole, blocks.contexts))
        words, strong = (int(rows[kept].sum()) for rows in (blocks.changeable, blocks.strong))
        return detector.log_odds(Profile(blocks.counts[kept].sum(0), whole, contexts, words, strong))

    every = list(range(number))
    runs = [every[i:j] for i, j in combinations(range(number + 1), 2) if j - i < number]
    gaps = [every[:i] + every[j:] for i, j in combinations(range(1, number), 2)]
    parts = [(every, 1 - MIXED), *((r, MIXED / 2 / len(runs)) for r in runs), *((g, MIXED / 2 / len(gaps)) for g in gaps)]
    odds = np.array([share * np.exp(log_odds(part)) for part, share in parts])
    assert regions(blocks, detector).log_odds == pytest.approx(np.log(odds.sum()))


@pytest.mark.parametrize("seed", range(4))
def test_the_shares_are_those_of_all_ways_to_be_partly_spun_written_out_one_by_one(seed: int) -> None:
    number, detector = 5, shipped_detector()
    blocks = made_blocks(number, seed)
    gains = block_gains(blocks, detector)
    ways: dict[tuple[int, ...], float] = {}
    for states in product((0, 1), repeat=number):
        before = (0, *states)  # what comes before the text is clean
        steps = [{(0, 0): 1 - ENTERS, (0, 1): ENTERS, (1, 0): LEAVES, (1, 1): 1 - LEAVES}[step] for step in pairwise(before)]
        ways[states] = float(np.prod(steps))
    clean = ways.pop((0,) * number)
    total, covered = 0.0, np.zeros(number)
    for states, prior in ways.items():
        kept = np.array(states, dtype=float)
        for gain in gains.T:
            weight = PARTLY * prior / (1 - clean) * np.exp(kept @ gain)
            weight += (1 - PARTLY) * np.exp(gain.sum()) if all(states) else 0.0
            total, covered = total + weight, covered + weight * kept
    assert regions(blocks, detector).shares == pytest.approx(covered / total)


def test_two_spun_paragraphs_far_apart_are_told_from_what_lies_between() -> None:
    pieces = SPUN.strip().split("\n\n")
    first, last = "\n\n".join(pieces[1:4]), "\n\n".join(pieces[4:8])
    text = "\n\n".join([PARAGRAPHS[0], first, *PARAGRAPHS, *PARAGRAPHS, last, PARAGRAPHS[1]])
    report = detect(text)
    between = edits(report, text.index(first) + len(first), text.index(last))[0]
    found = [edits(report, text.index(part), text.index(part) + len(part))[0] for part in (first, last)]
    assert between == 0
    assert min(found) >= 5


def test_what_each_figure_of_a_block_adds_to_its_gain() -> None:
    detector, blocks = shipped_detector(), made_blocks(4, 1)
    counts, whole, contexts, strong = WEIGHTS
    gains = block_gains(blocks, detector)
    more_whole, more_contexts, more_strong = (
        blocks._replace(whole=blocks.whole + 1), blocks._replace(contexts=blocks.contexts + 1), blocks._replace(strong=blocks.strong + 1),
    )  # fmt: skip
    assert np.allclose(block_gains(more_whole, detector) - gains, whole)
    assert np.allclose(block_gains(more_contexts, detector) - gains, contexts)
    assert np.allclose(block_gains(more_strong, detector) - gains, strong)
    longer = blocks._replace(changeable=blocks.changeable + 100)
    by_count = counts * (detector.gains(longer.counts, longer.changeable) - detector.gains(blocks.counts, blocks.changeable))
    assert np.allclose(block_gains(longer, detector) - gains, by_count - 100 * PER_WORD) and min(counts, whole, contexts, strong) > 0


@pytest.mark.parametrize("between", ["", CLEAN])
def test_a_spun_text_that_stands_there_again_is_restored_there_too(between: str) -> None:
    """Its substitutions count once, so that nothing spoke for its second copy, and all its words against it."""
    text = f"{SPUN}\n{between}\n{SPUN}"
    again = text.index(SPUN, 1)
    first, second = edits(detect(text), 0, len(SPUN))[0], edits(detect(text), again, len(text))[0]
    assert min(first, second) > 80
    if between:
        assert edits(detect(text), len(SPUN), again)[0] <= 1


def test_a_stretch_is_what_its_first_copy_is() -> None:
    document = tokenize("One two.\n\nThree.\n\nOne  two.\n\nOne two three.\n\nThree.")
    copies = first_copies(document)
    assert copies is not None and copies.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 8, 9, 10, 11, 3, 4]
    assert first_copies(tokenize("One two.\n\nThree.")) is None and first_copies(tokenize("")) is None
    assert changeable_in(document, np.arange(len(document)) < 5) == 1, "two, which has no capital and three letters"


def test_a_document_without_copies_has_as_many_changeable_words_as_its_blocks() -> None:
    document, lattice = prepared(SPUN)
    assert changeable_in(document, np.ones(len(document), dtype=bool)) == blocks_of(document, lattice).changeable.sum()
