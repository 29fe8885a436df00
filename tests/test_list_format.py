"""The format of lists, line by line: what one fault leaves of the rest, what is compiled of a row, what a compiled line gives back."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinfix.errors import ListError
from spinfix.list_files import list_name, own_files
from spinfix.wordlists import NEGLIGIBLE, Entry, Index, Row, WordList, compiled_lines, key_of, parse_list, read_list

HEADER = "# title: T\n# source: s\n# license: MIT\n# status: stable\n# + a b. => a c.\n# - d.\n"


def parsed(folder: Path, text: str) -> tuple[WordList, list[str]]:
    """The list that ``text`` makes, and its faults without the path."""
    file = folder / "family" / "name.tsv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    faults: list[str] = []
    found = parse_list(file, faults)
    assert found is not None and all(fault.startswith(f"{file}:") for fault in faults)
    return found, [fault.removeprefix(f"{file}:") for fault in faults]


def of(*rows: Row, name: str = "family/name") -> WordList:
    return WordList(name, "", "", "", "stable", (), (), rows)


def test_empty_lines_and_notes_stand_between_rows(tmp_path: Path) -> None:
    found, faults = parsed(tmp_path, "\n" + HEADER + "#remark: these were seen\n# no field\nb\tc\n\n  \n# and on\nd\te\n")
    assert not faults
    assert [(row.observed, row.line) for row in found.rows] == [("b", 10), ("d", 14)]
    assert (found.title, found.source, found.license, found.status) == ("T", "s", "MIT", "stable")


def test_a_header_needs_no_blank_and_its_values_may_hold_colons(tmp_path: Path) -> None:
    header = HEADER.replace("# title: T", "#title:T: of x").replace("# + ", "#+ ").replace("# - ", "#- ")
    found, faults = parsed(tmp_path, header + "b\tc\n")
    assert not faults and found.title == "T: of x"
    assert (found.restores, found.keeps) == ((("a b.", "a c."),), ("d.",))


def test_a_title_without_a_colon_is_none(tmp_path: Path) -> None:
    found, faults = parsed(tmp_path, HEADER.replace("title: T", "title") + "b\tc\n")
    assert faults == ["1: the header lacks '# title: ...'; add it"]
    assert found.title == ""


def test_one_faulty_row_hides_no_other(tmp_path: Path) -> None:
    found, faults = parsed(tmp_path, HEADER + "b\nc\td\tp=often\ne\t\nf\tg\n")
    assert [fault.partition(":")[0] for fault in faults] == ["7", "8", "9"], "one each"
    assert [row.observed for row in found.rows] == ["c", "f"]
    assert found.rows[0].p == 0.5


@pytest.mark.parametrize(("p", "is_fine"), [("1", True), ("1.0", True), ("0.001", True), ("1.001", False), ("-0.1", False)])
def test_a_probability_may_be_one(tmp_path: Path, p: str, is_fine: bool) -> None:
    assert (not parsed(tmp_path, f"{HEADER}b\tc\tp={p}\n")[1]) is is_fine


def test_a_row_out_of_order_is_told_with_the_one_before(tmp_path: Path) -> None:
    _, faults = parsed(tmp_path, HEADER + "c\td\tpos=v\nb\te\n")
    assert faults == ["8: expected sorted rows, but ('b', 'e') comes after ('c', 'd'); sort the file by code point"]
    assert not parsed(tmp_path, HEADER + "c\td\tpos=n\nc\td\tpos=v\nc\te\npos=n\td\n")[1], "one pair may stand for several parts of speech"


@pytest.mark.parametrize(("row", "what"), [("b [x]\tc", "observed 'b [x]'"), ("b\tc [x]", "intended 'c [x]'")])
def test_which_side_cannot_be_written_is_told(tmp_path: Path, row: str, what: str) -> None:
    (fault,) = parsed(tmp_path, HEADER + row + "\n")[1]
    assert fault.startswith(f"7: {what} must be text")


def test_what_is_no_row_is_shown_but_not_all_of_it(tmp_path: Path) -> None:
    (fault,) = parsed(tmp_path, HEADER + "x" * 61 + "\n")[1]
    assert fault.endswith(f"found '{'x' * 60}'")


def test_a_guard_of_several_words_is_none(tmp_path: Path) -> None:
    (fault,) = parsed(tmp_path, HEADER + "b\tc\tnear=x, New York ,,y\n")[1]
    assert fault == "7: expected single words with commas between them in near=, found 'new york'"
    found, faults = parsed(tmp_path, HEADER + "b\tc\tnear=X, ,y\tabsent=\n")
    assert not faults and found.rows[0].near == ("x", "y") and found.rows[0].absent == ()


@pytest.mark.parametrize("make", [lambda p: p.write_bytes(b"\xff"), lambda p: p.mkdir(), lambda p: None], ids=["bytes", "folder", "none"])
def test_what_cannot_be_read_says_so(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "list.tsv")
    with pytest.raises(ListError, match=r"list\.tsv: cannot be read as UTF-8 text \("):
        read_list(tmp_path / "list.tsv")


def test_a_key_is_a_form_or_a_number_as_it_is_written() -> None:
    assert key_of("<n>", "4") == "4" and key_of("<n>th", "5TH") == "5th"
    assert key_of("<address>", "x.example") == "<address>" and key_of("<", "<") == "<"
    assert key_of("word", "4Word") == "word"


def test_forms_that_are_no_words_are_left_out_but_not_those_that_were_written() -> None:
    rows = (Row("grog", "think", 1, 0.5, "v"), Row("zzz tank", "yyy", 2))
    known = {"grogs", "thinks", "grogged"}
    found = [line.split("\t")[:2] for line in compiled_lines([of(*rows)], known.__contains__)]
    assert found == [["grog", "think"], ["grogs", "thinks"], ["zzz tank", "yyy"]]
    both = {*known, "thought", "grogging", "thinking"}
    found = [line.split("\t")[:2] for line in compiled_lines([of(*rows)], both.__contains__)]
    assert ["grogging", "thinking"] in found and ["grogged", "thought"] in found


@pytest.mark.parametrize("unknown", ["grogs", "grogged", "grogging"])
def test_one_form_that_is_no_word_takes_no_other_with_it(unknown: str) -> None:
    forms = {"grog", "grogs", "grogged", "grogging", "think", "thinks", "thought", "thinking"}
    found = {line.split("\t")[0] for line in compiled_lines([of(Row("grog", "think", 1, 0.5, "v"))], (forms - {unknown}).__contains__)}
    assert found == {"grog", "grogs", "grogged", "grogging"} - {unknown}


def test_a_form_that_only_looks_as_written_must_be_a_word() -> None:
    found = [line.split("\t")[:2] for line in compiled_lines([of(Row("hit", "strike", 1, 0.5, "v"))], {"hit", "strike"}.__contains__)]
    assert found == [["hit", "strike"]], "and not hit → struck"


def test_lines_are_sorted_by_key_and_then_by_what_is_intended() -> None:
    lines = [line.split("\t")[:2] for line in compiled_lines([of(Row("a", "x", 1, 0.1), Row("b", "v", 2, 0.3), Row("a", "w", 3, 0.9))])]
    assert lines == [["a", "w"], ["a", "x"], ["b", "v"]]


def test_of_a_phrase_each_word_must_be_known() -> None:
    found = list(compiled_lines([of(Row("grog tank", "think box", 1, 0.5, "n"))], {"grog", "tanks", "think", "boxes"}.__contains__))
    assert [line.split("\t")[0] for line in found] == ["grog tank", "grog tanks"]
    for unknown in ("grog", "tanks", "think", "boxes"):
        known = {"grog", "tanks", "think", "boxes"} - {unknown}
        assert len(list(compiled_lines([of(Row("grog tank", "think box", 1, 0.5, "n"))], known.__contains__))) == 1


def test_what_is_too_rare_to_matter_stays_in_the_sources() -> None:
    rows = [Row("a", "x", 1, NEGLIGIBLE - 1e-6), Row("b", "x", 2, NEGLIGIBLE), Row("c", "x", 3, 0.5)]
    assert [line[0] for line in compiled_lines([of(*rows)])] == ["b", "c"]


def test_of_equally_likely_rows_the_first_is_named() -> None:
    lists = [of(Row("a", "x", 1, 0.5, evidence=evidence), name=name) for name, evidence in (("one/l", "strong"), ("one/m", "none"))]
    assert list(compiled_lines(lists)) == ["a\tx\t0.5\tone/l\t\t\tstrong\t"]


def test_a_family_is_counted_once_with_its_likeliest_row() -> None:
    lists = [of(Row("a", "x", 1, p), name=name) for name, p in (("two/l", 0.1), ("one/l", 0.2), ("two/m", 0.4), ("two/n", 0.3))]
    assert list(compiled_lines(lists)) == ["a\tx\t0.4\ttwo/m\t\t\t\tone=0.2;two=0.4"]


def test_a_compiled_line_gives_back_what_was_written() -> None:
    rows = [of(Row("B c", "x", 1, 0.25, near=("k", "l"), absent=("m",), evidence="strong"), name="one/l")]
    rows.append(of(Row("B c", "x", 1, 0.5, near=("k", "l"), absent=("m",)), name="two/l"))
    rows.append(of(Row("d", "y", 1, 0.75, absent=("m", "n"))))
    rows.append(of(Row("e", "y", 1, 0.125, near=("k",))))
    index = Index("\n".join(compiled_lines(rows)).encode())
    assert index.entries("b") == (Entry(("c",), "B c", "x", 0.5, "two/l", ("k", "l"), ("m",), "", (("one", 0.25), ("two", 0.5))),)
    assert index.entries("d") == (Entry((), "", "y", 0.75, "family/name", (), ("m", "n")),)
    assert index.entries("e") == (Entry((), "", "y", 0.125, "family/name", ("k",), ()),)


@pytest.mark.parametrize(
    "line", ["b\tc\t0.5\tx/y\t\t\t", "b\tc\toften\tx/y\t\t\t\t", "b\tc\t0.5\tx/y\t\t\t\tone=\t", f"b\tc\t{'9' * 70}x\tx/y\t\t\t\t"]
)
def test_a_damaged_line_is_shown(line: str) -> None:
    with pytest.raises(ListError) as refused:
        Index(line.encode()).entries("b")
    assert f"found {line[:60]!r}: reinstall" in str(refused.value)


def test_own_lists_are_a_file_or_a_folder_of_them(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv", "notes.txt", "fam/c.tsv", "fam/notes.txt", "fam/deep/d.tsv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert own_files(tmp_path / "b.tsv") == [tmp_path / "b.tsv"] and own_files(tmp_path / "missing") == [tmp_path / "missing"]
    assert [file.relative_to(tmp_path).as_posix() for file in own_files(tmp_path)] == ["a.tsv", "b.tsv", "fam/c.tsv"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ListError, match=r"empty: expected word lists here \(NAME\.tsv or FAMILY/NAME\.tsv\), found none"):
        own_files(tmp_path / "empty")


def test_a_list_in_the_folder_one_is_in_has_a_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "schools" / "below"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    for path, name in (("a.tsv", "below/a"), ("./a.tsv", "below/a"), ("../a.tsv", "schools/a"), ("x/a.tsv", "x/a"), ("/a.tsv", "own/a")):
        assert list_name(Path(path)) == name


@pytest.mark.parametrize("name", ["a\tb/list", "a\nb/list", "x=1;y/list", "fam/a;b", "a\udcffb/list"])
def test_a_name_that_compiled_lines_cannot_hold_is_told(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.tsv"
    try:
        file.parent.mkdir()
        file.write_text(HEADER, encoding="utf-8")
    except (OSError, ValueError):
        pytest.skip("this system has no such names")
    with pytest.raises(ListError, match=r":1: expected names of a list and of its folder without .*; rename the file or the folder"):
        read_list(file)
