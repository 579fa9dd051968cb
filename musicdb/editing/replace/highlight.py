"""What differs between a text before and after, as parts that a page can mark."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

# How much of what stays is shown beside what changes, and at most of what changes, in characters.
CONTEXT = 80
LONGEST = 400
_WORDS = re.compile(r"\w+|\W")


@dataclass(frozen=True)
class Part:
    text: str
    differs: bool = False


def marked(before: str, after: str) -> tuple[list[Part], list[Part]]:
    """Return the parts of both texts, word by word. Of long texts only what surrounds the change.

    >>> marked("Song - Live", "Song")
    ([Part(text='Song', differs=False), Part(text=' - Live', differs=True)], [Part(text='Song', differs=False)])
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    start = _shared(old, new)
    rest = old[start:], new[start:]
    end = _shared(*(one[::-1] for one in rest))
    middles = [one[: len(one) - end] for one in rest]
    leading, trailing = "".join(old[:start]), "".join(old[len(old) - end :])
    if len(leading) > CONTEXT:
        leading = f"…{leading[-CONTEXT:]}"
    if len(trailing) > CONTEXT:
        trailing = f"{trailing[:CONTEXT]}…"
    lists = _compared(*middles)
    first, second = ([Part(leading), *parts, Part(trailing)] for parts in lists)
    return [part for part in first if part.text], [part for part in second if part.text]


def _shared(one: list[str], other: list[str]) -> int:
    """Return with how many equal words both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _compared(old: list[str], new: list[str]) -> tuple[list[Part], list[Part]]:
    if sum(map(len, old)) > LONGEST or sum(map(len, new)) > LONGEST:
        return [Part(_cut(old), True)], [Part(_cut(new), True)]
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        [Part("".join(old[a:b]), kind != "equal") for kind, a, b, _, _ in codes],
        [Part("".join(new[a:b]), kind != "equal") for kind, _, _, a, b in codes],
    )


def _cut(words: list[str]) -> str:
    text = "".join(words)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
