"""The shipped rules, one family a file.  Adding a file here and a line below is all it takes."""

from . import acronyms, agreement, leftovers, names, numbers, parts_of_speech, punctuation, verbs, witnesses
from .engine import Guard, Rule, Trigger, declared, guard, list_rule, rule, run, trigger
from .own import parse_rules, read_rules

__all__ = [
    "Guard", "Rule", "Trigger", "acronyms", "agreement", "declared", "guard", "leftovers", "list_rule", "names",
    "numbers", "parse_rules", "parts_of_speech", "punctuation", "read_rules", "rule", "run", "trigger", "verbs", "witnesses",
]  # fmt: skip
