"""The shipped rules, one family a file.  Adding a file here and a line below is all it takes."""

from . import acronyms, agreement, leftovers, names, numbers, parts_of_speech, punctuation, verbs, witnesses
from .engine import Guard, Rule, Trigger, declared, guard, list_rule, rule, run, trigger

__all__ = [
    "Guard", "Rule", "Trigger", "acronyms", "agreement", "declared", "guard", "leftovers", "list_rule", "names",
    "numbers", "parts_of_speech", "punctuation", "rule", "run", "trigger", "verbs", "witnesses",
]  # fmt: skip
