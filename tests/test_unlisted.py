"""What no list has: terms, confusion sets, the learned word channel, and the readings composed of them."""

from __future__ import annotations

import gzip
import sys
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spinfix
from spinfix.confusions import Confusions, Lines, lemmas, shipped_confusions
from spinfix.errors import ModelError
from spinfix.fuse import join_keys
from spinfix.language_model import default_model, word_keys
from spinfix.terms import BONUS, Terms, shipped_terms
from spinfix.text import tokenize
from spinfix.unlisted import FAMILY, LEARNED, PAGES, THESAURUS, UNDECIDED, Unlisted, are_asked
from spinfix.word_channel import WordChannel, gathered, shipped_word_channel
from spinfix.wordlists import DATA, shipped_index

PHRASES = Path(__file__).parent.parent.parent / "shared" / "lexicon" / "tortured-phrases.tsv"


@pytest.fixture(scope="module")
def unlisted() -> Unlisted:
    return Unlisted(shipped_word_channel(), shipped_terms(), default_model(), [shipped_index()])


def first_reading(unlisted: Unlisted, text: str) -> str:
    document = tokenize(text)
    return " ".join(w for o in unlisted.readings(document, 0, len(document))[0][1] for w in o.words)


# --- terms --------------------------------------------------------------------------------------------------------------------------------


def test_terms_are_known_by_their_words() -> None:
    terms = shipped_terms()
    assert terms.knows("support", "vector", "machine")
    assert terms.knows("myocardial", "infarction")
    assert terms.knows("Random", "Forests")
    assert not terms.knows("irregular", "woodland")
    assert len(terms) > 100_000


def test_a_triple_gains_by_the_term_that_it_ends() -> None:
    keys = word_keys(["a", "b", "c"])
    pair = join_keys(keys[1:2], keys[2:3])
    terms = Terms(pair, np.array([2], dtype=np.uint8))
    first, second, third = (np.array([0, 1, 0]) for _ in range(3))
    second, third = np.array([1, 2, 0]), np.array([2, 0, 1])
    assert terms.bonus(["a", "b", "c"], first, second, third).tolist() == [BONUS[2], 0.0, 0.0]


@pytest.mark.parametrize("data", [b"", b"spinfixLM", b"spinfixTERMS\x01\x00\x00\x00", b"spinfixTERMS\x00\x00\x00\x00more"])
def test_a_damaged_file_of_terms_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "terms.bin"
    path.write_bytes(data)
    with pytest.raises(ModelError, match="expected"):
        Terms.load(path)


# --- confusion sets -----------------------------------------------------------------------------------------------------------------------


def test_associates_come_in_the_form_of_the_word() -> None:
    found = shipped_confusions().of_word("woodlands")
    assert found["forests"] > found.get("slopes", -99.0)
    assert all(value < 0 for value in found.values())
    assert "woodlands" not in found
    assert shipped_confusions().of_word("qwertyuiop") == {}


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=5), min_size=1, max_size=9))
def test_lines_are_those_that_the_text_was_split_into(lines: list[str]) -> None:
    found, ordered = Lines("\n".join(lines)), sorted(lines)
    assert list(found) == lines and found[1:-1] == lines[1:-1]
    assert [bisect_left(Lines("\n".join(ordered)), word) for word in lines] == [bisect_left(ordered, word) for word in lines]


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("studies", ("study", "n", "plural")),
        ("stopped", ("stop", "v", "past")),
        ("making", ("make", "v", "ing")),
        ("boxes", ("box", "n", "plural")),
    ],
)
def test_lemmas_of_inflected_words(word: str, lemma: tuple[str, str, str]) -> None:
    assert lemma in lemmas(word)
    assert lemmas(word)[0] == (word, "x", "base")


def test_damaged_confusion_sets_are_refused() -> None:
    data = (DATA / "confusions.bin").read_bytes()
    for broken in (b"", b"x" * 40, data[:-1], data + b"x"):
        with pytest.raises(ModelError, match="expected"):
            Confusions(broken)
    assert len(data) < 12_000_000


# --- the word channel ---------------------------------------------------------------------------------------------------------------------


