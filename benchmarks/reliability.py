"""The reliability plot of ``quality.py``: how often corrections of each posterior are right, as an SVG file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

PLOT: Final = Path(__file__).parent / "plots" / "reliability.svg"
SIZE: Final = 320  # of the unit square, in pixels
EDGE: Final = 50


def svg(bins: Sequence[tuple[int, float, float]], title: str) -> str:
    """A plot of ``bins`` (how many, mean posterior, share of right ones); the area of a dot is how many there are."""
    most = max((n for n, _, _ in bins), default=1)

    def at(x: float, y: float) -> str:
        return f"{EDGE + SIZE * x:.1f} {EDGE + SIZE * (1 - y):.1f}"

    shown = [(n, p, r) for n, p, r in bins if n]
    ticks = "".join(
        f'<text x="{EDGE + SIZE * k / 5:.0f}" y="{EDGE + SIZE + 18}" text-anchor="middle">{k / 5:.1f}</text>'
        f'<text x="{EDGE - 8}" y="{EDGE + SIZE * (1 - k / 5) + 4:.0f}" text-anchor="end">{k / 5:.1f}</text>'
        for k in range(6)
    )
    dots = "".join(
        f'<circle cx="{EDGE + SIZE * p:.1f}" cy="{EDGE + SIZE * (1 - r):.1f}" r="{3 + 9 * (n / most) ** 0.5:.1f}" fill="#2a6f97"/>'
        for n, p, r in shown
    )
    line = " L ".join(at(p, r) for _, p, r in shown)
    side = SIZE + 2 * EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{side}" height="{side}" fill="white"/><rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" fill="none" '
        f'stroke="#888"/>\n<path d="M {at(0, 0)} L {at(1, 1)}" stroke="#bbb" stroke-dasharray="4"/>\n'
        f'<path d="M {line}" fill="none" stroke="#2a6f97"/>{dots}\n{ticks}\n'
        f'<text x="{side / 2:.0f}" y="24" text-anchor="middle">{title}</text>\n'
        f'<text x="{side / 2:.0f}" y="{side - 12}" text-anchor="middle">posterior</text>\n'
        f'<text x="14" y="{side / 2:.0f}" text-anchor="middle" transform="rotate(-90 14 {side / 2:.0f})">'
        "share that is right</text>\n</svg>\n"
    )
