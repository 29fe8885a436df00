"""How much of a pile of pages is spun: reading text, JSON lines and Parquet, and adding up what is found.

Pages are read one by one and judged in chunks, in as many processes as wanted; what has been counted is a ``Tally``, and tallies add up.
A page that cannot be read is counted and named, and the survey goes on.  Memory does not grow with the number of pages: of domains and of
faults the first ``KEPT`` are told apart.
"""

from __future__ import annotations

import heapq
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any, Final, Protocol
from urllib.parse import urlsplit

from .batch import Batch, SpunScore, one_by_one
from .errors import InputError, MarkupError
from .markup import kind_of
from .report.record import CONTROLS

CHUNK_PAGES: Final = 200
CHUNK_LETTERS: Final = 1 << 21
KEPT: Final = 100_000  # domains and faults that are told apart
TOP: Final = 100  # of the most certain pages
BINS: Final = 20  # of the spin rate, each 0.05 wide
OTHER: Final = "(other)"
NO_DOMAIN: Final = "(none)"
_NO_BYTE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # lone surrogates that stand for no byte of a file: JSON may hold them


@dataclass(frozen=True, slots=True)
class Fields:
    """What the fields of a page are called in JSON lines and Parquet."""

    text: str = "text"
    id: str = "id"
    url: str = "url"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: how it is called, where it is from, what it says, and in which markup, as far as the name of a file tells."""

    id: str
    domain: str
    text: str
    markup: str = "plain"


@dataclass(frozen=True, slots=True)
class Fault:
    """A page or file that cannot be read."""

    where: str
    reason: str


@dataclass(slots=True)
class Tally:
    """What has been counted."""

    pages: int = 0
    words: int = 0
    spun: int = 0
    spun_words: int = 0
    families: Counter[str] = field(default_factory=Counter)  # of spun pages
    domains: Counter[str] = field(default_factory=Counter)
    spun_domains: Counter[str] = field(default_factory=Counter)
    rates: Counter[int] = field(default_factory=Counter)  # spun pages by the bin of their spin rate
    top: list[tuple[float, float, str]] = field(default_factory=list)  # probability, spin rate, page: at least the ``TOP`` most certain
    faults: list[Fault] = field(default_factory=list)
    unreadable: int = 0

    def add(self, page: Page, score: SpunScore) -> None:
        """Count a page."""
        self.pages += 1
        self.words += score.words
        domain = page.domain if page.domain in self.domains or len(self.domains) < KEPT else OTHER
        self.domains[domain] += 1
        if score.is_spun:
            self.spun += 1
            self.spun_words += score.words
            self.families[score.family or "unknown"] += 1
            self.spun_domains[domain] += 1
            self.rates[min(int(score.spin_rate * BINS), BINS - 1)] += 1
            self.top.append((score.spun, score.spin_rate, page.id))
            if len(self.top) > 4 * TOP:
                self._shorten()

    def add_fault(self, fault: Fault) -> None:
        """Count what cannot be read."""
        self.unreadable += 1
        if len(self.faults) < KEPT:
            self.faults.append(fault)

    def merge(self, other: Tally) -> None:
        """Add another tally."""
        self.pages += other.pages
        self.words += other.words
        self.spun += other.spun
        self.spun_words += other.spun_words
        self.families += other.families
        for mine, theirs in ((self.domains, other.domains), (self.spun_domains, other.spun_domains)):
            for domain, number in theirs.items():
                mine[domain if domain in self.domains or len(self.domains) < KEPT else OTHER] += number
        self.rates += other.rates
        self.top += other.top
        self._shorten()
        self.unreadable += other.unreadable
        self.faults += other.faults[: KEPT - len(self.faults)]

    def _shorten(self) -> None:
        self.top = self.most_certain()

    def most_certain(self, count: int = TOP) -> list[tuple[float, float, str]]:
        """The ``count`` most certain of the spun pages, up to ``TOP``: probability, spin rate, page."""
        return heapq.nsmallest(min(count, TOP), self.top, key=lambda page: (-page[0], -page[1], page[2]))

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for ``from_dict``."""
        return {
            "pages": self.pages, "words": self.words, "spun": self.spun, "spun_words": self.spun_words,
            "families": dict(sorted(self.families.items())), "domains": dict(sorted(self.domains.items())),
            "spun_domains": dict(sorted(self.spun_domains.items())), "rates": {str(k): n for k, n in sorted(self.rates.items())},
            "top": [list(page) for page in self.most_certain()], "unreadable": self.unreadable,
            "faults": [[fault.where, fault.reason] for fault in self.faults],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Tally:
        """The tally that ``to_dict`` wrote; ``InputError`` for other data."""
        try:
            return cls(
                data["pages"], data["words"], data["spun"], data["spun_words"], Counter(data["families"]), Counter(data["domains"]),
                Counter(data["spun_domains"]), Counter({int(k): n for k, n in data["rates"].items()}),
                [(p, rate, page) for p, rate, page in data["top"]], [Fault(where, reason) for where, reason in data["faults"]],
                data["unreadable"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"expected a tally of a survey: {error!r}") from None


def tally_of(batch: Batch, chunk: Sequence[Page | Fault]) -> Tally:
    """Judge the pages of a chunk."""
    tally = Tally()
    pages = [page for page in chunk if isinstance(page, Page)]
    policy = batch.policy
    for markup, alike in groupby(pages, lambda page: page.markup if policy.markup == "auto" else policy.markup):
        some = list(alike)
        verb = partial(Batch(replace(policy, markup=markup)).score_batch, families=True)
        for page, score in zip(some, one_by_one(verb, [page.text for page in some]), strict=True):
            if isinstance(score, MarkupError):
                tally.add_fault(Fault(page.id, str(score)))
            else:
                tally.add(page, score)
    for fault in chunk:
        if isinstance(fault, Fault):
            tally.add_fault(fault)
    return tally


LINES: Final = (".jsonl", ".ndjson", ".json")
PACKED: Final = (".gz", ".zst")


def holds_pages(name: str) -> bool:
    """Whether a file in a folder is one to survey, by its name."""
    stem = _split(name)[0]
    return stem.endswith((*LINES, ".parquet", ".txt", ".text"))


def _split(name: str) -> tuple[str, str]:
    lowered = name.lower()
    packing = next((end for end in PACKED if lowered.endswith(end)), "")
    return lowered.removesuffix(packing), packing


# --- reading -------------------------------------------------------------------------------------------------------------------------


def chunks(pages: Iterable[Page | Fault]) -> Iterator[list[Page | Fault]]:
    """``pages`` in chunks that are not too large."""
    chunk: list[Page | Fault] = []
    letters = 0
    for page in pages:
        chunk.append(page)
        letters += len(page.text) if isinstance(page, Page) else 0
        if len(chunk) >= CHUNK_PAGES or letters >= CHUNK_LETTERS:
            yield chunk
            chunk, letters = [], 0
    if chunk:
        yield chunk


def pages_of(path: Path, fields: Fields) -> Iterator[Page | Fault]:
    """The pages in one file, told by its name: JSON lines, packed or not, or Parquet; anything else is one page of text."""
    try:
        stem, packing = _split(path.name)
        if stem.endswith(".parquet"):
            yield from _from_parquet(path, fields)
        elif stem.endswith(LINES):
            with _opened(path, packing) as stream:
                yield from _from_lines(stream, str(path), fields)
        else:
            with _opened(path, packing) as stream:
                yield Page(str(path), NO_DOMAIN, stream.read().decode("utf-8"), kind_of(stem))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, InputError) as error:
        yield Fault(str(path), _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the file is cut short"
    if isinstance(error, UnicodeDecodeError):
        return f"expected UTF-8 text, found byte {error.object[error.start]:#04x} at {error.start}"
    return str(getattr(error, "strerror", None) or error)


def _opened(path: Path, packing: str) -> IO[bytes]:
    if packing == ".gz":
        import gzip

        return gzip.GzipFile(path)  # type: ignore[return-value]
    if packing == ".zst":
        return _Zstandard(path)
    return path.open("rb")


class _Zstandard(io.BufferedReader):
    """A packed file; says where it is cut short, which the package passes over."""

    def __init__(self, path: Path) -> None:
        try:
            import zstandard
        except ImportError:
            raise InputError("reading .zst needs the package zstandard: pip install 'spinfix[survey]'") from None
        super().__init__(_Unpacking(path, zstandard))


class _Unpacking(io.RawIOBase):
    def __init__(self, path: Path, zstandard: Any) -> None:
        self._file = path.open("rb")
        self._zstandard = zstandard
        self._unpacker = zstandard.ZstdDecompressor().decompressobj()
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            packed = self._file.read(1 << 16)
            if not packed:
                if not self._unpacker.eof:
                    raise EOFError
                return 0
            try:
                self._ready = self._unpacked(packed)
            except self._zstandard.ZstdError as error:
                raise InputError(f"expected Zstandard data: {error}") from None
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _unpacked(self, packed: bytes) -> bytes:
        out = b""
        while packed:
            if self._unpacker.eof:  # files may be joined end to end
                self._unpacker = self._zstandard.ZstdDecompressor().decompressobj()
            out += self._unpacker.decompress(packed)
            packed = self._unpacker.unused_data
        return out

    def close(self) -> None:
        self._file.close()
        super().close()


def _from_lines(stream: Iterable[bytes], path: str, fields: Fields) -> Iterator[Page | Fault]:
    for number, line in enumerate(stream, 1):
        where = f"{path}:{number}"
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Fault(where, f"expected JSON: {error}")
            continue
        yield _page(found, where, fields)


def _page(found: Any, where: str, fields: Fields) -> Page | Fault:
    if not isinstance(found, dict):
        return Fault(where, f"expected an object, found {type(found).__name__}")
    if fields.text not in found:
        return Fault(where, f"expected a field {fields.text!r}, found {', '.join(map(repr, islice(found, 8))) or 'none'}")
    text = found[fields.text]
    if not isinstance(text, str):
        return Fault(where, f"expected a text in {fields.text!r}, found {type(text).__name__}")
    name = found.get(fields.id)
    return Page(where if name is None or name == "" else str(name), _domain(found.get(fields.url)), text)


def _domain(url: Any) -> str:
    try:
        return (urlsplit(url).hostname if isinstance(url, str) else None) or NO_DOMAIN
    except ValueError:
        return NO_DOMAIN


def _from_parquet(path: Path, fields: Fields) -> Iterator[Page | Fault]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError("reading Parquet needs the package pyarrow: pip install 'spinfix[survey]'") from None
    try:
        with closing(pyarrow.parquet.ParquetFile(path)) as file:
            known = file.schema_arrow.names
            if fields.text not in known:
                raise InputError(f"expected a column {fields.text!r}, found {', '.join(map(repr, known[:8])) or 'none'}")
            columns = [name for name in (fields.text, fields.id, fields.url) if name in known]
            row = 0
            for rows in file.iter_batches(CHUNK_PAGES, columns=columns):
                for found in rows.to_pylist():
                    row += 1
                    yield _page(found, f"{path}:{row}", fields)
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"expected a Parquet file: {str(error).splitlines()[0] if str(error) else error!r}") from None


# --- telling -------------------------------------------------------------------------------------------------------------------------


def lines(tally: Tally, top: int = 20) -> Iterator[str]:
    """The survey as a page of text: totals, families, density, domains, the most certain pages, what could not be read."""
    yield f"{tally.pages:,} {'page' if tally.pages == 1 else 'pages'}, {tally.words:,} {'word' if tally.words == 1 else 'words'}"
    yield f"{tally.spun:,} spun: {_share(tally.spun, tally.pages)} of the pages, {_share(tally.spun_words, tally.words)} of the words"
    if tally.families:
        yield ""
        yield from _columns(("family", "pages", "share of spun"), [(f, n, _share(n, tally.spun)) for f, n in tally.families.most_common()])
    if tally.rates:
        yield ""
        yield "spin rate (share of the words that could be changed), spun pages"
        most = max(tally.rates.values())
        for k in range(max(tally.rates) + 1):
            n = tally.rates[k]
            bar = "#" * round(40 * n / most)
            yield f"  {k / BINS:.2f} to {(k + 1) / BINS:.2f}  {bar:40}  {n:,}"
    if tally.spun_domains and top:
        yield ""
        worst = heapq.nsmallest(top, tally.spun_domains.items(), key=lambda item: (-item[1], item[0]))
        rows = [(domain, tally.domains[domain], n, _share(n, tally.domains[domain])) for domain, n in worst]
        yield from _columns(("domain", "pages", "spun", "share"), rows)
    if tally.top and top:
        yield ""
        yield "the most certain"
        yield from (f"  {p:.4f}  spin rate {rate:.2f}  {_shown(page)}" for p, rate, page in tally.most_certain(top))
    if tally.unreadable:
        yield ""
        yield f"{tally.unreadable:,} could not be read"
        yield from (_shown(f"  {fault.where}: {fault.reason}") for fault in tally.faults[:top])
        if tally.unreadable > top:
            yield f"  and {tally.unreadable - top:,} more"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"


def _shown(name: str) -> str:
    """``name``, which a page chose, as a line shows it: nothing in it works on a terminal, and all of it can be written."""
    return _NO_BYTE.sub("\ufffd", name.translate(CONTROLS))


def _columns(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    cells = [list(header), *([f"{c:,}" if isinstance(c, int) else _shown(str(c)) for c in row] for row in rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]
    for first, *others in cells:
        yield "  ".join(["", first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))])


class _Target(Protocol):
    def write(self, data: bytes, /) -> object: ...


def plot(tally: Tally, target: _Target, kind: str) -> None:
    """Draw how dense the spun pages are and which families they belong to, as ``png``, ``svg`` or ``pdf``, into ``target``.

    ``InputError`` where matplotlib is missing.
    """
    try:
        import matplotlib
    except ImportError:
        raise InputError("a plot needs the package matplotlib: pip install 'spinfix[survey]'") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.bar([(k + 0.5) / BINS for k in range(BINS)], [tally.rates[k] for k in range(BINS)], width=0.9 / BINS, color="#b5533c")
    left.set(xlabel="spin rate", ylabel="spun pages", xlim=(0, 1), title=f"{tally.spun:,} of {tally.pages:,} pages are spun")
    names = sorted(tally.families, key=lambda family: tally.families[family])
    right.barh(names, [tally.families[name] for name in names], color="#3c6e8f")
    right.set(xlabel="spun pages", title="by family")
    figure.savefig(target, format=kind, metadata={"Date": None} if kind == "svg" else None)
    pyplot.close(figure)
