"""Pairs of words that only spinners put side by side: how they are composed, kept and used."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spinfix
from spinfix import api
from spinfix.composed import NO_KEYS, Composed, shipped_composed
from spinfix.confusions import shipped_confusions
from spinfix.errors import ModelError
from spinfix.first_look import TOLD, look
from spinfix.language_model import default_model
from spinfix.page_words import keys_of, pair_keys
from spinfix.records import Candidate
from spinfix.struck import REACH
from spinfix.terms import shipped_terms
from spinfix.text import Document, tokenize
from spinfix.unlisted import Unlisted, spelled_out, struck_weights
from spinfix.word_channel import WordChannel
from spinfix.wordlists import DATA

TOOLS = Path(__file__).parent.parent / "tools"
if str(TOOLS) not in sys.path:
    sys.path.insert(0, str(TOOLS))
boosting: Any = importlib.import_module("boosting")
composer: Any = importlib.import_module("compose_pairs")
fitter: Any = importlib.import_module("fit_first_look")
honest: Any = importlib.import_module("honest_pairs")

LINES = ["irregular\trandom\t5", "woodland\tforest\t5", "timberland\tforest\t2", "forest\tforest\t1"]
TERMS = [("forest", "fire"), ("random", "forest"), ("random", "walk")]
TEXT = "The random forest has a random walk. A forest fire is no random thing, as woodland fires show. "


def key(pair: str) -> Any:
    first, second = np.split(keys_of(pair), 2)
    return pair_keys(first, second)


def weight(composed: Composed, pair: str) -> float:
    return float(composed.of(key(pair))[0])


def made_of(lines: list[str], terms: list[tuple[str, str]], *texts: str, least: float = -50.0) -> Composed:
    counts = fitter.Counts()
    counts.read(texts)
    known = composer.Composer(honest.Honest.of(counts), terms)
    return Composed.load(composer.packed(composer.Channels.of(lines), known, composer.Fit.read(), least))


def weights_of(lines: list[str], terms: list[tuple[str, str]], *texts: str) -> dict[tuple[str, str], float]:
    counts = fitter.Counts()
    counts.read(texts)
    known = composer.Composer(honest.Honest.of(counts), terms)
    first, second, weights = composer.composed(composer.Channels.of(lines), known, composer.Fit.read(), -50.0)
    return {(known.names[a], known.names[b]): w for a, b, w in zip(first.tolist(), second.tolist(), weights.tolist(), strict=True)}


def test_a_term_is_written_as_spinners_would() -> None:
    made = made_of(LINES, TERMS, TEXT)
    assert weight(made, "irregular woodland") > 0
    assert weight(made, "irregular timberland") > 0
    assert weight(made, "random forest") == 0  # the term itself
    assert weight(made, "irregular breakfast") == 0


def test_what_stands_in_the_corpora_is_left_out() -> None:
    made = made_of(LINES, TERMS, TEXT, "An irregular woodland. " * 3)
    assert weight(made, "irregular woodland") == 0
    assert weight(made, "irregular timberland") > 0


def test_what_was_met_in_a_published_phrase_says_more_than_what_was_written_by_hand() -> None:
    learned = weights_of(["irregular\trandom\t1", "woodland\tforest\t1"], TERMS, TEXT)
    by_hand = weights_of(["irregular\trandom\t1.5", "woodland\tforest\t1.5"], TERMS, TEXT)
    assert learned["irregular", "woodland"] > by_hand["irregular", "woodland"]


def test_words_that_go_together_weigh_less() -> None:
    fit = composer.Fit.read()
    usual = {"gain": 4.0, "spun": -20.0, "chance": -24.0, "unknown": 0.0, "term": 3.0, "first": 7.0, "second": 7.0, "seen": 3.0}
    kinds = {"kind": 3.0, "channel": -4.0, "met": 2.0, "both": 1.0, "changed": 1.0, "apart": 6.0, "stood": 0.0}
    spinners = {"spinner's first": -5.0, "spinner's second": -5.0}
    features = {name: np.full(3, value) for name, value in (usual | kinds | spinners).items()} | {"together": np.array([0.0, 0.5, 3.0])}
    weights = fit.of(features)
    assert weights[0] > weights[1] >= weights[2] and weights[0] > weights[2] + 1


def test_trees_tell_two_kinds_apart_where_no_sum_does() -> None:
    draw = np.random.default_rng(5)
    matrix = draw.standard_normal((6000, 3))
    log_odds = np.where((matrix[:, 0] > 0) ^ (matrix[:, 1] > 0), 2.0, -2.0)  # the third column says nothing
    is_one = (draw.random(6000) < 1 / (1 + np.exp(-log_odds))).astype(float)
    trees = boosting.grown(matrix, is_one, np.ones(6000), trees=60)
    fresh = np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, -1.0, 0.0]])
    assert np.allclose(trees.of(fresh), [2, 2, -2, -2], atol=0.7)
    written = boosting.Trees.from_facts(trees.facts()).of(matrix)  # rounded, so a row may fall on the other side of a bound
    assert np.mean(np.abs(written - trees.of(matrix)) < 1e-3) > 0.99


def test_a_row_that_counts_twice_is_two_rows() -> None:
    draw = np.random.default_rng(6)
    matrix = draw.standard_normal((500, 2))
    is_one = (matrix[:, 0] + draw.standard_normal(500) > 0.5).astype(float)
    twice = draw.random(500) < 0.3
    once = boosting.grown(matrix, is_one, 1.0 + twice, trees=5)
    as_two = boosting.grown(
        np.concatenate([matrix, matrix[twice]]), np.concatenate([is_one, is_one[twice]]), np.ones(500 + twice.sum()), trees=5
    )
    assert math.isclose(once.offset, as_two.offset)


def test_associations_go_from_what_was_seen_to_what_was_not() -> None:
    counts = fitter.Counts()
    beside = (
        [("gastric", "duodenal", "peptic"), ("ulcer", "lesion", "bleeding")],
        [("railway", "steam", "diesel"), ("engine", "train", "driver")],
    )
    pairs = [f"{a} {b} and" for firsts, seconds in beside for a in firsts for b in seconds]
    pairs.remove("gastric lesion and")
    counts.read([" ".join(pairs * 3)])
    found = honest.Associations.of(counts, rank=4)
    values = [float(found.of_pairs(*(np.array([counts.ids[w]]) for w in pair.split()))[0]) for pair in ("gastric lesion", "gastric train")]
    assert values[0] > values[1] + 0.3


def test_corpora_are_read_but_for_those_of_tests(tmp_path: Path) -> None:
    import lzma

    for name, text in (("some_genre", "A fleecy rationale."), (fitter.TEST_CORPORA[0], "An irregular woodland.")):
        with lzma.open(tmp_path / f"{name}.txt.xz", "wt", encoding="utf-8") as file:
            file.write(text)
    (tmp_path / "more.txt").write_text("A dictionary.", encoding="utf-8")
    assert list(honest.all_honest_texts(tmp_path, tmp_path)) == ["A fleecy rationale.", "A dictionary."]


@pytest.mark.parametrize("cut", [0, 8, 16, 40, -1])
def test_a_damaged_file_is_refused(cut: int) -> None:
    data = (DATA / "composed.bin").read_bytes()
    with pytest.raises(ModelError, match="expected composed pairs"):
        Composed.load(data[:cut])
    assert len(data) < 3_500_000


@pytest.mark.parametrize("pair", ["fleecy rationale", "misfortune work"])
def test_one_phrase_in_a_clean_page_is_found(pair: str) -> None:
    text = f"The report has four chapters. Much has been written on {pair} since then. We thank our colleagues for their help."
    assert look(text).is_worth_a_second
    assert {f.observed for f in spinfix.detect(text).findings} == set(pair.split())
    assert spinfix.restore(text.replace(pair, ". ".join(pair.split()))) == text.replace(pair, ". ".join(pair.split()))


def test_all_changes_of_the_stretch_know_of_the_pair_also_those_of_the_lists() -> None:
    channel = WordChannel(LINES, shipped_confusions())
    made = made_of(LINES, TERMS, TEXT)
    document = tokenize("We trained an irregular woodland twice.")
    plain = Unlisted(channel, shipped_terms(), default_model())
    struck = Unlisted(channel, shipped_terms(), default_model(), (), made)
    assert struck.is_struck(document) and not plain.is_struck(document)
    listed = {(4, 5, ("forest",))}
    before = {o.words: o for o in plain.changes(document, 3, 5, listed)}
    after = {o.words: o for o in struck.changes(document, 3, 5, listed)}
    assert after[("random",)].pair > 0 == before[("random",)].pair
    assert after[("random",)].log_p == before[("random",)].log_p
    assert after[("forest",)].is_listed and after[("forest",)].pair == after[("random",)].pair
    assert ("forest",) not in before


def test_honest_pairs_have_no_weight() -> None:
    for pair in ("random forest", "think tank", "primary tumor", "laryngeal carcinoma"):
        assert weight(shipped_composed(), pair) == 0


def test_of_a_lone_pair_only_its_run_is_looked_at() -> None:
    made = made_of(LINES, TERMS, TEXT)
    channel = WordChannel([*LINES, "astute\tsmart\t9", "keen\tsmart\t4"], shipped_confusions())
    unlisted = Unlisted(channel, shipped_terms(), default_model(), (), made)
    document = tokenize("The astute meter was read. We trained an irregular woodland twice.")
    everything, lone = ({o.words for o in unlisted.propose(document, struck_only=only)} for only in (False, True))
    assert ("smart",) in everything and ("smart",) not in lone
    assert ("random",) in lone


def test_a_page_with_one_odd_pair_is_clean_beside_it() -> None:
    clean = (Path(__file__).parent.parent / "examples" / "original-article.txt").read_text(encoding="utf-8")
    text = f"{clean}\nMuch has been written on woolly rationale since then.\n"
    assert look(text).is_lone and look(text).is_worth_a_second and not look(clean).is_worth_a_second
    assert {f.observed for f in spinfix.detect(text).findings} == {"woolly", "rationale"}


@pytest.mark.parametrize(
    "words",
    ["They found it woolly. Rationale was asked for.", "They read of the Woolly Rationale there.", "It was woolly, rationale or not."],
)
def test_words_that_only_seem_to_stand_side_by_side_are_not_worth_a_second_look(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first look sees neither marks nor capitals: what it takes for an odd pair may be none."""
    clean = (Path(__file__).parent.parent / "examples" / "original-article.txt").read_text(encoding="utf-8")
    text = f"{clean}\n{words}\n"
    assert look(text).is_lone
    whole = spinfix.detect(text, spinfix.Policy(gate=False))
    monkeypatch.setattr(api, "_report_on_document", None)
    report = spinfix.detect(text)
    assert report.findings == whole.findings == () and report.spun < 0.01
    assert report.words == len(text.split())