def test_counts_become_probabilities() -> None:
    channel = WordChannel(["bosom\tbreast\t8", "chest\tbreast\t2", "frame\tsystem\t1", "system\tsystem\t50"], shipped_confusions())
    assert channel.learned("bosom")["breast"] > channel.learned("chest")["breast"]
    assert set(channel.learned("bosoms")) == {"breasts"}
    assert channel.kept("system") > channel.kept("bosom")


def test_a_looser_synonym_takes_nothing_from_what_was_met() -> None:
    met = ["bosom\tbreast\t8", "chest\tbreast\t2", "breast\tbreast\t5"]
    channel = WordChannel([*met, "bust\tbreast\t0.15"], shipped_confusions())
    assert channel.learned("bosom")["breast"] == WordChannel(met, shipped_confusions()).learned("bosom")["breast"]
    assert channel.learned("bust")["breast"] < channel.learned("chest")["breast"]
    assert channel.kept("breast") == WordChannel(met, shipped_confusions()).kept("breast")


def test_the_table_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    lines = ["bosom\tbreast\t8", "bosom\tchest\t1", "set of rules\talgorithm\t2.5", "breast\tbreast\t5"]
    file = tmp_path / "table.tsv.gz"
    file.write_bytes(gzip.compress(gathered(lines).encode()))
    assert list(WordChannel.load(file, shipped_confusions()).lines()) == lines
    assert list(WordChannel([], shipped_confusions()).lines()) == []


def test_a_word_learns_from_its_associates() -> None:
    without = WordChannel([], shipped_confusions()).of_word("lecture")
    channel = WordChannel(["discourse\tspeech\t20", "discourse\ttreatise\t1"], shipped_confusions())
    assert channel.of_word("lecture")["speech"] > without["speech"]
    assert "lecture" not in channel.of_word("lecture")


@pytest.mark.skipif(not PHRASES.exists(), reason="the list of phrases is not here")
def test_no_phrase_of_the_list_is_in_the_table_as_a_whole() -> None:
    whole = {tuple(line.split("\t")) for line in PHRASES.read_text(encoding="utf-8").splitlines() if " " in line.split("\t")[0]}
    table = [line.split("\t") for line in shipped_word_channel().lines()]
    shared = [(a, b) for a, b, n in table if (a, b) in whole and " " in a and float(n) < 3]
    assert not shared


# --- readings -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spun", "meant"),
    [
        ("fleecy rationale", "fuzzy logic"),
        ("bosom malignancy identification", "breast cancer detection"),
        ("sign to clamor proportion", "signal to noise ratio"),
        ("profound brain organization", "deep neural network"),
    ],
)
def test_words_compose(unlisted: Unlisted, spun: str, meant: str) -> None:
    assert first_reading(unlisted, spun) == meant


def test_words_and_pairs_are_looked_at_in_parts_as_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    document = tokenize(
        "We trained an irregular woodland and a colossal information pipeline. The flag handling unit tells of bosom malignancy, "
        "profound learning and counterfeit consciousness in the cloud figuring lab."
    )
    found = []
    for at_once in (1, 3, 1000):
        monkeypatch.setattr("spinfix.unlisted.AT_ONCE", at_once)
        fresh = Unlisted(shipped_word_channel(), shipped_terms(), default_model(), [shipped_index()])
        found.append((fresh.runs(document), list(fresh.propose(document))))
    assert found[0] == found[1] == found[2]
    assert len(found[0][0]) > 2


def test_several_threads_may_ask_while_words_are_forgotten(unlisted: Unlisted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinfix.unlisted.REMEMBERED", 0)
    odd = "The colossal information and the profound learning of an irregular woodland of calculated relapse and sleep privation."
    texts = [tokenize(" ".join(odd.split()[k:])) for k in range(8)] * 4
    expected = [list(unlisted.propose(text)) for text in texts]
    monkeypatch.setattr(unlisted, "_ranked", {})
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(lambda text: list(unlisted.propose(text)), texts)) == expected
    finally:
        sys.setswitchinterval(interval)


def test_only_improbable_runs_are_looked_at(unlisted: Unlisted) -> None:
    document = tokenize("The weather was lovely and the garden party ended early. We used a fleecy rationale.")
    assert [document.surfaces[a:b] for a, b in unlisted.runs(document)] == [("fleecy", "rationale")]
    for text in ("", "Rain.", "The Fleecy Rationale", "A fleecy. Rationale matters."):
        assert unlisted.runs(tokenize(text)) == []


