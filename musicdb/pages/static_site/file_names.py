"""Names of files and folders that every system takes, made from the parts of an address.

A name is made from its part alone, so every process makes the same one, and different parts have different names
where letters of either case are the same, too.
"""

import hashlib
import re

MAX_LENGTH = 80
# Never in a slug, so that no other part has a name that was made with it.
_MARK = "~"
_PLAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_OTHER = re.compile(r"[^a-z0-9._-]+")
# Windows takes these for devices, whatever their ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(10))}


def safe_name(part: str) -> str:
    """Return the name of a file or folder for a part of an address.

    >>> safe_name("korean-pop"), safe_name("clusters.atom")
    ('korean-pop', 'clusters.atom')
    >>> safe_name("AC-DC"), safe_name("aux"), safe_name("nul.svg")
    ('ac-dc~52671c1d', 'aux~7da7f2b4', 'nul~0e0f0c3b.svg')
    """
    if _PLAIN.fullmatch(part) and len(part) <= MAX_LENGTH and part.partition(".")[0] not in _DEVICES:
        return part
    stem, dot, ending = part.lower().rpartition(".")
    if not stem:
        stem, dot, ending = ending, "", ""
    stem, ending = (_OTHER.sub("-", text).strip(".") for text in (stem, ending))
    digest = hashlib.sha256(part.encode()).hexdigest()[:8]
    return f"{stem[: MAX_LENGTH - 20]}{_MARK}{digest}{dot}{ending[:10]}"


def with_underscores(part: str) -> str:
    """Return a name with underscores between words, as the files of the Markdown export have them.

    >>> with_underscores("korean-pop")
    'korean_pop'
    """
    return safe_name(part).replace("-", "_") if "_" not in part else safe_name(f"{part}{_MARK}").replace("-", "_")


def relative(target: str, folder: str) -> str:
    """Return the path of the file ``target`` as seen from ``folder``; both are below the root of the export.

    >>> relative("artists/wendy/index.html", "genres/korean-pop"), relative("a/b.html", "a"), relative("b.css", "")
    ('../../artists/wendy/index.html', 'b.html', 'b.css')
    """
    to, here = target.split("/"), folder.split("/") if folder else []
    shared = 0
    while shared < len(here) and shared < len(to) - 1 and to[shared] == here[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + to[shared:])