def test_of_a_page_with_one_odd_pair_only_what_stands_around_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = (Path(__file__).parent.parent / "examples" / "original-article.txt").read_text(encoding="utf-8")
    one_line = " ".join(clean.split())
    text = f"{clean}\n{one_line} Much has been written on woolly rationale since then. {one_line}\n{clean}"
    assert look(text).is_lone
    sizes: list[int] = []
    proposed = api._proposed

    def remembered(document: Document, *more: Any) -> list[Candidate]:
        sizes.append(len(document))
        return proposed(document, *more)

    monkeypatch.setattr(api, "_proposed", remembered)
    near = spinfix.detect(text)
    assert {f.observed for f in near.findings} == {"woolly", "rationale"}
    assert len(sizes) == 1 and sizes[0] <= 2 * (REACH + 1) < len(text.split()) / 3
    monkeypatch.setattr("spinfix.struck.REACH", 10**6)
    far = spinfix.detect(text)
    assert sizes[1] > 3 * sizes[0]
    assert [(f.span, f.intended, f.verdict) for f in near.findings] == [(f.span, f.intended, f.verdict) for f in far.findings]


@pytest.mark.parametrize("weights", [(7.0, 4.0, 0.0, 5.0, 0.0), (5.0, 0.0, 0.0, 7.0, 4.0)])
def test_of_a_pair_that_stands_there_twice_the_heavier_place_counts(monkeypatch: pytest.MonkeyPatch, weights: tuple[float, ...]) -> None:
    monkeypatch.setattr("spinfix.unlisted.struck_weights", lambda *_: list(weights))
    assert api._tells_something("odd pair so odd pair", -20.0, 6.0)
    assert not api._tells_something("odd pair so odd pair", -20.0, 7.5)


