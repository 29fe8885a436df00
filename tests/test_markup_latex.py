"""LaTeX: what is prose, and what becomes of the macros inside a phrase."""

from __future__ import annotations

import pytest
from markup_tools import needs, placed, prose, rewritten

import spinfix
from spinfix.markup import view_of
from spinfix.markup.latex_walker import definition_end, walker

pytestmark = needs("latex")


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (r"One \textbf{two} {\em three} \emph{\textsc{four}}.", ["One two three four."]),
        ("\\documentclass[a4paper]{article}\n\\title{A title}\\author{B}\n\\begin{document}c\\end{document} d", ["A title", "c"]),
        ("a b\nc\n\n  d", ["a b c", "d"]),
        (r"a $x + y$ b \(z\) c \cite{k} d~\ref{s} \url{http://x.y/a_b}", ["a \ufffc b \ufffc c \ufffc d \ufffc \ufffc"]),
        (r"\verb|a b| \texttt{c} d", ["\ufffc \ufffc d"]),
        (r"a \foo{b}[c]{d} e \LaTeX{} f \LaTeX g", ["a \ufffc e \ufffc f \ufffc g"]),
        (r"\section[short]{A \emph{long} title}\label{sec:x}Text.", ["A long title", "Text."]),
        (r"a\footnote{Note.} b\\[2pt] c \newline d", ["a", "Note.", "b  c d"]),
        ("a % comment\nb%\nc", ["a b c"]),
        (r"5\% of \$5 \& caf\'e na\"{\i}ve \o re \ldots{} so\,called ``quoted''", ["5% of $5 & café naïve øre … so called “quoted”"]),
        ("\\begin{itemize}\\item a\\item[b] c\\end{itemize}\\begin{equation}x\\end{equation}d", ["a", "b", "c", "d"]),
        ("\\begin{verbatim}a\\end{verbatim}\\begin{lstlisting}b\\end{lstlisting}\\begin{tikzpicture}c\\end{tikzpicture}", []),
        ("\\begin{tabular}{ll}a b & c \\\\ \\hline d & e\\end{tabular}", ["a b", "c", "d", "e"]),
        ("\\begin{figure}\\includegraphics[width=3cm]{x.png}\\caption{A caption.}\\label{f}\\end{figure}", ["A caption."]),
        ("\\begin{mystery}a\\end{mystery}\\begin{thebibliography}{9}\\bibitem{a} b\\end{thebibliography}", []),
        (r"\textcolor{red}{a} \href{http://x}{b} \footnotesize c \noindent d", ["a b c d"]),
        (r"\newcommand{\x}[1]{text #1} a", ["\ufffc a"]),
        (r"\newenvironment{so}[1]{\begin{center}}{\end{center}} a \def\x#1#2{\begin{b}} c", ["\ufffc a \ufffc c"]),
        (
            "\\documentclass{article}\n\\newenvironment{so}{\\begin{center}}{\\end{center}}\n\\def\\be{\\begin{equation}}\n"
            "\\renewcommand\\title[1]{\\x{#1}}\n% \\title{Of old}\n\\title{A \\emph{title}} % \\begin{document}\n"
            "\\begin{document}\nA body.\n\\end{document}\nAfter.",
            ["A title", "A body."],
        ),
        ("\\documentclass{article}\nA fragment.", ["\ufffc A fragment."]),
        ("One.\\begin{verbatim}\\documentclass{a}\n\\begin{document}\n\\end{verbatim}Two.", ["One.", "Two."]),
        (r"a } b { c", ["a  b  c"]),
        (r"a \lstinline!b c! d \lstinline[x=y]{e {f} g} h \mintinline[i]{j}|k l| m \mintinline{n}{o} p",
         ["a \ufffc d \ufffc h \ufffc m \ufffc p"]),
        (r"a \Verb+b c+ d \path|e f| g \path{h} i \verb*!j k! l", ["a \ufffc d \ufffc g \ufffc i \ufffc l"]),
        (r"slug\-gish houses\textsuperscript{3} x\textsubscript{i}", ["slug\xadgish houses\ufffc x\ufffc"]),
        (r"\begin{subfigure}[b]{3cm}\includegraphics{a}\caption{A b.}\end{subfigure}\begin{proof}[Of it] c\end{proof}",
         ["A b.", "Of it", "c"]),
        (r"\begin{tabular}{l}\multicolumn{2}{c}{a b} & \multirow{2}{*}{c} \end{tabular}", ["a b", "c"]),
        ("One.\n\\begin{filecontents*}{a.cls}\n{{{ $ \\begin{x}\n\\end{filecontents*}\nTwo $x$.", ["One.", "Two \ufffc."]),
        ("\\begin{minted}{c}\n{\n\\end{minted} One.\\begin{comment} $ { \\end{comment}Two.", ["One.", "Two."]),
        ("\\begin{Verbatim}a", []),
        ("", []),
    ],
)  # fmt: skip
def test_prose(text: str, blocks: list[str]) -> None:
    assert prose(text, "latex") == blocks


