"""The verb ``survey``: how much of many pages is spun, in bounded memory, and to be gone on with after an interruption."""

from __future__ import annotations

import argparse
import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from ..batch import Batch
from ..errors import InputError
from ..parallel import ordered, processors
from ..report.record import json_text
from ..survey import Fault, Fields, Page, Tally, chunks, holds_pages, lines, pages_of, plot, tally_of
from . import files
from .arguments import Parser
from .run import Run
from .talk import DONE, TROUBLE, complain, progress, say

STATE: Final = "spinfix_survey"
STATE_VERSION: Final = 1
_PLOTS: Final = ("png", "svg", "pdf")


Key = tuple[str, int, int]  # a file: its path, its size, when it was changed (ns)


@dataclass(frozen=True, slots=True)
class Unit:
    """The chunk ``number`` of a file as it was when it was read; the last one of a file is empty and says that all were read."""

    path: str
    size: int
    changed: int  # ns
    number: int
    is_last: bool = False

    @property
    def key(self) -> Key:
        """The file, as it was."""
        return self.path, self.size, self.changed


Work = tuple[Unit, Sequence[Page | Fault]]


def survey(options: argparse.Namespace, parser: Parser) -> int:
    """Survey the paths of ``options`` and tell."""
    run = Run(options, parser)
    settings = run.settings
    picture = settings["plot"]
    kind = os.path.splitext(picture)[1][1:].lower()
    if picture and kind not in _PLOTS:
        parser.error(f"--plot: expected a name that ends in {', '.join('.' + k for k in _PLOTS)}, found {picture!r}")
    first = options.files[0]
    batch = Batch(run.policy_for(os.path.join(first, "") if os.path.isdir(first) else first))
    fields = Fields(settings["field"], settings["id_field"], settings["url_field"])
    total = Tally()
    found = list(_files(options.files, total))
    facts = {"policy": asdict(batch.policy), "fields": asdict(fields)}
    state = _State(settings["state"], facts, {str(path) for path in found}) if settings["state"] else None
    if state:
        total.merge(state.tally)
    progress.start(len(found))
    try:
        work = _work(found, fields, state)
        for (unit, _), result in ordered(partial(_judged, batch), work, settings["jobs"] or processors()):
            if isinstance(result, Exception):  # its pages are lost to the count, so the state leaves them for the next time
                total.add_fault(Fault(f"{unit.path}, part {unit.number + 1}", str(result)))
                continue
            total.merge(result)
            if unit.is_last:
                progress.step(total.spun)
            if state:
                state.keep(unit, result)
    finally:
        progress.stop()
        if state:
            state.close()
    in_json = settings["format"] in ("json", "json-lines")  # whatever else a configuration has is for reports
    text = json_text(total.to_dict()) if in_json else "\n".join(lines(total, settings["top"]))
    files.write(files.encode(f"{text}\n"))
    if picture:
        try:
            drawn = io.BytesIO()
            plot(total, drawn, kind)
            files.write_whole(picture, drawn.getvalue())
        except (InputError, OSError) as error:
            return complain(picture, error)
    if total.unreadable:
        say(f"{total.unreadable:,} could not be read" + ("" if in_json else "; the survey names the first of them"))
    return TROUBLE if total.unreadable else DONE


def _judged(batch: Batch, work: Work) -> Tally:
    return tally_of(batch, work[1])


def _files(paths: Sequence[str], total: Tally) -> Iterator[Path]:
    """The files that ``paths`` stand for, in order, each once; what is not there is a fault."""
    seen = set()
    for path in map(Path, paths):
        inside = sorted(_inside(path)) if path.is_dir() else [path]
        if not inside:
            total.add_fault(Fault(str(path), "expected files of pages in this folder (.jsonl, .parquet, .txt), found none"))
        for file in inside:
            if file not in seen:
                seen.add(file)
                yield file


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if holds_pages(path.name) and path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _work(found: Sequence[Path], fields: Fields, state: _State | None) -> Iterator[Work]:
    for path in found:
        key = _key(str(path))
        if state and state.is_whole(key):
            progress.step(0)
            continue
        number = 0
        for number, chunk in enumerate(chunks(pages_of(path, fields)), 1):
            unit = Unit(*key, number - 1)
            if not (state and state.has(unit)):
                yield unit, chunk
        yield Unit(*key, number, is_last=True), ()


def _key(path: str) -> Key:
    try:
        known = os.stat(path)
    except OSError:
        return path, -1, 0
    return path, known.st_size, known.st_mtime_ns


class _State:
    """What was counted, a line a unit, so that an interrupted survey goes on; a line that was cut short is done again."""

    def __init__(self, path: str, facts: dict[str, Any], paths: set[str]) -> None:
        self.tally = Tally()
        self._done: set[Unit] = set()
        self._last: dict[Key, int] = {}  # of a file that was read to its end: how many chunks it has
        self._counted = Counter[Key]()
        header = json.dumps({STATE: STATE_VERSION, **facts}, sort_keys=True)
        try:
            known = self._read(path, header, paths) if os.path.exists(path) else 0
            self._file: IO[str] = open(path, "r+" if known else "w", encoding="utf-8", newline="\n")  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise InputError(f"{path}: expected a file for the state of the survey: {error.strerror or error}") from None
        self._file.seek(known)
        self._file.truncate()
        if not known:
            self._write(header)

    def _read(self, path: str, header: str, paths: set[str]) -> int:
        """Take in what the file holds; where its last whole line ends (bytes)."""
        at = 0
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if number == 1 and not f"{header}\n".startswith(line.decode("utf-8", "replace")):
                    raise InputError(f"{path}: expected the state of a survey with these settings; name another file or remove this one")
                if not line.endswith(b"\n"):
                    break
                if number > 1:
                    self._take(line, f"{path}:{number}", paths)
                at += len(line)
        return at

    def _take(self, line: bytes, where: str, paths: set[str]) -> None:
        try:
            data = json.loads(line)
            unit = Unit(*data["unit"])
            tally = Tally.from_dict(data["tally"])
        except (ValueError, KeyError, TypeError, InputError) as error:
            raise InputError(f"{where}: expected a part of a survey: {error!r}; remove the file to begin anew") from None
        if unit.path in paths and unit.key == _key(unit.path) and unit not in self._done:
            self._done.add(unit)
            self.tally.merge(tally)
            if unit.is_last:
                self._last[unit.key] = unit.number
            else:
                self._counted[unit.key] += 1

    def has(self, unit: Unit) -> bool:
        """Whether a unit was counted."""
        return unit in self._done

    def is_whole(self, key: Key) -> bool:
        """Whether all of a file was counted, as the file is now."""
        return self._last.get(key, -1) == self._counted[key]

    def keep(self, unit: Unit, tally: Tally) -> None:
        """Write down a unit."""
        values = [unit.path, unit.size, unit.changed, unit.number, unit.is_last]
        self._write(json.dumps({"unit": values, "tally": tally.to_dict()}))

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
