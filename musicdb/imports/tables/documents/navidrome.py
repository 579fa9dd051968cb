"""What Navidrome writes besides tables."""

import re
from typing import Any

# What Navidrome writes between the artists of a track.
BETWEEN_ARTISTS = " • "
# A comment, or a text, in which there is none.
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def is_smart_playlist(document: Any) -> bool:
    """Return whether a JSON document is a playlist by rules, all of which or any of which a track must meet."""
    return isinstance(document, dict) and any(isinstance(document.get(name), list) for name in ("all", "any"))


def without_comments(text: str) -> str:
    """Return JSON without the comments that Navidrome allows in rules."""
    return _COMMENT.sub(lambda found: found[1] or "", text)
