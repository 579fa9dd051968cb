"""How far a text is from what people write: what bytes look like in a wrong encoding is much further.

Each character beyond ASCII costs about the negative logarithm of its probability. Single titles decide little, and the
costs of a few dozen add up to a clear difference.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

# The letters beyond ASCII of languages with Latin letters. A title is in one of them.
_ALPHABETS = (
    "éèêàçâîôûùëïœü",
    "áéíóñúü",
    "ãçáéóíêõâúôà",
    "äöüßé",
    "åäöé",
    "åæøé",
    "àèéìòù",
    "łóąęśżćńź",
    "áíéěšřčžýůúňťďó",
    "áčžšýíúôľťňéäďŕĺó",
    "čšžćđ",
    "áéöóőüúűí",
    "ăâîșțşţ",
    "ışğüöçâ",
    "šžāčēīūķļņģėųįąęõäöü",
    # Icelandic, with what is not Icelandic: few write it, and Turkish looks like it.
    "áéíóúýþæöðøåäüñçèêàã",
)
_NO_ALPHABET = 9.0
# Where the first of several letters that a script writes is.
_SCRIPTS = (
    (0x370, "Greek"),
    (0x400, "Cyrillic"),
    (0x530, ""),
    (0x590, "Hebrew"),
    (0x600, "Arabic"),
    (0x700, ""),
    (0xE00, "Thai"),
    (0xE80, ""),
    (0x3040, "Kana"),
    (0x3100, ""),
    (0x3400, "Ideographs"),
    (0xA000, ""),
    (0xAC00, "Hangul"),
    (0xD7A4, ""),
)
# The lead bytes below which an encoding has its common ideographs.
_COMMON_BELOW = {"cp932": 0x99, "gb18030": 0xD8, "big5": 0xC7, "euc-jp": 0xD0}
_JAPANESE = ("cp932", "euc-jp")
# The letters of other scripts, the commonest first.
_BY_FREQUENCY = {
    "Cyrillic": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёіїєґўъ",
    "Greek": "αοιετσνηυρπκμλςάωόγδίχέθφήβύώξζψϊϋΐΰ",
    "Hebrew": "יוהלאתרבמנשדעםחקפכגטןזצסךףץ",
    "Arabic": "اليمنتروبعدسةهحقفكجشصضطخذثزغظءىإأآئؤ",
}
_COMMONEST, _EACH_RANK, _CAPITAL, _NO_LETTER = 2.2, 0.12, 1.2, 7.5
_USUAL_SIGNS = frozenset("’–…“”‘•™´°·—«»¿¡、。「」『』・ー～！？（）\u3000")
_IN_WORDS = frozenset("’·")
_OF_TWO_SCRIPTS = 4.0
_CAPITAL_WITHIN = 5.0
_SIGN_WITHIN = 4.0
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def _costs(alphabet: str) -> Mapping[str, float]:
    cost = math.log(len(alphabet)) + 1
    capitals = {letter.upper(): cost + 1 for letter in alphabet if len(letter.upper()) == 1}
    dotted = {"İ": cost + 1} if "ı" in alphabet else {}
    return {**capitals, **dict.fromkeys(alphabet, cost), **dotted}


_LETTERS = tuple(_costs(alphabet) for alphabet in _ALPHABETS)


def implausibility(cells: list[str], encoding: str) -> float:
    """Return how implausible it is that ``cells``, read in ``encoding``, are names and titles."""
    return sum(_of_cell(cell, encoding) for cell in cells)


def _of_cell(cell: str, encoding: str) -> float:
    cost = 0.0
    latin: list[str] = []
    for match in _BEYOND_ASCII.finditer(cell):
        at, character = match.start(), match[0]
        before, after = cell[at - 1 : at] if at else "", cell[at + 1 : at + 2]
        if _script(character) == "Latin":
            latin.append(character)
        else:
            cost += _cost(character, encoding)
        cost += _joint(before, character)
        if after.isascii():  # Any other has its own turn.
            cost += _joint(character, after)
        if not _script(character) and character not in _IN_WORDS and _script(before) == _script(after) == "Latin":
            cost += _SIGN_WITHIN
    if latin:
        cost += min(sum(costs.get(letter, _NO_ALPHABET) for letter in latin) for costs in _LETTERS)
    return cost


def _joint(left: str, right: str) -> float:
    """Return what it costs that two characters are neighbours. Either may be empty."""
    scripts = {_script(left), _script(right)} - {""}
    are_of_two = len(scripts) == 2 and scripts != {"Kana", "Ideographs"}
    return _OF_TWO_SCRIPTS * are_of_two + _CAPITAL_WITHIN * (left.islower() and right.isupper())


@cache
def _script(character: str) -> str:
    """Return the script of a letter, and "" for other characters and none."""
    if not character.isalpha():
        return ""
    if character < "\u0370":
        return "Latin"
    number = ord(character)
    return next((script for start, script in reversed(_SCRIPTS) if number >= start), "") or "Other"


@cache
def _cost(character: str, encoding: str) -> float:
    """Return what a character costs that is no Latin letter."""
    script = _script(character)
    if letters := _BY_FREQUENCY.get(script):
        rank = letters.find(character.lower())
        return _NO_LETTER if rank < 0 else _COMMONEST + _EACH_RANK * rank + _CAPITAL * character.isupper()
    if script == "Hangul":
        # The common 2,350 of 11,172 syllables take two bytes there, and all others are composed of their letters.
        return 5.0 if len(character.encode("euc-kr", "ignore")) == 2 else 10.0
    if script == "Kana":
        return 4.5 if encoding in _JAPANESE else 6.0
    if script == "Ideographs":
        stored = character.encode(encoding, "ignore")
        return 7.0 if len(stored) == 2 and stored[0] < _COMMON_BELOW.get(encoding, 0) else 11.0
    if script == "Thai":
        return 4.0
    if unicodedata.category(character) in ("Cn", "Co", "Cs", "Cc") or character == "\ufffd":
        return 14.0
    return 5.0 if character in _USUAL_SIGNS else 6.0 if "\uff00" <= character <= "\uffef" else 8.0
