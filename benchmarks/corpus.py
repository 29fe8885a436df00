"""What it costs to look through a corpus, and what is found: pages and MB a second, engines, memory, false alarms.

    PYTHONPATH=src:tools python benchmarks/corpus.py --corpora DIR [--pages 2000] [--clean 4000] [--write]

``DIR`` holds clean text, ``GENRE.txt.xz``, a paragraph a line.  Pages are cut from it; one in fifty is spun by a test table of
``spinner.py``.
Times are processor time of the process and its children, so what else runs on the machine counts little; "two workers" is by the clock.
Engines that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import results
import spinner
from fit_detector import GENRES, documents

from spinfix.batch import Batch

SPUN_SHARE: Final = 0.02
MEASURED_PART: Final = (0.4, 1.0)  # of each corpus: the detector was fitted on what stands before
WORDS: Final = 1200
LONG: Final = 200  # words of a spun page that must be found
RATES: Final = (0.1, 0.2, 0.3)
# not `ru_maxrss`, which a process takes over from the one that started it
PEAK: Final = """
import re, sys
from pathlib import Path
from spinfix.cli import main
code = main(["survey", "--isolated", "--json", sys.argv[1]])
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1e3, file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A page and whether it was spun."""

    text: str
    is_spun: bool


def clean_texts(corpora: Path, number: int, seed: int = 21) -> Iterator[str]:
    """``number`` clean pages of 50 to 1,200 words, the genres in turn."""
    each = [documents(corpora, genre, -(-number // len(GENRES)), MEASURED_PART, seed, WORDS) for genre in GENRES]
    for row in zip(*each, strict=True):
        yield from row


def spun_text(text: str, draw: random.Random) -> str:
    """``text`` spun by a test table of any family."""
    table = spinner.family_table(draw.choice(sorted(spinner.FAMILIES)), draw.randrange(4), part="test")
    return spinner.spin(text, table, draw.choice(RATES), draw.randrange(10**6))[0]


def mixed(corpora: Path, number: int) -> list[Made]:
    """Pages of which one in fifty is spun."""
    draw = random.Random("mixed")
    made = []
    for text in clean_texts(corpora, number):
        is_spun = draw.random() < SPUN_SHARE
        made.append(Made(spun_text(text, draw) if is_spun else text, is_spun))
    return made


def processor_seconds(work: Callable[[], object]) -> float:
    """What ``work`` takes of processors, its children's part included."""

    def used() -> float:
        return sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))

    start = used()
    work()
    return used() - start


def speed_rows(pages: Sequence[Made]) -> Iterator[tuple[str, str, str]]:
    """Pages and MB a second of each verb, in one process; and of the cheap path in two."""
    texts = [page.text for page in pages]
    size = sum(len(text.encode()) for text in texts) / 1e6
    batch = Batch()
    batch.detect_batch(texts[:200])  # what is loaded once a process, and the words that every page has
    for name, work in (("score_batch", batch.score_batch), ("detect_batch", batch.detect_batch), ("restore_batch", batch.restore_batch)):
        seconds = processor_seconds(lambda work=work: work(texts))  # type: ignore[misc]
        yield f"`{name}`, one process", f"{len(texts) / seconds:,.0f}", f"{size / seconds:.2f}"
    chunks = [texts[k : k + 100] for k in range(0, len(texts), 100)]
    for workers in (1, 2):
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(batch.score_batch, [["He works at a suppose tank."]] * 2 * workers))
            start = time.perf_counter()
            list(pool.map(batch.score_batch, chunks))
            seconds = time.perf_counter() - start
        yield f"`score_batch`, {workers} workers, by the clock", f"{len(texts) / seconds:,.0f}", f"{size / seconds:.2f}"


# --- engines -------------------------------------------------------------------------------------------------------------------------


