r"""pylatexenc's parser, made safe for files that it cannot make sense of.

Alone it reads what follows an argument that never ends a second time, and what follows the next such argument twice for each of these,
so that twenty of them take minutes; here every group is read once.
The text of definitions is no LaTeX that could be parsed by itself (``\newenvironment{so}{\begin{center}}{\end{center}}``); it is passed
over by its braces alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, Final

# Macros that define others, and how many groups in braces belong to each; \def and its like have their name without braces.
_DEFINITIONS: Final = {
    "newcommand": 2, "renewcommand": 2, "providecommand": 2, "DeclareRobustCommand": 2, "DeclareMathOperator": 2, "newenvironment": 3,
    "renewenvironment": 3, "NewDocumentCommand": 3, "RenewDocumentCommand": 3, "NewDocumentEnvironment": 4, "newtheorem": 2,
    "def": 1, "edef": 1, "gdef": 1, "xdef": 1,
}  # fmt: skip
_BY_NAME: Final = frozenset(name for name in _DEFINITIONS if "def" in name)
_NAME: Final = re.compile(r"\s*\\(?:[A-Za-z@]+|.)", re.DOTALL)  # \so, where a definition may also have {\so}
_PARAMETERS: Final = re.compile(r"[^{}\\%]*")  # of \def\so#1#2
_OPTION: Final = re.compile(r"\s*\[[^][{}]*(?:\{[^{}]*\}[^][{}]*)*\]")
_OPENING: Final = re.compile(r"\s*\{")
_BRACE: Final = re.compile(r"\\.|%[^\n]*|([{}])", re.DOTALL)
# What stands in these is shown as it is, or written to another file; braces and dollars in it need no partners.
_VERBATIM: Final = "filecontents lstlisting minted Verbatim BVerbatim LVerbatim alltt comment macrocode verbatimtab program".split()
# Macros whose argument is shown as it is, between braces or between two of any other mark; those before it are in brackets or braces.
_CODE: Final = dict.fromkeys(("lstinline", "Verb", "verb", "path", "SaveVerb", "lstinputlisting"), 0) | {"mintinline": 1, "mint": 1}


def walker(text: str, environments: Iterable[Any] = (), macros: Iterable[Any] = ()) -> Any:
    """A parser for ``text`` that knows ``environments`` and ``macros`` beside its own; it takes any text."""
    from pylatexenc.latexwalker import get_default_latex_context_db

    known = get_default_latex_context_db()
    passed = [*environments, *_verbatim()]
    known.add_context_category("spinfix", macros=[*macros, *_definitions()], environments=passed, prepend=True)
    return _class()(text, latex_context=known, tolerant_parsing=True)


def definition_end(text: str, pos: int, groups: int, *, by_name: bool = False) -> int:
    r"""Where a definition ends whose arguments, ``groups`` of them in braces, begin at ``pos``; as far as it can be followed.

    >>> definition_end(r"{\so}[1]{text #1} a", 0, 2)
    17
    >>> definition_end(r"\so#1{text #1} a", 0, 1, by_name=True)
    14
    """
    star = re.compile(r"\s*\*").match(text, pos)
    pos = star.end() if star else pos
    name = _NAME.match(text, pos)
    if name:
        pos, groups = name.end(), groups - (not by_name)
        if by_name and (parameters := _PARAMETERS.match(text, pos)):
            pos = parameters.end()
    while groups:
        option = _OPTION.match(text, pos)
        if option:
            pos = option.end()
            continue
        end = _group_end(text, pos)
        if end is None:
            break
        pos, groups = end, groups - 1
    return pos


def _group_end(text: str, pos: int) -> int | None:
    """Where the group ends that begins at ``pos``, blanks aside; None where there is none or it never ends."""
    opening = _OPENING.match(text, pos)
    if opening is None:
        return None
    depth = 1
    for match in _BRACE.finditer(text, opening.end()):
        if match[1]:
            depth += 1 if match[1] == "{" else -1
            if not depth:
                return match.end()
    return None


def _verbatim_end(text: str, pos: int, name: str) -> int:
    """Where the text of the environment ``name`` ends that begins at ``pos``; ``pos`` where it never does."""
    end = text.find(f"\\end{{{name}}}", pos)
    return end if end >= 0 else pos


def _code_end(text: str, pos: int, before: int) -> int:
    """Where a macro of code ends whose arguments begin at ``pos``, with ``before`` groups before the code; ``pos`` where it never does."""
    star = re.compile(r"\*?").match(text, pos)
    at = star.end() if star else pos
    option = _OPTION.match(text, at)
    at = option.end() if option else at
    for _ in range(before):
        at = _group_end(text, at) or at
    mark = text[at : at + 1]
    if mark == "{":
        return _group_end(text, at) or pos
    end = pos if not mark or mark.isalnum() or mark.isspace() else text.find(mark, at + 1)
    return end + 1 if end > pos and "\n" not in text[at:end] else pos


def _definitions() -> list[Any]:
    from pylatexenc.macrospec import MacroSpec

    ends = {name: partial(definition_end, groups=groups, by_name=name in _BY_NAME) for name, groups in _DEFINITIONS.items()}
    codes = {name: partial(_code_end, before=before) for name, before in _CODE.items()}
    return [MacroSpec(name, args_parser=_passed(end)) for name, end in (ends | codes).items()]


def _verbatim() -> list[Any]:
    from pylatexenc.macrospec import EnvironmentSpec

    names = [name + star for name in _VERBATIM for star in ("", "*")]
    return [EnvironmentSpec(name, args_parser=_passed(partial(_verbatim_end, name=name))) for name in names]


def _passed(end_of: Callable[[str, int], int]) -> Any:
    """A parser of arguments that passes over the text up to where ``end_of`` says, of the text and of where they begin."""
    from pylatexenc.macrospec import MacroStandardArgsParser, ParsedMacroArgs

    class Passed(MacroStandardArgsParser):  # type: ignore[misc]
        def parse_args(self, w: Any, pos: int, parsing_state: Any = None) -> tuple[Any, int, int]:
            return ParsedMacroArgs(), pos, end_of(w.s, pos) - pos

    return Passed("")


@cache
def _class() -> type[Any]:
    from pylatexenc.latexwalker import LatexWalker

    class Walker(LatexWalker):  # type: ignore[misc]
        """Reads each group, environment and optional argument once, whatever becomes of the macro that they belong to."""

        def __init__(self, text: str, **settings: Any) -> None:
            super().__init__(text, **settings)
            self._read: dict[tuple[object, ...], Any] = {}

        def get_latex_braced_group(self, pos: int, brace_type: str = "{", parsing_state: Any = None) -> Any:
            read = super().get_latex_braced_group
            return self._once(("group", pos, brace_type), parsing_state, lambda: read(pos, brace_type, parsing_state=parsing_state))

        def get_latex_environment(self, pos: int, environmentname: str | None = None, parsing_state: Any = None) -> Any:
            read = super().get_latex_environment
            return self._once(
                ("environment", pos, environmentname), parsing_state, lambda: read(pos, environmentname, parsing_state=parsing_state)
            )

        def _once(self, place: tuple[object, ...], state: Any, read: Callable[[], Any]) -> Any:
            key = (*place, getattr(state, "in_math_mode", None), getattr(state, "math_mode_delimiter", None))
            if key not in self._read:
                try:
                    self._read[key] = read()
                except Exception as error:
                    if not isinstance(error, RecursionError):
                        self._read[key] = error
                    raise
            found = self._read[key]
            if isinstance(found, Exception):
                raise found
            return found

    return Walker
