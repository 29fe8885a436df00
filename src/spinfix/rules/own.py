"""Users' own rules: a TOML file, no code.

::

    [[rule]]
    name = "school/kiddie-academy"                # family/name
    summary = "A spinner's word for a kindergarten."
    pattern = '\\bkiddie academ(y|ies)\\b'          # as the regex module has it; blanks and case count, but for capitals
    becomes = "kindergarten"                      # \\1, \\g<name>: groups of the pattern
    p = 0.5                                       # P(observed | intended), 0.5 where it is left out
    case = "any"                                  # or "exact"; any where it is left out
    near = ["child", "son"]                       # one of these words must stand within six tokens
    absent = ["military"]                         # none of these may
    restores = [{ spun = "Her son goes to a kiddie academy.", restored = "Her son goes to a kindergarten." }]
    keeps = ["The academy of arts is closed on Mondays."]

Examples of both kinds are compulsory.  Nothing in the file is run: the pattern is searched, with a time limit, and ``becomes`` is a
template of text and groups.  A complaint names file, line and remedy.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from ..errors import RuleError
from ..records import Candidate
from ..text import Document, tokenize
from ..wordlists import Index, list_key
from .engine import GUARD_REACH, Rule, candidate, declared
from .patterns import SEARCH_SECONDS, PatternFault, compiled, matches, tokens_over

KEYS: Final = ("name", "summary", "pattern", "becomes", "p", "case", "near", "absent", "restores", "keeps")
COMPULSORY: Final = ("name", "summary", "pattern", "becomes", "restores", "keeps")
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*")
_REFERENCE: Final = re.compile(r"\\(?:(\d+)|g<(\w+)>|(.?))", re.DOTALL)


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of the file at ``path``; ``RuleError`` names file, line and remedy of the first fault."""
    faults: list[str] = []
    rules = parse_rules(path, faults)
    if faults:
        raise RuleError(faults[0])
    return rules


def parse_rules(path: Path, faults: list[str]) -> tuple[Rule, ...]:
    """The rules of the file at ``path`` that have no fault; a sentence is added to ``faults`` for each that is found."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # with a byte order mark or without
    except (OSError, ValueError) as error:  # ValueError: no UTF-8, or a path with a NUL in it
        faults.append(f"{path}: cannot be read as UTF-8 text ({error})")
        return ()
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also of numbers and dates that are none
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        where = f"{path}:{found[1]}:{found[2]}" if found else f"{path}"
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error).partition(" (at ")[0]
        faults.append(f"{where}: no TOML: {what}")
        return ()
    places = _Places(path, text)
    tables = data.get("rule")
    for key in data:
        if key != "rule":
            faults.append(f"{places.of(-1, key)}: unknown key {key!r}; a rule file holds [[rule]] tables and nothing else")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        faults.append(f"{path}:1: expected rules here, each under a line [[rule]], found none")
        return ()
    taken = {each.name for each in declared()}
    rules = []
    for number, table in enumerate(tables):
        before = len(faults)
        _check_keys(table, number, places, taken, faults)
        if len(faults) == before:
            taken.add(table["name"])
            rules.append(_rule(table))
    return tuple(rules)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where in the file what stands: TOML parsers do not say."""

    path: Path
    text: str

    def of(self, number: int, key: str = "") -> str:
        """``path:line`` of a key of the rule of that number (from 0; -1 for what stands before the rules)."""
        lines = self.text.split("\n")
        heads = [k for k, line in enumerate(lines) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
        first = 0 if number < 0 or number >= len(heads) else heads[number]
        stop = heads[number + 1] if number + 1 < len(heads) else len(lines)
        written = re.compile(rf"\s*(?:\[\[?\s*rule\s*\.\s*|\[\[?)?[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
        for k in range(first, stop):
            if key and written.match(lines[k]):
                return f"{self.path}:{k + 1}"
        return f"{self.path}:{first + 1}"


def _check_keys(table: Mapping[str, Any], number: int, places: _Places, taken: set[str], faults: list[str]) -> None:
    def complain(key: str, what: str) -> None:
        name = table.get("name")
        faults.append(f"{places.of(number, key)}: " + (f"rule {name}: " if isinstance(name, str) and key != "name" else "") + what)

    for key in table:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1, 0.6)
            complain(key, f"unknown key {key!r}; " + (f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KEYS)}"))
    for key in COMPULSORY:
        if key not in table:
            complain("", f"{key!r} is missing; add it")
    for key in ("name", "summary", "pattern", "becomes"):
        if key in table and (not isinstance(table[key], str) or not table[key].strip()):
            complain(key, f"expected a text in {key}, found {table[key]!r}")
    name = table.get("name")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        complain("name", f"expected a name like school/kiddie-academy (family/name; small letters, digits, hyphens), found {name!r}")
    elif isinstance(name, str) and name in taken:
        complain("name", f"there is a rule {name!r} already; take another name")
    p = table.get("p", 0.5)
    if isinstance(p, bool) or not isinstance(p, int | float) or not 0 < p <= 1:
        complain("p", f"p is a probability above 0 and at most 1, found {p!r}")
    if table.get("case", "any") not in ("any", "exact"):
        complain("case", f"expected case = \"any\" or \"exact\", found {table['case']!r}")
    for key in ("near", "absent"):
        words = table.get(key, [])
        if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() and " " not in list_key(w) for w in words):
            complain(key, f"expected a list of single words in {key}, found {words!r}")
    keeps, restores = table.get("keeps", [""]), table.get("restores", [{"spun": "", "restored": ""}])
    if not isinstance(keeps, list) or not keeps or not all(isinstance(k, str) for k in keeps):
        complain("keeps", "expected at least one sentence that the rule leaves alone: keeps = [\"...\"]")
    is_table = isinstance(restores, list) and all(
        isinstance(r, dict) and set(r) == {"spun", "restored"} and all(isinstance(v, str) for v in r.values()) for r in restores
    )
    if not is_table or not restores:
        complain("restores", "expected at least one example: restores = [{ spun = \"...\", restored = \"...\" }]")
    if isinstance(table.get("pattern"), str):
        _check_pattern(table, complain)


