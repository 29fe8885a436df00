"""What ``--help`` says: a description and examples for each verb."""

from __future__ import annotations

from typing import Final

MAIN: Final = """\
Find synonym-spun text and restore what was meant.

  spinfix [FILE...]            restore: text in, restored text out, nothing else
  spinfix restore [FILE...]    the same; --write restores files in place
  spinfix detect [FILE...]     report what was changed and what was meant
  spinfix explain [FILE...]    every place that was considered, and why
  spinfix revert PATCH [FILE]  take a restoration back, to the byte
  spinfix apply PATCH [FILE]   make a restoration, or a part of it
  spinfix review FILE          decide finding by finding
  spinfix rules [NAME...]      the rules, and the page of each
  spinfix lists [NAME...]      the word lists, and the page of each
  spinfix config [FILE]        the settings in force, and where each comes from
  spinfix survey PATH...       how much of many pages is spun

FILE - (or none) is standard input; a folder stands for the texts in it.  `spinfix VERB --help` says more.
"""
_CODES: Final = "exit code: 0 done, 2 trouble\n"
EXAMPLES: Final = {
    "": """\
examples:
  spinfix < article.txt > restored.txt
  spinfix detect *.txt
  spinfix restore --write docs/
  spinfix revert article.txt.spinfix.json article.txt > as-it-was.txt
  spinfix ./detect             a file called like a verb (or: spinfix -- detect)

exit code: 0 done, 1 findings (detect) or a difference (--diff), 2 trouble
""",
    "restore": """\
examples:
  spinfix restore article.txt > restored.txt
  spinfix restore article.txt --patch way-back.json > restored.txt
  spinfix restore --write docs/ article.txt
  spinfix restore --diff --threshold 0.9 *.md
  tail -f feed.txt | spinfix restore --stream

exit code: 0 done, 1 there is a difference (--diff, --word-diff), 2 trouble
""",
    "detect": """\
examples:
  spinfix detect article.txt
  spinfix detect --format json-lines *.txt > reports.jsonl
  spinfix detect --fail-on restore --ignore names docs/
  curl -s https://example.org/ | spinfix detect --stdin-filename page.html

exit code: 0 nothing found, 1 findings (see --fail-on), 2 trouble
""",
    "explain": "examples:\n  spinfix explain article.txt\n  spinfix explain --json article.txt\n\n" + _CODES,
    "revert": """\
examples:
  spinfix revert way-back.json < restored.txt > article.txt
  spinfix revert --write article.txt.spinfix.json article.txt

"""
    + _CODES,
    "apply": """\
examples:
  spinfix apply article.patch.json article.txt > restored.txt
  spinfix apply --write --only 1b0bef1f,9c2d article.patch.json article.txt

"""
    + _CODES,
    "review": """\
examples:
  spinfix review article.txt
  spinfix review --suggest 0.05 --output decided.json article.txt
  spinfix review --write article.txt

"""
    + _CODES,
    "survey": """\
examples:
  spinfix survey crawl/ -j 0
  spinfix survey pages.jsonl.gz --field body --state pages.state --plot p.png
  spinfix survey pages.parquet --json > counts.json

exit code: 0 done, 2 trouble (pages that could not be read, too)
""",
    "rules": """\
examples:
  spinfix rules
  spinfix rules numbers/spelled-decade
  spinfix rules check my-rules.toml

exit code: 0 done, 1 a file of your own has faults (--check), 2 trouble
""",
    "lists": """\
examples:
  spinfix lists
  spinfix lists names/names
  spinfix lists check lists/schools/words.tsv
  spinfix lists --import pps.csv --date 2026-11-25 > lists/screener/phrases.tsv

exit code: 0 done, 1 a list of your own has faults (--check), 2 trouble
""",
    "config": "examples:\n  spinfix config\n  spinfix config docs/article.md\n  spinfix config --isolated > spinfix.toml\n\n" + _CODES,
}
DESCRIPTIONS: Final = {
    "": MAIN,
    "restore": "Write the texts, with what was meant put back, to standard output; or, with --write, into their files.",
    "detect": "Report what was changed and what was meant, and change nothing.\n\n"
    "A line a finding: path:line:column, observed, intended, posterior, source; then a line on the whole text.",
    "explain": "Report every place that was considered, with its candidates and its evidence, also what is left alone.  Changes nothing.",
    "revert": "Take a restoration back: the text before the patch, to the byte. Refuses any other text than the one that the patch made.",
    "apply": "Make the restorations of a patch.  Refuses any other text than the one that the patch was made for.",
    "review": "Show the findings in FILE one by one, each in its sentence: accept, reject, another candidate, all of this kind.\n\n"
    "What is accepted becomes a patch, FILE.patch.json, for `spinfix apply`.  Whoever quits keeps the answers so far.",
    "survey": "Count how many pages are spun, by family and domain, and name the most certain ones.\n\n"
    "A file is JSON lines or Parquet, by its name, or else one page of text.",
    "rules": "Show the rules, one line each; or the pages of those that are named (a list's page, too).",
    "lists": "Show the word lists, one line each; or the pages of those that are named (a rule's page, too).",
    "config": "Print the settings in force for FILE (or the current folder) in TOML, each with where it comes from.",
}
