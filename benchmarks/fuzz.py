"""Feed rubbish to what reads from outside, and see whether it holds: a fuzzer led by coverage (atheris, not a dependency).

    pip install atheris
    python benchmarks/fuzz.py tokens --seconds 300 [--corpus DIR]
    python benchmarks/fuzz.py mentions --seconds 300 --seed 1

Texts of words that mean something are not come to byte by byte.  For the targets of ``DRAWN`` a byte stands for one of ``PIECES``, spun
words and the marks around them, and the bytes are drawn from ``--seed``, without atheris.

Errors of ``SpinfixError`` are answers; anything else is a find, which is written to the folder of the corpus, goes to
``tests/past_failures/TARGET-what-it-was.bin`` and is replayed by the tests from then on.  ``TARGETS`` at the end says what is fed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from spinfix import Policy, detect, restore, revert
from spinfix.baseline import Baseline
from spinfix.batch import Batch
from spinfix.configuration import Settings
from spinfix.configuration import read as read_configuration
from spinfix.confusions import Confusions
from spinfix.errors import SpinfixError
from spinfix.language_model import PackedModel
from spinfix.markup import KINDS, view_of
from spinfix.patch import Patch
from spinfix.reading import read as read_text
from spinfix.records import Correction, Finding, Verdict
from spinfix.report import Report
from spinfix.report.critic import accepted, marked_up, rejected
from spinfix.report.formats import FORMATS
from spinfix.rules.own import read_rules
from spinfix.terms import Terms
from spinfix.text import tokenize
from spinfix.wordlists import Index, compiled_lines, parse_list

TEXT: Final = "He works at a suppose tank in the Center East; an warning, the overseas minister mentioned in an announcement."
LIST: Final = "# title: T\n# source: s\n# license: MIT\n# status: preview\n# + a b. => a c.\n# - d.\nb\tc\tpos=n\tp=0.5\tnear=x,y\n"
RULES: Final = """[[rule]]
name = "school/kiddie"
summary = "A spinner's word."
pattern = '\\b(?P<a>sup)pose (t)ank(s|)\\b'
becomes = "th\\\\g<a>nk \\\\2"
p = 0.5
case = "any"
near = ["works"]
absent = ["military"]
restores = [{ spun = "a suppose tank", restored = "a think tank" }]
keeps = ["The academy."]
"""
CONFIGURATION: Final = """threshold = 0.5
select = ["numbers", "news-blog/verbs"]
ignore_patterns = ['a+b']
markup = "auto"
per_file_ignores = { "*.md" = ["names"] }
jobs = 2
write = false
output = "x"
"""
MARKDOWN: Final = (
    "# Title\n\n* a <b>bold</b> `code` [link](http://x)\n\n> q *it* **bo**\n\n| a | b |\n|--|--|\n| c | d |\n\n<!-- c -->\n```x\ny\n```\n"
)
HTML: Final = (
    "<!DOCTYPE html><html><head><title>t</title></head><body><p>a <b>bold</b> &amp; &#x61; <code>c</code><br/>"
    "<script>x</script><pre>p</pre><a href='x y' alt=\"z\">l</a><!-- c --></p></body>"
)
RST: Final = (
    "Title\n=====\n\n* a *bold* ``code`` `link <http://x>`_\n\n.. note:: text\n   more\n\n::\n\n  literal\n\n+--+\n|a |\n+--+\n\n|x| [1]_\n"
)
LATEX: Final = (
    "\\documentclass{a}\\begin{document}\\section{One} a $x$ \\emph{bold} \\cite{k} % c\n\n\\[y\\] \\'e ``q'' "
    "\\verb|v| \\item\\end{document}"
)
CORRECTION: Final = '[{"start": 0, "end": 1, "before": "H", "after": ["b", "\\ud83d", "\\ude00"]}]'
_TABLE: Final = {
    "slots": {"offset": 0, "size": 16, "slot_bits": 9, "value_bits": 1, "segment_length": 1, "segment_count": 1, "seed": 1},
    "log_prob": {"offset": 16, "count": 1}, "backoff": {"offset": 20, "count": 1}, "probability_bits": 1,
}  # fmt: skip
_HEADER: Final = json.dumps({"order": 3, "tables": [_TABLE] * 3, "facts": {}, "digest": "", "size": 24}).encode()
SEEDS: Final[dict[str, bytes]] = {
    "tokens": "Mr. Day’s 24,000 rifles -- “well-being”, U.S. 5th, https://example.org/a_b (x_y) 1990s…".encode(),
    "markdown": MARKDOWN.encode(),
    "html": HTML.encode(),
    "rst": RST.encode(),
    "latex": LATEX.encode(),
    "patch": Patch.between(TEXT, []).to_json().replace("[]", CORRECTION).encode(),
    "lists": LIST.encode(),
    "compiled": b"b\tc\t0.5\tnews-blog/x\t\tnear=x,y;absent=z\tstrong\ta=0.1;b=0.2\nb c\td\t0.5\tx/y\tB c\t\t\t\n",
    "rules": RULES.encode(),
    "configuration": CONFIGURATION.encode(),
    "model": b"spinfixLM\x01" + len(_HEADER).to_bytes(4, "little") + _HEADER + bytes(24),
    "terms": b"spinfixTERMS\x01\0\0\0abcdefgh\x01",
    "confusions": b"spinfixCONFU\x01\0\0\0\x01\0\0\0\x01\0\0\0a" + b"\0\0\0\0\x01\0\0\0\0\0\x20\x08",
    "baseline": b'{"spinfix_baseline": 1, "accepted": {"a.txt": {"suppose tank": 1}}}',
    "detect": TEXT.encode(),
    "mentions": bytes(range(1, 20)),
    "pieces": bytes(range(60)),
    "batches": bytes(range(12)) + b"\xff" + bytes(range(3)),
    "outputs": bytes(range(20)),
}
NO_GATE: Final = Policy(gate=False)
PIECES: Final = (
    "suppose tank", "Center East", "the overseas minister mentioned in an announcement", "bosom peril", "counterfeit consciousness",
    "misfortune work", "greater than twenty-four,000 folks", "within the Nineteen Nineties", "in response to officers", "an warning",
    "The ferry left at noon.", "He works at a ", "Mr. Fowl ", "U.S. ", "It rained. ", "mis-\nplaced", "oﬃcers", "1990s", "A ", "the ",
    "{hardware|equipment}", "{folks|people}", "{", "|", "}", "$three,500", "%", " ", " ", " ", " ", "\n", "\n\n", "\r\n", "\t", "  \n",
    "    ", '"', "“", "”", "‘", "’", "'", "``", "''", "«", "»", "*", "**", "_", "__", "`", "```\n", "~~", "==", "(", ")", "[", "]",
    "](", "[sic]", "<em>", "</em>", "<i>", "</i>", "<code>", "</code>", "<p>", "</p>", "<br>", "<!-- ", " -->", "<sup>", "</sup>",
    "&amp;", "&", "<", ">", "\\emph{", "\\textit{", "\\verb|", "\\begin{quote}", "\\end{quote}", "\\", "$", "$$", "# ", "> ", "* ",
    "1. ", "| a | b |\n", "---\n", "| ", "::\n\n", ".. note:: ", ".. ", "!!! note\n\n    ", '=== "Tab"\n', "[^1]: ", ": ",
    "spinfix: off", "spinfix: on", "spinfix: ignore", "spinfix: ignore-next-line", "// ", "{# ", " #}", "{/* ", " */}", "C:\\folks\\",
    "/usr/folks/", "folks.org", "http://folks.org/", "--folks", "$ ", "folks()", "a::folks", "@folks", "#old-folks", "{{ folks }}",
    "{% folks %}", "<folks>", '[gallery title="folks"]', "[/folks]", "\u200b", "\u00ad", "\u0301", "\ufeff", "\u2028", "\x0b", "\x85",
    "\0", "\ud800", "\udc80", "👩‍👩‍👧‍👦", "а", "字", "؟", "…", "--", "–", ".", ",", ";", ":", "!", "?", "-",
)  # fmt: skip


def as_text(data: bytes) -> str:
    """Bytes as the shell reads them."""
    return data.decode("utf-8", "surrogateescape")


@cache
def _folder() -> Path:
    """A folder in memory, if the machine has one: most of what is read from outside is read from files."""
    return Path(tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def tokens(data: bytes) -> None:
    """Tokens and blanks join to the text."""
    document = tokenize(as_text(data))
    at = 0
    pieces: list[str] = []
    for start, end in zip(document.starts, document.ends, strict=True):
        blank = document.text[at:start]
        assert not blank or blank.isspace()
        pieces += (blank, document.text[start:end])
        at = end
    assert "".join([*pieces, document.text[at:]]) == document.text


def markup(kind: str) -> Callable[[bytes], None]:
    """Whatever is restored in a file of this kind, all that is no prose stays as it is."""

    def target(data: bytes) -> None:
        text = as_text(data)
        reading = read_text(text, markup=kind)
        document = reading.document
        found = reading.returned([*_every_other_word(document)])
        corrections = [Correction(f.span, f.observed, f.intended) for f in found if f.verdict is Verdict.RESTORE]
        patched = Patch.between(text, corrections).apply(text)
        assert view_of(patched, kind).skeleton() == reading.view.skeleton()

    return target


def _every_other_word(document: Any) -> Iterator[Finding]:
    for at in range(0, len(document), 2):
        if document.surfaces[at][0].isalnum() and at not in document.protected:
            span = document.span(at, at + 1)
            yield Finding(span, 1, 1, document.text[span.start : span.end], "a word", 0.9, Verdict.RESTORE, "drawn/by-lot")


def patch(data: bytes) -> None:
    """A patch is refused, or reads back as itself; what it leads to, it leads back from."""
    read = Patch.from_json(as_text(data))
    assert Patch.from_json(read.to_json()) == read
    assert read.inverse().inverse() == read
    redrawn = Patch.between(TEXT, read.corrections)
    assert redrawn.inverse().apply(redrawn.apply(TEXT)) == TEXT


def lists(data: bytes) -> None:
    """A list gives faults, or a list that can be looked into."""
    path = _file("family.tsv", data)
    faults: list[str] = []
    found = parse_list(path, faults)
    assert found is not None or faults
    if found is not None and not faults:
        compiled("\n".join(compiled_lines([found])).encode())


def compiled(data: bytes) -> None:
    """A compiled list is refused where it is damaged, or answers."""
    index = Index(data)
    for word in ("b", "a", "", "\udc80"):
        index.entries(word)
    index.first_words("b")


def rules(data: bytes) -> None:
    """A rule file gives its first fault, or rules that can be run."""
    document = tokenize(TEXT)
    for rule in read_rules(_file("own.toml", data)):
        try:
            list(rule.propose(document))
        except TimeoutError:
            continue


def configuration(data: bytes) -> None:
    """A configuration is refused, or makes a policy, and can be shown."""
    name = "pyproject.toml" if data[:1] == b"[" else "spinfix.toml"
    found = read_configuration(_file(name, data))
    if found is not None:
        settings = Settings({}, found)
        settings.lines()
        settings.policy()


def model(data: bytes) -> None:
    """A model file is refused, or answers."""
    PackedModel.open(_file("x.lm", data)).words(["a"])


def terms(data: bytes) -> None:
    """A file of terms is refused, or answers."""
    Terms.load(_file("terms.bin", data)).knows("random", "forest")


def confusions(data: bytes) -> None:
    """A file of confusion sets is refused, or answers."""
    found = Confusions(data, "confusions.bin")
    found.of_word("woodlands"), found.of_word("a")


def baseline(data: bytes) -> None:
    """A baseline is refused, or reads back as itself."""
    read = Baseline.from_json(as_text(data), "baseline.json")
    assert Baseline.from_json(read.to_json(), "again") == read


def everything(data: bytes) -> None:
    """Any text gives a report whose patch leads back."""
    text = as_text(data)
    report = detect(text, NO_GATE)
    assert revert(report.patch.apply(text), report.patch) == text
    json.loads(report.to_json())


def composed(data: bytes) -> str:
    """The text of the pieces that the bytes stand for."""
    return "".join(PIECES[byte % len(PIECES)] for byte in data)


def _sound(text: str, report: Report) -> str:
    """What ``report`` makes of ``text``, held against what must be true of any report."""
    restored = report.patch.apply(text)
    assert revert(restored, report.patch.to_json()) == text
    last = 0
    for finding in report.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text)
        assert text[finding.span.start : finding.span.end] == finding.observed
        assert finding.line == text.count("\n", 0, finding.span.start) + 1
        if finding.verdict is Verdict.RESTORE:
            assert last <= finding.span.start and finding.intended != finding.observed
            last = finding.span.end
    return restored


def mentions(data: bytes) -> None:
    """Whatever is quoted, set off, turned off or left over from a spinner: of each kind of markup all that is no prose stays."""
    text = composed(data[1:])
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    policies = (Policy(gate=False, markup=kind), Policy(gate=False, markup=kind, quotations="keep", names="keep", spun_prior=0.5))
    for policy in policies:
        report = detect(text, policy)
        restored = _sound(text, report)
        assert view_of(restored, kind).skeleton() == view_of(text, kind).skeleton()
        assert restore(text, policy) == restored


def pieces(data: bytes) -> None:
    """What ``markup`` asks of bytes holds of texts full of marks."""
    for kind in KINDS:
        with contextlib.suppress(SpinfixError):
            markup(kind)(composed(data).encode("utf-8", "surrogatepass"))


def batches(data: bytes) -> None:
    """Texts in a batch have the reports that they have alone."""
    texts = [composed(part) for part in re.split(b"[\xf0-\xff]", data)]
    for policy in (Policy(), Policy(gate=False, threshold=0.7)):
        batch = Batch(policy)
        alone = [detect(text, policy) for text in texts]
        reports = batch.detect_batch(texts)
        assert [(r.findings, r.spun, r.words) for r in reports] == [(r.findings, r.spun, r.words) for r in alone]
        assert batch.restore_batch(texts) == [_sound(text, report) for text, report in zip(texts, alone, strict=True)]
        for score, report in zip(batch.score_batch(texts, families=True), alone, strict=True):
            assert 0 <= score.spun <= 1 and 0 <= score.spin_rate <= 1 and score.words == report.words


def outputs(data: bytes) -> None:
    """Every format takes any report; what CriticMarkup shows can be taken or left; a baseline accepts all that it was made from."""
    text = composed(data)
    report = detect(text, NO_GATE)
    for name, format_of in FORMATS.items():
        written = "".join(format_of([report, report]))
        if name in ("json", "sarif", "gitlab"):
            json.loads(written)
    marked = marked_up(text, report.patch)
    assert (accepted(marked), rejected(marked)) == (report.patch.apply(text), text)
    of_all = Baseline.of([("a", report)])
    assert all(f.verdict is Verdict.KEEP for f in Baseline.from_json(of_all.to_json(), "b").new_in(report, "a").findings)


DRAWN: Final = ("mentions", "pieces", "batches", "outputs")
LONGEST: Final = 60  # pieces of a text that is drawn
TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "tokens": tokens, "markdown": markup("markdown"), "html": markup("html"), "rst": markup("rst"), "latex": markup("latex"),
    "patch": patch, "lists": lists, "compiled": compiled, "rules": rules, "configuration": configuration, "model": model,
    "terms": terms, "confusions": confusions, "baseline": baseline, "detect": everything,
    "mentions": mentions, "pieces": pieces, "batches": batches, "outputs": outputs,
}  # fmt: skip


def answered(target: str, data: bytes) -> bool:
    """Whether ``data`` was taken; False where it was refused, and an exception for anything else."""
    try:
        TARGETS[target](data)
    except SpinfixError:
        return False
    return True


def draw(target: str, seed: int, seconds: int, corpus: Path) -> None:
    """Feed what is drawn for so many seconds; a find is kept, and told, and the next input is drawn."""
    bytes_of, end, tried, finds = random.Random(seed), time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        data = bytes_of.randbytes(bytes_of.randint(1, LONGEST))
        tried += 1
        try:
            answered(target, data)
        except Exception as error:
            finds += 1
            corpus.mkdir(parents=True, exist_ok=True)
            (corpus / f"{target}-{seed}-{tried}.bin").write_bytes(data)
            print(f"{target}-{seed}-{tried}: {type(error).__name__}: {str(error)[:200]}", flush=True)
    print(f"{target}: {tried} inputs, {finds} finds")


def main() -> None:
    """Fuzz one target from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-corpus"), help="where inputs that led further, and finds, are kept")
    args = parser.parse_args()
    if args.target in DRAWN:
        draw(args.target, args.seed, args.seconds, args.corpus)
        return
    atheris: Any = importlib.import_module("atheris")
    folder = args.corpus / args.target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed").write_bytes(SEEDS[args.target])
    answered(args.target, SEEDS[args.target])  # loads what is loaded on first use, so that it is watched too
    if args.target != "detect":
        atheris.instrument_all()
    options = [
        sys.argv[0], str(folder), f"-max_total_time={args.seconds}", "-max_len=4096", "-timeout=20", "-rss_limit_mb=3000",
        f"-artifact_prefix={folder}/find-", "-print_final_stats=1",
    ]  # fmt: skip
    started = time.monotonic()

    def once(data: bytes) -> None:
        try:
            answered(args.target, data)
        except Exception:
            print(f"after {time.monotonic() - started:.0f} s: a find", file=sys.stderr)
            raise

    atheris.Setup(options, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
