"""Estimate spinfix's language model from a folder of corpora (``*.txt.xz``, one paragraph a line).

    python tools/build_language_model.py CORPORA OUT [--recipe tools/language_model_recipe.json] [--work DIR]
        [--also OUT2 BIGRAMS TRIGRAMS]... [--arpa TEXT]

Tokens are cut by ``spinfix.text``, the same code that runs in use.  Everything is deterministic; token streams and the counts of each
order are kept in the work folder, so an interrupted build goes on where it stopped.  Prints tokens, n-grams and held-out perplexity.
``--also`` prunes the same estimate to another size (the recipe's ``keep``, for each order above the first) and writes that too;
``--arpa`` writes the model as text for other programs, and wants a small one.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import lzma
import multiprocessing
import resource
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import kneser_ney as kn
import numpy as np
from arpa import write_arpa
from model_writer import write_model
from numpy.typing import NDArray

from spinfix.text import FORMS, PIECE, tokenize

HELD_OUT = 50  # one paragraph in so many is never trained on


def say(message: str) -> None:
    """Report progress on standard error."""
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def progress(what: str, done: int, of: int) -> None:
    """A bar on standard error, where that is a terminal."""
    if sys.stderr.isatty():
        bar = ("#" * (40 * done // max(of, 1))).ljust(40, ".")
        print(f"\r{what} [{bar}] {done:,}/{of:,} ", end="\n" if done >= of else "", file=sys.stderr, flush=True)


def cut(task: tuple[Path, Path, int]) -> str:
    """Turn one corpus into two streams of surface ids (training, held out) and a vocabulary file in the work folder."""
    source, work, limit = task
    done = work / f"{source.name.split('.')[0]}.vocabulary"
    if done.exists():
        return f"{source.name}: kept"
    ids: dict[str, int] = {"\n": 0}
    parts: dict[bool, list[NDArray[np.uint32]]] = {False: [], True: []}
    seen: set[int] = set()
    words = 0
    split = PIECE.findall
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            line = line.strip()
            mark = zlib.crc32(line.encode())
            if len(line) < 25 or mark in seen:
                continue
            seen.add(mark)
            pieces = [p for p in split(line) if not p.isspace()]
            words += len(pieces)
            row = np.fromiter((ids.setdefault(p, len(ids)) for p in pieces), dtype=np.uint32, count=len(pieces))
            parts[mark % HELD_OUT == 0] += [row, np.zeros(1, np.uint32)]
            if limit and words > limit:
                break
    stem = source.name.split(".")[0]
    for held_out, name in ((False, "train"), (True, "held-out")):
        rows = parts[held_out] or [np.zeros(1, np.uint32)]
        np.save(work / f"{stem}.{name}.npy", np.concatenate([np.zeros(1, np.uint32), *rows]))
    done.write_text("\n".join(list(ids)[1:]), encoding="utf-8")
    return f"{source.name}: {words:,} tokens"


def vocabulary_of(stems: Sequence[str], weights: dict[str, int], work: Path, minimum: int) -> tuple[list[str], dict[str, int]]:
    """Forms seen at least ``minimum`` times, commonest first, after the special words."""
    counts: dict[str, int] = {}
    for stem in stems:
        surfaces = (work / f"{stem}.vocabulary").read_text(encoding="utf-8").split("\n")
        tokens = np.bincount(np.load(work / f"{stem}.train.npy"), minlength=len(surfaces) + 1)[1:]
        for surface, count in zip(surfaces, tokens.tolist(), strict=True):
            known = FORMS[surface]
            counts[known] = counts.get(known, 0) + count * weights[stem]
    kept = sorted((w for w, c in counts.items() if c >= minimum), key=lambda w: (-counts[w], w))
    words = [*kn.SPECIAL, *kept]
    return words, {w: k for k, w in enumerate(words)}


def stream_of(stem: str, part: str, work: Path, index: dict[str, int]) -> NDArray[np.uint32]:
    """One corpus as word ids, each paragraph ``BEGIN ... END``."""
    surfaces = (work / f"{stem}.vocabulary").read_text(encoding="utf-8").split("\n")
    table = np.zeros(len(surfaces) + 1, dtype=np.uint32)
    for k, surface in enumerate(surfaces, 1):
        table[k] = index.get(FORMS[surface], unknown_class(surface))
    raw = np.load(work / f"{stem}.{part}.npy")
    cuts = np.flatnonzero(raw == 0)
    out = np.insert(table[raw], cuts, kn.END)  # END before each BEGIN
    return out[1:-1] if len(out) > 2 else out[:0]


def unknown_class(surface: str) -> int:
    """The class that stands for a word outside the vocabulary (kept in step with ``language_model.unknown_form``)."""
    if "-" in surface:
        return kn.UNKNOWN_HYPHEN
    return kn.UNKNOWN_CAPITAL if surface[:1].isupper() else kn.UNKNOWN


def main() -> None:
    """Build from the command line."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--recipe", type=Path, default=here / "language_model_recipe.json")
    parser.add_argument("--work", type=Path, default=Path("build/language-model"))
    parser.add_argument("--also", nargs="+", action="append", default=[], metavar=("OUT2", "NUMBER"), help="another size, and its file")
    parser.add_argument("--arpa", type=Path, metavar="TEXT", help="write the model as ARPA text, too")
    args = parser.parse_args()
    recipe: dict[str, Any] = json.loads(args.recipe.read_text(encoding="utf-8"))
    order: int = recipe["order"]
    sizes: list[tuple[Path, list[int]]] = [(args.out, recipe["keep"])]
    sizes += [(Path(path), [int(number) for number in numbers]) for path, *numbers in args.also]
    for path, keep in sizes:
        if len(keep) != order - 1:
            parser.error(f"{path}: expected {order - 1} numbers of n-grams to keep (orders 2 to {order}), found {len(keep)}")
    args.work.mkdir(parents=True, exist_ok=True)
    weights: dict[str, int] = recipe["weights"]
    stems = sorted(weights)
    tasks = [(args.corpora / f"{stem}.txt.xz", args.work, recipe.get("limit", 0)) for stem in stems]
    tasks.sort(key=lambda task: -task[0].stat().st_size)
    with multiprocessing.Pool(2) as pool:
        for k, message in enumerate(pool.imap_unordered(cut, tasks), 1):
            say(f"cut {k}/{len(tasks)}: {message}")
            progress("cut", k, len(tasks))
    words, index = vocabulary_of(stems, weights, args.work, recipe["minimum_word_count"])
    say(f"vocabulary: {len(words):,} forms")
    orders = kn.count_orders(streams_of(stems, weights, args.work, index), len(words), order, say, args.work, progress)
    kn.estimate(orders, say)
    for path, keep in sizes:
        say(f"{path.name}: at most {' and '.join(f'{number:,}' for number in keep)} n-grams")
        masks = kn.prune(orders, [0, *keep], [1, *recipe["minimum_ngram_count"]], say)
        model = kn.pruned_model(orders, masks)
        del masks
        facts = {
            "built": datetime.date.today().isoformat(),
            "recipe": {**recipe, "keep": keep},
            "recipe_digest": hashlib.sha256(args.recipe.read_bytes()).hexdigest()[:16],
        }
        write_model(path, words, model, recipe, facts)
        say(f"wrote {path}: {path.stat().st_size / 1e6:.1f} MB")
        if args.arpa and path == args.out:
            write_arpa(args.arpa, words, model)
            say(f"wrote {args.arpa}: {args.arpa.stat().st_size / 1e6:.1f} MB")
        del model
    del orders
    for path, _ in sizes:
        say(f"{path.name}:")
        report(path, stems, args.work)
    say(f"most memory at a time: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


def streams_of(
    stems: Sequence[str], weights: dict[str, int], work: Path, index: dict[str, int]
) -> Iterator[tuple[NDArray[np.uint32], int]]:
    """The training stream of each corpus, with its weight."""
    tokens = 0
    for stem in stems:
        stream = stream_of(stem, "train", work, index)
        tokens += len(stream)
        yield stream, weights[stem]
    say(f"training tokens: {tokens:,}")


def report(path: Path, stems: Sequence[str], work: Path) -> None:
    """Held-out perplexity of each source, as the packed model gives it."""
    from spinfix.language_model import PackedModel

    model = PackedModel.open(path)
    for stem in stems:
        surfaces = (work / f"{stem}.vocabulary").read_text(encoding="utf-8").split("\n")
        raw = np.load(work / f"{stem}.held-out.npy")[:150_000]
        text_rows = np.split(raw, np.flatnonzero(raw == 0))
        total, count = 0.0, 0
        for row in text_rows:
            row = row[row > 0]
            if len(row):
                document = tokenize(" ".join(surfaces[k - 1] for k in row.tolist()))
                scores = model.score(document.surfaces)
                total += float(scores.sum())
                count += len(scores)
        if count:
            say(f"  {stem}: held-out perplexity {np.exp(-total / count):.1f} over {count:,} tokens")


if __name__ == "__main__":
    main()
