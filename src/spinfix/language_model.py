"""P(word | the two words before), from one memory-mapped file, with back-off; wordfreq for words it does not know.

File layout, version 1 (all numbers little-endian)::

    9 bytes   b"spinfixLM"
    1 byte    format version
    4 bytes   length of the header
    n bytes   header, JSON: "order", "tables", "facts" (sources, recipe, date), "digest" (BLAKE2b of all that follows)
    ...       sections, each where the header says, counted from the end of the header

A table per order holds a codebook of log probabilities and one of log back-off weights (float32, nats) and the packed
slots of a static function (``spinfix.fuse``) whose value is ``backoff_code << probability_bits | probability_code``.
N-grams that were pruned away are backed off as in any ARPA model: log p(c|a,b) = backoff(a,b) + log p(c|b).
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import math
import mmap
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .fuse import FuseTable, Keys, join_keys, table_in
from .text import FORMS, cut

MAGIC: Final = b"spinfixLM"
VERSION: Final = 1
ORDER: Final = 3  # what the decoder's states are made for
ADVICE: Final = "reinstall spinfix, or build the model anew with tools/build_language_model.py"
CACHED: Final = 20_000  # words remembered at a time: some 100 bytes each; running text brings few new ones, a thesaurus many
BEGIN: Final = "<s>"
SEARCHED: Final = 40  # unknown words that are searched for one by one; for more, a table is made
_RAREST: Final = math.log(3e-10)
_NO_WORD: Final = -20.0
_CENTIBEL: Final = math.log(10) / 100  # nats

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class _WordKeys(dict[str, int]):
    def __missing__(self, known: str) -> int:
        if len(self) >= CACHED:
            self.clear()
        value = self[known] = int.from_bytes(hashlib.blake2b(known.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        return value


WORD_KEYS: Final = _WordKeys()


def word_keys(forms: Iterable[str]) -> Keys:
    """The 64-bit keys of word forms."""
    return np.fromiter(map(WORD_KEYS.__getitem__, forms), dtype=np.uint64)


def unknown_form(surface: str) -> str:
    """The class under which the model knows words outside its vocabulary."""
    if "-" in surface:
        return "<unk-hyphen>"
    return "<unk-capital>" if surface[:1].isupper() else "<unk>"


class Words(NamedTuple):
    """Words as a model knows them: arrays of equal length, one entry a word."""

    keys: Keys
    log_prob: Floats  # nats, without context
    backoff: Floats  # nats, of the word as a history
    surplus: Floats  # nats to add wherever the word is predicted: its share of the class of unknown words


class LanguageModel(Protocol):
    """What the decoder asks of a model, over whole arrays.  Everything in natural logarithms."""

    def words(self, surfaces: Sequence[str]) -> Words:
        """Look words up."""

    def pairs(self, words: Words, first: Indices, second: Indices) -> tuple[Floats, Floats, Keys]:
        """For pairs of indices into ``words``: log p(second | first), the pair's back-off weight, the pair's key."""

    def triples(self, pair_keys: Keys, third_keys: Keys, fallback: Floats) -> Floats:
        """log p(third | pair); ``fallback`` where the triple is not in the model."""


class _Table(NamedTuple):
    slots: FuseTable
    probability_bits: int
    log_prob: Floats
    backoff: Floats

    def look_up(self, keys: Keys) -> tuple[NDArray[np.bool_], Floats, Floats]:
        known, codes = self.slots.look_up(keys)
        return (
            known,
            self.log_prob[codes & ((1 << self.probability_bits) - 1)],
            self.backoff[np.minimum(codes >> self.probability_bits, len(self.backoff) - 1)],
        )


class PackedModel:
    """The model in its file.  Opening it reads the header only; tables are read where they are looked up."""

    def __init__(self, path: Path, header: dict[str, Any], tables: Sequence[_Table], buffer: memoryview | mmap.mmap, start: int) -> None:
        self.path = path
        self.facts: dict[str, Any] = header["facts"]
        self.digest: str = header["digest"]
        self._tables = tables
        self.buffer = buffer  # the file, mapped
        self._start = start

    @classmethod
    def open(cls, path: Path) -> PackedModel:
        """Open the model at ``path``; ``ModelError`` where it is no model, damaged, or of another version."""
        try:
            with open(path, "rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                head = file.read(14)
                if len(head) < 14 or head[:9] != MAGIC:
                    raise ModelError(f"{path}: expected a spinfix language model ({MAGIC!r} at its start), found {head[:9]!r}: {ADVICE}")
                if head[9] != VERSION:
                    raise ModelError(f"{path}: expected format version {VERSION}, found {head[9]}: {ADVICE}")
                (length,) = struct.unpack("<I", head[10:])
                raw = file.read(length)
                try:
                    header = _checked(json.loads(raw))
                    expected = 14 + length + header["size"]
                except (ValueError, KeyError, TypeError) as error:
                    raise ModelError(f"{path}: the header is damaged ({_reason(error)}): {ADVICE}") from None
                if size != expected:
                    raise ModelError(f"{path}: expected {expected} bytes, found {size}; the file is cut short or has grown: {ADVICE}")
                buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it, or a file with nothing behind its header
            raise ModelError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}): {ADVICE}") from error
        start = 14 + length
        try:
            tables = [_table(buffer, start, entry, header["size"]) for entry in header["tables"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{path}: the header is damaged ({_reason(error)}): {ADVICE}") from None
        return cls(path, header, tables, buffer, start)

    def verify(self) -> None:
        """Compare the whole file with its digest; ``ModelError`` where they differ."""
        found = hashlib.blake2b(self.buffer[self._start :], digest_size=16).hexdigest()
        if found != self.digest:
            changed = f"expected digest {self.digest}, found {found}; the file was changed after it was written"
            raise ModelError(f"{self.path}: {changed}: {ADVICE}")

    def knows(self, word: str) -> bool:
        """Whether ``word`` is in the vocabulary, as it is or as the parts around its apostrophes and hyphens."""
        keys = word_keys(FORMS[part] for part in cut(word))
        return bool(self._tables[0].look_up(keys)[0].all())

    def words(self, surfaces: Sequence[str]) -> Words:
        """Look words up by their surfaces (or forms)."""
        forms = list(map(FORMS.__getitem__, surfaces))
        keys = word_keys(forms)
        known, log_prob, backoff = self._tables[0].look_up(keys)
        surplus = np.zeros(len(keys))
        missing = np.flatnonzero(~known)
        if len(missing):
            classes = [unknown_form(surfaces[k]) for k in missing.tolist()]
            keys[missing] = word_keys(classes)
            _, log_prob[missing], backoff[missing] = self._tables[0].look_up(keys[missing])
            rare = np.array([_web_log_frequency(forms[k]) for k in missing.tolist()])
            surplus[missing] = np.clip(rare - log_prob[missing], -16.0, -3.0)
        return Words(keys, log_prob + surplus, backoff, surplus)

    def pairs(self, words: Words, first: Indices, second: Indices) -> tuple[Floats, Floats, Keys]:
        """For pairs of indices into ``words``: log p(second | first), the pair's back-off weight, the pair's key."""
        keys = join_keys(words.keys[first], words.keys[second])
        known, log_prob, backoff = self._tables[1].look_up(keys)
        log_prob = np.where(known, log_prob + words.surplus[second], words.backoff[first] + words.log_prob[second])
        return log_prob, np.where(known, backoff, 0.0), keys

    def triples(self, pair_keys: Keys, third_keys: Keys, fallback: Floats) -> Floats:
        """log p(third | pair) without the third word's surplus; ``fallback`` where the triple is not in the model."""
        known, log_prob, _ = self._tables[2].look_up(join_keys(pair_keys, third_keys))
        return np.where(known, log_prob, fallback)

    def score(self, surfaces: Sequence[str]) -> Floats:
        """log p of each token of one stretch of prose, given all before it (nats)."""
        words = self.words([BEGIN, *surfaces])
        index = np.arange(len(surfaces) + 1)
        log_prob, backoff, keys = self.pairs(words, index[:-1], index[1:])
        fallback = backoff[:-1] + log_prob[1:]
        surplus = words.surplus[2:]
        third = self.triples(keys[:-1], words.keys[2:], fallback - surplus) + surplus
        return np.concatenate([log_prob[:1], third])