@pytest.mark.parametrize(
    ("text", "observed", "intended", "expected"),
    [
        (r"was slug\-gish, so", "slug\xadgish", "slow", "was slow, so"),
        (r"the \textbf{Center} East is", "Center East", "Middle East", r"the \textbf{Middle} East is"),
        (r"the {\bf Center} East is", "the Center East", "the Middle East", r"the {\bf Middle} East is"),
        ("the Center~East is", "Center East", "Middle East", "the Middle~East is"),
        ("the Center\n  East is", "Center East", "Middle East", "the Middle\n  East is"),
        ("a suppose % note\ntank is", "suppose tank", "think tank", "a think % note\ntank is"),
        (r"a suppose\\tank is", "suppose tank", "think tank", r"a think\\tank is"),
        ("a percent b", "percent", "% of R&D_x #1 {y}", r"a \% of R\&D\_x \#1 \{y\} b"),
        (r"caf\'e folks", "folks", "people", r"caf\'e people"),
    ],
)
def test_macros_inside_a_phrase_stay(text: str, observed: str, intended: str, expected: str) -> None:
    assert rewritten(text, "latex", observed, intended) == expected


def test_what_would_empty_or_cut_a_group_is_not_safe() -> None:
    assert not placed(view_of(r"a \emph{b} \emph{c} \emph{d} e", "latex"), "b c d", "x").safe
    assert not placed(view_of(r"a sup\textbf{pose} tank", "latex"), "suppose tank", "think tank").safe
    assert not placed(view_of("a b", "latex"), "b", "c~d").safe


def test_a_paper_is_restored_and_its_macros_stay() -> None:
    paper = r"""\documentclass{article}
\newcommand{\place}{the suppose tank} % the suppose tank
\title{The suppose tank}
\begin{document}
\section{The suppose tank}\label{sec:suppose tank}
The evaluate course of~\cite{suppose} took three years, mentioned a researcher on the \emph{suppose} tank who lived
within the West Financial institution within the Nineteen Nineties.\footnote{In the course of the civil struggle.} Greater than
twenty-four,000 folks within the Center~East misplaced their houses, in response to officers. $suppose tank$
\begin{verbatim}
the suppose tank within the Center East
\end{verbatim}
\end{document}
"""
    restored = spinfix.restore(paper, path="paper.tex")
    assert "\\newcommand{\\place}{the suppose tank} % the suppose tank\n\\title{The think tank}\n" in restored
    assert "\\section{The think tank}\\label{sec:suppose tank}\n" in restored
    assert "The review process~\\cite{suppose} took" in restored
    assert "at the \\emph{think} tank" in restored
    assert "people in the Middle~East lost their homes, according to officials. $suppose tank$" in restored
    assert "\\begin{verbatim}\nthe suppose tank within the Center East\n\\end{verbatim}" in restored


@pytest.mark.parametrize(
    ("definition", "groups", "by_name"),
    [
        (r"{\so}{a}", 2, False),
        (r"\so{a}", 2, False),
        (r"*{\so}[2][{x}]{a {b} \} c}", 2, False),
        ("{so}{a % }\n}{b}", 3, False),
        (r"\so#1#2{a}", 1, True),
        (r"{\so}", 2, False),
        (r"{\so}", 1, False),
    ],
)
def test_where_a_definition_ends(definition: str, groups: int, by_name: bool) -> None:
    assert definition_end(f"{definition} and so on", 0, groups, by_name=by_name) == len(definition)


@pytest.mark.parametrize("part", [r"\section[a ", r"\frac{a ", r"\newenvironment{a}{\begin{b}}{\end{b}} ", r"\newcommand{\x}{\begin{a}} "])
def test_what_never_ends_is_read_a_few_times_at_most(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = walker(part * 40)
    calls = 0
    get_token = parser.get_token

    def counted(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        return get_token(*arguments, **named)

    monkeypatch.setattr(parser, "get_token", counted)
    parser.get_latex_nodes(pos=0)
    assert calls < 40 * 40 * len(part)  # without a memory for what was read: more than two to the fortieth


def test_a_comment_before_the_document_counts() -> None:
    paper = "% spinfix: off\n\\documentclass{article}\n\\begin{document}\nHe works at a suppose tank.\n\\end{document}\n"
    assert spinfix.restore(paper, path="paper.tex") == paper
    assert spinfix.restore(paper.replace(": off", ": on"), path="paper.tex") != paper
