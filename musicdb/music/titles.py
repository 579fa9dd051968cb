"""Which two titles are one recording: spelling aside, and with live, remastered and remixed versions told apart.

No Django here.
"""

import re
import unicodedata

# What sets a version apart from the recording that it is a version of, in the words of those who name them.
_VERSIONS = {
    "live": r"live|unplugged|in concert|en vivo|ao vivo",
    "remaster": r"remaster(?:ed)?|remasterizado",
    "remix": r"remix(?:ed)?|mix|rmx|edit|rework|vip",
    "acoustic": r"acoustic|stripped",
    "instrumental": r"instrumental|inst|karaoke|off vocal",
    "demo": r"demo",
    "cover": r"cover|tribute",
    "sped up": r"sped up|slowed|nightcore|8d",
    "language": r"(?:english|korean|japanese|chinese|spanish) ver(?:sion)?",
}
_KINDS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _VERSIONS.items()}
# What stands behind a title in brackets or after a spaced dash says which version it is.
_BEHIND = re.compile(r"\s+[-–—]\s+(?P<dash>.+)$|[(\[（【](?P<bracket>[^)\]）】]*)[)\]）】]")
# Who else is on a track is not part of what it is called.
_GUESTS = re.compile(r"\b(?:feat|ft|featuring|with|prod)\b.*")
_NOT_LETTERS = re.compile(r"[^\w]+|_")
# Without any of these, a title has nothing behind it and no guests.
_MORE_THAN_A_NAME = re.compile(r"[(\[（【]|\s[-–—]\s|\b(?:feat|ft|featuring|with|prod)\b")


def title_key(title: str) -> tuple[str, frozenset[str]]:
    """Return what a title is called, without case, accents of compatibility and punctuation, and which kinds of
    version it says it is.

    Two recordings are likely one where both are the same. A remix names its maker, so what is in its brackets stays
    part of what it is called.
    """
    text = unicodedata.normalize("NFKC", title).casefold()
    # Most titles are a name alone, and a library has half a million.
    if not _MORE_THAN_A_NAME.search(text):
        return _NOT_LETTERS.sub("", text) or text, frozenset()
    kinds: set[str] = set()
    parts = []
    for match in _BEHIND.finditer(text):
        said = match["dash"] or match["bracket"] or ""
        found = {kind for kind, words in _KINDS.items() if words.search(said)}
        kinds |= found
        if "remix" in found or not (found or _GUESTS.match(said.strip())):
            parts.append(said)
    name = _GUESTS.sub("", _BEHIND.sub(" ", text)) or text
    folded = _NOT_LETTERS.sub("", name + "".join(parts))
    return folded or text, frozenset(kinds)
