"""The colours and shapes of the plot: which cluster has which, and how the plot looks on a dark page."""

from collections.abc import Sequence

# These colours suit a white and a dark page alike, so that a cluster has one colour everywhere: each has a contrast of
# at least 3 to 1 with both backgrounds (WCAG 2.2, 1.4.11). Any two differ by at least 23 in CIE Lab (1976), also for
# people without red or green cones, as Machado, Oliveira and Fernandes simulate them (2009). They were found by a
# search for the largest such difference.
COLOURS = ("#2d5aff", "#e16900", "#4ba569", "#b42db4", "#1e96ff", "#d20f2d", "#c378b4", "#696969")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")

PAPER = "#ffffff"
INK = "#333333"
ZERO_LINE = "#e3e3e3"
BORDER = "#bbbbbb"
# What each becomes on a dark page. The paper is the pages' own surface; see ``site.css``.
DARK = {PAPER: "#1d1c25", INK: "#d9d7e2", ZERO_LINE: "#34323f", BORDER: "#5f5c6c"}


def looks(numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return colour and marker for each of ``numbers``. No two have both in common while there are enough pairs.

    A number always has the same of each, unless another number that comes first has it already.
    """
    colours, markers = spread(numbers, COLOURS), spread(numbers, MARKERS)
    chosen: dict[int, tuple[str, str]] = {}
    for number in numbers:
        colour, preferred = colours[number], markers[number]
        taken = {look[1] for look in chosen.values() if look[0] == colour}
        free = [marker for marker in MARKERS if marker not in taken]
        chosen[number] = (colour, preferred if preferred in free or not free else free[0])
    return chosen


def spread(numbers: Sequence[int], choices: Sequence[str]) -> dict[int, str]:
    """Return one of ``choices`` for each number: always the same for the same number, unless it is taken."""
    free = list(choices)
    chosen: dict[int, str] = {}
    for number in numbers:
        preferred = choices[(number - 1) % len(choices)]
        chosen[number] = preferred if preferred in free or not free else free[0]
        if chosen[number] in free:
            free.remove(chosen[number])
    return chosen


def dark_style() -> str:
    """Return the CSS by which an SVG of matplotlib's, which has its colours in ``style`` attributes, turns dark."""
    rules = (
        f'[style*="{kind}: {light}"]{{{kind}:{dark}!important}}'
        for light, dark in DARK.items()
        for kind in ("fill", "stroke")
    )
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"
