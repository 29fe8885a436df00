"""What rules there are, the page of each rule and list, and whether a user's own rules keep to the format and to their examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from .api import Policy, detect
from .catalogue import list_catalogue
from .errors import PolicyError
from .rules import Rule, declared
from .rules.engine import own_part
from .rules.own import parse_rules, read_rules
from .rules.patterns import SEARCH_SECONDS
from .text import tokenize
from .unlisted import PAGES
from .wordlists import read_list

# Examples are tried where every other document is spun: a single sentence seldom proves that it was.
EXAMPLE_PRIOR: Final = 0.5


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule as ``spinfix rules`` shows it."""

    name: str  # family/name
    summary: str
    restores: int  # examples that it restores
    keeps: int  # examples that it leaves alone
    path: str  # the file of a user's own rule, "" for a shipped one


def rule_catalogue(own: Iterable[str] = ()) -> tuple[RuleFacts, ...]:
    """The rules of the package by name, then those in the files ``own``.  ``RuleError`` names the first fault of a file.

    >>> [facts.name for facts in rule_catalogue() if facts.name.startswith("numbers/spelled-d")]
    ['numbers/spelled-decade']
    """
    return tuple(RuleFacts(r.name, r.summary, len(r.restores), len(r.keeps), path) for r, path in _rules(own))


def _rules(own: Iterable[str]) -> Iterator[tuple[Rule, str]]:
    yield from ((rule, "") for rule in declared())
    for path in own:
        yield from ((rule, path) for rule in read_rules(Path(path)))


def page(name: str, *, rules: Iterable[str] = (), lists: Iterable[str] = ()) -> str:
    """The page of the rule or list ``name`` as plain text: what it is for, what it restores, what it leaves alone.

    ``rules`` and ``lists`` are the paths of a user's own.  ``PolicyError`` names the nearest known name for an unknown one.
    """
    known = {}
    for rule, path in _rules(rules):
        known[rule.name] = path
        if rule.name == name:
            return "\n".join(_rule_page(rule, path)) + "\n"
    for facts in list_catalogue(lists):
        known[facts.name] = facts.path
        if facts.name == name:
            found = read_list(Path(facts.path))
            about = [f"{found.title}.", "", f"source: {found.source}", f"licence: {found.license}", f"status: {found.status}"]
            return "\n".join([name, "", *about, *_examples(found.restores, found.keeps)]) + "\n"
    if name in PAGES:
        summary, restores, keeps = PAGES[name]
        return "\n".join([name, "", summary, *_examples(restores.items(), keeps)]) + "\n"
    names = sorted({*known, *PAGES})
    if members := [each for each in names if each.split("/")[0] == name]:
        raise PolicyError(f"{name!r} is a family; ask for one of it: {', '.join(members)}")
    near = get_close_matches(name, sorted({*names, *(each.split("/")[0] for each in known)}), 1, 0.6)
    advice = f"did you mean {near[0]!r}?" if near else "`spinfix rules` lists them"
    raise PolicyError(f"no rule or list is called {name!r}; {advice}")


def _rule_page(rule: Rule, path: str) -> Iterator[str]:
    yield from (rule.name, "", rule.description)
    if path:
        yield from ("", f"file: {path}")
    for guard in rule.guards:
        yield from ([""] if guard is rule.guards[0] else [])
        yield f"guard {guard.name}: {guard.summary}"
    needs_company = any(own_part(spun) != spun for spun in rule.restores)
    if needs_company:
        yield from ("", "Honest writers leave this trace, too: the examples stand in a text that was spun.")
    yield from _examples(((own_part(spun), own_part(restored)) for spun, restored in rule.restores.items()), rule.keeps)


def _examples(restores: Iterable[tuple[str, str]], keeps: Iterable[str]) -> Iterator[str]:
    yield from ("", "restores:")
    for spun, restored in restores:
        yield from (f"  - {spun}", f"  + {restored}")
    yield from ("", "leaves alone:", *(f"    {kept}" for kept in keeps))


def check_rules(path: str) -> tuple[str, ...]:
    """Every fault of the rule file ``path``, each a sentence that begins with ``path:line:``; none where it is as it should be.

    The format and the patterns are checked first.  In a file that keeps to it, every example of ``restores`` must be restored as it
    says, where every other document is spun (one sentence seldom proves it), and must then be quiet; every sentence of ``keeps`` must
    stay as it is.  The lists and rules of the package are at work beside these.
    """
    file = Path(path)
    faults: list[str] = []
    rules = parse_rules(file, faults)
    if not faults:
        lines = file.read_text(encoding="utf-8").split("\n")
        for rule in rules:
            faults += _broken_promises(file, lines, rule)
    return tuple(sorted(faults, key=lambda fault: int((re.match(r".*?:(\d+):", fault) or ["", "0"])[1])))


def _broken_promises(file: Path, lines: list[str], rule: Rule) -> Iterator[str]:
    policy = Policy(rules=(str(file),))
    guessing = replace(policy, spun_prior=EXAMPLE_PRIOR)
    for example, restored in [*rule.restores.items(), *((kept, None) for kept in rule.keeps)]:
        where = f"{file}:{_line(lines, example)}: rule {rule.name}: "
        try:
            proposed = any(True for _ in rule.propose(tokenize(example)))
        except TimeoutError:
            yield f"{where}the pattern takes longer than {SEARCH_SECONDS:g} s on this example; make it say the same in one way only"
            return
        found = _restored(example, guessing)
        if restored is None:
            if proposed and found != example:
                yield f"{where}expected this to be left alone, but it becomes {found!r}; narrow the pattern, or add a guard"
        elif not proposed:
            yield f"{where}the pattern does not match whole words of this example, or a guard forbids it; mend one of them"
        elif found != restored:
            yield f"{where}expected the example to come back as {restored!r}, but it gives {found!r}; mend one of them, or raise p"
        elif (again := _restored(restored, policy)) != restored:
            yield f"{where}the restored example is changed once more, to {again!r}; a guard is missing"


def _line(lines: list[str], example: str) -> int:
    """The line of an example, as far as it is written on one."""
    beginning = example[:40]
    escaped = beginning.replace("\\", "\\\\").replace('"', '\\"')
    return next((k for k, line in enumerate(lines, 1) if beginning in line or escaped in line), 1)


def _restored(text: str, policy: Policy) -> str:
    return detect(text, policy).patch.apply(text)
