"""False alarms on honest English that is unlike the news: of learners, in translations, of former centuries, of lovers of big words.

    python benchmarks/honest_writers.py [--places] [--write]

304 texts that were written for this without a look at spinfix's lists.  Round a is in the manner of people whose first language is another
(24), of translations (14), of 1700 to 1920 (8), of writers who like long words (8), and of minutes, notices and notes (6); the detector's
bar was set with it in sight.  Round b came afterwards: learners (20), English of Africa and Asia (12), abstracts of learners (12),
advice for search engines (8), 1750 to 1930 (8), poems (4), statutes, patents and conditions (6).  Round c is of all kinds of text: chats,
songs, recipes, contracts, minutes, CVs, code reviews, abstracts, letters and logs of 1720 to 1880, English of five continents, learners,
subtitles, tickers, tables, bibliographies, sermons, games, patents, sales, manuals, capitals, headlines, misread scans, hyphens at line
ends, two languages at once, and writers who quote what spinners write (12 texts, of which 6 were edited before it was told apart what is
mentioned from what is used); of the others one was edited.
Round d is of papers of thirty fields (20), business (10), crafts (10), law (8), fiction (12), newspapers of five countries (8), a sermon
and scraps (6); one was edited, a paper that ranks by the *closeness coefficient*.
``honest_sentences.txt`` holds single sentences with words that stand in the lists; they were written with a look at these.
Nobody spun them, so every edit is a false one.  They imitate such writers, so the figures say less than those of real pages.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results

from spinfix import Verdict, detect, restore

TEXTS: Final = Path(__file__).parent / "honest_writers"
SENTENCES: Final = Path(__file__).parent / "honest_sentences.txt"


@dataclass(slots=True)
class Tally:
    """What was found in the texts of one kind."""

    texts: int = 0
    words: int = 0
    edits: int = 0
    suggestions: int = 0
    called_spun: int = 0
    highest: float = 0.0  # probability that one of them is spun


def texts() -> Iterator[tuple[str, str, str]]:
    """The name, the kind and the words of each text."""
    for file in sorted(TEXTS.glob("*.txt")):
        name, kind, _ = file.name.split(".")
        yield name, kind, file.read_text(encoding="utf-8")


def sentences() -> Iterator[tuple[str, bool]]:
    """Single sentences, and whether each is known to be edited."""
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.removeprefix("~ "), line.startswith("~ ")


def edited_sentences() -> list[tuple[str, bool]]:
    """Those that are edited where they stand alone, and whether each is known."""
    return [(sentence, is_known) for sentence, is_known in sentences() if restore(sentence) != sentence]


def measure(*, show_places: bool = False) -> dict[str, Tally]:
    """The tallies by kind, and of all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for name, kind, text in texts():
        report = detect(text, path=name)
        edits = sum(f.verdict is Verdict.RESTORE for f in report.findings)
        for tally in (tallies[kind], tallies["all"]):
            tally.texts += 1
            tally.words += report.words
            tally.edits += edits
            tally.suggestions += len(report.findings) - edits
            tally.called_spun += report.spun >= 0.5
            tally.highest = max(tally.highest, report.spun)
        if show_places and report.findings:
            print(report)
    return tallies


def main() -> None:
    """Measure, and print or record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", action="store_true", help="print every finding")
    parser.add_argument("--write", action="store_true", help="append the table to RESULTS.md")
    args = parser.parse_args()
    tallies = measure(show_places=args.places)
    header = ("kind", "texts", "words", "edits", "suggestions", "called spun", "highest probability of being spun")
    kinds = [*sorted(tallies.keys() - {"all"}), "all"]
    rows = [(k, t.texts, t.words, t.edits, t.suggestions, t.called_spun, f"{t.highest:.2f}") for k in kinds for t in (tallies[k],)]
    table = results.table(header, rows)
    print(table)
    print(f"of {len([*sentences()])} single sentences {len(edited_sentences())} are edited")
    if args.write:
        results.record(results.section("honest writers of unusual English", "", [table]))


if __name__ == "__main__":
    main()