def test_readings_are_ranked_and_their_changes_lie_inside_the_run(unlisted: Unlisted) -> None:
    document = tokenize("We compared the irregular woodland with the fleecy rationale of the controller.")
    for first, last in unlisted.runs(document):
        gains = [gain for gain, _ in unlisted.readings(document, first, last)]
        assert gains == sorted(gains, reverse=True)
        for option in unlisted.changes(document, first, last):
            assert first <= option.at < option.stop <= last
            assert option.words != tuple(document.forms[option.at : option.stop])


def test_a_thesaurus_alone_weighs_less() -> None:
    empty = Unlisted(WordChannel([], shipped_confusions()), shipped_terms(), default_model())
    taught = Unlisted(WordChannel(["privation\tdeprivation\t9"], shipped_confusions()), shipped_terms(), default_model())
    document = tokenize("the sleep privation")
    by_thesaurus, by_table = ({o.words: o for o in one.changes(document, 1, 3)}[("deprivation",)] for one in (empty, taught))
    assert (by_thesaurus.source, by_table.source) == (THESAURUS, LEARNED)
    assert by_thesaurus.log_p < by_table.log_p
    assert by_table.terms > 0


def test_what_the_lists_say_alone_is_left_to_them(unlisted: Unlisted) -> None:
    document = tokenize("the sleep privation")
    listed = {(2, 3, ("deprivation",))}
    assert unlisted.changes(document, 1, 3)
    assert unlisted.changes(document, 1, 3, listed) == []


SPUN = "The colossal information and the flag handling unit were tested in the profound learning lab. "


def test_the_reasons_add_up_and_name_the_term() -> None:
    policy = spinfix.Policy(spun_prior=0.5)
    report = spinfix.detect(SPUN, policy)
    (found,) = [f for f in report.findings if f.observed == "handling unit"]
    (terms,) = [e for e in found.evidence if e.kind == "terms"]
    assert terms.log_odds > 0 and "fixed term" in terms.reason
    assert spinfix.revert(spinfix.restore(SPUN, policy), report.patch) == SPUN


def test_it_can_be_left_out() -> None:
    report = spinfix.explain(SPUN, spinfix.Policy(ignore=("unlisted",)))
    assert not [f for f in report.findings if f.source.startswith("unlisted/")]
    assert [f for f in spinfix.explain(SPUN).findings if f.source.startswith("unlisted/")]


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_examples_hold(name: str) -> None:
    _, restores, keeps = PAGES[name]
    for spun, restored in restores.items():
        report = spinfix.detect(spun, spinfix.Policy(spun_prior=0.5))
        assert report.patch.apply(spun) == restored
        assert name in {f.source for f in report.findings}
    for sentence in keeps:
        assert spinfix.restore(sentence) == sentence


def test_a_word_keeps_its_number() -> None:
    channel = WordChannel(["unit\tentity\t3", "unit\tdevices\t3", "units\tdevices\t1"], shipped_confusions())
    assert channel.learned("unit")["entity"] > channel.learned("unit")["devices"]


def test_a_page_that_is_all_but_certainly_clean_is_not_searched() -> None:
    low, high = UNDECIDED
    assert not are_asked(low / 2, "", 0) and not are_asked(low / 2, FAMILY, 9)
    assert are_asked((low + high) / 2, "news-blog", 9) and are_asked(1.0, FAMILY, 9) and not are_asked(1.0, "news-blog", 9)


def test_explain_asks_for_them_where_detect_does(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, str, int]] = []

    def remembered(spun: float, family: str, changes: int) -> bool:
        asked.append((spun, family, changes))
        return False

    monkeypatch.setattr("spinfix.unlisted.are_asked", remembered)
    text, policy = "Officers within the Center East mentioned a information convention on the bridge.", spinfix.Policy(spun_prior=0.5)
    found, explained = spinfix.detect(text, policy), spinfix.explain(text, policy)
    assert len(explained.findings) > len(found.findings) > 0
    assert asked[0] == asked[1]
