"""What is read from outside, and what comes with the package, may be damaged or meant ill: it is refused with a clear word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shell import RESTORED, SPUN, complaints, run

from spinfix import Policy, wordlists
from spinfix.configuration import read as read_configuration
from spinfix.confusions import Confusions, shipped_confusions
from spinfix.detection import shipped_detector
from spinfix.errors import ConfigurationError, ListError, ModelError, PatchError, RuleError
from spinfix.first_look import shipped_weights
from spinfix.known_names import _compiled
from spinfix.patch import Patch
from spinfix.rules.own import parse_rules, read_rules
from spinfix.rules.patterns import LARGEST, PatternFault, compiled
from spinfix.terms import Terms, shipped_terms
from spinfix.word_channel import shipped_word_channel
from spinfix.wordlists import Index, shipped_arrays, shipped_lines

RULE = """[[rule]]
name = "school/kiddie-academy"
summary = "A spinner's word for a kindergarten."
pattern = '{pattern}'
becomes = "kindergarten"
restores = [{{ spun = "Her son goes to a kiddie academy.", restored = "Her son goes to a kindergarten." }}]
keeps = ["The academy of arts is closed on Mondays."]
"""

LOADERS: dict[str, Any] = {
    "confusions.bin": shipped_confusions, "detector.json": shipped_detector, "first_look.bin": shipped_weights,
    "known_names.tsv": _compiled, "terms.bin": shipped_terms, "word-channel.tsv.gz": shipped_word_channel,
    "substitutions.bin": shipped_arrays, "substitutions.tsv": shipped_lines,
}  # fmt: skip
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "missing": lambda data: b"",
    "another": lambda data: b"\xff\xfe\x00 no such file\n" * 3,
    "cut short": lambda data: data[: len(data) // 2],
    "with nothing behind the head": lambda data: data[:20],
}


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_data_of_the_package_is_named(name: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "substitutions.tsv" and damage != "missing":
        pytest.skip("read line by line, where it is looked into: below")
    if name == "known_names.tsv" and damage not in ("missing", "another"):
        pytest.skip("half of its lines are as good as lines")
    if damage != "missing":
        (tmp_path / name).write_bytes(DAMAGES[damage]((wordlists.DATA / name).read_bytes()))
    shipped_confusions()  # which the word channel asks for
    monkeypatch.setattr(wordlists, "DATA", tmp_path)
    with pytest.raises(ModelError, match=rf"{name}: .*reinstall spinfix"):
        LOADERS[name].__wrapped__()


@pytest.mark.parametrize(
    "lines", [b"suppose\tthink\n", b"suppose\tthink\tmuch\tx/y\t\t\t\t\n", b"suppose tank\n", b"suppose\t\xff\t0.5\tx/y\t\t\t\t\n"]
)
def test_a_damaged_line_of_the_compiled_lists_is_shown(lines: bytes) -> None:
    with pytest.raises(ListError, match="compiled lists are damaged: expected lines of eight fields"):
        Index(lines).entries("suppose")


def test_tables_that_lead_outside_are_refused(tmp_path: Path) -> None:
    head = b"spinfixCONFU\x01\0\0\0\x01\0\0\0\x01\0\0\0a"
    one = head + b"\0\0\0\0\x01\0\0\0"
    assert [*Confusions(one + b"\0\0\x20\x08").of_lemma("a")]
    with pytest.raises(ModelError, match=r"confusions.bin: .*lead elsewhere"):
        [*Confusions(one + b"\x01\0\x20\x08", "confusions.bin").of_lemma("a")]
    with pytest.raises(ModelError, match="lead elsewhere"):
        Confusions(head + b"\0\0\0\0\x02\0\0\0\0\0\x20\x08")
    with pytest.raises(ModelError, match="lead elsewhere"):
        Confusions(one.replace(b"\x01\0\0\0a", b"\x02\0\0\0a\n") + b"\0\0\x20\x08")
    with pytest.raises(ModelError, match="lead elsewhere"):
        Confusions(head + b"\x02\0\0\0\x01\0\0\0\0\0\x20\x08").of_word("a")
    (tmp_path / "terms.bin").write_bytes(b"spinfixTERMS\x01\0\0\0abcdefgh\x09")
    with pytest.raises(ModelError, match="kinds 1 to 3, found 9"):
        Terms.load(tmp_path / "terms.bin")


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("spinfix.toml", "a = " + "[" * 5_000, "expected TOML"),
        ("spinfix.toml", "jobs = " + "9" * 5_000, "expected TOML"),
        ("spinfix.toml", 'lists = ["a\\u0000b"]\n', ""),
        ("pyproject.toml", "[tool.spinfix]\nthreshold = nan\n", "expected a probability above 0 and below 1, found nan"),
        ("pyproject.toml", "tool = 5\n", None),
        ("pyproject.toml", "[[tool]]\nspinfix = 5\n", None),
        ("pyproject.toml", "[tool]\nspinfix = 5\n", "expected a table, found 5"),
    ],
)
def test_configurations(name: str, source: str, message: str | None, tmp_path: Path) -> None:
    (tmp_path / name).write_text(source)
    if message:
        with pytest.raises(ConfigurationError, match=message):
            read_configuration(tmp_path / name)
    elif message is None:
        assert read_configuration(tmp_path / name, required=False) is None
    (tmp_path / "spun.txt").write_text(SPUN)
    done = run("spun.txt", cwd=tmp_path)
    assert (done.stdout.decode(), done.returncode) == ((RESTORED, 0) if message is None else ("", 2))
    assert bool(complaints(done)) is (message is not None)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a{1000000000}", f"repeated more than {LARGEST:,} times"),
        ("(?:(?:(?:a{1000}){1000}){1000}){1000}", "repeated more than"),
        ("(?:a(?R)?b)", "calls itself"),
        ("(a|(?1))*b", "calls itself"),
        ("(?P<x>a|(?&x))*b", "calls itself"),
        ("(" * 4_000 + "a" + ")" * 4_000, "recursion"),
        ("(?:(?:|a)*|)*", "matches the empty text"),
    ],
)
def test_patterns_that_would_take_all_memory_or_never_end(pattern: str, message: str, tmp_path: Path) -> None:
    """The time limit does not hold for compiling, and memory can go faster than time."""
    (tmp_path / "own.toml").write_text(RULE.format(pattern=pattern))
    with pytest.raises(RuleError, match=message):
        read_rules(tmp_path / "own.toml")


def test_patterns_that_only_look_like_it() -> None:
    fine = (r"\d{4}-\d{2}", r"[(]{4}x\(?R\)", r"[]{5}]{3}", r"(?P<x>a)(?P=x)", r"(?-i:a)(?>b)(?<=c)", r"(?:a{300}){300}", "a{0,999999999}")
    for pattern in fine:
        assert compiled(pattern)
    with pytest.raises(PatternFault) as caught:
        compiled("ab(?R)", "i")
    assert caught.value.at == 2


@pytest.mark.parametrize(
    "source",
    ["x = " + "9" * 5_000, "x = 2021-02-31", "rule = " + "[" * 5_000, "[[rule]]\nname = [1]\n", "rule = 5", "[[rule]]\n" * 3],
)
def test_rules_that_are_none(source: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(source)
    faults: list[str] = []
    assert parse_rules(tmp_path / "own.toml", faults) == ()
    assert faults and all(fault.startswith(f"{tmp_path / 'own.toml'}") for fault in faults)


CORRECTION = '{"start": %s, "end": %s, "before": "a", "after": "b"}'


@pytest.mark.parametrize(
    ("before", "corrections"),
    [
        ("[[]]", "[]"), ("5", "[]"), ('""', '{"a": 1}'), ('""', "[5]"), ('""', f"[{CORRECTION % (-1, 0)}]"),
        ('""', f"[{CORRECTION % (0, 1e3)}]"),
        ('""', f"[{CORRECTION % (0, 10**300)}]"),
        ('""', f"[{CORRECTION % (2, 1)}]"), ('""', "1e400"), ('""', "[" * 100_000),
    ],
)  # fmt: skip
def test_patches_that_are_none(before: str, corrections: str) -> None:
    with pytest.raises(PatchError):
        Patch.from_json(f'{{"spinfix_patch": 1, "sha256_before": {before}, "sha256_after": "", "corrections": {corrections}}}')


def test_a_patch_says_what_and_never_where(tmp_path: Path) -> None:
    """Whatever a patch holds beside its corrections, paths among it, nothing is written but the file that was named and its way back."""
    (tmp_path / "a.txt").write_text("a war\n")
    made = Patch.between("a war\n", []).to_json()
    (tmp_path / "p.json").write_text(made.replace("{", '{"path": "../b.txt", "file": "/tmp/b.txt", "output": "b.txt", ', 1))
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert run("apply", "--write", "p.json", "a.txt", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([*before, "a.txt.spinfix.json"])  # the way back


def test_a_policy_of_a_file_that_cannot_be_has_a_clear_word() -> None:
    from spinfix import detect
    from spinfix.errors import SpinfixError

    for policy in (Policy(lists=("a\0b",)), Policy(rules=("a\0b",)), Policy(language_model="a\0b")):
        with pytest.raises(SpinfixError):
            detect(SPUN, policy)
