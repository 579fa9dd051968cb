"""Remove the characters of a name that nobody can see. No Django here.

Two names that look alike are then one text. A joiner, a variation selector or a control of direction stays where it
changes how the text looks: in emoji, in scripts whose letters join, and around text that it turns round.
"""

import re
import unicodedata
from functools import lru_cache

ZWNJ, ZWJ = "\u200c", "\u200d"
TEXT_STYLE, EMOJI_STYLE = "\ufe0e", "\ufe0f"
KEYCAP = "\u20e3"

# Blanks that Unicode does not count as such: the Hangul fillers where no letter needs one, and the empty Braille cell.
_BLANKS = re.compile(
    "[\u3164\uffa0\u2800]|\u115f\u1160(?![\u11a8-\u11ff])|\u115f(?![\u1160-\u11a7])|(?<![\u1100-\u115f\ua960-\ua97c])\u1160"
)
# Soft hyphens, zero-width blanks, byte-order marks, tags of a language and other controls without a look of their own.
_NEVER_SEEN = re.compile(
    "[\u00ad\u034f\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# A flag such as that of Scotland is a black flag, letters that are tags, and the end of the tags.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0020-\U000e007f]")
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# An override that is closed turns the text within round. Every other control of direction goes.
_DIRECTION = re.compile(f"([\u202d\u202e][^{_DIRECTIONS}]*[^\\s{_DIRECTIONS}][^{_DIRECTIONS}]*\u202c)|[{_DIRECTIONS}]")
_DEPENDS = re.compile(f"[{ZWNJ}{ZWJ}\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ANY = re.compile("|".join(pattern.pattern for pattern in (_BLANKS, _NEVER_SEEN, _TAGS, _DIRECTION, _DEPENDS)))

_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
# Emoji that are not in a category of symbols, and wide ones that are text unless a selector says otherwise.
_EMOJI_BESIDE_SYMBOLS = "‼⁉〰ℹ"
_WIDE_BUT_TEXT = "〰〽㊗㊙"
# Arabic letters that do not join the next one, so that nothing can keep them apart from it.
_NOT_JOINING = "ءآأؤإاةدذرزوٱٲٳٵٶٷڈډڊڋڌڍڎڏڐڑڒړڔڕږڗژڙۀۃۄۅۆۇۈۉۊۋۍۏەۮۯ"
_JOINING_SCRIPTS = frozenset(
    (
        *("ARABIC", "SYRIAC", "MANDAIC", "NKO", "MONGOLIAN", "PHAGS-PA", "ADLAM"),
        *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM"),
        *("SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE", "JAVANESE", "SUNDANESE", "MEETEI", "CHAKMA"),
    )
)


def remove_invisible(text: str) -> str:
    """Return ``text``, in NFC, without the characters that nobody can see. Blanks that look like one become a space."""
    text = unicodedata.normalize("NFC", text)
    while _ANY.search(text) and (seen := unicodedata.normalize("NFC", _removed_once(text))) != text:
        # What has gone stood between two characters. These may now compose, or be all that a third one depended on.
        text = seen
    return text


def _removed_once(text: str) -> str:
    text = _NEVER_SEEN.sub("", _BLANKS.sub(" ", text))
    text = _TAGS.sub(lambda found: found[1] or "", text)
    text = _DIRECTION.sub(lambda found: found[1] or "", text)
    return _DEPENDS.sub(_kept, text)


def _kept(found: re.Match[str]) -> str:
    """Return the character that was found if it changes the look of those beside it, else nothing."""
    character, text, place = found[0], found.string, found.start()
    before, after = text[:place][-1:], text[place + 1 :][:1]
    # Blanks at the beginning of a name are removed later, and would leave the character without one before it.
    if not text[:place].strip():
        return ""
    if character == ZWJ:
        is_needed = (_is_emoji(before) and _is_symbol(after)) or _joins(before) or _joins(after)
    elif character == ZWNJ:
        # Marks without a letter before them join nothing.
        base = _base(text[:place]).strip()
        is_needed = base != "" and base not in _NOT_JOINING and _joins(before) and _joins(after)
    elif character in TEXT_STYLE + EMOJI_STYLE:
        is_needed = after == KEYCAP if before in "0123456789#*" else _has_two_styles(before, character)
    else:
        is_needed = unicodedata.category(before) in {"Lo", "Sm"} and _script(before) not in {"", "LATIN", "HANGUL"}
    return character if is_needed else ""


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sm"}


def _is_emoji(character: str) -> bool:
    return _is_symbol(character) or character in TEXT_STYLE + EMOJI_STYLE + _SKIN_TONES + "\U000e007f"


def _has_two_styles(character: str, selector: str) -> bool:
    """Return whether ``selector`` changes a character. Wide symbols are emoji anyway, and need none to be one."""
    if not _is_symbol(character) and character not in _EMOJI_BESIDE_SYMBOLS:
        return False
    is_wide = unicodedata.east_asian_width(character) == "W" and character not in _WIDE_BUT_TEXT
    return selector == TEXT_STYLE or not is_wide


def _joins(character: str) -> bool:
    """Return whether ``character`` is a letter, or a mark on one, of a script whose letters join."""
    return bool(character) and unicodedata.category(character)[0] in "LM" and _script(character) in _JOINING_SCRIPTS


@lru_cache(maxsize=10_000)
def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]


def _base(text: str) -> str:
    """Return the last character of ``text`` that is not a mark on another, "" if there is none."""
    return next((character for character in reversed(text) if unicodedata.category(character)[0] != "M"), "")
