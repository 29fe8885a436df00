"""What ``spinfix lists`` shows and checks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from spinfix import Policy
from spinfix.api import check_selection, source_names
from spinfix.catalogue import check_list, list_catalogue
from spinfix.errors import ListError

GOOD = """\
# title: Words for schools
# source: written for the tests
# license: MIT
# status: preview
# + Her son goes to a kiddie academy. => Her son goes to a kindergarten.
# - The academy of arts is closed on Mondays.
kiddie academy\tkindergarten\tpos=n\tp=0.9
"""


def written(folder: Path, text: str) -> str:
    file = folder / "schools" / "words.tsv"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_every_shipped_list_is_shown() -> None:
    folder = Path(__file__).parent.parent / "wordlists"
    shown = list_catalogue()
    assert [facts.name for facts in shown] == [f"{file.parent.name}/{file.stem}" for file in sorted(folder.glob("*/*.tsv"))]
    for facts in shown:
        text = (folder / f"{facts.name}.tsv").read_text(encoding="utf-8")
        assert facts.rows == sum(1 for line in text.splitlines() if line and line[0] != "#")
        assert facts.digest == hashlib.sha256(text.encode()).hexdigest()
        assert facts.title and facts.source and facts.license


def test_own_lists_come_after_the_shipped(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    shown = list_catalogue([str(tmp_path)])
    assert shown[:-1] == list_catalogue()
    assert (shown[-1].name, shown[-1].status, shown[-1].rows, shown[-1].path) == ("schools/words", "preview", 1, path)
    with pytest.raises(ListError, match="nowhere"):
        list_catalogue([str(tmp_path / "nowhere.tsv")])


def test_a_good_list_has_no_faults(tmp_path: Path) -> None:
    assert check_list(written(tmp_path, GOOD)) == ()


def test_a_list_that_was_mended_is_checked_as_it_is_now(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("kiddie academy\t", "kiddie acadamy\t"))
    assert len(check_list(path)) == 1
    Path(path).write_text(GOOD, encoding="utf-8")
    assert check_list(path) == ()
    Path(path).with_name("more.tsv").write_text(GOOD, encoding="utf-8")
    assert "schools/more" in source_names(Policy(lists=(str(tmp_path),), ignore=("schools/more",)))
    check_selection(Policy(lists=(str(tmp_path),), ignore=("schools/more",)))


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ("a kindergarten.", "a nursery.", 5, "expected the example to come back as 'Her son goes to a nursery.'"),
        ("The academy of arts is closed on Mondays.", "He works at a suppose tank.", 6, "expected this to be left alone"),
        ("pos=n", "pos=noun", 7, "expected pos="),
        ("# license: MIT\n", "", 1, "lacks '# license"),
    ],
)
def test_every_fault_has_its_line(tmp_path: Path, old: str, new: str, line: int, complaint: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    faults = check_list(path)
    assert any(fault.startswith(f"{path}:{line}: ") and complaint in fault for fault in faults), faults


def test_all_faults_are_named_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + "b\ta\tp=2\na\ta\n" + "c\td\n" * 9)
    lines = [int(fault.removeprefix(f"{path}:").split(":")[0]) for fault in check_list(path)]
    assert lines == sorted(lines)
    assert {8, 9} <= set(lines)
