"""Compare titles: two tracks with the same key are probably one recording. No Django here."""

import re
import unicodedata

# The kinds of version of a recording, with the words that titles use for them.
_VERSIONS = {
    "live": r"live|unplugged|in concert|en vivo|ao vivo",
    "remaster": r"remaster(?:ed)?|remasterizado",
    "remix": r"remix(?:ed)?|mix|rmx|edit|rework|vip",
    "acoustic": r"acoustic|stripped",
    "instrumental": r"instrumental|inst|off vocal",
    "karaoke": r"karaoke",
    "demo": r"demo",
    "cover": r"cover|tribute",
    "sped up": r"sped[ -]up|speed[ -]up",
    "slowed": r"slowed(?: down)?",
    "nightcore": r"nightcore",
    "8d": r"8d",
    **{
        language: rf"{words} ver(?:sion)?"
        for language, words in {
            "english": "english",
            "korean": "korean",
            "japanese": "japanese",
            "chinese": "(?:chinese|mandarin|cantonese)",
            "spanish": "(?:spanish|español)",
            "french": "french",
            "german": "german",
            "italian": "italian",
            "portuguese": "portuguese",
            "thai": "thai",
        }.items()
    },
}
_KINDS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _VERSIONS.items()}
# What a suffix says besides the kind, and that does not tell two recordings apart.
_FILLERS = re.compile(
    r"\b(?:a|an|the|at|in|from|on|of|to|by|and|ver|version|session|sessions|recording|recorded|performance|audio|digital"
    r"|reverb|en|em)\b"
)
# Text in brackets, or after a dash with spaces around it, often names the version.
_SUFFIX = re.compile(r"\s+[-–—]\s+(?P<dash>.+)$|[(\[（【](?P<bracket>[^)\]）】]*)[)\]）】]")
# Guest artists are not part of the title's name. "With" names them in brackets; elsewhere it is a word of the name.
_GUESTS = re.compile(r"\b(?:feat|ft|featuring)\b.*")
_GUESTS_IN_BRACKETS = re.compile(r"(?:feat|ft|featuring|with|prod)\b")
_NOT_LETTERS = re.compile(r"[^\w]+|_")
# A title without any of these has no suffix and no guests.
_MORE_THAN_A_NAME = re.compile(r"[(\[（【]|\s[-–—]\s|\b(?:feat|ft|featuring)\b")


def title_key(title: str) -> tuple[str, frozenset[str]]:
    """Return the name in a title, without case, compatibility forms and punctuation, and the versions that it names.

    Two tracks are probably one recording where both parts are equal. A remix names its maker, so the text in its
    brackets stays part of the name. Of another version, its place or year is part of what it is: a concert at Wembley
    is not one in Paris. Whether a concert that says neither is one of them, nobody can tell from the title.
    """
    text = unicodedata.normalize("NFKC", title).casefold()
    # Most titles are only a name. A large library has half a million of them, so this path is short.
    if not _MORE_THAN_A_NAME.search(text):
        return _NOT_LETTERS.sub("", text) or text, frozenset()
    versions: set[str] = set()
    parts = []
    for match in _SUFFIX.finditer(text):
        suffix = match["dash"] or match["bracket"] or ""
        found = {kind for kind, words in _KINDS.items() if words.search(suffix)}
        versions |= found
        if "remix" in found or not (found or _GUESTS_IN_BRACKETS.match(suffix.strip())):
            parts.append(suffix)
        elif found and (which := _which(suffix, found)):
            versions.add(which)
    name = _GUESTS.sub("", _SUFFIX.sub(" ", text)) or text
    folded = _NOT_LETTERS.sub("", name + "".join(parts))
    return folded or text, frozenset(versions)


def _which(suffix: str, kinds: set[str]) -> str:
    """Return what a suffix says besides the kinds of version: the place, the year, the number."""
    for kind in kinds:
        suffix = _KINDS[kind].sub(" ", suffix)
    return _NOT_LETTERS.sub(" ", _FILLERS.sub(" ", suffix)).strip()
