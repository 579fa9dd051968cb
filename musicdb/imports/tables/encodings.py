"""Finds out the encodings of an upload's files of text, and leaves a question where nothing shows them for sure."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from charset_normalizer import from_bytes

from musicdb.exports.cell_text import shorten
from musicdb.imports.messages import Note, Question, assumption
from musicdb.imports.options import ENCODING
from musicdb.imports.tables.plausibility import implausibility

# What is not read as one of these can be any of the choice ``ENCODING``.
UTF_8 = "utf-8"
# One letter is often as plausible in two encodings, ten are not. Two judges that agree need fewer.
SURE_FROM = 10.0
SURE_IF_BOTH_AGREE_FROM = 6.0
# What an encoding costs before any letter is read: the commoner, the less.
_PRIORS = {
    UTF_8: 0.0,
    "cp1252": 0.0,
    "cp1251": 2.0,
    "cp949": 2.0,
    "cp932": 2.0,
    "cp1250": 3.0,
    "cp1254": 3.0,
    "mac-roman": 3.0,
}
_OTHER_PRIOR = 5.0
# As much text as decides. More takes longer, and makes nothing surer.
_MAX_CELLS = 100
_MAX_CELLS_TOGETHER = 300
_MAX_CELL_BYTES = 200
_CHUNK = 1 << 20
# So much of a file shows what kind of file it is.
_HEAD = 4_096
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_BETWEEN_CELLS = re.compile(rb'[,;|\t\r\n"]')
_SAMPLED_CELLS, _SAMPLED_CHARACTERS = 3, 40


@dataclass
class Text:
    """A file of text. ``open`` opens it anew each time, so that its content need not be in memory.

    ``decide_encodings`` sets all else. ``samples`` has what the text looks like in each encoding that can read it.
    """

    name: str
    open: Callable[[], BinaryIO]
    encoding: str = UTF_8
    notes: list[Note] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)

    def read(self) -> bytes:
        """Return the whole content."""
        with self.open() as file:
            return file.read()

    def head(self) -> bytes:
        """Return how the content begins."""
        with self.open() as file:
            return file.read(_HEAD)

    def chunks(self) -> Iterator[bytes]:
        """Yield the content piece by piece."""
        with self.open() as file:
            while chunk := file.read(_CHUNK):
                yield chunk


@dataclass(frozen=True)
class Guess:
    """Which encoding some text seems to have. ``readable`` are all that can read it, the likeliest first."""

    encoding: str
    is_sure: bool
    readable: tuple[str, ...]


def decide_encodings(texts: Iterable[Text], wanted: str = "") -> None:
    """Find the encoding of each of ``texts``. ``wanted`` is that of all which are not in Unicode, if it is known.

    Files of one upload come from one place: where one by itself leaves its encoding open, all together decide.
    """
    undecided: list[tuple[Text, Guess]] = []
    cells: dict[bytes, None] = {}
    for text in texts:
        if found := unicode_encoding(text.head(), text.chunks):
            text.encoding = found
        else:
            own = cells_beyond_ascii(text.read())
            cells |= dict.fromkeys(own)
            undecided.append((text, guess(own)))
    if not undecided:
        return
    together = guess(list(cells)[:_MAX_CELLS_TOGETHER])
    samples = {name: _sample(cells, name) for name in together.readable}
    options = tuple(
        replace(option, label=f"{option.label}: {samples[option.name]}")
        for option in map(ENCODING.option, samples)
        if option is not None
    )
    for text, alone in undecided:
        best = alone if alone.is_sure else together
        text.encoding = wanted or best.encoding
        if text.encoding == UTF_8 and best.is_sure and not wanted:
            continue  # The bytes that are not in UTF-8 are named by their places.
        text.samples = samples
        label = ENCODING.label_of(text.encoding)
        if wanted or best.is_sure:
            text.notes.append(assumption(ENCODING, text.encoding, f"The text is read as {label}.", text.name))
        else:
            said = f"Nothing shows for sure in which encoding the text is. It may be {label}. Choose what reads right."
            text.questions.append(Question(ENCODING.code, said, options, text.name))


def unicode_encoding(data: bytes, chunks: Callable[[], Iterable[bytes]] | None = None) -> str:
    """Return which encoding of Unicode some text has, and "" if it has none.

    ``data`` is the text, or its beginning where ``chunks`` yields all of it.
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    # Before UTF-16, since the mark of UTF-32 in the order of Intel's processors begins with that of UTF-16.
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:1000]
    # In UTF-32 one byte of each four is zero in any script, and the one beside it in all but a few.
    if head[3::4].count(0) > len(head) // 5 and head[2::4].count(0) > len(head) // 5:
        return "utf-32-le"
    if head[0::4].count(0) > len(head) // 5 and head[1::4].count(0) > len(head) // 5:
        return "utf-32-be"
    # In UTF-16 every second byte of a header in Latin letters is zero.
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return UTF_8 if can_decode(chunks() if chunks else [data], UTF_8) else ""


def can_decode(chunks: Iterable[bytes], encoding: str) -> bool:
    """Return whether ``encoding`` has all of a text that comes in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def cells_beyond_ascii(data: bytes) -> list[bytes]:
    """Return the first cells of a table that have more than ASCII, each once."""
    cells: dict[bytes, None] = {}
    end = 0
    for match in _BEYOND_ASCII.finditer(data):
        if match.start() < end:
            continue
        before = data[max(end, match.start() - _MAX_CELL_BYTES) : match.start()]
        after = data[match.start() : match.start() + _MAX_CELL_BYTES]
        follows = _BETWEEN_CELLS.search(after)
        end = match.start() + (follows.start() if follows else len(after))
        cells[_BETWEEN_CELLS.split(before)[-1] + data[match.start() : end]] = None
        if len(cells) == _MAX_CELLS:
            break
    return list(cells)


def guess(cells: Sequence[bytes]) -> Guess:
    """Return which encoding ``cells`` seem to be in."""
    sample = b"\n".join(cells)
    costs: dict[str, tuple[float, str]] = {}
    for option in ENCODING.options:
        encoding = str(option.value)
        text = sample.decode(encoding, "replace")
        cost = implausibility(text.split("\n"), encoding) + _PRIORS.get(encoding, _OTHER_PRIOR)
        # Encodings in which the text is the same are one: the likeliest of them counts.
        if text not in costs or cost < costs[text][0]:
            costs[text] = (cost, encoding)
    (lowest, best), *others = sorted(costs.values())
    margin = others[0][0] - lowest
    is_sure = margin >= SURE_FROM or (
        margin >= SURE_IF_BOTH_AGREE_FROM and _second_opinion(sample) == sample.decode(best, "replace")
    )
    # A character that no encoding has tells that the text is in another.
    readable = [encoding for text, (_, encoding) in costs.items() if "\ufffd" not in text or encoding == best]
    readable.sort(key=[encoding for _, encoding in sorted(costs.values())].index)
    return Guess(best, is_sure, tuple(readable))


def _second_opinion(sample: bytes) -> str:
    """Return the text that charset-normalizer would read. It knows languages, but not how names are written."""
    names = [str(option.value) for option in ENCODING.options]
    best = from_bytes(sample, cp_isolation=names, threshold=0.5).best()
    return sample.decode(best.encoding, "replace") if best else ""


def _sample(cells: Iterable[bytes], encoding: str) -> str:
    """Return a little of the text as it is in ``encoding``."""
    texts = (cell.decode(encoding, "replace").strip() for cell in cells)
    return " · ".join(shorten(text, _SAMPLED_CHARACTERS) for text in islice(texts, _SAMPLED_CELLS))
