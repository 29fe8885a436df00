"""Tables that are made ahead come back as they were, and a damaged file is said to be one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spinfix import api, detect, scoring
from spinfix.arrays import MANY, is_memory_short, let_go, opened, packed
from spinfix.errors import ModelError
from spinfix.sections import LONGEST
from spinfix.standing import NAMED, columns_of, observed_columns, standing
from spinfix.templates import made, shipped_table
from spinfix.text import tokenize
from spinfix.wordlists import DATA, Index, mapped, shipped_index


def test_what_is_packed_comes_back(tmp_path: Path) -> None:
    arrays = {"odd": np.array([1, 2, 255], dtype="u1"), "none": np.zeros(0), "keys": np.array([2**63, 7], dtype="u8")}
    (tmp_path / "x").write_bytes(packed(arrays, {"of": "this"}))
    found, facts = opened(tmp_path / "x")
    assert facts == {"of": "this"}
    assert {name: (array.dtype, array.tolist()) for name, array in found.items()} == {
        name: (array.dtype, array.tolist()) for name, array in arrays.items()
    }


def test_objects_are_not_packed() -> None:
    with pytest.raises(ValueError, match="expected an array of one of"):
        packed({"x": np.array([object()])}, {})


@pytest.mark.parametrize(
    "damage", [b"", b"spinfix", b"spinfixLM" + bytes(40), b"spinfixAR\x02" + bytes(40), b"spinfixAR\x01\xff\xff\xff\x7f"]
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "x").write_bytes(damage)
    with pytest.raises(ModelError, match="reinstall spinfix"):
        opened(tmp_path / "x")


def test_arrays_that_reach_over_the_end_are_refused(tmp_path: Path) -> None:
    data = packed({"x": np.arange(100, dtype="f8")}, {})
    (tmp_path / "x").write_bytes(data[:-8])
    with pytest.raises(ModelError, match="damaged"):
        opened(tmp_path / "x")
    (tmp_path / "y").write_bytes(data.replace(b"<f8", b"|O8"))
    with pytest.raises(ModelError, match="unknown kind"):
        opened(tmp_path / "y")
    with pytest.raises(ModelError, match="cannot be read"):
        opened(tmp_path / "z")


def test_memory_that_is_given_back_is_mapped_again(tmp_path: Path) -> None:
    values = np.arange(100_000, dtype="u8")
    (tmp_path / "x").write_bytes(packed({"x": values}, {}))
    found = opened(tmp_path / "x")[0]["x"]
    for held in (found, found[5:], found.data, None, np.zeros(3), "no map"):
        let_go(held)
    assert np.array_equal(found, values)
    with mapped(tmp_path / "x") as whole:
        data = whole[:]
        let_go(whole)
        assert whole[:] == data


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="tells the memory of a mapped file on Linux only")
def test_memory_is_given_back(tmp_path: Path) -> None:
    (tmp_path / "given back").write_bytes(packed({"x": np.arange(1_000_000, dtype="u8")}, {}))
    found = opened(tmp_path / "given back")[0]["x"]

    def kilobytes() -> int:
        lines = iter(Path("/proc/self/smaps").read_text().splitlines())
        next(line for line in lines if line.endswith("given back"))
        return int(next(line for line in lines if line.startswith("Rss:")).split()[1])

    assert found.sum() and kilobytes() > 7000
    let_go(found)
    assert kilobytes() == 0


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="tells the memory of a mapped file on Linux only")
def test_what_is_mapped_is_given_back_while_the_readings_of_a_long_text_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parent.parent / "examples" / "spun-article.txt").read_text(encoding="utf-8")[:1500]
    held: list[set[str]] = []

    def weighing(*args: Any, **settings: Any) -> scoring.Scored:
        held.append({name for name in mapped_files() if name.startswith(str(DATA))})
        return score(*args, **settings)

    score = scoring.score
    monkeypatch.setattr(scoring, "score", weighing)
    short, long = detect(text), detect("\n\n".join([text] * (MANY // len(tokenize(text)) + 1)))
    assert short.findings and len(long.findings) > len(short.findings)
    assert len(held[0]) > 3 and held[-1] == set()
    assert detect(text) == short


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="tells the memory of a mapped file on Linux only")
@pytest.mark.parametrize(("held_from", "given_back"), [(1, True), (10**6, False)])
def test_of_a_text_with_many_findings_short_sections_spare_memory_too(
    monkeypatch: pytest.MonkeyPatch, held_from: int, given_back: bool
) -> None:
    article = (Path(__file__).parent.parent / "examples" / "spun-article.txt").read_text(encoding="utf-8")
    text = article * (LONGEST // len(article) + 1)
    held: list[bool] = []

    def weighing(*args: Any, **settings: Any) -> scoring.Scored:
        held.append(any(name.startswith(str(DATA)) for name in mapped_files()))
        return score(*args, **settings)

    score = scoring.score
    monkeypatch.setattr(scoring, "score", weighing)
    monkeypatch.setattr(api, "HELD", held_from)
    assert len(tokenize(text[LONGEST:])) < MANY
    assert detect(text).findings and held[-1] is not given_back
    assert not is_memory_short(MANY - 1) and is_memory_short(MANY)


def mapped_files() -> Iterator[str]:
    """The files of which some memory is mapped in this process."""
    name = ""
    for line in Path("/proc/self/smaps").read_text().splitlines():
        head, *rest = line.split()
        if not head.endswith(":"):
            name = rest[4] if len(rest) > 4 else ""
        elif head == "Rss:" and name and int(rest[0]):
            yield name


def test_the_shipped_columns_are_those_of_the_lines() -> None:
    table = shipped_table()
    assert table.columns is columns_of(shipped_index())
    some = Index(b"\n".join(shipped_index()._line(k) for k in range(20_000, 20_500)))
    for name, column in made(some).items():
        shipped = table.columns[name][20_000:20_500]
        if name == "flags":
            shipped = shipped & ~np.uint8(NAMED)  # which names are known is said by whoever makes them
        if name in ("offset", "length", "size", "log_p", "reading", "spelling", "flags"):
            assert column.tolist() == shipped.tolist(), name
    words, listed = table.words, some
    lefts = [words[k] for k in table.columns["left"][20_000:20_500].tolist()]
    own = made(listed)
    assert lefts == [own["words"].tobytes().decode().split("\n")[k] for k in own["left"].tolist()]


def test_an_empty_list_stands_nowhere() -> None:
    at, numbers = standing(observed_columns(Index(b"")), np.array([1, 2], dtype="u8"), np.array([2, 2]))
    assert not len(at) and not len(numbers)
