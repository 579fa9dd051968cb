"""Make slugs from names in any script. A slug is readable and unique, and never changes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable
from typing import Any

from anyascii import anyascii
from django.db import models
from django.utils.text import slugify

from musicdb.db import in_batches, one_of

MAX_LENGTH = 100
# So many numbers are looked up behind a slug that is taken. Few names are in a library more often.
_TRIED_AT_ONCE = 10

# People write these characters between words, and ``slugify`` would drop them: "AC/DC" is two words.
_SEPARATORS = re.compile(r"[/\\|_:;,.+&–—·・]+")


def _in_slug(character: str) -> str:
    """Return what an ASCII character becomes: a small letter, a digit, a blank between words, or nothing."""
    if character.isalnum():
        return character.lower()
    is_symbol = unicodedata.category(character).startswith("S")
    return " " if is_symbol or character.isspace() or character == "-" or _SEPARATORS.match(character) else ""


_ASCII = {code: _in_slug(chr(code)) for code in range(128)}


def slug_base(name: str, fallback: str) -> str:
    """Return the slug of ``name``, whether or not it is free: ASCII, at most MAX_LENGTH long, never empty.

    A name without letters or digits of any script becomes the Unicode names of its characters ("♡" becomes
    "white-heart-suit"). Where even those are missing, the slug is ``fallback``.
    """
    return _shorten(_latin(name) or _spelt_out(name) or fallback)


def _latin(name: str) -> str:
    if name.isascii():  # Most names are, and a large import has hundreds of thousands.
        return "-".join(name.translate(_ASCII).split())
    # Symbols beside words are ornaments, and the letters that anyascii has for them ("♡" is "H") would mislead.
    words = "".join(" " if unicodedata.category(character).startswith("S") else character for character in name)
    if not any(character.isalnum() for character in words):
        return ""
    return slugify(_SEPARATORS.sub(" ", anyascii(words)))


def _spelt_out(name: str) -> str:
    # Joiners and variation selectors only say how an emoji is drawn.
    seen = [character for character in name if unicodedata.category(character) not in {"Cf", "Mn"}]
    return slugify(" ".join(unicodedata.name(character, "") for character in seen if not character.isspace()))


def _shorten(slug: str) -> str:
    return slug[:MAX_LENGTH].strip("-")


def first_free(base: str, taken: Container[str]) -> str:
    """Return ``base``, or ``base-2``, ``base-3``, … : the first that is not in ``taken``."""
    if base not in taken:
        return base
    number = 2
    while (candidate := _numbered(base, number)) in taken:
        number += 1
    return candidate


def _numbered(base: str, number: int) -> str:
    suffix = f"-{number}"
    return base[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix


def unique_slug(model: type[models.Model], name: str, own: int | None = None) -> str:
    """Return a slug for ``name`` that no row of ``model`` has, except the row whose key is ``own``. One query.

    A former address that leads to a row is not free. Two processes can get the same slug at once; the unique
    constraint of the column then refuses the second.
    """
    base = slug_base(name, fallback=str(model._meta.verbose_name))
    # A number at the end shortens a long base, so look for all slugs that begin like its shortest form.
    stem = base[: MAX_LENGTH - len("-999999")]
    taken = _slugs_like(model._default_manager.exclude(pk=own), stem)
    if aliases := _aliases_of(model):
        taken = taken.union(_slugs_like(aliases.objects.all(), stem))
    return first_free(base, set(taken))


class SlugMaker:
    """Makes slugs for many new rows of a model: the same that ``unique_slug`` makes one by one.

    It asks the database only about the slugs that these rows may get. The library may have a million others.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self._holders: list[Any] = [holder for holder in (model, _aliases_of(model)) if holder]
        self._fallback = str(model._meta.verbose_name)
        self._asked: set[str] = set()
        self._taken: set[str] = set()
        # The number to try next for a base that is taken: there may be hundreds of "intro".
        self._next: dict[str, int] = {}

    def slugs(self, rows: Iterable[tuple[str, str]], reserved: Iterable[str] = ()) -> list[str]:
        """Return a slug for each of ``rows``, which are pairs of the slug that is wanted, or "", and the name.

        A wanted slug that is free is used. Otherwise the slug is made from the name, and is none of ``reserved``.
        Two queries a batch.
        """
        pairs = [(wanted, slug_base(name, self._fallback)) for wanted, name in rows]
        self._ask(slug for pair in pairs for slug in pair if slug)
        got = ["" if not wanted or wanted in self._taken else self._take(wanted) for wanted, _ in pairs]
        self._taken.update(reserved)
        wanting = Counter(base for slug, (_, base) in zip(got, pairs, strict=True) if not slug)
        self._ask(
            _numbered(base, number)
            for base, count in wanting.items()
            if count > 1 or base in self._taken
            for number in range(2, count + (_TRIED_AT_ONCE if base in self._taken else 1))
        )
        return [slug or self._free(base) for slug, (_, base) in zip(got, pairs, strict=True)]

    def _take(self, slug: str) -> str:
        self._taken.add(slug)
        return slug

    def _free(self, base: str) -> str:
        """Return a free slug that begins with ``base``, which is then taken."""
        slug = base
        number = self._next.get(base, 2)
        while slug in self._taken:
            slug = _numbered(base, number)
            if slug not in self._asked:
                self._ask(_numbered(base, later) for later in range(number, 2 * number + _TRIED_AT_ONCE))
            number += 1
        self._next[base] = number
        return self._take(slug)

    def _ask(self, slugs: Iterable[str]) -> None:
        """Find out which of ``slugs`` rows or aliases have."""
        for batch in in_batches(dict.fromkeys(slug for slug in slugs if slug not in self._asked)):
            self._asked.update(batch)
            for holder in self._holders:
                self._taken.update(holder.objects.filter(slug__in=one_of(batch)).values_list("slug", flat=True))


def alias_for_slug(model: type[models.Model], slug: str) -> Any:
    """Return the alias that holds ``slug`` as a former address of a row of ``model``, or None."""
    aliases = _aliases_of(model)
    return aliases and aliases.objects.filter(slug=slug).select_related("target").first()


def _slugs_like(rows: models.QuerySet[Any], stem: str) -> models.QuerySet[Any, Any]:
    return rows.order_by().filter(slug__startswith=stem).values_list("slug", flat=True)


def _aliases_of(model: type[models.Model]) -> Any:
    """Return the model of the aliases of ``model``, or None if it has none."""
    return next(
        (relation.related_model for relation in model._meta.related_objects if relation.name == "aliases"), None
    )
