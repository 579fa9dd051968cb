"""Find names that are probably one name written in several ways, for a person to review. No Django here.

Names in two scripts never match: "Кино" and "Kino" may be two artists.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# Words that companies add at the end of their name: the legal form …
_KINDS = "ag bv co company corp corporation gmbh inc incorporated kg kk limited llc llp ltd nv oy plc pte pty sa srl"
# … and the trade.
_TRADES = "ent entertainment group label labels music record recording recordings records"
_COMPANY = frozenset(f"{_KINDS} {_TRADES}".split())
_AND = "and"
# A copyright line before the label's name: "2012 …", "(P) 2012 …", "℗ & © 2012 …".
_MARK = r"(?:[℗©]|[(\[][pc][)\]])"
_YEARS_IN_FRONT = re.compile(
    rf"^\s*(?:{_MARK}[\s&,/+]*)*(?:(?:19|20)\d\d(?:\s*[,/&-]\s*(?:19|20)\d\d)*)?\b[\s,.:;–—-]*", re.IGNORECASE
)
_DASH = re.compile(r"\s[-–—]+\s")
_BETWEEN_WORDS = re.compile(r"[\s/\\|,;:()\[\]{}_–—-]+")


def similarity_key(name: str) -> str:
    """Return ``name`` without case, accents, blanks and punctuation, in which two writings of one name often differ."""
    return "".join(_words(name)) or _bare(name)


def label_similarity_key(name: str) -> str:
    """Return the ``similarity_key`` without the optional parts of a label's name.

    These are a year in front, a part after a dash, and the legal form and trade at the end. A name that consists only
    of such parts keeps them.
    """
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
    """Return ``name`` in lower case without blanks: the key of a name such as "!!!" that has only punctuation."""
    return "".join(name.casefold().split())


def _without_company(words: list[str]) -> list[str]:
    """Return ``words`` without legal form and trade at the end ("& Co." too). At least one word stays."""
    end = len(words)
    while end > 1 and (words[end - 1] in _COMPANY or (words[end - 1] == _AND and end < len(words))):
        end -= 1
    return words[:end]


def _words(name: str) -> list[str]:
    """Return the words of ``name`` as they are compared: "S.M. Entertainment" is "sm" and "entertainment"."""
    parts = _BETWEEN_WORDS.split(_plain(name).replace("&", f" {_AND} "))
    return [word for part in parts if (word := _without_punctuation(part))]


def _plain(name: str) -> str:
    """Return ``name`` in lower case, with full-width letters made narrow and without the accents of Latin letters."""
    if name.isascii():
        return name.casefold()
    # A name may begin with a mark, which is then read as one after a blank is.
    kept, after_latin = [], True
    for character in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()):
        # In other scripts a mark makes another letter: が is not か, й is not и.
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
    # Symbols stay: "C++" is not "C", and "A$AP" is not "AAP". Characters used as an apostrophe go.
    return word if word.isalnum() else "".join(c for c in word if not _is_punctuation(c))


@lru_cache(maxsize=10_000)
def _is_punctuation(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "PZC" or category == "Sk"