def _checked(header: Any) -> dict[str, Any]:
    """The header, with all that is asked of it later; ``ValueError`` or ``KeyError`` where something is missing."""
    if not isinstance(header, dict):
        raise ValueError(f"expected an object, found {type(header).__name__}")
    for name, kind in (("order", int), ("tables", list), ("facts", dict), ("digest", str), ("size", int)):
        if not isinstance(header[name], kind):
            raise ValueError(f"expected {name!r} to be of type {kind.__name__}, found {header[name]!r:.40}")
    if not ORDER == header["order"] == len(header["tables"]):
        raise ValueError(f"expected order {ORDER} and as many tables, found order {header['order']} and {len(header['tables'])} tables")
    return header


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _inside(section: dict[str, Any], length: int, size: int) -> None:
    if not 0 <= section["offset"] <= section["offset"] + length <= size:
        raise ValueError(f"a section from {section['offset']} to {section['offset'] + length} lies outside the {size} bytes that there are")


def _table(buffer: mmap.mmap, start: int, entry: dict[str, Any], size: int) -> _Table:
    slots = entry["slots"]
    _inside(slots, slots["size"], size)
    for book in (entry["log_prob"], entry["backoff"]):
        _inside(book, 4 * book["count"], size)
    if not entry["backoff"]["count"] or not 0 < entry["log_prob"]["count"] <= 1 << entry["probability_bits"]:
        raise ValueError("expected codebooks that are not empty, nor larger than their codes")
    view = table_in(buffer, start + slots["offset"], slots)
    books = [
        np.frombuffer(buffer, dtype="<f4", count=book["count"], offset=start + book["offset"]).astype(np.float64)
        for book in (entry["log_prob"], entry["backoff"])
    ]
    # an unknown key yields any code at all, so the book must answer every one
    books[0] = np.pad(books[0], (0, (1 << entry["probability_bits"]) - len(books[0])), constant_values=-99.0)
    return _Table(view, entry["probability_bits"], books[0], books[1])


