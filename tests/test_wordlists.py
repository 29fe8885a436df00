"""Word lists: the format and its complaints, what is compiled from them, the search in it, and the lists of the package."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spinfix
from spinfix.candidates import from_lists, propose
from spinfix.errors import ListError
from spinfix.list_files import list_files
from spinfix.text import tokenize
from spinfix.wordlists import (
    DATA,
    Entry,
    Index,
    Row,
    WordList,
    compiled_lines,
    key_of,
    list_key,
    mapped,
    parse_list,
    read_list,
    shipped_index,
)

ROOT = Path(__file__).parent.parent
SHIPPED = list_files(ROOT / "wordlists")

GOOD = """\
# title: A list for the tests
# source: written for the tests
# license: MIT
# status: stable
# + Hikers assaulted the summit. => Hikers attacked the summit.
# - He was charged with assault.
Occasions\tTimes
assault\tattack\tpos=v\tp=0.4\tnear=rebels,army\tabsent=charged\tnote=not the crime
assault\traid
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "family" / "name.tsv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    return file


def faults_of(file: Path) -> list[str]:
    faults: list[str] = []
    parse_list(file, faults)
    return faults


def test_a_good_list_is_read_as_written(tmp_path: Path) -> None:
    found = read_list(written(tmp_path, GOOD))
    assert (found.name, found.family) == ("family/name", "family")
    assert (found.title, found.source, found.license, found.status) == ("A list for the tests", "written for the tests", "MIT", "stable")
    assert found.restores == (("Hikers assaulted the summit.", "Hikers attacked the summit."),)
    assert found.keeps == ("He was charged with assault.",)
    assert found.rows == (
        Row("Occasions", "Times", 7),
        Row("assault", "attack", 8, 0.4, "v", ("rebels", "army"), ("charged",), "not the crime"),
        Row("assault", "raid", 9),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint", "remedy"),
    [
        ("# title: A list for the tests\n", "", 1, "lacks '# title: ...'", "add it"),
        ("# source: written for the tests\n", "", 1, "lacks '# source: ...'", "add it"),
        ("# license: MIT\n", "", 1, "lacks '# license: ...'", "add it"),
        ("# status: stable\n", "", 1, "lacks '# status: ...'", "add it"),
        ("status: stable", "status: fine", 1, "found 'fine'", "expected status stable or preview"),
        ("# + Hikers assaulted the summit. => Hikers attacked the summit.\n", "", 1, "both kinds", "add what is missing"),
        ("# - He was charged with assault.\n", "", 1, "both kinds", "add what is missing"),
        (" => Hikers attacked", " -> Hikers attacked", 5, "expected", "'# + SPUN sentence => RESTORED sentence'"),
        ("assault\traid", "assault raid", 9, "found 'assault raid'", "expected 'observed<TAB>intended<TAB>fields'"),
        ("assault\traid", "assault\t", 9, "found 'assault\\t'", "expected 'observed<TAB>intended<TAB>fields'"),
        ("assault\traid", "\traid", 9, "found '\\traid'", "expected 'observed<TAB>intended<TAB>fields'"),
        ("p=0.4", "q=0.4", 8, "unknown field 'q=0.4'", "known are p=, pos=, near=, absent=, evidence=, note="),
        ("p=0.4", "0.4", 8, "unknown field '0.4'", "known are p=, pos=, near=, absent=, evidence=, note="),
        ("p=0.4", "p=often", 8, "found 'often'", "expected a number"),
        ("p=0.4", "p=0", 8, "found 0.0", "above 0 and at most 1"),
        ("p=0.4", "p=1.5", 8, "found 1.5", "above 0 and at most 1"),
        ("p=0.4", "p=nan", 8, "found nan", "above 0 and at most 1"),
        ("note=not the crime", "evidence=some", 8, "found 'some'", "expected evidence= one of strong, none"),
        ("pos=v", "pos=verb", 8, "found 'verb'", "expected pos= one of n, v, a, x"),
        ("near=rebels,army", "near=rebels;army", 8, "found 'rebels ; army'", "expected single words with commas between them in near="),
        ("absent=charged", "absent=New York", 8, "found 'new york'", "expected single words with commas between them in absent="),
        ("assault\traid", "assault\tassault", 9, "'assault' stands for itself", "remove the row"),
        ("assault\traid", "assault\traid (on)", 9, "without '('", "must be text as it stands in a sentence"),
        ("assault\traid", "assault\traid sb", 9, "without 'sb'", "must be text as it stands in a sentence"),
        ("assault\traid", "assault\traid?", 9, "without '?'", "must be text as it stands in a sentence"),
        ("assault\traid", "assault\traid ", 9, "without ' '", "must be text as it stands in a sentence"),
        ("assault\traid", "assault [on]\traid", 9, "without '['", "must be text as it stands in a sentence"),
        ("assault\traid\n", "assault\traid\nassault\traid\tp=0.1\n", 10, "stands twice", "remove one"),
        ("Occasions\tTimes\n", "zeal\teagerness\n", 8, "expected sorted rows", "sort the file by code point"),
    ],
)
def test_every_fault_is_named_with_file_line_and_remedy(tmp_path: Path, old: str, new: str, line: int, complaint: str, remedy: str) -> None:
    assert GOOD.count(old) == 1
    file = written(tmp_path, GOOD.replace(old, new))
    faults = faults_of(file)
    named = [fault for fault in faults if fault.startswith(f"{file}:{line}: ")]
    assert any(complaint in fault and remedy in fault for fault in named), faults
    with pytest.raises(ListError, match=re.escape(faults[0])):
        read_list(file)


