"""Texts that are made to take long: does time grow with their length, or with its square?

    python benchmarks/hostile.py [NAME ...] [--work read judge write] [--kinds plain markdown ...] [--kilobytes 100] [--write]

``read``: each text is read as each kind of markup, cut into tokens, asked what in it is kept or mentioned, and a few hundred of its words
are exchanged in the file, which asks for all of that again.  ``judge``: its report is made, without the first look.  ``write``: the report
on one line that is spun all over is written in each format.  All of it at one length and at four times that, in a process of its own that
is ended after ``--limit`` seconds of the processor.  The exponent is 1 where time is linear; above ``STEEP`` it is told, where the longer
text took more than ``SHORT`` seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results

from spinfix import Policy, detect, reading
from spinfix.patch import Patch
from spinfix.records import Correction, Finding, Span, Verdict
from spinfix.report import Report
from spinfix.report.formats import FORMATS
from spinfix.text import Document

TIMES: Final = 4  # as long is the longer text
STEEP: Final = 1.3
SHORT: Final = 1.0  # seconds of the processor: below that, what grows is not told from what is always there
EXCHANGED: Final = 300  # words of a text that is only read
KINDS: Final = ("plain", "markdown", "html", "latex", "rst")
SPUN: Final = "The analyst works at a suppose tank in the Center East, the overseas minister mentioned in an announcement. "
PLAIN_ENGLISH: Final = "The ferry left at noon and came back in the evening with the mail. "


def repeated(unit: str, size: int) -> str:
    """``unit`` again and again, cut at ``size`` code points."""
    return (unit * (size // len(unit) + 1))[:size]


def drawn(letters: str, size: int) -> str:
    """``size`` code points drawn from ``letters``."""
    return "".join(random.Random(size).choices(letters, k=size))


def nested(opens: str, closes: str, size: int) -> str:
    """Marks inside marks, as deep as ``size`` allows, a word within."""
    depth = size // (len(opens) + len(closes))
    return opens * depth + "word" + closes * depth


def rubbish(size: int) -> str:
    """Random bytes as the shell reads them."""
    return random.Random(size).randbytes(size).decode("utf-8", "surrogateescape")


def words_of_letters(size: int) -> str:
    """Words that nobody knows, no two the same."""
    draw = random.Random(size)
    made = ("".join(draw.choices("abcdefghiklmnoprstuvw", k=draw.randint(3, 9))) for _ in range(size // 7))
    return " ".join(made)[:size]


_REPEATED: Final = {
    "combining marks": "a\u0301\u0323", "only combining marks": "\u0301", "zero width": "\u200bs\u200bo", "only zero width": "\u200b",
    "emoji": "👩‍👩‍👧‍👦", "flags": "🇩🇪", "one letter": "a", "one capital": "A", "one digit": "7", "one word": "suppose ",
    "one word without blanks": "suppose", "one capital word": "Center ", "lines": "\n", "lines, CRLF": "\r\n", "carriage returns": "\r",
    "blanks": " ", "tabs": "\t", "no-break spaces": "\u00a0", "lines with a blank": " \n", "full stops": ".", "commas": ",",
    "a dot a letter": "a.", "hyphens": "-", "hyphenated": "suppose-tank-", "low lines": "_", "identifiers": "a_", "apostrophes": "'",
    "word apostrophes": "o'", "possessives": "'s", "quotes": '"', "open quotes": "“", "quoted words": '"suppose tank" ',
    "unclosed quoted": ' "suppose', "back quotes": "`", "code": "`suppose` ", "unclosed code": " `suppose", "stars": "*",
    "starred": "*suppose* ", "unclosed starred": " *suppose", "strokes": "~", "braces": "{", "closing braces": "}",
    "templates": "{{ a ", "spintax": "{suppose|think} tank ", "unclosed spintax": "{suppose|think ", "bars": "|", "spintax bars": "{a|",
    "brackets": "[", "closing brackets": "]", "parentheses": "(", "links": "[suppose](x) ", "unclosed links": "[suppose](",
    "images": "![a](", "footnotes": "[^a] ", "sic": "suppose [sic] ", "unclosed sic": "[ sic ", "backslashes": "\\", "escaped": "\\*",
    "slashes": "/", "paths": "/usr/share/", "dotted path": "a/b.c/", "addresses": "http://x.y/ ", "one address": "http://x.y/",
    "unclosed address": "http://", "mail": "a@b.c ", "one mail": "a@b.", "mail signs": "@", "options": "--an-option ",
    "one option": "--an-", "option values": "--a=", "calls": "a()", "modules": "a::", "tags": "<b>", "closing tags": "</b>",
    "angles": "<", "placeholders": "<a", "entities": "&amp;", "ampersands": "&", "unclosed entities": "&amp", "comments": "<!-- ",
    "closed comments": "<!-- a -->", "sections": "<![", "instructions": "<?", "declarations": "<!",
    "directives": "<!-- spinfix: ignore --> ", "off": "# spinfix: off\n", "next line": "# spinfix: ignore-next-line\n", "hashes": "#",
    "headings": "# a\n", "quoted lines": "> ", "list": "* a\n", "numbered": "1. a\n", "table": "| a | b |\n",
    "a table in one row": "| a ", "rules": "---\n", "underlined": "a\n=\n", "fences": "```\n", "front matter": "---\na: b\n",
    "dollars": "$", "formulas": "$a$ ", "unclosed formulas": " $a", "percents": "%", "macros": "\\emph{suppose} ",
    "unclosed macros": "\\emph{", "begin": "\\begin{a}", "verb": "\\verb|", "items": "\\item ", "rst roles": ":a:`b` ",
    "rst literal": "::\n\n a\n\n", "rst substitutions": "|a| ", "rst directive": ".. a::\n\n", "rst comment": ".. \n",
    "rst table": "+--+\n|a |\n", "rst definitions": "a\n  b\n", "ordinals": "1st ", "numbers": "1,000", "decades": "Nineteen Nineties ",
    "spelled numbers": "twenty-four,000 ", "spelled": "twenty ", "dates": "1990s ", "titles": "Mr. Fowl ", "names": "Center East ",
    "acronyms": "U.S.", "articles": "a an ", "one place": "suppose tank ", "of the": "of the ", "spun sentences": SPUN,
    "one clean sentence": PLAIN_ENGLISH, "letters of two scripts": "аa", "Cyrillic": "атака ", "Chinese": "字", "Thai": "กา",
    "right to left": "שלום ", "surrogates": "\udc80", "controls": "\x01", "NUL": "\0", "capitals": "SUPPOSE TANK ",
    "title case": "Suppose Tank ",
}  # fmt: skip
TEXTS: Final[dict[str, Callable[[int], str]]] = {
    **{name: partial(repeated, unit) for name, unit in _REPEATED.items()},
    "random bytes": rubbish,
    "random letters": words_of_letters,
    "random punctuation": partial(drawn, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "random punctuation and blanks": partial(drawn, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \n a"),
    "random marks": partial(drawn, "*_`[]()<>\\{}$%&#~|\n a"),
    "nested tags": partial(nested, "<b>", "</b>"),
    "nested blocks": partial(nested, "<div>", "</div>"),
    "nested lists of HTML": partial(nested, "<ul><li>", "</li></ul>"),
    "nested stars": partial(nested, "*a ", " a*"),
    "nested strong": partial(nested, "**a ", " a**"),
    "nested links": partial(nested, "[a ", " a](x)"),
    "nested quotes": partial(nested, "> ", ""),
    "nested lists": partial(nested, "* ", ""),
    "indented lists": lambda size: "".join(f"{'  ' * k}* a\n" for k in range(int(size**0.5))),
    "nested braces": partial(nested, "{", "}"),
    "nested macros": partial(nested, "\\emph{", "}"),
    "nested environments": partial(nested, "\\begin{a}", "\\end{a}"),
    "nested spintax": partial(nested, "{suppose|", "}"),
    "nested parentheses": partial(nested, "(a ", " a)"),
    "quotation in quotation": partial(nested, "“a ", " a”"),
    "one off, much after": lambda size: "<!-- spinfix: off -->\n" + repeated(SPUN, size),
    "one line, spun": partial(repeated, SPUN),
    "a line each, spun": partial(repeated, SPUN + "\n"),
    "a paragraph each, spun": partial(repeated, SPUN + "\n\n"),
}


def read(kind: str, name: str, size: int) -> tuple[int, float]:
    """How many words of a text of this size were exchanged, and the seconds of the processor that it took to read it and do so."""
    text = TEXTS[name](size)
    started = time.process_time()
    found = reading.read(text, markup=kind, quotations=True, names=True)
    document = found.document
    found.mentions(document)
    some = range(0, len(document), max(1, len(document) // EXCHANGED))
    spans = [document.span(k, k + 1) for k in some if document.surfaces[k][0].isalnum() and k not in document.protected]
    returned = found.returned([Finding(s, 1, 1, text_of(document, s), "a word", 0.9, Verdict.RESTORE, "drawn/by-lot") for s in spans])
    corrections = [Correction(f.span, f.observed, f.intended) for f in returned if f.verdict is Verdict.RESTORE]
    Patch.between(text, corrections).apply(text)
    return len(corrections), time.process_time() - started


def text_of(document: Document, span: Span) -> str:
    """What stands at a span of a document."""
    return document.text[span.start : span.end]


def judged(kind: str, name: str, size: int) -> tuple[int, float]:
    """Findings in a text of this size, and seconds of the processor that they took."""
    policy, text = Policy(gate=False, markup=kind), TEXTS[name](size)
    started = time.process_time()
    report = detect(text, policy)
    report.patch.apply(text)
    return len(report.findings), time.process_time() - started


def written(_: str, name: str, size: int) -> tuple[int, float]:
    """The same for a report on a text of this size that is written in the format ``name``."""
    report = spun_report(size)
    started = time.process_time()
    for _part in FORMATS[name]([report]):
        pass
    return len(report.findings), time.process_time() - started


@cache
def spun_report(size: int) -> Report:
    """The report on one line of this size that is spun all over."""
    return detect(repeated(SPUN, size))


def measured(work: Callable[[], tuple[int, float]], limit: int) -> tuple[int, float, float] | str:
    """Findings, seconds of the processor and peak MB of ``work`` in a fork; or what became of it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        try:
            answer = json.dumps([*work(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3])
        except BaseException as error:
            answer = json.dumps(f"{type(error).__name__}: {error}"[:160])
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answers:
        answer = answers.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        return "no end" if status == -signal.SIGXCPU else f"ended with {status}"
    found = json.loads(answer)
    return found if isinstance(found, str) else (found[0], found[1], found[2])


Work = Callable[[str, str, int], tuple[int, float]]


def rows(work: Work, kinds: Sequence[str], names: Sequence[str], size: int, limit: int, *, every: bool) -> Iterator[tuple[str, ...]]:
    """A row for each text that grows too fast or fails; for each text, if ``every`` one is wanted."""
    for kind in kinds:
        steep, started, slowest = 0, time.monotonic(), 0.0
        for name in names:
            short = measured(partial(work, kind, name, size), limit)
            long = measured(partial(work, kind, name, size * TIMES), limit) if not isinstance(short, str) else "not tried"
            if isinstance(short, str) or isinstance(long, str):
                steep += 1
                was = short if isinstance(short, str) else f"{short[1]:.2f}"
                yield kind, name, was, long if isinstance(long, str) else f"{long[1]:.2f}", "", ""
                continue
            exponent = math.log(max(long[1], 1e-3) / max(short[1], 1e-3), TIMES)
            slowest = max(slowest, long[1])
            is_steep = exponent > STEEP and long[1] > SHORT
            steep += is_steep
            if is_steep or every:
                yield kind, name, f"{short[1]:.2f}", f"{long[1]:.2f}", f"{exponent:.2f}", f"{long[2]:.0f}"
        print(f"# {kind}: {steep} of {len(names)}; slowest {slowest:.1f} s, {time.monotonic() - started:.0f} s by the clock", flush=True)


WORKS: Final[dict[str, Work]] = {"read": read, "judge": judged, "write": written}


def told(found: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """``found``, each row printed as it comes."""
    for row in found:
        print(*row, sep="\t", flush=True)
        yield row


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of texts or formats; all texts where none is given")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--work", choices=WORKS, default="read", help="what is done with them")
    parser.add_argument("--kilobytes", type=int, default=100, help="of the shorter text")
    parser.add_argument("--limit", type=int, default=100, help="seconds of the processor for each")
    parser.add_argument("--every", action="store_true", help="show also what is as it should be")
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    for kind in KINDS:  # what is loaded on first use the forks have
        detect("He works at a suppose tank.\n", Policy(gate=False, markup=kind))
    if args.work == "write":
        for size_in_forks in (args.kilobytes * 1000, args.kilobytes * 1000 * TIMES):
            spun_report(size_in_forks)
    kinds, known = (["plain"], list(FORMATS)) if args.work == "write" else (args.kinds, list(TEXTS))
    found = rows(WORKS[args.work], kinds, args.names or known, args.kilobytes * 1000, args.limit, every=args.every)
    size = f"{args.kilobytes} kB"
    head = ("read as", "text", f"s, {size}", f"s, {TIMES} times as long", "exponent", "peak MB")
    block = results.table(head, list(told(found)))
    print(block)
    if args.write:
        results.record(results.section("hostile", f"`{args.work}`: {len(TEXTS)} texts of {size} and {TIMES} times as long.", [block]))


if __name__ == "__main__":
    main()
