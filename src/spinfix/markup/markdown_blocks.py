"""Blocks that dialects of Markdown add to CommonMark, where what is indented would be code: notes, tabs, footnotes, definitions.

They are read as block quotations are: what stands in them is Markdown again, four columns further in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

INDENT: Final = 4  # columns
# !!! note "Title", ??? tip, ???+ tip, === "Tab"
_NOTE: Final = re.compile(r"(?:(?:!!!|\?\?\?\+?)[ \t]+[\w-][^\"]*|===[+!]?[ \t]+(?=\"))(?:\"(.*)\")?[ \t]*\Z")
_HANGING: Final = re.compile(r"(?:\[\^[^\]\s]{1,100}\]:|:(?=[ \t]))[ \t]*(?=\S)")  # [^1]: a note, : a definition


def add_to(parser: MarkdownIt) -> None:
    """Have ``parser`` know these blocks, too."""
    may_interrupt = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("code", "note", _note, may_interrupt)
    parser.block.ruler.before("code", "hanging", _hanging, may_interrupt)


def _note(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A note or a tab: its title on a line of its own, and what is indented below it."""
    start = state.bMarks[first] + state.tShift[first]
    match = None if state.is_code_block(first) else _NOTE.match(state.src[start : state.eMarks[first]])
    body = state.skipEmptyLines(first + 1)
    if match is None or body >= end or state.sCount[body] < state.blkIndent + INDENT:
        return False
    if silent:
        return True
    if match[1]:
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = match[1].strip(), [first, first + 1], []
    _read(state, first + 1, end, "note")
    return True


def _hanging(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A footnote or a definition: text behind its mark, and what is indented below it."""
    start = state.bMarks[first] + state.tShift[first]
    match = None if state.is_code_block(first) else _HANGING.match(state.src, start, state.eMarks[first])
    if match is None or (match[0][0] == ":" and not first):
        return False
    if silent:
        return True
    before = state.bMarks[first], state.tShift[first], state.sCount[first]
    # the line begins behind the mark, as far in as those below it
    state.bMarks[first], state.tShift[first], state.sCount[first] = match.end(), 0, state.blkIndent + INDENT
    _read(state, first, end, "hanging")
    state.bMarks[first], state.tShift[first], state.sCount[first] = before
    return True


def _read(state: StateBlock, first: int, end: int, kind: str) -> None:
    """Read what stands from line ``first`` on ``INDENT`` columns further in."""
    around, state.parentType = state.parentType, kind
    state.blkIndent += INDENT
    state.push(f"{kind}_open", "div", 1)
    state.md.block.tokenize(state, first, end)
    state.push(f"{kind}_close", "div", -1)
    state.blkIndent -= INDENT
    state.parentType = around
