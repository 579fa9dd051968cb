"""Compare titles: two tracks with the same key are probably one recording. No Django here."""

import re
import unicodedata

# The kinds of version of a recording, with the words that titles use for them.
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
# Text in brackets, or after a dash with spaces around it, often names the version.
_SUFFIX = re.compile(r"\s+[-–—]\s+(?P<dash>.+)$|[(\[（【](?P<bracket>[^)\]）】]*)[)\]）】]")
# Guest artists are not part of the title's name.
_GUESTS = re.compile(r"\b(?:feat|ft|featuring|with|prod)\b.*")
_NOT_LETTERS = re.compile(r"[^\w]+|_")
# A title without any of these has no suffix and no guests.
_MORE_THAN_A_NAME = re.compile(r"[(\[（【]|\s[-–—]\s|\b(?:feat|ft|featuring|with|prod)\b")


def title_key(title: str) -> tuple[str, frozenset[str]]:
    """Return the name in a title, without case, compatibility forms and punctuation, and the kinds of version it names.

    Two tracks are probably one recording where both parts are equal. A remix names its maker, so the text in its
    brackets stays part of the name.
    """
    text = unicodedata.normalize("NFKC", title).casefold()
    # Most titles are only a name. A large library has half a million of them, so this path is short.
    if not _MORE_THAN_A_NAME.search(text):
        return _NOT_LETTERS.sub("", text) or text, frozenset()
    kinds: set[str] = set()
    parts = []
    for match in _SUFFIX.finditer(text):
        suffix = match["dash"] or match["bracket"] or ""
        found = {kind for kind, words in _KINDS.items() if words.search(suffix)}
        kinds |= found
        if "remix" in found or not (found or _GUESTS.match(suffix.strip())):
            parts.append(suffix)
    name = _GUESTS.sub("", _SUFFIX.sub(" ", text)) or text
    folded = _NOT_LETTERS.sub("", name + "".join(parts))
    return folded or text, frozenset(kinds)
