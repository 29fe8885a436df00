"""Guards bear load: a guard that no example needs is one too many, and every rule has an example that fails without one."""

from __future__ import annotations

import pytest

import spinfix
from spinfix.records import Candidate
from spinfix.rules import Guard, Rule, declared
from spinfix.rules.engine import in_a_spun_text
from spinfix.text import tokenize
from spinfix.wordlists import shipped_index

RULES = declared()
GUARDS = [pytest.param(rule, guard, id=f"{rule.name}-{guard.name}") for rule in RULES for guard in rule.guards]
KEEPS = [pytest.param(rule, sentence, id=f"{rule.name}-{k}") for rule in RULES for k, sentence in enumerate(rule.keeps)]


def proposed(rule: Rule, text: str) -> list[Candidate]:
    return list(rule.propose(tokenize(text), [shipped_index()]))


@pytest.mark.parametrize(("rule", "sentence"), KEEPS)
def test_what_a_rule_leaves_alone_stays_in_a_spun_text_too(rule: Rule, sentence: str) -> None:
    (spun,) = in_a_spun_text({sentence: sentence})
    assert not [
        finding
        for finding in spinfix.detect(spun).findings
        if finding.verdict == "restore" and finding.source == rule.name and finding.span.start >= len(spun) - len(sentence)
    ]


@pytest.mark.parametrize(("rule", "guard"), GUARDS)
def test_an_example_needs_the_guard(rule: Rule, guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [proposed(rule, sentence) for sentence in rule.keeps]
    monkeypatch.setattr(guard, "check", lambda *arguments: True)
    assert [proposed(rule, sentence) for sentence in rule.keeps] != before, "no sentence of keeps needs this guard: add one, or drop it"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_an_example_fails_without_a_guard(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = list(in_a_spun_text({sentence: sentence for sentence in rule.keeps}))

    def findings() -> list[set[tuple[int, int, str]]]:
        """What this rule has to say of each sentence, suggestions among it."""
        found = [spinfix.detect(text).findings for text in texts]
        return [{(f.span.start, f.span.end, f.intended) for f in each if f.source == rule.name} for each in found]

    before = findings()
    broken = False
    for guard in rule.guards:
        with monkeypatch.context() as patch:
            patch.setattr(guard, "check", lambda *arguments: True)
            broken = broken or any(now - then for now, then in zip(findings(), before, strict=True))
    assert broken, "no sentence of keeps gets a finding where a guard is taken away"


def test_every_guard_says_what_it_asks_for() -> None:
    assert all(guard.summary.endswith(".") for rule in RULES for guard in rule.guards)
    assert all(rule.guards for rule in RULES)
