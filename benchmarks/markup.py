"""What markup costs: the articles dressed in each kind of it, and real documentation, of which nothing may be touched.

    python benchmarks/markup.py --articles DIR --documentation DIR [DIR...] [--files N] [--write]

``--articles`` is the folder of ``quality.py``; each of its texts is dressed by ``dressing.py`` and scored as the plain one is.
``--documentation`` are folders that are searched for Markdown, HTML, reStructuredText and LaTeX, and for the METADATA of installed
packages; the largest files of each kind of each project are read, one or ``--files``.  ``site`` stands for this environment's own packages.
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
from spinfix.errors import MarkupError
from spinfix.markup import KINDS, kind_of, view_of

SEED: Final = 1
IN_LINES: Final = "plain, words broken at the ends of lines"
LARGEST: Final = 200_000  # code points read of one file


def dressed_score(sample: quality.Sample, kind: str, seed: int = SEED) -> quality.Score:
    """The score of ``sample`` dressed in ``kind``: its edits are brought back to the plain text, without the marks in them."""
    if kind == "plain":
        edits = [quality.Edit(f.span.start, f.span.end, f.intended) for f in detect(sample.text).findings if f.verdict is Verdict.RESTORE]
        return quality.score(sample.text, sample.gold, edits)
    dressed = dressing.in_lines(sample.text) if kind == IN_LINES else dressing.dress(sample.text, kind, seed)
    edits = []
    for f in detect(dressed.text, Policy(markup=dressed.kind)).findings:
        if f.verdict is Verdict.RESTORE:
            start, end = dressed.plain_span(f.span.start, f.span.end)
            intended = " ".join(f.intended.split()) if kind == IN_LINES else dressing.undressed(f.intended, kind)
            edits.append(quality.Edit(start, end, intended))
    return quality.score(sample.text, sample.gold, edits)


def article_table(folder: Path) -> str:
    """The scores of the articles, plain and dressed."""
    samples = list(quality.article_samples(folder))
    rows = []
    for kind in (*KINDS, IN_LINES):
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


def pages(folders: list[Path], files: int = 1) -> Iterator[Page]:
    """The largest ``files`` of each kind of each project under ``folders``, each text once."""
    found: dict[tuple[str, str], dict[str, Page]] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            page = _page(folder, file)
            if page is not None:
                largest = found.setdefault((page.project, page.kind), {})
                largest.setdefault(page.text, page)
                if len(largest) > files:
                    del largest[min(largest, key=lambda text: (len(text), largest[text].name))]
    for key in sorted(found):
        yield from sorted(found[key].values(), key=lambda page: (-len(page.text), page.name))


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


def documentation_tables(folders: list[Path], files_each: int = 1) -> Iterator[str]:
    """What of the documentation is touched, by kind, and how fast it is read."""
    rows: list[tuple[object, ...]] = []
    touched: list[tuple[str, ...]] = []
    found = list(pages(folders, files_each))
    for kind in KINDS[1:]:
        files = [page for page in found if page.kind == kind]
        words = edits = suggestions = size = 0
        seconds = 0.0
        for page in files:
            start = time.process_time()
            try:
                view_of(page.text, kind)
                seconds += time.process_time() - start
                report = detect(page.text, Policy(markup=kind))
            except MarkupError as refused:
                touched.append((page.project, kind, "refused", "", page.name, str(refused)))
                continue
            size += len(page.text)
            words += report.words
            for f in report.findings:
                edits += f.verdict is Verdict.RESTORE
                suggestions += f.verdict is Verdict.SUGGEST
                if f.verdict is Verdict.RESTORE:
                    line = page.text.splitlines()[f.line - 1].strip() if f.line <= len(page.text.splitlines()) else ""
                    touched.append((page.project, kind, " ".join(f.observed.split()), f.intended, f.source, line[:80].replace("|", "\\|")))
        projects = len({page.project for page in files})
        rows.append((kind, projects, len(files), words, edits, suggestions, f"{size / max(seconds, 1e-9) / 1e6:.1f}"))
    yield results.table(("documentation", "projects", "files", "words", "edits", "suggestions", "read, MB/s"), rows)
    yield results.table(("project", "markup", "observed", "intended", "source", "line"), touched) if touched else "Nothing is touched."


def main() -> None:
    """Measure, print, and record if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--documentation", nargs="+", default=[])
    parser.add_argument("--files", type=int, default=1, help="of each kind of each project (1)")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    blocks = [article_table(options.articles)] if options.articles else []
    if options.documentation:
        folders = [Path(sysconfig.get_path("purelib") if d == "site" else d) for d in options.documentation]
        blocks += documentation_tables(folders, options.files)
    text = results.section("markup", f"Dressed with seed {SEED}.", blocks)
    print(text)
    if options.write:
        results.record(text)


if __name__ == "__main__":
    main()
