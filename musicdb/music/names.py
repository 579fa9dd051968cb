"""One way to write a name: what a person typed and what a file held come out the same. No Django here."""

import unicodedata


def normalise_name(text: str) -> str:
    """Return ``text`` in Unicode's NFC, each run of blanks, line breaks and control characters one space.

    Nothing that a reader can see is lost. NUL, which SQLite keeps and PostgreSQL refuses, is a control
    character and goes too; so does half a surrogate pair, which neither can store.
    """
    visible = text
    if not text.isprintable():  # Which most names are, and a large file has millions.
        visible = "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)
    return " ".join(unicodedata.normalize("NFC", visible).split())
