"""The key by which names are sorted as a reader expects: compared byte by byte, it gives the order. No Django here.

Signs come first, then numbers by their value, then letters by script: Latin, Greek, Cyrillic, …, Hebrew, Arabic, …,
Hangul, kana, Han. Case and accents do not count, and a leading article comes after the name.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from musicdb.music.names import name_key, normalise_name
from musicdb.music.search_keys import search_key

# In the key, the space before an article is the lowest character, a space of the name is the next, and a sign stands
# behind the one that follows. Numbers begin with a character between these and "a".
_BEFORE_ARTICLE, _SPACE, _SIGN = " ", "!", '"'
# The commas of 10,000 are signs when numbers are looked for.
_NUMBER = re.compile(f"[0-9]{{1,3}}(?:{_SIGN},[0-9]{{3}})+(?![0-9])|[0-9]+")
_DIGIT = re.compile("[0-9]")
_NO_DIGITS, _MOST_DIGITS = ord("0"), ord("`") - ord("0")

# Kana and Han move behind Hangul, to where Unicode has characters for private use.
_KANA, _HAN, _RARE_HAN = 0xF0000, 0x100000, "\U0010f000"
_HAN_MARKS = "々〆〇"
_FIRST_KATAKANA, _LAST_KATAKANA, _KATAKANA_TO_HIRAGANA = 0x30A1, 0x30F6, 0x60
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_SYLLABLES_OF_CONSONANT, _SYLLABLES_OF_VOWEL, _SILENT_CONSONANT = 588, 28, 11

_CONSONANTS = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"
_KANA_ROWS = "あかさたなはまやらわ"
_FIRST_OF_ROW = "ぁかさたなはまゃらゎ"
SIGNS_AND_NUMBERS = "#"
HAN = "漢"


@dataclass(frozen=True)
class Articles:
    """Words that do not count at the beginning of a name. After an apostrophe they need no blank."""

    words: frozenset[str] = frozenset()
    elided: frozenset[str] = frozenset()
    # As they are written but for case: "À" is not "A".
    written: frozenset[str] = frozenset()

    @classmethod
    def of(cls, articles: Iterable[str]) -> "Articles":
        """Return these articles, written as in "The" and "L'"."""
        given = list(articles)
        elided = [one for one in given if one.endswith(("'", "’"))]
        return cls(
            frozenset(search_key(one) for one in given if one not in elided),
            frozenset(search_key(one[:-1]) for one in elided),
            frozenset(map(name_key, given)),
        )

    def split(self, name: str) -> tuple[str, str]:
        """Return the article of ``name`` and the rest, both as search keys. The article is "" if there is none."""
        if self.elided and (found := _ELISION.match(name)) and (article := search_key(found[1])) in self.elided:
            return article, search_key(found[2])
        key = search_key(name)
        first, _, rest = key.partition(" ")
        if rest and first in self.words and (name.isascii() or self._begins_so(name)):
            return first, rest
        return "", key

    def _begins_so(self, name: str) -> bool:
        word = unicodedata.normalize("NFKC", normalise_name(name)).split(" ", 1)[0]
        return name_key(_NOT_LETTERS.sub("", word)) in self.written


_NOT_LETTERS = re.compile(r"\W")
_ELISION = re.compile(r"\s*(\w{1,4})['’ʼ＇](\S.*)", re.DOTALL)
NO_ARTICLES = Articles()


def sort_key(name: str, articles: Articles = NO_ARTICLES) -> str:
    """Return the key that sorts ``name`` among others where keys are compared byte by byte in UTF-8."""
    article, rest = articles.split(name)
    # Most names are plain words, and a large file has millions.
    is_plain = rest.isascii() and rest.replace(" ", "").isalnum()
    key = rest.replace(" ", _SPACE) if is_plain else rest.translate(_ORDER)
    if _DIGIT.search(key):
        key = _NUMBER.sub(_number, key)
    return f"{key}{_BEFORE_ARTICLE}{article}" if article else key


def jump_letter(key: str) -> str:
    """Return the letter under which a list has a name with this sort key, given the key or its first character.

    Signs and numbers share "#", Han characters "漢". Hangul has its initial consonant, kana the first of its row.
    """
    first = key[:1]
    if first < "a":
        return SIGNS_AND_NUMBERS
    code = ord(first)
    if _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE:
        return _CONSONANTS[(code - _FIRST_SYLLABLE) // _SYLLABLES_OF_CONSONANT]
    if code >= _HAN:
        return HAN
    if code >= _KANA:
        kana = chr(code - _KANA)
        return _KANA_ROWS[max(0, sum(row <= kana for row in _FIRST_OF_ROW) - 1)]
    return first.title()


def _number(found: re.Match[str]) -> str:
    digits = found[0].replace(f"{_SIGN},", "").lstrip("0") or "0"
    return chr(_NO_DIGITS + min(len(digits), _MOST_DIGITS)) + digits


class _Order(dict[int, str]):
    """What each character becomes in a key, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _sorted_as(chr(code))
        return self[code]


_ORDER = _Order()


def _sorted_as(character: str) -> str:
    code, name = ord(character), unicodedata.name(character, "")
    if character == " ":
        return _SPACE
    if name.startswith("CJK UNIFIED") or character in _HAN_MARKS:
        return chr(_HAN + code) if code < 0x10000 else _RARE_HAN + character
    if _FIRST_KATAKANA <= code <= _LAST_KATAKANA:
        return chr(_KANA + code - _KATAKANA_TO_HIRAGANA)
    if name.startswith(("HIRAGANA", "KATAKANA")):
        return chr(_KANA + code) if code < 0x10000 else character
    if name.startswith("HANGUL CHOSEONG") and code <= 0x1112:
        return chr(_FIRST_SYLLABLE + (code - 0x1100) * _SYLLABLES_OF_CONSONANT)
    if name.startswith("HANGUL JUNGSEONG") and code <= 0x1175:
        vowel = (code - 0x1161) * _SYLLABLES_OF_VOWEL
        return chr(_FIRST_SYLLABLE + _SILENT_CONSONANT * _SYLLABLES_OF_CONSONANT + vowel)
    if unicodedata.category(character)[0] in "LM" or "0" <= character <= "9":
        return character
    return _SIGN + character
