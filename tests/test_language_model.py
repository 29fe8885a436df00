"""The language model: its table, its probabilities, its file and what is said about a bad one."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import fuse_writer
import kneser_ney as kn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_writer import codebook, write_model

from spinfix.errors import ModelError
from spinfix.fuse import FuseTable, byte_view
from spinfix.language_model import BEGIN, MAGIC, PackedModel, default_model, unknown_form

# --- the table ---------------------------------------------------------------------------------------------------------------------


def table_of(keys: np.ndarray[Any, np.dtype[np.uint64]], values: Sequence[int], value_bits: int, fingerprint_bits: int) -> FuseTable:
    data, facts = fuse_writer.build(keys, np.array(values, dtype=np.int64), value_bits, fingerprint_bits)
    return FuseTable(
        byte_view(data, 0, len(data)),
        facts["slot_bits"], facts["value_bits"], facts["segment_length"], facts["segment_count"], facts["seed"],
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.integers(0, 2**64 - 1), st.integers(0, 2**40), min_size=1, max_size=60),
    st.integers(1, 28),
    st.sampled_from([1, 7, 14, 25]),
)
def test_known_keys_are_found_with_their_values(expected: dict[int, int], value_bits: int, fingerprint_bits: int) -> None:
    keys = np.array(list(expected), dtype=np.uint64)
    values = [value % (1 << value_bits) for value in expected.values()]
    known, found = table_of(keys, values, value_bits, fingerprint_bits).look_up(keys)
    assert known.all()
    assert found.tolist() == values


def test_a_large_table_and_keys_that_it_does_not_hold() -> None:
    random = np.random.default_rng(7)
    keys = np.unique(random.integers(0, 2**63, 40_000, dtype=np.uint64))
    inside, outside = keys[::2], keys[1::2]
    values = random.integers(0, 1 << 14, len(inside))
    table = table_of(inside, values.tolist(), 14, 12)
    known, found = table.look_up(inside)
    assert known.all()
    assert (found == values).all()
    taken_for_known = int(table.look_up(outside)[0].sum())
    assert taken_for_known <= 5 * len(outside) / 2**12  # one in 4,096 is expected


def test_equal_keys_cannot_be_laid_out() -> None:
    with pytest.raises(RuntimeError, match="are they distinct"):
        table_of(np.array([5, 5, 9], dtype=np.uint64), [1, 2, 3], 4, 8)


@given(st.lists(st.floats(-20, 0), min_size=1, max_size=50), st.integers(1, 8))
@settings(max_examples=100, deadline=None)
def test_a_codebook_is_exact_where_it_can_be(values: list[float], bits: int) -> None:
    array = np.array(values)
    book, code = codebook(array, bits)
    assert len(book) <= 1 << bits
    assert code.min() >= 0
    assert code.max() < len(book)
    if len(set(values)) <= 1 << bits:
        assert (book[code] == array).all()


# --- a model of our own ------------------------------------------------------------------------------------------------------------

SENTENCES = (
    "the rebels attacked the town at dawn",
    "the rebels attacked the port",
    "the army attacked the town",
    "the army left the port at dawn",
    "a soldier left the town",
    "a soldier left at dawn",
    "officials said the war is over",
    "officials said the army left",
    "officials said a soldier attacked",
    "the war is over at dawn",
)
EXACT = {"probability_bits": 16, "backoff_bits": 16, "fingerprint_bits": [24, 24, 24]}
VOCABULARY = (*kn.SPECIAL, *sorted({word for sentence in SENTENCES for word in sentence.split()}))
PREDICTED = [word for word in VOCABULARY if word != BEGIN]


def silent(message: str) -> None:
    """Report nothing."""


def built(path: Path, keep: Sequence[int]) -> PackedModel:
    ids = {word: k for k, word in enumerate(VOCABULARY)}
    stream = [k for sentence in SENTENCES for k in (kn.BEGIN, *(ids[word] for word in sentence.split()), kn.END)]
    orders = kn.count_orders([(np.array(stream, dtype=np.uint32), 1)], len(VOCABULARY), 3, silent)
    kn.estimate(orders, silent)
    masks = kn.prune(orders, [0, *keep], [1, 1, 1], silent)
    assert all(mask.all() == (limit > len(mask)) for mask, limit in zip(masks[1:], keep, strict=True))
    write_model(path, VOCABULARY, kn.pruned_model(orders, masks), EXACT, {"sources": "the tests"})
    return PackedModel.open(path)


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.lm"
    built(path, [10_000, 10_000])
    return path


@pytest.fixture(scope="module", params=[(10_000, 10_000), (25, 12)], ids=["whole", "pruned"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    return built(tmp_path_factory.mktemp("model") / "tiny.lm", request.param)


def last_log_prob(model: PackedModel, *words: str) -> float:
    """log p(last word | all before it)."""
    return float(model.score(words)[-1])


@pytest.mark.parametrize(
    "history", ["", "the", "attacked", "over", "the army", "a soldier", "dawn a", "over over", "said the", "<unk> the", "the zebra"]
)
def test_the_probabilities_after_a_history_sum_to_one(model: PackedModel, history: str) -> None:
    total = sum(np.exp(last_log_prob(model, *history.split(), word)) for word in PREDICTED)
    assert total == pytest.approx(1, abs=1e-4)


def test_the_probabilities_without_a_history_sum_to_one(model: PackedModel) -> None:
    assert np.exp(model.words(PREDICTED).log_prob).sum() == pytest.approx(1, abs=1e-4)


def test_the_begin_mark_is_never_predicted(model: PackedModel) -> None:
    assert model.words([BEGIN]).log_prob[0] < -50


def test_a_word_is_likelier_where_it_was_seen(model: PackedModel) -> None:
    assert last_log_prob(model, "the", "rebels", "attacked") > last_log_prob(model, "the", "rebels", "left")
    assert last_log_prob(model, "the", "war", "is") > last_log_prob(model, "the", "war", "the")
    assert last_log_prob(model, "officials") > last_log_prob(model, "over")


def test_two_words_of_context_say_more_than_one(model_file: Path) -> None:
    model = PackedModel.open(model_file)
    assert last_log_prob(model, "the", "war", "is", "over") > last_log_prob(model, "over", "is", "over")


def test_arrays_say_what_words_one_by_one_say(model: PackedModel) -> None:
    words = "officials said the zebra left the port at noon </s>".split()
    together = model.score(words)
    apart = [last_log_prob(model, *words[: k + 1]) for k in range(len(words))]
    assert together == pytest.approx(apart)


def test_words_that_were_never_seen_share_a_class_by_how_common_they_are(model: PackedModel) -> None:
    words = model.words(["zebra", "zyzzogeton", "Zebra", "zebra-crossing", "the"])
    assert words.log_prob[0] > words.log_prob[1]
    assert (words.surplus[:4] < 0).all()
    assert words.surplus[4] == 0
    assert [unknown_form(s) for s in ("zebra", "Zebra", "zebra-crossing")] == ["<unk>", "<unk-capital>", "<unk-hyphen>"]


def test_the_unknown_are_never_likelier_than_their_class(model: PackedModel) -> None:
    for word in ("zebra", "house", "12345"):
        assert model.words([word]).log_prob[0] < model.words(["<unk>"]).log_prob[0]


def test_letter_case_and_quotes_make_no_other_word(model: PackedModel) -> None:
    assert model.score(["The", "ARMY"]) == pytest.approx(model.score(["the", "army"]))


def test_nothing_and_one_word_can_be_scored(model: PackedModel) -> None:
    assert model.score([]).shape == (0,)
    assert model.score(["the"]).shape == (1,)


# --- the shipped model -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [
        ("he works at a think tank", "he works at a suppose tank"),
        ("the peace process in the Middle East", "the peace process in the Center East"),
        ("officials said on Tuesday", "officers mentioned on Tuesday"),
        ("it was an apple", "it was a apple"),
    ],
)
def test_the_shipped_model_prefers_what_was_meant(likely: str, unlikely: str) -> None:
    model = default_model()
    assert model.score(likely.split()).sum() > model.score(unlikely.split()).sum() + 2


def test_the_shipped_model_is_as_it_was_written() -> None:
    default_model().verify()


def test_log_probabilities_are_below_zero() -> None:
    scores = default_model().score("the qwzx of 24,000 — “rain” </s> é 😀 \udcff".split(" "))
    assert np.isfinite(scores).all()
    assert (scores < 0).all()


# --- bad files ---------------------------------------------------------------------------------------------------------------------

REMEDY = "reinstall spinfix"


def with_header(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    (length,) = struct.unpack("<I", data[10:14])
    header = json.loads(data[14 : 14 + length])
    change(header)
    raw = json.dumps(header).encode()
    return data[:10] + struct.pack("<I", len(raw)) + raw + data[14 + length :]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda d: b"", "expected a spinfix language model"),
        (lambda d: d[:5], "expected a spinfix language model"),
        (lambda d: d[:13], "expected a spinfix language model"),
        (lambda d: b"\\data\\\nngram 1=3\n" * 9, "expected a spinfix language model"),
        (lambda d: b"\x1f\x8b" + d[2:], "expected a spinfix language model"),
        (lambda d: d[:9] + b"\x02" + d[10:], "expected format version 1, found 2"),
        (lambda d: d[:14], "the header is damaged"),
        (lambda d: d[:60], "the header is damaged"),
        (lambda d: d[:14] + b"x" + d[15:], "the header is damaged"),
        (lambda d: d[:10] + b"\xff\xff\xff\xff" + d[14:], "the header is damaged"),
        (lambda d: d[:10] + struct.pack("<I", 2) + b"[]" + d[14:], "the header is damaged"),
        (lambda d: d[:-1], "cut short or has grown"),
        (lambda d: d[: len(d) // 2], "the header is damaged|cut short or has grown"),
        (lambda d: d + b"\0", "cut short or has grown"),
        (lambda d: with_header(d, lambda h: h.pop("size")), "the header is damaged"),
        (lambda d: with_header(d, lambda h: h.pop("tables")), "the header is damaged"),
        (lambda d: with_header(d, lambda h: h["tables"][0].pop("slots")), "the header is damaged"),
        (lambda d: with_header(d, lambda h: h["tables"][1]["slots"].update(offset=10**9)), "the header is damaged"),
        (lambda d: with_header(d, lambda h: h["tables"][2]["log_prob"].update(count=10**9)), "the header is damaged"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_a_remedy(
    tmp_path: Path, model_file: Path, damage: Callable[[bytes], bytes], complaint: str
) -> None:
    bad = tmp_path / "bad.lm"
    bad.write_bytes(damage(model_file.read_bytes()))
    with pytest.raises(ModelError, match=complaint) as refused:
        PackedModel.open(bad)
    assert str(refused.value).startswith(f"{bad}: ")
    assert REMEDY in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda h: h.pop("facts"), id="no facts"),
        pytest.param(lambda h: h.pop("digest"), id="no digest"),
        pytest.param(lambda h: h["tables"].pop(), id="a table less than the order"),
        pytest.param(lambda h: (h["tables"].pop(), h.update(order=2)), id="another order"),
        pytest.param(lambda h: h.update(facts=[]), id="facts of another type"),
        pytest.param(lambda h: h["tables"][0]["slots"].update(offset=-8), id="slots before the file"),
        pytest.param(lambda h: h["tables"][0]["slots"].update(size=16), id="slots cut short"),
        pytest.param(lambda h: h["tables"][2]["slots"].update(size=10**9), id="slots beyond the file"),
        pytest.param(lambda h: h["tables"][0]["slots"].update(segment_count=10**9), id="more segments than slots"),
        pytest.param(lambda h: h["tables"][0]["slots"].update(slot_bits=100), id="slots too wide"),
        pytest.param(lambda h: h["tables"][1]["backoff"].update(offset=10**9), id="a codebook beyond the file"),
        pytest.param(lambda h: h["tables"][1]["backoff"].update(count=0), id="an empty codebook"),
        pytest.param(lambda h: h["tables"][0]["log_prob"].update(count=-1), id="a codebook of less than nothing"),
        pytest.param(lambda h: h["tables"][0].update(probability_bits="16"), id="text for a number"),
    ],
)
def test_a_header_that_lacks_something_is_refused(tmp_path: Path, model_file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    bad = tmp_path / "bad.lm"
    bad.write_bytes(with_header(model_file.read_bytes(), change))
    with pytest.raises(ModelError, match="the header is damaged") as refused:
        PackedModel.open(bad)
    assert REMEDY in str(refused.value)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir()], ids=["missing", "folder"])
def test_no_file_is_refused_with_its_name_and_a_remedy(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "none.lm"
    make(path)
    with pytest.raises(ModelError, match="cannot be read") as refused:
        PackedModel.open(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert REMEDY in str(refused.value)


def test_a_changed_byte_is_noticed_when_asked(tmp_path: Path, model_file: Path) -> None:
    data = bytearray(model_file.read_bytes())
    data[-40] ^= 1
    changed = tmp_path / "changed.lm"
    changed.write_bytes(data)
    PackedModel.open(model_file).verify()
    with pytest.raises(ModelError, match=r"expected digest .* found .* changed after it was written") as refused:
        PackedModel.open(changed).verify()
    assert str(refused.value).startswith(f"{changed}: ")
    assert REMEDY in str(refused.value)


def test_the_file_says_what_it_was_made_from(model_file: Path) -> None:
    assert model_file.read_bytes().startswith(MAGIC)
    assert PackedModel.open(model_file).facts == {"sources": "the tests"}
    assert default_model().facts["recipe"]["order"] == 3


def test_the_record_beside_the_model_is_about_this_model() -> None:
    model = default_model()
    record = model.path.with_name(f"{model.path.name}.md").read_text(encoding="utf-8")
    for known in (model.facts["built"], model.digest, model.facts["recipe_digest"], *model.facts["recipe"]["weights"]):
        assert known in record


def test_the_packed_list_of_the_web_says_what_its_table_says() -> None:
    from spinfix.language_model import _web_list, _WebList

    known = _web_list.__wrapped__()  # one that nobody has asked
    packed = known._packed
    table = _WebList(b"", ())
    words = ["retweet", "the", "zzyzxq", "café", "é", "anouncmentt", "naïveté", "of", "ing", "doi", "bitcoin", "x" * 40, ""]
    assert [known._searched(word, packed) for word in words] == [table.centibels(word) for word in words]
    assert known._searched("the", packed) is not None and known._searched("anouncmentt", packed) is None


def test_the_packed_list_is_dropped_for_its_table() -> None:
    from spinfix.language_model import SEARCHED, _web_list

    known = _web_list.__wrapped__()
    found = [known.centibels("retweet") for _ in range(SEARCHED + 2)]
    assert len(set(found)) == 1 and found[0] is not None
    assert not known._packed
