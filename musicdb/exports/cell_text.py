"""What the text of a cell says: whether it says anything, and which number."""

import math
import re
from functools import lru_cache

# What programs write for an unknown value. A title can be any of these words, so names are not read this way.
UNKNOWN = frozenset({"", "undefined", "null", "none", "nan", "na", "n/a", "#n/a", "-"})
# What spreadsheets write in a cell that is true or false, in their users' languages, and what people write.
_FOR_YES = (
    "true 1 yes y wahr ja vrai oui verdadero sí verdadeiro sim vero sì waar sant sand tosi prawda tak pravda ano "
    "igaz igen adevărat da истина да doğru evet αληθές 真 是 はい 예 참"
)
_FOR_NO = (
    "false 0 no n falsch nein faux non falso não onwaar nee falskt falsk nej nei epätosi fałsz nie nepravda ne "
    "hamis nem fals nu ложь нет yanlış yanliş hayır hayir ψευδές 假 否 いいえ 아니요 거짓"
)
YES, NO = frozenset(_FOR_YES.split()), frozenset(_FOR_NO.split())
# 1,234,567 or 1.234.567 or 1 234 567, perhaps with decimals after the other sign.
_THOUSANDS = re.compile(
    r"(?P<first>[+-]?\d{1,3})(?P<groups>(?P<sign>[.,'’ \u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*)"
    r"(?:(?!(?P=sign))[.,](?P<decimals>\d+))?"
)


def is_unknown(text: str) -> bool:
    return text.strip().lower() in UNKNOWN


def as_number(text: str) -> float:
    """Return the finite number in ``text``, which may have a decimal point or comma, and signs between thousands.

    One such sign alone, as in 1,234, is read as a decimal comma. See ``as_thousands``.
    """
    # An import holds a million rows, which share the numbers that they have in common.
    return _as_shared_number(text) if len(text) <= _SHORT else _as_number(text)


def _as_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        match = _THOUSANDS.fullmatch(text.strip())
        try:
            number = _joined(match) if match and _is_clear(match) else float(text.replace(",", ".", 1))
        except ValueError:
            raise ValueError(f"“{shorten(text)}” is not a number.") from None
    if not math.isfinite(number):
        raise ValueError(f"“{shorten(text)}” is not a finite number.")
    return number


def as_thousands(text: str) -> float | None:
    """Return the number in ``text`` if what may be a decimal sign may separate thousands: 1234 for 1,234 and 1.234."""
    match = _THOUSANDS.fullmatch(text.strip())
    return _joined(match) if match else None


# Longer ones are seldom the same.
_SHORT = 5
_as_shared_number = lru_cache(maxsize=20_000)(_as_number)


def _is_clear(match: re.Match[str]) -> bool:
    return bool(match["decimals"]) or match["sign"] not in ",." or match["groups"].count(match["sign"]) > 1


def _joined(match: re.Match[str]) -> float:
    whole = match["first"] + match["groups"].replace(match["sign"], "")
    return float(f"{whole}.{match['decimals'] or 0}")


def shorten(text: str, max_length: int = 60) -> str:
    return text if len(text) <= max_length else text[: max_length - 1] + "…"