def test_guards_find_words_in_any_letter_case(tmp_path: Path) -> None:
    found = read_list(written(tmp_path, GOOD.replace("near=rebels,army", "near=Rebels, ARMY,U.S.,O’Neill")))
    assert found.rows[1].near == ("rebels", "army", "u.s.", "o'neill")
    assert proposed("The Army assaulted it", *found.rows[1:2]) == [("assaulted", "attacked")]


def test_all_faults_are_named_not_only_the_first(tmp_path: Path) -> None:
    faults = faults_of(written(tmp_path, GOOD.replace("p=0.4", "p=9").replace("pos=v", "pos=w").replace("# license: MIT\n", "")))
    assert len(faults) == 3


def test_line_ends_of_either_kind_give_the_same_list(tmp_path: Path) -> None:
    assert read_list(written(tmp_path, GOOD.replace("\n", "\r\n"))) == read_list(written(tmp_path, GOOD))


@pytest.mark.parametrize(
    "make", [lambda p: p.write_bytes(b"# title: caf\xe9\n"), lambda p: p.mkdir(), lambda p: None], ids=["latin-1", "folder", "missing"]
)
def test_what_cannot_be_read_is_named(tmp_path: Path, make: Callable[[Path], object]) -> None:
    file = tmp_path / "list.tsv"
    make(file)
    with pytest.raises(ListError, match=re.escape(str(file))):
        read_list(file)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Suppose Tank", "suppose tank"),
        ("O’Neill’s  war", "o'neill 's war"),
        ("24 hours", "24 hours"),  # numbers as they are written
        ("well‑known", "well-known"),
        ("U.S. war", "u.s. war"),
    ],
)
def test_keys(text: str, key: str) -> None:
    assert list_key(text) == key


def test_numbers_keep_their_digits_in_keys() -> None:
    assert key_of("<2>", "24") == "24"
    assert key_of("<n>km", "15KM") == "15km"
    assert key_of("<address>", "https://x.example") == "<address>"


def of(*rows: Row, name: str = "family/name") -> WordList:
    return WordList(name, "", "", "", "stable", (), (), rows)


def test_compiled_lines_hold_the_paradigm_and_the_guards() -> None:
    row = Row("assault", "attack", 1, 0.4, "v", ("rebels", "army"), ("charged",))
    tail = "0.4\tfamily/name\t\tnear=rebels,army;absent=charged\t\t"
    assert list(compiled_lines([of(row)])) == [
        f"assault\tattack\t{tail}", f"assaulted\tattacked\t{tail}", f"assaulting\tattacking\t{tail}", f"assaults\tattacks\t{tail}",
    ]  # fmt: skip