def test_pairs_that_a_trade_has_are_no_sign_of_a_spinner() -> None:
    lines = (DATA / "honest_pairs.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows == sorted(rows) and len({tuple(row[:2]) for row in rows}) == len(rows)
    known = shipped_composed()
    keys = pair_keys(*(keys_of(" ".join(row[k] for row in rows)) for k in (0, 1)))
    left = [float(row[2]) if len(row) > 2 else 0.0 for row in rows]
    assert (known._replace(honest=NO_KEYS).of(keys) > left).all(), "one that has no more weight anyway need not be listed"
    assert known.of(keys).tolist() == left and max(left) < TOLD
    assert known.of(pair_keys(keys_of("misfortune"), keys_of("work")))[0] > 0


@pytest.mark.parametrize(
    "honest",
    [
        "The release mends the flag handling of the command, and the tests of it. We thank our colleagues for their help.",
        "The option changes the behaviour for inserting spaces before and after a character that is wide.",
        "Fix inserting of an empty frame, and fix installing of the definition file, where the folder is not there.",
    ],
)
def test_change_logs_and_manuals_are_left_alone(honest: str) -> None:
    assert not spinfix.detect(honest).findings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The short message administration (SMA) met in May.", ["short", "message", "administration"]),
        ("The house of woolly rationale (HWR) and its woolly rationale (WL) and (AB).", ["house", "woolly", "rationale"]),
        ("Its woolly rationale (HWR", []),
    ],
)
def test_what_an_acronym_spells_is_its_writers_own(text: str, words: list[str]) -> None:
    document = tokenize(text)
    spelled = spelled_out(document)
    assert [document.forms[k] for k in sorted(spelled)] == words
    weights = struck_weights(document, shipped_composed())
    assert not any(weights[k] for k in spelled)
    assert any(weights) == ("rationale" in text)
