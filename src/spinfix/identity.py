"""Which data this is: digests of the language model, the lists and a user's own files, read without loading any."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).parent / "data"
_HEADER_AT: Final = 14  # after the mark and the length of the header, see ``language_model``
_OF_NO_BEARING: Final = (".lm", ".md", ".css", ".js")  # on results; the model tells its own digest
_READERS: Final = ("markdown-it-py", "pylatexenc", "rapidfuzz", "regex", "tree-sitter", "tree-sitter-rst", "wordfreq")  # words, and markup
_SHOWN: Final = 12  # hexadecimal digits that tell one version from another


def model_digest() -> str:
    """The first digits of the digest that the shipped language model carries in its header."""
    with open(_DATA / "english.lm", "rb") as file:
        start = file.read(_HEADER_AT)
        header: dict[str, Any] = json.loads(file.read(int.from_bytes(start[-4:], "little")))
    return str(header["digest"])[:_SHOWN]


def lists_digest() -> str:
    """The first digits of the SHA-256 of the compiled lists."""
    return hashlib.sha256((_DATA / "substitutions.tsv").read_bytes()).hexdigest()[:_SHOWN]


def data_digest() -> str:
    """The first digits of the SHA-256 of all other data that decides: the weights of the detector, the word channel, and so on."""
    files = (file for file in _DATA.iterdir() if file.suffix not in _OF_NO_BEARING and file.stem != "substitutions")
    return files_digest(sorted(files))


def code_digest() -> str:
    """The first digits of the SHA-256 of the modules: results may differ wherever this does."""
    found = hashlib.sha256()
    for file in sorted(_DATA.parent.rglob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()[:_SHOWN]


def packages() -> str:
    """The packages that a text is read with, and their versions: what they make of it decides, too."""
    return " ".join(f"{name}-{_version(name)}" for name in _READERS)


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # a good deal slower to import than all else here

    try:
        return version(name)
    except PackageNotFoundError:  # unpacked, not installed
        return "unknown"


def files_digest(files: Iterable[Path]) -> str:
    """The first digits of a SHA-256 of what is in ``files``, one after the other; ``OSError`` for one that cannot be read."""
    found = hashlib.sha256()
    for path in files:
        with open(path, "rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()[:_SHOWN]
