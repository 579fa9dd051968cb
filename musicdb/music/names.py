"""How names are written and how they are compared. No Django here."""

import re
import unicodedata

from musicdb.music.invisible import remove_invisible

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


def name_key(name: str) -> str:
    """Return the key by which names are compared: two names are the same where their keys are equal.

    The key ignores case, and nothing else. Accents count: "é" is not "e". Characters that only look alike count too
    (the text is in NFC, not NFKC): "①" is not "1". The databases cannot be asked instead, because Python's lower(),
    SQLite's LOWER and PostgreSQL's differ.

    Case is folded as Unicode defines it, so "ß" is "ss", as in "STRASSE". The four letters i of Turkish are one, since
    "İ" in lower case and "ı" in capitals are both written like other languages' "i" and "I". A name therefore has the
    key of its lower case and of its capitals.
    """
    if name.isascii() and name.isprintable():
        return " ".join(name.split()).lower()
    # Decomposed first: some letters with accents fold to several, which NFC then puts together again.
    folded = unicodedata.normalize("NFD", normalise_name(name)).casefold().replace("ı", "i")
    return unicodedata.normalize("NFC", _DOTTED_I.sub("i", unicodedata.normalize("NFD", folded)))
