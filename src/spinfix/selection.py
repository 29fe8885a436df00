"""Which lists and rules are at work: select and ignore, by name (``numbers/quarter-hour``) or by family (``numbers``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from .errors import PolicyError


@dataclass(frozen=True, slots=True)
class Selection:
    """What to select and what to ignore.  Where nothing is selected, everything is.

    The more exact name decides, and of equals the one to ignore.

    >>> chosen = Selection(select=("numbers", "names/names"), ignore=("numbers/quarter-hour",))
    >>> chosen.admits("numbers/spelled-decade"), chosen.admits("numbers/quarter-hour"), chosen.admits("names/broken-name")
    (True, False, False)
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.select or self.ignore)

    def admits(self, source: str) -> bool:
        """Whether the list or rule of this name is at work."""
        for name in (source, source.split("/")[0]):
            if name in self.ignore:
                return False
            if name in self.select:
                return True
        return not self.select

    def check(self, sources: Iterable[str]) -> None:
        """``PolicyError`` for a name that is neither one of ``sources`` nor the family of one."""
        known = {name for source in sources for name in (source, source.split("/")[0])}
        for setting, names in (("select", self.select), ("ignore", self.ignore)):
            for name in names:
                if name not in known:
                    raise PolicyError(f"{setting}: no list, rule or family is called {name!r}; {_advice(name, known)}")


def _advice(name: str, known: set[str]) -> str:
    last = {k.rpartition("/")[2]: k for k in sorted(known, reverse=True)}  # perhaps the family is wrong, or left out
    near = get_close_matches(name, sorted(known), 1, 0.7)
    near = near or [last[k] for k in get_close_matches(name.rpartition("/")[2], sorted(last), 1, 0.7)]
    families = sorted(k for k in known if "/" not in k)
    return f"did you mean {near[0]!r}?" if near else f"families are {', '.join(families)}"
