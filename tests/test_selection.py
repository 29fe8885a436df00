"""Lists and rules are selected and ignored by name or by family."""

from __future__ import annotations

import pytest

import spinfix
from spinfix import Policy
from spinfix.api import source_names
from spinfix.errors import PolicyError
from spinfix.selection import Selection

TEXT = (
    "The suppose tank mentioned in an announcement that arms gross sales and struggle crimes within the Center East were on the agenda. "
    "The department ordered twenty-four,000 rifles in the Nineteen Nineties."
)


@pytest.mark.parametrize(
    ("select", "ignore", "admitted"),
    [
        ((), (), {"numbers/a", "numbers/b", "names/a"}),
        (("numbers",), (), {"numbers/a", "numbers/b"}),
        (("numbers/a",), (), {"numbers/a"}),
        ((), ("numbers",), {"names/a"}),
        ((), ("numbers/a",), {"numbers/b", "names/a"}),
        (("numbers",), ("numbers/a",), {"numbers/b"}),
        (("numbers/a",), ("numbers",), {"numbers/a"}),
        (("numbers/a", "names"), ("numbers",), {"numbers/a", "names/a"}),
        (("numbers/a",), ("numbers/a",), set()),
        (("numbers",), ("numbers",), set()),
    ],
)
def test_the_more_exact_name_decides(select: tuple[str, ...], ignore: tuple[str, ...], admitted: set[str]) -> None:
    selection = Selection(select, ignore)
    assert {name for name in ("numbers/a", "numbers/b", "names/a") if selection.admits(name)} == admitted


def sources(policy: Policy) -> set[str]:
    return {finding.source for finding in spinfix.explain(TEXT, policy).findings}


def test_an_ignored_rule_proposes_nothing() -> None:
    assert "24,000" in spinfix.restore(TEXT)
    assert "twenty-four,000" in spinfix.restore(TEXT, Policy(ignore=("numbers/half-spelled-number",)))
    assert "twenty-four,000" in spinfix.restore(TEXT, Policy(ignore=("numbers",)))


def test_an_ignored_list_proposes_nothing() -> None:
    assert any(source.startswith("news-blog/") for source in sources(Policy()))
    assert not any(source.startswith("news-blog/") for source in sources(Policy(ignore=("news-blog",))))


def test_only_what_is_selected_proposes() -> None:
    assert sources(Policy(select=("numbers",))) == {"numbers/half-spelled-number", "numbers/spelled-decade"}
    assert "numbers/spelled-decade" not in sources(Policy(select=("numbers",), ignore=("numbers/spelled-decade",)))


def test_an_unknown_name_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(PolicyError, match="select: no list, rule or family is called 'number'; did you mean 'numbers'"):
        spinfix.restore(TEXT, Policy(select=("number",)))
    with pytest.raises(PolicyError, match=r"ignore: .* called 'spelled-decade'; did you mean 'numbers/spelled-decade'"):
        spinfix.restore(TEXT, Policy(ignore=("spelled-decade",)))
    with pytest.raises(PolicyError, match=r"called 'zzz'; families are .*names.*numbers"):
        spinfix.restore(TEXT, Policy(ignore=("zzz",)))


def test_names_are_a_tuple() -> None:
    with pytest.raises(PolicyError, match="select: expected a tuple of names, found 'numbers'"):
        Policy(select="numbers")  # type: ignore[arg-type]


def test_the_names_of_lists_and_rules() -> None:
    names = source_names()
    assert {"names/names", "news-blog/verbs", "numbers/quarter-hour"} <= set(names)
    assert list(names) == sorted(set(names))
