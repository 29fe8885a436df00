"""Every rule keeps the promises that it declares, and a rule that promises nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spinfix
from spinfix.errors import RuleError
from spinfix.known_names import Names
from spinfix.records import Candidate
from spinfix.rules import Rule, declared, names, numbers, patterns, rule
from spinfix.rules.engine import in_a_spun_text, own_part
from spinfix.rules.leftovers import spintax
from spinfix.rules.names import _own_names, _runs
from spinfix.rules.readings import Readings
from spinfix.text import Document, tokenize
from spinfix.wordlists import shipped_index

RULES = declared()
INDEXES = [shipped_index()]
RESTORES = [pytest.param(r, spun, restored, id=f"{r.name}-{k}") for r in RULES for k, (spun, restored) in enumerate(r.restores.items())]
KEEPS = [pytest.param(r, sentence, id=f"{r.name}-{k}") for r in RULES for k, sentence in enumerate(r.keeps)]


def test_the_shipped_rules_are_declared() -> None:
    names = [r.name for r in RULES]
    assert {"agreement/article-agreement", "numbers/half-spelled-number", "numbers/spelled-decade"} <= set(names)
    assert names == sorted(names)


@pytest.mark.parametrize(("declared_rule", "spun", "restored"), RESTORES)
def test_what_a_rule_restores(declared_rule: Rule, spun: str, restored: str) -> None:
    assert spinfix.restore(spun) == restored


@pytest.mark.parametrize(("declared_rule", "spun", "restored"), RESTORES)
def test_the_restored_sentence_is_quiet(declared_rule: Rule, spun: str, restored: str) -> None:
    assert spinfix.restore(restored) == restored


@pytest.mark.parametrize(("declared_rule", "sentence"), KEEPS)
def test_what_a_rule_leaves_alone(declared_rule: Rule, sentence: str) -> None:
    assert spinfix.restore(sentence) == sentence


@pytest.mark.parametrize(("declared_rule", "spun", "restored"), RESTORES)
def test_a_rule_itself_sees_what_it_restores(declared_rule: Rule, spun: str, restored: str) -> None:
    document = tokenize(spun)
    proposed = list(declared_rule.propose(document, [shipped_index()]))
    assert proposed, "no candidate: the lists do this rule's work"
    for candidate in proposed:
        assert 0 <= candidate.first < candidate.last <= len(document)
        assert candidate.source == declared_rule.name
        assert candidate.family == declared_rule.family
        assert " ".join(candidate.words) == " ".join(tokenize(candidate.intended).surfaces)
    assert any(candidate.intended.lower() in restored.lower() for candidate in proposed)


@pytest.mark.parametrize("declared_rule", RULES, ids=lambda r: r.name)
@pytest.mark.parametrize(
    "text",
    [
        "", " \n", "an", "two,", "two,3", "Nineteen", "a\n\napple", "an U.S.",
        "{a|b}", "can also\n\nadditionally", "İwithinside", "twenty-four,\n000", "1", "a😀",
    ],
)  # fmt: skip
def test_a_rule_bears_any_text(declared_rule: Rule, text: str) -> None:
    document = tokenize(text)
    for candidate in declared_rule.propose(document, [shipped_index()]):
        assert 0 <= candidate.first < candidate.last <= len(document)


@pytest.mark.parametrize("declared_rule", RULES, ids=lambda r: r.name)
def test_a_rule_never_joins_two_paragraphs(declared_rule: Rule) -> None:
    for spun in declared_rule.restores:
        document = tokenize(spun.replace(" ", "\n\n"))
        stretches = list(document.stretches())
        for candidate in declared_rule.propose(document, [shipped_index()]):
            assert any(a <= candidate.first and candidate.last <= b for a, b in stretches)


@pytest.mark.parametrize("declared_rule", RULES, ids=lambda r: r.name)
def test_a_rule_has_three_examples_of_each_kind(declared_rule: Rule) -> None:
    assert len(declared_rule.restores) >= 3
    assert len(declared_rule.keeps) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "Hello {name}, your order is on its way to {address}.",
        "usage: git stash {push|pop} to the list",
        "Use `{a|b}` as a pattern in the file.",
        "The title is {The {Bayesian} way} in the file.",
        "    run {start|stop} in the shell",
        "f{a|b} is the norm of the function.",
        "{" * 2000 + "a|" * 2000,
        "{a|b",
    ],
)
def test_braces_of_others_are_no_spintax(text: str) -> None:
    assert not list(spintax(tokenize(text), INDEXES))


def test_a_search_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SEARCH_SECONDS", 0.01)
    with pytest.raises(TimeoutError):
        list(patterns.matches(r"(a|aa)+$", "a" * 60 + "!"))


def test_a_rule_is_named_after_its_family_and_its_function() -> None:
    assert all(r.summary.endswith(".") and len(r.summary) > 20 for r in RULES)
    assert {r.name for r in RULES if r.family == "numbers"} >= {"numbers/quarter-hour", "numbers/half-spelled-number"}


def nothing(document: Document) -> Iterator[Candidate]:
    """Propose nothing."""
    return iter(())


def silent(document: Document) -> Iterator[Candidate]:
    return iter(())


def blank(document: Document) -> Iterator[Candidate]:
    """ """
    return iter(())


@pytest.mark.parametrize("generator", [silent, blank])
def test_a_rule_without_a_docstring_is_refused(generator: object) -> None:
    assert callable(generator)
    with pytest.raises(RuleError, match=r"rule tests/\w+: expected a docstring"):
        rule("tests", restores={"a": "b"}, keeps=["c"])(generator)


@pytest.mark.parametrize(("restores", "keeps"), [({}, ["c"]), ({"a": "b"}, []), ({}, [])])
def test_a_rule_without_both_kinds_of_example_is_refused(restores: dict[str, str], keeps: list[str]) -> None:
    with pytest.raises(RuleError, match="rule tests/nothing: expected examples of both kinds"):
        rule("tests", restores=restores, keeps=keeps)(nothing)


def test_a_rule_is_declared_once() -> None:
    with pytest.raises(RuleError, match="rule numbers/quarter-hour: declared twice"):
        rule("numbers", restores={"a": "b"}, keeps=["c"])(numbers.quarter_hour)


def test_a_refused_rule_is_not_declared() -> None:
    with pytest.raises(RuleError):
        rule("tests", restores={}, keeps=[])(nothing)
    assert declared() == RULES


SHREDS = sorted({word for r in RULES for text in (*r.restores, *r.keeps) for word in text.split()})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*SHREDS, "\n\n", ",", "(", ")", "“", "”", "A", "NASA", "é\u0301", "😀"]), max_size=40),
    st.sampled_from([" ", "", "\n"]),
)
def test_rules_bear_shreds_of_their_own_examples(words: list[str], between: str) -> None:
    document = tokenize(between.join(words))
    stretches = list(document.stretches())
    for declared_rule in RULES:
        for candidate in declared_rule.propose(document, [shipped_index()]):
            assert any(a <= candidate.first < candidate.last <= b for a, b in stretches)
            assert document.protected.isdisjoint(range(candidate.first, candidate.last))
            assert candidate.intended and candidate.words


def test_a_name_that_has_a_word_twice_is_counted_once_where_it_stands() -> None:
    """Else a name would be more or less common by whichever of its words was asked for, and what is restored would be a matter of luck."""
    name = ("Long", "Road", "Long", "House")
    document = tokenize("They met at the Long Road Long House. They left the Long Road Long House at noon.")
    own = _own_names(document, [*_runs(document)])
    assert {word: counter[name] for word, counter in own.items() if name in counter} == {"long": 2, "road": 2, "house": 2}


@pytest.mark.parametrize(
    ("text", "at", "counts"), [("2 dogs ran in 1999", 0, True), ("Chapter 5\n\n2 dogs ran", 2, True), ("5 2 dogs ran", 1, False)]
)
def test_what_stands_in_another_stretch_is_no_part_of_a_score(text: str, at: int, counts: bool) -> None:
    assert numbers.counts_things(tokenize(text), at) is counts


@pytest.mark.parametrize("each", [r for r in declared() if r.family != "punctuation"], ids=lambda r: r.name)
def test_what_stands_between_words_is_a_blank_of_any_kind(each: Rule) -> None:
    """A line end, in a text with lines of one width, or two blanks; of marks the number of blanks before them counts."""
    for text in map(own_part, [*each.restores, *each.keeps]):
        proposed = [*each.propose(tokenize(text), [shipped_index()])]
        for blank in ("  ", "\u00a0", "\t"):
            assert [*each.propose(tokenize(text.replace(" ", blank)), [shipped_index()])] == proposed


def test_what_stands_far_off_in_a_line_does_not_make_it_code() -> None:
    """A paragraph of templates is one line: looked at as a whole for each of them, it would take long."""
    near = "The factory makes {hardware|equipment} for hospitals in the north."
    far = f"{near} {'So it is. ' * 110} x = 1 {'So it is. ' * 110}{near}"
    assert [c.intended for c in spintax(tokenize(far), INDEXES)] == ["hardware"] * 2
    assert not [*spintax(tokenize(f"{near} {'So it is. ' * 50} x = 1"), INDEXES)]
    assert not [*spintax(tokenize("{a|b} " * 1000), INDEXES)], "of options no part is taken for a word"


def test_many_names_with_one_word_in_common_are_not_held_against_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    def counting(readings: Readings, first: int, last: int, known: Names) -> Iterator[names._Built]:
        built.append(first)
        return original(readings, first, last, known)

    original = names._built
    monkeypatch.setattr(names, "_built", counting)
    document = tokenize(". ".join(f"The {'ABCDEFGHIJ'[k % 10]}le {'ABCDEFGHIJ'[k // 10]}son University met" for k in range(100)) + ".")
    list(names.broken_name(document, [shipped_index()]))
    assert len(built) < 2 * len(document)


def test_a_decade_spelled_out_in_small_letters_is_no_sign_of_a_spinner() -> None:
    sentence = "She came to New York in the nineteen fifties, with two dresses and the address of a cousin."
    assert spinfix.restore(sentence) == sentence
    assert "1950s" in spinfix.restore(sentence.replace("nineteen fifties", "Nineteen Fifties"))
    (spun,) = in_a_spun_text({sentence: sentence})
    assert "1950s" in spinfix.restore(spun)


def test_companies_and_parties_keep_their_names_in_a_spun_text() -> None:
    honest = "Salomon Bros and Lehman Bros Inc had advised the Populist Party and the Socialist Party."
    (spun,) = in_a_spun_text({honest: honest})
    assert all(name in spinfix.restore(spun) for name in ("Salomon Bros", "Lehman Bros Inc", "Populist Party", "Socialist Party"))


@pytest.mark.parametrize(
    ("spun", "meant"),
    [
        ("paid $three,500 for it", "paid $3,500 for it"),
        ("a three,500-strong crowd", "a 3,500-strong crowd"),
        ("£four,200.50 in all", "£4,200.50 in all"),
        ("twenty-four,000km away", "24,000km away"),
        ("$three is no number, nor four,20 or five,5000", "$three is no number, nor four,20 or five,5000"),
    ],
)
def test_sums_and_measures_are_half_spelled_too(spun: str, meant: str) -> None:
    for markup in ("plain", "markdown"):
        policy = spinfix.Policy(markup=markup)
        assert spinfix.restore(f"The town, officials said, {spun}.", policy) == f"The town, officials said, {meant}."


def test_braces_of_manuals_are_no_spintax_but_in_a_spun_text() -> None:
    manual = (
        "The option takes a {boolean} and is off where none is given. The method returns a {Buffer|string} with what was read, or {null} "
        "at the end of the file. The second argument is the {encoding|callback} that is used for it, and the third is {any} value. "
        "The report is written in {de|fr} and can be read by the {user|group} of the folder."
    )
    assert spinfix.restore(manual) == manual and spinfix.detect(manual).spun < 0.5
    for word in ("argument", "boolean", "command", "pattern"):
        assert not list(spintax(tokenize(f"What the {{{word}}} is and what the {{{word}}} does is said there."), INDEXES))
    sentence = "The factory in the north makes {} for hospitals and {} for the army."
    ((spun, restored),) = in_a_spun_text({sentence.format("{hardware}", "{gear}"): sentence.format("hardware", "gear")}).items()
    assert spinfix.restore(spun) == restored
