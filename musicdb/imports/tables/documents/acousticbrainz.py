"""What AcousticBrainz knows of recordings: one document each, of low level, of high level, or of both.

A document has the tags of the file that was analysed, and these have the title and the artist.
"""

from collections.abc import Iterator
from typing import Any

from musicdb.imports.tables.documents.sheet import Sheet, dict_in, first_dict, first_text, rows_of, text_of

ANALYSES = (
    *("Analysed Title", "Analysed Artist", "Analysed Album", "ISRC"),
    *("tempo", "key", "mode", "acousticness", "instrumentalness"),
)
_PARTS = frozenset({"lowlevel", "highlevel", "rhythm", "tonal"})
# The classifiers whose certainty is what musicdb means by a feature: the classifier, its class, the feature.
_SAME_MEANING = {"mood_acoustic": "acoustic", "voice_instrumental": "instrumental"}
# What newer analyses have in place of one key. They agree mostly; the first is for popular music.
_KEYS = ("key_edma", "key_krumhansl", "key_temperley")


def read_acousticbrainz(document: Any) -> list[Sheet] | None:
    """Return the analyses in a document, in lines of them, or in an answer of the service; None where it is none."""
    items = document if isinstance(document, list) else list(_documents(document))
    first = first_dict(items)
    if not _is_analysis(first):
        return None
    unread = dict.fromkeys(
        name for item in items for name in dict_in(dict_in(item).get("highlevel")) if name not in _SAME_MEANING
    )
    note = f"Not read, because they are none of musicdb’s features: {', '.join(sorted(unread))}."
    return [Sheet(ANALYSES, rows_of(items, _row), notes=(note,) if unread else ())]


def _is_analysis(item: dict[str, Any]) -> bool:
    return isinstance(item.get("metadata"), dict) and not _PARTS.isdisjoint(item)


def _documents(document: dict[str, Any]) -> Iterator[Any]:
    """Yield the analyses of a document: itself, or those of an answer, by recording and by number."""
    if _is_analysis(document):
        yield document
        return
    for analyses in document.values():
        yield from (found for found in dict_in(analyses).values() if _is_analysis(dict_in(found)))


def _row(item: dict[str, Any]) -> list[str]:
    tags = dict_in(dict_in(item.get("metadata")).get("tags"))
    tonal, high = dict_in(item.get("tonal")), dict_in(item.get("highlevel"))
    key, scale = first_text(tonal, "key_key"), first_text(tonal, "key_scale")
    for found in (dict_in(tonal.get(name)) for name in _KEYS):
        key, scale = key or first_text(found, "key"), scale or first_text(found, "scale")
    return [
        _tag(tags, "title"),
        "\n".join(_tags(tags, "artists") or _tags(tags, "artist")),
        _tag(tags, "album"),
        _tag(tags, "isrc"),
        first_text(dict_in(item.get("rhythm")), "bpm"),
        key,
        scale,
        *(text_of(dict_in(dict_in(high.get(name)).get("all")).get(one)) for name, one in _SAME_MEANING.items()),
    ]


def _tags(tags: dict[str, Any], name: str) -> list[str]:
    value = tags.get(name)
    return [text for one in (value if isinstance(value, list) else [value]) if (text := text_of(one).strip())]


def _tag(tags: dict[str, Any], name: str) -> str:
    return next(iter(_tags(tags, name)), "")