def test_what_an_observed_form_says_by_itself_goes_with_the_candidate() -> None:
    """Also where a shorter row, which says nothing, gives the same reading."""
    text = "a chat in the grog tank"
    rows = (Row("chat", "talk", 1, evidence="none"), Row("grog", "think", 2, 0.9), Row("grog tank", "think tank", 3, evidence="strong"))
    index = Index("\n".join(compiled_lines([of(*rows)])).encode())
    assert [(c.intended, c.evidence) for c in propose(tokenize(text), [index])] == [("talk", "none"), ("think", "strong")]


def test_a_capital_asks_for_exactly_that_case() -> None:
    assert list(compiled_lines([of(Row("Occasions", "Times", 1, 0.5))])) == ["occasions\tTimes\t0.5\tfamily/name\tOccasions\t\t\t"]


def test_of_equal_pairs_the_likelier_is_kept_whatever_the_order() -> None:
    rare, often = of(Row("a b", "c", 1, 0.1), name="x/rare"), of(Row("a b", "c", 1, 0.7), name="x/often")
    assert list(compiled_lines([rare, often])) == list(compiled_lines([often, rare])) == ["a b\tc\t0.7\tx/often\t\t\t\t"]


def test_what_each_family_says_of_a_pair_goes_with_the_candidate() -> None:
    """Also where two rows of one length give the same reading after words that both sides share are taken off."""
    rows = [of(Row("grog tank", "think tank", 1, 0.4), name="x/a"), of(Row("grog tank", "think tank", 1, 0.1), name="y/b")]
    lines = list(compiled_lines([*rows, of(Row("grog", "think", 1, 0.2), name="z/c")]))
    assert lines[1] == "grog tank\tthink tank\t0.4\tx/a\t\t\t\tx=0.4;y=0.1"
    (found,) = propose(tokenize("a grog tank"), [Index("\n".join(lines).encode())])
    assert math.exp(found.log_p) == pytest.approx(0.4)
    assert {name: math.exp(found.log_p + nats) for name, nats in found.families} == pytest.approx({"x": 0.4, "y": 0.1, "z": 0.2})


WORDS = st.text("abé", min_size=1, max_size=3)
TOKENS = st.one_of(WORDS, st.tuples(WORDS, WORDS).map("-".join), st.sampled_from(["24", "a.b.", "ab's", "a-b", "A", "Ab", "zoo"]))
OBSERVED = st.lists(TOKENS, min_size=1, max_size=3).map(" ".join)
ROWS = st.tuples(
    OBSERVED, WORDS, st.just(1), st.sampled_from([0.01, 0.25, 1.0]), st.sampled_from("nvax"),
    st.lists(WORDS, max_size=2).map(tuple), st.lists(WORDS, max_size=1).map(tuple),
).map(lambda fields: Row(*fields))  # fmt: skip
LISTS = st.lists(ROWS, max_size=25).map(lambda rows: of(*rows))


def oracle(lines: Iterable[str]) -> dict[str, list[Entry]]:
    """Every line read, in a plain dictionary by first word."""
    found: dict[str, list[Entry]] = {}
    for line in lines:
        key, intended, p, source, observed, guards, evidence, families = line.split("\t")
        shares = tuple((part.split("=")[0], float(part.split("=")[1])) for part in families.split(";") if part)
        first, *rest = key.split(" ")
        named = {guard.split("=")[0]: tuple(guard.split("=")[1].split(",")) for guard in guards.split(";") if guard}
        entry = Entry(tuple(rest), observed, intended, float(p), source, named.get("near", ()), named.get("absent", ()), evidence, shares)
        found.setdefault(first, []).append(entry)
    return found


@settings(max_examples=200, deadline=None)
@given(LISTS, st.lists(TOKENS, max_size=5))
def test_the_search_finds_what_a_dictionary_finds(word_list: WordList, others: list[str]) -> None:
    lines = list(compiled_lines([word_list]))
    assert len(lines) == len(set(lines))
    expected = oracle(lines)
    index = Index("\n".join(lines).encode())
    for first in [*expected, *others, "", "a", "zz", "é", "\udcff"]:
        assert list(index.entries(first)) == expected.get(first, [])


