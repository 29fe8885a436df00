"""Patches: there and back to the byte, and no further than the text they were made for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spinfix import revert
from spinfix.errors import PatchError, SpinfixError
from spinfix.patch import Patch, digest
from spinfix.records import Correction, Span

# \udc80-\udcff is what bytes that are no UTF-8 become (surrogateescape)
TEXTS = st.text(st.one_of(st.sampled_from("ab \r\n\t\0é\ufeff😀\udc80\udcff\"\\"), st.characters()), max_size=40)


@st.composite
def corrected(draw: st.DrawFn) -> tuple[str, list[Correction]]:
    """A text and corrections of it in any order: changes, insertions, deletions, also next to one another."""
    text = draw(TEXTS)
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    spans = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    corrections = [Correction(s, text[s.start : s.end], draw(TEXTS)) for s in spans]
    return text, draw(st.permutations(corrections))


PROBLEMS = corrected()


@settings(max_examples=300, deadline=None)
@given(PROBLEMS)
@example(("", []))
@example(("", [Correction(Span(0, 0), "", "new")]))
@example(("\ufeffa\r\nb", [Correction(Span(0, 5), "\ufeffa\r\nb", "")]))
@example(("abcd", [Correction(Span(0, 2), "ab", ""), Correction(Span(2, 2), "", "x"), Correction(Span(2, 4), "cd", "")]))
def test_there_and_back(problem: tuple[str, list[Correction]]) -> None:
    text, corrections = problem
    patch = Patch.between(text, corrections)
    assert patch.inverse().apply(patch.apply(text)) == text


@settings(max_examples=200, deadline=None)
@given(PROBLEMS)
def test_the_way_back_from_the_way_back_is_the_way(problem: tuple[str, list[Correction]]) -> None:
    patch = Patch.between(*problem)
    assert patch.inverse().inverse() == patch


@settings(max_examples=200, deadline=None)
@given(PROBLEMS)
def test_the_text_outside_corrections_is_untouched(problem: tuple[str, list[Correction]]) -> None:
    text, corrections = problem
    expected = text
    for c in sorted(corrections, key=lambda c: c.span, reverse=True):  # the obvious way: from the back
        expected = expected[: c.span.start] + c.after + expected[c.span.end :]
    if len({c.span for c in corrections}) == len(corrections):
        assert Patch.between(text, corrections).apply(text) == expected


@settings(max_examples=200, deadline=None)
@given(PROBLEMS)
def test_json_there_and_back(problem: tuple[str, list[Correction]]) -> None:
    text, corrections = problem
    patch = Patch.between(text, corrections)
    source = patch.to_json()
    assert source.endswith("}\n")
    assert source.isascii()  # so that no encoding on the way can harm it
    assert Patch.from_json(source) == Patch.from_json("\ufeff" + source) == patch
    assert revert(patch.apply(text), source) == text


@settings(max_examples=100, deadline=None)
@given(PROBLEMS, TEXTS)
def test_a_foreign_text_is_refused(problem: tuple[str, list[Correction]], other: str) -> None:
    text, corrections = problem
    patch = Patch.between(text, corrections)
    if other != text:
        with pytest.raises(PatchError, match="made for another text"):
            patch.apply(other)


@pytest.mark.parametrize(
    "after", ["\ud83d\ude00", "\ud83d\ude00\ude00", "\ud83d\ud83d\ude00\ud83d\ude00", "\ude00\ud83d", "\U0001f600"], ids=ascii
)
def test_json_keeps_two_surrogates_apart(after: str) -> None:
    patch = Patch.between("a", [Correction(Span(0, 1), "a", after)])
    assert Patch.from_json(patch.to_json()) == patch


def test_the_digest_is_that_of_the_file() -> None:
    assert digest("Café\r\n") == hashlib.sha256("Café\r\n".encode()).hexdigest()
    assert digest("a\udcff") != digest("a\udcfe")


@settings(max_examples=100, deadline=None)
@given(PROBLEMS, st.integers(1, 5))
def test_the_digest_is_the_same_however_much_is_encoded_at_once(problem: tuple[str, list[Correction]], size: int) -> None:
    """Two lone surrogates that stand side by side are two, also where a piece ends between them."""
    text, _ = problem
    whole = Patch.between(*problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spinfix.patch.AT_ONCE", size)
        assert digest(text) == hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        assert Patch.between(*problem) == whole
        assert whole.inverse().apply(whole.apply(text)) == text


WAR = Patch.between("The war is over.", [Correction(Span(4, 7), "war", "struggle")])


def test_a_text_without_corrections_is_not_copied() -> None:
    text = "a long text " * 3
    assert Patch.between(text, ()).apply(text) is text
    with pytest.raises(PatchError):
        Patch.between(text, ()).apply(text + "!")


def test_pieces_end_with_a_complaint_where_the_patch_is_damaged() -> None:
    text = "a war"
    sound = Patch.between(text, [Correction(Span(2, 5), "war", "struggle")])
    assert "".join(sound.pieces(text)) == "a struggle"
    pieces = Patch(sound.corrections, sound.sha256_before, "0" * 64).pieces(text)
    assert [next(pieces), next(pieces)] == ["a ", "struggle"]
    with pytest.raises(PatchError, match="damaged"):
        next(pieces)


def test_the_message_for_a_foreign_text_names_both_digests() -> None:
    with pytest.raises(PatchError) as refused:
        WAR.apply("The peace is over.")
    assert digest("The war is over.")[:12] in str(refused.value)
    assert digest("The peace is over.")[:12] in str(refused.value)
    assert str(refused.value).endswith(f"found {digest('The peace is over.')[:12]}…"), "nothing is known of it"


def test_an_applied_patch_says_so() -> None:
    with pytest.raises(PatchError, match="already is what"):
        WAR.apply("The struggle is over.")
    with pytest.raises(PatchError, match="already is what"):
        revert("The war is over.", WAR)


def test_what_is_no_text_is_told() -> None:
    patch = Patch.between("a war", [Correction(Span(2, 5), "war", "struggle")])
    for nothing in (b"a war", None, ["a war"]):
        with pytest.raises(TypeError, match=r"expected a text \(str\), found (bytes|NoneType|list)"):
            patch.apply(nothing)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"expected a text \(str\), found (bytes|NoneType|list)"):
            Patch.between(nothing, ())  # type: ignore[arg-type]


def test_nearly_the_same_text_is_another_text() -> None:
    for other in ("The war is over", "the war is over.", "The war is over.\n", "\ufeffThe war is over.", "The war is  over."):
        with pytest.raises(PatchError):
            WAR.apply(other)


@pytest.mark.parametrize(
    ("corrections", "complaint"),
    [
        ([Correction(Span(4, 7), "wax", "x")], "expected 'wax' at 4-7, found 'war'"),
        ([Correction(Span(14, 18), "r.??", "x")], "expected 'r.\\?\\?' at 14-18"),
        ([Correction(Span(0, 5), "The w", "x"), Correction(Span(4, 7), "war", "y")], "overlap.* at 4"),
        ([Correction(Span(4, 7), "war", "x"), Correction(Span(4, 7), "war", "y")], "overlap"),
    ],
)
def test_corrections_that_do_not_fit_the_text_are_refused(corrections: list[Correction], complaint: str) -> None:
    with pytest.raises(PatchError, match=complaint):
        Patch.between("The war is over.", corrections)


def test_an_insertion_beyond_the_end_is_refused() -> None:
    assert Patch.between("abc", [Correction(Span(3, 3), "", "x")]).apply("abc") == "abcx"
    with pytest.raises(PatchError, match="at 9-9, but the text ends at 3"):
        Patch.between("abc", [Correction(Span(9, 9), "", "x")])


def test_a_patch_out_of_order_cannot_be_made() -> None:
    late, early = Correction(Span(4, 7), "war", "x"), Correction(Span(0, 3), "The", "y")
    with pytest.raises(PatchError, match="out of order"):
        Patch((late, early), "", "")


@pytest.mark.parametrize("bad", [(-1, 2), (3, 2)])
def test_a_span_cannot_run_backwards(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="0 <= start <= end"):
        Span(*bad)


def test_a_correction_fills_its_span() -> None:
    with pytest.raises(ValueError, match="does not fill the span 0-3"):
        Correction(Span(0, 3), "war!", "x")


def damaged(change: Callable[[dict[str, Any]], object]) -> str:
    data = json.loads(WAR.to_json())
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("", "expected a spinfix patch in JSON"),
        ("{", "expected a spinfix patch in JSON"),
        ("[" * 100_000, "expected a spinfix patch in JSON"),
        (WAR.to_json()[:-20], "expected a spinfix patch in JSON"),
        ("[]", "a JSON object"),
        ("null", "a JSON object"),
        ('"patch"', "a JSON object"),
        ("{}", "a JSON object"),
        (damaged(lambda d: d.update(spinfix_patch=2)), "expected patch version 1, found 2"),
        (damaged(lambda d: d.update(spinfix_patch=None)), "expected patch version 1, found None"),
        (damaged(lambda d: d.pop("corrections")), "'corrections' is missing"),
        (damaged(lambda d: d.pop("sha256_before")), "'sha256_before' is missing"),
        (damaged(lambda d: d.pop("sha256_after")), "'sha256_after' is missing"),
        (damaged(lambda d: d.update(sha256_after=7)), "expected text, found 7"),
        (damaged(lambda d: d.update(corrections=None)), "damaged: expected a list of corrections, found None"),
        (damaged(lambda d: d.update(corrections=7)), "damaged: expected a list of corrections, found 7"),
        (damaged(lambda d: d.update(corrections="x")), "damaged: expected a list of corrections, found 'x'"),
        (damaged(lambda d: d.update(corrections=[7])), "damaged: expected a correction, an object with .*, found 7"),
        (damaged(lambda d: d["corrections"][0].update(after=["battl", 7])), "expected text, found 7"),
        (damaged(lambda d: d["corrections"][0].pop("after")), "'after' is missing"),
        (damaged(lambda d: d["corrections"][0].update(after=None)), "expected text, found None"),
        (damaged(lambda d: d["corrections"][0].update(start="4")), "expected a whole number, found '4'"),
        (damaged(lambda d: d["corrections"][0].update(start=4.0)), "expected a whole number, found 4.0"),
        (damaged(lambda d: d["corrections"][0].update(start=False)), "expected a whole number, found False"),
        (damaged(lambda d: d["corrections"][0].update(start=-4)), "0 <= start <= end"),
        (damaged(lambda d: d["corrections"][0].update(start=5)), "does not fill the span 5-7"),
        (damaged(lambda d: d["corrections"].append(d["corrections"][0])), "overlap"),
    ],
)
def test_damaged_json_is_refused_with_what_is_wrong(source: str, complaint: str) -> None:
    with pytest.raises(PatchError, match=complaint):
        Patch.from_json(source)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["corrections"][0].update(after="battle"),
        lambda d: d["corrections"][0].update(before="wax"),
        lambda d: d["corrections"][0].update(start=5, end=8),
        lambda d: d["corrections"].clear(),
        lambda d: d.update(sha256_after="0" * 64),
    ],
)
def test_a_patch_that_was_altered_leads_nowhere(change: Callable[[dict[str, Any]], object]) -> None:
    patch = Patch.from_json(damaged(change))
    with pytest.raises(PatchError):
        patch.apply("The war is over.")


def test_a_patch_error_is_a_spinfix_error() -> None:
    with pytest.raises(SpinfixError):
        Patch.from_json("no patch")


@settings(max_examples=200, deadline=None)
@given(PROBLEMS, st.data())
def test_some_of_the_corrections_are_a_patch_of_their_own(problem: tuple[str, list[Correction]], data: st.DataObject) -> None:
    text, corrections = problem
    patch = Patch.between(text, corrections)
    chosen = data.draw(st.lists(st.sampled_from(patch.corrections), max_size=5) if patch.corrections else st.just([]))
    some = patch.only(text, [c.id for c in chosen])
    assert [c for c in patch.corrections if c in chosen] == [c for c in some.corrections if c in chosen]
    assert {c.id for c in some.corrections} == {c.id for c in chosen}
    assert some.inverse().apply(some.apply(text)) == text
    assert patch.only(text, [c.id for c in patch.corrections]) == patch


BOTH = Patch.between("The war is over.", [Correction(Span(4, 7), "war", "struggle"), Correction(Span(11, 15), "over", "completed")])


def test_an_id_may_be_shortened() -> None:
    first, second = (c.id for c in BOTH.corrections)
    assert BOTH.only("The war is over.", [first[:5].upper()]).apply("The war is over.") == "The struggle is over."
    assert BOTH.only("The war is over.", [second, first]) == BOTH
    assert BOTH.only("The war is over.", []).apply("The war is over.") == "The war is over."


@pytest.mark.parametrize("short", ["", "zz", "00000000"])
def test_an_id_that_no_correction_has_is_refused(short: str) -> None:
    with pytest.raises(PatchError, match=f"no correction has the id '{short}'; the patch has 2: [0-9a-f]{{8}}, [0-9a-f]{{8}}$"):
        BOTH.only("The war is over.", [short])


@pytest.mark.parametrize(("count", "shown", "end"), [(8, 8, ""), (9, 8, ", …")])
def test_of_many_ids_eight_are_shown(count: int, shown: int, end: str) -> None:
    many = Patch.between("a" * count, [Correction(Span(k, k + 1), "a", f"b{k}") for k in range(count)])
    with pytest.raises(PatchError) as refused:
        many.only("a" * count, ["zz"])
    assert str(refused.value).endswith(f"the patch has {count}: {', '.join(c.id for c in many.corrections[:shown])}{end}")


def test_the_ids_that_a_reader_of_the_json_sees_are_those_to_choose_by() -> None:
    rows = json.loads(BOTH.to_json())["corrections"]
    assert [row["id"] for row in rows] == [c.id for c in BOTH.corrections]
    assert BOTH.only("The war is over.", [rows[1]["id"]]).corrections == BOTH.corrections[1:]


def test_what_is_no_patch_is_told_what_one_has() -> None:
    with pytest.raises(PatchError) as refused:
        Patch.from_json("{}")
    assert all(f'"{key}"' in str(refused.value) for key in json.loads(WAR.to_json()))


def test_what_touches_becomes_one_correction() -> None:
    """So that it is shown, and taken or left, as one."""
    first = Patch.between("a war", [Correction(Span(2, 5), "war", "struggle")])
    second = Patch.between("a struggle", [Correction(Span(10, 10), "", " zone")])
    assert first.then(second, "a struggle").corrections == (Correction(Span(2, 5), "war", "struggle zone"),)
    apart = Patch.between("a struggle", [Correction(Span(0, 1), "a", "the")])
    assert len(first.then(apart, "a struggle").corrections) == 2


def test_an_id_that_several_corrections_have_is_refused() -> None:
    text = "a" * 40
    many = Patch.between(text, [Correction(Span(k, k + 1), "a", "b") for k in range(40)])
    first = next(c.id[0] for c in many.corrections if sum(d.id[0] == c.id[0] for d in many.corrections) > 1)
    with pytest.raises(PatchError, match=f"found '{first}', the beginning of"):
        many.only(text, [first])


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_beginnings_of_ids_are_those_of_a_slow_search(size: int) -> None:
    text = "a" * 60
    many = Patch.between(text, [Correction(Span(k, k + 1), "a", f"b{k % 50}") for k in range(60)])
    ids = {c.id for c in many.corrections}
    for short in {full[:size] for full in ids} | {"0" * size, "f" * size, "g" * size, "F" * size}:
        found = {full for full in ids if full.startswith(short.lower())}
        if len(found) == 1:
            assert {c.id for c in many.only(text, [short]).corrections} == found
        else:
            with pytest.raises(PatchError, match=f"the beginning of {len(found)}:" if found else "no correction has the id"):
                many.only(text, [short])


def test_some_of_a_patch_for_another_text_are_refused_too() -> None:
    with pytest.raises(PatchError, match="made for another text"):
        BOTH.only("The peace is over.", [BOTH.corrections[0].id])


@settings(max_examples=300, deadline=None)
@given(PROBLEMS, st.data())
def test_one_patch_after_another_is_one_patch(problem: tuple[str, list[Correction]], data: st.DataObject) -> None:
    text, corrections = problem
    first = Patch.between(text, corrections)
    between = first.apply(text)
    edges = sorted(data.draw(st.lists(st.integers(0, len(between)), max_size=10)))
    spans = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    second = Patch.between(between, [Correction(s, between[s.start : s.end], data.draw(TEXTS)) for s in spans])
    both = first.then(second, between)
    assert both.apply(text) == second.apply(between)
    assert both.inverse().apply(second.apply(between)) == text
    assert all(c.before != c.after for c in both.corrections)


def test_a_patch_after_another_must_follow_it() -> None:
    first = Patch.between("a", [Correction(Span(0, 1), "a", "b")])
    foreign = Patch.between("c", [Correction(Span(0, 1), "c", "d")])
    with pytest.raises(PatchError, match="made for another text"):
        first.then(foreign, "b")
    with pytest.raises(PatchError, match="made for another text"):
        first.then(foreign, "c")
