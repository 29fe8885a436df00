"""Feed rubbish to what reads from outside, and see whether it holds: a fuzzer led by coverage (atheris, not a dependency).

    pip install atheris
    python benchmarks/fuzz.py tokens --seconds 300 [--corpus DIR]

Targets: ``tokens`` (cutting a text), ``markup`` (Markdown, HTML, reStructuredText, LaTeX), ``patch`` (JSON of patches), ``lists`` (word
lists), ``model`` (language-model files), ``detect`` (all of it).  Errors of ``SpinfixError`` are answers; anything else is a find, which
is written to the folder of the corpus, goes to ``tests/past_failures`` and is replayed by the tests from then on.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from spinfix import Policy, detect, revert
from spinfix.errors import SpinfixError
from spinfix.language_model import PackedModel
from spinfix.markup import KINDS, view_of
from spinfix.patch import Patch
from spinfix.text import tokenize
from spinfix.wordlists import parse_list

SEEDS: Final = {
    "tokens": "Mr. Day’s 24,000 rifles -- “well-being”, U.S. 5th, https://example.org/a_b (x_y) 1990s…",
    "markup": "# Title\n\n* a <b>bold</b> `code` [link](http://x)\n\n\\section{One} $x$ .. note:: text\n\n| a | b |\n",
    "patch": '{"version": 1, "sha256_before": "0", "sha256_after": "0", "corrections": [{"start": 0, "before": "a", "after": "b"}]}',
    "lists": "# title: T\n# source: s\n# license: MIT\n# status: preview\n# + a b. => a c.\n# - d.\nb\tc\tpos=n\tp=0.5\tnear=x,y\n",
    "model": "spinfixLM\x01\x02\x00\x00\x00{}",
    "detect": "He works at a suppose tank in the Center East; an warning, the overseas minister mentioned in an announcement.",
}
NO_GATE: Final = Policy(gate=False)


def as_text(data: bytes) -> str:
    """Bytes as the shell reads them."""
    return data.decode("utf-8", "surrogateescape")


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


def markup(data: bytes) -> None:
    """Every kind of markup gives a view whose places lie in the text."""
    text = as_text(data[1:])
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    if kind != "auto":
        view_of(text, kind)


def patch(data: bytes) -> None:
    """A patch is refused, or reads back as itself."""
    read = Patch.from_json(as_text(data))
    assert Patch.from_json(read.to_json()) == read


def lists(data: bytes) -> None:
    """A list gives faults, or a list."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "family.tsv"
        path.write_bytes(data)
        faults: list[str] = []
        assert parse_list(path, faults) is not None or faults


def model(data: bytes) -> None:
    """A model file is refused, or answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.lm"
        path.write_bytes(data)
        PackedModel.open(path).words(["a"])


def everything(data: bytes) -> None:
    """Any text gives a report whose patch leads back."""
    text = as_text(data)
    report = detect(text, NO_GATE)
    assert revert(report.patch.apply(text), report.patch) == text


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "tokens": tokens, "markup": markup, "patch": patch, "lists": lists, "model": model, "detect": everything,
}  # fmt: skip


def main() -> None:
    """Fuzz one target from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-corpus"), help="where inputs that led further, and finds, are kept")
    args = parser.parse_args()
    atheris: Any = importlib.import_module("atheris")
    folder = args.corpus / args.target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed").write_bytes(SEEDS[args.target].encode("utf-8", "surrogateescape"))
    run, tried, started = TARGETS[args.target], 0, time.monotonic()

    def once(data: bytes) -> None:
        nonlocal tried
        tried += 1
        try:
            run(data)
        except SpinfixError:
            return
        except Exception:
            print(f"after {tried} inputs and {time.monotonic() - started:.0f} s: a find", file=sys.stderr)
            raise

    atheris.instrument_all() if args.target != "detect" else None
    options = [sys.argv[0], str(folder), f"-max_total_time={args.seconds}", "-max_len=4096", f"-artifact_prefix={folder}/find-"]
    atheris.Setup(options, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
