"""Escape text that a spreadsheet would run as a formula, by an apostrophe in front.

Text that begins with an apostrophe gets one too, so that taking one away always gives back the original text.
"""

# What formulas begin with, white space that spreadsheets skip before a formula, and the apostrophe itself.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def is_dangerous(text: str) -> bool:
    """Return whether ``text`` must be escaped. Its first character decides."""
    return text.startswith(_DANGEROUS)


def escape_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unescape_formula(text: str) -> str:
    """Return the text that ``escape_formula`` was given. Text that is not escaped is returned as it is."""
    rest = text[1:]
    return rest if text.startswith("'") and rest.startswith(_DANGEROUS) else text
