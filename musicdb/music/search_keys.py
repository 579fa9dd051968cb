"""The key by which a name is searched for: what a person types and what a name has are folded alike. No Django here."""

import unicodedata
from functools import lru_cache

from anyascii import anyascii

from musicdb.music.names import APOSTROPHES, DASHES, QUOTES, SINGLE_QUOTES, normalise_name

_BRACKETS = "「」『』｢｣"
# Joiners and selectors, which name a form of a character and not another one.
_JOINERS = (0x200C, 0x200D, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_TATWEEL = "ـ"
_SIGNS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, APOSTROPHES + QUOTES + SINGLE_QUOTES + _BRACKETS + _TATWEEL)),
    **dict.fromkeys(_JOINERS),
    **dict.fromkeys(map(ord, DASHES), "-"),
    ord("⁄"): "/",
    ord("〜"): "~",
}
# Directions of text and tags of flags, which normalise_name leaves where they can be seen.
_CONTROLS = dict.fromkeys((*range(0x202A, 0x202F), *range(0xE0020, 0xE0080)))
_ASCII_SIGNS = dict.fromkeys(map(ord, "'`\""))
# Scripts in which a mark is an accent of a letter. Elsewhere it makes another letter: が is not か.
_ACCENTED_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC"})
_BREVE = "\u0306"


# The same name is often folded again soon: for the order of a list, for the next row of the same artist.
@lru_cache(maxsize=1_000)
def search_key(name: str) -> str:
    """Return the key by which ``name`` is searched for. A part of a name has a part of its key.

    The key ignores case, accents, width and other forms of a character, apostrophes and quotation marks; all dashes are
    hyphens, and all digits are 0 to 9. Letters that Latin scripts add become those of English: ø is o, æ is ae, ß is
    ss. Hangul, kana and Han characters stay as they are. A key is its own key.
    """
    if name.isascii() and name.isprintable():
        plain = " ".join(name.split()).lower()
        if "'" in plain or '"' in plain or "`" in plain:
            return " ".join(plain.translate(_ASCII_SIGNS).split()) or plain
        return plain
    plain = normalise_name(name)
    # Before and after, since some of the signs consist of others, such as "´" of a blank and an accent.
    text = unicodedata.normalize("NFKC", plain.translate(_SIGNS).translate(_CONTROLS)).casefold()
    folded = _without_accents(unicodedata.normalize("NFKD", text))
    folded = " ".join(unicodedata.normalize("NFC", folded).translate(_SIGNS).translate(_ASCII_SIGNS).split())
    return folded or plain


def _without_accents(decomposed: str) -> str:
    kept: list[str] = []
    takes_accents = True
    for character in decomposed:
        if not unicodedata.combining(character):
            letter, takes_accents = _plain_letter(character)
            kept.append(letter)
        elif not takes_accents or (character == _BREVE and kept and kept[-1] == "и"):
            # "й" is a letter of its own.
            kept.append(character)
    return "".join(kept)


@lru_cache(maxsize=10_000)
def _plain_letter(character: str) -> tuple[str, bool]:
    """Return what a character, without its marks, becomes, and whether its marks are accents."""
    if character.isascii():
        return character, True
    if character.isdecimal():
        return str(unicodedata.decimal(character)), False
    script = unicodedata.name(character, "").split(" ")[0]
    if script == "LATIN" and (plain := anyascii(character).lower()).isalnum():
        return plain, True
    return character, script in _ACCENTED_SCRIPTS