def _check_pattern(table: Mapping[str, Any], complain: Any) -> None:
    source = table["pattern"]
    try:
        pattern = compiled(source, _flags(table))
    except PatternFault as fault:
        complain("pattern", f"a bad pattern, at character {fault.at + 1}: {fault} ({source[:fault.at]}⟨here⟩{source[fault.at:]})")
        return
    try:
        if pattern.fullmatch("", timeout=SEARCH_SECONDS):
            complain("pattern", "the pattern matches the empty text, so it would match everywhere; ask for at least one letter")
    except TimeoutError:
        complain("pattern", f"the pattern takes longer than {SEARCH_SECONDS:g} s on the empty text; make it say the same in one way only")
    if not isinstance(table.get("becomes"), str):
        return
    for found in _REFERENCE.finditer(table["becomes"]):
        number, name, other = found.groups()
        if number is not None and not 0 < int(number) <= pattern.groups:
            complain("becomes", f"\\{number}: the pattern has {pattern.groups or 'no'} groups")
        elif name is not None and name not in pattern.groupindex:
            complain("becomes", f"\\g<{name}>: the pattern has no group of this name; it has {', '.join(pattern.groupindex) or 'none'}")
        elif other is not None and other != "\\":
            complain("becomes", f"expected a group (\\1, \\g<name>) or \\\\ for a stroke, found \\{other}")


def _flags(table: Mapping[str, Any]) -> str:
    return "" if table.get("case") == "exact" else "i"


def _rule(table: Mapping[str, Any]) -> Rule:
    name, source, flags = table["name"], table["pattern"], _flags(table)
    log_p = min(math.log(table.get("p", 0.5)), math.log(0.999))
    near, absent = (frozenset(map(list_key, table.get(key, []))) for key in ("near", "absent"))

    def generate(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
        for match in matches(source, document.text, flags):
            tokens = tokens_over(document, *match.span())
            if tokens and _guarded(document, *tokens, near, absent):
                intended = " ".join(_filled(table["becomes"], match).split())
                if intended and intended != document.text[match.start() : match.end()]:
                    yield candidate(document, *tokens, intended, tokenize(intended).surfaces, log_p, name)

    summary = " ".join(table["summary"].split())
    restores = {r["spun"]: r["restored"] for r in table["restores"]}
    return Rule(name, summary, restores, tuple(table["keeps"]), generate, summary)


def _guarded(document: Document, first: int, last: int, near: frozenset[str], absent: frozenset[str]) -> bool:
    if not near and not absent:
        return True
    around = {*document.forms[max(0, first - GUARD_REACH) : first], *document.forms[last : last + GUARD_REACH]}
    return (not near or not around.isdisjoint(near)) and around.isdisjoint(absent)


def _filled(template: str, match: Any) -> str:
    """The template with the groups of the match in it; a group that took no part is empty."""
    return _REFERENCE.sub(lambda r: "\\" if r[3] else (match[int(r[1])] if r[1] else match[r[2]]) or "", template)
