"""What markup costs: the articles dressed in each kind of it, and real documentation, of which nothing may be touched.

    python benchmarks/markup.py --articles DIR --documentation DIR [DIR...] [--write]

``--articles`` is the folder of ``quality.py``; each of its texts is dressed by ``dressing.py`` and scored as the plain one is.
``--documentation`` are folders that are searched for Markdown, HTML, reStructuredText and LaTeX, and for the METADATA of installed
packages; the largest file of each kind of each project is read.  ``site`` stands for this environment's own packages.
"""

from __future__ import annotations

import argparse
import email
import gzip
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import dressing
import quality
import results

from spinfix import Policy, Verdict, detect
from spinfix.markup import KINDS, kind_of, view_of

SEED: Final = 1
LARGEST: Final = 200_000  # code points read of one file


def dressed_score(sample: quality.Sample, kind: str, seed: int = SEED) -> quality.Score:
    """The score of ``sample`` dressed in ``kind``: its edits are brought back to the plain text, without the marks in them."""
    if kind == "plain":
        edits = [quality.Edit(f.span.start, f.span.end, f.intended) for f in detect(sample.text).findings if f.verdict is Verdict.RESTORE]
        return quality.score(sample.text, sample.gold, edits)
    dressed = dressing.dress(sample.text, kind, seed)
    edits = []
    for f in detect(dressed.text, Policy(markup=kind)).findings:
        if f.verdict is Verdict.RESTORE:
            start, end = dressed.plain_span(f.span.start, f.span.end)
            edits.append(quality.Edit(start, end, dressing.undressed(f.intended, kind)))
    return quality.score(sample.text, sample.gold, edits)


def article_table(folder: Path) -> str:
    """The scores of the articles, plain and dressed."""
    samples = list(quality.article_samples(folder))
    rows = []
    for kind in KINDS:
        scores = [(sample, dressed_score(sample, kind)) for sample in samples]
        dev = sum((s for sample, s in scores if sample.gold and sample.name != "first-article"), quality.Score())
        first = sum((s for sample, s in scores if sample.name == "first-article"), quality.Score())
        clean = sum(s.edits for sample, s in scores if not sample.gold)
        rows.append((kind, f"{dev.f_half:.3f}", f"{dev.recall:.3f}", f"{dev.correct:.3f}", dev.false, f"{first.f_half:.3f}", clean))
    return results.table(("markup", "F0.5", "restored", "correct", "false edits", "first article: F0.5", "clean: edits"), rows)


@dataclass(frozen=True, slots=True)
class Page:
    """A file of documentation."""

    project: str
    name: str
    kind: str
    text: str


def pages(folders: list[Path]) -> Iterator[Page]:
    """The largest file of each kind of each project under ``folders``."""
    largest: dict[tuple[str, str], Page] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            page = _page(folder, file)
            if page is not None:
                key = (page.project, page.kind)
                if key not in largest or len(page.text) > len(largest[key].text):
                    largest[key] = page
    yield from (largest[key] for key in sorted(largest))


def _page(folder: Path, file: Path) -> Page | None:
    parts = file.relative_to(folder).parts
    project = parts[0].split("-")[0].lower()
    if file.name == "METADATA" and file.is_file():
        message = email.message_from_string(file.read_text(encoding="utf-8", errors="replace"))
        kind = "markdown" if "markdown" in (message.get("Description-Content-Type") or "") else "rst"
        text = str(message.get_payload() or message.get("Description") or "")
        return Page(project, "long description", kind, text[:LARGEST]) if len(text) > 500 else None
    name = file.name.removesuffix(".gz")
    kind = kind_of(name)
    if kind == "plain" or not file.is_file() or file.stat().st_size > 10 * LARGEST:
        return None
    data = file.read_bytes()
    if file.suffix == ".gz":
        data = gzip.decompress(data)
    text = data.decode("utf-8", "replace")[:LARGEST]
    return Page(project, "/".join(parts[1:]), kind, text) if len(text) > 500 else None


def documentation_tables(folders: list[Path]) -> Iterator[str]:
    """What of the documentation is touched, by kind, and how fast it is read."""
    rows, touched = [], []
    found = list(pages(folders))
    for kind in KINDS[1:]:
        files = [page for page in found if page.kind == kind]
        words = edits = suggestions = size = 0
        seconds = 0.0
        for page in files:
            start = time.process_time()
            view_of(page.text, kind)
            seconds += time.process_time() - start
            size += len(page.text)
            report = detect(page.text, Policy(markup=kind))
            words += report.words
            for f in report.findings:
                edits += f.verdict is Verdict.RESTORE
                suggestions += f.verdict is Verdict.SUGGEST
                if f.verdict is Verdict.RESTORE:
                    line = page.text.splitlines()[f.line - 1].strip() if f.line <= len(page.text.splitlines()) else ""
                    touched.append((page.project, kind, " ".join(f.observed.split()), f.intended, f.source, line[:80].replace("|", "\\|")))
        projects = len({page.project for page in files})
        rows.append((kind, projects, words, edits, suggestions, f"{size / max(seconds, 1e-9) / 1e6:.1f}"))
    yield results.table(("documentation", "projects", "words", "edits", "suggestions", "read, MB/s"), rows)
    yield results.table(("project", "markup", "observed", "intended", "source", "line"), touched) if touched else "Nothing is touched."


def main() -> None:
    """Measure, print, and record if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--documentation", nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    blocks = [article_table(options.articles)] if options.articles else []
    if options.documentation:
        blocks += documentation_tables([Path(sysconfig.get_path("purelib") if d == "site" else d) for d in options.documentation])
    text = results.section("markup", f"Dressed with seed {SEED}.", blocks)
    print(text)
    if options.write:
        results.record(text)


if __name__ == "__main__":
    main()
