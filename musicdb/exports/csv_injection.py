"""Cells that a spreadsheet would run, made text: an apostrophe in front, as the spreadsheet itself writes it.

Reading back strips exactly the one that was put there, since a cell that begins with an apostrophe gets one too.
"""

# What makes a program take a cell for a formula; blanks that it skips before it looks; and the escape itself.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def escape_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unescape_formula(text: str) -> str:
    """Return what ``escape_formula`` was given; a text that it never wrote comes back as it is."""
    rest = text[1:]
    return rest if text.startswith("'") and rest.startswith(_DANGEROUS) else text
