"""Names that are likely one thing, spelt in several ways: for a person to look at, never to act upon alone. No Django.

Names of two scripts are never alike: "Кино" and "Kino" may well be two.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# What a company adds to its name, as its last words.
# The kind of company …
_KINDS = "ag bv co company corp corporation gmbh inc incorporated kg kk limited llc llp ltd nv oy plc pte pty sa srl"
# … and what it does.
_TRADES = "ent entertainment group label labels music record recording recordings records"
_COMPANY = frozenset(f"{_KINDS} {_TRADES}".split())
_AND = "and"
# "2012 …", "(P) 2012 …", "℗ & © 2012 …": what a cover says before the label's name.
_MARK = r"(?:[℗©]|[(\[][pc][)\]])"
_YEARS_IN_FRONT = re.compile(
    rf"^\s*(?:{_MARK}[\s&,/+]*)*(?:(?:19|20)\d\d(?:\s*[,/&-]\s*(?:19|20)\d\d)*)?\b[\s,.:;–—-]*", re.IGNORECASE
)
_DASH = re.compile(r"\s[-–—]+\s")
_BETWEEN_WORDS = re.compile(r"[\s/\\|,;:()\[\]{}_–—-]+")


def similarity_key(name: str) -> str:
    """Return ``name`` without what spellings of one name differ in: case, accents, blanks and punctuation."""
    return "".join(_words(name)) or _bare(name)


def label_similarity_key(name: str) -> str:
    """As ``similarity_key``, and without what labels are found with and without: a year in front, a part after a dash,
    the kind of company at the end. What a name consists of is never taken away whole."""
    for shorter in (_YEARS_IN_FRONT.sub("", name), name):
        for candidate in (_DASH.split(shorter)[0], shorter):
            words = _words(candidate)
            if any(word not in _COMPANY for word in words):
                return "".join(_without_company(words))
    return "".join(_without_company(_words(name))) or _bare(name)


def group_by_key(names: Iterable[tuple[Key, str]], make_key: Callable[[str], str]) -> list[list[Key]]:
    """Return the primary keys of the ``names`` that have the same key, in groups of two or more, sorted by that key."""
    groups = defaultdict(list)
    for primary_key, name in names:
        groups[make_key(name)].append(primary_key)
    return [groups[key] for key in sorted(groups) if len(groups[key]) > 1]


def _bare(name: str) -> str:
    """Return the name of somebody who is called "!!!"."""
    return "".join(name.casefold().split())


def _without_company(words: list[str]) -> list[str]:
    """Return ``words`` without the company's at the end ("& Co.", too), but never without all of them."""
    end = len(words)
    while end > 1 and (words[end - 1] in _COMPANY or (words[end - 1] == _AND and end < len(words))):
        end -= 1
    return words[:end]


def _words(name: str) -> list[str]:
    """Return the words of ``name``, each as it is compared: "S.M. Entertainment" is "sm" and "entertainment"."""
    parts = _BETWEEN_WORDS.split(_plain(name).replace("&", f" {_AND} "))
    return [word for part in parts if (word := _without_punctuation(part))]


def _plain(name: str) -> str:
    """Return ``name`` in lower case, wide letters narrow, Latin letters without their accents."""
    if name.isascii():
        return name.casefold()
    kept, after_latin = [], False
    for character in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()):
        # Elsewhere a mark makes another letter: が is not か, й is not и.
        if unicodedata.combining(character):
            if not after_latin:
                kept.append(character)
        else:
            after_latin = _is_latin(character)
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=10_000)
def _is_latin(character: str) -> bool:
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN ")


def _without_punctuation(word: str) -> str:
    # Symbols stay: "C++" is not "C", and "A$AP" not "AAP". Signs in the place of an apostrophe do not.
    return word if word.isalnum() else "".join(c for c in word if not _is_punctuation(c))


@lru_cache(maxsize=10_000)
def _is_punctuation(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "PZC" or category == "Sk"