def engine_rows(pages: Sequence[Made]) -> Iterator[tuple[str, str, str]]:
    """What each engine takes over the plain loop, which reads JSON lines, restores and writes them."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in"
        source.mkdir()
        lines = "".join(json.dumps({"id": str(k), "text": page.text}) + "\n" for k, page in enumerate(pages))
        (source / "pages.jsonl").write_text(lines, encoding="utf-8")
        _loop(source / "pages.jsonl", Path(folder) / "out.jsonl")  # once before, as what is remembered of words would favour those behind
        plain = processor_seconds(lambda: _loop(source / "pages.jsonl", Path(folder) / "out.jsonl"))
        yield "plain loop", f"{plain:.1f}", ""
        for name, work in ENGINES.items():
            try:
                (Path(folder) / "once").mkdir(exist_ok=True)
                work(source, Path(folder) / "once")  # what an engine takes to start is paid once a worker, not once a page
                seconds = processor_seconds(lambda work=work: work(source, Path(folder)))  # type: ignore[misc]
            except ImportError:
                yield name, "not installed", ""
                continue
            yield name, f"{seconds:.1f}", f"{seconds / plain - 1:+.0%}"


def _loop(source: Path, target: Path) -> None:
    batch = Batch()
    with open(source, encoding="utf-8") as read, open(target, "w", encoding="utf-8") as out:
        for line in read:
            page = json.loads(line)
            done = batch.repair_batch([page["text"]])[0]
            out.write(json.dumps({**page, "text": done.text, "patch": done.patch.to_json()}) + "\n")


def _datatrove(source: Path, folder: Path) -> None:
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from spinfix.datatrove import SpunRestorer

    read = JsonlReader(str(source))()
    for _ in JsonlWriter(str(folder / "datatrove"), compression=None)(SpunRestorer()(read)):
        pass


def _datasets(source: Path, folder: Path) -> None:
    import datasets

    datasets.disable_progress_bars()
    pages = datasets.load_dataset("json", data_files=str(source / "pages.jsonl"), split="train", cache_dir=str(folder / "cache"))
    batch = Batch()

    def repaired(rows: dict[str, Any]) -> dict[str, Any]:
        done = batch.repair_batch(rows["text"])
        return {"text": [r.text for r in done], "patch": [r.patch.to_json() for r in done]}

    pages.map(repaired, batched=True, batch_size=256, new_fingerprint="corpus").to_json(str(folder / "datasets.jsonl"))


def _polars(source: Path, folder: Path) -> None:
    import polars

    frame = polars.read_ndjson(source / "pages.jsonl")
    done = Batch().repair_batch(frame["text"].to_list())
    columns = [polars.Series("text", [r.text for r in done]), polars.Series("patch", [r.patch.to_json() for r in done])]
    frame.with_columns(columns).write_ndjson(folder / "polars.jsonl")


def _dask(source: Path, folder: Path) -> None:
    import dask.dataframe

    def repaired(part: Any) -> Any:
        done = Batch().repair_batch(part["text"].tolist())
        return part.assign(text=[r.text for r in done], patch=[r.patch.to_json() for r in done])

    pages = dask.dataframe.read_json(str(source / "pages.jsonl"), lines=True, blocksize="16MB")
    meta = pages._meta.assign(patch="")
    pages.map_partitions(repaired, meta=meta).to_json(str(folder / "dask"), lines=True, compute_kwargs={"scheduler": "synchronous"})


ENGINES: Final = {
    "datatrove, `SpunRestorer`": _datatrove,
    "Hugging Face datasets, `map`": _datasets,
    "polars": _polars,
    "dask": _dask,
}


# --- memory, and what is found -------------------------------------------------------------------------------------------------------


def memory_rows(pages: Sequence[Made]) -> Iterator[tuple[str, str]]:
    """Peak memory of a survey as the corpus grows tenfold."""
    for times in (1, 10):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pages.jsonl"
            with open(path, "w", encoding="utf-8") as file:
                for k in range(times):
                    file.writelines(json.dumps({"id": f"{k}-{n}", "text": page.text}) + "\n" for n, page in enumerate(pages))
            done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True, env=dict(os.environ))
            yield f"{len(pages) * times:,} pages, {path.stat().st_size / 1e6:.0f} MB", f"{float(done.stderr.split()[-1]):.0f}"


def found_rows(corpora: Path, clean: int, spun: int) -> Iterator[tuple[str, str, str]]:
    """False alarms on clean pages, and what share of spun pages is found."""
    draw = random.Random("found")
    batch = Batch()
    alarms = read = 0
    for text in clean_texts(corpora, clean, seed=22):
        alarms += batch.score_batch([text])[0].is_spun
        read += 1
    yield "clean pages called spun", f"{alarms} of {read:,}", "1 in 2,000"
    long = (text for text in clean_texts(corpora, 4 * spun, seed=23) if len(text.split()) >= LONG)
    scores = [score.is_spun for text in long for score in batch.score_batch([spun_text(text, draw)])]
    rates = ", ".join(f"{rate:.0%}" for rate in RATES)
    yield f"spun pages found ({LONG} words and up, rates of {rates})", f"{sum(scores) / len(scores):.3f} of {len(scores):,}", "0.95"


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=2000, help="mixed pages to time")
    parser.add_argument("--clean", type=int, default=4000, help="clean pages to count false alarms on; a tenth as many spun ones")
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    pages = mixed(args.corpora, args.pages)
    blocks = []

    def show(block: str) -> None:
        blocks.append(block)
        print(block, end="\n\n", flush=True)

    speeds = [*speed_rows(pages), ("*target of `score_batch`*", "", "*5*")]
    show(results.table(("mixed pages, 2 % spun", "pages a second", "MB a second"), speeds))
    engines = [*engine_rows(pages), ("*target, datatrove*", "", "*+25%*")]
    show(results.table(("engine, the same pages restored", "seconds", "over the loop"), engines))
    show(results.table(("a survey of", "peak memory, MB"), memory_rows(pages)))
    show(results.table(("is it spun", "measured", "target"), found_rows(args.corpora, args.clean, args.clean // 10)))
    if args.write:
        size = sum(len(page.text.encode()) for page in pages) / 1e6
        settings = f"{len(pages):,} pages, {size:.1f} MB, {sum(page.is_spun for page in pages)} of them spun."
        results.record(results.section("corpus", settings, blocks))


if __name__ == "__main__":
    main()