@settings(max_examples=100, deadline=None)
@given(LISTS)
def test_every_row_can_be_found(word_list: WordList) -> None:
    index = Index("\n".join(compiled_lines([word_list])).encode())
    for row in word_list.rows:
        if row.observed != row.intended and "^" not in row.observed:
            first, *rest = list_key(row.observed).split(" ")
            found = [e for e in index.entries(first) if e.rest == tuple(rest) and e.intended == row.intended]
            assert any(e.near == row.near and e.absent == row.absent for e in found)


def proposed(text: str, *rows: Row) -> list[tuple[str, str]]:
    """(observed text, intended) of what ``rows`` propose for ``text``, before anything is weighed."""
    document = tokenize(text)
    spans = ((document.span(c.first, c.last), c) for c in from_lists(document, [Index("\n".join(compiled_lines([of(*rows)])).encode())]))
    return [(text[s.start : s.end], c.intended) for s, c in spans]


TANK = Row("suppose tank", "think tank", 1)
ASSAULT = Row("assault", "attack", 1, 0.4, "v", ("rebels", "army"), ("charged",))


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("the Suppose  Tank here", Row("suppose tank", "advice centre", 1), [("Suppose  Tank", "advice centre")]),
        ("a suppose tank here", TANK, [("suppose", "think")]),  # what both sides share is left alone
        ("a suppose\n\ntank here", TANK, []),  # another paragraph
        ("a suppose, tank here", TANK, []),
        ("a suppose", TANK, []),
        ("The army assaulted it", ASSAULT, [("assaulted", "attacked")]),
        ("He assaulted it", ASSAULT, []),  # near= asks for a neighbour
        ("The army was charged: it assaulted them", ASSAULT, []),  # absent= forbids one
        ("The army came by at six, seven or eight and assaulted it", ASSAULT, []),  # seven tokens away and more
        ("On Occasions like this", Row("Occasions", "Times", 1), [("Occasions", "Times")]),
        ("on occasions like this", Row("Occasions", "Times", 1), []),
        ("it was in an announcement", Row("announcement", "statement", 1), [("an announcement", "a statement")]),
        ("it was in a announcement", Row("announcement", "statement", 1), [("announcement", "statement")]),
        ("the AIDS test", Row("aids", "helps", 1), []),  # capitals among small letters are a name
        ("THE REBELS OFFER AIDS", Row("aids", "helps", 1), [("AIDS", "helps")]),
        ("run suppose_tank now", Row("suppose_tank", "think tank", 1), []),  # protected
        ("see suppose www.x.example", Row("suppose www.x.example", "think tank", 1), []),  # protected inside
    ],
)
def test_what_a_row_proposes(text: str, row: Row, expected: list[tuple[str, str]]) -> None:
    assert proposed(text, row) == expected


