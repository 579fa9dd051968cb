"""The colours of the public pages, from the one colour that the site settings have.

Each shade keeps the contrast that WCAG 2.2 asks for: 4.5 to 1 for text (1.4.3), 3 to 1 for bars and outlines (1.4.11).
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

MIN_TEXT_CONTRAST = 4.5
MIN_BAR_CONTRAST = 3.0
# So finely a colour is made lighter or darker until it can be read.
STEPS = 64

# Red, green and blue, each from 0 to 255.
Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


class Mode:
    """The light or the dark pages: their backgrounds as in ``site.css``, and where their text colours tend to."""

    def __init__(self, ground: str, surface: str, text: Colour, softness: float) -> None:
        self.ground, self.surface = parse(ground), parse(surface)
        self.text = text
        self.softness = softness

    def soft(self, colour: Colour) -> Colour:
        """Return ``colour`` as a background for text in ``colour`` itself."""
        return mix(self.surface, colour, self.softness)

    def accent(self, colour: Colour) -> Colour:
        """Return the shade nearest to ``colour`` that can be read on every background."""
        return self._nearest(colour, MIN_TEXT_CONTRAST, lambda shade: (self.ground, self.surface, self.soft(shade)))

    def bar(self, colour: Colour) -> Colour:
        return self._nearest(colour, MIN_BAR_CONTRAST, lambda shade: (self.ground, self.surface))

    def _nearest(self, colour: Colour, wanted: float, backgrounds: Callable[[Colour], tuple[Colour, ...]]) -> Colour:
        shades = (mix(colour, self.text, step / STEPS) for step in range(STEPS + 1))
        return next(
            shade for shade in shades if all(contrast(shade, ground) >= wanted for ground in backgrounds(shade))
        )


def parse(text: str) -> Colour:
    """Return the colour that ``text``, such as #3b3a8f, names."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def write(colour: Colour) -> str:
    return f"#{bytes(colour).hex()}"


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return ``one`` with that ``share`` of ``other``, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours as WCAG defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    parts = (part / 255 for part in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


LIGHT = Mode("#fbfaf8", "#ffffff", BLACK, 0.08)
DARK = Mode("#14131a", "#1d1c25", WHITE, 0.1)


def stylesheet(colour: str) -> str:
    """Return the rules that give the pages their colours, made from ``colour``, such as #3b3a8f."""
    return (
        f":root {{ {_rules(LIGHT, parse(colour))} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_rules(DARK, parse(colour))} }} }}\n"
    )


def _rules(mode: Mode, colour: Colour) -> str:
    accent = mode.accent(colour)
    shades = {"accent": accent, "accent-soft": mode.soft(accent), "bar": mode.bar(colour)}
    return " ".join(f"--{name}: {write(shade)};" for name, shade in shades.items())


# The address has the colour, so a stored copy is never that of another one.
@cache_control(public=True, max_age=3600)
def theme(request: HttpRequest, colour: str) -> HttpResponse:
    """Serve the stylesheet of a colour. A page cannot have it inline: the content security policy forbids that."""
    return HttpResponse(stylesheet(colour), content_type="text/css; charset=utf-8")
