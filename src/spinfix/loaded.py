"""What is opened once and then stays: models, lists and rules, and what is made of them.

The package's own are opened once a process.  A user's own lists and rules are read again once their files have changed, so that whoever
works at one sees what it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .language_model import LanguageModel
    from .proposals import Proposer
    from .rules import Rule
    from .selection import Selection
    from .unlisted import Unlisted
    from .wordlists import Index

_Files = tuple[tuple[str, int, int], ...]  # path, time of the last change (ns since 1970), size (bytes)

# Everything is imported inside the functions: `import spinfix` reads no data and loads neither numpy nor wordfreq nor rapidfuzz.


@lru_cache(maxsize=4)
def model(path: str) -> LanguageModel:
    """The user's own model at ``path``, or the shipped one where it is empty; ``ModelError`` where it is none."""
    from .language_model import PackedModel, default_model, is_packed

    if not path:
        return default_model()
    if is_packed(Path(path)):
        return PackedModel.open(Path(path))
    from .kenlm_model import KenlmModel

    return KenlmModel(Path(path))


def proposer(lists: tuple[str, ...], language_model: str) -> Proposer:
    """Candidate generation with the user's own ``lists``, files or folders, beside the shipped ones; ``ListError`` for a bad one."""
    return _proposer(_list_files(lists), language_model)


def unlisted(lists: tuple[str, ...], language_model: str) -> Unlisted:
    """What proposes the readings that no list has, of the shipped ones and the user's own ``lists``."""
    return _unlisted(_list_files(lists), language_model)


def own_rules(paths: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules in the files ``paths``; ``RuleError`` for a bad one."""
    return _own_rules(_as_they_are(map(Path, paths))) if paths else ()


def selection(select: tuple[str, ...], ignore: tuple[str, ...], lists: tuple[str, ...], rules: tuple[str, ...]) -> Selection:
    """Which lists and rules are at work; ``PolicyError`` for a name that none of the package or of the user's own has."""
    if not (select or ignore):
        return _selection(select, ignore, ())
    return _selection(select, ignore, source_names(lists, rules))


def source_names(lists: tuple[str, ...], rules: tuple[str, ...]) -> tuple[str, ...]:
    """The names (family/name) of all lists and rules: those of the package, and a user's own; sorted."""
    return _source_names(_list_files(lists), tuple(rule.name for rule in own_rules(rules)))


def let_tables_go() -> None:
    """Give the memory of the shipped tables back to the system, so that what reads none of them has more room.

    What is read again is mapped again, which takes a millisecond or two; of what was never read nothing is loaded.
    """
    from .arrays import let_go
    from .composed import shipped_composed
    from .confusions import shipped_confusions
    from .first_look import shipped_weights
    from .wordlists import shipped_arrays, shipped_lines

    if shipped_lines.cache_info().currsize:
        let_go(shipped_lines())
    if shipped_arrays.cache_info().currsize:
        let_go(next(iter(shipped_arrays()[0].values()), None))
    if shipped_composed.cache_info().currsize:
        let_go(shipped_composed().table.words)
    if shipped_weights.cache_info().currsize:
        let_go(shipped_weights().pairs.words)
    if shipped_confusions.cache_info().currsize:
        let_go(shipped_confusions().associates)


def let_model_go(opened: LanguageModel) -> None:
    """The same with the file of a model, where there is one that is mapped."""
    from .arrays import let_go
    from .language_model import PackedModel

    if isinstance(opened, PackedModel):
        let_go(opened.buffer)


def _list_files(paths: tuple[str, ...]) -> _Files:
    """The files of the user's own lists."""
    if not paths:
        return ()
    from .list_files import own_files

    return _as_they_are(file for path in paths for file in own_files(Path(path)))


def _as_they_are(files: Iterable[Path]) -> _Files:
    """``files``, each with its time and size, so that what was read of them is not taken for what they say now."""
    return tuple((str(file), *_time_and_size(file)) for file in files)


def _time_and_size(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except (OSError, ValueError):  # whoever reads it says what is wrong
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _proposer(lists: _Files, language_model: str) -> Proposer:
    from .channel import Channel
    from .proposals import Proposer

    indexes = _indexes(lists)
    return Proposer(indexes, Channel(indexes, model(language_model)), model(language_model))


@lru_cache(maxsize=8)
def _unlisted(lists: _Files, language_model: str) -> Unlisted:
    from .composed import shipped_composed
    from .terms import shipped_terms
    from .unlisted import Unlisted
    from .word_channel import shipped_word_channel

    return Unlisted(shipped_word_channel(), shipped_terms(), model(language_model), _indexes(lists), shipped_composed())


def _indexes(lists: _Files) -> list[Index]:
    from .wordlists import shipped_index

    return [shipped_index(), *([_own_index(lists)] if lists else [])]


@lru_cache(maxsize=8)
def _own_index(lists: _Files) -> Index:
    from .wordlists import Index, compiled_lines, read_list

    return Index("\n".join(compiled_lines(read_list(Path(path)) for path, *_ in lists)).encode())


@lru_cache(maxsize=8)
def _own_rules(files: _Files) -> tuple[Rule, ...]:
    from .rules.own import read_rules

    return tuple(rule for path, *_ in files for rule in read_rules(Path(path)))


@lru_cache(maxsize=8)
def _source_names(lists: _Files, rules: tuple[str, ...]) -> tuple[str, ...]:
    from .list_files import list_files, list_name
    from .rules import declared
    from .unlisted import LEARNED, THESAURUS
    from .wordlists import SOURCES

    own = [list_name(Path(path)) for path, *_ in lists]
    shipped = [*map(list_name, list_files(SOURCES)), *(rule.name for rule in declared()), LEARNED, THESAURUS]
    return tuple(sorted({*shipped, *own, *rules}))


@lru_cache(maxsize=8)
def _selection(select: tuple[str, ...], ignore: tuple[str, ...], known: tuple[str, ...]) -> Selection:
    from .selection import Selection

    found = Selection(select, ignore)
    if found:
        found.check(known)
    return found
