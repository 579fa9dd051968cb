"""Genres as people name them on a command line."""

import difflib
from collections.abc import Sequence

from musicdb.models import Genre
from musicdb.music import name_key


class UnknownGenreError(ValueError):
    """There is no such genre. The message names the nearest matches."""


def find_genres(names: Sequence[str]) -> list[Genre]:
    """Return the genres of these names or slugs, each once; all of them, by slug, for no name.

    Raises UnknownGenreError.
    """
    genres = list(Genre.objects.order_by("slug"))
    if not names:
        return genres
    known = {name_key(genre.name): genre for genre in genres} | {genre.slug: genre for genre in genres}
    wanted = [name_key(name) for name in names]
    unknown = [name for name, text in zip(names, wanted, strict=True) if text not in known]
    if unknown:
        raise UnknownGenreError(" ".join(_unknown(name, genres) for name in unknown))
    return list(dict.fromkeys(known[text] for text in wanted))


def _unknown(name: str, genres: Sequence[Genre]) -> str:
    texts = {name_key(genre.name): genre.slug for genre in genres} | {genre.slug: genre.slug for genre in genres}
    nearest = dict.fromkeys(texts[text] for text in difflib.get_close_matches(name_key(name), texts, n=5, cutoff=0.5))
    advice = f"Did you mean {', '.join(list(nearest)[:3])}?" if nearest else "No genre has a name like it."
    return f"There is no genre “{name}”. {advice}"
