"""Imports from the Problematic Paper Screener: conditions, answers, and that nothing is lost in silence."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from spinfix.catalogue import check_list
from spinfix.errors import ListError
from spinfix.screener import Imported, import_screener
from spinfix.wordlists import read_list

HEAD = "Fingerprint - Tortured Phrase,Expected Text,Nb Retrieved Papers\n"


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def imported(*records: tuple[str, str]) -> Imported:
    lines = "".join(f"{cell(query)},{cell(answer)},3\n" for query, answer in records)
    return import_screener((HEAD + lines).encode(), name="export.csv", date="2026-11-25")


def rows_of(made: Imported) -> list[str]:
    return [line for line in made.text.splitlines() if not line.startswith("#")]


OTHER = ('"profound learning"', "deep learning")
OTHER_ROW = "profound learning\tdeep learning\tp=0.5"


@pytest.mark.parametrize(
    ("query", "answer", "row"),
    [
        ("irregular woodland", "random forest", "irregular woodland\trandom forest\tp=0.5"),
        ('"irregular woodland"', "random forest", "irregular woodland\trandom forest\tp=0.5"),
        ("“irregular woodland”", "random forest", "irregular woodland\trandom forest\tp=0.5"),
        ('"Corridor Impact" AND "voltage"', "Hall effect", "corridor impact\tHall effect\tp=0.5\tnear=voltage"),
        ('"corridor impact" AND ("magnetic" OR "voltage")', "Hall effect", "corridor impact\tHall effect\tp=0.5\tnear=magnetic,voltage"),
        ('"bark strategy" NOT "tree"', "kernel method", "bark strategy\tkernel method\tp=0.5\tabsent=tree"),
        ('"bark strategy" AND NOT "tree"', "kernel method", "bark strategy\tkernel method\tp=0.5\tabsent=tree"),
        ('"bark strategy" AND "vector" NOT "tree"', "kernel method", "bark strategy\tkernel method\tp=0.5\tnear=vector\tabsent=tree"),
    ],
)
def test_what_a_list_can_say_is_taken_over_as_it_is(query: str, answer: str, row: str) -> None:
    made = imported((query, answer), OTHER)
    assert sorted([row, OTHER_ROW]) == rows_of(made)
    assert made.remarks == ()


@pytest.mark.parametrize(
    ("query", "answer", "row", "reason"),
    [
        ('"bark strategy"~3', "kernel method", "bark strategy\tkernel method\tp=0.5", "side by side, not up to 3 words"),
        ('"bark strategy" NOT "tree bark strategy"', "kernel method", "bark strategy\tkernel method\tp=0.5\tabsent=tree", "absent=tree"),
        ('"bark strategy"', "kernel method?", "bark strategy\tkernel method\tp=0.1", "question mark"),
        ('"bark strategy"', "[support vector] kernel method", "bark strategy\tkernel method\tp=0.5", "square brackets"),
        ('"bark strategy"', "kernel method (to be checked)", "bark strategy\tkernel method\tp=0.5", "a remark in brackets"),
        ('"web of things (iot)"', "internet of things", "web of things\tinternet of things\tp=0.5\tnear=iot", "became near=iot"),
        ("web of things (IoT)", "internet of things", "web of things\tinternet of things\tp=0.5\tnear=iot", "became near=iot"),
        ('"bosom"', "breast", "bosom\tbreast\tp=0.1", "a single word"),
        ('"bark strategy"', 'kernel method \\")', "bark strategy\tkernel method\tp=0.5", ""),
    ],
)
def test_what_a_list_says_otherwise_is_named(query: str, answer: str, row: str, reason: str) -> None:
    made = imported((query, answer), OTHER)
    assert sorted([row, OTHER_ROW]) == rows_of(made)
    remarks = [r for r in made.remarks if reason]
    assert [(r.line, r.imported) for r in remarks] == [(2, True)] * bool(reason)
    assert all(reason in r.reason for r in remarks)


@pytest.mark.parametrize(
    ("query", "answer", "reason"),
    [
        ('"corridor impact" AND "magnetic" AND "voltage"', "Hall effect", "two things at once"),
        ('"corridor impact" AND "magnetic field"', "Hall effect", "not for “magnetic field”"),
        ('"surface region" AND "region"', "surface area", "guards nothing"),
        ('"bark strategy" NOT "strategy"', "kernel method", "NOT “strategy”"),
        ('"a b" OR "c d" AND "e"', "x y", "leave open what belongs together"),
        ('"a b" AND ("c" OR ("d"))', "x y", "where there is none"),
        ('"a b" AND ("c" OR "d"', "x y", "not closed"),
        ('"a b" "c d"', "x y", "expected AND or NOT before “c d”"),
        ('"bark strateg*"', "kernel method", "without “*”"),
        ('"bark strategy', "kernel method", "quotation mark is not closed"),
        ('"bark strategy"', "", "no answer"),
        ('"bark strategy"', "?", "no answer"),
        ('"bark strategy"', "[kernel method]", "no answer"),
        ('"kernel method"', "Kernel [based] method", "the same"),
        ('"bark strategy"', "kernel <method>", "without “<”"),
        ("", "kernel method", "where there is none"),
    ],
)
def test_what_a_list_cannot_say_is_left_out_and_named(query: str, answer: str, reason: str) -> None:
    made = imported(OTHER, (query, answer))
    assert rows_of(made) == [OTHER_ROW]
    left_out = [r for r in made.remarks if not r.imported]
    assert [r.line for r in left_out] == [3]
    assert reason in left_out[0].reason
    assert str(left_out[0]).startswith("3: ")


def test_each_of_several_answers_and_phrases_makes_a_row() -> None:
    made = imported(('"bark strategy" OR "bark technique"', "kernel method or kernel trick"))
    assert [row.split("\t")[:2] for row in rows_of(made)] == [
        ["bark strategy", "kernel method"], ["bark strategy", "kernel trick"],
        ["bark technique", "kernel method"], ["bark technique", "kernel trick"],
    ]  # fmt: skip


def test_a_pair_with_two_guards_is_one_row_or_is_named() -> None:
    made = imported(('"corridor impact" AND "magnetic"', "Hall effect"), ('"corridor impact" AND "voltage"', "Hall effect"))
    assert rows_of(made) == ["corridor impact\tHall effect\tp=0.5\tnear=magnetic,voltage"]
    assert not made.remarks
    made = imported(('"corridor impact" AND "magnetic"', "Hall effect"), ('"corridor impact" NOT "school"', "Hall effect"))
    assert len(rows_of(made)) == 1
    assert [(r.line, r.imported) for r in made.remarks] == [(3, False)]
    made = imported(('"corridor impact" AND "magnetic"', "Hall effect"), ('"corridor impact"', "Hall effect"))
    assert rows_of(made) == ["corridor impact\tHall effect\tp=0.5"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_known_by_their_heads_in_any_order(delimiter: str) -> None:
    export = f"Expected text{delimiter}Count{delimiter}FINGERPRINT\r\ndeep learning{delimiter}3{delimiter}profound learning\r\n"
    made = import_screener(b"\xef\xbb\xbf" + export.encode(), name="export.csv", date="2026-11-25")
    assert rows_of(made) == [OTHER_ROW]
    assert (made.records, made.rows) == (1, 1)


def test_lines_are_those_of_the_file_where_a_cell_has_several() -> None:
    export = HEAD + '"profound\nlearning",deep learning,1\n\n"bark strategy","",2\n'
    made = import_screener(export.encode(), name="export.csv", date="2026-11-25")
    assert rows_of(made) == [OTHER_ROW]
    assert [r.line for r in made.remarks] == [5]


def test_date_and_digest_are_recorded(tmp_path: Path) -> None:
    export = (HEAD + "profound learning,deep learning,1\n").encode()
    made = import_screener(export, name="export.csv", date="2026-11-25")
    file = tmp_path / "screener" / "phrases.tsv"
    file.parent.mkdir()
    file.write_text(made.text, encoding="utf-8")
    source = read_list(file).source
    assert "export.csv of 2026-11-25" in source
    assert hashlib.sha256(export).hexdigest() in source


def test_an_import_passes_the_check(tmp_path: Path) -> None:
    file = tmp_path / "phrases.tsv"
    made = imported(
        ('"counterfeit cerebration"', "artificial intelligence"), ('"corridor impact" AND ("magnetic" OR "voltage")', "Hall effect"), OTHER,
        ('"bark strategy" NOT "tree"', "kernel method?"), ('"arbitrary timberland"', "random forest"),
    )  # fmt: skip
    file.write_text(made.text, encoding="utf-8")
    assert check_list(str(file)) == ()


def test_a_row_that_a_list_would_take_for_a_comment_is_told() -> None:
    made = imported(('"#tag b"', "hash"), ("# title: b", "x"), OTHER)
    assert rows_of(made) == [OTHER_ROW]
    assert [(r.line, r.imported) for r in made.remarks] == [(2, False), (3, False)]
    assert "a line of a list that begins with “#” is a comment" in made.remarks[0].reason


def test_a_name_with_a_line_end_makes_no_line_of_the_list(tmp_path: Path) -> None:
    made = import_screener((HEAD + "profound learning,deep learning,1\n").encode(), name="an\nexport.csv", date="2026\n11")
    file = tmp_path / "phrases.tsv"
    file.write_text(made.text, encoding="utf-8")
    assert (read_list(file).title, len(read_list(file).rows)) == ("Phrases from an export.csv", 1)


@pytest.mark.parametrize(
    ("export", "complaint"),
    [
        (b"", "export.csv:1: expected columns"),
        (b"phrase,meaning\na,b\n", "found phrase, meaning"),
        (b"Fingerprint,Expected Text\n", "found none in 0 records"),
        (b'Fingerprint,Expected Text\n"a b",\n', "found none in 1 records; line 2, a b: the record has no answer"),
        (b"Fingerprint,Expected Text\n\xff,b\n", "expected UTF-8"),
        (b'Fingerprint,Expected Text\na b,c\n"d e' + b" more" * 30_000, "export.csv:3: expected a record in CSV: .*quotation mark"),
    ],
)
def test_what_is_no_export_is_refused(export: bytes, complaint: str) -> None:
    with pytest.raises(ListError, match=complaint):
        import_screener(export, name="export.csv", date="2026-11-25")
