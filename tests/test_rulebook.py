"""What is said about rules, and the check of a user's own."""

from __future__ import annotations

from pathlib import Path

import document_rules
import pytest

from spinfix.api import source_names
from spinfix.errors import PolicyError, RuleError
from spinfix.rulebook import check_rules, page, rule_catalogue
from spinfix.rules import declared, patterns
from spinfix.rules.engine import own_part

ROOT = Path(__file__).parent.parent
GOOD = r"""
[[rule]]
name = "school/kiddie-academy"
summary = "A spinner's word for a kindergarten."
pattern = '\bkiddie academy\b'
becomes = "kindergarten"
p = 0.9
restores = [
    { spun = "Her son goes to a kiddie academy in the city.", restored = "Her son goes to a kindergarten in the city." },
]
keeps = ["The academy of arts is closed on Mondays."]
"""


def checked(folder: Path, text: str) -> list[str]:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return [fault.removeprefix(str(file)) for fault in check_rules(str(file))]


def test_every_rule_is_in_the_catalogue() -> None:
    assert [facts.name for facts in rule_catalogue()] == [rule.name for rule in declared()]
    assert all(facts.restores >= 3 and facts.keeps >= 3 and not facts.path for facts in rule_catalogue())


def test_rules_of_ones_own_are_in_the_catalogue(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(GOOD, encoding="utf-8")
    facts = rule_catalogue([str(file)])[-1]
    assert (facts.name, facts.restores, facts.keeps, facts.path) == ("school/kiddie-academy", 1, 1, str(file))
    assert "Her son goes to a kindergarten" in page(facts.name, rules=[str(file)])
    file.write_text(GOOD.replace("p = 0.9", "p = 9"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"own\.toml:7:"):
        rule_catalogue([str(file)])


@pytest.mark.parametrize("name", source_names())
def test_every_source_of_a_finding_has_a_page(name: str) -> None:
    text = page(name)
    assert text.startswith(f"{name}\n") and "restores:\n  - " in text and "leaves alone:\n    " in text


def test_the_page_of_a_rule_says_all_of_it() -> None:
    for rule in declared():
        text = page(rule.name)
        examples = map(own_part, [*rule.restores, *rule.restores.values(), *rule.keeps])
        said = [rule.summary, *examples, *(guard.summary for guard in rule.guards)]
        assert all(part in text for part in said)


def test_the_document_of_the_rules_is_made_from_them() -> None:
    said = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    assert said == "".join(f"{line}\n" for line in document_rules.lines()), "run tools/document_rules.py"
    headings = {line.removeprefix("### ") for line in said.splitlines() if line.startswith("### ")}
    assert headings == {rule.name for rule in declared()}


def test_an_unknown_page_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(PolicyError, match="no rule or list is called 'numbers/quarter'; did you mean 'numbers/quarter-hour'"):
        page("numbers/quarter")
    with pytest.raises(PolicyError, match="'punctuation' is a family; ask for one of it: punctuation/"):
        page("punctuation")


def test_a_file_that_keeps_its_promises_has_no_fault(tmp_path: Path) -> None:
    assert not checked(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("to a kindergarten", "to a school", ":9: rule school/kiddie-academy: expected the example to come back as"),
        ("becomes = \"kindergarten\"", "becomes = \"of of of\"", ":9: rule school/kiddie-academy: expected the example to come back"),
        ("kiddie academy\\b", "kiddie acade", ":9: rule school/kiddie-academy: the pattern does not match whole words"),
        ("The academy of arts is", "He was at a kiddie academy that is", ":11: rule school/kiddie-academy: expected this to be left"),
        ("\\bkiddie academy", "kiddie (academy", ":5: rule school/kiddie-academy: a bad pattern, at character"),
    ],
)
def test_a_broken_promise_is_told_with_its_place(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in GOOD
    found = checked(tmp_path, GOOD.replace(before, after, 1))
    assert any(f.startswith(fault) for f in found), found


def test_a_file_that_was_mended_is_checked_as_it_is_now(tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD.replace('becomes = "kindergarten"', 'becomes = "nursery"'))
    assert checked(tmp_path, GOOD) == []


def test_an_example_that_holds_the_pattern_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SEARCH_SECONDS", 0.02)
    slow = GOOD.replace("'\\bkiddie academy\\b'", "'(?:a|aa)+$'").replace("spun = \"Her", f'spun = "{"a" * 60}! Her')
    assert any("takes longer than" in fault and fault.startswith(":9:") for fault in checked(tmp_path, slow))