def test_the_shipped_index_agrees_with_its_file() -> None:
    lines = (DATA / "substitutions.tsv").read_text(encoding="utf-8").split("\n")
    expected = oracle(lines)
    for first in [*sorted(expected)[:: len(expected) // 300], *list(expected)[:3], *list(expected)[-3:]]:
        assert list(shipped_index().entries(first)) == expected[first]
    assert shipped_index().entries("zzyzxq") == ()


def test_a_mapped_file_is_read_only(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\tb\t0.5\tx/x\t\t\tstrong\t")
    buffer = mapped(tmp_path / "x")
    assert [e.intended for e in Index(buffer).entries("a")] == ["b"]
    with pytest.raises(TypeError):
        buffer[0] = 1


def test_the_compiled_lists_are_what_the_sources_give() -> None:
    command = [sys.executable, str(ROOT / "tools/compile_wordlists.py"), "--check"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stderr}\nsubstitutions.tsv is out of date: run tools/compile_wordlists.py"


def idle_guards(found: WordList, folder: Path) -> list[str]:
    """The guards of ``found`` without which every example comes out as before."""
    examples = (*found.restores, *((kept, kept) for kept in found.keeps))
    idle = []
    for row in found.rows:
        for guard, words, bare in (("near", row.near, row._replace(near=())), ("absent", row.absent, row._replace(absent=()))):
            if not words:
                continue
            observed = {line.split("\t")[0] for line in compiled_lines([of(bare)])}
            policy = spinfix.Policy(lists=(str(own_list(folder / f"{row.line}-{guard}.tsv", bare)),))
            shown = (e for e in examples if any(f" {key} " in f" {list_key(e[0])} " for key in observed))
            if all(spinfix.restore(spun, policy) == restored for spun, restored in shown):
                idle.append(f"{found.name}:{row.line}: no example fails without {guard}={','.join(words)}; add one, or remove the guard")
    return idle


def own_list(file: Path, row: Row) -> Path:
    """``row`` as a list that can be given to ``Policy``."""
    header = "# title: t\n# source: s\n# license: MIT\n# status: preview\n# + a => b\n# - c\n"
    guards = "".join(f"\t{name}={','.join(getattr(row, name))}" for name in ("near", "absent") if getattr(row, name))
    file.write_text(f"{header}{row.observed}\t{row.intended}\tpos={row.pos}\tp={row.p}{guards}\n", encoding="utf-8", newline="")
    return file


def test_a_guard_that_no_example_needs_is_named(tmp_path: Path) -> None:
    needed = Row("grog tank", "think tank", 7, 0.9, near=("washington", "policy"))
    idle = Row("grog tank", "think tank", 8, 0.9, near=("washington",), absent=("rum",))
    examples = (("He works at a grog tank in Washington.", "He works at a think tank in Washington."),)
    found = WordList("x/y", "t", "s", "MIT", "stable", examples, ("He works at a grog tank.",), (needed, idle))
    assert idle_guards(found, tmp_path) == ["x/y:8: no example fails without absent=rum; add one, or remove the guard"]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_shipped_lists_keep_to_the_format_and_their_examples(file: Path, tmp_path: Path) -> None:
    faults: list[str] = []
    found = parse_list(file, faults)  # header, letters, order, duplicates, text that can be written
    assert not faults
    assert found is not None
    assert found.rows
    unfilled = [value for value in (found.title, found.source, found.license, *found.keeps, *sum(found.restores, ())) if "TODO" in value]
    assert not unfilled, f"{file}: fill in the header"
    assert len(set(found.restores)) >= 4, f"{file}: give four examples '# + SPUN => RESTORED' and more"
    assert len(set(found.keeps)) >= 4, f"{file}: give four examples '# - LEFT ALONE' and more"
    for spun, restored in found.restores:
        report = spinfix.detect(spun)
        assert report.patch.apply(spun) == restored
        assert spinfix.revert(restored, report.patch) == spun
        assert spinfix.restore(restored) == restored
    for sentence in found.keeps:
        assert spinfix.restore(sentence) == sentence
    assert not idle_guards(found, tmp_path)


@pytest.mark.parametrize(
    ("observed", "evidence"),
    [
        ("suppose tank", "strong"), ("withinside", "strong"), ("via way of means of", "strong"), ("imaginative and prescient", "strong"),
        ("struggle crime", "strong"), ("firm", "none"), ("additionally", "none"), ("essential", "none"), ("in addition to", "none"),
    ],
)  # fmt: skip
def test_shipped_rows_say_whether_their_observed_form_is_a_sign_of_a_spinner(observed: str, evidence: str) -> None:
    first, *rest = list_key(observed).split(" ")
    found = {entry.evidence for entry in shipped_index().entries(first) if entry.rest == tuple(rest)}
    assert found == {evidence}


def test_what_is_strong_evidence_is_not_found_in_the_sentences_to_leave_alone() -> None:
    for file in SHIPPED:
        for sentence in read_list(file).keeps:
            strong = [c.observed for c in propose(tokenize(sentence), [shipped_index()]) if c.evidence == "strong"]
            assert not strong, f"{file}: {strong} in {sentence!r}; is it ordinary English after all?"


def test_the_package_ships_the_substitutions_it_promises() -> None:
    rows = {(row.observed, row.intended) for file in SHIPPED for row in read_list(file).rows}
    assert len(rows) >= 60_000
