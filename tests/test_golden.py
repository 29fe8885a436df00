"""The golden cases of tests/golden/: arguments, standard input and files; standard output, standard error, files and exit code."""

from __future__ import annotations

from pathlib import Path

import golden
import pytest

from spinfix.cli.arguments import VERBS, parser_of
from spinfix.configuration import FAIL_ON, FORMATS


@pytest.mark.parametrize("path", golden.cases(), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = golden.Case.read(path)
    assert case.title.endswith(".") and case.written() == path.read_text(encoding="utf-8")
    faults = list(case.differences())
    assert not faults, "\n".join([*faults, f"python tests/golden.py {path.stem}  # takes what comes out now"])


def test_everything_that_can_be_asked_for_has_its_case() -> None:
    calls = [step.arguments for path in golden.cases() for step in golden.Case.read(path).steps()[1]]
    assert {arguments[0] for arguments in calls if arguments} >= set(VERBS)
    assert [] in calls  # the bare command
    words = {word for arguments in calls for word in arguments}
    options = {option for verb in ("", *VERBS) for action in parser_of(verb)._actions for option in action.option_strings}
    takes_back = {"--gate"} | {o for o in options if o.startswith("--no-") and o not in ("--no-patch", "--no-gate")}
    assert options - takes_back - {"-h", "--jobs"} - words == set()
    assert {f"--format={name}" for name in FORMATS} - {f"--format={name}" for name in words} == set()
    assert set(FAIL_ON) - words == set()


def test_a_case_that_does_not_hold_is_told(tmp_path: Path) -> None:
    source = "A case.\n\n=== file: a.txt\nIt rained.\n=== run: spinfix a.txt\n=== stdout\nIt [..].\n=== exit: 0\n"
    path = tmp_path / "case.txt"

    def faults(old: str = "", new: str = "") -> list[str]:
        path.write_text(source.replace(old, new, 1))
        return [fault.partition("): ")[2] for fault in golden.Case.read(path).differences()]

    assert faults() == []
    assert faults("It [..].", "...") == []
    assert faults("It [..].", "It snowed.") == ["stdout: expected\nIt snowed.\nfound\nIt rained.\n"]
    assert faults("=== exit: 0", "=== stderr\nspinfix: no\n=== exit: 2") == [
        "stderr: expected\nspinfix: no\nfound\n", "exit code: expected 2, found 0",
    ]  # fmt: skip
    assert faults("=== exit", "=== file: b.txt\nSun.\n=== gone: a.txt\n=== exit") == [
        "b.txt: expected a change, found none", "expected to be gone: ['a.txt'], found: []",
    ]  # fmt: skip
    assert faults("spinfix a.txt", "spinfix -o") != []
    (fault,) = faults("spinfix a.txt", "spinfix a.txt --output c.txt")[1:]
    assert fault == "c.txt: expected no change, found\nIt rained.\n"
    with pytest.raises(ValueError, match=r"case\.txt:6: expected one of file, .* after ===, found '=== stduot"):
        faults("stdout", "stduot")
    path.write_text(source.replace("It [..].", "It snowed."))
    case = golden.Case.read(path)
    assert list(case.differences(take=True)) == [] and case.written() == source.replace("It [..].", "It rained.")


def test_bytes_are_written_with_escapes() -> None:
    section = golden.Section("file", "a", True, "a\\r\\nb\\xff\n")
    assert section.data == b"a\r\nb\xff" and section.fits(b"a\r\nb\xff") and not section.fits(b"a\nb\xff")
