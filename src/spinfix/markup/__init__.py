"""Which parts of a file are prose: one module for each kind of markup, each with its parser, loaded with the first such file."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from ..errors import MarkupError

if TYPE_CHECKING:
    from .view import View

KINDS: Final = ("plain", "markdown", "html", "rst", "latex")
_SUFFIXES: Final = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".rst", ".rest"), "rst"),
    **dict.fromkeys((".tex", ".ltx", ".latex"), "latex"),
}


@lru_cache(maxsize=64)
def kind_of(path: str) -> str:
    """The kind of markup that the name of a file promises; ``plain`` for all others, and for no name.

    >>> kind_of("docs/index.md"), kind_of("paper.TEX"), kind_of("-")
    ('markdown', 'latex', 'plain')
    """
    return _SUFFIXES.get(PurePath(path).suffix.lower(), "plain")


def view_of(text: str, kind: str) -> View:
    """The view of a text of one of the ``KINDS``.  ``MarkupError`` where it cannot be parsed."""
    if kind == "plain":
        from .view import plain

        return plain(text)
    try:
        made: View = import_module(f".{kind}", __name__).view(text)
    except ModuleNotFoundError as error:
        raise MarkupError(f"expected the package {error.name}, which reads {kind}, found none; install spinfix anew with pip") from None
    except RecursionError:
        raise MarkupError(f"expected {kind}, found marks nested too deeply to be read; to take them for text, say markup: plain") from None
    return made