@lru_cache(maxsize=CACHED // 2)
def _web_log_frequency(known: str) -> float:
    """How common a word is on the web at large (nats), for words the model has not met; never below one in 3e9.

    As ``wordfreq.word_frequency``, which takes a compound for as common as its parts allow (their harmonic sum).
    """
    if not known.replace("-", "").replace("'", "").isalpha():
        return _NO_WORD
    found = [_web_list().centibels(part) for part in known.casefold().split("-") if part]
    total = sum(math.exp(k * _CENTIBEL) for k in found if k is not None)
    return _RAREST if None in found else max(-math.log(total), _RAREST)


class _WebList:
    """wordfreq's English list: how many centibels below 1 the frequency of a word is.

    The first few words are searched for in the list as it is packed; a table, for which all of it is read, takes four times as long.
    """

    def __init__(self, packed: bytes, bands: Sequence[int]) -> None:
        self._packed, self._bands, self._asked = packed, bands, 0  # where the header begins, then the words of each frequency

    def centibels(self, word: str) -> int | None:
        """The centibels of ``word``, if the list has it."""
        self._asked += 1
        packed = self._packed  # another thread may drop it
        if packed and self._asked <= SEARCHED:
            return self._searched(word, packed)
        keys, centibels = _web_frequencies()
        self._packed = b""  # which has as much as the table
        at = min(int(np.searchsorted(keys, hash(word))), len(keys) - 1)
        return int(centibels[at]) if keys[at] == hash(word) else None

    def _searched(self, word: str, packed: bytes) -> int | None:
        import msgpack

        wanted, at = msgpack.packb(word), 0
        while (at := packed.find(wanted, at)) >= 0:
            band = bisect_right(self._bands, at) - 1
            stop = self._bands[band + 1] if band + 1 < len(self._bands) else len(packed)
            if band > 0 and word in msgpack.unpackb(packed[self._bands[band] : stop]):
                return band - 1
            at = stop  # what looked like it was part of another word
        return None


@cache
def _web_list() -> _WebList:
    import msgpack

    file = _frequency_file()
    if file is None:
        return _WebList(b"", ())
    packed = gzip.decompress(file.read_bytes())
    unpacker = msgpack.Unpacker(max_buffer_size=len(packed))
    unpacker.feed(packed)
    bands = []
    for _ in range(unpacker.read_array_header()):
        bands.append(unpacker.tell())
        unpacker.skip()
    return _WebList(packed, bands)


@cache
def _web_frequencies() -> tuple[Indices, NDArray[np.int16]]:
    """The words of wordfreq's English list, as sorted hashes, and how many centibels below 1 the frequency of each is."""
    hashes = [np.fromiter(map(hash, words), dtype=np.int64, count=len(words)) for words in _frequency_bands()]
    keys = np.concatenate(hashes)
    order = np.argsort(keys)
    return keys[order], np.repeat(np.arange(len(hashes), dtype=np.int16), list(map(len, hashes)))[order]


def _frequency_bands() -> Iterator[list[str]]:
    """The words of each frequency in wordfreq's English list, in centibels below 1.

    Read band by band from the package's file: importing the package and having it make its dictionary takes three times as long and
    35 MB more in every process.
    """
    import msgpack

    file = _frequency_file()
    if file is None:  # kept elsewhere in this version
        from wordfreq import available_languages, read_cBpack

        yield from read_cBpack(available_languages()["en"])
        return
    with gzip.GzipFile(file) as packed:
        unpacker = msgpack.Unpacker(packed, raw=False, read_size=1 << 16)
        bands = unpacker.read_array_header() - 1
        header = unpacker.unpack()
        if header.get("format") != "cB" or header.get("version") != 1:
            raise ModelError(f"{file}: expected word frequencies in the format cB 1, found {header}: install wordfreq 3")
        for _ in range(bands):
            yield unpacker.unpack()


def _frequency_file() -> Path | None:
    """The packed list of wordfreq; None where this version keeps it elsewhere."""
    package = importlib.util.find_spec("wordfreq")
    places = (package.submodule_search_locations or []) if package else []
    return next((path for path in (Path(place) / "data" / "large_en.msgpack.gz" for place in places) if path.exists()), None)


def is_packed(path: Path) -> bool:
    """Whether the file at ``path`` claims to be a packed model; ``ModelError`` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{path}: cannot be read ({reason}): give the path of a packed model or of a KenLM file") from error


@cache
def default_model() -> PackedModel:
    """The model of the package, opened on first use."""
    return PackedModel.open(Path(__file__).parent / "data" / "english.lm")
