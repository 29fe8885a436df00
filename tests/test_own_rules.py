"""Users' own rules: TOML files, their faults with their places, and patterns that take too long."""

from __future__ import annotations

from pathlib import Path

import pytest

import spinfix
from spinfix import Policy
from spinfix.errors import RuleError
from spinfix.rules import own, patterns
from spinfix.rules.own import parse_rules
from spinfix.text import tokenize

GOOD = r"""
[[rule]]
name = "school/kiddie-academy"
summary = "A spinner's word for a kindergarten."
pattern = '\bkiddie academ(?:y|(?P<many>ies))\b'
becomes = 'kindergarten'
absent = ["military"]
p = 0.9
restores = [{ spun = "Her son goes to a kiddie academy.", restored = "Her son goes to a kindergarten." }]
keeps = ["The academy of arts is closed on Mondays.", "The military kiddie academy is closed."]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(folder: Path, text: str) -> list[str]:
    faults: list[str] = []
    parse_rules(written(folder, text), faults)
    return [fault.removeprefix(str(folder / "own.toml")) for fault in faults]


def readings(folder: Path, text: str, sentence: str) -> list[str]:
    """What the rules of a file propose for a sentence."""
    document = tokenize(sentence)
    return [c.intended for rule in own.read_rules(written(folder, text)) for c in rule.propose(document)]


def test_a_rule_of_ones_own_proposes(tmp_path: Path) -> None:
    assert readings(tmp_path, GOOD, "Her son goes to a Kiddie Academy.") == ["kindergarten"]


def test_a_rule_of_ones_own_restores(tmp_path: Path) -> None:
    policy = Policy(rules=(str(written(tmp_path, GOOD)),))
    text = "The suppose tank within the Center East mentioned that officers had closed two kiddie academies, officers mentioned."
    assert "kiddie" in spinfix.restore(text)
    restored = spinfix.restore(text, policy)
    assert "two kindergarten," in restored
    finding = next(f for f in spinfix.detect(text, policy).findings if f.observed == "kiddie academies")
    assert finding.source == "school/kiddie-academy"


def test_guards_of_near_and_absent_words(tmp_path: Path) -> None:
    assert not readings(tmp_path, GOOD, "The Military kiddie academy is closed.")
    near = GOOD.replace('absent = ["military"]', 'near = ["Son"]')
    assert readings(tmp_path, near, "Her son goes to a kiddie academy.")
    assert not readings(tmp_path, near, "Her dog goes to a kiddie academy.")


def test_letter_case_counts_where_it_is_asked_for(tmp_path: Path) -> None:
    exact = GOOD.replace("p = 0.9", 'case = "exact"')
    assert readings(tmp_path, exact, "a kiddie academy") and not readings(tmp_path, exact, "a Kiddie Academy")


def test_groups_are_filled_in(tmp_path: Path) -> None:
    text = GOOD.replace("becomes = 'kindergarten'", r"becomes = 'kindergarten \g<many>'")
    assert readings(tmp_path, text, "two kiddie academies") == ["kindergarten ies"]
    assert readings(tmp_path, text, "one kiddie academy") == ["kindergarten"]
    swapped = GOOD.replace(r"'\bkiddie academ(?:y|(?P<many>ies))\b'", r"'\b(\w+) of of (\w+)\b'")
    swapped = swapped.replace("'kindergarten'", r"'\2 of \1 \\'")
    assert readings(tmp_path, swapped, "a house of of cards") == ["cards of house \\"]


def test_a_place_inside_a_word_or_over_two_paragraphs_is_left_alone(tmp_path: Path) -> None:
    assert not readings(tmp_path, GOOD.replace(r"academ(?:y|(?P<many>ies))\b", "academ(?P<many>)"), "a kiddie academy")
    assert not readings(tmp_path, GOOD.replace("kiddie academ(", r"kiddie\s+academ("), "a kiddie\n\nacademy")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("[[rule]]", "[[rule", ":2:7: no TOML: Expected ']]'"),
        ("[[rule]]", "[[rules]]", ":2: unknown key 'rules'; a rule file holds [[rule]] tables"),
        ("[[rule]]", "a = 1\n[[rule]]", ":2: unknown key 'a'"),
        ('name = "school', 'name = "School', ":3: expected a name like school/kiddie-academy"),
        ('"school/kiddie-academy"', '"numbers/quarter-hour"', ":3: there is a rule 'numbers/quarter-hour' already"),
        ('name = "school/kiddie-academy"\n', "", ":2: 'name' is missing"),
        ("summary", "sumary", ":4: rule school/kiddie-academy: unknown key 'sumary'; did you mean 'summary'?"),
        ("becomes = 'kindergarten'", "becomes = ''", ":6: rule school/kiddie-academy: expected a text in becomes"),
        ("becomes = 'kindergarten'", r"becomes = '\1 \2'", r":6: rule school/kiddie-academy: \2: the pattern has 1 groups"),
        ("becomes = 'kindergarten'", r"becomes = '\g<few>'", r":6: rule school/kiddie-academy: \g<few>: the pattern has no group"),
        ("becomes = 'kindergarten'", r"becomes = '\n'", ":6: rule school/kiddie-academy: expected a group"),
        ("(?:y|(?P<many>ies))", "(?:y|ies", ":5: rule school/kiddie-academy: a bad pattern, at character 26: missing )"),
        (r"\bkiddie academ(?:y|(?P<many>ies))\b", "x*", ":5: rule school/kiddie-academy: the pattern matches the empty text"),
        ("p = 0.9", "p = 2", ":8: rule school/kiddie-academy: p is a probability"),
        ("p = 0.9", "p = true", ":8: rule school/kiddie-academy: p is a probability"),
        ("p = 0.9", 'case = "lower"', ":8: rule school/kiddie-academy: expected case"),
        ('["military"]', '["two words"]', ":7: rule school/kiddie-academy: expected a list of single words in absent"),
        ('["military"]', '"military"', ":7: rule school/kiddie-academy: expected a list of single words in absent"),
        ("keeps = [", "keeps = []\n#", ":10: rule school/kiddie-academy: expected at least one sentence"),
        ("spun = ", "spin = ", ":9: rule school/kiddie-academy: expected at least one example"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in GOOD
    found = faults_of(tmp_path, GOOD.replace(before, after, 1))
    assert any(f.startswith(fault) for f in found), found


def test_faults_of_the_second_rule_are_placed_there(tmp_path: Path) -> None:
    text = GOOD + GOOD.replace("p = 0.9", "p = 9")
    assert faults_of(tmp_path, text) == [
        ":13: there is a rule 'school/kiddie-academy' already; take another name",
        ":18: rule school/kiddie-academy: p is a probability above 0 and at most 1, found 9",
    ]


def test_an_empty_file_and_a_missing_one(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "") == [":1: expected rules here, each under a line [[rule]], found none"]
    faults: list[str] = []
    assert parse_rules(tmp_path / "none.toml", faults) == ()
    assert "cannot be read" in faults[0]


def test_the_first_fault_is_raised(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("p = 0.9", "p = 9"))
    with pytest.raises(RuleError, match=r"own\.toml:8: .* p is a probability"):
        spinfix.restore("A text.", Policy(rules=(str(file),)))


def test_a_pattern_that_backtracks_without_end_is_stopped_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SEARCH_SECONDS", 0.02)
    endless = GOOD.replace(r"'\bkiddie academ(?:y|(?P<many>ies))\b'", "'(?:a|aa)+$'")
    policy = Policy(rules=(str(written(tmp_path, endless)),))
    text = "The suppose tank within the Center East mentioned that officers lied, officers mentioned. " + "a" * 80 + "!"
    report = spinfix.detect(text, policy)
    assert len(report.notes) == 1 and report.notes[0].startswith("rule school/kiddie-academy: its pattern took too long")
    assert "think tank" in report.patch.apply(text), "the rest goes on"


def test_rules_of_ones_own_can_be_ignored(tmp_path: Path) -> None:
    file = str(written(tmp_path, GOOD))
    ignored = Policy(rules=(file,), ignore=("school",))
    assert not [f for f in spinfix.explain("kiddie academy", ignored).findings if f.observed == "kiddie academy"]
    assert spinfix.explain("kiddie academy", Policy(rules=(file,), select=("school/kiddie-academy",))).findings
