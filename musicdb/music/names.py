"""How names are written and how they are compared. No Django here."""

import re
import unicodedata
from functools import lru_cache

from musicdb.music.invisible import remove_invisible

# Signs that people write for one another: keyboards have one, programs put another in its place.
APOSTROPHES = "'`´‘’‚‛ʹʻʼʽʾʿˈˊˋ′‵׳＇｀"
QUOTES = '"“”„‟«»″‶״〝〞〟＂'
SINGLE_QUOTES = "‹›"
DASHES = "‐‑‒–—―−⁃﹘﹣－֊־⸺⸻"
_OTHER_SIGNS = {"…": "...", "‥": "..", "〜": "~", "⁄": "/"}
# Where Unicode has the full-width, half-width and small forms of characters.
_FORMS = (*range(0xFE50, 0xFE70), *range(0xFF01, 0xFFF0))
_WIDTHS = ("<wide> ", "<narrow> ", "<small> ")


def _usual_form(code: int) -> str:
    """Return the usual form of a character that has another width or size, else the character itself."""
    kind, _, usual = unicodedata.decomposition(chr(code)).partition(" ")
    return chr(int(usual, 16)) if f"{kind} " in _WIDTHS else chr(code)


_PLAIN: dict[int, str] = {
    **{code: usual for code in _FORMS if (usual := _usual_form(code)) != chr(code)},
    **dict.fromkeys(map(ord, (APOSTROPHES + SINGLE_QUOTES).replace("'", "")), "'"),
    **dict.fromkeys(map(ord, QUOTES.replace('"', "")), '"'),
    **dict.fromkeys(map(ord, DASHES), "-"),
    **{ord(sign): plain for sign, plain in _OTHER_SIGNS.items()},
}
_NOT_PLAIN = re.compile(f"[{''.join(map(chr, _PLAIN))}]")

# A letter i with dots above it: "İ" becomes this in lower case.
_DOTTED_I = re.compile("i\u0307+")


def normalise_name(text: str) -> str:
    """Return ``text`` in Unicode's NFC, with each run of blanks, line breaks and control characters as one space.

    A person who types a name and a file that holds it then give the same text. Nothing that a reader can see is lost,
    and what nobody can see goes (``remove_invisible``), so a text without a visible character is empty. NUL, which
    SQLite stores and PostgreSQL refuses, is a control character and goes too. So does half a surrogate pair, which
    neither can store.
    """
    if text.isascii() and text.isprintable():  # Most names are, and a large file has millions.
        return " ".join(text.split())
    visible = text
    if not text.isprintable():
        visible = "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)
    return " ".join(remove_invisible(visible).split())


def plain_spelling(name: str) -> str:
    """Return ``name``, as it is stored, with the signs that a keyboard has in place of those that look like them.

    Apostrophes, quotation marks, dashes and the ellipsis become those of ASCII, and full-width, half-width and small
    forms the usual ones. Two names with one plain spelling look alike, and are one. Case counts here.

    >>> plain_spelling("Guns N’ Roses"), plain_spelling("ＪＡＹ‐Ｚ")
    ("Guns N' Roses", 'JAY-Z')
    """
    if name.isascii():
        return name.replace("`", "'")
    # What a sign was beside may have been needed there only for that sign.
    return normalise_name(name.translate(_PLAIN)) if _NOT_PLAIN.search(name) else name


# A row of a file needs the key of an artist several times, and so do the next rows.
@lru_cache(maxsize=5_000)
def name_key(name: str) -> str:
    """Return the key by which names are compared: two names are the same where their keys are equal.

    The key ignores case, and which of several signs that look alike is written (``plain_spelling``). It ignores nothing
    else. Accents count: "é" is not "e". So do letters of another script that only look alike, and other forms of a
    character: "①" is not "1". The databases cannot be asked instead, because Python's lower(), SQLite's LOWER and
    PostgreSQL's differ.

    Case is folded as Unicode defines it, so "ß" is "ss", as in "STRASSE". The four letters i of Turkish are one, since
    "İ" in lower case and "ı" in capitals are both written like other languages' "i" and "I". A name therefore has the
    key of its lower case and of its capitals.
    """
    if name.isascii() and name.isprintable():
        return " ".join(name.split()).lower().replace("`", "'")
    # Decomposed first: some letters with accents fold to several, which NFC then puts together again.
    folded = unicodedata.normalize("NFD", normalise_name(name)).casefold().replace("ı", "i")
    if _NOT_PLAIN.search(folded):
        # After the case: "ŉ" becomes an apostrophe and "n".
        return name_key(folded.translate(_PLAIN))
    return unicodedata.normalize("NFC", _DOTTED_I.sub("i", unicodedata.normalize("NFD", folded)))
