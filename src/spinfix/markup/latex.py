r"""LaTeX, by pylatexenc: what it does not know to be prose is left alone, the arguments of unknown macros among it.

Of a whole document the preamble is not read, but for titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from .latex_walker import walker
from .view import Builder, View

# Macros with prose in their last argument: those of a sentence, and those that stand by themselves.
_IN_SENTENCE: Final = frozenset(
    "textbf textit emph textsc textsl textrm textsf textmd textup textnormal text underline uline uwave sout st ul hl mbox hbox enquote "
    "MakeUppercase MakeLowercase uppercase lowercase textcolor colorbox href so alert centerline "
    "foreignquote added deleted fbox framebox makebox raisebox scalebox resizebox multicolumn multirow".split()
)
_BY_THEMSELVES: Final = frozenset(
    "title subtitle section subsection subsubsection paragraph subparagraph chapter part footnote footnotetext caption captionof thanks "
    "marginpar frametitle framesubtitle parbox minisec addsec addchap blockquote keywords abstract endnote sidenote marginnote".split()
)
# A whole document, the beginning of its body, its titles and comments before that.
_CLASS: Final = re.compile(r"^[^%\n]*?\\document(?:class|style)\b", re.MULTILINE)
_BODY: Final = re.compile(r"^[^%\n]*?(\\begin\s*\{document\})", re.MULTILINE)
_SHOWN: Final = re.compile(r"\\begin\s*\{(?!filecontents)")  # an environment before the class: the document is only shown in it
_TITLE_OR_COMMENT: Final = re.compile(r"(?<![\\a-zA-Z{])\\(?:sub)?title(?![a-zA-Z])|(?<!\\)%[^\n]*")
# Macros without arguments that change the type and say nothing.
_SWITCHES: Final = frozenset(
    "bf it em sl sc rm sf tt bfseries itshape slshape scshape rmfamily sffamily ttfamily upshape mdseries normalfont em tiny "
    "scriptsize footnotesize small normalsize large Large LARGE huge Huge noindent indent centering raggedright raggedleft protect "
    "label index relax xspace leavevmode phantom hspace vspace nobreak nolinebreak linebreak pagebreak allowbreak sloppy boldmath".split()
) | {"/", "@"}
_BLANKS: Final = frozenset((" ", ",", ";", ":", "!", "quad", "qquad", "enspace", "thinspace", "space", "\n", "\t", "nobreakspace"))
_ENDS_BLOCK: Final = frozenset(
    "par item maketitle tableofcontents newpage clearpage bigskip medskip smallskip hline midrule toprule bottomrule cline bibliography "
    "bibliographystyle printbibliography appendix frontmatter mainmatter backmatter vfill hfill pause includegraphics input include".split()
)
_PROSE_ENVIRONMENTS: Final = frozenset(
    "document abstract itemize enumerate description quote quotation verse center flushleft flushright figure table wrapfigure titlepage "
    "minipage multicols frame block alertblock exampleblock columns column theorem lemma corollary proposition definition remark example "
    "proof claim conjecture note exercise solution acknowledgements acknowledgments acks summary small footnotesize large spacing "
    "doublespace singlespace onehalfspace landscape sidewaystable sidewaysfigure tabular tabularx longtable compactitem compactenum "
    "thm lem cor prop defn rem subfigure subtable tcolorbox mdframed framed leftbar displayquote keywords IEEEkeywords letter".split()
)
_PARAGRAPH: Final = re.compile(r"\n(?:[ \t\r]*\n)+[ \t]*")  # and the blanks before it, which are looked for from there
_ESCAPES: Final = {c: f"\\{c}" for c in "&%$#_{}"}
_QUOTES: Final = {"``": "“", "''": "”", "`": "‘"}


def view(text: str) -> View:
    """The view of a LaTeX file."""
    builder = Builder(text)
    reader = _Reader(text, builder)
    body = _body(text)
    if body >= 0:
        reader.preamble(body)
    nodes, *_ = _walker(text).get_latex_nodes(pos=max(body, 0))
    document = next((n for n in nodes if _name(n, "environmentname") == "document"), None)
    reader.read(nodes if document is None else [document])
    return builder.view(escape)


def _body(text: str) -> int:
    """Where the body of a whole document begins; -1 where ``text`` is none."""
    begun = _CLASS.search(text)
    if begun is None or _SHOWN.search(text, 0, begun.end()):
        return -1
    body = _BODY.search(text, begun.end())
    return body.start(1) if body else -1


def escape(words: str) -> str | None:
    """``words`` as LaTeX that shows them."""
    return None if any(c in words for c in '\\~^"') else "".join(_ESCAPES.get(c, c) for c in words)


def _walker(text: str) -> Any:
    environments, macros = _specs()
    return walker(text, environments, macros)


@cache
def _specs() -> tuple[Sequence[Any], Sequence[Any]]:
    """The arguments of the environments and macros that are known here and not, or not so, to pylatexenc."""
    from pylatexenc.macrospec import std_environment, std_macro

    specs = {"footnote": "[{", "textcolor": "[{{", "colorbox": "{{", "href": "{{", "parbox": "[[[{{", "captionof": "{[{"}
    specs |= {"raisebox": "{[[{", "scalebox": "{[{", "multicolumn": "{{{", "multirow": "[{[{[{"}
    specs |= {"resizebox": "{{{", "makebox": "[[{", "framebox": "[[{", "hspace": "*{", "vspace": "*{", "label": "{"}
    specs |= {"index": "{", "phantom": "{", "linebreak": "[", "pagebreak": "[", "nolinebreak": "[", "item": "[", "caption": "*[{"}
    sections = ("title", "section", "subsection", "subsubsection", "paragraph", "subparagraph", "chapter", "part", "frametitle")
    specs |= dict.fromkeys(sections, "*[{") | dict.fromkeys(("includegraphics",), "*[{") | {"\\": "*["}
    macros = [std_macro(name, specs.get(name, "{")) for name in sorted((_IN_SENTENCE | _BY_THEMSELVES | specs.keys()) - _switches(specs))]
    arguments = {"tabular": "[{", "tabularx": "{[{", "longtable": "[{", "minipage": "[[[{", "multicols": "{", "wrapfigure": "[{[{"}
    arguments |= dict.fromkeys(("subfigure", "subtable"), "[[[{")
    arguments |= {"frame": "[[{", "block": "{", "alertblock": "{", "exampleblock": "{", "column": "{", "spacing": "{", "document": ""}
    environments = [std_environment(name, arguments.get(name, "[")) for name in sorted(_PROSE_ENVIRONMENTS)]
    return environments, macros


def _switches(specs: Iterable[str]) -> frozenset[str]:
    return _SWITCHES - frozenset(specs)


def _name(node: Any, attribute: str) -> str:
    return str(getattr(node, attribute, "") or "")


class _Reader:
    def __init__(self, text: str, builder: Builder) -> None:
        self._text, self._builder = text, builder
        self._in_table = False

    def preamble(self, end: int) -> None:
        """Read the titles and the comments of a preamble, which ends at ``end``; nothing else of it is parsed."""
        parser, at = _walker(self._text[:end]), 0
        for match in _TITLE_OR_COMMENT.finditer(self._text, 0, end):
            if match[0].startswith("%"):
                self._builder.comment(*match.span())
            elif match.start() >= at:
                nodes, start, size = parser.get_latex_nodes(pos=match.start(), read_max_nodes=1)
                self.read(nodes)
                at = start + size

    def read(self, nodes: Sequence[Any]) -> None:
        """Say to the builder what is prose in ``nodes``."""
        skip_to = -1  # up to here run the arguments of a macro that nobody knows
        for node in nodes:
            if node is None:
                continue
            kind = type(node).__name__
            if node.pos == skip_to and (kind == "LatexGroupNode" or (kind == "LatexCharsNode" and self._text[node.pos] == "[")):
                skip_to = self._skip_argument(node, kind)
                if skip_to == node.pos + node.len:
                    continue
            if kind == "LatexCharsNode":
                self._chars(max(node.pos, skip_to), node.pos + node.len)
            elif kind == "LatexGroupNode":
                self.read(node.nodelist)
            elif kind == "LatexMathNode":
                self._builder.opaque(node.pos, node.pos + node.len)
            elif kind == "LatexCommentNode":
                self._builder.comment(node.pos, node.pos + node.len)
                self._builder.forced_break(node.pos, node.pos + node.len)
            elif kind == "LatexEnvironmentNode":
                self._environment(node)
            elif kind == "LatexSpecialsNode":
                self._specials(node)
            elif kind == "LatexMacroNode":
                skip_to = self._macro(node)

    def _skip_argument(self, node: Any, kind: str) -> int:
        """Leave out an argument of a macro that nobody knows; where it ends."""
        start = int(node.pos)
        if kind == "LatexGroupNode":
            end = start + int(node.len)
        else:
            closed = self._text.find("]", start, start + node.len)
            if closed < 0:
                return start
            end = closed + 1
        self._builder.opaque(start, end)
        return end

    def _chars(self, start: int, end: int) -> None:
        at = start
        for match in _PARAGRAPH.finditer(self._text, start, end):
            self._builder.prose(at, at + len(self._text[at : match.start()].rstrip(" \t\r")))
            self._builder.block()
            at = match.end()
        self._builder.prose(at, end)

    def _specials(self, node: Any) -> None:
        start, end = node.pos, node.pos + node.len
        chars = node.specials_chars
        if chars.startswith("\n"):
            self._builder.block()
        elif chars == "~":
            self._builder.blank(start, end)
        elif chars == "&":
            if self._in_table:
                self._builder.block()
        elif chars in _QUOTES:
            self._builder.character(start, end, _QUOTES[chars])
        else:
            self._builder.prose(start, end)

    def _environment(self, node: Any) -> None:
        name = node.environmentname.rstrip("*")
        if name not in _PROSE_ENVIRONMENTS:
            if name in ("math", "displaymath"):
                self._builder.opaque(node.pos, node.pos + node.len)
            else:
                self._builder.block()
            return
        self._builder.block()
        around, self._in_table = self._in_table, name.startswith(("tabular", "longtable"))
        if node.nodeargd is not None and name not in _MEASURED:
            for argument in node.nodeargd.argnlist:  # the title of a frame, the name of a theorem
                if type(argument).__name__ == "LatexGroupNode" and (argument.delimiters[0] == "{" or name in _NAMED):
                    self.read(argument.nodelist)
                    self._builder.block()
        self.read(node.nodelist)
        self._builder.block()
        self._in_table = around

    def _macro(self, node: Any) -> int:
        """Read a macro; where the arguments begin that the parser does not know of, if it has any."""
        name, start, end = node.macroname, node.pos, node.pos + node.len
        arguments = [a for a in (node.nodeargd.argnlist if node.nodeargd is not None else ()) if a is not None]
        shown = _character(name, node, arguments)
        if shown is not None:
            self._builder.character(start, end - len(node.macro_post_space) if not arguments else end, shown)
        elif name in _IN_SENTENCE and arguments:
            self.read(arguments[-1:])
        elif name in _BY_THEMSELVES and arguments:
            self._builder.block()
            self.read(arguments[-1:])
            self._builder.block()
        elif name in ("\\", "newline", "linebreak"):
            if self._in_table:
                self._builder.block()
            else:
                self._builder.forced_break(start, end)
        elif name in _BLANKS:
            self._builder.blank(start, end)
        elif name in _ENDS_BLOCK:
            self._builder.block()
            if name == "item" and arguments:
                self.read(arguments)
                self._builder.block()
            return -1 if arguments or name == "item" else end
        elif name not in _SWITCHES:
            end -= 0 if arguments else len(node.macro_post_space)
            self._builder.opaque(start, end)
            if node.macro_post_space and not arguments:
                self._builder.blank(end, end + len(node.macro_post_space))
            return int(end)
        return -1


# Environments whose arguments are widths and places.
_MEASURED: Final = frozenset("tabular tabularx longtable minipage multicols column wrapfigure subfigure subtable".split())
# Environments with a name for readers in their optional argument.
_NAMED: Final = frozenset(
    "theorem lemma corollary proposition definition remark example claim conjecture thm lem cor prop defn rem proof".split()
)
_CHARACTERS: Final = {c: c for c in "&%$#_{}"} | {
    "ldots": "…", "dots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textbackslash": "\\", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å",
    "AA": "Å", "-": "\u00ad", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "pounds": "£", "S": "§", "copyright": "©", "textquotesingle": "'",
}  # fmt: skip
_ACCENTS: Final = frozenset("'`^\"~=.ucvHrkdbt")


def _character(name: str, node: Any, arguments: Sequence[Any]) -> str | None:
    """What a macro shows, if that is a character."""
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    if name in _ACCENTS and arguments:
        from pylatexenc.latex2text import LatexNodes2Text

        shown = str(LatexNodes2Text().nodelist_to_text([node]))
        return shown if shown and not any(c.isspace() for c in shown) else None
    return None
